// A form that stays on this device until the server has it: form[data-keep] names the person, the thing and the attempt.
// A tab that is killed, a battery or a connection that dies: what was typed stands there again the next time.
import { fields, put, same, values, version } from "./fields.js";

const PREFIX = "keep:";
const DAYS = 30; // who never comes back leaves no words behind
const store = {
  read(name) { try { return JSON.parse(localStorage.getItem(PREFIX + name)); } catch { return null; } },
  write(name, what) { try { localStorage.setItem(PREFIX + name, JSON.stringify(what)); return true; } catch { return false; } }, // storage is off or full
  drop(name) { try { localStorage.removeItem(PREFIX + name); } catch { /* the same */ } },
  names() { try { return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length)); } catch { return []; } },
};

// The same form may stand in two tabs. An entry is of the form whose key is in it: another does not write over it and
// does not drop it, and keeps its own words beside it, under a name with its key behind it.
const keys = new WeakMap(); // a form, and whose words are in it: its own, and of what was put back
const keyOf = (form) => form.elements.namedItem("form_key")?.value;
function owns(form, { key }) {
  if (!keys.has(form)) keys.set(form, new Set());
  return key === keyOf(form) || keys.get(form).has(key);
}
const about = (name) => store.names().filter((one) => one === name || one.startsWith(`${name}#`));
const ofForm = (form) => about(form.dataset.keep).filter((name) => owns(form, store.read(name) ?? {}));
const drop = (form) => ofForm(form).forEach(store.drop);

function tell(form) {
  form.querySelectorAll("[data-restored]").forEach((el) => { el.hidden = false; });
  form.closest("details")?.setAttribute("open", "");
  stand(form, "template[data-on-device]");
}

// In the bar: where the words are now.
function stand(form, which) {
  const words = form.querySelector(which);
  const bar = document.getElementById("stand");
  if (!words || !bar || bar.dataset.says === which) return;
  bar.dataset.says = which; // told once, not at each key
  bar.replaceChildren(words.content.cloneNode(true));
}

function restore(form) {
  const wrong = Boolean(form.querySelector("#fouten"));
  const found = about(form.dataset.keep).map((name) => [name, store.read(name)]).filter(([, kept]) => kept && (!wrong || owns(form, kept)));
  const latest = (one, other) => other.at - one.at;
  // What another tab could not keep stays until what is put back before it is kept.
  for (const [name, kept] of found.sort(([, one], [, other]) => latest(one, other))) {
    if (form.dataset.keepAgain) {
      if (wrong || same(kept.fields, values(form))) continue;
      owns(form, kept);
      keys.get(form).add(kept.key);
      return again(form, kept);
    }
    if (putBack(form, kept)) return undefined;
    if (!wrong) store.drop(name);
  }
  return undefined;
}

// Gives whether its words were others than those that stand there: that is how it shows whether what was sent came in,
// since somebody else may have changed the version. What the program says of itself came in is dropped before this.
function putBack(form, kept) {
  const names = () => Object.keys(values(form)).join();
  const before = names();
  form.dispatchEvent(new CustomEvent("keep:restoring", { bubbles: true, detail: kept.fields })); // as many rows as there were
  if (before === names() && same(kept.fields, values(form))) return false;
  owns(form, kept);
  keys.get(form).add(kept.key);
  put(form, kept.fields);
  if (version(form)) version(form).value = kept.base; // so that what came in between is shown, not lost
  tell(form);
  fields(form)[0]?.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

// form[data-keep-again]: its rows come and go, so the server draws it as it was typed. It also knows whether a form
// that was sent did arrive: then it draws what stands there now, with data-kept.
async function again(form, kept) {
  const sent = { do: "again", sent: kept.sent ? "on" : "" };
  form.querySelectorAll("input[type=hidden]").forEach((el) => { sent[el.name] = el.value; });
  sent.seen = kept.base;
  Object.entries(kept.fields).forEach(([name, value]) => {
    const at = name.lastIndexOf("=");
    if (value === true) sent[name.slice(0, at)] = name.slice(at + 1);
    else if (value !== false) sent[name] = value;
  });
  await globalThis.htmx?.ajax("POST", form.dataset.keepAgain, { target: form.dataset.keepRows, swap: "outerHTML", values: sent });
  if (form.querySelector("[data-kept]")) drop(form);
  else if (same(kept.fields, values(form))) tell(form);
}

function keep(form, sent) {
  const what = {
    at: Date.now(),
    url: form.getAttribute("action"),
    base: version(form)?.value ?? "",
    fields: values(form),
    key: keyOf(form),
    sent,
  };
  const there = store.read(form.dataset.keep);
  const name = there && !owns(form, there) ? `${form.dataset.keep}#${what.key}` : form.dataset.keep;
  if (!store.write(name, what)) return stand(form, "template[data-nowhere]");
  ofForm(form).filter((one) => one !== name).forEach(store.drop);
  stand(form, "template[data-on-device]");
  if (form.querySelector("template[data-on-device]")) form.dispatchEvent(new CustomEvent("keep:written", { bubbles: true }));
}

document.addEventListener("input", ({ target }) => {
  const form = target.closest("form[data-keep]");
  if (form) keep(form, false);
});
document.addEventListener("click", ({ target }) => {
  const away = target.closest("[data-keep-drop]"); // she lets it go
  if (away) drop(away.closest("form"));
});
document.addEventListener("submit", ({ target, submitter }) => {
  if (!target.matches("form[data-keep]")) return;
  if (target.dataset.keepAgain && submitter?.formNoValidate) keep(target, false); // a button of its rows
  else if (submitter?.value === "there") drop(target); // she takes what was kept elsewhere
  else keep(target, true);
});

// What the page keeps by itself while somebody types: once the server has these words the device needs them no more.
let asked = {};
document.addEventListener("htmx:before:request", ({ target }) => {
  const form = target.closest("form[data-keep]");
  if (form) asked = values(form);
});
document.addEventListener("htmx:finally:request", ({ target }) => {
  const form = target.closest?.("form[data-keep]"); // the document itself, when what asked is gone by now
  if (form?.querySelector("[data-kept]")) {
    if (same(asked, values(form))) drop(form);
  } else if (form?.dataset.keepAgain || !target.closest) {
    document.querySelectorAll("form[data-keep-again]").forEach((one) => { if (ofForm(one).length || !target.closest) keep(one, false); }); // its rows changed
  }
});
document.addEventListener("htmx:error", ({ target }) => {
  const form = target.closest?.("form[data-keep]");
  if (form) stand(form, "template[data-offline]");
});

addEventListener("online", () => document.querySelectorAll("form[data-keep]").forEach((form) => {
  if (ofForm(form).some((name) => !store.read(name).sent)) fields(form)[0]?.dispatchEvent(new Event("input", { bubbles: true })); // sent as if it was typed
}));

store.names().filter((name) => !(store.read(name)?.at >= Date.now() - DAYS * 86_400_000)).forEach(store.drop);
document.querySelectorAll("[data-kept-as]").forEach((el) => about(el.dataset.keptAs).forEach(store.drop)); // it was handed in
document.querySelectorAll("[data-kept-key]").forEach((el) => { // the form with this key was kept
  store.names().filter((name) => store.read(name)?.key === el.dataset.keptKey).forEach(store.drop);
});
// A moment later, so that what is put back is sent as if it was typed.
addEventListener("DOMContentLoaded", () => setTimeout(() => document.querySelectorAll("form[data-keep]").forEach(restore)));
