// The page of a conversation asks for what is new, as long as somebody is looking. Without this: reload the page.
(() => {
  "use strict";
  const EVERY = 20_000;
  const AWAY = 30 * 60_000; // nobody there: an open page must not keep a session alive for ever
  let [last, active] = [Date.now(), Date.now()];

  function look() {
    const box = document.getElementById("nieuwer");
    if (!box?.hasAttribute("hx-get") || document.hidden || Date.now() - active > AWAY) return;
    last = Date.now();
    box.dispatchEvent(new Event("look"));
  }
  for (const name of ["pointerdown", "keydown"]) addEventListener(name, () => { active = Date.now(); });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    active = Date.now();
    if (active - last > EVERY / 4) look();
  });
  setInterval(look, EVERY);
})();
