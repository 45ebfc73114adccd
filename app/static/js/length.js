// How much still fits in a text: said when it is nearly full, and how much too much it is. What is typed or pasted is
// never cut: the program says no to what is too long, and gives it back.
const NEAR = 0.1; // of what fits

const words = document.getElementById("lengte-woorden")?.content;

function tell(area) {
  const box = document.getElementById(`${area.id}-most`);
  if (!box || !words) return;
  const most = Number(box.dataset.most);
  const left = most - [...area.value.trim()].length; // as the program counts
  const state = left < 0 ? "over" : left <= most * NEAR ? "near" : "";
  if (!state) {
    box.replaceChildren();
    return;
  }
  const said = words.querySelector(`[data-most="${state}"]`).cloneNode(true);
  said.querySelector("[data-number]").textContent = String(Math.abs(left));
  box.replaceChildren(said);
}

document.addEventListener("input", ({ target }) => target.matches("textarea") && tell(target));
document.addEventListener("keep:restored", ({ target }) => target.querySelectorAll("textarea").forEach(tell));
addEventListener("DOMContentLoaded", () => document.querySelectorAll("textarea").forEach(tell));
