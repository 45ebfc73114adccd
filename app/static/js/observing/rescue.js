// A draft that cannot be sent any more: it stays readable here, can be copied, and goes when its owner says so.
import { reading } from "./conflict.js";
import { button, el, note, say } from "./page.js";
import { photosOf, throwAway } from "./store.js";

export function asText(form, draft) {
  const { names, nameOf, valueOf } = reading(form);
  const order = [...names.keys()];
  const known = Object.entries(draft.fields).sort(([one], [other]) => order.indexOf(one) - order.indexOf(other));
  const lines = known.map(([name, value]) => `${nameOf(name)}: ${valueOf(name, value)}`);
  return [`${form.person.name}: ${form.title}`, "", ...lines].join("\n");
}

export function rescue(draft, form, { again, left }) {
  const { kind, words } = draft.trouble;
  const text = el("textarea", { class: "input", id: "tekst", rows: 14, readonly: true });
  text.value = asText(form, draft);
  const told = el("p", { role: "status", class: "muted" });
  const copy = button(say("copy"), async () => {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
      told.textContent = say("copied");
    } catch {
      told.textContent = say("copy_by_hand");
    }
  });
  const sure = el("div", { hidden: true, class: "stack g3" }, el("p", {}, say("remove_sure")),
    button(say("remove_yes"), async () => {
      await throwAway(draft);
      await left();
    }, { kind: "danger" }));
  const remove = button(say("remove"), () => {
    sure.hidden = false;
    sure.querySelector("button").focus();
  }, { kind: "quiet" });
  const photos = el("div", { class: "proofs" }); // kept with a long press, as any picture
  photosOf(draft).then((all) => photos.append(...all.filter((photo) => photo.blob).map((photo) =>
    el("figure", { class: "proof" }, el("img", { src: URL.createObjectURL(photo.blob), alt: photo.caption || say("photo_alt") })))));
  return el("section", { class: "stack" },
    note("tomato", "circle-alert", say(`${kind}_title`, { name: form.person.first }), el("p", {}, words || say(`${kind}_text`, { name: form.person.first }))),
    el("div", { class: "field" }, el("label", { for: "tekst" }, say("rescue_label")), text), photos, told,
    el("div", { class: "acts" }, copy, button(say("try_again"), again, { kind: "line" })), el("div", {}, remove), sure);
}
