// Whose phone this is now, what it should hold, and what may go. Also for the coach's other pages.
import { unsent } from "./draft.js";
import { ask, sendDraft, sendPhotos } from "./send.js";
import * as store from "./store.js";

const WHO = "wie"; // the last person who was signed in on this phone; site.js writes it on every page
const UNSENT = "niet-verstuurd"; // how much each person has not sent, for the question at signing out
const DAYS_KEPT = 3;

export const whose = () => Number(localStorage.getItem(WHO)) || null;
export const belongsTo = (person) => localStorage.setItem(WHO, String(person));

export async function noteUnsent() {
  const waiting = {};
  for (const draft of await store.allDrafts()) if (unsent(draft)) waiting[draft.owner] = (waiting[draft.owner] ?? 0) + 1;
  for (const photo of await store.allPhotos()) {
    if (photo.state !== "sent") waiting[photo.owner] = (waiting[photo.owner] ?? 0) + 1;
  }
  localStorage.setItem(UNSENT, JSON.stringify(waiting));
  return waiting;
}

export async function ready() {
  navigator.storage?.persist?.().catch(() => {});
  await navigator.serviceWorker?.register("/sw.js").catch(() => {});
}

const lockOf = (draft) => `observatie-${draft.owner}-${draft.record}`;

// One tab at a time works on a draft, else two tabs would overwrite each other. `held` runs while it is ours, or with
// false when it is not: at once, or after waiting for a page that is just being left.
export async function alone(draft, held, { wait = 0 } = {}) {
  if (!navigator.locks) return held(true);
  if (!wait) return navigator.locks.request(lockOf(draft), { ifAvailable: true }, (lock) => held(lock !== null));
  let ours = false;
  try {
    return await navigator.locks.request(lockOf(draft), { signal: AbortSignal.timeout(wait) }, () => {
      ours = true;
      return held(true);
    });
  } catch (wrong) {
    if (ours) throw wrong;
    return held(false);
  }
}

// Ask which forms this phone should hold, get what is new, and let go of what is not needed any more.
// Who signs out while an answer is on its way takes all with her: nothing of that answer is kept then.
export async function refresh() {
  const before = localStorage.getItem(WHO);
  const told = await ask("/coach/observatie/bezoeken");
  if (told.state !== "ok") return told;
  if (localStorage.getItem(WHO) !== before) return { state: "sign_in" };
  belongsTo(told.person);
  const known = new Map((await store.formsOf(told.person)).map((form) => [form.record, form]));
  for (const one of told.forms) {
    if (known.get(one.record)?.mark === one.mark) continue;
    const form = await ask(one.get);
    if (whose() !== told.person) return { state: "sign_in" };
    if (form.state !== "ok" || form.owner !== told.person) continue;
    await store.putForm({ ...form, mark: one.mark });
  }
  await letGo(told.person, new Set(told.forms.map((one) => one.record)), told.now);
  return told;
}

// Never while something is unsent. Else: what is closed or handed over, what was sent days ago, what is of others.
async function letGo(person, open, now) {
  const waiting = new Set();
  for (const draft of await store.allDrafts()) {
    const photos = await store.photosOf(draft);
    const here = unsent(draft) || photos.some((photo) => photo.state !== "sent");
    const old = draft.at && new Date(now) - new Date(draft.at) > DAYS_KEPT * 24 * 3600 * 1000;
    if (here) waiting.add(`${draft.owner}.${draft.record}`);
    else if (draft.owner !== person || !open.has(draft.record) || old) await store.dropDraft(draft);
  }
  for (const form of await store.allForms()) {
    const needed = form.owner === person && open.has(form.record);
    if (!needed && !waiting.has(`${form.owner}.${form.record}`)) await store.dropForm(form);
  }
}

// Send what waits from a page that is not the form itself.
export async function sendAll(person) {
  for (const draft of await store.draftsOf(person)) {
    const form = await store.formOf(person, draft.record);
    if (!form) continue;
    await alone(draft, async (free) => {
      const current = free && (await store.draftOf(draft.owner, draft.record, draft.attempt));
      if (!current) return;
      await sendDraft(current, form);
      if (current.conflict === null) await sendPhotos(current, form);
    });
  }
  await noteUnsent();
}


