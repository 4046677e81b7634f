const filters = document.getElementById("filters");
if (filters) {
  const boxes = [...filters.querySelectorAll("input")];
  const rule = filters.querySelector("select");
  const status = filters.querySelector("[role=status]");
  const rows = document.querySelectorAll("tr[data-rule]");
  const cards = document.querySelectorAll(".card");
  const patches = document.querySelectorAll("section.patch");
  const apply = () => {
    const severities = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const off = ({ dataset }) =>
      !severities.has(dataset.severity) || (rule.value !== "" && dataset.rule !== rule.value);
    for (const item of [...rows, ...cards]) item.hidden = off(item);
    for (const patch of patches) patch.hidden = !patch.querySelector(".card:not([hidden])");
    const shown = [...rows].filter((row) => !row.hidden).length;
    status.textContent = shown === rows.length ? "" : `${shown} of ${rows.length} shown`;
  };
  filters.addEventListener("change", apply);
  filters.hidden = false;
  apply(); // a browser may remember the boxes of the last visit
}
