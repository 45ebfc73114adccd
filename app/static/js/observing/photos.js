// Photos: made or chosen, made smaller here, kept on the phone. One counts once somebody said who can be recognised.
import { el, icon, note, say, sticker } from "./page.js";
import { counts } from "./send.js";
import { dropPhoto, photosOf, putPhoto } from "./store.js";

const LONGEST = 2000; // pixels; enough to look at, and quick to send from a hall
const QUALITY = 0.85;

// Drawn anew, so that place and device are gone before the photo leaves the phone. Throws what cannot be drawn.
async function smaller(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = el("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((done, failed) => {
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture"))), "image/jpeg", QUALITY);
  });
}

export function photos(draft, form, changed) {
  const room = async () => {
    const here = await photosOf(draft);
    const sent = here.filter((photo) => photo.state === "sent").length;
    return form.photos_most - Math.max(sent, form.photos) - (here.length - sent);
  };
  const list = el("ul", { class: "proofs" });
  const trouble = el("div", { role: "alert" });
  const pick = (label, pic, more) => {
    const input = el("input", { type: "file", accept: "image/*", change: () => take(input), ...more });
    return el("label", { class: "drop obs-drop" }, icon(pic), el("b", {}, label), input);
  };
  const adding = el("div", { class: "obs-photo-ways" },
    pick(say("photo_make"), "camera", { capture: "environment", id: "f-photo" }),
    pick(say("photo_pick"), "image-plus", { multiple: true, id: "f-photo-pick" }));
  const full = el("p", { class: "hint" }, say("photos_full", { max: form.photos_most }));

  async function take(input) {
    const files = [...input.files];
    trouble.replaceChildren();
    for (const file of files) {
      if ((await room()) <= 0) break;
      try {
        const blob = await smaller(file);
        const { owner, record, attempt } = draft;
        const photo = { id: crypto.randomUUID(), owner, record, attempt, blob, caption: "", recognisable: "", state: "here" };
        await putPhoto(photo);
        list.append(row(photo));
      } catch (wrong) {
        const word = wrong?.name === "QuotaExceededError" ? "photo_no_room" : "photo_broken";
        trouble.append(note("tomato", "circle-alert", say(word, { name: file.name })));
      }
    }
    input.value = "";
    await changed();
    await count();
  }

  function row(photo) {
    const preview = photo.blob
      ? el("figure", {}, el("img", { src: URL.createObjectURL(photo.blob), alt: say("photo_alt") }))
      : null;
    const state = el("div", { role: "status" });
    const tell = () => {
      const known = photo.state === "sent" ? ["leaf", "check", "photo_sent"]
        : photo.state === "refused" ? ["tomato", "circle-alert", "photo_refused"]
        : counts(photo) ? ["sky", "smartphone", "photo_waits"] : ["sun", "circle-help", "photo_asks"];
      state.replaceChildren(sticker(known[0], known[1], say(known[2])), photo.words ? el("p", { class: "error" }, photo.words) : "");
    };
    const answers = [["nobody", say("nobody"), say("nobody_hint")], ["attested", say("attested"), say("attested_hint")]];
    const options = answers.map(([value, words, hint], at) => el("label", { class: "opt" },
      el("input", { type: "radio", id: at === 0 ? `f-photo-${photo.id}` : null, name: `wie-${photo.id}`, value, checked: photo.recognisable === value, change: () => keep("recognisable", value) }),
      el("span", {}, el("b", {}, words), el("small", {}, hint))));
    const caption = el("input", {
      class: "input", id: `bij-${photo.id}`, maxlength: 200, autocomplete: "off", "data-people": true, input: () => keep("caption", caption.value),
    });
    caption.value = photo.caption;
    async function keep(name, value) {
      photo[name] = value;
      await putPhoto(photo);
      tell();
      await changed();
    }
    const gone = el("button", {
      type: "button", class: "btn btn--quiet btn--s",
      click: async () => {
        await dropPhoto(photo.id);
        made.remove();
        await changed();
        await count();
        adding.querySelector("input").focus();
      },
    }, icon("trash-2"), say("photo_remove"));
    const open = photo.state !== "sent";
    const made = el("li", { class: "proof", "data-photo": photo.id }, preview,
      el("div", { class: "stack g3" }, state, !open && photo.caption && el("p", { class: "muted" }, photo.caption), open && el("fieldset", { class: "field g3", role: "radiogroup" },
        el("legend", {}, say("photo_who")), el("div", { class: "opts" }, options)),
      open && el("div", { class: "field" }, el("label", { for: `bij-${photo.id}` }, say("photo_caption")),
        el("p", { class: "hint" }, say("no_names")), caption, el("div", { id: `bij-${photo.id}-people`, role: "status" })),
      open && gone));
    tell();
    return made;
  }

  async function count() {
    const some = (await room()) > 0;
    adding.hidden = !some;
    full.hidden = some;
  }

  async function draw() {
    list.replaceChildren(...(await photosOf(draft)).map(row));
    await count();
  }

  // After one was sent or refused: only that row, so that nobody loses her place.
  function renew(photo) {
    list.querySelector(`[data-photo="${photo.id}"]`)?.replaceWith(row(photo));
  }

  const box = el("section", { class: "stack obs-screen", "data-screen": "photo", tabindex: "-1", "aria-labelledby": "fotos" },
    el("h2", { class: "h3", id: "fotos" }, say("photos_title")), el("p", { class: "hint" }, say("photos_hint")),
    trouble, list, adding, full);
  return { box, draw, renew };
}
