"""A question in the text of a lesson: a small form, and the block that it becomes."""

from __future__ import annotations

import json
from typing import Any

from app.access import Permission
from app.courses.drafts import actions, blocks, queries, questions
from app.kit.errors import NotFound
from app.kit.text import is_shown
from app.web.kit.ask import Answer, Ask, Content, redirect
from app.web.kit.forms import Submitted
from app.web.kit.route import Area

area = Area()
Form = Submitted[Any]


@area.post(
    "/beheer/opleidingen/{course:slug}/media/vraag",
    policy=Permission.EDIT_CONTENT,
    name="editor.ask_in_text",
    own_transactions=True,
)
def ask_in_text(ask: Ask, course: str) -> Answer:
    """The block of a question, for the script that puts it in a text. Nothing is written here."""
    actions.must_write(ask.viewer)
    with ask.services.database.reading() as db:
        if queries.draft_id_of(db, course) is None:
            raise NotFound
    raw = {name: ["".join(filter(is_shown, given))] for name, given in ask.form.multi_items() if isinstance(given, str)}
    kind = questions.kind_in(raw)
    if kind not in {"one", "several"}:
        raise NotFound
    if not ask.by_script:
        return redirect(f"/beheer/opleidingen/{course}")
    form: Form = Submitted(raw, ask.viewer.locale)
    for one in questions.misfits(raw, kind):
        form.add("o0-text" if one.field == "options" else one.field, one.code, **one.facts)
    if form.problems:
        return _json(422, problems=[{"field": name, "error": words} for name, words in form.problems])
    facts = questions.facts_in(raw, kind)
    return _json(201, name=questions.new_id(str(facts["text"]), ()), block=blocks.question(facts))


def _json(status: int, **facts: object) -> Content:
    body = json.dumps(facts, ensure_ascii=False).encode()
    return Content(status=status, body=body, media_type="application/json")
