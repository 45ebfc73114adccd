"""What stands in the files of a course, in words: keys, places in a list, and values that are chosen.

The only place where the keys of lessons, scripts, checks, assignments and settings get their Dutch names; the pages
that show what is different and `courses diff` say the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from app.courses.units import Path
from app.web.words.shared import N_

Say = Callable[[str], str]

LISTED: Final[dict[str, str]] = {
    "core_elements": N_("Kernelement {n}"),
    "modules": N_("Module {n}"),
    "levels": N_("Niveau {n}"),
    "criteria": N_("Criterium {n}"),
    "adherence": N_("Werkwijze {n}"),
    "steps": N_("Stap {n}"),
    "otherwise": N_("Als het anders loopt {n}"),
    "working_forms": N_("Werkvorm {n}"),
    "materials": N_("Klaarleggen {n}"),
    "bring": N_("Meenemen {n}"),
    "questions": N_("Vraag {n}"),
    "options": N_("Antwoord {n}"),
    "pairs": N_("Paar {n}"),
    "extra": N_("Antwoord dat nergens bij hoort {n}"),
    "items": N_("Plek {n}"),
}
"""One of a list, by its place."""

BLOCKS: Final[dict[str, str]] = {
    "::: beeld": N_("Beeld {name}"),
    "::: video": N_("Video {name}"),
    "::: geluid": N_("Geluid {name}"),
    "::: vraag": N_("Vraag {name}"),
    "::: reflectie": N_("Reflectie {name}"),
    "::: download": N_("Download {name}"),
}
"""A block in the text with values or a name of its own, by that name."""

KEYS: Final[dict[str, str]] = {
    "title": N_("Titel"),
    "minutes": N_("Minuten"),
    "module": N_("Module"),
    "intro": N_("Inleiding"),
    "required": N_("Verplicht"),
    "image": N_("Beeld"),
    "image_alt": N_("Wat op het beeld te zien is"),
    "image_caption": N_("Bijschrift"),
    "decorative": N_("Alleen versiering"),
    "required_blocks": N_("Wat gedaan moet zijn"),
    "alt": N_("Wat erop te zien is"),
    "caption": N_("Bijschrift"),
    "captions": N_("Ondertitels"),
    "silent": N_("Er wordt niets gezegd"),
    "poster": N_("Beeld voor het begin"),
    "transcript": N_("Wat er gezegd en getoond wordt"),
    "number": N_("Nummer"),
    "goal": N_("Doel"),
    "materials": N_("Klaarleggen"),
    "text": N_("Tekst"),
    "questions.text": N_("Wat er gevraagd wordt"),
    "::: vraag.text": N_("Wat er gevraagd wordt"),
    "::: kern": N_("Kernelement"),
    "::: let-op": N_("Let op"),
    "::: voorbeeld": N_("Voorbeeld"),
    "::: stappen": N_("Stappen"),
    "::: denk": N_("Denk na"),
    "::: citaat": N_("Citaat"),
    "options.text": N_("Tekst"),
    "when": N_("Wanneer"),
    "then": N_("Wat je dan doet"),
    "core_element": N_("Kernelement"),
    "slug": N_("Vaste naam"),
    "id": N_("Vaste naam"),
    "code": N_("Code"),
    "type": N_("Soort vraag"),
    "critical": N_("Criteria die voldoende moeten zijn"),
    "questions.critical": N_("Moet goed zijn"),
    "pool": N_("Groep om uit te trekken"),
    "draws": N_("Zoveel vragen uit groep {name}"),
    "options": N_("Antwoorden"),
    "right": N_("Goed antwoord"),
    "feedback": N_("Uitleg bij het antwoord"),
    "explanation": N_("Uitleg na afloop"),
    "pairs": N_("Paren"),
    "left": N_("Links"),
    "pairs.right": N_("Rechts"),
    "extra": N_("Antwoorden die nergens bij horen"),
    "items": N_("Goede volgorde"),
    "good": N_("Zo is het goed"),
    "questions.good": N_("Wat een goed antwoord is"),
    "intervention": N_("Vaste naam van de interventie"),
    "intervention_name": N_("Interventie"),
    "language": N_("Taal"),
    "sample": N_("Voorbeeldinhoud"),
    "active_minutes": N_("Leesminuten tellen"),
    "summary": N_("Samenvatting"),
    "target_group": N_("Voor wie"),
    "motif": N_("Tekening"),
    "available": N_("Beschikbaar"),
    "safety": N_("Nodig voor de praktijk"),
    "after": N_("Open na"),
    "opens_on": N_("Open vanaf"),
    "opens_after_days": N_("Open zoveel dagen na de start"),
    "version": N_("Versie"),
    "change_notes": N_("Wat er nieuw is"),
    "levels": N_("Niveaus"),
    "not_seen": N_("Als het niet te zien was"),
    "criteria": N_("Criteria"),
    "adherence": N_("Werkwijze"),
    "must": N_("Moet altijd"),
    "decides": N_("Telt voor het certificaat"),
    "final": N_("Slotopdracht"),
    "needs_group": N_("Met een eigen groep"),
    "needs_visit": N_("Met een bezoek van de coach"),
    "needs_photo": N_("Met een foto"),
    "needs_reflection": N_("Met een verslag"),
    "what": N_("Wat je doet"),
    "bring": N_("Meenemen"),
    "coach_looks_at": N_("Waar je coach op let"),
    "theory_pass_mark_pct": N_("Nodig om een toets te halen, in procenten"),
    "quiz_attempts_free": N_("Pogingen voor een toets zonder te wachten"),
    "quiz_wait_hours": N_("Uren wachten na die pogingen"),
    "first_visit_within_days": N_("Dagen tot het eerste bezoek"),
    "practice_start_within_days": N_("Dagen tot de praktijk begint"),
    "enrolment_max_days": N_("Dagen voor de hele opleiding"),
    "training_days_min": N_("Scholingsdagen die iemand nodig heeft"),
    "quiet_days": N_("Dagen stil voordat we iets laten weten"),
    "coach_visits_min": N_("Bezoeken van de coach, minstens"),
    "licence_required": N_("Licentie nodig"),
    "four_eyes": N_("Een tweede beheerder besluit mee"),
    "assignment_attempts_max": N_("Pogingen voor een opdracht, hoogstens"),
    "review_within_working_days": N_("Werkdagen om iets na te kijken"),
    "certificate_validity_months": N_("Maanden dat een certificaat geldt"),
    "period_starts": N_("Een nieuwe periode"),
    "intervisions_min": N_("Intervisies, minstens"),
    "intervisions_offered": N_("Intervisies die er zijn"),
    "cases_brought_min": N_("Ingebrachte casussen, minstens"),
    "deliveries_min": N_("Gegeven groepen, minstens"),
    "refresher_min": N_("Bijscholingen, minstens"),
    "observed_session_min": N_("Bijeenkomsten met een coach erbij, minstens"),
    "window_opens_days": N_("Dagen vooraf dat verlengen kan"),
    "reminder_days": N_("Herinneringen, dagen vooraf"),
    "grace_days": N_("Dagen uitloop na het einde"),
    "reinstate_within_days": N_("Dagen om het certificaat terug te krijgen"),
    "handbook_upgrade_days": N_("Dagen om een nieuw handboek te lezen"),
    "appeal_days": N_("Dagen om bezwaar te maken"),
    "coach_calibration_months": N_("Maanden tot een coach weer oefent met beoordelen"),
    "double_rating_pct": N_("Dubbel beoordeeld, in procenten"),
}
"""What a key is called; `a.b` is `b` within `a`."""

UNKNOWN: Final = N_("‘{name}’, dat we niet kennen")

FLAGS: Final = (
    *(
        "required",
        "decorative",
        "silent",
        "critical",
        "right",
        "sample",
        "active_minutes",
        "available",
        "safety",
        "must",
    ),
    *("decides", "final", "needs_group", "needs_visit", "needs_photo", "needs_reflection", "licence_required"),
)
VALUES: Final[dict[str, dict[str, str]]] = {
    **{key: {"true": N_("ja"), "false": N_("nee")} for key in FLAGS},
    "type": {
        "one": N_("één antwoord"),
        "several": N_("meer antwoorden"),
        "true_false": N_("waar of niet waar"),
        "match": N_("wat hoort bij elkaar"),
        "order": N_("op volgorde zetten"),
        "open": N_("in eigen woorden"),
    },
    "four_eyes": {
        "always": N_("altijd"),
        "never": N_("nooit"),
        "when_two_admins": N_("als er twee beheerders zijn"),
    },
    "period_starts": {
        "joined": N_("sluit aan op de vorige"),
        "completion": N_("begint op de dag van het besluit"),
        "calendar": N_("sluit aan, en loopt tot 31 december"),
    },
    "language": {"nl": N_("Nederlands"), "en": N_("Engels")},
}
"""What a value that is chosen is called, by its key."""


def called(path: Path, say: Say) -> str:
    """What stands at a place of a file, such as ‘Vraag 2 · Antwoord 1 · Uitleg bij het antwoord’."""
    words: list[str] = []
    steps = list(path)
    while steps:
        step = str(steps.pop(0))
        following = steps[0] if steps else None
        if step in BLOCKS and following is not None:
            words.append(say(BLOCKS[step]).format(name=following))
            steps.pop(0)
        elif isinstance(following, int) and step in LISTED:
            words.append(say(LISTED[step]).format(n=following))
            steps.pop(0)
        elif step == "draws" and following is not None:
            words.append(say(KEYS[step]).format(name=following))
            steps.pop(0)
        else:
            words.append(_key(step, path, say))
    return " · ".join(words)


def _key(step: str, path: Path, say: Say) -> str:
    names = [str(one) for one in path if isinstance(one, str)]
    nearest = reversed(names[: names.index(step)] if step in names else names)
    above = next((KEYS[f"{name}.{step}"] for name in nearest if f"{name}.{step}" in KEYS), None)
    known = above or KEYS.get(step)
    return say(known) if known is not None else say(UNKNOWN).format(name=step)


def valued(words: str, path: Path, say: Say) -> str:
    """A value as people say it; what an author wrote stays as it is."""
    key = next((step for step in reversed(path) if isinstance(step, str)), "")
    known = VALUES.get(key, {}).get(words.strip())
    return say(known) if known is not None else words
