// Sends a chosen file piece by piece, and goes on where it stopped: when the connection was lost, or the page was
// closed and the same file is chosen again. Without this script the form sends photos in one go.
(() => {
  "use strict";
  const form = document.querySelector("form[data-upload]");
  if (!form || !window.crypto?.subtle || !window.fetch) return;
  const chooser = form.querySelector("input[type=file]");
  const said = form.dataset;
  const PIECE = 4 * 1024 * 1024;
  const FIRST_WAIT = 1000;
  const LONGEST_WAIT = 30000;
  const LOOK_AGAIN = 600; // milliseconds, while the file is being looked at
  const TUS = { "Tus-Resumable": "1.0.0" };
  chooser.accept = said.accept;

  class SignedOut extends Error {}
  class Gone extends Error {}
  class Busy extends Error {}

  const kindOf = (file) => {
    const [group] = file.type.split("/");
    if (group === "image") return "photo";
    if (group === "video" || group === "audio") return group;
    return file.type === "application/pdf" ? "pdf" : "";
  };

  async function fingerprintOf(file) {
    const words = new TextEncoder().encode(`${file.name}/${file.size}/${file.lastModified}`);
    const sum = await crypto.subtle.digest("SHA-256", words);
    return [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // A line with a bar and a sentence that is read aloud, at every tenth.
  function lineIn(box) {
    const bar = box.querySelector("progress") ?? document.createElement("progress"); // what is all in shows none
    const words = box.querySelector("[role=status]");
    let told = -1;
    box.hidden = false;
    return {
      at(sent, size) {
        const percent = Math.floor((100 * sent) / size);
        bar.value = percent;
        bar.hidden = false;
        if (Math.floor(percent / 10) === told) return;
        told = Math.floor(percent / 10);
        words.textContent = said.sending.replace("{percent}", percent);
      },
      say(text) {
        told = -1;
        words.textContent = text;
      },
      fail(text) {
        bar.hidden = true;
        words.textContent = text;
        box.classList.add("is-tomato");
      },
      signedOut(text) {
        this.fail(text);
        const link = document.createElement("a");
        link.href = `/inloggen?next=${encodeURIComponent(said.done)}`;
        link.textContent = said.signIn;
        words.append(" ", link);
      },
    };
  }

  const pause = (wait) =>
    new Promise((done) => {
      const timer = setTimeout(go, wait);
      function go() {
        clearTimeout(timer);
        window.removeEventListener("online", go);
        done();
      }
      window.addEventListener("online", go);
    });

  // Told apart: signing in again helps, or choosing the file again, or just waiting.
  async function asked(href, how) {
    const answer = await fetch(href, { ...how, redirect: "manual" });
    if (answer.type === "opaqueredirect" || answer.status === 401) throw new SignedOut();
    if (answer.status === 404) throw new Gone();
    if (!answer.ok) throw new Error(String(answer.status));
    return answer;
  }

  async function received(href) {
    const answer = await asked(href, { method: "HEAD", headers: TUS });
    return Number(answer.headers.get("Upload-Offset"));
  }

  function refusal(request, href) {
    if (request.status === 423) return new Busy();
    const led = new URL(request.responseURL).pathname !== href; // to the page where people sign in
    return led || request.status === 401 ? new SignedOut() : new Error(String(request.status));
  }

  function patch(href, file, at, line) {
    return new Promise((done, failed) => {
      const request = new XMLHttpRequest();
      request.open("PATCH", href);
      request.setRequestHeader("Tus-Resumable", "1.0.0");
      request.setRequestHeader("Upload-Offset", String(at));
      request.setRequestHeader("Content-Type", "application/offset+octet-stream");
      request.upload.onprogress = (event) => line.at(at + event.loaded, file.size);
      request.onerror = request.onabort = request.ontimeout = () => failed(new Error("connection"));
      request.onload = () =>
        request.status === 204
          ? done(Number(request.getResponseHeader("Upload-Offset")))
          : failed(refusal(request, href));
      request.send(file.slice(at, at + PIECE));
    });
  }

  async function settled(href, line) {
    line.say(said.working);
    for (;;) {
      const { state, error } = await (await asked(`${href}/stand`)).json();
      if (state === "ready") return location.assign(said.done);
      if (state === "refused") return line.fail(error);
      await pause(LOOK_AGAIN);
    }
  }

  async function send(file, href, box) {
    const line = lineIn(box);
    let wait = FIRST_WAIT;
    let whole = false;
    for (;;) {
      try {
        if (!whole) {
          let at = await received(href);
          while (at < file.size) {
            line.at(at, file.size);
            at = await patch(href, file, at, line);
            wait = FIRST_WAIT;
          }
          line.at(file.size, file.size);
          whole = true;
        }
        return await settled(href, line);
      } catch (trouble) {
        if (trouble instanceof SignedOut) return line.signedOut(whole ? said.signedOutWhole : said.signedOut);
        if (trouble instanceof Gone) return line.fail(said.gone);
        line.say(trouble instanceof Busy ? said.busy : said.waiting);
        await pause(wait);
        wait = Math.min(wait * 2, LONGEST_WAIT);
      }
    }
  }

  async function begin(file, kind, box) {
    const given = new FormData();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string") given.append(name, value);
    }
    given.append("kind", kind);
    given.append("length", String(file.size));
    given.append("fingerprint", await fingerprintOf(file));
    const answer = await fetch(said.upload, { method: "POST", body: given, redirect: "manual" });
    if (answer.status === 201) return send(file, (await answer.json()).href, box);
    const line = lineIn(box);
    if (answer.type === "opaqueredirect" || answer.status === 401) return line.signedOut(said.signedOut);
    if (answer.status !== 422) return line.fail(said.failed);
    const { problems } = await answer.json();
    return line.fail(problems.map((one) => one.error).join(" "));
  }

  form.addEventListener("submit", async (event) => {
    const [file] = chooser.files;
    const kind = file ? kindOf(file) : "";
    if (!file) return; // the form itself says what lacks
    event.preventDefault();
    const box = document.getElementById(said.line);
    if (!kind) return lineIn(box).fail(said.wrong);
    const button = form.querySelector("button[type=submit]");
    box.classList.remove("is-tomato");
    button.disabled = true;
    try {
      await begin(file, kind, box);
    } catch {
      lineIn(box).fail(said.failed);
    } finally {
      button.disabled = false;
    }
  });

  for (const row of document.querySelectorAll("[data-resume]")) {
    const again = row.querySelector("input[type=file]");
    again.addEventListener("change", async () => {
      const [file] = again.files;
      if (!file) return;
      if ((await fingerprintOf(file)) !== row.dataset.fingerprint) return lineIn(row).say(said.other);
      await send(file, row.dataset.resume, row);
    });
  }
  for (const row of document.querySelectorAll("[data-watch]")) {
    const line = lineIn(row);
    settled(row.dataset.watch, line).catch((trouble) => {
      if (trouble instanceof SignedOut) line.signedOut(said.signedOutWhole);
    });
  }
})();
