// Rows that an author makes, moves and takes away: [data-rows] around them, named after a letter and a number.
// Without this: one empty row at the end to fill in, and one more after each time it is kept.
(() => {
  "use strict";
  const spare = new Map(); // the empty row of each kind, to copy
  const rowsOf = (box) => [...box.querySelectorAll("[data-row]")];

  // At the limit a sentence stands where the button was.
  function limit(box, count) {
    const full = count >= Number(box.dataset.most);
    box.querySelector("[data-row-do=add]").hidden = full;
    box.querySelector("[data-full]").hidden = !full;
  }

  // A row is called after its place: names, ids, labels and what people read.
  function number(box) {
    const family = box.dataset.rows;
    const rows = rowsOf(box);
    limit(box, rows.length);
    rows.forEach((row, place) => {
      row.id = `rij-${family}${place}`;
      row.setAttribute("aria-labelledby", `${row.id}-naam`);
      row.querySelector("[data-number]").textContent = place + 1;
      row.querySelectorAll("*").forEach((el) => {
        for (const name of ["name", "id", "for", "aria-describedby", "aria-labelledby"]) {
          const value = el.getAttribute(name);
          if (value) el.setAttribute(name, value.replace(new RegExp(`\\b${family}\\d+-`, "g"), `${family}${place}-`));
        }
      });
      row.querySelector("[data-row-do=up]").hidden = place === 0;
      row.querySelector("[data-row-do=down]").hidden = place === rows.length - 1;
    });
  }

  function add(box) {
    const row = spare.get(box).cloneNode(true);
    box.querySelector("[data-row-do=add]").parentElement.before(row);
    number(box);
    return row;
  }

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-row-do]");
    const box = button?.closest("[data-rows]");
    if (!box) return;
    const row = button.closest("[data-row]");
    const what = button.dataset.rowDo;
    if (what === "add") {
      add(box).querySelector("input, textarea").focus();
      return; // nothing stands in it yet
    }
    if (what === "up") row.previousElementSibling.before(row);
    if (what === "down") row.nextElementSibling.after(row);
    if (what === "drop") row.remove();
    number(box);
    const next = what === "drop" ? box.querySelector("[data-row-do=add]") : button;
    (next.hidden ? row.querySelector("[data-row-do]:not([hidden])") : next).focus();
    box.dispatchEvent(new Event("input", { bubbles: true })); // kept as if it was typed
  });

  // js/keep.js puts back what was typed: in as many rows as there were then.
  document.addEventListener("keep:restoring", ({ detail }) => {
    document.querySelectorAll("[data-rows]").forEach((box) => {
      const places = Object.keys(detail).map((name) => name.match(new RegExp(`^${box.dataset.rows}(\\d+)-`))?.[1]).filter(Boolean).map(Number);
      const wanted = places.length ? Math.max(...places) + 1 : 0;
      while (rowsOf(box).length < wanted) add(box);
      rowsOf(box).slice(wanted).forEach((row) => row.remove());
      number(box);
    });
  });

  document.querySelectorAll("[data-rows]").forEach((box) => {
    const blank = box.querySelector("[data-blank]");
    blank.removeAttribute("data-blank");
    spare.set(box, blank.cloneNode(true));
    blank.remove();
    number(box);
  });
})();
