"""The first admin's four steps: organisation, course, people, first round."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from starlette.datastructures import FormData

from app.access import Permission
from app.courses.actions.publishing import kept_first, publish
from app.people import inputs
from app.people.actions import accounts
from app.reports.start import STEPS, start_page
from app.web.kit.ask import Answer, Ask, Page, Services, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.shared import N_

if TYPE_CHECKING:
    from app.courses.files.models import CourseContent
    from app.courses.files.problems import Problem

area = Area()
TEMPLATE: Final = "start/start.html"
TITLE: Final = re.compile(r"""^title:\s*(["']?)(.+?)\1\s*$""", re.MULTILINE)
SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")


def folders(services: Services) -> dict[str, str]:
    """The courses that lie ready in the folder of this installation: their titles, as far as they say one."""
    found = sorted(services.settings.courses_dir.glob("*/course.yaml"))
    return {path.parent.name: _title(path) for path in found if SLUG.fullmatch(path.parent.name)}


def _title(path: Path) -> str:
    """The title in the file; it may still be broken, so this is no reader of YAML."""
    said = TITLE.search(path.read_text(encoding="utf-8", errors="replace"))
    return said[2] if said else path.parent.name


def read(services: Services, form: FormData) -> tuple[CourseContent | None, list[Problem]]:
    """The chosen course from its folder, away from the database; nothing for a name that is not there.

    Its pictures and media go to the store here, for no transaction waits for that.
    """
    from app.courses.files.reader import read_course  # noqa: PLC0415 - few requests need it

    slug = str(form.get("course", ""))
    if slug not in folders(services):
        return None, []
    content, problems = read_course(Path(services.settings.courses_dir) / slug)
    return (kept_first(content, services.storage) if content is not None else None), problems


@area.get("/beheer/start", policy=Permission.PREPARE_INSTALLATION, name="admin_start.show")
def show(ask: Ask) -> Answer:
    """What is done, and what is next."""
    return _page(ask, Submitted.blank(ask.viewer.locale))


@area.post("/beheer/start/organisatie", policy=Permission.PREPARE_INSTALLATION, name="admin_start.organisation")
def organisation(ask: Ask) -> Answer:
    """The first (or next) employer."""
    form = Submitted.read(inputs.NewOrganisation, ask.form, ask.viewer.locale)
    if not form.valid:
        return _page(ask, form, status=422)
    accounts.ensure_organisation(ask.db, name=form.given.name, city=form.given.city, now=ask.now)
    return redirect("/beheer/start", toast=N_("De organisatie staat erin."))


@area.post("/beheer/start/opleiding", policy=Permission.PREPARE_INSTALLATION, name="admin_start.publish", prepare=read)
def publish_course(ask: Ask) -> Answer:
    """Publish a course from its folder; publishing the same content again changes nothing."""
    content, problems = ask.prepared
    if content is None:
        told = [str(problem) for problem in problems]
        return _page(ask, Submitted.blank(ask.viewer.locale), status=422, problems=told)
    publish(ask.db, content, by_id=ask.viewer.id, storage=ask.services.storage, now=ask.now)
    return redirect("/beheer/start", toast=N_("De opleiding staat klaar."))


def _page(ask: Ask, form: Submitted[Any], *, status: int = 200, problems: list[str] | None = None) -> Page:
    page = start_page(ask.db, folders=folders(ask.services), problems=problems or [])
    return render(TEMPLATE, page, status=status, form=form, steps=STEPS)
