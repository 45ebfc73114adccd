// On the page for what this device did not keep: a way to try again, and the pages that it did keep, by their own titles.
// Only those of the person whose pages stand here, and only when she is the last who was in.
(() => {
  "use strict";
  const KINDS = { lessons: /^\/opleiding\//, handbook: /^\/handboek\/|^\/groep\/data\/[0-9]+\/draaiboek$/, own: /^\/(traject|groep)(\/|$)/ };
  const OWNER = "/lezen/van"; // as in worker.js
  const MOST = 60;
  const root = document.documentElement;

  function lastIn() {
    try {
      return localStorage.getItem("wie");
    } catch {
      return null; // storage is off: then nobody knows whose these are
    }
  }

  // A script of one day has the title of the script; the day stands in its address only. The page without it is enough.
  async function pages(cache) {
    const found = new Map();
    for (const { url } of [...(await cache.keys())].reverse()) {
      const { pathname, search } = new URL(url);
      const kind = Object.keys(KINDS).find((name) => KINDS[name].test(pathname));
      if (!kind || search || found.size === MOST) continue;
      const read = new DOMParser().parseFromString(await (await cache.match(url, { ignoreVary: true })).text(), "text/html");
      const heading = read.querySelector(pathname === "/traject" ? ".nav [aria-current]" : "h1"); // home greets her
      const title = heading?.textContent.replace(/\s+/g, " ").trim();
      if (!title || read.documentElement.dataset.who !== lastIn()) continue;
      found.set(pathname, { kind, title, href: pathname, lang: heading.closest("[lang]").lang });
    }
    return [...found.values()];
  }

  async function list() {
    if (!(await caches.has("lezen"))) return;
    const cache = await caches.open("lezen");
    const owner = await (await cache.match(OWNER, { ignoreVary: true }))?.text();
    if (!owner || owner !== lastIn()) return;
    const box = document.querySelector("[data-kept-here]");
    for (const { kind, title, href, lang } of await pages(cache)) {
      const group = box.querySelector(`[data-kind="${kind}"]`);
      const line = document.createElement("li");
      const link = Object.assign(document.createElement("a"), { href, textContent: title, lang });
      line.append(box.querySelector("template").content.cloneNode(true), link);
      group.querySelector("ul").append(line);
      group.hidden = box.hidden = false;
    }
  }

  const sent = "sent" in root.dataset;
  document.querySelectorAll("[data-when]").forEach((el) => { el.hidden = (el.dataset.when === "sent") !== sent; });
  document.querySelector("[data-again]").addEventListener("click", () => location.reload());
  document.querySelector("[data-back]").addEventListener("click", () => history.back());
  // A line that comes back at the moment that she presses something must not take her back here.
  let leaving = false;
  addEventListener("beforeunload", () => { leaving = true; });
  addEventListener("pageshow", () => { leaving = false; });
  if (!sent) addEventListener("online", () => { if (!leaving) location.reload(); });
  if (globalThis.caches) list().catch(() => {});
})();
