// Words about a call and about what the pointer is on.  All text is set as text.

const make = (tag, options = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(options)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "class") element.className = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.filter(child => child !== null && child !== undefined && child !== ""));
  return element;
};
const list = lines => make("ul", {class: "mono"}, ...lines.map(line => make("li", {}, line)));
const section = (title, ...children) => [make("h3", {}, title), ...children.filter(Boolean)];
const swatch = state => make("i", {class: "s" + state});

const ADDRESSES = new Set(["addr", "rd", "rec", "rec_ptr", "calling_rec", "target_rec", "data", "rtt",
                           "pdev", "vdev", "params_ptr", "run_ptr", "src", "list"]);
const NEAR_BEFORE = 5, NEAR_AFTER = 8, MOST_CHANGES = 10;

const state = number => data.states[number];
// As a report shows it: levels and PSCI statuses have a sign.
const shown = ([name, value]) => /^(level|walk_level|status)$/.test(name) ? String(BigInt.asIntN(64, BigInt(value))) : value;

// `line 14: ...` of a story leads to that line's call.
const told = (text, choose) => {
  const found = /^line (\d+): /.exec(text);
  const at = found ? calls.line.indexOf(Number(found[1])) : -1;
  const shown = found && found[0] === text ? oneLine(at) : "";
  return at < 0 ? text : make("button", {class: "link", onclick: () => choose(at)}, text + shown);
};

const granulesOf = at => {
  const number = calls.number[at];
  const found = [];
  const said = new Set();
  for (const [name, value] of inputs(at)) {
    const granule = Number(BigInt(value) / BigInt(data.granule));
    if (!ADDRESSES.has(name) || said.has(granule)) continue;
    said.add(granule);
    const states = stateAt(granule, number);
    if (!states) continue;
    const [before, after] = states;
    found.push(make("li", {}, `${name} ${value} `, swatch(before), state(before),
      ...(before === after ? [] : [" → ", swatch(after), state(after)])));
  }
  const others = changesOf(number).filter(n => changes.count[n] > 1 || !said.has(changes.base[n]));
  for (const n of others.slice(0, MOST_CHANGES)) {
    const many = changes.count[n] > 1 ? ` (${changes.count[n].toLocaleString("en")} granules)` : "";
    found.push(make("li", {}, `${address(changes.base[n])}${many} `, swatch(changes.before[n]), state(changes.before[n]),
      " → ", swatch(changes.after[n]), state(changes.after[n])));
  }
  if (others.length > MOST_CHANGES) found.push(make("li", {}, `and ${others.length - MOST_CHANGES} more`));
  return found;
};

const tellCall = (panel, at, matches, choose) => {
  const number = calls.number[at], kind = data.kinds[calls.kind[at]], words = data.told[number];
  const cpu = calls.cpu[at] ? `, CPU ${calls.cpu[at]}` : "";
  const parts = [
    make("h2", {}, `Call ${number.toLocaleString("en")}`, " ", make("span", {class: "badge " + kind}, kind)),
    make("div", {class: "muted"}, `line ${calls.line[at].toLocaleString("en")} of the trace${cpu}`),
    make("div", {class: "mono name"}, name(at)[0]),
    make("dl", {}, ...inputs(at).flatMap(pair => [make("dt", {}, pair[0]), make("dd", {}, shown(pair))])),
    make("div", {class: "mono"}, "→ ", make("b", {}, result(at)), ...outputs(at).map(pair => ` ${pair[0]} ${shown(pair)}`)),
  ];
  if (words) {
    if (words.permitted.length && !words.permitted.includes(result(at))) {
      parts.push(make("div", {class: "mono"}, "permitted: ", make("b", {}, words.permitted.join(" or "))));
    }
    if (words.why && !/^(a failure condition holds|failure conditions hold)$/.test(words.why)) parts.push(make("p", {}, words.why));
  }
  for (const hazard of hazards.get(at) || []) {
    const others = hazard[3].filter(line => line !== calls.line[at]);
    parts.push(...section("hazard: " + hazard[1], make("p", {}, hazard[2]),
      others.length ? list(others.map(line => told(`line ${line}: `, choose))) : null));
  }
  const held = data.held[calls.held[at]].map(n => data.reasons[n]);
  if (held.length) {
    parts.push(...section(held.length > 1 ? "failure conditions that held" : "the failure condition that held",
      make("ul", {}, ...held.map(([id, meaning, gives]) => make("li", {}, make("code", {}, id), `: ${meaning} → `, make("code", {}, gives))))));
  }
  const granules = granulesOf(at);
  if (granules.length) parts.push(...section("granules, before and after", make("ul", {class: "mono"}, ...granules)));
  if (calls.realm[at] >= 0) {
    const life = data.realms[calls.realm[at]];
    const ended = life.end === number ? ", ends here" : "";
    parts.push(...section("realm", make("div", {class: "mono"}, `${realmNames[calls.realm[at]]} ${realmState(life, number)}${ended}`)));
  }
  if (words) {
    if (words.view.length) parts.push(...section("the model", list(words.view)));
    if (words.story.length) parts.push(...section("the story", list(words.story.map(line => told(line, choose)))));
    if (words.notes.length) parts.push(...section("notes", list(words.notes)));
  }
  parts.push(...section("calls around it", near(at, matches, choose)));
  panel.replaceChildren(...parts);
};

// The neighbours that the filters let through.
const near = (at, matches, choose) => {
  const places = [at];
  for (let n = at - 1, left = NEAR_BEFORE; n >= 0 && left; n--) if (matches[n]) { places.unshift(n); left--; }
  for (let n = at + 1, left = NEAR_AFTER; n < size && left; n++) if (matches[n]) { places.push(n); left--; }
  return make("div", {class: "near"}, ...places.map(n => make("button", {
    class: [n === at ? "here" : "", isViolation(n) ? "violation" : isHazard(n) ? "hazard" : ""].join(" "), onclick: () => choose(n),
  }, make("b", {}, String(calls.number[n])),
  make("span", {}, [name(n)[0].replace(/^RMI_/, ""), ...inputs(n).map(shown)].join(" ")),
  make("em", {}, result(n)))));
};

// What the pointer is on, in a line or two.
const tellPoint = (row, number) => {
  if (row.kind === "lane") {
    const counts = mix(row.lane, number);
    const span = `${address(row.lane.base)} to ${address(row.lane.top)}`;
    const text = counts.length === 1 && counts[0][1] === row.lane.granules ? state(counts[0][0])
      : counts.map(([s, count]) => `${count} ${state(s)}`).join(", ");
    return `${span}\nafter call ${number.toLocaleString("en")}: ${text}`;
  }
  if (row.kind === "realms" || row.kind === "recs") {
    const life = row.lives.find(life => life.begin <= number && number <= (life.end ?? Infinity));
    if (!life) return "";
    const end = life.end === null ? "lives to the end" : `to call ${life.end.toLocaleString("en")}`;
    const what = row.kind === "realms" ? `realm ${realmNames[life.n]}, ${realmState(life, number)}` : `REC ${life.addr}`;
    return `${what}\nfrom call ${life.begin.toLocaleString("en")}, ${end}`;
  }
  if (row.kind === "notes") {
    const found = data.notes[lastUpTo(data.notes.map(note => note[0]), number)];
    return found ? found[2] : "";
  }
  return "";
};
