// The service worker: keeps the page of the observation form and its files, so that it opens without a connection.
// Nothing about anybody is ever kept here; what a coach needs for a visit stands in IndexedDB. RELEASE comes from /sw.js.
const { version, shell, files } = self.RELEASE;
const CACHE = `observatie-${version}`;
const OURS = /^\/coach(\/|$)/;

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
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
  await self.clients.claim();
}

const kept = (url) => caches.open(CACHE).then((cache) => cache.match(url, { ignoreVary: true }));

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(clear()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (pathname === shell) event.respondWith(kept(shell).then((page) => page ?? fetch(request)));
    else if (OURS.test(pathname)) event.respondWith(fetch(request).catch(() => kept(shell).then((page) => page ?? Response.error())));
  } else if (files.includes(pathname)) {
    event.respondWith(kept(pathname).then((file) => file ?? fetch(request)));
  }
});
