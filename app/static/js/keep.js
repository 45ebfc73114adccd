// A form that stays on this device until the server has it: form[data-keep] names the person, the thing and the attempt.
// A tab that is killed, a battery or a connection that dies: what was typed stands there again the next time.
(() => {
  "use strict";
  const PREFIX = "keep:";
  const DAYS = 30; // who never comes back leaves no words behind
  const store = {
    read(name) { try { return JSON.parse(localStorage.getItem(PREFIX + name)); } catch { return null; } },
    write(name, what) { try { localStorage.setItem(PREFIX + name, JSON.stringify(what)); return true; } catch { return false; } }, // storage is off or full
    drop(name) { try { localStorage.removeItem(PREFIX + name); } catch { /* the same */ } },
  };

  const fields = (form) =>
    [...form.elements].filter((el) => el.name && !["hidden", "submit", "file", "password"].includes(el.type));
  const version = (form) => form.elements.namedItem("version") ?? form.elements.namedItem("seen");

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
    const name = form.dataset.keep;
    const kept = store.read(name);
    if (!kept) return;
    const now = version(form)?.value ?? "";
    if (form.dataset.keepAgain) {
      if (!form.querySelector("#fouten") && !same(kept.fields, values(form))) again(form, kept);
      return;
    }
    const arrived = kept.sent && kept.base !== now && !form.querySelector("#fouten");
    const names = () => Object.keys(values(form)).join();
    const before = names();
    if (!arrived) form.dispatchEvent(new CustomEvent("keep:restoring", { bubbles: true, detail: kept.fields })); // as many rows as there were
    if (arrived || (before === names() && same(kept.fields, values(form)))) {
      if (!form.querySelector("#fouten")) store.drop(name);
      return;
    }
    put(form, kept.fields);
    if (version(form)) version(form).value = kept.base; // so that what came in between is shown, not lost
    tell(form);
    fields(form)[0]?.dispatchEvent(new Event("input", { bubbles: true }));
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
    if (form.querySelector("[data-kept]")) store.drop(form.dataset.keep);
    else if (same(kept.fields, values(form))) tell(form);
  }

  function keep(form, sent) {
    const what = {
      at: Date.now(),
      url: form.getAttribute("action"),
      base: version(form)?.value ?? "",
      fields: values(form),
      key: form.elements.namedItem("form_key")?.value,
      sent,
    };
    if (!store.write(form.dataset.keep, what)) return stand(form, "template[data-nowhere]");
    stand(form, "template[data-on-device]");
    if (form.querySelector("template[data-on-device]")) form.dispatchEvent(new CustomEvent("keep:written", { bubbles: true }));
  }

  document.addEventListener("input", ({ target }) => {
    const form = target.closest("form[data-keep]");
    if (form) keep(form, false);
  });
  document.addEventListener("click", ({ target }) => {
    const away = target.closest("[data-keep-drop]"); // she lets it go
    if (away) store.drop(away.dataset.keepDrop);
  });
  document.addEventListener("submit", ({ target, submitter }) => {
    if (!target.matches("form[data-keep]")) return;
    if (target.dataset.keepAgain && submitter?.formNoValidate) keep(target, false); // a button of its rows
    else if (submitter?.value === "there") store.drop(target.dataset.keep); // she takes what was kept elsewhere
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
      if (same(asked, values(form))) store.drop(form.dataset.keep);
    } else if (form?.dataset.keepAgain || !target.closest) {
      document.querySelectorAll("form[data-keep-again]").forEach((one) => { if (store.read(one.dataset.keep) || !target.closest) keep(one, false); }); // its rows changed
    }
  });
  document.addEventListener("htmx:error", ({ target }) => {
    const form = target.closest?.("form[data-keep]");
    if (form) stand(form, "template[data-offline]");
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
  const [done] = document.querySelectorAll("[data-kept-key]"); // the form with this key was kept
  if (done) {
    Object.keys(globalThis.localStorage ?? {}).filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length))
      .forEach((name) => { if (store.read(name)?.key === done.dataset.keptKey) store.drop(name); });
  }
  // A moment later, so that what is put back is sent as if it was typed.
  addEventListener("DOMContentLoaded", () => setTimeout(() => document.querySelectorAll("form[data-keep]").forEach(restore)));
})();
