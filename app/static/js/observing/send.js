// Sending drafts and photos, and asking for forms. Only an answer of the server says that something was sent.
import { meet, outgoing, taken, unsent } from "./draft.js";
import { photosOf, putDraft, putPhoto } from "./store.js";

const PATIENCE_MS = 20_000;

// What came of a question: {state, ...} with the state of a JSON answer, or what the lack of one means.
export async function ask(url, given = {}) {
  let answer;
  try {
    answer = await fetch(url, {
      headers: { Accept: "application/json" },
      redirect: "manual", // to the sign-in page: there is no answer then
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...given,
    });
    if (answer.headers.get("content-type")?.startsWith("application/json")) return { state: "ok", ...(await answer.json()) };
  } catch {
    return { state: "away" };
  }
  if (answer.type === "opaqueredirect" || answer.status === 401) return { state: "sign_in" };
  if (answer.status === 403) return { state: "not_allowed" };
  if (answer.status === 404) return { state: "gone" };
  return { state: "later" };
}

const FINAL = new Set(["closed", "gone", "not_allowed", "invalid"]);

// Send what the server does not have yet. The draft may go on changing meanwhile: it is the one on the page.
export async function sendDraft(draft, form) {
  if (!unsent(draft) || draft.conflict) return { state: draft.conflict ? "conflict" : "nothing" };
  const pending = outgoing(draft);
  await putDraft(draft, "strict");
  const body = new URLSearchParams({ ...pending.fields, person: draft.owner, attempt: draft.attempt });
  for (const name of ["number", "version"]) body.set(name, pending[name]);
  body.set("device", draft.device);
  body.set("whole", pending.whole ? "1" : "");
  const answer = await ask(form.send, { method: "POST", body });
  if (answer.state === "saved") taken(draft, pending, answer);
  else if (answer.state === "conflict") meet(draft, pending, answer);
  else if (FINAL.has(answer.state)) draft.trouble = { kind: answer.state, words: answer.words ?? (answer.wrong ?? []).map((one) => one.words).join(" ") };
  await putDraft(draft, "strict");
  return answer;
}

export const counts = (photo) => photo.recognisable !== "" && photo.state === "here";

// Photos that count go out one by one, as hers and nobody else's. Its key makes a photo that is sent again count once.
export async function sendPhotos(draft, form, changed) {
  const waiting = (await photosOf(draft)).filter(counts);
  if (!waiting.length || form.attempt !== draft.attempt) return { state: "ok" };
  const told = await ask("/coach/observatie/bezoeken");
  if (told.state !== "ok" || told.person !== draft.owner) return { state: told.state === "ok" ? "somebody_else" : told.state };
  for (const photo of waiting) {
    const body = new FormData();
    body.set("photo", new File([photo.blob], "foto.jpg", { type: photo.blob.type }));
    for (const name of ["recognisable", "caption"]) body.set(name, photo[name]);
    body.set("form_key", photo.id);
    body.set("attempt", photo.attempt);
    const answer = await ask(form.photo, { method: "POST", body });
    if (answer.id) Object.assign(photo, { state: "sent", blob: null, words: "" });
    else if (answer.error) Object.assign(photo, { state: "refused", words: answer.error });
    else return answer;
    await putPhoto(photo);
    changed?.(photo);
  }
  return { state: "ok" };
}
