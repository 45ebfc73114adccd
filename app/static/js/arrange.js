// Lists to lay in order: [data-order]. Without script each item has a place to pick; here two buttons move it, the
// places follow, and what moved is said aloud. Until she moved something nothing is picked, so nothing is answered.
(() => {
  "use strict";
  const rows = (box) => [...box.querySelectorAll("[data-place]")];
  const place = (row) => row.querySelector("select");

  function edges(box) {
    const all = rows(box);
    all.forEach((row, index) => {
      row.querySelector("[data-up]").setAttribute("aria-disabled", String(index === 0));
      row.querySelector("[data-down]").setAttribute("aria-disabled", String(index === all.length - 1));
    });
  }

  // Lay the items as their places say, when every place is taken once.
  function settle(box) {
    const all = rows(box);
    const laid = [...all].sort((one, other) => place(one).value - place(other).value);
    const whole = laid.every((row, index) => place(row).value === String(index + 1));
    if (whole) laid.forEach((row) => row.parentElement.append(row));
    box.toggleAttribute("data-laid", whole);
    edges(box);
  }

  function say(box, words, row) {
    const all = rows(box);
    const facts = { item: row.querySelector("[data-text]").textContent, place: all.indexOf(row) + 1, of: all.length };
    box.querySelector("[data-says]").textContent = words.replace(/\{(\w+)\}/g, (_, name) => facts[name]);
  }

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-order] :is([data-up], [data-down])");
    if (!button) return;
    const [box, row] = [button.closest("[data-order]"), button.closest("[data-place]")];
    const up = "up" in button.dataset;
    const other = up ? row.previousElementSibling : row.nextElementSibling;
    if (!other) {
      say(box, up ? box.dataset.first : box.dataset.last, row);
      return;
    }
    if (up) row.after(other);
    else row.before(other); // the other one moves, so that the button keeps the focus
    rows(box).forEach((one, index) => { place(one).value = String(index + 1); });
    box.setAttribute("data-laid", "");
    edges(box);
    say(box, box.dataset.told, row);
    button.scrollIntoView({ block: "nearest" });
    place(row).dispatchEvent(new Event("input", { bubbles: true }));
  });

  // What there is to mend leads to a place to pick, which stands behind the buttons here.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#fouten a");
    const row = link && document.getElementById(link.hash.slice(1))?.closest("[data-place]");
    if (!row) return;
    event.preventDefault();
    row.querySelector("button:not([aria-disabled=true])").focus();
  });

  document.addEventListener("keep:restored", ({ target }) => target.querySelectorAll("[data-order]").forEach(settle));
  document.querySelectorAll("[data-order]").forEach(settle);
})();
