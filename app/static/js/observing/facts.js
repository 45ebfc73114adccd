// What the coach wants before her beside the form: what was agreed last time, where and when, the preparation.
import { dayOf, el, icon, note, say, timeOf } from "./page.js";

const pair = (pic, term, ...text) => el("div", {}, el("dt", {}, pic && icon(pic), term), el("dd", {}, text));

function when(form) {
  const { starts, ends } = form.visit;
  const hours = el("span", { class: "whole" }, say("hours", { start: timeOf(starts), end: timeOf(ends) }));
  const day = dayOf(starts);
  return pair("calendar", say("when"), `${day[0].toUpperCase()}${day.slice(1)}, `, hours);
}

function visitFacts(form) {
  const { phone } = form.person;
  return el("dl", { class: "kv" }, form.visit && when(form),
    form.place && pair("map-pin", say("where"), form.place, el("br"), form.address),
    phone && pair("phone", say("call"), el("a", { href: `tel:${phone.replaceAll(" ", "")}` }, phone)));
}

export function about(form) {
  const title = el("h1", { class: "h2" }, `${form.person.name}: ${form.title}`);
  const agreed = form.agreed.length > 0
    && note("sky", "handshake", say("agreed"), el("ul", {}, form.agreed.map((line) => el("li", {}, line))));
  const [goal, plan, question] = form.preparation;
  const folded = (pic, label, hint, inside) => el("details", { class: "fold" },
    el("summary", {}, icon(pic), el("span", {}, el("span", { class: "h4" }, label),
      hint && el("span", { class: "row g2" }, el("span", { class: "muted" }, hint))), icon("chevron-down")),
    el("div", { class: "fold__in" }, inside));
  const noted = (form.notes ?? []).map((one) => el("li", { class: "stack g1" }, el("span", { class: "lines" }, one.text),
    el("span", { class: "muted" }, `${one.by}, ${dayOf(one.at)}`)));
  const beside = el("div", {},
    noted.length > 0 && folded("notebook-pen", say("notes"), form.notes[0].text.slice(0, 90), el("ul", { class: "list" }, noted)),
    form.visit && folded("map-pin", say("visit"), form.place, visitFacts(form)),
    goal && folded("notebook-pen", say("preparation"), question.slice(0, 90),
      el("dl", { class: "kv kv--plain kv--text" }, pair("", say("goal"), goal),
        el("div", {}, el("dt", {}, say("plan")), el("dd", { class: "lines" }, plan)), pair("", say("question"), question))));
  return [title, agreed, beside].filter(Boolean);
}
