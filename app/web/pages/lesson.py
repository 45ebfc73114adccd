"""Reading a lesson. The check at the end of a module is in `check`."""

from __future__ import annotations

import json
from typing import Any, Final

from app.access import Permission
from app.kit.errors import Refused
from app.theory import actions, inputs
from app.theory.lesson_page import lesson_page
from app.web.kit.ask import Answer, Ask, Content, redirect
from app.web.kit.forms import Submitted
from app.web.kit.lessons import shown
from app.web.kit.route import Area
from app.web.words.shared import N_

area = Area()
TOLD: Final = {
    "done": N_("Les klaar."),
    "gone": N_("Deze les hoort niet meer bij je opleiding. Je hoeft er niets meer voor te doen."),
    "renewed": N_("Deze les is vernieuwd terwijl jij hem las. Lees hem nog een keer."),
}


@area.get("/opleiding/{course:slug}/{lesson:slug}", policy=Permission.SIGNED_IN, name="theory.lesson")
def lesson(ask: Ask, course: str, lesson: str) -> Answer:
    return shown(ask, lesson_page(ask.db, ask.viewer, course, lesson, today=ask.today))


@area.post("/opleiding/{course:slug}/{lesson:slug}", policy=Permission.FOLLOW_TRAINING, name="theory.finish")
def finish(ask: Ask, course: str, lesson: str) -> Answer:
    """The lesson is done; on to what follows. What was done without a connection says how long ago that was.

    A script that tells it later gets to hear what came of it (js/offline.js).
    """
    form = Submitted.read(inputs.Finished, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            ended = actions.finish_lesson(
                ask.db,
                by=ask.viewer,
                course_slug=course,
                lesson_slug=lesson,
                now=ask.now,
                ago_s=form.given.ago,
                edition_id=form.given.edition,
            )
        except Refused as refused:
            if ask.by_script:
                return _told({"state": "refused", "why": refused.code, "at": refused.field or ""}, status=422)
            form.refuse(refused)
        else:
            if not ask.by_script:
                return redirect(ended.to, toast=TOLD[ended.outcome])
            if ended.outcome == "done":
                return _told({"state": "done"})
            return _told({"state": "refused", "why": f"lesson_{ended.outcome}", "at": ""}, status=422)
    page = lesson_page(ask.db, ask.viewer, course, lesson, today=ask.today)
    return shown(ask, page, form, status=422)


def _told(what: dict[str, Any], *, status: int = 200) -> Content:
    """An answer for our own script."""
    return Content(status=status, body=json.dumps(what).encode(), media_type="application/json")
