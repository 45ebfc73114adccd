// The page that opens without a connection: which form, or the list of them.
import { follow, newDraft, unsent } from "./draft.js";
import { list } from "./list.js";
import { el, note, say } from "./page.js";
import { alone, noteUnsent, ready, refresh, whose } from "./phone.js";
import * as store from "./store.js";
import { visit } from "./visit.js";

const main = document.getElementById("vak");
const brand = document.title.slice(document.title.indexOf(" · "));
let [view, opening, turn, state] = [null, null, 0, ""];

const wanted = () => Number(location.hash.slice(1)) || null;

// Without a connection this page stands in for the coach's others. Its own address keeps it when she loads it again.
const [, asked] = location.pathname.match(/^\/coach\/(\d+)/) ?? [];
if (location.pathname !== "/coach/observatie") history.replaceState(null, "", `/coach/observatie${asked ? `#${asked}` : ""}`);

// The head of the page: who it is about, and the way back.
function head(form) {
  const who = document.getElementById("wie");
  who.replaceChildren(form ? el("div", {}, el("b", {}, form.person.name), el("p", {}, say("assignment", { n: form.number }))) : "");
  if (!form) document.getElementById("stand").replaceChildren();
  document.querySelector(".obs-bar a").setAttribute("href", form ? "/coach/observatie#" : "/coach");
}

function named() {
  document.title = main.querySelector("h1").textContent + brand;
}

// What of an attempt that is over is still here. Its form may yet be told why it cannot go; its photos have nowhere to.
async function ofBefore(own, form) {
  for (const draft of own) {
    if (draft.attempt === form.attempt) continue;
    if (unsent(draft)) return draft;
    const photos = await store.photosOf(draft);
    if (photos.some((photo) => photo.state !== "sent")) return { ...draft, trouble: { kind: "over", words: "" } };
  }
  return undefined;
}

async function draftFor(form) {
  const own = (await store.draftsOf(form.owner)).filter((draft) => draft.record === form.record);
  const left = await ofBefore(own, form);
  const draft = left ?? own.find((one) => one.attempt === form.attempt) ?? newDraft(form);
  if (draft.attempt === form.attempt) follow(draft, form);
  return draft;
}

async function open(form, mine) {
  await alone(await draftFor(form), async (free) => {
    if (mine !== turn) return;
    head(form);
    if (!free) {
      main.replaceChildren(el("h1", { class: "h2" }, form.person.name), note("sun", "copy", say("twice_title"), el("p", {}, say("twice_text"))));
      named();
      return;
    }
    const draft = await draftFor(form); // as it is now that nobody else writes in it
    view = visit(main, draft, form, { left: () => { location.hash = ""; } });
    named();
    await new Promise((closed) => { view.closed = closed; });
  }, { wait: 2000 });
}

async function route() {
  turn += 1;
  const mine = turn;
  view?.stop();
  view?.closed?.();
  view = null;
  const [owner, record] = [whose(), wanted()];
  opening = null;
  const form = owner && record ? await store.formOf(owner, record) : null;
  if (mine !== turn) return;
  if (form) {
    opening = `${owner}.${record}`;
    open(form, mine);
    return;
  }
  head(null);
  await list(main, owner, { state });
  named();
  if (owner && record && state === "ok") {
    main.querySelector("h1").after(note("sun", "info", say("not_here"), el("p", {}, say("not_here_text"))));
  }
}

async function renew() {
  ({ state } = await refresh());
  await noteUnsent();
  const [owner, record] = [whose(), wanted()];
  if (opening !== `${owner}.${record}`) {
    await route();
    return;
  }
  const form = await store.formOf(owner, record);
  if (form) view?.renew(form);
}

addEventListener("hashchange", route);
addEventListener("storage", (event) => { if (event.key === "wie") route(); }); // signed out in another tab
addEventListener("online", renew);

async function start() {
  try {
    await route();
    await ready();
    await renew();
  } catch {
    main.replaceChildren(el("h1", {}, say("list_title")), note("tomato", "circle-alert", say("no_store_title"), el("p", {}, say("no_store_text"))));
  }
}
start();

