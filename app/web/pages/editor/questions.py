"""One question of a check in fields of its own, with the question as it will be asked beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from app.access import Permission
from app.courses.differing import Passage, passages_between
from app.courses.drafts import questions
from app.courses.drafts.questions import Pressed
from app.courses.drafts.rules import Kind as FileKind
from app.courses.drafts.rules import digest_of, free, kind_of
from app.kit.errors import NotFound, Refused
from app.kit.i18n import Locale, translations
from app.kit.text import is_shown
from app.theory.attempts import ShownQuestion
from app.theory.quizzes import AskedQuestion
from app.web.kit.ask import Answer, Ask, Page, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.pages.editor.as_asked import as_answered, as_asked, question_of
from app.web.pages.editor.check_desk import AsText, Desk, as_text, desk_of, kept, listed
from app.web.words.questions import KIND_LOOKS
from app.web.words.shared import N_

if TYPE_CHECKING:
    from app.courses.files.check_text import CheckText, HalfQuestion
    from app.courses.files.questions import Kind

area = Area()
Form = Submitted[Any]
HERE: Final = "/beheer/opleidingen/{course:slug}/bestand/{file:id}"
SWITCHED: Final[tuple[Kind, ...]] = ("one", "several")
"""Kinds with the same rows: one may become the other."""
LABELS: Final = {
    "text": N_("Vraag"),
    "right": N_("Goed antwoord"),
    "wrong": N_("Ander antwoord"),
    "feedback": N_("Uitleg bij dit antwoord"),
    "pair": N_("Paar"),
    "extra": N_("Hoort nergens bij"),
    "item": N_("Op volgorde"),
    "good": N_("Wat zit in een goed antwoord?"),
    "explanation": N_("Uitleg achteraf"),
    "critical": N_("Deze vraag moet goed zijn om te slagen"),
    "pool": N_("Pool"),
}
"""What is said before each line where two questions stand beside each other."""


@dataclass(frozen=True)
class QuestionPage:
    """A question at the desk.

    `here`: the address of its form; `back`: of the list. `id` is empty for a new one. `rows`: how many there are of
    each family; `most`: how many there may be. `focus`: what the button before this led to. `asked` is None while
    there is nothing to ask yet. `keep_as`: by which name a device keeps what is typed; `arrived`: it has no need to.
    """

    here: str
    back: str
    text_page: str
    title: str
    id: str
    number: int
    of: int
    kind: str
    switched: bool
    rows: Mapping[str, int]
    most: Mapping[str, int]
    pools: tuple[str, ...]
    focus: str
    critical: bool
    asked: AskedQuestion | None
    answered: tuple[ShownQuestion, ...]
    elsewhere: tuple[Passage, ...] | None
    stale: bool
    arrived: bool
    keep_as: str


@dataclass(frozen=True)
class _Work:
    """A question that somebody is busy with. `id` is empty for a new one; `there`: it stands in the check now."""

    desk: Desk
    id: str
    kind: Kind

    @property
    def family(self) -> str:
        """What a device calls a new question of this kind; kinds that may become each other are one."""
        return "nieuw-keuze" if self.kind in SWITCHED else f"nieuw-{self.kind.replace('_', '-')}"

    @property
    def there(self) -> HalfQuestion | None:
        place = self.desk.sheet.place_of(self.id)
        return None if place is None else self.desk.sheet.cuts[place].question


@area.get(
    f"{HERE}/vraag", policy=Permission.EDIT_CONTENT, name="editor.new_question", own_transactions=True, at_length=True
)
def begin(ask: Ask, course: str, file: int) -> Answer:
    """A question that is not in the check yet; it comes there when it is kept."""
    kind = questions.kind_in({"kind": [ask.query.get("soort", "one")]})
    if kind is None:
        raise NotFound
    try:
        work = _Work(desk_of(ask, course, file), "", kind)
    except AsText:
        return as_text(ask, course, file)
    return _shown(ask, work, Submitted(questions.blank(kind), ask.viewer.locale))


@area.post(
    f"{HERE}/vraag",
    policy=Permission.EDIT_CONTENT,
    name="editor.add_question",
    own_transactions=True,
    at_length=True,
)
def add(ask: Ask, course: str, file: int) -> Answer:
    return _sent(ask, course, file, "")


@area.get(
    f"{HERE}/vraag/{{question:slug}}",
    policy=Permission.EDIT_CONTENT,
    name="editor.question",
    own_transactions=True,
    at_length=True,
)
def show(ask: Ask, course: str, file: int, question: str) -> Answer:
    try:
        desk = desk_of(ask, course, file)
    except AsText:
        return as_text(ask, course, file)
    found = desk.question(question)
    form: Form = Submitted(questions.filled(found) | {"seen": [_digest(found)]}, ask.viewer.locale)
    return _shown(ask, _Work(desk, question, found.type), form)


@area.post(
    f"{HERE}/vraag/{{question:slug}}",
    policy=Permission.EDIT_CONTENT,
    name="editor.keep_question",
    own_transactions=True,
    at_length=True,
)
def keep(ask: Ask, course: str, file: int, question: str) -> Answer:
    return _sent(ask, course, file, question)


def _sent(ask: Ask, course: str, file: int, question: str) -> Answer:
    """The form as it was sent: to keep it, to move its rows, or to see how it reads."""
    form = _typed(ask)
    try:
        desk = desk_of(ask, course, file)
        work = _Work(desk, question, _kind(desk, question, form))
        pressed = questions.pressed_in(form.raw)
        looks = form.get("do") == "look"
        form.raw = questions.arranged(form.raw, work.kind, pressed)
        if looks:
            return _looked(ask, work, form)
        if form.get("do") == "again":
            return _again(ask, work, form)
        if pressed is not None:
            return _shown(ask, work, form, pressed=pressed)
        return _kept(ask, work, form)
    except AsText:
        return as_text(ask, course, file)


def _typed(ask: Ask) -> Form:
    """The form as a page may show it again; its fields are those of its rows, so no fixed model reads it."""
    raw: dict[str, list[str]] = {}
    for name, given in ask.form.multi_items():
        if isinstance(given, str):
            raw.setdefault(name, []).append("".join(filter(is_shown, given)))
    form: Form = Submitted(raw, ask.viewer.locale)
    form.key = form.get("form_key", form.key)
    return form


def _kind(desk: Desk, question: str, form: Form) -> Kind:
    """The kind that is asked for, where a question may have it. Raises: NotFound."""
    asked = questions.kind_in(form.raw)
    place = desk.sheet.place_of(question)
    if question and place is None and not form.get("seen"):
        raise NotFound
    if place is None:
        if asked is None:
            raise NotFound
        return asked
    now = desk.sheet.cuts[place].question.type
    return asked if asked in SWITCHED and now in SWITCHED else now


def _kept(ask: Ask, work: _Work, form: Form) -> Answer:
    for one in questions.misfits(form.raw, work.kind):
        form.add(one.field, one.code, **one.facts)
    if form.problems:
        return _shown(ask, work, form, status=422)
    facts = questions.facts_in(form.raw, work.kind)
    new = _new_id(work.desk, facts)
    id_ = work.id

    def change(sheet: CheckText) -> CheckText | None:
        nonlocal id_
        if work.id:
            _must_have_seen(sheet, work.id, form, facts)
        else:  # somebody else may have kept one with these words meanwhile
            id_ = questions.is_there(sheet, facts) or free(new, (one.question.id for one in sheet.cuts))
        return questions.with_question(sheet, id_, facts)

    try:
        kept(ask, work.desk, change)
    except Refused as refused:
        stale = refused.code == "stale_question"
        if stale:
            work = replace(work, desk=desk_of(ask, work.desk.course, work.desk.file.id))
        return _shown(ask, work, form.refuse(refused), status=422, stale=stale)
    toast = N_("Bewaard in het concept.") if work.id else N_("De vraag staat erbij.")
    return redirect(listed(work.desk, form, id_), toast=toast)


def _again(ask: Ask, work: _Work, form: Form) -> Answer:
    """What a device kept of the form: as it was typed, or what stands there now when it did arrive."""
    facts, there = questions.facts_in(form.raw, work.kind), work.there
    if there is not None:
        arrived = questions.facts_in(questions.filled(there), there.type) == facts
        now = questions.filled(there) | {"seen": [_digest(there)]}
    else:
        arrived = not work.id and bool(form.get("sent") and questions.is_there(work.desk.sheet, facts))
        now = questions.blank(work.kind)
    return _shown(ask, work, Submitted(now, ask.viewer.locale) if arrived else form, again=True, arrived=arrived)


def _must_have_seen(sheet: CheckText, id_: str, form: Form, facts: Mapping[str, Any]) -> None:
    """Whether the question is the one that she read, or wants. Asked of each text that a change is made of.

    Raises: Refused for what somebody else did meanwhile; sending the form again is a choice then.
    """
    seen, place = form.get("seen"), sheet.place_of(id_)
    if place is None:
        form.raw["seen"] = ["gone"]
        if seen != "gone":
            raise Refused("question_gone")
        return
    there = sheet.cuts[place].question
    now = _digest(there)
    if seen == now or questions.facts_in(questions.filled(there), there.type) == facts:
        return
    form.raw["seen"] = [now]
    raise Refused("stale_question")


def _new_id(desk: Desk, facts: Mapping[str, Any]) -> str:
    texts = [one.text for path, one in desk.stored.items() if kind_of(path) is FileKind.CHECK]
    return questions.new_id(str(facts["text"]), questions.ids_in(texts))


def _digest(question: HalfQuestion) -> str:
    return digest_of(question.model_dump_json())


def _looked(ask: Ask, work: _Work, form: Form) -> Page:
    """How it reads, while somebody types."""
    return render(
        "editor/question.html", _page(ask, work, form), part="editor/_question_reads.html", **_beside(ask, form)
    )


def _shown(
    ask: Ask,
    work: _Work,
    form: Form,
    *,
    status: int = 200,
    pressed: Pressed | None = None,
    stale: bool = False,
    again: bool = False,
    arrived: bool = False,
) -> Page:
    focus = "vraag" if again else _focus(form, pressed)
    page = _page(ask, work, form, focus=focus, stale=stale, arrived=arrived)
    return render(
        "editor/question.html", page, part="editor/_question_fields.html", status=status, **_beside(ask, form)
    )


def _beside(ask: Ask, form: Form) -> dict[str, Any]:
    """What the templates get beside the page; `example`: the form that nobody sends."""
    return {"form": form, "example": Submitted.blank(ask.viewer.locale), "kinds": KIND_LOOKS}


def _page(
    ask: Ask, work: _Work, form: Form, *, focus: str = "", stale: bool = False, arrived: bool = False
) -> QuestionPage:
    desk, facts = work.desk, questions.facts_in(form.raw, work.kind)
    check, place = desk.sheet.check, desk.sheet.place_of(work.id)
    number = len(check.questions) + 1 if place is None else place + 1
    question, say = question_of(facts, number), translations(ask.viewer.locale).gettext
    elsewhere = None
    if stale and work.there is not None:
        now = questions.facts_in(questions.filled(work.there), work.there.type)
        elsewhere = passages_between(_in_words(now, ask.viewer.locale), _in_words(facts, ask.viewer.locale))
    return QuestionPage(
        here=f"{desk.here}/vraag/{work.id}" if work.id else f"{desk.here}/vraag",
        back=f"{desk.here}/vragen",
        text_page=desk.here,
        title=check.title,
        id=work.id,
        number=number,
        of=max(len(check.questions), number),
        kind=work.kind,
        switched=work.kind in SWITCHED,
        rows={family: len(questions.rows_of(form.raw, family)) for family in questions.FAMILIES[work.kind]},
        most=questions.MOST,
        pools=tuple(dict.fromkeys(one.pool for one in check.questions if one.pool)),
        focus=focus,
        critical=facts["critical"],
        asked=as_asked(question) if question is not None else None,
        answered=as_answered(question, number, say(N_("Wat iemand hier schrijft."))) if question is not None else (),
        elsewhere=elsewhere,
        stale=stale,
        arrived=arrived,
        keep_as=f"{ask.viewer.id}-vraag-{desk.file.id}-{work.id or work.family}",
    )


def _focus(form: Form, pressed: Pressed | None) -> str:
    """Where somebody goes on after a button: at the row that moved, in the new one, or at the button for one more."""
    if pressed is None:
        return ""
    family, row, last = pressed.family, pressed.row, len(questions.rows_of(form.raw, pressed.family)) - 1
    match pressed.what:
        case "add":
            return f"{family}{last}"
        case "up":
            return f"up-{family}{row - 1}" if row > 1 else f"down-{family}0"
        case "down":
            return f"down-{family}{row + 1}" if row + 1 < last else f"up-{family}{last}"
        case _:
            return f"add-{family}"


def _in_words(facts: Mapping[str, Any], locale: Locale) -> str:
    """A question as lines to read beside another."""
    say = translations(locale).gettext
    lines: list[tuple[str, str]] = [("text", facts["text"])]
    for option in facts.get("options", ()):
        lines.append(("right" if option["right"] else "wrong", option["text"]))
        lines += [("feedback", option["feedback"])] if option["feedback"] else []
    lines += [("pair", f"{pair['left']} = {pair['right']}") for pair in facts.get("pairs", ())]
    lines += [("extra", one) for one in facts.get("extra", ())]
    lines += [("item", one) for one in facts.get("items", ())]
    lines += [(key, str(facts[key])) for key in ("good", "explanation", "pool") if facts.get(key)]
    told = [f"{say(LABELS[key])}: {words}" for key, words in lines]
    return "\n".join([*told, *([say(LABELS["critical"])] if facts["critical"] else [])])
