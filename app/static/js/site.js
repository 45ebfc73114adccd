// Small comforts on every page. Nothing here is needed: forms, menus and pages work without it.
(() => {
  "use strict";
  const root = document.documentElement;

  const isDark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

  function switchTheme() {
    root.dataset.theme = isDark() ? "light" : "dark";
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {
      // Storage is off: the choice lasts as long as this page.
    }
  }

  function showPassword(button) {
    const input = document.getElementById(button.dataset.show);
    const show = input.type === "password";
    input.type = show ? "text" : "password";
    button.setAttribute("aria-pressed", String(show));
  }

  const actions = {
    "[data-theme-toggle]": switchTheme,
    "[data-show]": showPassword,
    "[data-open]": (el) => document.getElementById(el.dataset.open).showModal(),
    "[data-close]": (el) => el.closest("dialog").close(),
    "[data-print]": () => print(),
    "[data-close-toast]": (el) => el.closest(".toast").remove(),
  };

  document.addEventListener("click", (event) => {
    for (const [selector, act] of Object.entries(actions)) {
      const el = event.target.closest(selector);
      if (el) act(el);
    }
    // A menu closes when something in it is chosen; the popover itself takes care of clicks outside and Escape.
    const chosen = event.target.closest(".menu :is(a, button)");
    if (chosen) chosen.closest("[popover]")?.hidePopover?.();
  });

  // Whose phone or computer this is now. What she did not send yet stands on it and is hers: a form of a coach
  // (js/observing), a lesson that is done (js/offline.js), words in a lesson (js/keep.js). At signing out it says so, and
  // without anything unsent nothing stays behind.
  const stored = (name) => {
    try {
      return localStorage.getItem(name) ?? "";
    } catch {
      return ""; // storage is off: then nothing stands here
    }
  };
  const { who } = root.dataset;
  if (who && stored("wie") !== who) {
    if (stored("wie")) globalThis.caches?.delete("lezen"); // what somebody else read here; worker.js sees to it as well
    localStorage.setItem("wie", who);
  }
  // What a page sends by itself goes as the person whose page it is, also when somebody else came in meanwhile.
  document.addEventListener("htmx:config:request", ({ detail }) => {
    if (who) detail.ctx.request.headers["X-Person"] = who;
  });

  // Where she can send what waits in her lessons; empty when nothing does.
  function unsentReading() {
    const me = stored("wie");
    if (!me) return "";
    const done = JSON.parse(stored(`later:${me}`) || "[]").find(({ fields }) => !fields.anchor && !fields.seconds);
    const written = Object.keys(localStorage).find((name) => name.startsWith(`keep:${me}-les-`));
    return done?.url ?? JSON.parse(stored(written ?? "") || "{}").url?.split("/schrijven/")[0] ?? "";
  }
  document.addEventListener("submit", (event) => {
    const leaves = event.target.getAttribute("action");
    if (leaves !== "/uitloggen" && leaves !== "/account/sessies/alle") return;
    const waiting = JSON.parse(stored("niet-verstuurd") || "{}");
    const question = document.getElementById("niet-verstuurd");
    const reading = waiting[stored("wie")] ? "" : unsentReading();
    if ((waiting[stored("wie")] || reading) && question && !question.open) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (reading) question.querySelector("a").setAttribute("href", reading);
      question.querySelector("form").setAttribute("action", leaves);
      question.showModal();
      return;
    }
    globalThis.caches?.delete("lezen");
    if (stored("wie")) localStorage.setItem("wie", "");
    if (!Object.keys(waiting).length) globalThis.indexedDB?.deleteDatabase("academie");
  }, true);

  // On paper all is unfolded: what is closed on a screen cannot be opened there.
  addEventListener("beforeprint", () => document.querySelectorAll("details:not([open])").forEach((el) => {
    el.open = true;
    el.dataset.printed = "";
  }));
  addEventListener("afterprint", () => document.querySelectorAll("details[data-printed]").forEach((el) => {
    el.open = false;
    delete el.dataset.printed;
  }));

  // Double clicks: the first press marks the button, a second press while it works does nothing. The button is not
  // disabled, since a disabled button sends no name and value, and would stay grey after going back.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method === "dialog") return;
    const button = event.submitter;
    if (!button) return;
    if (button.getAttribute("aria-busy") === "true") {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    button.setAttribute("aria-busy", "true");
    setTimeout(() => button.removeAttribute("aria-busy"), 10_000); // a download leaves this page as it is
    if (event.target === keeping) {
      event.preventDefault();
      event.stopImmediatePropagation();
      pressed = button;
      setTimeout(() => button === pressed && goOn(), PATIENCE);
      return;
    }
    unguard(event.target);
  }, true);

  // A button that is pressed while its form keeps itself waits for the answer, which holds the version that stands now.
  // Sent at once, it would be told that somebody else was first: she herself, a moment before.
  const PATIENCE = 8000; // longer than the server ever takes
  let [keeping, pressed] = [null, null];
  function goOn() {
    const [form, button] = [keeping, pressed];
    [keeping, pressed] = [null, null];
    if (!button?.isConnected) return;
    button.removeAttribute("aria-busy");
    form.requestSubmit(button);
  }

  const idle = () =>
    document.querySelectorAll('button[aria-busy="true"]').forEach((el) => el.removeAttribute("aria-busy"));
  addEventListener("pageshow", idle);
  for (const name of ["htmx:finally:request", "htmx:error"]) document.addEventListener(name, idle);

  // form[data-guard]: leaving with typed text asks first.
  const unsaved = new Set();
  const warn = (event) => event.preventDefault();
  function guard(form) {
    unsaved.add(form);
    addEventListener("beforeunload", warn);
  }
  function unguard(form) {
    unsaved.delete(form);
    if (!unsaved.size) removeEventListener("beforeunload", warn);
  }
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-guard]");
    if (!form) return;
    typed += 1;
    guard(form);
  });

  document.addEventListener("keep:written", ({ target }) => unguard(target)); // js/keep.js has it on this device

  // What came back with errors is not kept either.
  const unkept = document.getElementById("fouten")?.closest("form[data-guard]");
  if (unkept) guard(unkept);

  // A form that keeps itself while somebody types: once it is kept, leaving needs no question.
  let [typed, sent] = [0, 0];
  document.addEventListener("htmx:before:request", ({ target }) => {
    sent = typed;
    keeping = target.closest("form[data-guard]") ?? keeping;
    target.closest("form[data-guard]")?.querySelector("[data-kept]")?.removeAttribute("data-kept"); // of an earlier time
  });
  document.addEventListener("htmx:finally:request", ({ target }) => {
    const form = target.closest?.("form[data-guard]"); // the document itself, when what asked is gone by now
    if (!form?.querySelector("[data-kept]")) return;
    if (sent === typed) unguard(form);
    else target.dispatchEvent(new Event("input", { bubbles: true })); // she went on meanwhile
  });
  for (const name of ["htmx:finally:request", "htmx:error"]) {
    document.addEventListener(name, ({ target }) => {
      if (!target.closest || keeping?.contains(target)) goOn(); // the document itself, when what asked is gone by now
    });
  }

  // What has the focus does not stay under a bar or a message that lies over the page: browsers call it in view.
  function clear(found) {
    if (found.offsetHeight > innerHeight * 0.6) return; // such as a table: it may never fit
    found.scrollIntoView({ block: "nearest", inline: "nearest" }); // chips and tables scroll sideways too
    const box = found.getBoundingClientRect();
    let [top, bottom] = [0, innerHeight];
    document.querySelectorAll(".stuck, .nav, .toasts").forEach((bar) => {
      const over = bar.getBoundingClientRect();
      const apart = over.right < box.left || over.left > box.right || over.height === 0;
      if (apart || bar.contains(found) || !["fixed", "sticky"].includes(getComputedStyle(bar).position)) return;
      if (over.top < innerHeight / 2) top = Math.max(top, over.bottom);
      else bottom = Math.min(bottom, over.top);
    });
    if (box.bottom + 8 > bottom) scrollBy(0, box.bottom + 8 - bottom);
    else if (box.top - 8 < top) scrollBy(0, box.top - 8 - top);
  }
  document.addEventListener("focusin", ({ target }) => {
    const found = target.closest(".opt, .drop, .tick") ?? target;
    if (target.matches(":focus-visible")) requestAnimationFrame(() => clear(found)); // the browser scrolls first
  });

  // Escape closes a message, unless it has something else to close.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open], :popover-open")) {
      document.querySelector(".toast")?.remove();
    }
  });

  // The names of chosen files, in words.
  document.addEventListener("change", (event) => {
    const names = event.target.closest(".drop")?.querySelector("[data-chosen]");
    if (names) names.textContent = [...event.target.files].map((file) => file.name).join(", ");
  });

  // Selecting rows of a table: [data-bulk] around the table and its bar.
  document.addEventListener("change", (event) => {
    const box = event.target.closest("[data-bulk]");
    if (!box) return;
    if (event.target.closest("[data-all]")) {
      box.querySelectorAll("tbody [type=checkbox]").forEach((el) => { el.checked = event.target.checked; });
    }
    const bar = box.querySelector(".bulk");
    if (!bar) return;
    const count = box.querySelectorAll("tbody :checked").length;
    bar.hidden = count === 0;
    const words = bar.querySelector("[data-count]");
    if (words) words.textContent = String(count);
  });

  // What belongs open on a desk and closed on a phone, such as the list of lessons.
  const wide = matchMedia("(min-width: 62rem)");
  document.querySelectorAll("details[data-open-wide]").forEach((el) => { el.open = wide.matches; });

  // After a form came back with errors, start reading at the summary.
  const wrong = document.getElementById("fouten");
  wrong?.focus();
  // Letters, pictures and parts that come in later move what is below them.
  if (wrong) new ResizeObserver(() => document.activeElement === wrong && clear(wrong)).observe(document.body);
})();
