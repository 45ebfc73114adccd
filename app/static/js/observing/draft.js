// A draft on this phone: what it builds on, what was typed since, and what two devices make of one form. No page, no
// storage, no network here; and no clock, since the one of a phone may be wrong.
const made = () => crypto.randomUUID();

export function newDraft(form) {
  return {
    owner: form.owner,
    record: form.record,
    attempt: form.attempt,
    device: made(),
    number: 0, // of the last thing that was sent
    version: form.version, // the version with the server that this builds on ...
    base: { ...form.fields }, // ... and what stood in it
    fields: { ...form.fields },
    edits: 0,
    sent: 0, // how many of the edits the server has
    whole: false, // she says that she is done, and the server does not know yet
    finished: form.finished,
    at: form.saved, // when the server kept it, by its own clock
    pending: null, // what is on its way, so that it can be sent again as the same thing
    conflict: null,
    trouble: null,
  };
}

export const unsent = (draft) => draft.edits > draft.sent || draft.conflict !== null;

export function edit(draft, name, value) {
  if (value === "") delete draft.fields[name];
  else draft.fields[name] = value;
  draft.edits += 1;
}

// A draft without anything of its own follows what the server has now.
export function follow(draft, form) {
  if (unsent(draft) || form.version < draft.version) return;
  Object.assign(draft, { version: form.version, base: { ...form.fields }, fields: { ...form.fields } });
  Object.assign(draft, { finished: form.finished, at: form.saved });
}

// What goes out. The same edits go out under the same number, also when the tab was killed in between.
export function outgoing(draft) {
  const { pending } = draft;
  if (pending === null || pending.edits !== draft.edits || pending.version !== draft.version) {
    draft.number += 1;
    const { number, edits, version, whole } = draft;
    draft.pending = { number, edits, version, whole, fields: { ...draft.fields } };
  }
  return draft.pending;
}

export function taken(draft, pending, answer) {
  Object.assign(draft, { version: answer.version, base: { ...pending.fields }, at: answer.saved });
  Object.assign(draft, { finished: answer.finished, sent: pending.edits, pending: null, trouble: null });
  if (pending.whole) draft.whole = false;
}

const plain = (text) => (text ?? "").normalize("NFC").split(/\s+/).join(" ").trim();

// Three states of one form: what both began with, what is here, what is there. Only where both changed the same thing
// differently somebody has to choose.
export function merge(base, mine, theirs) {
  const fields = {};
  const [clashes, added] = [[], []];
  for (const name of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
    const [before, here, there] = [base, mine, theirs].map((one) => plain(one[name]));
    const keepsOurs = here === there || there === before;
    if (!keepsOurs && here !== before) clashes.push(name);
    else if (!keepsOurs) added.push(name);
    const value = keepsOurs || here !== before ? mine[name] : theirs[name];
    if (value) fields[name] = value;
  }
  return { fields, clashes: clashes.sort(), added: added.sort() };
}

// Another device was first. What does not clash is put together at once; the rest waits for a choice.
export function meet(draft, pending, answer) {
  const base = answer.known ? pending.fields : draft.base;
  const { fields, clashes, added } = merge(base, draft.fields, answer.fields);
  Object.assign(draft, { pending: null, trouble: null, finished: answer.finished });
  if (clashes.length) {
    draft.conflict = { version: answer.version, fields: answer.fields, saved: answer.saved, merged: fields, clashes, added };
    return;
  }
  settle(draft, answer, fields);
}

// chosen: for each clash what it is to be.
export function choose(draft, chosen) {
  const { conflict } = draft;
  const fields = { ...conflict.merged };
  for (const [name, value] of Object.entries(chosen)) {
    if (value) fields[name] = value;
    else delete fields[name];
  }
  settle(draft, conflict, fields);
}

function settle(draft, answer, fields) {
  Object.assign(draft, { version: answer.version, base: { ...answer.fields }, fields, conflict: null });
  draft.edits += 1;
}

export const filled = (fields, names) => names.filter((name) => fields[name]).length;

// What a whole form still needs, in the order of the page: the server asks the same (rules/forms.py).
export function lacking(form, fields) {
  const found = [];
  for (const fold of form.folds) {
    for (const one of fold.criteria) {
      if (!fields[`score_${one.code}`]) found.push({ name: `score_${one.code}`, word: "lacks_score", about: one.title });
    }
    for (const one of fold.checks) {
      const answer = fields[`check_${one.slug}`];
      if (!answer) found.push({ name: `check_${one.slug}`, word: "lacks_check", about: one.text });
      else if (answer === "bewust-anders" && !plain(fields[`reason_${one.slug}`])) {
        found.push({ name: `reason_${one.slug}`, word: "lacks_reason", about: one.text });
      }
    }
  }
  const lines = { strong: 3, growing: 2, agreement: 2 };
  for (const [name, count] of Object.entries(lines)) {
    const some = Array.from({ length: count }, (_, at) => plain(fields[`${name}_${at + 1}`])).some(Boolean);
    if (!some) found.push({ name: `${name}_1`, word: `lacks_${name}`, about: "" });
  }
  return found;
}
