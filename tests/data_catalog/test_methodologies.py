"""What holds for every declared methodology."""

import csv
import re
from importlib import resources

import pytest

from data_catalog.methodologies import Methodology, bundled, unknown_titles
from data_catalog.methodologies.facts import facts
from data_catalog.parameters import bundled as rows
from data_catalog.references import references
from data_catalog.units import conversion
from sinks.credits.deductions import DEDUCTIONS
from sinks.pools import POOLS

METHODOLOGIES = list(bundled().values())
each = pytest.mark.parametrize("one", METHODOLOGIES, ids=lambda m: m.id)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@each
def test_titles_and_notes_are_in_both_languages(one: Methodology) -> None:
    assert CHINESE.search(one.title_zh)
    assert not CHINESE.search(one.title_en)
    assert CHINESE.search(one.note_zh)
    assert one.note_en


@each
def test_every_source_is_a_reference(one: Methodology) -> None:
    assert one.source in references()
    for rule in one.eligibility:
        assert rule.source in references(), rule.id


@each
def test_a_pool_is_required_optional_or_excluded_once(one: Methodology) -> None:
    named = [*one.pools.required, *one.pools.optional, *one.pools.excluded]
    assert len(named) == len(set(named))
    assert set(named) <= set(POOLS)


@each
def test_a_rule_asks_for_a_fact_by_a_number_in_its_unit_or_by_words(one: Methodology) -> None:
    for rule in one.eligibility:
        fact = facts()[rule.fact]
        if not rule.parameter:
            assert rule.want is not None, rule.id
            continue
        assert fact.kind == "number", rule.id
        row = rows().find(rule.parameter, one.set, rule.key)
        if row is None:
            assert rule.parameter in one.unknown, rule.id
        else:
            conversion(row.units, fact.units)


@each
def test_a_rule_known_from_memory_rests_on_a_row_graded_so(one: Methodology) -> None:
    for rule in one.eligibility:
        row = rows().find(rule.parameter, one.set, rule.key)
        if row is not None:
            assert (row.grade == "recalled") == (rule.status == "recalled"), rule.id


@each
def test_the_limits_of_its_deduction_are_rows_and_their_level_too(one: Methodology) -> None:
    rule = one.uncertainty
    if rule.rule in DEDUCTIONS:
        for parameter in DEDUCTIONS[rule.rule].parameters().values():
            assert rows().find(parameter, one.set) is not None, parameter
        assert rows().find("confidence_level", rule.confidence) is not None
    else:
        assert rule.rule in {"none", "unknown"}


@each
def test_what_is_not_known_has_a_name_and_no_row(one: Methodology) -> None:
    for name in one.unknown:
        assert CHINESE.search(unknown_titles()[name].zh)
        assert rows().find(name, one.set) is None, name


def test_the_risk_tool_has_every_line_of_its_source() -> None:
    file = resources.files("data_catalog.methodologies") / "nprt_v42.csv"
    lines = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    by_table = {c: sum(r["category"] == c for r in lines) for c in {r["category"] for r in lines}}
    # 25 pairs of damage and frequency, and 4 kinds of mitigation
    assert by_table == {"PM": 10, "FV": 10, "OC": 11, "LT": 12, "SE": 2, "PC": 6, "NAT": 29}
    for line in lines:
        assert CHINESE.search(line["zh"]), line
        assert line["score"] == "fail" or -4 <= float(line["score"]) <= 30, line


NATURAL = {
    "catastrophic": ("fail", "30", "20", "5", "4"),
    "devastating": ("30", "20", "5", "4", "3"),
    "major": ("20", "5", "4", "3", "2"),
    "minor": ("5", "4", "3", "2", "1"),
}
"""Table 10 of the tool, version 4.2: more often than every 10 years ... every 100 years or less."""


def test_the_scores_of_natural_risks_are_those_of_the_reference() -> None:
    file = resources.files("data_catalog.methodologies") / "nprt_v42.csv"
    lines = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    found = {r["item"]: r["score"] for r in lines if r["category"] == "NAT"}
    often = ("more_than_10", "10_25", "25_50", "50_100", "100")
    for damage, scores in NATURAL.items():
        assert tuple(found[f"{damage}/{how}"] for how in often) == scores, damage
    # of no matter: 4, 3, 2, 1, 1 in the tool's text; a reprint has 1 for every 25 to 50 years,
    # and the higher, more careful one stands
    assert found["insignificant/25_50"] == "2"
    assert [found[f"mitigation/{kind}"] for kind in ("none", "prevention", "both")] == [
        "1", "0.5", "0.25",
    ]  # fmt: skip
