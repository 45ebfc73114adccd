"""The course: what there is to learn, how far somebody is, and what comes next."""

from __future__ import annotations

from app.access import Permission
from app.certification.keeping_up import held_by
from app.courses.queries import courses_to_read
from app.practice.queries import progress_of
from app.theory.handbook import handbooks_beside
from app.theory.queries import course_page
from app.web.kit.ask import Answer, Ask, redirect, render
from app.web.kit.route import Area

area = Area()


@area.get("/opleiding", policy=Permission.SIGNED_IN, name="courses.list")
def courses(ask: Ask) -> Answer:
    """Who follows one course goes straight to it; a trainer who was taken over, to the handbook."""
    found = courses_to_read(ask.db, ask.viewer)
    beside = handbooks_beside(ask.db, held_by(ask.db, ask.viewer.id, ask.today), {one.slug for one in found})
    if len(found) + len(beside) == 1:
        return redirect(f"/opleiding/{found[0].slug}" if found else f"/handboek/{beside[0].slug}")
    return render("courses/list.html", found, handbooks=beside)


@area.get("/opleiding/{course:slug}", policy=Permission.SIGNED_IN, name="courses.course")
def course(ask: Ask, course: str) -> Answer:
    page = course_page(ask.db, ask.viewer, course, today=ask.today)
    practice = None
    if page.enrolment is not None:
        own = page.enrolment.id
        practice = progress_of(ask.db, [page.enrolment], theory={own: page.progress})[own]
    return render("courses/course.html", page, practice=practice)
