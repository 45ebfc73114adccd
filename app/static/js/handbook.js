// What somebody ticked off stays on this device, for each meeting and date apart.
for (const list of document.querySelectorAll("[data-ticks]")) {
  const name = "klaargelegd:" + list.dataset.ticks;
  const boxes = [...list.querySelectorAll("input")];
  const words = (box) => box.closest("label").innerText.trim();
  let kept = [];
  try {
    kept = JSON.parse(localStorage.getItem(name) ?? "[]");
  } catch {
    // nothing is kept in a private window
  }
  for (const box of boxes) box.checked = kept.includes(words(box));
  list.addEventListener("change", () => {
    try {
      localStorage.setItem(name, JSON.stringify(boxes.filter((box) => box.checked).map(words)));
    } catch {
      // then the ticks stay as long as the page does
    }
  });
}
