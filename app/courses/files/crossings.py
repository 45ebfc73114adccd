"""What no file can say by itself: references, names used twice, minutes that do not add up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import BaseModel

from app.courses.files.document import Document
from app.courses.files.models import AssignmentFile, CourseContent, SessionHead
from app.courses.files.problems import Problems

Steps = tuple[int | str, ...]


@dataclass
class Sources:
    """From which document each part came, so that a problem knows its place."""

    documents: dict[int, tuple[BaseModel, Document]] = field(default_factory=dict)

    def remember(self, value: BaseModel, document: Document) -> None:
        self.documents[id(value)] = (value, document)

    def of(self, value: BaseModel) -> Document:
        return self.documents[id(value)][1]


@dataclass
class _Crossings:
    course: CourseContent
    sources: Sources
    problems: Problems

    def tell(self, value: BaseModel, steps: Steps, sentence: str, hint: str) -> None:
        self.sources.of(value).problem(self.problems, steps, sentence, hint)

    def once(self, names: Iterable[tuple[BaseModel, Steps, object]], what: str) -> None:
        """Each name may occur once."""
        seen: set[object] = set()
        for value, steps, name in names:
            if name in seen:
                self.tell(value, steps, f"{what} ‘{name}’ is er al.", "Kies een andere naam.")
            seen.add(name)

    def known(self, value: BaseModel, steps: Steps, name: str | None, choices: Iterable[str], what: str) -> None:
        """A reference leads somewhere."""
        choices = list(choices)
        if name is not None and name not in choices:
            self.tell(value, steps, f"{what} ‘{name}’ bestaat niet.", f"Kies uit: {', '.join(choices)}.")


def check_crossings(course: CourseContent, sources: Sources, problems: Problems) -> None:
    """Note what does not fit together."""
    look = _Crossings(course, sources, problems)
    _names(look)
    _modules(look)
    _rubric(look)
    _assignments(look)
    _handbook(look)


def _names(look: _Crossings) -> None:
    head, rubric = look.course.head, look.course.rubric
    look.once(((head, ("modules", n, "slug"), each.slug) for n, each in enumerate(head.modules)), "Module")
    elements = list(enumerate(head.core_elements))
    look.once(((head, ("core_elements", n, "slug"), each.slug) for n, each in elements), "Kernelement")
    look.once(((head, ("core_elements", n, "code"), each.code) for n, each in elements), "Code")
    criteria = enumerate(rubric.criteria)
    look.once(((rubric, ("criteria", n, "code"), each.code) for n, each in criteria), "Criterium")
    checks = enumerate(rubric.adherence)
    look.once(((rubric, ("adherence", n, "slug"), each.slug) for n, each in checks), "Controle")
    quizzes = [module.quiz for module in look.course.modules if module.quiz is not None]
    lessons = [lesson for module in look.course.modules for lesson in module.lessons]
    pages: list[tuple[BaseModel, Steps, object]] = [(lesson.head, ("title",), lesson.slug) for lesson in lessons]
    pages += [(quiz, ("slug",), quiz.slug) for quiz in quizzes]
    look.once(pages, "Een les of toets met de naam")
    questions = [(quiz, n, each.id) for quiz in quizzes for n, each in enumerate(quiz.questions)]
    look.once(((quiz, ("questions", n, "id"), id_) for quiz, n, id_ in questions), "Vraag")
    heads = [assignment.head for assignment in look.course.assignments]
    look.once(((each, ("slug",), each.slug) for each in heads), "Opdracht")
    look.once(((each, ("code",), each.code) for each in heads), "Code")
    sessions = look.course.sessions
    look.once(((each.head, ("number",), each.head.number) for each in sessions), "Bijeenkomst")
    look.once(((each.head, ("title",), each.slug) for each in sessions), "Bijeenkomst")


def _modules(look: _Crossings) -> None:
    head = look.course.head
    elements = [element.slug for element in head.core_elements]
    for n, module in enumerate(head.modules):
        look.known(head, ("modules", n, "core_element"), module.core_element, elements, "Kernelement")
        _image(look, head, ("modules", n, "image"), module.image)
        earlier = [each.slug for each in head.modules[:n]]
        for place, slug in enumerate(module.after):
            look.known(head, ("modules", n, "after", place), slug, earlier, "Een eerdere module")
        _never_open(look, n, {each.slug for each in head.modules[:n] if not each.available})
    for n, content in enumerate(look.course.modules):
        if content.head.available and not any(lesson.head.required for lesson in content.lessons):
            sentence = f"Module ‘{content.head.slug}’ is open en heeft geen les die verplicht is."
            look.tell(head, ("modules", n, "slug"), sentence, "Voeg een les toe, of zet available: false.")
        for lesson in content.lessons:
            _image(look, lesson.head, ("image",), lesson.head.image)
    if not any(module.available for module in head.modules):
        look.tell(head, ("modules",), "Er is nog geen module open.", "Zet bij één module available: true.")


def _never_open(look: _Crossings, n: int, to_come: set[str]) -> None:
    """What waits for a module that only follows later waits for ever."""
    head, module = look.course.head, look.course.head.modules[n]
    hint = "Zet die module open, of haal weg dat hierop gewacht wordt."
    for place, slug in enumerate(module.after):
        if module.available and slug in to_come:
            sentence = f"Module ‘{module.title}’ gaat open na een module die nog niet open is."
            look.tell(head, ("modules", n, "after", place), sentence, hint)
    if module.safety and not module.available:
        sentence = f"De praktijk wacht op module ‘{module.title}’, en die is nog niet open."
        look.tell(head, ("modules", n, "safety"), sentence, hint)


def _image(look: _Crossings, value: BaseModel, steps: Steps, name: str | None) -> None:
    if name is not None and name not in look.course.images:
        look.tell(value, steps, f"Beeld ‘{name}’ staat niet in de map images.", "Zet het erbij of kies een ander.")


def _rubric(look: _Crossings) -> None:
    elements = [element.slug for element in look.course.head.core_elements]
    rubric = look.course.rubric
    for n, criterion in enumerate(rubric.criteria):
        look.known(rubric, ("criteria", n, "core_element"), criterion.core_element, elements, "Kernelement")
    for n, check in enumerate(rubric.adherence):
        look.known(rubric, ("adherence", n, "core_element"), check.core_element, elements, "Kernelement")


def _assignments(look: _Crossings) -> None:
    heads = [assignment.head for assignment in look.course.assignments]
    if not heads:
        look.tell(look.course.head, (), "Er is nog geen praktijkopdracht.", "Maak assignments/01-een-naam.yaml aan.")
    elif not any(head.decides for head in heads):
        look.tell(heads[-1], ("decides",), "Geen enkele opdracht telt mee.", "Zet bij één opdracht decides: true.")
    for head in heads:
        _assignment(look, head)
    finals = [head for head in heads if head.final]
    for head in finals[1:]:
        look.tell(head, ("final",), "Er zijn twee afsluitende opdrachten.", "Zet final: true bij één opdracht.")
    for head in heads:
        if head.final and not head.decides:
            look.tell(head, ("final",), "De afsluitende opdracht telt niet mee.", "Zet decides: true.")


def _assignment(look: _Crossings, head: AssignmentFile) -> None:
    rubric = look.course.rubric
    codes = [criterion.code for criterion in rubric.criteria]
    checks = [check.slug for check in rubric.adherence]
    for n, code in enumerate(head.criteria):
        look.known(head, ("criteria", n), code, codes, "Criterium")
    for n, code in enumerate(head.critical):
        look.known(head, ("critical", n), code, head.criteria, "Bij criteria staat niet: criterium")
    for n, slug in enumerate(head.adherence):
        look.known(head, ("adherence", n), slug, checks, "Controle")
    look.once(((head, ("criteria", n), code) for n, code in enumerate(head.criteria)), "Criterium")
    if head.decides and not head.criteria:
        look.tell(head, ("criteria",), "Een opdracht die meetelt heeft criteria.", "Noem er minstens één.")
    if head.needs_visit and not head.needs_group:
        look.tell(head, ("needs_visit",), "Een coachbezoek vraagt om een groep.", "Zet needs_group: true.")


def _handbook(look: _Crossings) -> None:
    elements = [element.slug for element in look.course.head.core_elements]
    for session in look.course.sessions:
        add_up(session.head, look.sources.of(session.head), look.problems)
        for n, form in enumerate(session.head.working_forms):
            steps = ("working_forms", n, "core_element")
            look.known(session.head, steps, form.core_element, elements, "Kernelement")


def add_up(head: SessionHead, document: Document, problems: Problems) -> None:
    """Note where the steps of a session take another time than the session."""
    total = sum(step.minutes for step in head.steps)
    if total != head.minutes:
        sentence = f"De stappen duren samen {total} minuten, en hier staat {head.minutes}."
        document.problem(problems, ("minutes",), sentence, "Pas een van de twee aan.")
