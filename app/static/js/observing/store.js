// What this phone holds, in IndexedDB: forms (as the server gave them), drafts and photos, each of one person.
const NAME = "academie";
let opened;

function open() {
  opened ??= new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      const db = asked.result;
      db.createObjectStore("forms", { keyPath: ["owner", "record"] });
      db.createObjectStore("drafts", { keyPath: ["owner", "record", "attempt"] });
      db.createObjectStore("photos", { keyPath: "id" }).createIndex("draft", ["owner", "record", "attempt"]);
    };
    asked.onsuccess = () => {
      const forget = () => {
        opened = undefined;
      };
      asked.result.onclose = forget;
      asked.result.onversionchange = () => {
        asked.result.close(); // somebody signs out in another tab
        forget();
      };
      done(asked.result);
    };
    asked.onerror = () => failed(asked.error);
  });
  opened.catch(() => {
    opened = undefined;
  });
  return opened;
}

// One transaction. It is kept when this promise ends well; strict: also when the power goes in this very moment.
async function within(name, mode, work, durability = "relaxed") {
  const db = await open();
  return new Promise((done, failed) => {
    const transaction = db.transaction(name, mode, { durability });
    const asked = work(transaction.objectStore(name));
    transaction.oncomplete = () => done(asked?.result);
    transaction.onerror = () => failed(transaction.error);
    transaction.onabort = () => failed(transaction.error ?? new Error("aborted"));
  });
}

const keyOf = (draft) => [draft.owner, draft.record, draft.attempt];
const ofOwner = (owner) => IDBKeyRange.bound([owner], [owner, []]);

export const formsOf = (owner) => within("forms", "readonly", (all) => all.getAll(ofOwner(owner)));
export const formOf = (owner, record) => within("forms", "readonly", (all) => all.get([owner, record]));
export const putForm = (form) => within("forms", "readwrite", (all) => all.put(form), "strict");
export const dropForm = (form) => within("forms", "readwrite", (all) => all.delete([form.owner, form.record]));
export const allForms = () => within("forms", "readonly", (all) => all.getAll());

export const allDrafts = () => within("drafts", "readonly", (all) => all.getAll());
export const draftsOf = (owner) => within("drafts", "readonly", (all) => all.getAll(ofOwner(owner)));
export const draftOf = (owner, record, attempt) =>
  within("drafts", "readonly", (all) => all.get([owner, record, attempt]));

const thrown = new WeakSet(); // an answer that was still on its way when its owner threw a draft away does not bring it back
export const putDraft = async (draft, durability) =>
  thrown.has(draft) || within("drafts", "readwrite", (all) => thrown.has(draft) || all.put(draft), durability);

export const photosOf = (draft) => within("photos", "readonly", (all) => all.index("draft").getAll(keyOf(draft)));
export const allPhotos = () => within("photos", "readonly", (all) => all.getAll());
export const putPhoto = (photo) => within("photos", "readwrite", (all) => all.put(photo), "strict");
export const dropPhoto = (id) => within("photos", "readwrite", (all) => all.delete(id));

// Only as it was when somebody decided that it may go: it may have been typed in since.
export async function dropDraft(draft) {
  for (const photo of await photosOf(draft)) if (photo.state === "sent") await dropPhoto(photo.id);
  await within("drafts", "readwrite", (all) => {
    const asked = all.get(keyOf(draft));
    asked.onsuccess = () => asked.result?.edits === draft.edits && all.delete(keyOf(draft));
  });
}

// What nobody can send any more, and its owner does not want to keep either.
export async function throwAway(draft) {
  thrown.add(draft);
  for (const photo of await photosOf(draft)) await dropPhoto(photo.id);
  await within("drafts", "readwrite", (all) => all.delete(keyOf(draft)), "strict");
}
