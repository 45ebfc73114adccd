"""One request leaves the statements of another alone, also when its time is over."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from app.access import Permission
from app.web.kit import route
from app.web.kit.ask import Answer, Ask, Content
from app.web.kit.route import Area
from tests.page import SAME_ORIGIN
from tests.pages.test_edge import Serve, serve  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from app.kit.db import Database

COUNTING = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 6000000) SELECT count(*) FROM t"


def test_a_slow_preparation_leaves_others_alone(
    serve: Serve,  # noqa: F811
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(route, "PREPARE_S", 1.0)
    area = Area()

    def slowly(_services: Any, _form: Any) -> None:
        time.sleep(2)

    @area.post("/traag", policy=Permission.PUBLIC, name="slow", prepare=slowly)
    def slow(_ask: Ask) -> Answer:
        return Content(body=b"", media_type="text/plain")

    @area.get("/ander", policy=Permission.PUBLIC, name="other")
    def other(ask: Ask) -> Answer:
        ask.db.execute(text(COUNTING if database.is_sqlite else "SELECT pg_sleep(2.5)")).all()
        return Content(body=b"goed", media_type="text/plain")

    client = serve(area)
    with ThreadPoolExecutor(2) as pool:
        late = pool.submit(client.post, "/traag", headers=SAME_ORIGIN)
        time.sleep(0.4)
        innocent = pool.submit(client.get, "/ander")
        assert late.result().status_code == 503
        assert innocent.result().status_code == 200
