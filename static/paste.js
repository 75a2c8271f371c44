// A table that is pasted brings its merged cells and line breaks only as markup: what a box of text shows of it
// is sent as the text, and beside it the table itself, without looks. Typing in the box afterwards drops that.

const SPANS = ["rowspan", "colspan"];

function bare(table) {
  const rows = [...table.rows].map((row) => {
    const cells = [...row.cells].map((cell) => {
      const td = document.createElement("td");
      for (const name of SPANS) {
        if (cell.hasAttribute(name)) td.setAttribute(name, cell.getAttribute(name));
      }
      for (const line of cell.querySelectorAll("br")) line.replaceWith("\n");
      td.textContent = cell.textContent.trim();
      return td.outerHTML;
    });
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<table>${rows.join("")}</table>`;
}

for (const box of document.querySelectorAll("[data-pasted]")) {
  const markup = document.getElementById(box.dataset.pasted);
  box.addEventListener("input", (event) => {
    if (event.inputType !== "insertFromPaste") markup.value = "";
  });
  box.addEventListener("paste", (event) => {
    const html = event.clipboardData ? event.clipboardData.getData("text/html") : "";
    const tables = html ? [...new DOMParser().parseFromString(html, "text/html").querySelectorAll("table")] : [];
    markup.value = box.value.trim() ? "" : tables.map(bare).join("");
  });
}
