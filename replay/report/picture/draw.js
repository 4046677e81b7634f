// The drawing: rows over call number.  A view is {from, to}: numbers of calls, to excluded.

const canvas = document.getElementById("picture");
const overview = document.getElementById("overview");
const LEFT = 172, RIGHT = 8, MOST_REALM_ROWS = 60, MOST_REC_ROWS = 6;
const MOST_LINES = 60; // faults that are drawn across all rows, or as shapes

let colours = {};
let strip = null; // what does not change of the strip on top, as it was drawn last
const readColours = () => {
  strip = null;
  const style = getComputedStyle(document.documentElement);
  const of = key => style.getPropertyValue("--" + key).trim();
  colours = {states: data.states.map((_, n) => of("s" + n))};
  for (const key of ["ink", "muted", "rule", "paper", "panel", "bad", "haz", "wait", "calm", "new",
                     "active", "off", "choice", "mono", "sans", "assumed", "unknown"]) {
    colours[key] = of(key);
  }
  colours.pixels = colours.states.map(hex => { // as a little-endian word: alpha, blue, green, red
    const [red, green, blue] = [1, 3, 5].map(n => parseInt(hex.slice(n, n + 2), 16));
    return (0xff << 24 | blue << 16 | green << 8 | red) >>> 0;
  });
};
const realmColour = state =>
  state === "NEW" ? colours.new : state === "ACTIVE" ? colours.active : colours.off;

// --- rows: what stands where

// Lives in as few rows as they need, none over another.
const packed = lives => {
  const found = [];
  for (const life of lives) {
    const row = found.find(row => (row[row.length - 1].end ?? Infinity) <= life.begin);
    if (row) row.push(life); else found.push([life]);
  }
  return found;
};

const MARKS = [
  {label: "violation", colour: "bad", has: isViolation, fault: true},
  {label: "hazard", colour: "haz", has: isHazard, fault: true},
  {label: "unknown", colour: "unknown", has: at => data.kinds[calls.kind[at]] === "unknown"},
  {label: "assumed", colour: "assumed", has: at => data.kinds[calls.kind[at]] === "assumed"},
  {label: "waits, tries again", colour: "wait", has: at => calls.mark[at] === WAITED},
  {label: "refused", colour: "calm", has: at => calls.mark[at] === REFUSED},
  {label: "succeeded", colour: "calm", has: at => calls.mark[at] === PLAIN && !isViolation(at)},
];

for (const mark of MARKS) {
  mark.places = [];
  for (let at = 0; at < size; at++) if (mark.has(at)) mark.places.push(at);
}

let height = 0, rows = [];
const layOut = () => {
  const found = [];
  let y = 0;
  const add = (h, row) => { found.push({y, h, ...row}); y += h; };
  const heading = text => add(22, {kind: "heading", label: text});
  add(20, {kind: "axis", label: "call"});
  if (data.notes.length) add(18, {kind: "notes", label: "notes of the trace"});
  for (const mark of MARKS) {
    if (mark.places.length) add(14, {kind: "marks", label: mark.label, mark, places: mark.places});
  }
  if (data.realms.length) heading("Realms and RECs");
  const realmRows = packed(data.realms.map((life, n) => ({...life, n})));
  for (const lives of realmRows.slice(0, MOST_REALM_ROWS)) {
    add(16, {kind: "realms", label: lives.length > 1 ? `${lives.length} realms` : "realm " + lives[0].addr, lives});
    const mine = new Set(lives.map(life => life.n));
    const recRows = packed(data.recs.map((life, n) => ({...life, n})).filter(life => mine.has(life.realm)));
    recRows.slice(0, MOST_REC_ROWS).forEach(recs => add(11, {
      kind: "recs", lives: recs, label: recs.length > 1 ? `  ${recs.length} RECs` : "  REC " + recs[0].addr,
    }));
    if (recRows.length > MOST_REC_ROWS) add(11, {kind: "text", label: `  more rows of RECs: ${recRows.length - MOST_REC_ROWS}`});
  }
  if (realmRows.length > MOST_REALM_ROWS) add(14, {kind: "text", label: `more rows of realms: ${realmRows.length - MOST_REALM_ROWS}`});
  if (lanes.length) heading("Memory");
  const h = lanes.length <= 12 ? 20 : lanes.length <= 24 ? 16 : 12;
  const label = lane => `${address(lane.base)}  ${amount(lane.granules)}`;
  for (const lane of lanes) {
    const parts = lane.parts || [];
    const sign = parts.length ? "▾ " : lane.granules > 1 ? "▸ " : "  ";
    add(h, {kind: "lane", label: sign + label(lane), lane, opens: lane.granules > 1});
    for (const part of parts) add(h, {kind: "lane", label: "    " + label(part), lane: part, part: true});
  }
  height = y + 4;
  rows = found;
};
layOut();

const entered = new Map(); // REC -> the places of its RMI_REC_ENTER calls
for (let at = 0; at < size; at++) {
  if (calls.rec[at] >= 0 && name(at)[0] === "RMI_REC_ENTER") {
    if (!entered.has(calls.rec[at])) entered.set(calls.rec[at], []);
    entered.get(calls.rec[at]).push(at);
  }
}

// --- where a number is

const width = () => canvas.clientWidth - LEFT - RIGHT;
const xOf = (number, view) => LEFT + (number - view.from) / (view.to - view.from) * width();
const numberAt = (x, view) => view.from + (x - LEFT) / width() * (view.to - view.from);
const rowAt = y => rows.find(row => y >= row.y && y < row.y + row.h);

// --- drawing

const sized = (element, h) => {
  const ratio = window.devicePixelRatio || 1;
  const w = element.clientWidth;
  if (element.width !== Math.round(w * ratio) || element.height !== Math.round(h * ratio)) {
    element.width = Math.round(w * ratio);
    element.height = Math.round(h * ratio);
    element.style.height = h + "px";
  }
  const context = element.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, w, h);
  return context;
};

const clipped = (c, text, x, y, space) => {
  if (space < 12) return;
  let shown = text;
  if (c.measureText(shown).width > space) {
    const fits = Math.floor(text.length * space / c.measureText(text).width) - 1;
    if (fits < 3) return;
    shown = text.slice(0, fits) + "…";
  }
  c.fillText(shown, x, y);
};

// Bars of states over columns of one pixel: what each column ends in, stacked by share.
// Written as pixels: rectangles by the ten thousand would be slow.
const drawMix = (c, lane, view, y, h, until) => {
  const ratio = window.devicePixelRatio || 1;
  const columns = Math.round(width() * ratio), lines = Math.max(Math.round(h * ratio), 1);
  const end = Math.min(Math.max(Math.round((until - LEFT) * ratio), 0), columns);
  if (!columns || !end) return;
  const image = new ImageData(columns, lines);
  const pixels = new Uint32Array(image.data.buffer);
  const counts = new Float64Array(data.states.length);
  counts[data.first] = lane.granules;
  let at = 0;
  const paint = to => {
    let sum = 0, line = 0;
    for (let s = 0; s < counts.length; s++) {
      if (counts[s] <= 0) continue;
      sum += counts[s];
      // Of what is there at all, one line at least.
      const next = Math.min(Math.max(Math.round(sum / lane.granules * lines), line + 1), lines);
      for (; line < next; line++) pixels.fill(colours.pixels[s], line * columns + at, line * columns + to);
    }
    at = to;
  };
  const {number, before, after, count} = lane;
  const scale = columns / (view.to - view.from);
  for (let n = 0; n < number.length; n++) {
    const x = Math.round((number[n] - view.from) * scale);
    if (x >= end) break;
    if (x > at) paint(x);
    counts[before[n]] -= count[n];
    counts[after[n]] += count[n];
  }
  paint(end);
  c.putImageData(image, Math.round(LEFT * ratio), Math.round(y * ratio));
};

const drawMarks = (c, row, view, matches) => {
  const {places, mark} = row;
  const each = width() / (view.to - view.from);
  const columns = new Uint32Array(Math.ceil(width()) + 1);
  let used = 0, most = 1;
  for (let n = Math.max(lastUpTo(places, nearest(view.from) - 1), 0); n < places.length; n++) {
    const at = places[n], number = calls.number[at];
    if (number < view.from || !matches[at]) continue;
    if (number >= view.to) break;
    const x = Math.floor((number - view.from) * each);
    if (!columns[x]++) used++;
    if (columns[x] > most) most = columns[x];
  }
  const w = each < 4 ? Math.ceil(each) : Math.min(each - 1, 6);
  c.fillStyle = colours[mark.colour];
  columns.forEach((count, n) => {
    if (!count) return;
    const x = LEFT + n;
    if (mark.fault && used <= MOST_LINES) { // a shape of its own, not only a colour
      const middle = x + Math.max(each, 1) / 2, s = 5;
      c.beginPath();
      if (mark.colour === "bad") { c.moveTo(middle, row.y + 2); c.lineTo(middle + s, row.y + 12); c.lineTo(middle - s, row.y + 12); }
      else { c.moveTo(middle, row.y + 1); c.lineTo(middle + s, row.y + 7); c.lineTo(middle, row.y + 13); c.lineTo(middle - s, row.y + 7); }
      c.fill();
    } else {
      c.globalAlpha = mark.fault ? 1 : .35 + .65 * count / most;
      c.fillRect(x + Math.max(0, (each - w) / 2), row.y + 3, w, row.h - 5);
    }
  });
  c.globalAlpha = 1;
};

const drawLife = (c, row, life, view) => {
  const x0 = Math.max(xOf(life.begin, view), LEFT);
  const x1 = Math.min(xOf(life.end ?? total + 1, view), LEFT + width());
  if (x1 < LEFT || x0 > LEFT + width()) return;
  const w = Math.max(x1 - x0, 1);
  if (row.kind === "recs") {
    c.fillStyle = colours.states[4];
    c.fillRect(x0, row.y + 2, w, row.h - 4);
    c.fillStyle = colours.states[3];
    const each = Math.max(1, Math.min(width() / (view.to - view.from) - 1, 5));
    let last = -1;
    for (const at of entered.get(life.n) || []) {
      const x = Math.floor(xOf(calls.number[at], view));
      if (x === last || x < LEFT || x > LEFT + width()) continue;
      c.fillRect(x, row.y + 1, each, row.h - 2);
      last = x;
    }
    return;
  }
  const states = life.states.length ? life.states : [[life.begin, "NEW"]];
  states.forEach(([since, state], n) => {
    const a = Math.max(n ? xOf(since, view) : x0, LEFT);
    const b = Math.min(n + 1 < states.length ? xOf(states[n + 1][0], view) : x1, x1);
    if (b <= LEFT || a > x1) return;
    c.fillStyle = realmColour(state);
    c.fillRect(a, row.y + 1, Math.max(b - a, 1), row.h - 3);
    c.fillStyle = state === "ACTIVE" ? "#fff" : colours.ink;
    c.font = "10px " + colours.sans;
    clipped(c, row.lives.length > 1 && !n ? `${state} ${life.addr}` : state, a + 4, row.y + row.h / 2, b - a - 8);
  });
};

const step = span => {
  const raw = span / 8, power = 10 ** Math.floor(Math.log10(Math.max(raw, 1)));
  return Math.max(1, [1, 2, 5, 10].map(n => n * power).find(n => n >= raw));
};

const drawNotes = (c, row, view) => {
  c.font = "11px " + colours.sans;
  data.notes.forEach(([number, , text], n) => {
    const next = n + 1 < data.notes.length ? data.notes[n + 1][0] : total + 1;
    if (next < view.from || number >= view.to) return;
    const a = Math.max(xOf(number, view), LEFT), b = Math.min(xOf(next, view), LEFT + width());
    if (b - a < 2 && n % 8) return;
    c.fillStyle = colours.rule;
    c.fillRect(a, row.y + 2, 1, row.h - 4);
    c.fillStyle = colours.muted;
    clipped(c, text, a + 4, row.y + row.h / 2, b - a - 6);
  });
};

const draw = (view, chosen, matches) => {
  const c = sized(canvas, height);
  const right = LEFT + width();
  c.textBaseline = "middle";
  for (const row of rows) {
    c.fillStyle = row.kind === "heading" ? colours.ink : colours.muted;
    c.font = row.kind === "heading" ? "600 12px " + colours.sans
      : row.kind === "lane" || row.kind === "realms" || row.kind === "recs" ? "10.5px " + colours.mono : "11px " + colours.sans;
    const y = row.y + row.h / 2 + (row.kind === "heading" ? 3 : 0);
    clipped(c, row.label, 0, y, row.kind === "text" ? right : LEFT - 8);
  }
  c.save();
  c.beginPath();
  c.rect(LEFT - 6, 0, width() + 6 + RIGHT, height);
  c.clip();
  // What was not seen (too many changes) stays hatched by the rule colour.
  const until = data.drawn_until === null ? Math.min(xOf(total + 1, view), right) : xOf(data.drawn_until, view);
  for (const row of rows) {
    if (row.kind === "axis") {
      c.font = "10.5px " + colours.sans;
      const by = step(view.to - view.from);
      for (let n = Math.ceil(view.from / by) * by; n < view.to; n += by) {
        const x = Math.round(xOf(n, view));
        c.fillStyle = colours.rule;
        c.fillRect(x, 14, 1, height);
        c.fillStyle = colours.muted;
        const label = n.toLocaleString("en");
        if (x + 4 + c.measureText(label).width < right) c.fillText(label, x + 3, 9);
      }
    } else if (row.kind === "notes") drawNotes(c, row, view);
    else if (row.kind === "marks") drawMarks(c, row, view, matches);
    else if (row.kind === "realms" || row.kind === "recs") row.lives.forEach(life => drawLife(c, row, life, view));
    else if (row.kind === "lane") {
      drawMix(c, row.lane, view, row.y, row.h - 1, until);
    }
  }
  // Faults are seen in every row, if there are few; the choice always.
  const faults = rows.filter(row => row.kind === "marks" && row.mark.fault);
  const each = Math.max(width() / (view.to - view.from), 1);
  for (const row of faults) {
    const inView = row.places.filter(at => matches[at] && calls.number[at] >= view.from && calls.number[at] < view.to);
    if (inView.length > MOST_LINES) continue;
    c.fillStyle = colours[row.mark.colour];
    c.globalAlpha = .55;
    for (const at of inView) c.fillRect(Math.round(xOf(calls.number[at], view) + each / 2), row.y + row.h, 1, height);
    c.globalAlpha = 1;
  }
  if (chosen >= 0) {
    const x = xOf(calls.number[chosen], view);
    c.fillStyle = colours.choice;
    c.globalAlpha = .16;
    c.fillRect(x, 0, Math.max(each, 3), height);
    c.globalAlpha = 1;
    c.fillRect(Math.round(x + each / 2) - .5, 0, 1.5, height);
  }
  c.restore();
};

// The strip on top: all memory by state over the whole trace, the faults, the part in view.
const drawOverview = view => {
  const h = 54, whole = {from: 1, to: total + 1};
  const c = sized(overview, h);
  if (strip?.width === overview.width) c.drawImage(strip, 0, 0, overview.clientWidth, h);
  else {
    drawStrip(c, h, whole);
    strip = Object.assign(document.createElement("canvas"), {width: overview.width, height: overview.height});
    strip.getContext("2d").drawImage(overview, 0, 0);
  }
  const right = LEFT + width();
  const a = xOf(view.from, whole), b = Math.max(xOf(view.to, whole), a + 2);
  c.fillStyle = colours.paper;
  c.globalAlpha = .62;
  c.fillRect(LEFT, 8, a - LEFT, h - 8);
  c.fillRect(b, 8, right - b, h - 8);
  c.globalAlpha = 1;
  c.strokeStyle = colours.choice;
  c.lineWidth = 1.5;
  c.strokeRect(a + .5, 8.5, Math.max(b - a - 1, 1), h - 11);
};
const drawStrip = (c, h, whole) => {
  const right = LEFT + width();
  const until = data.drawn_until === null ? right : xOf(data.drawn_until, whole);
  c.textBaseline = "middle";
  c.font = "11px " + colours.sans;
  c.fillStyle = colours.muted;
  c.fillText("whole trace", 0, 13);
  if (all.granules) {
    c.fillText("all memory that changed", 0, 30);
    drawMix(c, all, whole, 10, h - 14, until);
  } else {
    c.fillStyle = colours.panel;
    c.fillRect(LEFT, 10, width(), h - 14);
  }
  for (const mark of MARKS.filter(mark => mark.fault).reverse()) { // violations over hazards
    const columns = new Set(mark.places.map(at => Math.round(xOf(calls.number[at] + .5, whole))));
    c.fillStyle = colours[mark.colour];
    for (const x of columns) {
      c.fillRect(x - 1, 0, 3, 7);
      if (columns.size <= MOST_LINES) c.fillRect(x, 7, 1, h - 11);
    }
  }
};
