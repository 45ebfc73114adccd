// How it stands, in words: a short one in the bar, and a note where there is something to know or to do.
import { unsent } from "./draft.js";
import { el, icon, note, say, timeOf } from "./page.js";

const back = (record) => `/inloggen?next=${encodeURIComponent(`/coach/observatie#${record}`)}`;

function short(draft, { lost, slow, waiting, offline }) {
  if (slow) return ["saved", "hourglass", say("keeping")];
  if (lost) return ["error", "circle-alert", say("not_kept")];
  if (draft.conflict) return ["saved", "git-compare", say("choose_short")];
  if (draft.trouble) return ["error", "circle-alert", say("not_sent")];
  if (!unsent(draft) && waiting && !offline) return ["saved", "image-plus", say(waiting === 1 ? "photo_going" : "photos_going", { n: waiting })];
  if (unsent(draft) || waiting) return ["saved", "smartphone", say("kept_here")];
  if (draft.at) return ["saved", "check", say("sent_at", { time: timeOf(draft.at) })];
  return ["saved", null, ""];
}

// Only when the words change: a screen reader hears each change.
export function tellBar(draft, seen) {
  const [tone, pic, words] = short(draft, seen);
  const bar = document.getElementById("stand");
  bar.setAttribute("aria-busy", String(seen.writing > 0));
  if (seen.writing && !seen.slow) return; // nothing is said of a keystroke that is not kept yet
  if (bar.textContent === words) return;
  bar.className = tone;
  bar.replaceChildren(...(words ? [pic ? icon(pic) : "", el("span", {}, words)] : []));
}

export function standing(draft, form, { lost, outcome, waiting, offline }) {
  const here = unsent(draft) || waiting;
  if (lost) return ["lost", () => note("tomato", "circle-alert", say("lost_title"), el("p", {}, say("lost_text")))];
  if (draft.trouble?.kind === "invalid") {
    return ["invalid", () => note("tomato", "circle-alert", say("invalid_title"), el("p", {}, draft.trouble.words))];
  }
  if (offline) {
    const text = draft.whole ? say("offline_done") : say("offline_text");
    return [`offline-${draft.whole}`, () => note("sun", "smartphone", say("offline_title"), el("p", {}, text))];
  }
  if (outcome === "sign_in") {
    const way = el("a", { class: "btn btn--s", href: back(draft.record) }, say("sign_in"));
    return ["sign_in", () => note("sun", "smartphone", say("sign_in_title"), el("p", {}, say("sign_in_text")), el("p", {}, way))];
  }
  if (outcome === "somebody_else") {
    const way = el("a", { class: "btn btn--s", href: back(draft.record) }, say("sign_in"));
    return ["somebody", () => note("tomato", "circle-alert", say("somebody_title"), el("p", {}, say("somebody_text")), el("p", {}, way))];
  }
  if (outcome === "later" && here) return ["later", () => note("sun", "hourglass", say("later_title"), el("p", {}, say("later_text")))];
  if (draft.finished && !here) return done(draft, form);
  return ["", () => ""];
}

function done(draft, form) {
  const first = form.person.first;
  const said = say("done_title", { time: timeOf(draft.at) });
  if (!form.handed_in) return [`done-${said}`, () => note("leaf", "check", said, el("p", {}, say("done_wait", { name: first })))];
  const way = el("a", { class: "btn", href: form.sign }, say("to_sign"), icon("arrow-right"));
  return [`sign-${said}`, () => note("leaf", "check", said, el("p", {}, say("done_sign")), el("p", {}, way))];
}
