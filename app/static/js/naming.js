// Warns while somebody types what looks as if it names a resident. It never blocks, and the server says the same.
(() => {
  "use strict";
  // The same as app/kit/naming.py, which says why: a test holds the two equal.
  const LOOKS = {
    "shown": 60,
    "skipped": [
      "https?://[^ \\t\\n\\u00a0]+",
      "(?<![\\p{L}0-9])[A-Z]{2}[0-9]{2}[ ]?[A-Z]{4}(?:[ ]?[0-9]){10}(?![0-9])",
      "(?<![0-9])[0-9]{1,2}([-./])[0-9]{1,2}\\1(?:19|20)[0-9]{2}(?![0-9])",
      "(?:€[ \\u00a0]?|[Ee][Uu][Rr][ ])[0-9][0-9 .,]*"
    ],
    "patterns": [
      ["mail", "(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9-])"],
      ["phone", "(?<![\\p{L}0-9])(?<![0-9][-./,])(?:\\(?(?:\\+|00)31\\)?[ .-]?(?:\\(0\\)[ ]?)?[1-9]|06)(?:[ .-]{0,3}[0-9]){8}(?![0-9])(?![-.,][0-9])"],
      ["phone", "(?<![\\p{L}0-9])(?<![0-9][-./,])(?!0?(?:800|90[0-9]|14[0-9]{2}))(?:(?:\\(0[1-57-8][0-9]\\)|0[1-57-8][0-9])(?:[ -]{0,3}|[.])[1-9](?:[ .-]?[0-9]){6}|(?:\\(0[1-5][0-9]{2}\\)|0[1-5][0-9]{2})(?:[ -]{1,3}|[.])[1-9](?:[ .-]?[0-9]){5})(?![0-9])(?![-.,][0-9])"],
      ["bsn", "(?<![\\p{L}0-9])(?<![0-9][-./,])(?:[0-9]{9}|[0-9]{3}([ .-])[0-9]{3}\\1[0-9]{3}|[0-9]{4}([ .-])[0-9]{2}\\2[0-9]{3})(?!/[0-9])(?![0-9])(?![-.,][0-9])"],
      ["name", "(?<![\\p{L}])(?:[Mm]evrouw|MEVROUW|[Mm]eneer|MENEER|[Mm]ijnheer|[Jj]uffrouw|[Dd]e[ ][Hh]eer|[Mm]adame|[Mm]onsieur|(?:[Mm]evr|[Mm]ej|[Mm]w|[Dd]hr|[Mm]rs?)\\.?)[ \\t\\n\\u00a0]+(?:(?:[\\p{Lu}][\\p{Ll}]?\\.[ -]?)+[ \\t\\n\\u00a0]*|[\\p{Lu}][ \\t\\n\\u00a0]+)?(?:(?:(?:[Ii]n|[Oo]p|[Uu]it|[Aa]an)[ \\t\\n\\u00a0]+(?:['’]t|de[nr])|(?:[Vv]an|[Vv]on|[Dd]e[nrls]?|[Dd]i|[Dd]u|[Tt]e[nr]?|[Ee]l|[Aa]l|[Bb]en|[Ll]a|[Ll]e|['’][tns]))[ \\t\\n\\u00a0]+)*(?!(?:[Vv]an|[Vv]on|[Dd]e[nrls]?|[Hh]et|[Ee]en|[Dd]i|[Dd]u|[Tt]e[nr]?|[Uu]it|[Ii]n|[Oo]p|[Aa]an|[Bb]ij|[Mm]et|[Ee]n|[Oo]f|[Ii]k|[Ww]ij|[Ww]e|[Zz]ij|[Zz]e|[Hh]ij|[Dd]ie|[Dd]at|[Dd]eze|[Ww]at|[Ww]ie|[Kk]an|[Ii]s|[Ww]as|Gemeente|Wijk|Wijkteam|Buurt|Buurthuis|Huis|Welzijn|Humanitas|Stichting|Bibliotheek|Kerk|Moskee|School|Thuiszorg|Rotterdam|Zuid|Noord|Oost|West|Centrum|Voorzitter|Burgemeester|Wethouder|Directeur|Dokter)(?![\\p{L}]))(?:IJ|[OD]['’][\\p{Lu}]|[\\p{Lu}])[\\p{Ll}]+(?:-?[\\p{Lu}][\\p{Ll}]+)*"],
      ["name", "(?<![\\p{L}])(?:[Mm]evrouw|MEVROUW|[Mm]eneer|MENEER|[Mm]ijnheer|[Jj]uffrouw|[Dd]e[ ][Hh]eer|[Mm]adame|[Mm]onsieur|(?:[Mm]evr|[Mm]ej|[Mm]w|[Dd]hr|[Mm]rs?)\\.?)[ \\t\\n\\u00a0]+(?:(?:[\\p{Lu}][\\p{Ll}]?\\.[ -]?)+[ \\t\\n\\u00a0]*|[\\p{Lu}][ \\t\\n\\u00a0]+)?(?:(?:[Vv]an|[Vv]on|[Dd]e[nrls]?|[Dd]i|[Dd]u|[Tt]e[nr]?|[Ee]l|[Aa]l|[Bb]en|[Ll]a|[Ll]e|['’][tns])[ \\t\\n\\u00a0]+)*[\\p{Lu}]{5,}(?![\\p{L}])"],
      ["name", "(?<![\\p{L}])(?:[Dd]eelnemer|[Dd]eelneemster|[Bb]ewoner|[Bb]ewoonster|[Bb]uurvrouw|[Bb]uurman|[Tt]ante|[Oo]om|[Oo]me|[Oo]ma|[Oo]pa)[ \\t\\n\\u00a0]+(?!(?:[Vv]an|[Vv]on|[Dd]e[nrls]?|[Hh]et|[Ee]en|[Dd]i|[Dd]u|[Tt]e[nr]?|[Uu]it|[Ii]n|[Oo]p|[Aa]an|[Bb]ij|[Mm]et|[Ee]n|[Oo]f|[Ii]k|[Ww]ij|[Ww]e|[Zz]ij|[Zz]e|[Hh]ij|[Dd]ie|[Dd]at|[Dd]eze|[Ww]at|[Ww]ie|[Kk]an|[Ii]s|[Ww]as|Gemeente|Wijk|Wijkteam|Buurt|Buurthuis|Huis|Welzijn|Humanitas|Stichting|Bibliotheek|Kerk|Moskee|School|Thuiszorg|Rotterdam|Zuid|Noord|Oost|West|Centrum|Voorzitter|Burgemeester|Wethouder|Directeur|Dokter)(?![\\p{L}]))(?:IJ|[OD]['’][\\p{Lu}]|[\\p{Lu}])[\\p{Ll}]+(?:-?[\\p{Lu}][\\p{Ll}]+)*"]
    ]
  };
  const LINES = 3;
  const PAUSE = 400; // milliseconds without typing
  const compiled = (source) => new RegExp(source, "gu");
  const [skipped, patterns] = [LOOKS.skipped.map(compiled), LOOKS.patterns.map(([kind, source]) => [kind, compiled(source)])];
  const hidden = (text) => "·".repeat(text.length);

  function isBsn(text) {
    const digits = [...text].filter((char) => char >= "0" && char <= "9").map(Number);
    if (digits.length !== 9 || !digits.some(Boolean)) return false;
    return digits.reduce((sum, digit, at) => sum + digit * (at === 8 ? -1 : 9 - at), 0) % 11 === 0;
  }

  function findsIn(text) {
    let left = text.normalize("NFC");
    for (const pattern of skipped) left = left.replace(pattern, hidden);
    const found = [];
    for (const [kind, pattern] of patterns) {
      for (const match of left.matchAll(pattern)) {
        if (kind === "bsn" && !isBsn(match[0])) continue;
        const words = match[0].split(/[ \t\n\u00a0]+/u).join(" ");
        found.push([match.index, kind, [...words].slice(0, LOOKS.shown).join("")]);
      }
      left = left.replace(pattern, hidden);
    }
    found.sort((one, other) => one[0] - other[0]);
    const seen = new Set();
    return found.map(([, kind, words]) => ({ kind, words })).filter(({ kind, words }) => {
      const same = `${kind} ${words}`;
      return !seen.has(same) && seen.add(same);
    });
  }

  function show(field) {
    const box = document.getElementById(`${field.id}-people`);
    const words = document.getElementById("people-words");
    if (!box || !words) return;
    const finds = findsIn(field.value).slice(0, LINES);
    const now = JSON.stringify(finds);
    if (box.dataset.now === now) return; // what stands there need not be read out again
    box.dataset.now = now;
    if (!finds.length) {
      box.replaceChildren();
      return;
    }
    const note = words.content.cloneNode(true);
    const lines = finds.map(({ kind, words: said }) => {
      const line = note.querySelector(`[data-kind="${kind}"]`).cloneNode(true);
      line.querySelector("[data-said]").textContent = said;
      return line;
    });
    note.querySelector("[data-finds]").replaceChildren(...lines);
    box.replaceChildren(note);
  }

  const waiting = new WeakMap();
  document.addEventListener("input", ({ target }) => {
    if (!target.matches("[data-people]")) return;
    clearTimeout(waiting.get(target));
    waiting.set(target, setTimeout(show, PAUSE, target));
  });
  document.addEventListener("change", ({ target }) => { // also when she leaves the field sooner
    if (target.matches("[data-people]")) show(target);
  });
})();
