// A form that stays on this device until the server has it: form[data-keep] names the person, the thing and the attempt.
// A tab that is killed, a battery or a connection that dies: what was typed stands there again the next time.
(() => {
  "use strict";
  const PREFIX = "keep:";
  const DAYS = 30; // who never comes back leaves no words behind
  const store = {
    read(name) { try { return JSON.parse(localStorage.getItem(PREFIX + name)); } catch { return null; } },
    write(name, what) { try { localStorage.setItem(PREFIX + name, JSON.stringify(what)); } catch { /* storage is off or full */ } },
    drop(name) { try { localStorage.removeItem(PREFIX + name); } catch { /* the same */ } },
  };

  const fields = (form) =>
    [...form.elements].filter((el) => el.name && !["hidden", "submit", "file", "password"].includes(el.type));
  const version = (form) => form.elements.namedItem("version");

  // Boxes to tick may share a name.
  const key = (el) => (el.type === "checkbox" ? `${el.name}=${el.value}` : el.name);
  function values(form) {
    const found = {};
    fields(form).forEach((el) => {
      if (el.type === "radio") found[el.name] ??= "";
      if (el.type === "radio" ? el.checked : true) found[key(el)] = el.type === "checkbox" ? el.checked : el.value;
    });
    return found;
  }
  function put(form, kept) {
    fields(form).forEach((el) => {
      if (!(key(el) in kept)) return;
      if (el.type === "radio") el.checked = el.value === kept[el.name];
      else if (el.type === "checkbox") el.checked = kept[key(el)];
      else el.value = kept[el.name];
    });
    form.dispatchEvent(new CustomEvent("keep:restored", { bubbles: true })); // what is laid in order lies by its values
  }
  const same = (one, other) => Object.keys(one).every((name) => !(name in other) || one[name] === other[name]);

  function tell(form) {
    form.querySelectorAll("[data-restored]").forEach((el) => { el.hidden = false; });
  }

  function restore(form) {
    const name = form.dataset.keep;
    const kept = store.read(name);
    if (!kept) return;
    const now = version(form)?.value ?? "";
    const arrived = kept.sent && kept.base !== now && !form.querySelector("#fouten");
    if (arrived || same(kept.fields, values(form))) {
      if (!form.querySelector("#fouten")) store.drop(name);
      return;
    }
    put(form, kept.fields);
    if (version(form)) version(form).value = kept.base; // so that what came in between is shown, not lost
    tell(form);
    fields(form)[0]?.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function keep(form, sent) {
    const what = { at: Date.now(), url: form.getAttribute("action"), base: version(form)?.value ?? "", fields: values(form), sent };
    store.write(form.dataset.keep, what);
  }

  document.addEventListener("input", ({ target }) => {
    const form = target.closest("form[data-keep]");
    if (form) keep(form, false);
  });
  document.addEventListener("submit", ({ target, submitter }) => {
    if (!target.matches("form[data-keep]")) return;
    if (submitter?.value === "there") store.drop(target.dataset.keep); // she takes what was kept elsewhere
    else keep(target, true);
  });

  // What the page keeps by itself while somebody types: once the server has these words the device needs them no more.
  let asked = {};
  document.addEventListener("htmx:before:request", ({ target }) => {
    const form = target.closest("form[data-keep]");
    if (form) asked = values(form);
  });
  document.addEventListener("htmx:finally:request", ({ target }) => {
    const form = target.closest("form[data-keep]");
    if (!form) return;
    if (form.querySelector("[data-kept]") && same(asked, values(form))) store.drop(form.dataset.keep);
  });
  document.addEventListener("htmx:error", ({ target }) => {
    const form = target.closest?.("form[data-keep]");
    const words = form?.querySelector("template[data-offline]");
    const stand = document.getElementById("stand");
    if (words && stand) stand.replaceChildren(words.content.cloneNode(true));
  });

  addEventListener("online", () => document.querySelectorAll("form[data-keep]").forEach((form) => {
    const kept = store.read(form.dataset.keep);
    if (kept && !kept.sent) fields(form)[0]?.dispatchEvent(new Event("input", { bubbles: true })); // sent as if it was typed
  }));

  try {
    Object.keys(localStorage).filter((name) => name.startsWith(PREFIX)).forEach((name) => {
      const kept = store.read(name.slice(PREFIX.length));
      if (!kept || kept.at < Date.now() - DAYS * 86_400_000) store.drop(name.slice(PREFIX.length));
    });
  } catch {
    // Storage is off: there is nothing to clean.
  }
  document.querySelectorAll("[data-kept-as]").forEach((el) => store.drop(el.dataset.keptAs)); // it was handed in
  // A moment later, so that what is put back is sent as if it was typed.
  addEventListener("DOMContentLoaded", () => setTimeout(() => document.querySelectorAll("form[data-keep]").forEach(restore)));
})();
