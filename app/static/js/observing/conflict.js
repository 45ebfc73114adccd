// Two devices, one form: side by side what stands here and there, and a choice for each thing that clashes.
import { choose } from "./draft.js";
import { LINES } from "./fields.js";
import { button, el, note, say, timeOf } from "./page.js";

const LONGEST = { note: 2000 };
const TEXT_MOST = 200;

// What a field is called, and how its value reads.
export function reading(form) {
  const names = new Map();
  const words = new Map();
  for (const fold of form.folds) {
    for (const one of fold.criteria) {
      names.set(`score_${one.code}`, one.title).set(`note_${one.code}`, `${one.title}: ${say("what_seen")}`);
      words.set(`score_${one.code}`, new Map([...one.levels, ["0", say("unseen")]]));
    }
    for (const one of fold.checks) {
      names.set(`check_${one.slug}`, one.text).set(`reason_${one.slug}`, `${one.text}: ${say("why_different")}`);
      words.set(`check_${one.slug}`, new Map([["ja", say("yes")], ["nee", say("no")], ["bewust-anders", say("on_purpose")]]));
    }
  }
  for (const [kind, count] of Object.entries(LINES)) {
    for (let n = 1; n <= count; n += 1) names.set(`${kind}_${n}`, say(`${kind}_n`, { n }));
  }
  return { names, nameOf: (name) => names.get(name) ?? name, valueOf: (name, value) => words.get(name)?.get(value) ?? value };
}

const isText = (name) => !/^(score|check)_/.test(name);
const both = (name, here, there) => (name.startsWith("note_") ? `${here}\n${there}` : `${here} / ${there}`);
const most = (name) => LONGEST[name.split("_")[0]] ?? TEXT_MOST;

export function conflict(draft, form, settled) {
  const { clashes, added, fields, saved } = draft.conflict;
  const { nameOf, valueOf } = reading(form);
  const trouble = el("div", { role: "alert" });
  const chosen = {};
  const rows = clashes.map((name) => {
    const [here, there] = [draft.fields[name] ?? "", fields[name] ?? ""];
    const joined = both(name, here, there);
    const options = [["here", say("keep_here"), here], ["there", say("keep_there"), there]];
    if (isText(name) && here && there && joined.length <= most(name)) options.push(["both", say("keep_both"), joined]);
    return el("fieldset", { class: "crit", role: "radiogroup" }, el("legend", {}, nameOf(name)),
      el("div", { class: "opts obs-sides" }, options.map(([which, words, value]) => el("label", { class: "opt" },
        el("input", { type: "radio", name: `kies-${name}`, value: which, change: () => { chosen[name] = value; } }),
        el("span", {}, el("b", {}, words), el("small", { class: "lines" }, value ? valueOf(name, value) : say("empty")))))));
  });
  const keep = button(say("keep_choice"), async () => {
    const open = clashes.filter((name) => !(name in chosen));
    if (open.length) {
      trouble.replaceChildren(note("tomato", "circle-alert", say("choose_first", { what: nameOf(open[0]) })));
      rows[clashes.indexOf(open[0])].querySelector("input").focus();
      return;
    }
    choose(draft, chosen);
    await settled();
  });
  return el("section", { class: "sheet sheet--now stack", "aria-labelledby": "kies", tabindex: "-1", id: "keuze" },
    el("h2", { class: "h3", id: "kies" }, say("conflict_title")),
    el("p", {}, say("conflict_text", { time: timeOf(saved) })),
    added.length > 0 && el("p", { class: "muted" }, say("conflict_added", { what: added.map(nameOf).join(", ") })),
    trouble, rows, el("div", { class: "acts" }, keep));
}
