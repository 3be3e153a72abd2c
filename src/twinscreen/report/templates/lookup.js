/* Search, sort, filter and download of the tables of class "lookup"; without it they are plain. */
"use strict";
for (const table of document.querySelectorAll("table.lookup")) {
  const body = table.tBodies[0], rows = [...body.rows], heads = [...table.tHead.rows[0].cells];
  const number = text => text === "\u2013" ? "" : text.replace(/^\+(?=\d)/, "").replace(/^\u2212(?=\d)/, "-");
  const value = (row, at) => row.cells[at].dataset.v ?? number(row.cells[at].textContent.trim());
  const texts = rows.map(row => row.textContent.toLowerCase());
  const make = (name, text) => Object.assign(document.createElement(name), { textContent: text });
  const tools = make("div", "");
  tools.className = "tools";

  const search = document.createElement("input");
  search.type = "search";
  search.placeholder = table.dataset.search;
  search.setAttribute("aria-label", table.dataset.search);
  tools.append(search);

  const filters = heads.flatMap((head, at) => {
    if (!("filter" in head.dataset)) return [];
    const select = make("select", ""), seen = new Set();
    select.setAttribute("aria-label", head.dataset.filter);
    select.append(new Option(head.dataset.filter, ""));
    for (const row of rows) for (const one of value(row, at).split("|")) if (one) seen.add(one);
    for (const one of [...seen].sort()) select.append(new Option(one, one));
    if (seen.size > 1) tools.append(select);
    return [{ select, at }];
  });

  const count = make("output", "");
  count.className = "note";
  const show = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, i) => {
      const kept = words.every(word => texts[i].includes(word)) &&
        filters.every(({ select, at }) => !select.value || value(row, at).split("|").includes(select.value));
      row.hidden = !kept;
      shown += kept;
    });
    count.textContent = `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")}`;
  };
  search.addEventListener("input", show);
  for (const { select } of filters) select.addEventListener("change", show);

  const safe = text => /^[=+@\t]|^-(?!\d)/.test(text) ? "'" + text : text;
  const quoted = text => /[",]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
  const formats = { CSV: [",", quoted, "text/csv"], TSV: ["\t", text => text, "text/tab-separated-values"] };
  const downloads = Object.entries(formats).map(([format, [between, written, type]]) => {
    const button = make("button", format);
    button.type = "button";
    button.setAttribute("aria-label", `Download these rows as ${format}`);
    button.addEventListener("click", () => {
      const line = cells => cells.map(cell => written(safe(cell.replace(/\s+/g, " ")))).join(between) + "\n";
      const kept = [...body.rows].filter(row => !row.hidden);
      const text = line(heads.map(head => head.textContent.trim())) +
        kept.map(row => line(heads.map((_, at) => value(row, at)))).join("");
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type }));
      link.download = `${table.dataset.file}.${format.toLowerCase()}`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
    return button;
  });
  const saving = make("span", "Download ");
  saving.append(...downloads);
  tools.append(count, saving);
  (table.closest(".scroll") ?? table).before(tools);

  heads.forEach((head, at) => {
    const button = make("button", head.textContent.trim());
    button.type = "button";
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const keyed = rows.map(row => ({ row, key: value(row, at) }));
      const none = key => key === "";
      const numbers = keyed.every(({ key }) => none(key) || !isNaN(key));
      const before = numbers ? (a, b) => a - b : (a, b) => a.localeCompare(b, "en", { numeric: true });
      keyed.sort((a, b) => none(a.key) - none(b.key) || (down ? -1 : 1) * before(a.key, b.key));
      body.append(...keyed.map(({ row }) => row));
    });
    head.replaceChildren(button);
  });
  show();
}
/* A link into something folded opens it. */
const unfold = () => {
  const aim = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let at = aim; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  if (aim && aim.tagName === "TR") aim.scrollIntoView();
};
addEventListener("hashchange", unfold);
unfold();
