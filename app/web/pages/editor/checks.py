"""A check as a list of its questions, with what stands above them: for who would rather not write YAML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from starlette.datastructures import FormData

from app.access import Permission
from app.courses.differing import Passage, passages_between
from app.courses.drafts import inputs
from app.courses.drafts.queries import FileFacts
from app.courses.drafts.questions import drawn_well
from app.courses.drafts.rules import digest_of
from app.courses.drafts.writing import Remark, seen
from app.kit.errors import Refused
from app.kit.i18n import translations
from app.web.kit.ask import Answer, Ask, Page, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.pages.editor.check_desk import AsText, Desk, as_text, desk_of, done_before, kept, listed
from app.web.words.questions import KIND_LOOKS
from app.web.words.shared import N_

if TYPE_CHECKING:
    from app.courses.files.check_text import CheckText, HalfCheck

area = Area()
Form = Submitted[Any]
DRAW: Final = "draw-"


@dataclass(frozen=True)
class QuestionLine:
    """A question in the list. `answers`: how many there are to choose from, to match or to lay."""

    id: str
    kind: str
    text: str
    answers: int
    critical: bool
    pool: str
    remarks: tuple[Remark, ...]


@dataclass(frozen=True)
class Pool:
    """Questions of which some are asked. `size`: how many there are to draw from."""

    name: str
    size: int


@dataclass(frozen=True)
class CheckPage:
    """The questions of a check.

    `asked`: in one attempt; `elsewhere`: what somebody else kept above them meanwhile; `done`: the key of a form that
    was kept just now.
    """

    slug: str
    course: str
    file: FileFacts
    title: str
    minutes: int
    asked: int
    name: str
    questions: tuple[QuestionLine, ...]
    pools: tuple[Pool, ...]
    remarks: tuple[Remark, ...]
    elsewhere: tuple[Passage, ...] | None
    stale: bool
    done: str


@dataclass(frozen=True)
class RemovePage:
    """A question that may go."""

    here: str
    title: str
    text: str


@area.get(
    "/beheer/opleidingen/{course:slug}/bestand/{file:id}/vragen",
    policy=Permission.EDIT_CONTENT,
    name="editor.check",
    own_transactions=True,
    at_length=True,
)
def show(ask: Ask, course: str, file: int) -> Answer:
    try:
        return _shown(ask, desk_of(ask, course, file))
    except AsText:
        return as_text(ask, course, file)


@area.post(
    "/beheer/opleidingen/{course:slug}/bestand/{file:id}/vragen",
    policy=Permission.EDIT_CONTENT,
    name="editor.keep_check",
    own_transactions=True,
    at_length=True,
)
def keep(ask: Ask, course: str, file: int) -> Answer:
    """Keep what stands above the questions."""
    from app.courses.files.check_text import with_head  # noqa: PLC0415

    try:
        desk = desk_of(ask, course, file)
        form = _typed(ask)
        facts = _head_facts(form, desk.sheet.check)
        if not form.valid:
            return _shown(ask, desk, form)

        def change(sheet: CheckText) -> CheckText | None:
            if form.given.seen != _head_digest(sheet.check) and not _says(sheet.check, facts):
                raise Refused("stale_question")
            return with_head(sheet, facts)

        try:
            kept(ask, desk, change)
        except Refused as refused:
            desk, stale = desk_of(ask, course, file), refused.code == "stale_question"
            form.raw |= {"seen": [_head_digest(desk.sheet.check)]} if stale else {}
            return _shown(ask, desk, form.refuse(refused), mine=facts if stale else None)
    except AsText:
        return as_text(ask, course, file)
    return redirect(listed(desk, form), toast=N_("Bewaard in het concept."))


@area.post(
    "/beheer/opleidingen/{course:slug}/bestand/{file:id}/vragen/{question:slug}/plek",
    policy=Permission.EDIT_CONTENT,
    name="editor.move_question",
    own_transactions=True,
    at_length=True,
)
def move(ask: Ask, course: str, file: int, question: str) -> Answer:
    """One place up or down."""
    from app.courses.files.check_text import moved  # noqa: PLC0415

    up = ask.form.get("do") != "down"
    try:
        desk = desk_of(ask, course, file)
        desk.question(question)
        kept(ask, desk, lambda sheet: moved(sheet, question, up=up))
    except AsText:
        return as_text(ask, course, file)
    return redirect(f"{desk.here}/vragen#{question}")


@area.get(
    "/beheer/opleidingen/{course:slug}/bestand/{file:id}/vraag/{question:slug}/weg",
    policy=Permission.EDIT_CONTENT,
    name="editor.question_goes",
    own_transactions=True,
    at_length=True,
)
def goes(ask: Ask, course: str, file: int, question: str) -> Answer:
    try:
        return _asking(ask, desk_of(ask, course, file), question)
    except AsText:
        return as_text(ask, course, file)


@area.post(
    "/beheer/opleidingen/{course:slug}/bestand/{file:id}/vraag/{question:slug}/weg",
    policy=Permission.EDIT_CONTENT,
    name="editor.remove_question",
    own_transactions=True,
    at_length=True,
)
def remove(ask: Ask, course: str, file: int, question: str) -> Answer:
    """Take a question out, and the draw of a pool that is empty with it."""
    from app.courses.files.check_text import without  # noqa: PLC0415

    try:
        desk = desk_of(ask, course, file)
        desk.question(question)
        if len(desk.sheet.cuts) == 1:
            form: Form = Submitted.blank(ask.viewer.locale)
            return _asking(ask, desk, question, form.refuse(Refused("last_question")))
        kept(ask, desk, lambda sheet: drawn_well(without(sheet, question)))
    except AsText:
        return as_text(ask, course, file)
    return redirect(f"{desk.here}/vragen", toast=N_("De vraag is weg."))


def _asking(ask: Ask, desk: Desk, question: str, form: Form | None = None) -> Page:
    from app.courses.files.prose import plain  # noqa: PLC0415

    page = RemovePage(desk.here, desk.sheet.check.title, plain(desk.question(question).text))
    status = 422 if form is not None else 200
    return render(
        "editor/question_goes.html", page, status=status, form=form or Submitted.blank(ask.viewer.locale), id=question
    )


# What stands above the questions


def _typed(ask: Ask) -> Form:
    """The form; how many are drawn of each pool are fields of its own, for pools have names."""
    pairs = [(name, given) for name, given in ask.form.multi_items() if isinstance(given, str)]
    form: Form = Submitted.read(
        inputs.CheckHead, FormData([one for one in pairs if not one[0].startswith(DRAW)]), ask.viewer.locale
    )
    form.raw |= {name: [given[:20]] for name, given in pairs if name.startswith(DRAW)}
    return form


def _head_facts(form: Form, check: HalfCheck) -> dict[str, Any]:
    """What was typed as keys of the file; a draw that cannot be is told at its field."""
    draws: dict[str, int] = {}
    for pool in _pools(check):
        typed = form.get(f"{DRAW}{pool.name}", str(check.draws.get(pool.name, 1))).strip()
        most = max(pool.size - 1, 1)
        number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0
        if not 1 <= number <= most:
            form.add(f"{DRAW}{pool.name}", "draws_too_many", most=most)
        draws[pool.name] = number
    if form.value is None:
        return {}
    given = form.given
    facts: dict[str, Any] = {"title": given.title, "minutes": given.minutes, "intro": given.intro or None}
    gone = dict.fromkeys(check.draws.keys() - draws.keys())
    return facts | {"draws": {**draws, **gone} if draws else None}


def _filled(check: HalfCheck) -> dict[str, str]:
    draws = {f"{DRAW}{pool.name}": str(check.draws.get(pool.name, 1)) for pool in _pools(check)}
    minutes = "" if check.minutes is None else str(check.minutes)
    return {"title": check.title, "minutes": minutes, "intro": check.intro, "seen": _head_digest(check)} | draws


def _head_digest(check: HalfCheck) -> str:
    return digest_of(repr((check.title, check.minutes, check.intro, sorted(check.draws.items()))))


def _says(check: HalfCheck, facts: dict[str, Any]) -> bool:
    from app.courses.files.check_text import HalfCheck  # noqa: PLC0415

    draws = {pool: number for pool, number in (facts["draws"] or {}).items() if number is not None}
    mine = HalfCheck(title=facts["title"], minutes=facts["minutes"], intro=facts["intro"] or "", draws=draws)
    return _head_digest(mine) == _head_digest(check)


def _in_words(title: str, minutes: int | None, intro: str | None, draws: dict[str, Any] | None, ask: Ask) -> str:
    """Above the questions, as lines to read beside each other."""
    say = translations(ask.viewer.locale).gettext
    drawn = [f"{pool}: {number}" for pool, number in (draws or {}).items() if number]
    return "\n".join([f"{say('Titel')}: {title}", f"{say('Minuten')}: {minutes or ''}", intro or "", *drawn])


def _pools(check: HalfCheck) -> tuple[Pool, ...]:
    names = dict.fromkeys(question.pool for question in check.questions if question.pool)
    return tuple(Pool(name, sum(one.pool == name for one in check.questions)) for name in names)


def _shown(ask: Ask, desk: Desk, form: Form | None = None, *, mine: dict[str, Any] | None = None) -> Page:
    check = desk.sheet.check
    looks = seen(desk.file.path, desk.file.text or "", "text", desk.stored, ask.services.storage)
    elsewhere = None
    if mine is not None:
        now = _in_words(check.title, check.minutes, check.intro, dict(check.draws), ask)
        elsewhere = passages_between(now, _in_words(**mine, ask=ask))
    pools = _pools(check)
    page = CheckPage(
        slug=desk.course,
        course=desk.title,
        file=desk.file,
        title=check.title,
        minutes=check.minutes or 0,
        asked=sum(not one.pool for one in check.questions) + sum(check.draws.get(pool.name, 1) for pool in pools),
        name=check.slug,
        questions=tuple(_line(desk, place, looks.remarks) for place in range(len(desk.sheet.cuts))),
        pools=pools,
        remarks=tuple(one for one in looks.remarks if _place_at(desk.sheet, one.line) is None),
        elsewhere=elsewhere,
        stale=mine is not None,
        done=done_before(ask),
    )
    return render(
        "editor/check.html",
        page,
        status=422 if form is not None else 200,
        form=form or Submitted.blank(ask.viewer.locale, **_filled(check)),
        kinds=KIND_LOOKS,
        keeper=ask.viewer.id,
    )


def _line(desk: Desk, place: int, remarks: tuple[Remark, ...]) -> QuestionLine:
    from app.courses.files.prose import plain  # noqa: PLC0415 - few requests read courses

    question = desk.sheet.cuts[place].question
    return QuestionLine(
        id=question.id,
        kind=question.type,
        text=plain(question.text),
        answers=len(question.options) + len(question.pairs) + len(question.items),
        critical=question.critical,
        pool=question.pool or "",
        remarks=tuple(one for one in remarks if _place_at(desk.sheet, one.line) == place),
    )


def _place_at(sheet: CheckText, line: int) -> int | None:
    """Which question stands at a line of the file; None above the first and below the last."""
    found = [place for place, cut in enumerate(sheet.cuts) if cut.first <= line]
    below = sheet.cuts and line >= sheet.cuts[-1].first + len(sheet.cuts[-1].lines)
    return found[-1] if found and not below else None
