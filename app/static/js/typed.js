// Words that were sent and did not come in stay in this browser, and stand in their form again: for a day, for their
// writer alone, until they are sent again, she lets them go or she signs out. An entry is of a person, of where its form
// goes and of one form that was shown (its key). It is `sent` while it is on its way: only the tab that sent it knows
// what came of it. The page that comes after the form says that it was taken; one with [data-not-taken], or the one for
// no connection, says that it was not, and so does any page that does not come after it: then it is `refused`.
import { fields, put, values, version } from "./fields.js";

const PREFIX = "getypt:";
const ON_ITS_WAY = "getypt"; // of this tab: the name of what it sent last
const DAY = 86_400_000;
const LEAVES = /^\/(uitloggen|account\/(sessies\/alle|weg))$/;
const { dataset } = document.documentElement;
const who = () => dataset.who ?? "";

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
function names(of = "") {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX + of));
  } catch {
    return [];
  }
}
const mine = () => names(`${who()}:`);
const waits = {
  name() { try { return sessionStorage.getItem(ON_ITS_WAY) ?? ""; } catch { return ""; } },
  for(name) { try { sessionStorage.setItem(ON_ITS_WAY, name); } catch { /* Storage is off. */ } },
};
const given = new WeakMap(); // a form, and the entry whose words stand in it again
const goesTo = (form) => `${PREFIX}${who()}:${form.getAttribute("action") ?? location.pathname}#`;
const nameOf = (form) => given.get(form) ?? `${goesTo(form)}${form.elements.namedItem("form_key")?.value ?? ""}`;
const WORDS = "textarea, input:not([type]), input[type=text]";
const holdsWords = (form) => fields(form).some((el) => el.matches(WORDS) && el.value.trim());

// What js/keep.js keeps by itself is only noted here, so that the door can say that it waits.
function note(form) {
  if (!who() || form.method !== "post" || !holdsWords(form)) return;
  const [url, base] = [location.pathname + location.search, version(form)?.value ?? ""];
  store(nameOf(form), { at: Date.now(), state: "sent", url, base, fields: form.dataset.keep ? null : values(form) });
  waits.for(nameOf(form));
}

// Such as: nobody is in any more, prove first who you are, it took too long.
function refused() {
  const name = waits.name();
  const one = stored(name);
  if (one) store(name, { ...one, state: "refused" });
  const here = one && (!who() || mine().includes(name));
  document.querySelectorAll("[data-typed-here]").forEach((el) => { el.hidden = !here; });
  document.querySelectorAll("[data-typed-else]").forEach((el) => { el.hidden = here; });
  document.querySelectorAll("[data-typed-at]").forEach((el) => el.setAttribute("href", one?.url ?? "/"));
}

// Whether this page is what came of a form on that page, and not where she went without an answer.
function comesAfter({ url }) {
  const from = document.referrer ? new URL(document.referrer) : { pathname: "" };
  const [how] = performance.getEntriesByType("navigation");
  return how?.type !== "back_forward" && from.pathname + from.search === url;
}

function answered() {
  const name = waits.name();
  const one = stored(name);
  waits.for("");
  if (one?.state !== "sent" || !mine().includes(name)) return;
  store(name, comesAfter(one) ? null : { ...one, state: "refused" });
}

const blank = (name) => document.getElementById("getypt-woorden")?.content.querySelector(`[data-note="${name}"]`)?.cloneNode(true);

function restore(form, one) {
  for (let box = form.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  if (!one.fields) return; // js/keep.js puts it back, and says so
  put(form, one.fields);
  if (version(form)) version(form).value = one.base; // so that what came in between is shown, not lost
  const said = blank("restored");
  if (said) form.prepend(said);
  fields(form)[0]?.dispatchEvent(new Event("input", { bubbles: true }));
  said?.scrollIntoView({ block: "center" });
}

function remind(name, one) {
  const said = blank("elsewhere");
  if (!said || document.getElementById("getypt-elders")) return;
  said.id = "getypt-elders";
  said.querySelector("a").setAttribute("href", one.url);
  said.querySelector("button").addEventListener("click", () => {
    store(name, null);
    said.remove();
    document.getElementById("inhoud")?.focus();
  });
  document.getElementById("inhoud")?.before(said);
}

function fits(form, one) {
  const now = values(form);
  return !one.fields || Object.keys(one.fields).every((name) => name in now);
}

function giveBack(name) {
  const one = stored(name);
  const forms = [...document.forms].filter((form) => name.startsWith(goesTo(form)) && fits(form, one));
  const form = forms.find((found) => !given.has(found));
  if (!forms.length) remind(name, one);
  else if (form) {
    given.set(form, name);
    if (!one.fields) store(name, null);
    restore(form, one);
  }
}

function arrive() {
  names().filter((name) => !(stored(name)?.at > Date.now() - DAY)).forEach((name) => store(name, null));
  if (document.querySelector("[data-not-taken]") || "sent" in dataset) refused();
  else if (who()) {
    answered();
    mine().filter((name) => stored(name).state !== "sent").sort((one, other) => stored(other).at - stored(one).at).forEach(giveBack);
  }
}

document.addEventListener("submit", (event) => {
  const to = event.submitter?.getAttribute("formaction") ?? event.target.getAttribute("action") ?? "";
  if (LEAVES.test(to)) mine().forEach((name) => store(name, null));
  else if (!event.defaultPrevented) note(event.target);
});

// What she changes in words that stand there again is what is given back the next time; nothing, when she empties them.
document.addEventListener("input", ({ target }) => {
  const one = stored(given.get(target.form));
  if (one?.fields) store(given.get(target.form), holdsWords(target.form) ? { ...one, fields: values(target.form) } : null);
});

// A form that keeps itself while somebody types: no page comes after it, unless the answer leads to one.
document.addEventListener("htmx:before:request", ({ target }) => {
  const form = target.closest?.("form");
  if (form) note(form);
});
document.addEventListener("htmx:finally:request", ({ target, detail }) => {
  if (document.querySelector("[data-not-taken]")) refused();
  const form = target.closest?.("form");
  if (form?.isConnected && !detail.ctx?.hx?.redirect) store(nameOf(form), null);
});

// A moment later, so that what is put back is sent as if it was typed.
addEventListener("DOMContentLoaded", () => setTimeout(arrive));
