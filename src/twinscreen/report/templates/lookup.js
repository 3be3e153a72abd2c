/* Search, sort, filter and download of the tables of class "lookup", and what marks of drawings
   mean; without it tables are plain, and a browser shows the titles of marks by itself. */
"use strict";
/* A workbook of one sheet: numbers as numbers, all else as text, which no spreadsheet computes. */
const workbook = rows => {
  const escaped = text => text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "")
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const cell = text => /^-?\d+(\.\d+)?(e[-+]?\d+)?$/i.test(text) ? `<c><v>${text}</v></c>`
    : text ? `<c t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>` : "<c/>";
  const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const packed = "http://schemas.openxmlformats.org/package/2006";
  const kind = "application/vnd.openxmlformats-officedocument.spreadsheetml";
  const related = (what, where) => `<Relationships xmlns="${packed}/relationships"><Relationship` +
    ` Id="r1" Type="${office}/${what}" Target="${where}"/></Relationships>`;
  return zipped({
    "[Content_Types].xml": `<Types xmlns="${packed}/content-types"><Default Extension="rels"` +
      ` ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
      `<Override PartName="/xl/workbook.xml" ContentType="${kind}.sheet.main+xml"/>` +
      `<Override PartName="/xl/sheet.xml" ContentType="${kind}.worksheet+xml"/></Types>`,
    "_rels/.rels": related("officeDocument", "xl/workbook.xml"),
    "xl/workbook.xml": `<workbook xmlns="${main}" xmlns:r="${office}"><sheets>` +
      `<sheet name="table" sheetId="1" r:id="r1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": related("worksheet", "sheet.xml"),
    "xl/sheet.xml": `<worksheet xmlns="${main}"><sheetData>` +
      rows.map(row => `<row>${row.map(cell).join("")}</row>`).join("") + "</sheetData></worksheet>",
  });
};
/* A zip archive without compression. */
const zipped = files => {
  const table = Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n;
  });
  const numbers = (...pairs) => {
    const view = new DataView(new ArrayBuffer(pairs.reduce((sum, [size]) => sum + size, 0)));
    let at = 0;
    for (const [size, n] of pairs) {
      size === 2 ? view.setUint16(at, n, true) : view.setUint32(at, n, true);
      at += size;
    }
    return new Uint8Array(view.buffer);
  };
  const parts = [], index = [], long = bytes => bytes.reduce((sum, one) => sum + one.length, 0);
  for (const [path, text] of Object.entries(files)) {
    const name = new TextEncoder().encode(path), data = new TextEncoder().encode(text);
    let sum = -1;
    for (const byte of data) sum = table[(sum ^ byte) & 255] ^ (sum >>> 8);
    const told = [[2, 20], [2, 0x800], [2, 0], [2, 0], [2, 33], [4, ~sum >>> 0],
      [4, data.length], [4, data.length], [2, name.length], [2, 0]];
    index.push(numbers([4, 0x02014b50], [2, 20], ...told, [2, 0], [2, 0], [2, 0], [4, 0], [4, long(parts)]), name);
    parts.push(numbers([4, 0x04034b50], ...told), name, data);
  }
  const n = Object.keys(files).length;
  return new Blob([...parts, ...index, numbers([4, 0x06054b50], [2, 0], [2, 0], [2, n], [2, n],
    [4, long(index)], [4, long(parts)], [2, 0])]);
};
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
  const delimited = (between, written) => rows => rows.map(
    cells => cells.map(cell => written(safe(cell))).join(between) + "\n").join("");
  const formats = {
    CSV: ["text/csv", delimited(",", quoted)],
    TSV: ["text/tab-separated-values", delimited("\t", text => text)],
    XLSX: ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook],
  };
  const downloads = Object.entries(formats).map(([format, [type, written]]) => {
    const button = make("button", format);
    button.type = "button";
    button.setAttribute("aria-label", `Download these rows as ${format}`);
    button.addEventListener("click", () => {
      const kept = [...body.rows].filter(row => !row.hidden);
      const texts = [heads.map(head => head.textContent), ...kept.map(row => heads.map((_, at) => value(row, at)))];
      const told = written(texts.map(cells => cells.map(cell => cell.replace(/\s+/g, " ").trim())));
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([told], { type }));
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
/* What a mark of a drawing means, where one points at it or goes to it with Tab and the arrows. */
const tip = document.createElement("div"), hide = () => { tip.hidden = true; };
tip.className = "tip";
tip.setAttribute("aria-hidden", "true");
hide();
document.body.append(tip);
for (const svg of document.querySelectorAll("figure svg")) {
  const marks = [...svg.querySelectorAll("title")].map(title => title.parentElement);
  if (!marks.length) continue;
  svg.setAttribute("role", "group");
  marks.forEach((mark, at) => {
    const title = mark.querySelector("title"), text = title.textContent;
    title.remove();
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", text);
    mark.setAttribute("tabindex", at ? "-1" : "0");
    const show = () => {
      const box = mark.getBoundingClientRect();
      tip.textContent = text;
      tip.hidden = false;
      const most = document.documentElement.clientWidth - tip.offsetWidth - 4;
      tip.style.left = `${Math.max(4, Math.min(box.left, most)) + scrollX}px`;
      tip.style.top = `${box.bottom + 6 + scrollY}px`;
    };
    for (const name of ["mouseenter", "focus"]) mark.addEventListener(name, show);
    for (const name of ["mouseleave", "blur"]) mark.addEventListener(name, hide);
    mark.addEventListener("keydown", event => {
      if (event.key === "Escape") hide();
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const next = marks[(at + step + marks.length) % marks.length];
      mark.setAttribute("tabindex", "-1");
      next.setAttribute("tabindex", "0");
      next.focus();
    });
  });
}
/* A link into something folded opens it. */
const unfold = () => {
  const aim = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let at = aim; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  if (aim && aim.tagName === "TR") aim.scrollIntoView();
};
addEventListener("hashchange", unfold);
unfold();
