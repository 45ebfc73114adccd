// Pages that somebody opened stay on the device (worker.js), and what she did without a connection is sent later.
// Whose it is stands with it: it is sent for the same person only, and goes when she signs out (site.js).
const PREFIX = "later:";
const who = () => document.documentElement.dataset.who ?? "";

function waiting() {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + who())) ?? [];
  } catch {
    return []; // storage is off: then nothing waits
  }
}
function keep(list) {
  try {
    if (list.length) localStorage.setItem(PREFIX + who(), JSON.stringify(list.slice(-500)));
    else localStorage.removeItem(PREFIX + who());
  } catch {
    // Storage is off or full.
  }
}

// `instead`: only the last of these matters, such as where she is in one lesson.
export function later(url, fields, { instead = false } = {}) {
  const others = instead ? waiting().filter((one) => one.url !== url) : waiting();
  keep([...others, { url, fields, at: Date.now() }]);
}

export function tell(word) {
  const words = document.querySelector(`[data-word="${word}"]`)?.textContent.trim();
  const box = document.getElementById("toasts");
  if (!words || !box) return;
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.textContent = words;
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

export function post(url, fields, more = {}) {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) [value].flat().forEach((one) => body.append(name, one));
  return fetch(url, { method: "POST", body, headers: { Accept: "application/json" }, ...more });
}

// In the order in which it was done. What the program no longer takes is dropped: it said why at the time.
async function sendAll() {
  if (!who() || !navigator.onLine) return;
  let sent = 0;
  for (let list = waiting(); list.length; list = waiting()) {
    const [one] = list;
    const ago = Math.min(Math.max(0, Math.round((Date.now() - one.at) / 1000)), 30 * 86_400);
    let answer;
    try {
      answer = await post(one.url, { ...one.fields, ago });
    } catch {
      return;
    }
    if (answer.status >= 500 || answer.status === 429) return;
    if (answer.status === 401 || new URL(answer.url).pathname.startsWith("/inloggen")) {
      tell("sign_in");
      return;
    }
    keep(waiting().filter((other) => other.at !== one.at || other.url !== one.url));
    sent += one.fields.anchor ? 0 : 1;
  }
  if (sent) tell("sent");
}

async function keepThisPage() {
  const worker = await navigator.serviceWorker.register("/sw.js").then(() => navigator.serviceWorker.ready);
  if (navigator.serviceWorker.controller) return; // it came through the worker, which kept it
  const used = performance.getEntriesByType("resource").map(({ name }) => name);
  worker.active.postMessage({ keep: [location.href.split("#")[0], ...used] });
}

if (who()) {
  navigator.serviceWorker && keepThisPage().catch(() => {});
  addEventListener("online", sendAll);
  sendAll();
  if (!navigator.onLine) tell("offline");
  addEventListener("offline", () => tell("offline"));
}
