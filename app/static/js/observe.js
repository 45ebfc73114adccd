// The form of the coach: how much is filled in moves along while she fills in. The server counts as well.
(() => {
  "use strict";
  const form = document.getElementById("formulier");
  if (!form) return;

  function count(box) {
    const scope = box.closest("details") ?? form;
    const filled = scope.querySelectorAll("[type=radio]:checked").length;
    const when = filled === 0 ? "none" : filled < Number(box.dataset.count) ? "some" : "all";
    box.querySelectorAll("[data-filled]").forEach((el) => { el.textContent = String(filled); });
    box.querySelectorAll("[data-when]").forEach((el) => { el.hidden = el.dataset.when !== when; });
    const bar = box.querySelector("progress");
    if (!bar) return;
    bar.value = filled;
    bar.setAttribute("aria-label", bar.getAttribute("aria-label").replace(/\d+/, String(filled)));
  }
  const all = () => form.querySelectorAll("[data-count]").forEach(count);
  form.addEventListener("change", all);
  addEventListener("pageshow", all); // a browser may put answers back that the page came without
})();
