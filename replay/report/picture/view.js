// What the user does: choose, move, zoom, filter.

const byId = id => document.getElementById(id);
const panel = byId("call"), tip = byId("tip");
const view = {from: 1, to: total + 1};
const matches = new Uint8Array(size).fill(1);
let chosen = -1, waiting = false;

const redraw = () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; draw(view, chosen, matches); drawOverview(view); });
};

const LEAST = 8; // calls across the picture
const show = (from, to) => {
  const span = Math.min(Math.max(to - from, Math.min(LEAST, total)), total);
  view.from = Math.min(Math.max((from + to - span) / 2, 1), total + 1 - span);
  view.to = view.from + span;
  redraw();
};
const zoom = (factor, around = chosen >= 0 ? calls.number[chosen] + .5 : (view.from + view.to) / 2) => {
  const middle = Math.min(Math.max(around, view.from), view.to);
  show(middle - (middle - view.from) * factor, middle + (view.to - middle) * factor);
};

const choose = at => {
  chosen = at;
  const number = calls.number[at], span = view.to - view.from;
  if (number < view.from || number + 1 > view.to) show(number - span / 2, number + span / 2);
  tellCall(panel, at, matches, choose);
  redraw();
};
// The next call in a direction that passes the filters and `wanted`.
const go = (direction, wanted) => {
  for (let at = chosen < 0 && direction < 0 ? size : chosen + direction; at >= 0 && at < size; at += direction) {
    if (matches[at] && wanted(at)) return choose(at);
  }
};
const any = () => true;

// --- the pointer

// The call that a point means: of marks the nearest one, of memory the nearest change.
const meant = (row, x) => {
  const number = numberAt(x, view), reach = 7 * (view.to - view.from) / width();
  const among = (numbers, take) => {
    let best = -1, distance = reach;
    for (const n of numbers) {
      const away = Math.abs(take(n) + .5 - number);
      if (away <= distance) { best = n; distance = away; }
    }
    return best;
  };
  if (row && row.kind === "marks") {
    const place = among(row.places.filter(at => matches[at]), at => calls.number[at]);
    if (place >= 0) return place;
  }
  if (row && row.kind === "lane") {
    const n = among(row.lane.number.keys(), n => row.lane.number[n]);
    if (n >= 0) return nearest(row.lane.number[n]);
  }
  return nearest(Math.floor(number));
};
const place = (element, event) => {
  const box = element.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
};

const open = lane => {
  lane.parts = lane.parts ? null : partsOf(lane);
  layOut();
  redraw();
};

let drag = null;
canvas.addEventListener("pointerdown", event => {
  if (event.button) return;
  drag = {x: event.clientX, from: view.from, to: view.to, moved: false};
  canvas.setPointerCapture(event.pointerId);
});
canvas.addEventListener("pointermove", event => {
  const [x, y] = place(canvas, event);
  if (drag) {
    const away = event.clientX - drag.x;
    drag.moved ||= Math.abs(away) > 4;
    if (drag.moved) {
      const by = -away / width() * (drag.to - drag.from);
      show(drag.from + by, drag.to + by);
    }
    tip.hidden = true;
    return;
  }
  hover(event, x, y);
});
canvas.addEventListener("pointerup", event => {
  const [x, y] = place(canvas, event);
  const row = rowAt(y);
  if (drag && !drag.moved && x >= LEFT) choose(meant(row, x));
  else if (drag && !drag.moved && row?.opens) open(row.lane);
  drag = null;
});
canvas.addEventListener("pointercancel", () => { drag = null; });
canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
canvas.addEventListener("dblclick", event => zoom(.25, numberAt(place(canvas, event)[0], view)));
canvas.addEventListener("wheel", event => {
  const [x] = place(canvas, event);
  const across = Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.shiftKey ? event.deltaY : 0;
  if (event.ctrlKey || event.metaKey) zoom(event.deltaY > 0 ? 1.25 : .8, numberAt(x, view));
  else if (across) { const by = across / width() * (view.to - view.from); show(view.from + by, view.to + by); }
  else return;
  event.preventDefault();
}, {passive: false});

const hover = (event, x, y) => {
  const row = rowAt(y);
  const number = Math.floor(numberAt(x, view));
  canvas.style.cursor = x >= LEFT || row?.opens ? "pointer" : "default";
  if (!row || x < LEFT || number < 1 || number > total) { tip.hidden = true; return; }
  const about = tellPoint(row, number), at = meant(row, x);
  tip.textContent = [about, `call ${calls.number[at].toLocaleString("en")}: ${oneLine(at)}`].filter(Boolean).join("\n");
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  tip.style.left = Math.max(Math.min(event.clientX + 14, innerWidth - box.width - 8), 4) + "px";
  tip.style.top = (event.clientY + 18 + box.height > innerHeight ? event.clientY - box.height - 12 : event.clientY + 18) + "px";
};

let brush = null;
const overviewNumber = event => numberAt(place(overview, event)[0], {from: 1, to: total + 1});
overview.addEventListener("pointerdown", event => {
  brush = overviewNumber(event);
  overview.setPointerCapture(event.pointerId);
});
overview.addEventListener("pointermove", event => {
  if (brush === null) return;
  const here = overviewNumber(event);
  if (Math.abs(here - brush) / total * width() > 4) show(Math.min(brush, here), Math.max(brush, here));
});
overview.addEventListener("pointerup", event => {
  const here = overviewNumber(event), span = view.to - view.from;
  if (brush !== null && Math.abs(here - brush) / total * width() <= 4) show(here - span / 2, here + span / 2);
  brush = null;
});

// --- keys and buttons

const whole = () => show(1, total + 1);
const KEYS = {
  ArrowRight: () => go(1, any), ArrowLeft: () => go(-1, any),
  n: () => go(1, isViolation), p: () => go(-1, isViolation),
  h: () => go(1, isHazard), H: () => go(-1, isHazard),
  Home: () => { chosen = -1; go(1, any); }, End: () => { chosen = size; go(-1, any); },
  "+": () => zoom(.5), "=": () => zoom(.5), "-": () => zoom(2), 0: whole,
};
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(SELECT|INPUT|TEXTAREA)$/.test(event.target.tagName)) return;
  const action = KEYS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});
byId("next").onclick = KEYS.n;
byId("previous").onclick = KEYS.p;
byId("next-hazard").onclick = KEYS.h;
byId("previous-hazard").onclick = KEYS.H;
byId("in").onclick = () => zoom(.5);
byId("out").onclick = () => zoom(2);
byId("whole").onclick = whole;

// --- filters

const selects = {command: byId("by-command"), verdict: byId("by-verdict"), realm: byId("by-realm")};
const VERDICTS = [
  ...data.kinds.map((kind, n) => [kind, at => calls.kind[at] === n]),
  ["hazard", at => hazards.has(at)],
  ["refused", at => calls.mark[at] !== PLAIN],
  ["waits, tries again", at => calls.mark[at] === WAITED],
];
const option = (select, value, text) => select.append(make("option", {value}, text));
data.names.map((entry, n) => [entry[0], n]).sort((a, b) => a[0] < b[0] ? -1 : 1)
  .forEach(([text, n]) => option(selects.command, n, text));
VERDICTS.forEach(([text, has], n) => {
  for (let at = 0; at < size; at++) if (has(at)) { option(selects.verdict, n, text); break; }
});
realmNames.forEach((text, n) => option(selects.realm, n, text));

const filter = () => {
  const {command, verdict, realm} = selects;
  const has = verdict.value === "" ? any : VERDICTS[verdict.value][1];
  let count = 0;
  for (let at = 0; at < size; at++) {
    matches[at] = (command.value === "" || calls.name[at] === Number(command.value)) && has(at)
      && (realm.value === "" || calls.realm[at] === Number(realm.value)) ? 1 : 0;
    count += matches[at];
  }
  byId("matching").textContent = count === size ? "" : `${count.toLocaleString("en")} calls`;
  if (chosen >= 0) tellCall(panel, chosen, matches, choose);
  redraw();
};
Object.values(selects).forEach(select => select.addEventListener("change", filter));

byId("commands")?.addEventListener("click", event => {
  const cell = event.target.closest("td"), row = event.target.closest("tr[data-command]");
  if (!row || !cell.textContent) return;
  const n = data.names.findIndex(entry => entry[0] === row.dataset.command);
  const kind = VERDICTS.findIndex(entry => entry[0] === cell.dataset.kind);
  selects.command.value = n < 0 ? "" : String(n);
  selects.verdict.value = kind < 0 ? "" : String(kind);
  filter();
  const first = matches.indexOf(1);
  if (first >= 0) choose(first);
  byId("filters").scrollIntoView({block: "start"});
});
document.querySelectorAll("a[data-line]").forEach(link => link.addEventListener("click", event => {
  const at = calls.line.lastIndexOf(Number(link.dataset.line));
  if (at < 0) return;
  event.preventDefault();
  choose(at);
  byId("filters").scrollIntoView({block: "start"});
}));

// --- begin

byId("filters").hidden = byId("stage").hidden = false;
for (const id of ["next", "previous"]) byId(id).hidden = !calls.kind.includes(VIOLATION);
for (const id of ["next-hazard", "previous-hazard"]) byId(id).hidden = !hazards.size;
readColours();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); redraw(); });
new ResizeObserver(redraw).observe(canvas.parentElement);
{
  const violation = calls.kind.indexOf(VIOLATION);
  choose(violation >= 0 ? violation : hazards.size ? Math.min(...hazards.keys()) : 0);
}
