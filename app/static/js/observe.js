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
  // Enter goes on to the next field: handing in the whole form is a press of the button.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input:not([type=radio], [type=checkbox], [type=submit])")) return;
    event.preventDefault();
    const fields = [...form.querySelectorAll("input:not([type=hidden]), textarea, button[type=submit]")].filter((el) => el.offsetParent);
    fields[fields.indexOf(event.target) + 1]?.focus();
  });
  const all = () => form.querySelectorAll("[data-count]").forEach(count);
  form.addEventListener("change", all);
  addEventListener("pageshow", all); // a browser may put answers back that the page came without
})();
