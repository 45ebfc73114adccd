// The clock of a step. It counts from the moment that the step began, so a locked screen or a sleeping tab loses nothing.
// A step that is taken without a connection stands on this phone with its moment, and is sent as so many seconds ago.
const talk = document.querySelector("[data-talk]");
const SECOND = 1000;
const name = talk && `gesprek:${document.documentElement.dataset.who ?? ""}:${talk.dataset.meeting}`;
const entry = (of) => ({
  read() { try { return JSON.parse(localStorage.getItem(`${name}:${of}`)); } catch { return null; } },
  write(what) { try { localStorage.setItem(`${name}:${of}`, JSON.stringify(what)); } catch { /* Storage is off. */ } },
  drop() { try { localStorage.removeItem(`${name}:${of}`); } catch { /* The same. */ } },
});
const waiting = entry("stap"); // taken without a connection, not sent yet
const clock = entry("klok"); // when the step began, by this phone: for a page that is shown again without a connection
const steps = () => [...talk.querySelectorAll("[data-minutes]")];
let at = 0; // by the clock of this phone
let current = 0;

function show(step, began) {
  current = step;
  at = began;
  steps().forEach((one, number) => {
    if (number === step) one.setAttribute("aria-current", "step");
    else one.removeAttribute("aria-current");
  });
  tick();
}

function tick() {
  const box = talk.querySelector("[data-left]");
  const left = Math.round(Number(steps()[current]?.dataset.minutes ?? 0) * 60 - (Date.now() - at) / SECOND);
  const [minutes, seconds] = [Math.floor(Math.abs(left) / 60), Math.abs(left) % 60];
  box.textContent = `${left < 0 ? `${box.dataset.over} +` : ""}${minutes}:${String(seconds).padStart(2, "0")}`;
}

function send() {
  const one = waiting.read();
  if (!one || !navigator.onLine || one.method !== talk.dataset.talk) return;
  const form = steps()[one.step]?.querySelector("form");
  if (!form) return waiting.drop();
  form.elements.namedItem("ago").value = String(Math.max(0, Math.round((Date.now() - one.at) / SECOND)));
  waiting.drop();
  form.requestSubmit();
}

function start() {
  const told = { method: talk.dataset.talk, step: Number(talk.dataset.step), at: Date.now() - Number(talk.dataset.since) * SECOND };
  const known = navigator.onLine ? null : clock.read();
  const now = known?.method === told.method ? known : told;
  const one = waiting.read();
  const away = talk.querySelector("[data-waits]");
  const kept = one && one.method === talk.dataset.talk;
  if (one && !kept) waiting.drop();
  show(kept ? one.step : now.step, kept ? one.at : now.at);
  if (navigator.onLine) clock.write(told);
  away.hidden = !kept;
  talk.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    const step = Number(event.target.elements.namedItem("step").value);
    waiting.write({ method: talk.dataset.talk, step, at: Date.now() });
    show(step, Date.now());
    away.hidden = false;
  });
  addEventListener("online", send);
  document.addEventListener("visibilitychange", tick);
  setInterval(tick, SECOND);
  send();
}

if (talk) start();
