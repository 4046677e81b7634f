// The trace as the page has it: calls in columns, memory as changes, lanes.
// A call is named by its place in the columns (`at`) or by its number in the trace.

const data = JSON.parse(document.getElementById("data").textContent);
const calls = data.calls;
const changes = data.changes;
for (const steps of [calls.number, calls.line, changes.number, changes.base]) {
  for (let n = 1; n < steps.length; n++) steps[n] += steps[n - 1];
}
const size = calls.number.length;
const total = data.total;
const PLAIN = 0, REFUSED = 1, WAITED = 2;
const VIOLATION = data.kinds.indexOf("violation");
const OK = data.kinds.indexOf("ok");

const starts = counts => {
  const found = new Uint32Array(counts.length + 1);
  counts.forEach((count, n) => { found[n + 1] = found[n] + count; });
  return found;
};
const xStart = starts(calls.nx), rStart = starts(calls.nr);

const hazards = new Map(); // place of a call -> its hazards
{
  const places = new Map();
  calls.line.forEach((line, at) => places.set(line, at));
  for (const hazard of data.hazards) {
    const at = places.get(hazard[0]);
    if (at !== undefined) hazards.set(at, [...(hazards.get(at) || []), hazard]);
  }
}
const isViolation = at => calls.kind[at] === VIOLATION;
const isHazard = at => hazards.has(at);

// The place of the last element of a sorted column that is <= value; -1: none is.
const lastUpTo = (column, value) => {
  let low = 0, high = column.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (column[middle] <= value) low = middle + 1; else high = middle;
  }
  return low - 1;
};
const nearest = number => {
  const at = Math.max(lastUpTo(calls.number, number), 0);
  const closer = at + 1 < size && calls.number[at + 1] - number < number - calls.number[at];
  return closer ? at + 1 : at;
};

const name = at => data.names[calls.name[at]];
const word = place => data.words[place];
const inputs = at => Array.from({length: calls.nx[at]}, (_, n) =>
  [name(at)[1][n] || "x" + (n + 1), word(calls.x[xStart[at] + n])]);
const outputs = at => Array.from({length: calls.nr[at]}, (_, n) =>
  [name(at)[2][n] || "x" + (n + 1), word(calls.r[rStart[at] + n])]);
const result = at => calls.result[at] < 0 ? "no result" : calls.results[calls.result[at]];
const oneLine = at => [name(at)[0], ...inputs(at).map(pair => pair[1])].join(" ") + " → " + result(at);

// --- memory

// Lanes of [base, top, granules that ever changed], each with its part of the changes.
const filled = spans => {
  const lanes = spans.map(([base, top, granules]) =>
    ({base, top, granules, number: [], before: [], after: [], count: []}));
  const tops = lanes.map(lane => lane.top);
  changes.number.forEach((number, n) => {
    const base = changes.base[n], top = base + changes.count[n];
    for (let k = lastUpTo(tops, base) + 1; k < lanes.length && lanes[k].base < top; k++) {
      const lane = lanes[k];
      lane.number.push(number);
      lane.before.push(changes.before[n]);
      lane.after.push(changes.after[n]);
      lane.count.push(Math.min(top, lane.top) - Math.max(base, lane.base));
    }
  });
  return lanes;
};
const lanes = filled(data.lanes);
// The whole memory as one.
const all = {...changes, granules: lanes.reduce((sum, lane) => sum + lane.granules, 0)};

// What a lane is made of: pieces that changed as a whole, neighbours together if there are many.
const MOST_PARTS = 128;
const partsOf = lane => {
  const depth = new Map();
  changes.base.forEach((base, n) => {
    const top = Math.min(base + changes.count[n], lane.top);
    if (base >= lane.top || top <= lane.base) return;
    base = Math.max(base, lane.base);
    depth.set(base, (depth.get(base) || 0) + 1);
    depth.set(top, (depth.get(top) || 0) - 1);
  });
  const pieces = [];
  let inside = 0, begin = 0;
  for (const [at, more] of [...depth].sort((a, b) => a[0] - b[0])) {
    if (inside) pieces.push([begin, at]);
    inside += more;
    begin = at;
  }
  const each = Math.ceil(pieces.length / MOST_PARTS), spans = [];
  for (let n = 0; n < pieces.length; n += each) {
    const some = pieces.slice(n, n + each);
    spans.push([some[0][0], some[some.length - 1][1], some.reduce((sum, [base, top]) => sum + top - base, 0)]);
  }
  return filled(spans);
};
const address = granule => "0x" + (BigInt(granule) * BigInt(data.granule)).toString(16);
const amount = granules => {
  let bytes = granules * data.granule, unit = 0;
  while (bytes >= 1024 && bytes % 1024 === 0 && unit < 4) { bytes /= 1024; unit++; }
  return bytes + ["", "K", "M", "G", "T"][unit];
};

// Granules of a lane by state, after the call of that number.
const mix = (lane, number) => {
  const counts = new Map([[data.first, lane.granules]]);
  const end = lastUpTo(lane.number, number);
  for (let n = 0; n <= end; n++) {
    counts.set(lane.before[n], (counts.get(lane.before[n]) || 0) - lane.count[n]);
    counts.set(lane.after[n], (counts.get(lane.after[n]) || 0) + lane.count[n]);
  }
  return [...counts].filter(pair => pair[1] > 0).sort((a, b) => a[0] - b[0]);
};

// The state of a granule before and after a call; null if it never changed.
const stateAt = (granule, number) => {
  let before = null, after = null, later = null;
  for (let n = 0; n < changes.number.length; n++) {
    const base = changes.base[n];
    if (granule < base || granule >= base + changes.count[n]) continue;
    if (changes.number[n] < number) before = after = changes.after[n];
    else if (changes.number[n] === number) { before ??= changes.before[n]; after = changes.after[n]; }
    else { later = changes.before[n]; break; }
  }
  if (after === null && later === null) return null;
  return [before ?? later, after ?? later];
};
const changesOf = number => {
  const found = [];
  for (let n = lastUpTo(changes.number, number); n >= 0 && changes.number[n] === number; n--) found.unshift(n);
  return found;
};

// --- realms

const realmState = (life, number) => {
  let found = "";
  for (const [since, state] of life.states) if (since <= number) found = state;
  return found;
};
// Each realm's name: its RD, with a count where one RD was used again.
const realmNames = (() => {
  const seen = new Map();
  return data.realms.map(life => {
    const count = (seen.get(life.addr) || 0) + 1;
    seen.set(life.addr, count);
    return count > 1 ? `${life.addr} (${count})` : life.addr;
  });
})();
