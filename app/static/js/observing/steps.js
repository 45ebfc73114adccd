// One point on the screen, or all in a list: the same fields, shown in another way. What she chose is remembered.
import { button, fieldOf, el, say } from "./page.js";
import { unfold } from "./fields.js";

const HOW = "observatie-hoe";

export function steps(box, finish) {
  const screens = [...box.querySelectorAll("[data-screen]")];
  let single = localStorage.getItem(HOW) === "single";
  let at = 0;
  const where = el("p", { class: "muted obs-where", role: "status" });
  const back = button(say("previous"), () => go(at - 1), { kind: "line" });
  const on = button(say("next"), () => go(at + 1), {});
  const bar = el("div", { class: "obs-steps" }, back, where, on);
  const choices = [["list", say("in_list")], ["single", say("one_by_one")]].map(([value, words]) =>
    el("button", { type: "button", class: "chip", click: () => choose(value) }, words));
  const choice = el("div", { class: "chips", role: "group", "aria-label": say("how") }, choices);

  function show() {
    choices.forEach((chip, n) => chip.setAttribute("aria-pressed", String((n === 1) === single)));
    screens.forEach((screen, n) => { screen.hidden = single && n !== at; });
    box.querySelectorAll(".fold").forEach((fold) => {
      const holds = fold.contains(screens[at]);
      fold.hidden = single && !holds;
      if (single && holds) fold.open = true;
    });
    box.querySelectorAll(".crit.obs-quiet, .crit:has(> [aria-expanded=true])").forEach((crit) => unfold(crit, single));
    finish.hidden = single && at < screens.length - 1;
    bar.hidden = !single;
    back.disabled = at === 0;
    on.hidden = at === screens.length - 1;
    where.textContent = say("step", { now: at + 1, total: screens.length });
  }

  function go(to, focus = true) {
    at = Math.max(0, Math.min(to, screens.length - 1));
    show();
    if (!focus) return;
    screens[at].focus({ preventScroll: true });
    screens[at].scrollIntoView({ block: "start" });
  }

  function choose(value) {
    single = value === "single";
    localStorage.setItem(HOW, value);
    show();
  }

  // To a field by its name, wherever it is hidden now.
  function reach(name) {
    const field = fieldOf(name);
    const n = screens.findIndex((screen) => screen.contains(field));
    if (single && n >= 0) go(n, false);
    const fold = field.closest("details");
    if (fold) fold.open = true;
    field.focus();
  }

  show();
  return { bar, choice, reach };
}
