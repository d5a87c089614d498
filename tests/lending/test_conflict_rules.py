"""The tables of rights, checks and states hold together; a matrix of one's own re-judges."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from data_catalog.references import references
from data_catalog.units import is_unit
from lending.conflicts import ClaimError, bundled_rules, find_conflicts
from lending.conflicts.declared import RELATIONS, WORDS
from lending.conflicts.register_form import register_fields, register_record
from lending.conflicts.rejudging import rejudge
from tests.lending.claims import CRS, TODAY, box, claim, pledged, sound

RULES = bundled_rules()
TABLES = ("rights", "rights_matrix", "claim_states", "checks", "conflict_thresholds",
          "register_fields")  # fmt: skip
GRADES = {"standard", "literature", "local", "recalled", "estimate"}
HEADER = "right,other,verdict,check,meets,lifted_by,zh,en,source,where,grade\n"
HECTARE = box(0, 0, 100, 100)


def rows(name: str) -> Iterator[dict[str, str]]:
    file = resources.files("data_catalog.lending") / f"{name}.csv"
    yield from csv.DictReader(file.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_a_source_a_grade_and_both_languages(table: str) -> None:
    for row in rows(table):
        assert row["source"] in references(), row
        assert row["where"], row
        assert row["grade"] in GRADES, row
        for name, text in row.items():
            if name == "zh" or name.endswith("_zh"):
                twin = row[name[:-2] + "en"]
                assert bool(text) == bool(twin), row
                assert text != twin or not text


def test_the_checks_are_those_of_the_list_with_their_levels() -> None:
    # lending.md 5.3
    levels = {
        "G1": "FLAG", "G2": "FLAG", "G3": "BLOCK", "G4": "INFO", "G6": "BLOCK",
        "V1": "BLOCK", "V2": "BLOCK", "V3": "BLOCK", "S1": "BLOCK", "S2": "BLOCK", "S3": "BLOCK",
        "S4": "BLOCK", "P1": "BLOCK", "P2": "INFO", "P3": "FLAG", "P4": "BLOCK", "R1": "BLOCK",
        "R2": "BLOCK", "R3": "BLOCK", "R4": "FLAG", "R5": "FLAG", "A1": "FLAG", "I1": "FLAG",
        "C1": "BLOCK", "C2": "FLAG", "C3": "BLOCK", "Q1": "FLAG", "X1": "BLOCK",
    }  # fmt: skip
    found = {name: check.level for name, check in RULES.checks.items()}
    assert {name: level for name, level in found.items() if name != "G5"} == levels
    assert "G5" in found


def test_every_name_that_a_table_uses_is_in_the_table_it_comes_from() -> None:
    for rule in (*RULES.matrix.values(), *(s.rule for s in RULES.states.values() if s.rule)):
        assert rule.verdict in RULES.verdicts
        assert rule.check in RULES.checks
        assert not rule.lifted_by or rule.lifted_by in RULES.facts
    for row in RULES.declared:
        assert row.check in RULES.checks
        assert row.relation in RELATIONS
        assert row.relation in WORDS or row.relation == "given"
        assert row.rights <= RULES.rights.keys()
        for name in (row.fact, row.against, row.margin):
            assert not name or name in RULES.facts
    for fact in RULES.facts.values():
        assert not fact.units or is_unit(fact.units)
    for threshold in RULES.thresholds.values():
        assert is_unit(threshold.units)


def own_matrix(folder: Path, *lines: str) -> Path:
    file = folder / "matrix.csv"
    file.write_text(HEADER + "".join(line + "\n" for line in lines), encoding="utf-8")
    return file


def test_a_changed_matrix_names_the_pairs_whose_level_changes(tmp_path: Path) -> None:
    file = own_matrix(
        tmp_path,
        "COMP,CARB_F,compatible,G5,ground,,并存,They stand together.,conflicts_design,x,local",
        "CARB_F,GEPR,review,C1,ground,carbon_split,复核,Look.,conflicts_design,x,local",
    )
    stricter = RULES.with_matrix(file)
    claims = [
        pledged("a", HECTARE),
        pledged("b", HECTARE, right="COMP"),
        pledged("c", box(500, 0, 600, 100)),
        pledged("d", box(500, 0, 600, 100), right="GEPR"),
        pledged("e", box(900, 0, 999, 99)),
        pledged("f", box(900, 0, 999, 99)),
    ]
    changes = rejudge(claims, RULES, stricter)
    told = [
        (
            (change.before or change.after).claim.claim_id,  # type: ignore[union-attr]
            change.before and change.before.level,
            change.after and change.after.level,
        )
        for change in changes
    ]
    assert told == [("b", "FLAG", None), ("d", "BLOCK", "FLAG")]
    assert rejudge(claims, RULES, RULES) == []
    back = rejudge(claims, stricter, RULES)
    assert [(c.after, c.before) for c in back] == [(c.before, c.after) for c in changes]


@pytest.mark.parametrize(("text", "words"), [
    ("CARBF,COMP,review,G5,ground,,a,b,c,d,e", "line 2: right is 'CARBF'"),
    ("CARB_F,COMP,maybe,G5,ground,,a,b,c,d,e", "line 2: verdict is 'maybe'"),
    ("CARB_F,COMP,review,G9,ground,,a,b,c,d,e", "line 2: check is 'G9'"),
    ("CARB_F,COMP,review,G5,air,,a,b,c,d,e", "line 2: meets is 'air'"),
    ("CARB_F,COMP,review,G5,ground,say_so,a,b,c,d,e", "line 2: lifted_by is 'say_so'"),
])  # fmt: skip
def test_a_matrix_with_unknown_names_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ClaimError, match=words):
        RULES.with_matrix(own_matrix(tmp_path, text))


def test_a_file_that_is_no_matrix_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ClaimError, match="is no matrix of rights"):
        RULES.with_matrix(file)
    with pytest.raises(ClaimError, match="cannot be read"):
        RULES.with_matrix(tmp_path / "nothing.csv")


def test_only_chosen_checks_are_made() -> None:
    geometry = RULES.only(["G"])
    assert set(geometry.checks) == {"G1", "G2", "G3", "G4", "G5", "G6"}
    found = find_conflicts([claim("n", HECTARE)], [pledged("k", HECTARE)], geometry, TODAY)
    assert [f.check for f in found] == ["G3", "G1", "G2"]


def test_the_record_of_the_register_holds_what_is_known_and_leaves_the_rest_empty() -> None:
    bank = replace(sound(), holder="甲村", creditor="乙银行", programme="CCER", project="p1")
    record = register_record(bank, RULES)
    assert list(record) == [field.name for field in register_fields()]
    assert record["grantor_name"] == "甲村"
    assert record["secured_party"] == "乙银行"
    assert (record["secured_amount"], record["currency"]) == ("40000", "CNY")
    assert (record["vintage_from"], record["vintage_to"]) == ("2026-01-01", "2036-01-01")
    assert record["account_no"] == "6222"
    assert record["term_to"] == date(2030, 1, 1).isoformat()
    assert record["geometry_wkt"].startswith(f"{CRS};POLYGON")
    # parcel, years and programme make it one that can be identified (security interpretation 53)
    for part in ("parcel of sound", "2026-01-01", "CCER", "1000 t_CO2e"):
        assert part in record["description_text"]
    for name in ("grantor_id", "principal_contract_no", "reg_no", "reg_time", "cancelled_at"):
        assert record[name] == ""
    assert {field.grade for field in register_fields()} == {"recalled"}
