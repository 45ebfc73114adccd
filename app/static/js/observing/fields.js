// The fields of the form. Each reports what was typed, by the name that the server knows it by.
import { drawing, el, icon, say, sticker } from "./page.js";

export const LINES = { strong: 3, growing: 2, agreement: 2 };
const LONG = 2000;
const SHORT = 200;

export const idOf = (name) => `f-${name}`;
const hintOf = (name) => `${idOf(name)}-hint`;
// Where naming.js warns for what looks as if it names a resident.
const people = (name) => el("div", { id: `${idOf(name)}-people`, role: "status" });

function radio(name, value, at, { fields, change }, words, small = "") {
  const input = el("input", {
    type: "radio", id: at === 0 ? idOf(name) : `${idOf(name)}-${at}`, name, value, checked: fields[name] === value,
    change: () => change(name, value),
  });
  return el("label", { class: "opt" }, input, el("span", {}, el("b", {}, words), small && el("small", {}, small)));
}

function area(name, label, { fields, change }) {
  const input = el("textarea", {
    class: "input", id: idOf(name), name, rows: 2, maxlength: LONG, "data-people": true, "aria-describedby": hintOf(name),
    input: () => change(name, input.value),
  });
  input.value = fields[name] ?? "";
  return el("div", { class: "field" },
    el("label", { for: idOf(name) }, label),
    el("p", { class: "hint", id: hintOf(name) }, say("no_names")), input, people(name));
}

function line(name, label, { fields, change }, hint = "") {
  const input = el("input", {
    class: "input", id: idOf(name), name, type: "text", maxlength: SHORT, autocomplete: "off", "data-people": true,
    "aria-describedby": hint ? hintOf(name) : null, input: () => change(name, input.value),
  });
  input.value = fields[name] ?? "";
  return el("div", { class: "field" }, el("label", { for: idOf(name) }, label),
    hint && el("p", { class: "hint", id: hintOf(name) }, hint), input, people(name));
}

// One criterion: four levels whose descriptors unfold, and niet gezien, as easy to choose as a level.
function criterion(one, edits) {
  const name = `score_${one.code}`;
  const levels = one.levels.map(([value, word], at) => radio(name, value, at, edits, word, one.descriptors[at]));
  const unseen = radio(name, "0", levels.length, edits, say("unseen"));
  unseen.classList.add("wide-2");
  const box = el("fieldset", { class: "crit obs-quiet", role: "radiogroup" }, el("legend", {}, one.title));
  const more = el("button", {
    type: "button", class: "btn btn--quiet btn--s obs-more", "aria-expanded": "false",
    click: () => unfold(box, more.getAttribute("aria-expanded") === "false"),
  }, say("descriptors"), el("span", { class: "sr" }, ` ${one.title}`), icon("chevron-down"));
  box.append(more, el("div", { class: "opts opts--4" }, levels, unseen));
  return el("div", { class: "obs-screen", "data-screen": name, tabindex: "-1" }, box,
    area(`note_${one.code}`, say("what_seen"), edits));
}

export function unfold(box, shown) {
  box.classList.toggle("obs-quiet", !shown);
  box.querySelector("[aria-expanded]").setAttribute("aria-expanded", String(shown));
}

function check(one, edits) {
  const name = `check_${one.slug}`;
  const reason = line(`reason_${one.slug}`, say("why_different"), edits, say("no_names"));
  const show = () => {
    reason.hidden = edits.fields[name] !== "bewust-anders";
  };
  const heard = { fields: edits.fields, change: (...given) => { edits.change(...given); show(); } };
  const answers = [["ja", say("yes")], ["nee", say("no")], ["bewust-anders", say("on_purpose")]];
  const options = answers.map(([value, word], at) => radio(name, value, at, heard, word));
  show();
  return el("div", { class: "obs-screen crit stack g3", "data-screen": name, tabindex: "-1" },
    el("fieldset", { class: "field g3", role: "radiogroup" }, el("legend", {}, one.text),
      el("div", { class: "opts obs-answers" }, options)), reason);
}

export const namesIn = (fold) => [
  ...fold.criteria.map((one) => `score_${one.code}`),
  ...fold.checks.map((one) => `check_${one.slug}`),
];

// A core element with its criteria and checks, folded.
export function fold(one, edits) {
  const names = namesIn(one);
  const count = el("span", { class: "row g2" });
  const box = el("details", { class: "fold" },
    el("summary", {}, el("span", { class: "tile tile--s" }, drawing(one.motif)),
      el("span", {}, el("span", { class: "h4" }, one.title || say("outside")), count), icon("chevron-down")),
    el("div", { class: "fold__in" },
      one.criteria.map((item) => criterion(item, edits)), one.checks.map((item) => check(item, edits))));
  const recount = () => {
    const done = names.filter((name) => edits.fields[name]).length;
    const [tone, pic] = done === 0 ? ["", "circle"] : done < names.length ? ["sun", "pencil"] : ["leaf", "check"];
    count.replaceChildren(sticker(tone, pic, say("of", { filled: done, total: names.length })), el("span", { class: "muted" }, one.summary));
  };
  recount();
  return { box, recount };
}

// Some lines of one kind: the first stands there, each next one is a press away.
export function lines(kind, first, edits) {
  const names = Array.from({ length: LINES[kind] }, (_, at) => `${kind}_${at + 1}`);
  const rows = names.map((name, at) => line(name, say(`${kind}_n`, { n: at + 1 }), edits));
  const used = Math.max(1, ...names.map((name, at) => (edits.fields[name] ? at + 1 : 0)));
  rows.slice(used).forEach((row) => { row.hidden = true; });
  const more = el("button", {
    type: "button", class: "btn btn--quiet btn--s", hidden: used === rows.length,
    click: () => {
      const next = rows.find((row) => row.hidden);
      next.hidden = false;
      more.hidden = rows.every((row) => !row.hidden);
      next.querySelector("input").focus();
    },
  }, icon("plus"), say(`${kind}_more`));
  return el("fieldset", { class: "field g3 obs-screen", "data-screen": `${kind}_1`, tabindex: "-1" },
    el("legend", { class: "h3" }, say(`${kind}_title`)),
    el("p", { class: "hint" }, say(`${kind}_hint`, { name: first }), " ", say("no_names")), rows, el("div", {}, more));
}
