"""What a form suggests: the rule of domain.md 9.1, line by line and as properties."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.courses.rules import AdherenceCheck, AssignmentDefinition, CoreElement, Criterion, Rubric
from app.practice.inputs import filled_in, observation_form
from app.practice.rules.forms import (
    UNSEEN,
    Answer,
    Check,
    Observation,
    Reason,
    decisions_for,
    digest_of,
    gaps,
    suggestion,
)
from app.practice.rules.states import Decision

LEVELS = ("nog niet", "op weg", "zoals bedoeld", "overtuigend")


def criterion(code: str, element: str | None) -> Criterion:
    return Criterion(code, f"Titel {code}", element, LEVELS)


RUBRIC = Rubric(
    version="1",
    level_names=LEVELS,
    not_seen="Niet gezien",
    criteria=(
        criterion("BW1", "beeld"),
        criterion("BW2", "beeld"),
        criterion("VE1", "veilig"),
        criterion("PH1", None),
        criterion("PH2", None),
        criterion("XX1", "veilig"),
    ),
    adherence=(
        AdherenceCheck("doel", "Het doel is genoemd", None, must=True),
        AdherenceCheck("oefening", "Er is geoefend", "veilig", must=False),
        AdherenceCheck("elders", "Hoort bij een andere opdracht", None, must=True),
    ),
    core_elements=(
        CoreElement("beeld", "BW", "Beeld", "", "hand"),
        CoreElement("veilig", "VE", "Veilig", "", "huis"),
    ),
)
VISIT = AssignmentDefinition(
    slug="een",
    code="PO2",
    title="Een bijeenkomst",
    summary="",
    decides=True,
    final=False,
    needs_group=True,
    needs_visit=True,
    needs_photo=True,
    criteria=("BW1", "BW2", "VE1", "PH1", "PH2"),
    critical=("VE1",),
    adherence=("doel", "oefening"),
    what_html="",
    good_html="",
    bring=(),
    coach_looks_at_html="",
)
LOOK = replace(VISIT, decides=False)
WELL = Observation(
    scores=dict.fromkeys(VISIT.criteria, 3),
    checks={"doel": Check(Answer.YES), "oefening": Check(Answer.YES)},
    strong=("Rust",),
    growing=("Vragen",),
    agreements=("Volgende week bellen",),
)


def with_scores(**levels: int) -> Observation:
    return replace(WELL, scores=WELL.scores | levels)


def with_check(slug: str, check: Check | None) -> Observation:
    checks = {**WELL.checks}
    checks.pop(slug)
    return replace(WELL, checks=checks | ({slug: check} if check else {}))


@pytest.mark.parametrize(
    "form, decision, reasons",
    [
        (WELL, Decision.SIGNED_OFF, []),
        (with_scores(BW1=2), Decision.SIGNED_OFF, []),
        (with_scores(BW1=2, PH1=2), Decision.SIGNED_OFF, []),
        (with_scores(BW1=2, BW2=2), Decision.RETURNED, [Reason("many_2", "beeld")]),
        (with_scores(PH1=2, PH2=2), Decision.RETURNED, [Reason("many_2", "")]),
        (with_scores(VE1=2), Decision.RETURNED, [Reason("critical_2", "VE1")]),
        (with_scores(VE1=1), Decision.NOT_MET, [Reason("critical_1", "VE1")]),
        (with_scores(VE1=1, BW1=1), Decision.NOT_MET, [Reason("critical_1", "VE1")]),
        (with_scores(BW1=1), Decision.RETURNED, [Reason("level_1", "BW1")]),
        (with_scores(BW1=UNSEEN), Decision.RETURNED, [Reason("unseen", "BW1")]),
        (with_scores(VE1=UNSEEN), Decision.RETURNED, [Reason("unseen", "VE1")]),
        (with_check("doel", Check(Answer.NO)), Decision.RETURNED, [Reason("check_open", "doel")]),
        (with_check("doel", None), Decision.RETURNED, [Reason("check_open", "doel")]),
        (with_check("doel", Check(Answer.ON_PURPOSE, "Het regende")), Decision.SIGNED_OFF, []),
        (with_check("oefening", Check(Answer.NO)), Decision.SIGNED_OFF, []),
    ],
)
def test_the_rule_line_by_line(form: Observation, decision: Decision, reasons: list[Reason]) -> None:
    told = suggestion(form, VISIT, RUBRIC)
    assert (told.decision, list(told.reasons)) == (decision, reasons)


def test_what_belongs_to_other_assignments_does_not_count() -> None:
    form = replace(WELL, scores=WELL.scores | {"XX1": 1}, checks=WELL.checks | {"elders": Check(Answer.NO)})
    assert suggestion(form, VISIT, RUBRIC).decision is Decision.SIGNED_OFF


def test_a_kijkbezoek_is_only_closed() -> None:
    assert suggestion(Observation(), LOOK, RUBRIC).decision is Decision.SIGNED_OFF
    assert decisions_for(LOOK) == (Decision.SIGNED_OFF,)
    assert {gap.field for gap in gaps(Observation(), LOOK, RUBRIC)} == {"strong_1", "growing_1", "agreement_1"}
    assert not any(name.startswith(("score_", "check_")) for name in observation_form(LOOK, RUBRIC).model_fields)


scores = st.fixed_dictionaries({code: st.integers(0, 4) for code in VISIT.criteria})
answers = st.sampled_from(Answer)
ORDER = [Decision.NOT_MET, Decision.RETURNED, Decision.SIGNED_OFF]


@given(scores, answers, st.sampled_from(VISIT.criteria))
def test_a_higher_level_never_makes_it_worse(levels: dict[str, int], answer: Answer, code: str) -> None:
    form = Observation(scores=levels, checks={"doel": Check(answer, "omdat")})
    better = replace(form, scores=levels | {code: 4})
    was, becomes = suggestion(form, VISIT, RUBRIC), suggestion(better, VISIT, RUBRIC)
    assert ORDER.index(becomes.decision) >= ORDER.index(was.decision)


@given(scores, answers)
def test_klaar_has_no_reasons_and_everything_else_has(levels: dict[str, int], answer: Answer) -> None:
    told = suggestion(Observation(scores=levels, checks={"doel": Check(answer, "omdat")}), VISIT, RUBRIC)
    assert bool(told.reasons) == (told.decision is not Decision.SIGNED_OFF)
    assert (told.decision is Decision.NOT_MET) == (levels["VE1"] == 1)


def test_an_empty_form_names_all_that_is_open() -> None:
    fields = [gap.field for gap in gaps(Observation(), VISIT, RUBRIC)]
    assert fields == [
        *(f"score_{code}" for code in VISIT.criteria),
        "check_doel",
        "check_oefening",
        "strong_1",
        "growing_1",
        "agreement_1",
    ]
    assert gaps(WELL, VISIT, RUBRIC) == []


def test_done_differently_on_purpose_needs_a_reason() -> None:
    form = with_check("doel", Check(Answer.ON_PURPOSE))
    assert [(gap.code, gap.field) for gap in gaps(form, VISIT, RUBRIC)] == [("check_reason_missing", "reason_doel")]


def test_the_form_gives_back_what_was_put_in() -> None:
    form = replace(
        with_check("doel", Check(Answer.ON_PURPOSE, "Het regende")), notes={"BW1": "Eén vraag,\ndan stilte."}
    )
    fields = {name: str(value) for name, value in filled_in(form).items()}
    assert observation_form(VISIT, RUBRIC).model_validate(fields).observation() == form
    assert Observation.from_facts(form.as_facts()) == form


def test_not_seen_is_another_thing_than_not_filled_in() -> None:
    model = observation_form(VISIT, RUBRIC)
    assert model.model_validate({"score_BW1": "0"}).observation().scores == {"BW1": UNSEEN}
    assert model.model_validate({"score_BW1": ""}).observation().scores == {}


def test_a_digest_tells_every_change() -> None:
    content = {"form": WELL.as_facts(), "decision": "signed_off"}
    told = digest_of("zout", content)
    assert told == digest_of("zout", {"decision": "signed_off", "form": WELL.as_facts()})
    assert told != digest_of("zout", content | {"decision": "returned"})
    assert told != digest_of("peper", content)
