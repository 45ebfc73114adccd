"""From a course folder to its content, with every problem that stands in the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel

from app.courses.files.crossings import Sources, check_crossings
from app.courses.files.document import Document, front_matter, read_yaml
from app.courses.files.doing import needed
from app.courses.files.folder import Files, Folder, Found, on_disk
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
    Rendered,
    RubricFile,
    SessionContent,
    SessionHead,
)
from app.courses.files.problems import Problem, Problems
from app.courses.files.questions import QuizFile
from app.courses.files.writing import Library

Model = TypeVar("Model", bound=BaseModel)
QUIZ: Final = "toets.yaml"
KNOWN: Final = frozenset(
    {"course.yaml", "policy.yaml", "rubric.yaml", "modules", "assignments", "handbook", "images", "media"}
)


def read_course(folder: Path) -> tuple[CourseContent | None, list[Problem]]:
    """The content of a course folder; None as soon as there is one problem, so that nothing half is published."""
    problems = Problems()
    files = on_disk(folder, problems)
    if files is None:
        return None, problems.in_order()
    return read_files(files)


def read_files(files: Files) -> tuple[CourseContent | None, list[Problem]]:
    """The content of a course whose files stand anywhere; None as soon as there is one problem."""
    problems = Problems()
    content = _Reading(Folder(files, problems), problems).course()
    found = problems.in_order()
    return (None if found else content), found


@dataclass
class _Reading:
    folder: Folder
    problems: Problems
    sources: Sources = field(default_factory=Sources)
    library: Library = field(default_factory=Library)
    texts: dict[str, str] = field(default_factory=dict)

    def course(self) -> CourseContent | None:
        for path in self.folder.children(""):
            if path not in KNOWN:
                hint = f"Een opleiding bestaat uit: {', '.join(sorted(KNOWN))}."
                self.problems.add(path, 1, 1, "Dit hoort niet in de map van een opleiding.", hint)
        self.library = Library(self.folder.images(), self.folder.media())
        head = self._read("course.yaml", CourseFile)
        policy = self._read("policy.yaml", PolicyFile)
        rubric = self._read("rubric.yaml", RubricFile)
        modules = self._modules(head) if head else ()
        assignments = self._assignments()
        handbook, sessions = self._handbook()
        if head is None or policy is None or rubric is None:
            return None
        content = CourseContent(
            head,
            policy,
            rubric,
            modules,
            assignments,
            handbook,
            sessions,
            dict(self.library.images),
            dict(self.library.media),
            self.texts,
        )
        check_crossings(content, self.sources, self.problems)
        return content

    def _text(self, path: str) -> str | None:
        text = self.folder.text(path)
        if text is not None:
            self.texts[path] = text
        return text

    def _read(self, path: str, model: type[Model]) -> Model | None:
        text = self._text(path)
        document = read_yaml(text, path, self.problems) if text is not None else None
        return self._fit(document, model)

    def _fit(self, document: Document | None, model: type[Model]) -> Model | None:
        value = document.into(model, self.problems) if document is not None else None
        if document is not None and value is not None:
            self.sources.remember(value, document)
        return value

    def _with_head(self, path: str, model: type[Model]) -> tuple[Model, Rendered, str] | None:
        """A Markdown file with its head."""
        text = self._text(path)
        cut = front_matter(text, path, self.problems) if text is not None else None
        if cut is None:
            return None
        head_text, body, line = cut
        head = self._fit(read_yaml(head_text, path, self.problems, first_line=1), model)
        rendered = render(body, file=path, first_line=line, problems=self.problems, library=self.library)
        if not body.strip():
            self.problems.add(path, line + 1, 1, "Onder de kop staat nog geen tekst.", "Schrijf hem hieronder.")
        return (head, rendered, body) if head is not None else None

    def _modules(self, head: CourseFile) -> tuple[ModuleContent, ...]:
        found = {item.slug: item for item in self.folder.numbered("modules", "")}
        order = [module.slug for module in head.modules]
        for slug, item in found.items():
            if slug not in order:
                hint = "Maak er bij Opbouw een module van, of haal de lessen weg. Als tekst: zet hem bij modules."
                self.problems.add(item.path, 1, 1, f"De lessen van ‘{slug}’ staan in geen module.", hint)
        return tuple(self._module(module, found.get(module.slug), head) for module in head.modules)

    def _module(self, module: ModuleFile, found: Found | None, head: CourseFile) -> ModuleContent:
        lessons: list[LessonContent] = []
        quiz = None
        if found is not None:
            for item in self.folder.numbered(found.path, ".md", also=frozenset({QUIZ})):
                read = self._with_head(item.path, LessonHead)
                if read is not None:
                    self._needs(*read[:2])
                    lessons.append(LessonContent(item.slug, *read))
            if self.folder.has(f"{found.path}/{QUIZ}"):
                quiz = self._read(f"{found.path}/{QUIZ}", QuizFile)
        elif module.available:
            hint = f"Maak modules/01-{module.slug} met een les, of zet available: false."
            steps = ("modules", head.modules.index(module), "slug")
            sentence = f"Bij module ‘{module.slug}’ hoort een map met lessen."
            self.sources.of(head).problem(self.problems, steps, sentence, hint)
        return ModuleContent(module, tuple(lessons), quiz)

    def _needs(self, head: LessonHead, text: Rendered) -> None:
        for place in needed(head.required_blocks, text.blocks):
            sentence = f"Blok ‘{head.required_blocks[place]}’ staat niet in deze les."
            hint = "Noem een vraag, reflectie, video of geluid uit de tekst."
            self.sources.of(head).problem(self.problems, ("required_blocks", place), sentence, hint)

    def _assignments(self) -> tuple[AssignmentContent, ...]:
        assignments: list[AssignmentContent] = []
        for item in self.folder.numbered("assignments", ".yaml"):
            head = self._read(item.path, AssignmentFile)
            if head is not None:
                what, good, looks = (self._said(head, name) for name in ("what", "good", "coach_looks_at"))
                assignments.append(AssignmentContent(head, what, good, looks))
        return tuple(assignments)

    def _said(self, head: AssignmentFile, name: str) -> Rendered:
        """A Markdown value of an assignment; its problems stand at the line where the value begins."""
        document = self.sources.of(head)
        line, _ = document.at(name)
        return render(
            getattr(head, name), file=document.file, first_line=line, problems=self.problems, library=self.library
        )

    def _handbook(self) -> tuple[HandbookFile | None, tuple[SessionContent, ...]]:
        if not self.folder.has("handbook"):
            return None, ()
        handbook = self._read("handbook/handbook.yaml", HandbookFile)
        sessions: list[SessionContent] = []
        for item in self.folder.numbered("handbook", ".md", also=frozenset({"handbook.yaml"})):
            read = self._with_head(item.path, SessionHead)
            if read is not None:
                sessions.append(SessionContent(item.slug, *read))
        return handbook, tuple(sessions)
