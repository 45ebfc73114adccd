"""From a course folder to its content, with every problem that stands in the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel

from app.courses.files.crossings import Sources, check_crossings
from app.courses.files.document import Document, front_matter, read_yaml
from app.courses.files.folder import Folder, Found
from app.courses.files.markdown import render
from app.courses.files.models import (
    AssignmentContent,
    AssignmentFile,
    CourseContent,
    CourseFile,
    HandbookFile,
    LessonContent,
    LessonHead,
    ModuleContent,
    ModuleFile,
    PolicyFile,
    QuizFile,
    Rendered,
    RubricFile,
    SessionContent,
    SessionHead,
)
from app.courses.files.problems import Problem, Problems

Model = TypeVar("Model", bound=BaseModel)
QUIZ: Final = "toets.yaml"
KNOWN: Final = frozenset({"course.yaml", "policy.yaml", "rubric.yaml", "modules", "assignments", "handbook", "images"})


def read_course(folder: Path) -> tuple[CourseContent | None, list[Problem]]:
    """The content of a course folder; None as soon as there is one problem, so that nothing half is published."""
    problems = Problems()
    reading = _Reading(Folder(folder, problems), problems)
    content = reading.course() if reading.folder.check_whole() else None
    found = problems.in_order()
    return (None if found else content), found


@dataclass
class _Reading:
    folder: Folder
    problems: Problems
    sources: Sources = field(default_factory=Sources)

    def course(self) -> CourseContent | None:
        root = self.folder.root
        for path in sorted(root.iterdir()):
            if path.name not in KNOWN and not path.name.startswith("."):
                hint = f"Een opleiding bestaat uit: {', '.join(sorted(KNOWN))}."
                self.problems.add(path.name, 1, 1, "Dit hoort niet in de map van een opleiding.", hint)
        head = self._read(root / "course.yaml", CourseFile)
        policy = self._read(root / "policy.yaml", PolicyFile)
        rubric = self._read(root / "rubric.yaml", RubricFile)
        images = self.folder.images()
        modules = self._modules(head) if head else ()
        assignments = self._assignments()
        handbook, sessions = self._handbook()
        if head is None or policy is None or rubric is None:
            return None
        content = CourseContent(head, policy, rubric, modules, assignments, handbook, sessions, images)
        check_crossings(content, self.sources, self.problems)
        return content

    def _read(self, path: Path, model: type[Model]) -> Model | None:
        text = self.folder.text(path)
        document = read_yaml(text, self.folder.name(path), self.problems) if text is not None else None
        return self._fit(document, model)

    def _fit(self, document: Document | None, model: type[Model]) -> Model | None:
        value = document.into(model, self.problems) if document is not None else None
        if document is not None and value is not None:
            self.sources.remember(value, document)
        return value

    def _with_head(self, path: Path, model: type[Model]) -> tuple[Model, Rendered, str] | None:
        """A Markdown file with its head."""
        name, text = self.folder.name(path), self.folder.text(path)
        cut = front_matter(text, name, self.problems) if text is not None else None
        if cut is None:
            return None
        head_text, body, line = cut
        head = self._fit(read_yaml(head_text, name, self.problems, first_line=1), model)
        rendered = render(body, file=name, first_line=line, problems=self.problems)
        if not body.strip():
            self.problems.add(name, line + 1, 1, "Onder de kop staat nog geen tekst.", "Schrijf hem hieronder.")
        return (head, rendered, body) if head is not None else None

    def _modules(self, head: CourseFile) -> tuple[ModuleContent, ...]:
        folder = self.folder.root / "modules"
        found = {item.slug: item for item in self.folder.numbered(folder, "")}
        order = [module.slug for module in head.modules]
        for slug, item in found.items():
            if slug not in order:
                hint = "Voeg hem toe bij modules, of haal de map weg."
                self.problems.add(
                    self.folder.name(item.path), 1, 1, f"Module ‘{slug}’ staat niet in course.yaml.", hint
                )
        return tuple(self._module(module, found.get(module.slug), head) for module in head.modules)

    def _module(self, module: ModuleFile, found: Found | None, head: CourseFile) -> ModuleContent:
        lessons: list[LessonContent] = []
        quiz = None
        if found is not None:
            for item in self.folder.numbered(found.path, ".md", also=frozenset({QUIZ})):
                read = self._with_head(item.path, LessonHead)
                if read is not None:
                    lessons.append(LessonContent(item.slug, *read))
            if (found.path / QUIZ).exists():
                quiz = self._read(found.path / QUIZ, QuizFile)
        elif module.available:
            hint = f"Maak modules/01-{module.slug} met een les, of zet available: false."
            steps = ("modules", head.modules.index(module), "slug")
            sentence = f"Bij module ‘{module.slug}’ hoort een map met lessen."
            self.sources.of(head).problem(self.problems, steps, sentence, hint)
        return ModuleContent(module, tuple(lessons), quiz)

    def _assignments(self) -> tuple[AssignmentContent, ...]:
        assignments: list[AssignmentContent] = []
        for item in self.folder.numbered(self.folder.root / "assignments", ".yaml"):
            head = self._read(item.path, AssignmentFile)
            if head is not None:
                what, good, looks = (self._said(head, name) for name in ("what", "good", "coach_looks_at"))
                assignments.append(AssignmentContent(head, what, good, looks))
        return tuple(assignments)

    def _said(self, head: AssignmentFile, name: str) -> Rendered:
        """A Markdown value of an assignment; its problems stand at the line where the value begins."""
        document = self.sources.of(head)
        line, _ = document.at(name)
        return render(getattr(head, name), file=document.file, first_line=line, problems=self.problems)

    def _handbook(self) -> tuple[HandbookFile | None, tuple[SessionContent, ...]]:
        folder = self.folder.root / "handbook"
        if not folder.is_dir():
            return None, ()
        handbook = self._read(folder / "handbook.yaml", HandbookFile)
        sessions: list[SessionContent] = []
        for item in self.folder.numbered(folder, ".md", also=frozenset({"handbook.yaml"})):
            read = self._with_head(item.path, SessionHead)
            if read is not None:
                sessions.append(SessionContent(item.slug, *read))
        return handbook, tuple(sessions)
