// What somebody filled in in a form, and how it is put back (js/keep.js, js/typed.js).

const NO_WORDS = ["hidden", "submit", "file", "password"];
const SECRET = ["code", "recovery"]; // of the step at the door: never kept
export const fields = (form) =>
  [...form.elements].filter((el) => el.name && !NO_WORDS.includes(el.type) && !SECRET.includes(el.name));
export const version = (form) => form.elements.namedItem("version") ?? form.elements.namedItem("seen");

// Boxes to tick may share a name, and so may lines of a list.
function named(form) {
  const seen = {};
  return fields(form).map((el) => {
    if (el.type === "checkbox") return [`${el.name}=${el.value}`, el];
    if (el.type === "radio") return [el.name, el];
    seen[el.name] = (seen[el.name] ?? 0) + 1;
    return [seen[el.name] > 1 ? `${el.name}#${seen[el.name]}` : el.name, el];
  });
}

export function values(form) {
  const found = {};
  named(form).forEach(([key, el]) => {
    if (el.type === "radio") found[key] ??= "";
    if (el.type === "radio" ? el.checked : true) found[key] = el.type === "checkbox" ? el.checked : el.value;
  });
  return found;
}

export function put(form, kept) {
  named(form).forEach(([key, el]) => {
    if (!(key in kept)) return;
    if (el.type === "radio") el.checked = el.value === kept[key];
    else if (el.type === "checkbox") el.checked = kept[key];
    else el.value = kept[key];
  });
  form.dispatchEvent(new CustomEvent("keep:restored", { bubbles: true })); // what is laid in order lies by its values
}

// Word for word, but for what the program does to each text: no space around it, line ends of one kind.
const plain = (value) => (typeof value === "string" ? value.normalize("NFC").replace(/\r\n?/g, "\n").trim() : value);
export const same = (one, other) => Object.keys(one).every((name) => !(name in other) || plain(one[name]) === plain(other[name]));
