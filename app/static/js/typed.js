// Words that were sent when their writer was not in any more stay in this browser, and stand in their form again once she
// is: for a day, for her alone, until the program took them or she signs out. A page that is shown to her after the form
// says that it was taken; a page with [data-not-taken] says that it was not.
import { fields, put, values, version } from "./fields.js";

const PREFIX = "getypt:";
const DAY = 86_400_000;
const LEAVES = /^\/(uitloggen|account\/(sessies\/alle|weg))$/;
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
function names(of = "") {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX + of));
  } catch {
    return [];
  }
}
const mine = () => names(`${who()}:`);
const nameOf = (form) => `${PREFIX}${who()}:${form.getAttribute("action") ?? location.pathname}`;
const WORDS = "textarea, input:not([type]), input[type=text]";
const holdsWords = (form) => fields(form).some((el) => el.matches(WORDS) && el.value.trim());

// What js/keep.js keeps by itself is only noted here, so that the door can say that it waits.
function note(form) {
  if (!who() || form.method !== "post" || !holdsWords(form)) return;
  const [url, base] = [location.pathname + location.search, version(form)?.value ?? ""];
  store(nameOf(form), { at: Date.now(), state: "sent", url, base, fields: form.dataset.keep ? null : values(form) });
}

// Such as: nobody is in any more, prove first who you are, it took too long.
function refused() {
  const found = names().filter((name) => stored(name));
  found.forEach((name) => store(name, { ...stored(name), state: "refused" }));
  document.querySelectorAll("[data-typed-here]").forEach((el) => { el.hidden = !found.length; });
  document.querySelectorAll("[data-typed-else]").forEach((el) => { el.hidden = found.length > 0; });
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

function remind(one) {
  const said = blank("elsewhere");
  if (!said || document.getElementById("getypt-elders")) return;
  said.id = "getypt-elders";
  said.querySelector("a").setAttribute("href", one.url);
  document.getElementById("inhoud")?.before(said);
}

function fits(form, one) {
  const now = values(form);
  return !one.fields || Object.keys(one.fields).every((name) => name in now);
}

function giveBack(name) {
  const one = stored(name);
  const form = [...document.forms].find((found) => nameOf(found) === name && fits(found, one));
  if (one.state === "sent" || (one.state === "given" && !form)) store(name, null);
  else if (!form) remind(one);
  else {
    store(name, one.fields && { ...one, state: "given" });
    restore(form, one);
  }
}

function arrive() {
  names().filter((name) => !(stored(name)?.at > Date.now() - DAY)).forEach((name) => store(name, null));
  if (document.querySelector("[data-not-taken]")) refused();
  else if (who()) mine().forEach(giveBack);
}

document.addEventListener("submit", (event) => {
  const to = event.submitter?.getAttribute("formaction") ?? event.target.getAttribute("action") ?? "";
  if (LEAVES.test(to)) mine().forEach((name) => store(name, null));
  else if (!event.defaultPrevented) note(event.target);
});

// A form that keeps itself while somebody types: no page comes after it.
document.addEventListener("htmx:before:request", ({ target }) => {
  const form = target.closest?.("form");
  if (form) note(form);
});
document.addEventListener("htmx:finally:request", ({ target }) => {
  if (document.querySelector("[data-not-taken]")) refused();
  const form = target.closest?.("form");
  if (form?.isConnected) store(nameOf(form), null);
});

// A moment later, so that what is put back is sent as if it was typed.
addEventListener("DOMContentLoaded", () => setTimeout(arrive));
