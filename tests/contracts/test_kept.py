"""What we say that we keep is what the columns hold, each thing once, in words that people can tell apart."""

from __future__ import annotations

from collections import Counter
from typing import Final

import pytest

from app.kit.i18n import LOCALES, Locale, translations
from app.kit.tables import WITH_ITS_ROW
from app.web.pages.information import what_is_kept
from app.web.words.kept import Row
from app.web.words.retention import ERASED, KEPT, PERIODS
from migrations.models import metadata

MARKS: Final = {f"{table.name}.{column.name}": column.info for table in metadata.tables.values() for column in table.c}
PERSONAL: Final = {name for name, mark in MARKS.items() if mark.get("pii", "none") != "none"}
ROWS: Final = [row for group in KEPT for row in group.rows]


def test_every_column_with_personal_data_is_told_about_once() -> None:
    told = Counter(column for row in ROWS for column in row.columns)
    assert sorted(PERSONAL - set(told)) == []
    assert sorted(set(told) - PERSONAL) == []
    assert [column for column, times in told.items() if times > 1] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.what)
def test_a_row_is_one_thing(row: Row) -> None:
    """What it holds goes at one moment, and erasing does one thing to it."""
    own = [MARKS[column] for column in row.columns if MARKS[column]["keep"] != WITH_ITS_ROW]
    assert len({mark["keep"] for mark in own}) == (0 if row.period else 1)
    assert len({ERASED[mark["on_erase"]] for mark in own or [MARKS[column] for column in row.columns]}) == 1


def test_every_period_of_the_marks_has_words() -> None:
    assert set(PERIODS) | {WITH_ITS_ROW} == {MARKS[column]["keep"] for column in PERSONAL}


@pytest.mark.parametrize("locale", LOCALES)
def test_nobody_has_to_guess_which_row_is_which(locale: Locale) -> None:
    gettext = translations(locale).gettext
    rows = [row for group in what_is_kept() for row in group.rows]
    for what in ([gettext(row.what) for row in rows], [gettext(row.why) for row in rows]):
        assert [words for words, times in Counter(what).items() if times > 1] == []
