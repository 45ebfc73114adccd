// The service worker: keeps the page of the observation form and its files, so that it opens without a connection, and
// the pages that somebody reads, once she opened them. What was never opened here is told about on a page of ours. Of the form nothing about anybody is kept here: what a coach needs
// for a visit stands in IndexedDB. What she read is hers: pages of one person only stand here, and they go before
// anybody signs in or out, and as soon as the program asks who she is. RELEASE comes from /sw.js.
const { version, shell, away, files, pages, never, doors } = self.RELEASE;
const CACHE = `observatie-${version}`;
const READ = "lezen";
const FILES = "lezen-erbij"; // what pages need: style, scripts, letters, pictures
const OWNER = "/lezen/van"; // no page: the entry that says whose these are
const MOST = 400;
const PATIENCE = 4000; // a bad connection does not keep her from what she has
const OURS = /^\/coach(\/|$)/;
const [PAGES, NEVER, DOORS] = [pages, never, doors].map((words) => new RegExp(words));
const keeps = (path) => PAGES.test(path) && !NEVER.test(path);
const BESIDE = /^\/(static|opleiding\/beeld)\//;
const IN = /^\/inloggen(\/|$)/; // where the program asks who she is
const AFTER = 20_000;
let turn = 0; // goes up when somebody comes in or goes out: what was asked before that is not kept any more
let going = Promise.resolve(); // while what was kept goes
let sent = 0; // when a form was sent: the page that comes next shows what came of it

// Under which name a page is kept: a script of the handbook for a date of a group is a page of its own, a search is none.
function named({ pathname, searchParams }) {
  if (!keeps(pathname)) return "";
  const date = searchParams.get("datum");
  if (![...searchParams].length) return pathname;
  return /^[0-9]{1,17}$/.test(date ?? "") && [...searchParams].length === 1 ? `${pathname}?datum=${date}` : "";
}

async function fill() {
  const cache = await caches.open(CACHE);
  const asked = [shell, ...Object.values(away), ...files].map(async (url) => {
    // Without cookies: the page as a stranger gets it.
    const answer = await fetch(url, { credentials: "omit", cache: files.includes(url) ? "default" : "reload" });
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    await cache.put(url, answer);
  });
  await Promise.all(asked); // all or nothing: half a release is never used
  await self.skipWaiting();
}

async function clear() {
  for (const name of await caches.keys()) if (![CACHE, READ, FILES].includes(name)) await caches.delete(name);
  if (!(await opened(OWNER))) await caches.delete(READ); // of a release that did not know whose pages these are
  await self.clients.claim();
}

const kept = (url) => caches.open(CACHE).then((cache) => cache.match(url, { ignoreVary: true }));

// Reading: the newest from the program, else what was opened before. Answers that lead elsewhere are never kept.
const opened = (url, name = READ) => caches.open(name).then((cache) => cache.match(url, { ignoreVary: true }));

// The page for what is not here, in the language of the page that she read last. `sent`: she sent a form to it.
async function unopened({ sent = false } = {}) {
  const last = (await (await caches.open(READ)).keys()).findLast((one) => !one.url.endsWith(OWNER));
  const english = last && /<html[^>]* lang="en"/.test(await (await opened(last.url)).text());
  const page = await kept(english ? away.en : away.nl);
  if (!page || !sent) return page ?? Response.error();
  return new Response((await page.text()).replace("<html ", "<html data-sent "), { headers: page.headers });
}

function forget() {
  turn += 1;
  going = Promise.all([READ, FILES].map((name) => caches.delete(name)));
  return going;
}

async function put(name, url, answer) {
  const cache = await caches.open(name);
  await cache.delete(url); // so that what is used last stands last
  await cache.put(url, answer);
  const all = (await cache.keys()).filter((one) => !one.url.endsWith(OWNER));
  await Promise.all(all.slice(0, Math.max(0, all.length - MOST)).map((one) => cache.delete(one)));
}

// A page says whose it is. One of nobody is not kept, and one of somebody else takes the place of all that stood here.
// Gives the page; nothing when it is not of whose page stood here before.
async function remember(url, answer, since) {
  const html = answer.headers.get("content-type")?.startsWith("text/html") ? await answer.text() : "";
  const who = /^[^]{0,400}<html[^>]* data-who="([0-9]+)"/.exec(html)?.[1];
  if (!who || since !== turn) return "";
  const before = await (await opened(OWNER))?.text();
  if (before && before !== who) await caches.delete(READ);
  await (await caches.open(READ)).put(OWNER, new Response(who));
  const headers = new Headers(answer.headers);
  for (const name of ["content-encoding", "content-length"]) headers.delete(name); // these are of how it came
  headers.set("x-opened", String(Date.now())); // by the clock that she looks at
  await put(READ, url, new Response(html, { headers }));
  return before && before !== who ? "" : html;
}

// A page of before says from when it is (offline.js tells her).
async function asBefore(before) {
  const html = await before.text();
  const words = `<html data-opened="${before.headers.get("x-opened") ?? ""}" `;
  return new Response(html.replace("<html ", words), { headers: before.headers });
}

// A page that led elsewhere may have led to the door: then whoever holds this device is not in any more.
async function stillIn(url) {
  const answer = await fetch(url, { credentials: "same-origin" }).catch(() => null);
  const out = answer?.redirected && IN.test(new URL(answer.url).pathname);
  if (out) await forget();
  return !out;
}

const tell = (event, words) => self.clients.get(event.resultingClientId).then((client) => client?.postMessage(words));

async function read(event, url) {
  await going;
  const [since, waits] = [turn, Date.now() - sent < AFTER];
  sent = 0;
  const before = (await opened(url)) ?? (await opened(url.split("?")[0])); // without the times of the day it is a script too
  let shown = false;
  const asked = fetch(event.request).then(async (answer) => {
    if (answer.ok && !answer.redirected) {
      const done = remember(url, answer.clone(), since).catch(() => "");
      if (shown) await tell(event, (await done) ? { newer: true } : { out: true });
      else event.waitUntil(done);
    } else if (shown && answer.type === "opaqueredirect" && !(await stillIn(event.request.url))) await tell(event, { out: true });
    return answer;
  });
  event.waitUntil(asked.catch(() => {}));
  if (!before) return asked.catch(() => unopened());
  const instead = () => {
    shown = true;
    return asBefore(before);
  };
  if (waits) return asked.catch(instead);
  const slow = new Promise((done) => { setTimeout(done, PATIENCE); });
  return Promise.race([asked.catch(() => null), slow]).then((answer) => answer ?? instead());
}

// What stands beside a page: there, or laid beside it now. Its name changes when it does.
async function lay(url, event) {
  const there = (await kept(url)) ?? (await opened(url, FILES));
  if (there) return there;
  const answer = await fetch(event?.request ?? url);
  const done = answer.ok ? put(FILES, url, answer.clone()).catch(() => {}) : null;
  if (event) event.waitUntil(done);
  else await done;
  return answer;
}

// What a page asks to keep: itself, when it came before this worker did, and what she needs today; with what they use.
const USED = /(?:src|href)="(\/(?:static|opleiding\/beeld)\/[^"]+)"/g;
async function take(href, since) {
  const url = new URL(href);
  const name = named(url);
  if (url.origin !== self.location.origin || !(name || BESIDE.test(url.pathname))) return;
  const answer = await fetch(name || url.pathname, { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return;
  if (!name) await put(FILES, url.pathname, answer);
  else for (const [, used] of (await remember(name, answer, since)).matchAll(USED)) await lay(used).catch(() => {});
}

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(clear()));
self.addEventListener("message", (event) => {
  const since = turn;
  event.waitUntil(Promise.all((event.data?.keep ?? []).map((href) => take(href, since).catch(() => {}))));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const { origin, pathname } = url;
  if (origin !== self.location.origin) return;
  if (request.method !== "GET") {
    if (request.mode !== "navigate") return;
    sent = Date.now();
    if (DOORS.test(pathname)) event.waitUntil(forget());
    if (!navigator.onLine) event.respondWith(fetch(request).catch(() => unopened({ sent: true })));
  } else if (request.mode === "navigate") {
    if (pathname === shell) event.respondWith(kept(shell).then((page) => page ?? fetch(request)));
    else if (OURS.test(pathname)) event.respondWith(fetch(request).catch(() => kept(shell).then((page) => page ?? Response.error())));
    else if (IN.test(pathname)) event.respondWith(fetch(request).then((answer) => (answer.ok ? forget().then(() => answer) : answer), () => unopened()));
    else if (named(url)) event.respondWith(read(event, named(url)));
    else event.respondWith(fetch(request).catch(() => unopened()));
  } else if (files.includes(pathname)) {
    event.respondWith(kept(pathname).then((file) => file ?? fetch(request)));
  } else if (BESIDE.test(pathname) && !request.headers.has("range")) {
    event.respondWith(lay(pathname, event));
  }
});
