// The desk of an author: blocks at the cursor, the line that a remark is about, writing and reading on a phone.
// Without this: type the block, and read it after saving.
(() => {
  "use strict";
  const body = () => document.getElementById("ed--body");

  // The name of a block, or the next that no block has yet.
  function free(name, words) {
    const taken = new Set(words.match(/[a-z0-9-]+/g));
    let [found, count] = [name, 1];
    while (taken.has(found)) found = `${name}-${count += 1}`;
    return found;
  }

  // Blocks do not stand in one another: from within one the cursor goes behind it.
  function leaveBlock(text) {
    const here = text.selectionStart;
    let [at, opened] = [0, -1];
    for (const line of text.value.split("\n")) {
      const end = at + line.length;
      if (line.startsWith(":::")) {
        if (line.slice(3).trim()) opened = at;
        else if (opened >= 0 && here > opened && here <= end) return text.setSelectionRange(end, end);
        else opened = -1;
      }
      at = end + 1;
    }
  }

  // A block stands by itself, with an empty line around it. What is to be filled in first is selected; without it the
  // cursor comes after the block.
  function insert(sample, first, name = "eigen-naam") {
    const text = body();
    if (!text) return;
    if (!text.dataset.caret) text.setSelectionRange(text.value.length, text.value.length); // nobody was in it yet: at the end
    leaveBlock(text);
    const block = sample.replace("eigen-naam", free(name, text.value));
    const [before, after] = [text.value.slice(0, text.selectionStart), text.value.slice(text.selectionEnd)];
    const start = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    const end = !after || after.startsWith("\n\n") ? "" : after.startsWith("\n") ? "\n" : "\n\n";
    text.focus();
    // So that the browser's own undo takes it back.
    if (!document.execCommand?.("insertText", false, start + block + end)) text.setRangeText(start + block + end, text.selectionStart, text.selectionEnd, "end");
    const at = first ? text.value.lastIndexOf(first, text.selectionStart) : -1;
    if (at > before.length) text.setSelectionRange(at, at + first.length);
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function goTo(line) {
    const text = body();
    if (!text || !(line > 0)) return;
    const lines = text.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    show("text");
    text.focus();
    text.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
    const high = text.scrollHeight / Math.max(lines.length, 1);
    text.scrollTop = Math.max(0, (line - 3) * high);
    scrollTo({ top: text.getBoundingClientRect().top + scrollY + (line - 1) * high - innerHeight / 3 });
  }

  function show(what) {
    const desk = document.querySelector("[data-desk]");
    if (!desk) return;
    desk.dataset.desk = what;
    desk.querySelectorAll("[data-desk-show]").forEach((el) => el.setAttribute("aria-pressed", String(el.dataset.deskShow === what)));
  }

  document.addEventListener("click", ({ target }) => {
    const tool = target.closest("[data-insert]");
    if (tool) insert(tool.dataset.insert, tool.dataset.first);
    const line = target.closest("[data-line]");
    if (line) goTo(Number(line.dataset.line));
    const tab = target.closest("[data-desk-show]");
    if (tab) show(tab.dataset.deskShow);
  });

  // A toolbar is one stop of the Tab key; arrows go through it.
  document.addEventListener("keydown", (event) => {
    const bar = event.target.closest?.("[role=toolbar]");
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!bar || !step) return;
    event.preventDefault();
    const tools = [...bar.querySelectorAll("button")];
    const next = tools[(tools.indexOf(event.target) + step + tools.length) % tools.length];
    tools.forEach((one) => { one.tabIndex = one === next ? 0 : -1; });
    next.focus();
  });

  // A picture, film, sound or paper: chosen in the dialog, or dragged onto the text. It is kept first, with what there
  // is to say about it; then its block is put in.
  let dragged = null; // waits for the dialog that it is chosen in
  const chooser = (kind) => document.querySelector(`[data-choose="${kind}"]`);
  const carries = (event) => [...(event.dataTransfer?.items ?? [])].some((one) => one.kind === "file");
  const kindOf = ({ type }) =>
    ({ video: "video", audio: "geluid" })[type.split("/")[0]] ?? (type === "application/pdf" ? "download" : "beeld");

  document.addEventListener("dragover", (event) => {
    if (event.target.id !== "ed--body" || !chooser("beeld") || !carries(event)) return;
    event.preventDefault();
    event.target.classList.add("is-over");
  });
  document.addEventListener("dragleave", ({ target }) => target.classList?.remove("is-over"));
  document.addEventListener("drop", (event) => {
    const [file] = event.dataTransfer?.files ?? [];
    if (event.target.id !== "ed--body" || !file || !chooser("beeld")) return;
    event.preventDefault();
    event.target.classList.remove("is-over");
    dragged = file;
    chooser(kindOf(file)).click();
  });

  // The dialog has its form: what was dragged is chosen in it.
  document.addEventListener("htmx:finally:request", ({ target }) => {
    if (!target.closest?.("[data-choose]")) return;
    const form = document.querySelector("form[data-put-in]");
    const dialog = document.getElementById("ed--choose");
    if (!form) return void (dialog.querySelector("h2").textContent = dialog.dataset.failed);
    if (dragged) {
      const input = form.elements.namedItem("photo") ?? form.elements.namedItem("media");
      const one = new DataTransfer();
      one.items.add(dragged);
      input.files = one.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
      (form.elements.namedItem("alt") ?? form.elements.namedItem("title")).focus();
    } else {
      form.querySelector("h2").focus();
    }
    dragged = null;
  });

  // One of the course brings the words that stand at it elsewhere; a new file takes its place, and the other way round.
  document.addEventListener("change", ({ target }) => {
    const form = target.closest("form[data-put-in]");
    if (!form) return;
    const file = form.elements.namedItem("photo") ?? form.elements.namedItem("media");
    if (target === file && file.files.length) {
      form.querySelectorAll("[name=name]").forEach((el) => { if (el.type === "radio") el.checked = false; else el.value = ""; });
    }
    if (target.name !== "name" || !target.value) return;
    file.value = "";
    form.querySelectorAll("[data-chosen]").forEach((el) => { el.textContent = ""; });
    if (target.type !== "radio") return;
    form.elements.namedItem("alt").value = target.dataset.alt;
    form.elements.namedItem("caption").value = target.dataset.caption;
    form.elements.namedItem("decorative").checked = "decorative" in target.dataset;
  });

  document.addEventListener("focusin", ({ target }) => { if (target === body()) target.dataset.caret = "on"; });

  // Each is told above the form and at its field, where the focus goes.
  function complain(form, problems) {
    const box = form.querySelector("[data-problems]");
    form.querySelectorAll("[data-told]").forEach((el) => el.remove());
    form.querySelectorAll("[aria-invalid]").forEach((el) => el.removeAttribute("aria-invalid"));
    problems.forEach(({ field, error }) => {
      const found = form.elements.namedItem(field);
      const el = found instanceof HTMLElement ? found : found?.[0];
      const around = el?.closest(".field, .tick");
      if (!around) return;
      const line = Object.assign(document.createElement("p"), { className: "error", id: `${field}-told`, textContent: error });
      line.dataset.told = "";
      around.after(line);
      el.setAttribute("aria-invalid", "true");
      el.setAttribute("aria-errormessage", line.id);
    });
    box.replaceChildren(...problems.map(({ field, error }) => {
      const line = document.createElement("li");
      const label = form.elements.namedItem(field)?.labels?.[0];
      const called = label?.querySelector("b") ?? label;
      line.textContent = called ? `${called.textContent.trim().replace(/[?:]$/, "")}: ${error}` : error;
      return line;
    }));
    box.parentElement.hidden = !problems.length;
    const [wrong] = [form.elements.namedItem(problems[0]?.field ?? "")].filter((el) => el instanceof HTMLElement);
    (wrong ?? box.parentElement).focus();
    (wrong ?? box.parentElement).scrollIntoView({ block: "center" });
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("form[data-put-in]")) return;
    event.preventDefault();
    let answer;
    try {
      const response = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { accept: "application/json" } });
      answer = response.headers.get("content-type")?.startsWith("application/json") ? await response.json() : null;
    } catch {
      answer = null;
    }
    event.submitter?.removeAttribute("aria-busy");
    if (answer?.block) {
      form.closest("dialog").close();
      insert(answer.block, "", answer.block.startsWith("::: vraag") ? answer.name : undefined);
    } else {
      complain(form, answer?.problems?.length ? answer.problems : [{ field: "", error: form.dataset.failed }]);
    }
  });

  // The name of a new course suggests the one in its address, until somebody writes there.
  document.addEventListener("input", ({ target }) => {
    const slug = target.form?.elements.namedItem("slug");
    if (target === slug) slug.dataset.own = slug.value;
    if (target.name !== "title" || !slug || slug.dataset.own) return;
    const plain = target.value.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
    slug.value = plain.replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60).replace(/-$/, "");
  });

  addEventListener("DOMContentLoaded", () => {
    const came = document.querySelector("[data-came-for]");
    if (came) setTimeout(() => goTo(Number(came.dataset.cameFor)));
  });
})();
