"""The knowledge check: beginning an attempt, answering while the page keeps it, handing in, and what came out."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from app.access import Permission
from app.kit.errors import Refused
from app.kit.i18n import translations
from app.kit.text import is_shown
from app.practice.conflicts import Difference
from app.theory import answering
from app.theory.answering import Sheet
from app.theory.attempts import attempt_page
from app.theory.filling import LACKING, Problem, read_answers
from app.theory.inputs import Meant
from app.theory.quizzes import Begun, begun, quiz_page
from app.theory.rules import quiz_href
from app.theory.words_back import note_seen
from app.web.kit.ask import Answer, Ask, Page, redirect, render
from app.web.kit.forms import OWN_FIELDS, Submitted
from app.web.kit.route import Area
from app.web.words.shared import N_

area = Area()
Form = Submitted[Any]
BESIDE: Final = OWN_FIELDS | Meant.model_fields.keys()
"""Fields of the form that answer no question."""


class _Place(NamedTuple):
    """Which check it is about."""

    course: str
    quiz: str

    @property
    def href(self) -> str:
        return quiz_href(self.course, self.quiz)


@area.get("/opleiding/{course:slug}/toets/{quiz:slug}", policy=Permission.SIGNED_IN, name="theory.quiz")
def quiz(ask: Ask, course: str, quiz: str) -> Answer:
    return _page(ask, _Place(course, quiz))


@area.post("/opleiding/{course:slug}/toets/{quiz:slug}/begin", policy=Permission.FOLLOW_TRAINING, name="theory.begin")
def begin(ask: Ask, course: str, quiz: str) -> Answer:
    """Draw the questions of a new attempt; who began already goes on with it."""
    try:
        answering.begin(ask.db, by=ask.viewer, course_slug=course, quiz_slug=quiz, now=ask.now)
    except Refused as refused:
        form: Form = Submitted.blank(ask.viewer.locale)
        return _page(ask, _Place(course, quiz), form.refuse(refused))
    return redirect(quiz_href(course, quiz))


@area.post("/opleiding/{course:slug}/toets/{quiz:slug}", policy=Permission.FOLLOW_TRAINING, name="theory.hand_in")
def hand_in(ask: Ask, course: str, quiz: str) -> Answer:
    """Every question is answered, or the form comes back with what was chosen.

    While she answers the page sends the form by itself, and gets back the version that stands now.
    """
    (form, typed), where = _read(ask), _Place(course, quiz)
    meant = _meant(form)
    if meant is None:
        return _page(ask, where, form)
    if meant.do == "there":
        return redirect(where.href)
    draft = begun(ask.db, ask.viewer, *where)
    sent = _sent(typed, draft, meant)
    given: dict[str, Any] = {"by": ask.viewer, "course_slug": course, "quiz_slug": quiz, "now": ask.now}
    try:
        if sent.typing or (meant.do and not sent.problems):
            form.raw["version"] = [str(answering.keep(ask.db, **given, sheet=sent.sheet))]
        elif not sent.problems and not meant.do:
            number = answering.hand_in(ask.db, **given, sheet=sent.sheet)
            return redirect(f"{where.href}/poging/{number}")
    except Refused as refused:
        return _refused(ask, where, form, sent, refused)
    return _as_it_is(ask, where, form, sent)


class _Sent(NamedTuple):
    """What came in: the answers, what they are for, and what is wrong or lacks."""

    meant: Meant
    sheet: Sheet
    problems: list[Problem]

    @property
    def typing(self) -> bool:
        return self.meant.do == "typing"


def _read(ask: Ask) -> tuple[Form, dict[str, list[str]]]:
    """The form as a page may show it again, and its fields as they came: questions of this check, no fixed model."""
    typed: dict[str, list[str]] = {}
    for name, given in ask.form.multi_items():
        if isinstance(given, str):
            typed.setdefault(name, []).append(given)
    raw = {name: ["".join(filter(is_shown, one)) for one in given] for name, given in typed.items()}
    form: Form = Submitted(raw, ask.viewer.locale)
    form.key = form.get("form_key", form.key)
    return form, typed


def _meant(form: Form) -> Meant | None:
    """What the form is about; without it nobody can tell which attempt was answered."""
    try:
        return Meant.model_validate({name: form.get(name) for name in Meant.model_fields if name in form.raw})
    except ValidationError:
        form.add("", "extra_forbidden")
        return None


def _sent(typed: dict[str, list[str]], draft: Begun | None, meant: Meant) -> _Sent:
    """The answers to what is asked now; to an attempt that is no more there are none to read."""
    if draft is None or draft.number != meant.number:
        return _Sent(meant, Sheet(meant.number, {}, meant.version), [])
    answers, problems = read_answers(draft.questions, {n: given for n, given in typed.items() if n not in BESIDE})
    if meant.do:
        problems = [problem for problem in problems if problem[1] not in LACKING]
    return _Sent(meant, Sheet(meant.number, answers, meant.version), problems)


def _as_it_is(ask: Ask, where: _Place, form: Form, sent: _Sent) -> Answer:
    """What was kept, or what is still to mend before it can be handed in."""
    for name, code in sent.problems:
        form.add(name, code)
    if sent.meant.do == "later" and not sent.problems:
        return redirect(f"/opleiding/{where.course}", toast=N_("Bewaard. Je gaat verder wanneer je wilt."))
    return _page(ask, where, form, keeping=("failed" if sent.problems else "kept") if sent.typing else "")


def _refused(ask: Ask, where: _Place, form: Form, sent: _Sent, refused: Refused) -> Answer:
    if refused.code == "quiz_handed_in" and not sent.typing:
        to = f"{where.href}/poging/{sent.meant.number}"
        return redirect(to, toast=N_("Deze poging was al ingeleverd. Dit kwam eruit."))
    form.refuse(refused)
    if refused.code == "stale_quiz":
        return _stale(ask, where, form, sent)
    return _page(ask, where, form, keeping="failed" if sent.typing else "")


def _stale(ask: Ask, where: _Place, form: Form, sent: _Sent) -> Page:
    """Show what was kept elsewhere beside what was answered here; sending again is a choice."""
    if sent.typing:
        return _page(ask, where, form, keeping="stale")
    draft = begun(ask.db, ask.viewer, *where)
    if draft is None:
        return _page(ask, where, form)
    form.raw["version"] = [str(draft.version)]
    say = translations(ask.viewer.locale).gettext
    there, here = draft.answers, sent.sheet.answers
    elsewhere = tuple(
        Difference(
            say(N_("Vraag {number}")).format(number=number),
            question.said(there.get(question.id)),
            question.said(here.get(question.id)),
        )
        for number, question in enumerate(draft.questions, start=1)
        if question.said(there.get(question.id)) != question.said(here.get(question.id))
    )
    return _page(ask, where, form, elsewhere=elsewhere)


def _page(
    ask: Ask,
    where: _Place,
    form: Form | None = None,
    *,
    elsewhere: tuple[Difference, ...] = (),
    keeping: str = "",
) -> Page:
    page = quiz_page(ask.db, ask.viewer, *where, now=ask.now)
    filled = page.filled | {"number": [str(page.number)], "version": [str(page.version)]}
    return render(
        "lessons/quiz.html",
        page,
        part="lessons/_quiz_kept.html",
        status=422 if form is not None and not keeping else 200,
        form=form or Submitted(filled, ask.viewer.locale),
        elsewhere=elsewhere,
        keeping=keeping,
        kept_as=_kept_as(ask, where, page.number),
    )


@area.get(
    "/opleiding/{course:slug}/toets/{quiz:slug}/poging/{number:id}",
    policy=Permission.FOLLOW_TRAINING,
    name="theory.attempt",
    own_transactions=True,
)
def attempt(ask: Ask, course: str, quiz: str, number: int) -> Answer:
    """That she opened what her coach wrote back is noted: until then it is new on her home page."""
    database = ask.services.database
    with database.reading() as db:
        page = attempt_page(db, ask.viewer, course, quiz, number, now=ask.now)
    if new := [one.back.answer_id for one in page.questions if one.back is not None and one.back.new]:
        with database.writing() as db:
            note_seen(db, by=ask.viewer, answers=new, now=ask.now)
    return render("lessons/attempt.html", page, kept_as=_kept_as(ask, _Place(course, quiz), number))


def _kept_as(ask: Ask, where: _Place, number: int) -> str:
    """Under which name a device keeps the answers of this attempt until the server has them (js/keep.js)."""
    return f"{ask.viewer.person_id}-toets-{where.course}-{where.quiz}-{number}"
