// Building what people see: elements, icons and words. The words stand in the page (templates/coach/observing).
const words = new Map();
document.getElementById("woorden")?.content.querySelectorAll("[data-word]").forEach((one) => {
  words.set(one.dataset.word, one.textContent.trim());
});

// A sentence, with its facts filled in. What people typed goes through here as text only.
export function say(word, facts = {}) {
  return (words.get(word) ?? word).replace(/\{(\w+)\}/g, (_, name) => String(facts[name] ?? ""));
}

export function el(tag, given = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (typeof value === "boolean") made.toggleAttribute(name, value);
    else if (value !== undefined && value !== null) made.setAttribute(name, value);
  }
  made.append(...inside.flat(2).filter((one) => one !== null && one !== undefined && one !== false && one !== ""));
  return made;
}

export function icon(name) {
  return document.getElementById(`i-${name}`).content.firstElementChild.cloneNode(true);
}

// Drawings of our own, as the server gave them.
export function drawing(svg) {
  const holder = document.createElement("template");
  holder.innerHTML = svg;
  return holder.content;
}

export function note(tone, pic, title, ...inside) {
  return el("div", { class: `note is-${tone}` }, icon(pic), el("strong", {}, title), ...inside);
}

export function button(label, act, { kind = "", pic = "", ...given } = {}) {
  const tone = kind ? ` btn--${kind}` : "";
  return el("button", { type: "button", class: `btn${tone}`, click: act, ...given }, pic && icon(pic), label);
}

export function sticker(tone, pic, text) {
  return el("span", { class: `sticker is-${tone}` }, icon(pic), text);
}

// Times as people here read them, wherever the phone thinks it is.
const zone = { timeZone: "Europe/Amsterdam" };
export const timeOf = (iso) =>
  new Intl.DateTimeFormat("nl-NL", { hour: "2-digit", minute: "2-digit", ...zone }).format(new Date(iso)).replace(":", ".");
export const dayOf = (iso) =>
  new Intl.DateTimeFormat("nl-NL", { weekday: "long", day: "numeric", month: "long", ...zone }).format(new Date(iso));

export const fieldOf = (name) => document.getElementById(`f-${name}`);
