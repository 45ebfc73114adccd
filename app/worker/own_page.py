"""The page of somebody's own data that she can read: Dutch words for what gegevens.json says in full.

It is opened from disk, so its style stands in the page itself. What only a machine reads (ids, hashes, which option
was ticked) stays in gegevens.json.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from html import escape
from typing import Any, Final

from app.kit.localtime import local
from app.kit.written import date_filters
from app.outbox.rules import MessageState
from app.web.words.coaches import AWAY_REASONS
from app.web.words.delivery import DAY_WORDS, PART_WORDS
from app.web.words.evidence import PURPOSE_WORDS
from app.web.words.post import KIND_WORDS, STATE_LOOKS
from app.web.words.roles import ROLES
from app.worker.own_labels import LABELS
from app.worker.own_style import STYLE

SECTIONS: Final[tuple[tuple[str, tuple[tuple[str, str], ...]], ...]] = (
    ("Wie je bent", (("mensen", "persoon"), ("mensen", "werk"), ("mensen", "rollen"), ("mensen", "registraties"))),
    (
        "Hoe je binnenkomt",
        (("mensen", "sessies"), ("mensen", "inloggen_met_app"), ("mensen", "agendalinks"), ("mensen", "uitnodigingen")),
    ),
    (
        "Wat je leert",
        (
            ("opleiding", "enrolments"),
            ("opleiding", "coaching"),
            ("opleiding", "contact_of"),
            ("opleiding", "coach_room"),
            ("opleiding", "coach_away"),
            ("opleiding", "texts_written"),
            ("opleiding", "zips_sent"),
            ("theorie", "lessons"),
            ("theorie", "changed_lessons"),
            ("theorie", "active_minutes"),
            ("theorie", "updates"),
            ("theorie", "updates_asked"),
            ("theorie", "editions_left"),
            ("theorie", "quizzes"),
            ("theorie", "lesson_work"),
            ("theorie", "saved_passages"),
            ("theorie", "reading_places"),
            ("theorie", "quizzes_so_far"),
            ("theorie", "open_answers"),
            ("theorie", "words_as_coach"),
        ),
    ),
    (
        "Wat je doet in de praktijk",
        (
            ("groepen", "groups"),
            ("groepen", "searches"),
            ("groepen", "requests"),
            ("praktijk", "preparations"),
            ("praktijk", "submissions"),
            ("praktijk", "reflections"),
            ("praktijk", "reflections_so_far"),
            ("praktijk", "talks"),
            ("praktijk", "photos"),
            ("praktijk", "photos_as_coach"),
            ("praktijk", "visits"),
            ("praktijk", "decisions"),
            ("praktijk", "agreements_kept"),
            ("praktijk", "notes_about_you"),
            ("praktijk", "notes_by_you"),
            ("praktijk", "signed_as_coach"),
            ("gesprekken", "messages"),
            ("gesprekken", "drafts"),
            ("gesprekken", "mail"),
        ),
    ),
    ("Je certificaat", (("certificaten", "certificaten"),)),
    (
        "Bijeenkomsten en intervisie",
        (
            ("bijeenkomsten", "bijeenkomsten"),
            ("intervisie", "geleide_bijeenkomsten"),
            ("intervisie", "geen_van_de_dagen"),
            ("intervisie", "leerpunten"),
            ("intervisie", "tafels"),
            ("casussen", "casussen"),
            ("casussen", "gespreksafspraken"),
            ("intervisie", "voorgestelde_plekken"),
        ),
    ),
    ("Post en wat je deed", (("post", "berichten"), ("mensen", "logboek"))),
)
"""Grouped as on the page about what we keep; a test holds that every part of the copy has its place."""

BY_CODE: Final = ("own_scores_so_far", "self_scores", "scores", "notes")
"""Parts whose keys are codes of the rubric, which people know from the form."""
ONLY_IN_JSON: Final = frozenset(
    {"anchor", "answers", "checks", "chosen", "length", "code", "coach_id", "edition_id", "evidence", "form_version"}
    | {"id", "person_id", "record", "discussed_by", "reflection_digest", "signed_at", "submission_id"}
    | {"suggested", "wanneer", "wat"}
)
SAID: Final[dict[str, dict[str, str]]] = {
    "purposes": {purpose.value: word for purpose, (word, _) in PURPOSE_WORDS.items()},
    "rol": {role.value: word for role, word in ROLES.items()},
    "taal": {"nl": "Nederlands", "en": "Engels"},
    "about": {"people": "Mensen in opleiding", "trainers": "Trainers"},
    "antwoord": {"yes": "Ja", "no": "Nee"},
    "aanwezig": {"present": "Ja", "partial": "Een deel", "absent": "Nee", "absent_notified": "Nee, afgemeld"},
    "decision": {"signed_off": "Klaar", "returned": "Nog een stukje", "not_met": "Samen nog een keer"},
    "how": {"at_once": "Meteen", "daily": "Eén keer per dag", "none": "Nooit"},
    "herkomst": {"training": "Via de opleiding", "taken_over": "Overgenomen van vóór dit systeem"},
    "kan_wel": {f"{day}-{part}": f"{on}, {at}" for day, on in DAY_WORDS.items() for part, at in PART_WORDS.items()},
    "kind": {"session": "Bijeenkomst", "end_presentation": "Eindpresentatie"},
    "days": dict(DAY_WORDS),
    "parts": dict(PART_WORDS),
    "recognisable": {"nobody": "Niemand herkenbaar", "attested": "Met toestemming"},
    "soort": dict(KIND_WORDS),
    "why_away": {reason.value: word for reason, word in AWAY_REASONS.items()},
    "stand": {state.value: STATE_LOOKS[state].word for state in MessageState},
}
SLUGS: Final = ("lesson", "pieces", "quiz", "session", "waarvoor")
EMPTY: Final[tuple[object, ...]] = (None, "", [], {}, ())
WIDE: Final = 90
COLUMNS: Final = 5
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d.*)?")


def own_page(parts: Mapping[str, Any], *, name: str, made: datetime, files: Iterable[str] = ()) -> str:
    """The page. What is not there is not mentioned, except where a whole section is empty."""
    body = "".join(
        f"<h2>{escape(title)}</h2>" + ("".join(_part(parts, *place) for place in places) or "<p>Niets.</p>")
        for title, places in SECTIONS
    )
    with_files = "De foto’s en certificaten zelf staan in de map bestanden. " if list(files) else ""
    return (
        '<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>Mijn gegevens</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head><body><main>'
        f"<h1>Mijn gegevens</h1><p>Van {escape(name)}, gemaakt op {_when(made.isoformat())}. {with_files}"
        f"In gegevens.json staat alles nog een keer, zo dat een programma het kan lezen.</p>{body}</main></body></html>"
    )


def _part(parts: Mapping[str, Any], domain: str, key: str) -> str:
    value = parts.get(domain, {}).get(key)
    if value in EMPTY:
        return ""
    shown = f"<p>{_steps(len(value))} in gegevens.json.</p>" if key == "logboek" else _whole(value, key)
    return f"<h3>{escape(LABELS.get(key, key))}</h3>{shown}"


def _steps(count: int) -> str:
    return "Er staat 1 stap" if count == 1 else f"Er staan {count} stappen"


def _whole(value: Any, key: str) -> str:
    """A part of the page: a table where all is short, else a card for each."""
    if isinstance(value, dict):
        return f'<div class="card">{_facts(value)}</div>'
    if not all(isinstance(one, dict) for one in value):
        return f'<div class="card">{_inner(value, key)}</div>'
    names = [name for name in value[0] if name not in ONLY_IN_JSON and any(one.get(name) not in EMPTY for one in value)]
    cells = [one.get(name) for one in value for name in names]
    if len(names) > COLUMNS or any(isinstance(cell, dict | list) or len(str(cell)) > WIDE for cell in cells):
        return "".join(f'<div class="card">{_facts(one)}</div>' for one in value)
    rows = [[_inner(one.get(name), name) for name in names] for one in value]
    heads = "".join(f'<th scope="col">{escape(LABELS.get(name, name))}</th>' for name in names)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>'


def _facts(value: Mapping[str, Any]) -> str:
    return f"<dl>{_lines(value, frozenset())}</dl>"


def _lines(value: Mapping[str, Any], told: frozenset[str]) -> str:
    """One line for each fact. What lies deeper is told at the same level, and nothing twice."""
    lines = ""
    for name, item in value.items():
        if item in EMPTY or name in ONLY_IN_JSON or name in told:
            continue
        if isinstance(item, dict) and name not in BY_CODE:
            lines += _lines(item, told | set(value))
        else:
            lines += f"<dt>{escape(LABELS.get(name, name))}</dt><dd>{_inner(item, name)}</dd>"
    return lines


def _inner(value: Any, key: str) -> str:
    if isinstance(value, dict):
        pairs = [f"{escape(code)}: {_inner(one, key)}" for code, one in value.items()]
        return ("<br>" if key == "notes" else ", ").join(pairs)
    if isinstance(value, list | tuple):
        if value and isinstance(value[0], dict):
            return _whole(value, key)
        return f"<ul>{''.join(f'<li>{_inner(one, key)}</li>' for one in value)}</ul>"
    return escape(_said(value, key))


def _said(value: Any, key: str) -> str:
    """One value in words: Ja, 24 november 2026 om 14.00 uur, Afgetekend."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Ja" if value else "Nee"
    text = str(value)
    if key in SLUGS:
        return text.replace("-", " ").capitalize()
    if _MOMENT.fullmatch(text):
        return _when(text)
    return SAID.get(key, {}).get(text, text)


def _when(text: str) -> str:
    written: dict[str, Callable[..., str]] = date_filters("nl")
    if "T" not in text:
        return written["date_year"](date.fromisoformat(text))
    moment = local(datetime.fromisoformat(text))
    return f"{written['date_year'](moment)}, {moment:%H.%M} uur"
