(() => {
  "use strict";
  const table = document.getElementById("table");
  const open = (details) => { details.open = true; };
  const openTarget = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") { open(target); target.scrollIntoView(); }
  };
  addEventListener("hashchange", openTarget);
  openTarget();
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach(open));
  if (!table) return;

  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const order = new Intl.Collator("en", { numeric: true });
  const key = (row, column) => row.cells[column].dataset.v ?? row.cells[column].textContent;

  const sort = (head) => {
    const column = heads.indexOf(head);
    const first = head.classList.contains("number") || column === heads.length - 1 ? "descending" : "ascending";
    const other = first === "ascending" ? "descending" : "ascending";
    const direction = head.getAttribute("aria-sort") === first ? other : first;
    heads.forEach((it) => it.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", direction);
    const sign = direction === "ascending" ? 1 : -1;
    const rows = [...body.rows].map((row) => [key(row, column), row]);
    rows.sort((one, other) => sign * order.compare(one[0], other[0]));
    body.append(...rows.map(([, row]) => row));
  };
  heads.forEach((head) => head.firstElementChild.addEventListener("click", () => sort(head)));

  const text = document.getElementById("filter");
  const severity = document.getElementById("severity");
  const shown = document.getElementById("shown");
  const filter = () => {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = severity.value;
    let count = 0;
    for (const row of body.rows) {
      const said = row.textContent.toLowerCase();
      const fits = !wanted || (wanted === "any" ? row.className !== "clean" : row.className === wanted);
      row.hidden = !(fits && words.every((word) => said.includes(word)));
      if (!row.hidden) count += 1;
    }
    shown.value = `${count} of ${body.rows.length}`;
  };
  text.addEventListener("input", filter);
  severity.addEventListener("input", filter);
  text.form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|SELECT)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      text.focus();
    }
  });
  filter();
})();
