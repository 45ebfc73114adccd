// The service worker: keeps the page of the observation form and its files, so that it opens without a connection, and
// the pages that somebody reads, once she opened them. Of the form nothing about anybody is kept here: what a coach needs
// for a visit stands in IndexedDB. What she read is hers; it goes when she signs out (site.js). RELEASE comes from /sw.js.
const { version, shell, files } = self.RELEASE;
const CACHE = `observatie-${version}`;
const READ = "lezen";
const MOST = 400;
const PATIENCE = 4000; // a bad connection does not keep her from what she has
const OURS = /^\/coach(\/|$)/;
const PAGES = /^\/(opleiding|handboek|groep)(\/|$)|^\/traject$/;
const CHECKS = /^\/opleiding\/[^/]+\/toets\//; // an old form of a check would quarrel with what was kept since
const keeps = (path) => PAGES.test(path) && !CHECKS.test(path);
const BESIDE = /^\/(static|opleiding\/beeld)\//;

async function fill() {
  const cache = await caches.open(CACHE);
  const asked = [shell, ...files].map(async (url) => {
    // Without cookies: the page as a stranger gets it.
    const answer = await fetch(url, { credentials: "omit", cache: url === shell ? "reload" : "default" });
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    await cache.put(url, answer);
  });
  await Promise.all(asked); // all or nothing: half a release is never used
  await self.skipWaiting();
}

async function clear() {
  for (const name of await caches.keys()) if (name !== CACHE && name !== READ) await caches.delete(name);
  await self.clients.claim();
}

const kept = (url) => caches.open(CACHE).then((cache) => cache.match(url, { ignoreVary: true }));

// Reading: the newest from the program, else what was opened before. Answers that lead elsewhere are never kept.
const opened = (url) => caches.open(READ).then((cache) => cache.match(url, { ignoreVary: true }));

async function remember(url, answer) {
  const cache = await caches.open(READ);
  await cache.delete(url); // so that what is used last stands last
  await cache.put(url, answer);
  const all = await cache.keys();
  await Promise.all(all.slice(0, Math.max(0, all.length - MOST)).map((one) => cache.delete(one)));
}

async function read(event, url) {
  const asked = fetch(event.request).then((answer) => {
    if (answer.ok && !answer.redirected) event.waitUntil(remember(url, answer.clone()).catch(() => {}));
    return answer;
  });
  const before = await opened(url);
  if (!before) return asked;
  const slow = new Promise((done) => { setTimeout(() => done(before), PATIENCE); });
  return Promise.race([asked.catch(() => before), slow]);
}

async function beside(event, url) {
  const there = (await kept(url)) ?? (await opened(url));
  if (there) return there;
  const answer = await fetch(event.request);
  if (answer.ok) event.waitUntil(remember(url, answer.clone()).catch(() => {}));
  return answer;
}

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(clear()));
self.addEventListener("message", ({ data }) => {
  const wanted = (data?.keep ?? []).map((url) => new URL(url)).filter(({ origin, pathname }) =>
    origin === self.location.origin && (keeps(pathname) || BESIDE.test(pathname)));
  wanted.forEach(({ pathname }) => fetch(pathname, { credentials: "same-origin" })
    .then((answer) => answer.ok && !answer.redirected && remember(pathname, answer)).catch(() => {}));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (pathname === shell) event.respondWith(kept(shell).then((page) => page ?? fetch(request)));
    else if (OURS.test(pathname)) event.respondWith(fetch(request).catch(() => kept(shell).then((page) => page ?? Response.error())));
    else if (keeps(pathname) && !search) event.respondWith(read(event, pathname));
  } else if (files.includes(pathname)) {
    event.respondWith(kept(pathname).then((file) => file ?? fetch(request)));
  } else if (BESIDE.test(pathname) && !request.headers.has("range")) {
    event.respondWith(beside(event, pathname));
  }
});
