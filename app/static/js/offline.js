// Pages that somebody opened stay on the device (worker.js), and what she did without a connection is sent later.
// Whose it is stands with it: it is sent for the same person only, and waits for her when somebody else is in. Signing
// out asks first while something waits (site.js).
const PREFIX = "later:";
const REFUSED = "niet-aangenomen:";
const WORDS = /^\/opleiding\/[^/]+\/[^/]+\/schrijven\/[^/]+$/;
const MOST_S = 30 * 86_400;
const who = () => document.documentElement.dataset.who ?? "";

function stored(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null; // storage is off: then nothing stands here
  }
}
function store(name, what) {
  try {
    if (what) localStorage.setItem(name, JSON.stringify(what));
    else localStorage.removeItem(name);
  } catch {
    // Storage is off or full.
  }
}
const waiting = () => stored(PREFIX + who()) ?? [];
const refused = () => stored(REFUSED + who()) ?? [];
const listed = (name, list) => store(name + who(), list.length ? list.slice(-500) : null);

// `instead`: only the last of these matters, such as where she is in one lesson. `adding`: this number of all together.
// `title`: of the lesson that is done.
export function later(url, fields, { instead = false, adding = "", title = "" } = {}) {
  const list = waiting();
  const others = instead || adding ? list.filter((one) => one.url !== url) : list;
  const before = adding ? (list.find((one) => one.url === url)?.fields[adding] ?? 0) : 0;
  const all = adding ? { ...fields, [adding]: fields[adding] + before } : fields;
  listed(PREFIX, [...others, { url, fields: all, title, at: Date.now() }]);
}

const words = () => document.getElementById("onderweg-woorden")?.content;
const said = (word) => [document, words()].map((one) => one?.querySelector(`[data-word="${word}"]`)).find(Boolean)?.textContent.trim() ?? "";

// A note on top of the page, once; nothing where the page has no room for it.
function note(name) {
  const box = document.getElementById("onderweg");
  const blank = words()?.querySelector(`[data-note="${name}"]`);
  if (!box || !blank) return null;
  box.querySelector(`[data-note="${name}"]`)?.remove();
  box.append(blank.cloneNode(true));
  return box.lastElementChild;
}

export function tell(word) {
  const sentence = said(word);
  const box = document.getElementById("toasts");
  if (!sentence || !box) return;
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.textContent = sentence;
  box.replaceChildren(toast);
  setTimeout(() => toast.remove(), 8000);
}

// Whether the program answers; a phone that says that it is online often is not.
export async function reachable() {
  if (!navigator.onLine) return false;
  try {
    return (await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(4000) })).ok;
  } catch {
    return false;
  }
}

// As this person and nobody else: when another one is in by now, the program answers 409 and takes nothing.
export function post(url, fields, more = {}) {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) [value].flat().forEach((one) => body.append(name, one));
  return fetch(url, { method: "POST", body, headers: { Accept: "application/json", "X-Person": who() }, ...more });
}

// What came of it: "taken", "refused", "skip" (this one fails, others may not), or why to stop for now.
async function send(url, fields) {
  let answer;
  try {
    answer = await post(url, fields, { redirect: "manual" }); // it leads elsewhere only to ask who she is
  } catch {
    return { state: "away" };
  }
  if (answer.type === "opaqueredirect" || answer.status === 401) return { state: "sign_in" };
  if (answer.status === 409) return { state: "somebody_else" };
  if (answer.status === 429 || answer.status === 503) return { state: "away" };
  if (answer.status >= 500) return { state: "skip" };
  if (answer.ok) return { state: "taken" };
  return { state: "refused", ...(await answer.json().catch(() => ({}))) };
}
const stops = ({ state }) => ["away", "sign_in", "somebody_else"].includes(state);

// What she wrote at a question in a lesson, without a connection (keep.js). A form that stands open sends its own words,
// and is waited for. What does not fit stays where it is: the lesson shows both texts.
async function sendWords() {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(`keep:${who()}-les-`));
  for (const name of names) {
    const kept = stored(name);
    if (document.querySelector(`form[data-keep="${CSS.escape(name.slice(5))}"]`)) {
      for (let half = 0; half < 12 && stored(name); half += 1) await new Promise((done) => { setTimeout(done, 500); });
      continue;
    }
    if (!WORDS.test(kept?.url ?? "")) continue;
    const answer = await send(kept.url, { words: kept.fields.words ?? "", version: kept.base });
    if (stops(answer)) return answer;
    if (answer.state === "taken" && stored(name)?.at === kept.at) store(name, null);
  }
  return { state: "taken" };
}

// In the order in which it was done. What is refused while something before it waits, may be right once that is there.
async function sendQueue() {
  let [count, stuck] = [0, false];
  for (const one of waiting()) {
    const ago = Math.min(Math.max(0, Math.round((Date.now() - one.at) / 1000)), MOST_S);
    const answer = await send(one.url, { ...one.fields, ago });
    if (stops(answer)) return { ...answer, count };
    if (answer.state === "skip" || (answer.state === "refused" && stuck)) {
      stuck = true;
      continue;
    }
    listed(PREFIX, waiting().filter((other) => other.at !== one.at || other.url !== one.url));
    if (one.fields.anchor || one.fields.seconds) continue; // where she was, and how long: nobody misses it
    if (answer.state === "taken") count += 1;
    else listed(REFUSED, [...refused().filter(({ url }) => url !== one.url), { url: one.url, title: one.title, why: answer.why ?? "", at: answer.at ?? "" }]);
  }
  return { state: "taken", count };
}

async function sendAll() {
  if (!navigator.onLine) return;
  const written = await sendWords();
  const { state, count = 0 } = stops(written) ? written : await sendQueue();
  if (count) tell("sent");
  if (state === "sign_in" || state === "somebody_else") tell(state);
  showRefused();
}

// One tab at a time: two would send the same.
const sendOnce = () =>
  navigator.locks ? navigator.locks.request(PREFIX + who(), { ifAvailable: true }, (lock) => lock && sendAll()) : sendAll();

// What the program did not take: which lesson, why, and the way there. It stays until she has been there, or has seen it.
function showRefused() {
  const list = refused();
  const box = list.length ? note("refused") : null;
  if (!box) return;
  const lines = document.createElement("ul");
  lines.replaceChildren(...list.map(({ url, title, why, at }) => {
    const href = why === "lesson_gone" ? url.split("/").slice(0, 3).join("/") : at ? `${url}#${at}` : url;
    const link = Object.assign(document.createElement("a"), { href, textContent: title || url });
    const line = document.createElement("li");
    link.lang = "nl";
    line.append(link, `: ${said(`refused_${why}`) || said("refused")}`);
    return line;
  }));
  box.querySelector("[data-lessons]").replaceWith(lines);
  listed(REFUSED, list.filter(({ url }) => url !== location.pathname));
  box.querySelector("button").onclick = () => {
    listed(REFUSED, []);
    box.remove();
  };
}

// A page that was opened before says from when it is; once the newest is there it can be shown.
function showOpened() {
  const opened = Number(document.documentElement.dataset.opened);
  const box = opened ? note("opened") : null;
  if (!box) return;
  const moment = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
  const said = moment.format(opened);
  const ours = document.documentElement.lang === "nl" ? said.replace(/:(\d\d)/, ".$1 uur") : said;
  box.querySelector("[data-moment]").textContent = ours[0].toUpperCase() + ours.slice(1);
  box.querySelector("button").onclick = () => location.reload();
}
function listen({ data }) {
  if (data.out) location.reload();
  if (!data.newer) return;
  document.querySelectorAll("#onderweg [data-newer]").forEach((el) => { el.hidden = !el.hidden; });
}

// Itself, when it did not come through the worker, and what she needs today: she opens that where there is no signal.
async function keepPages() {
  const worker = navigator.serviceWorker;
  worker.addEventListener("message", listen);
  worker.startMessages();
  const through = performance.getEntriesByType("navigation")[0]?.workerStart > 0;
  const { active } = await worker.register("/sw.js").then(() => worker.ready);
  const used = through ? [] : [location.href.split("#")[0], ...performance.getEntriesByType("resource").map(({ name }) => name)];
  const today = [...document.querySelectorAll("a[data-today]")].map(({ href }) => href);
  if (used.length || today.length) active.postMessage({ keep: [...used, ...today] });
}

if (who()) {
  navigator.serviceWorker && keepPages().catch(() => {});
  showOpened();
  showRefused();
  addEventListener("online", sendOnce);
  sendOnce();
  if (!navigator.onLine && !document.documentElement.dataset.opened) tell("offline");
  addEventListener("offline", () => tell("offline"));
}
