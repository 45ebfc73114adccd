// The forms on this phone: what stands there, and what was not sent yet.
import { unsent } from "./draft.js";
import { dayOf, el, icon, note, say, sticker, timeOf } from "./page.js";
import { allDrafts, draftsOf, formsOf, photosOf } from "./store.js";

async function stateOf(draft, form) {
  const sent = () => sticker("leaf", "check", say("list_sent", { time: timeOf(form.saved) }));
  if (!draft) return form.saved ? sent() : sticker("", "circle", say("list_blank")); // filled in on another device
  const photos = await photosOf(draft);
  if (draft.trouble) return sticker("tomato", "circle-alert", say("list_trouble"));
  if (unsent(draft) || photos.some((photo) => photo.state === "here")) return sticker("sun", "smartphone", say("list_unsent"));
  if (draft.at) return sticker("leaf", "check", say("list_sent", { time: timeOf(draft.at) }));
  return sticker("", "circle", say("list_blank"));
}

async function row(form, draft) {
  const day = form.visit ? `${dayOf(form.visit.starts)}, ${timeOf(form.visit.starts)}` : "";
  return el("li", { class: "sheet stack g3" },
    el("div", { class: "stack g1" }, el("b", { class: "h4" }, form.person.name),
      el("p", { class: "muted" }, [day, form.place].filter(Boolean).join(" · ")),
      el("p", {}, say("assignment", { n: form.number }), ": ", form.title)),
    el("div", { class: "row row--between" }, await stateOf(draft, form),
      el("a", { class: "btn btn--line btn--s", href: `#${form.record}` }, icon("clipboard-pen"), say("open"),
        el("span", { class: "sr" }, ` ${form.person.name}`))));
}

async function ofOthers(owner) {
  return (await allDrafts()).some((draft) => draft.owner !== owner && unsent(draft));
}

export async function list(main, owner, { state }) {
  const title = el("h1", {}, say("list_title"));
  const foreign = (await ofOthers(owner)) && note("", "info", say("others_title"), el("p", {}, say("others_text")));
  if (!owner) {
    main.replaceChildren(title, note("sun", "lock", say("list_locked"), el("p", {}, say("list_locked_text")),
      el("p", {}, el("a", { class: "btn", href: "/inloggen?next=/coach/observatie" }, say("sign_in")))), foreign || "");
    return;
  }
  const forms = (await formsOf(owner)).sort((one, other) => (one.visit?.starts ?? "").localeCompare(other.visit?.starts ?? ""));
  const drafts = await draftsOf(owner);
  const rows = [];
  for (const form of forms) {
    const own = drafts.filter((draft) => draft.record === form.record);
    rows.push(await row(form, own.find((draft) => draft.trouble) ?? own.find((draft) => draft.attempt === form.attempt)));
  }
  const message = state === "sign_in"
    ? note("sun", "smartphone", say("sign_in_title"), el("p", {}, say("sign_in_text")),
      el("p", {}, el("a", { class: "btn btn--s", href: "/inloggen?next=/coach/observatie" }, say("sign_in"))))
    : state === "away" || !navigator.onLine ? note("sun", "smartphone", say("offline_title"), el("p", {}, say("list_offline"))) : "";
  main.replaceChildren(title, el("p", { class: "lead" }, say("list_lead")), message, foreign || "",
    rows.length ? el("ul", { class: "stack g3 plainlist" }, rows) : el("p", {}, say("list_empty")));
}
