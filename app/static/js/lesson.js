// While somebody reads: where she is, what she plays, and which passage she wants to keep. The lesson works without it.
import { later, post, reachable, tell } from "./offline.js";

const main = document.querySelector("[data-lesson]");
const say = (word) => document.querySelector(`#leswoorden [data-word="${word}"]`)?.textContent ?? "";

// Where she is: the first paragraph below the bar. Sent when she stays there, and when she leaves.
function followPlace(lesson) {
  const marks = [...main.querySelectorAll("article [id]")].filter((el) => /^(p-|blok-)|^[a-z]/.test(el.id) && !el.closest("form, .notes"));
  const bar = document.querySelector(".stuck");
  let [told, waits] = ["", 0];
  const here = () => {
    const top = (bar?.getBoundingClientRect().bottom ?? 0) + 4;
    return marks.find((el) => el.getBoundingClientRect().bottom > top)?.id ?? "";
  };
  function send(more) {
    const anchor = scrollY > 200 ? here() : "";
    if (!anchor || anchor === told) return;
    told = anchor;
    const url = `${lesson}/plek`;
    if (!navigator.onLine) later(url, { anchor }, { instead: true });
    else post(url, { anchor, ago: 0 }, more).catch(() => later(url, { anchor }, { instead: true }));
  }
  addEventListener("scroll", () => {
    clearTimeout(waits);
    waits = setTimeout(send, 1500);
  }, { passive: true });
  document.addEventListener("visibilitychange", () => document.hidden && send({ keepalive: true }));
  addEventListener("pagehide", () => send({ keepalive: true }));
}

// What is played of a film or sound, in stretches of seconds.
function followPlaying(lesson, player) {
  const stand = player.parentElement.querySelector("[data-played-stand]");
  let parts = [];
  let from = null;
  const at = Number(player.dataset.at);
  player.addEventListener("loadedmetadata", () => {
    if (at > 2 && at < player.duration - 2) player.currentTime = at;
  }, { once: true });
  const close = () => {
    if (from !== null && player.currentTime > from) parts.push(from, player.currentTime);
    from = player.paused || player.ended ? null : player.currentTime;
  };
  async function send(more) {
    close();
    if (!parts.length || !Number.isFinite(player.duration)) return;
    const played = parts.map((second) => second.toFixed(1));
    parts = [];
    const url = `${lesson}/gespeeld/${player.dataset.played}`;
    const fields = { parts: played, at: player.currentTime.toFixed(1), length: player.duration.toFixed(1) };
    try {
      const answer = await post(url, fields, more);
      if (answer.ok && (await answer.json()).done && stand && !stand.textContent.trim()) stand.textContent = say("played");
    } catch {
      parts = [...played.map(Number), ...parts]; // another time
    }
  }
  player.addEventListener("play", () => { from = player.currentTime; });
  player.addEventListener("seeking", () => { from = null; });
  player.addEventListener("seeked", () => { from = player.paused ? null : player.currentTime; });
  player.addEventListener("timeupdate", () => {
    if (from === null && !player.paused && !player.seeking) from = player.currentTime;
    if (from !== null && player.currentTime - from > 15) send();
  });
  for (const name of ["pause", "ended"]) player.addEventListener(name, () => send());
  document.addEventListener("visibilitychange", () => document.hidden && send({ keepalive: true }));
}

// How long she is active, in a course that says that it measures this: the page is seen, and something happened on it in
// the last minute. The program counts no more than can be true.
function followTime(lesson) {
  const url = `${lesson}/actief`;
  const [STILL, ROUND] = [60_000, 60];
  let [seconds, acted, ticked] = [0, performance.now(), performance.now()];
  const act = () => { acted = performance.now(); };
  for (const name of ["scroll", "keydown", "pointerdown", "pointermove"]) addEventListener(name, act, { passive: true });
  main.querySelectorAll("video, audio").forEach((player) => player.addEventListener("timeupdate", () => player.paused || act()));
  // `leaving`: a request of a page that goes may get lost; the next page sends what waits.
  function send({ leaving = false } = {}) {
    const whole = Math.floor(seconds);
    if (!whole) return;
    seconds -= whole;
    const wait = () => later(url, { seconds: whole }, { adding: "seconds" });
    if (leaving || !navigator.onLine) wait();
    else post(url, { seconds: whole, ago: 0 }).then(({ status }) => (status >= 500 || status === 429) && wait()).catch(wait);
  }
  setInterval(() => {
    const now = performance.now();
    if (!document.hidden && now - acted < STILL) seconds += Math.min(now - ticked, 2_000) / 1_000; // no leap after a sleep
    ticked = now;
    if (seconds >= ROUND) send();
  }, 1_000);
  document.addEventListener("visibilitychange", () => document.hidden && send({ leaving: true }));
  addEventListener("pagehide", () => send({ leaving: true }));
}

// Keeping a passage: in this mode each paragraph has a button, so that a thumb, a mouse and a keyboard can choose.
function followMarks() {
  const toggle = main.querySelector("[data-mark]");
  const form = main.querySelector("[data-note]");
  if (!toggle || !form) return;
  function choose(passage) {
    form.elements.namedItem("anchor").value = passage.id;
    const quote = form.querySelector("[data-chosen]");
    quote.hidden = false;
    quote.textContent = [...passage.childNodes].filter((node) => !node.matches?.(".mark")).map((node) => node.textContent).join(" ").replace(/\s+/g, " ").trim();
    set(false);
    form.elements.namedItem("words").focus();
  }
  function set(on) {
    toggle.setAttribute("aria-pressed", String(on));
    main.querySelectorAll(".mark").forEach((el) => el.remove());
    if (!on) return;
    main.querySelectorAll('article [id^="p-"]').forEach((passage) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "btn btn--s btn--sun mark", textContent: say("mark") });
      button.addEventListener("click", () => choose(passage));
      passage.append(passage.matches("ul, ol") ? Object.assign(document.createElement("li"), { className: "mark" }) : button);
      if (passage.matches("ul, ol")) passage.lastElementChild.append(button);
    });
    tell("marking");
    main.querySelector(".mark")?.scrollIntoView({ block: "center" });
    main.querySelector("button.mark, .mark button")?.focus({ preventScroll: true });
  }
  toggle.addEventListener("click", () => set(toggle.getAttribute("aria-pressed") !== "true"));
}

// The lesson is done, also without a connection: then it is told later.
function followEnd() {
  const form = main.querySelector("form[data-finish]");
  form?.addEventListener("submit", async (event) => {
    if (form.dataset.sure) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await reachable()) {
      form.dataset.sure = "1";
      event.submitter?.removeAttribute("aria-busy"); // of the press that waited for this
      form.requestSubmit(event.submitter);
      return;
    }
    event.submitter?.removeAttribute("aria-busy");
    later(form.getAttribute("action"), Object.fromEntries(new FormData(form)), { title: main.querySelector("h1").textContent });
    tell("later");
    const to = form.dataset.finish;
    if (to && (await caches.match(to, { ignoreVary: true }).catch(() => null))) setTimeout(() => location.assign(to), 1500);
  }, true);
}

if (main) {
  const { lesson } = main.dataset;
  followPlace(lesson);
  main.querySelectorAll("[data-played]").forEach((player) => followPlaying(lesson, player));
  followMarks();
  followEnd();
  if (main.hasAttribute("data-measured")) followTime(lesson);
  main.addEventListener("submit", (event) => {
    if (!event.target.matches(".quiz form") || navigator.onLine) return;
    event.preventDefault();
    tell("needs");
  });
}
