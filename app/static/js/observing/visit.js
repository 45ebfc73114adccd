// One form, open on the phone: every keystroke is kept here first, and sent when there is a connection.
import { conflict } from "./conflict.js";
import { edit, filled, follow, lacking, unsent } from "./draft.js";
import { fold, lines, namesIn } from "./fields.js";
import { about } from "./facts.js";
import { button, el, icon, note, say } from "./page.js";
import { noteUnsent } from "./phone.js";
import { photos } from "./photos.js";
import { rescue } from "./rescue.js";
import { counts, sendDraft, sendPhotos } from "./send.js";
import { standing, tellBar } from "./state.js";
import { steps } from "./steps.js";
import { photosOf, putDraft } from "./store.js";

const PAUSE_MS = 1500; // after the last keystroke
const RETRY_MS = 20_000;
const SLOW_MS = 500; // a phone that takes longer to keep a keystroke says that it is at it
const FINAL = new Set(["closed", "gone", "not_allowed", "over"]);

export function visit(main, draft, form, { left }) {
  const seen = { lost: false, outcome: "", waiting: 0, offline: !navigator.onLine, writing: 0, slow: false };
  const message = el("div", { id: "melding", role: "status" });
  const work = el("div", { class: "stack g5" });
  let [told, timer, busy, again, stopped, parts] = ["", 0, false, false, false, null];

  const edits = {
    get fields() { return draft.fields; },
    change(name, value) {
      edit(draft, name, value);
      if (draft.trouble?.kind === "invalid") draft.trouble = null;
      parts.recount();
      keep(/^(score|check)_/.test(name) ? "strict" : "relaxed");
    },
  };

  async function keep(durability) {
    seen.writing += 1;
    tell();
    const slow = setTimeout(() => {
      seen.slow = true;
      tell();
    }, SLOW_MS);
    try {
      await putDraft(draft, durability);
      seen.lost = false;
    } catch {
      seen.lost = true; // no room, or storage is off: say so at once
    }
    clearTimeout(slow);
    seen.writing -= 1;
    if (!seen.writing) seen.slow = false;
    tell();
    noteUnsent();
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(sync, PAUSE_MS);
  }

  function tell() {
    tellBar(draft, seen);
    parts?.rest(draft.finished && !unsent(draft)); // the next thing to do is in the note then
    const [name, made] = standing(draft, form, seen);
    if (name === told) return;
    told = name;
    message.replaceChildren(made());
  }

  async function sync() {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    let answer = { state: "nothing" };
    for (let tries = 0; tries < 3 && unsent(draft) && !draft.conflict && !stopped; tries += 1) {
      answer = await sendDraft(draft, form);
      if (answer.state === "saved") lead(answer);
      if (answer.state === "conflict" && !draft.conflict) parts?.refill(); // put together without a question
      else if (answer.state !== "saved") break;
    }
    if (["saved", "nothing"].includes(answer.state) && !draft.conflict && seen.waiting && !stopped) {
      if (answer.state === "saved") seen.offline = false; // there is a line again
      tell();
      const sent = await sendPhotos(draft, form, (photo) => {
        seen.waiting -= 1;
        parts?.photos.renew(photo);
        tell();
      });
      if (sent.state !== "ok") answer = sent;
    }
    if (answer.state === "invalid") parts?.missing(answer.wrong.map((one) => ({ name: one.field, words: one.words })));
    busy = false;
    seen.outcome = answer.state;
    seen.offline = answer.state === "away" || !navigator.onLine;
    await look();
    if (again) {
      again = false;
      await sync();
    }
  }

  function lead(answer) {
    form.handed_in = answer.handed_in;
    if (!answer.wrong.length) return;
    parts?.missing(answer.wrong.map((one) => ({ name: one.field, words: one.words })));
  }

  // What is still here, and what has to be shown now.
  async function look() {
    await noteUnsent();
    seen.waiting = (await photosOf(draft)).filter(counts).length;
    if (stopped) return;
    if (draft.conflict && !work.querySelector("#keuze")) draw();
    if (FINAL.has(draft.trouble?.kind) && parts) draw();
    tell();
  }

  function draw() {
    if (draft.conflict) {
      parts = null;
      work.replaceChildren(conflict(draft, form, chosen));
      work.firstElementChild.focus();
    } else if (FINAL.has(draft.trouble?.kind)) {
      parts = null;
      work.replaceChildren(rescue(draft, form, { again: retry, left }));
    } else {
      parts = whole(draft, form, edits, { keep, done });
      work.replaceChildren(...parts.nodes);
      parts.photos.draw();
    }
  }

  async function chosen() {
    await putDraft(draft, "strict");
    draw();
    await sync();
  }

  async function retry() {
    draft.trouble = null;
    draw();
    await sync();
  }

  // The press of the button is a wish; what the server answers is what is told.
  async function done() {
    const open = lacking(form, draft.fields).map((gap) => ({ name: gap.name, words: say(gap.word, { title: gap.about }) }));
    const unanswered = (await photosOf(draft)).filter((photo) => photo.state === "here" && !photo.recognisable);
    open.push(...unanswered.map((photo) => ({ name: `photo-${photo.id}`, words: say("lacks_photo") })));
    parts.missing(open);
    if (open.length) return;
    draft.whole = true;
    draft.edits += 1;
    await keep("strict");
    clearTimeout(timer);
    await sync();
    message.scrollIntoView({ block: "center" });
  }

  const online = () => sync();
  const offline = () => {
    seen.offline = true;
    tell();
  };
  const shown = () => document.visibilityState === "visible" && sync();
  const retrying = setInterval(() => (unsent(draft) || seen.waiting) && !draft.trouble && sync(), RETRY_MS);
  addEventListener("online", online);
  addEventListener("offline", offline);
  document.addEventListener("visibilitychange", shown);

  main.replaceChildren(...about(form), message, work);
  draw();
  look().then(sync);
  return {
    renew(newer) {
      form = newer;
      follow(draft, newer);
      parts?.refill();
      tell();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      clearInterval(retrying);
      removeEventListener("online", online);
      removeEventListener("offline", offline);
      document.removeEventListener("visibilitychange", shown);
    },
  };
}

// The form itself: points, photos, strong and growing points, what is agreed, and the button.
function whole(draft, form, edits, { keep, done }) {
  const folds = form.folds.map((one) => fold(one, edits));
  const names = form.folds.flatMap(namesIn);
  const count = el("div", { class: "obs-count" });
  const errors = el("div", { role: "alert" });
  const proofs = photos(draft, form, () => keep("strict"));
  const ready = button([say("done"), icon("arrow-right")], done, { class: "btn btn--wide" });
  const finish = el("div", { class: "stack g4" }, errors, el("div", { class: "acts" }, ready));
  const box = el("div", { class: "stack g5" }, el("div", {}, folds.map((one) => one.box)), proofs.box,
    lines("strong", form.person.first, edits), lines("growing", form.person.first, edits),
    lines("agreement", form.person.first, edits));
  if (folds.length) folds[0].box.open = true;
  const walk = steps(box, finish);
  const recount = () => {
    folds.forEach((one) => one.recount());
    const now = filled(draft.fields, names);
    const words = say("filled", { filled: now, total: names.length });
    count.replaceChildren(
      el("div", { class: "row row--between" }, el("b", {}, words), el("span", { class: "muted" }, say("unseen_fine"))),
      el("progress", { value: now, max: names.length, "aria-label": words }));
  };
  if (names.length) recount();
  return {
    nodes: [names.length > 0 && count, walk.choice, box, walk.bar, finish].filter(Boolean),
    photos: proofs,
    rest: (done) => ready.classList.toggle("btn--line", done),
    recount: () => names.length && recount(),
    refill() {
      for (const input of box.querySelectorAll("[name]")) {
        if (!input.id.startsWith("f-") || input.type === "file") continue;
        const value = draft.fields[input.name] ?? "";
        if (input.type === "radio") input.checked = input.value === value;
        else if (input.value.trim() !== value.trim()) input.value = value;
      }
      recount();
    },
    missing(open) {
      errors.replaceChildren(...(open.length ? [summary(open, walk.reach)] : []));
      errors.querySelector("[tabindex]")?.focus();
    },
  };
}

function summary(open, reach) {
  const items = open.map(({ name, words }) => el("li", {}, el("a", {
    href: `#f-${name}`,
    click: (event) => {
      event.preventDefault();
      reach(name);
    },
  }, words)));
  const title = open.length === 1 ? say("missing_one") : say("missing", { n: open.length });
  const box = note("tomato", "circle-alert", title, el("ul", { class: "errors" }, items));
  box.tabIndex = -1;
  return box;
}
