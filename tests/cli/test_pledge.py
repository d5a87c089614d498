"""`gep pledge`: two banks, one forest, from an empty registry to the release."""

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli.main import gep
from data_catalog.errors import TableError, UnknownNameError
from lending.registry import ChainBroken, ConflictsFound, NotAllowed, RegistryError

Says = Callable[..., str]
PARCELS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"parcel_id": name, "region": "331127", "certificate": "浙(2020)0001"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [
                    [[x, 28.0], [x + 0.01, 28.0], [x + 0.01, 28.01], [x, 28.01], [x, 28.0]]
                ],
            },
        }
        for name, x in (("K1", 119.0), ("K2", 119.005))
    ],
}
PROJECT = {
    "project_id": "J1", "programme": "VCS", "methodology": "VM0047",
    "crediting_from": "2020-01-01", "crediting_to": "2060-01-01",
}  # fmt: skip
BATCH = {
    "batch_id": "B1", "project_id": "J1", "vintage_from": "2026-01-01",
    "vintage_to": "2027-01-01", "tonnes": "100",
}  # fmt: skip

PAPERS = {
    "register_search_clear": True, "register_search_date": datetime.now(UTC).date().isoformat(),
    "freeze_confirmed": True, "holder_is_party": True, "title_chain_complete": True,
    "collective_vote": True, "village_committee_guarantees": False,
    "litigation_or_seizure": False, "past_tonnes_unsold": True, "sold_forward": False,
    "inputs_hash": "ab12",
}  # fmt: skip


def loan(name: str) -> dict[str, Any]:
    return {
        "loan_id": name, "amount": "300000", "rate": "0.0435", "starts": "2026-01-01",
        "ends": "2029-01-01",
    }  # fmt: skip


def pledge(loan_id: str, parcel: str, tonnes: str) -> dict[str, Any]:
    return {
        "loan_id": loan_id, "right_code": "CARB_F", "parcels": [parcel],
        "vintage_from": "2026-01-01", "vintage_to": "2031-01-01",
        "parts": [{"batch_id": "B1", "tonnes": tonnes}], "secured_amount": "300000",
    }  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Says:
    """Run a command of `gep pledge` as a user."""
    monkeypatch.setenv("GEP_LANG", "en")
    monkeypatch.setenv("GEP_PLEDGE_DB", str(tmp_path / "pledges.db"))

    def run(user: str, *arguments: object) -> str:
        monkeypatch.setenv("GEP_PLEDGE_USER", user)
        words = ["pledge", *(str(a) for a in arguments)]
        found = CliRunner().invoke(gep, words, catch_exceptions=False, standalone_mode=False)
        if found.exception:
            raise found.exception
        return found.output

    run("", "init", "--keys", tmp_path / "keys")
    for name, role in (("li", "bank_maker"), ("wang", "bank_checker"), ("lin", "forestry"),
                       ("shen", "auditor")):  # fmt: skip
        run("", "user", name, "--role", role, "--organisation", "Rural Bank")
    return run


@pytest.fixture
def signed(desk: Says, tmp_path: Path) -> Says:
    """Two pledges, P000001 and P000002, of forests that overlap by half, both signed."""
    for user, kind, given in (
        ("lin", "parcel", PARCELS), ("lin", "project", PROJECT), ("lin", "batch", BATCH),
        ("li", "loan", [loan("L1"), loan("L2")]),
    ):  # fmt: skip
        file = tmp_path / f"{kind}.json"
        file.write_text(json.dumps(given), encoding="utf-8")
        desk(user, "record", kind, file)
    file = tmp_path / "pledges.json"
    file.write_text(json.dumps([pledge("L1", "K1", "60"), pledge("L2", "K2", "40")]))
    assert desk("li", "apply", file).split() == ["P000001", "P000002"]
    papers_file = tmp_path / "papers.json"
    papers_file.write_text(json.dumps(PAPERS), encoding="utf-8")
    for name in ("P000001", "P000002"):
        desk("li", "declare", name, "coowners_agree=yes", "tenure_end=2070-01-01", "--file",
             papers_file, "--document", "deed 7")  # fmt: skip
        desk("li", "step", name, "screen")
        desk("li", "step", name, "investigate")
        desk("wang", "approve", name)
        desk("li", "step", name, "sign")
    return desk


def test_the_second_bank_is_told_and_waits_for_the_release(signed: Says) -> None:
    assert "registered as ZDW-1" in signed("li", "register", "P000001", "--number", "ZDW-1")
    with pytest.raises(ConflictsFound, match="P000001/K1"):
        signed("li", "register", "P000002", "--number", "ZDW-2")
    signed("li", "step", "P000001", "draw")
    signed("wang", "release", "P000001", "--batch", "B1", "--tonnes", "10")
    signed("li", "step", "P000001", "repay")
    assert signed("wang", "release", "P000001") == "P000001: released\n"
    signed("li", "register", "P000002", "--number", "ZDW-2")
    listed = json.loads(signed("shen", "list", "--state", "registered", "--json"))
    assert [(one["pledge_id"], one["tonnes"]) for one in listed] == [("P000002", "40.000")]


def test_what_is_shown_of_a_pledge(signed: Says) -> None:
    signed("li", "register", "P000001", "--number", "ZDW-1", "--ends", "2036-01-01")
    page = signed("shen", "show", "P000001")
    for words in ("K1", "300,000.00", "ZDW-1", "pledged", "60.000", "draw, release", "approve"):
        assert words in page
    shown = json.loads(signed("shen", "show", "P000001", "--json"))
    assert [event["kind"] for event in shown["events"]] == [
        "apply", "declare", "screen", "investigate", "approve", "sign", "register",
    ]  # fmt: skip


def test_the_audit_names_what_was_altered(signed: Says, tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    keys = tmp_path / "keys"
    line = signed("shen", "checkpoint", "--key", keys / "checkpoint.key", "--out", tmp_path / "c")
    assert (tmp_path / "c").read_text() == line
    options = ("--public-key", keys / "checkpoint.pub", "--checkpoints", tmp_path / "c")
    assert "1 hold (signatures verified)" in signed("shen", "audit", *options)
    signed("shen", "backup", tmp_path / "b.zip")
    with closing(sqlite3.connect(tmp_path / "pledges.db", isolation_level=None)) as raw:
        raw.execute("DROP TRIGGER guard_events_once")
        raw.execute("UPDATE events SET actor = 'li' WHERE seq = 9")
    with pytest.raises(ChainBroken, match="event 9 was altered"):
        signed("shen", "audit")
    place = tmp_path / "again.db"
    signed("", "restore", tmp_path / "b.zip", "--db", place)
    assert "sound" in signed("shen", "audit", "--db", place, *options)


def test_each_role_keeps_to_its_own(signed: Says, tmp_path: Path) -> None:
    for user, words in (
        ("li", ("approve", "P000001")), ("li", ("audit",)), ("wang", ("backup", tmp_path / "b")),
        ("lin", ("register", "P000001", "--number", "1")), ("shen", ("seal", "S1")),
    ):  # fmt: skip
        with pytest.raises(NotAllowed, match="may not"):
            signed(user, *words)


def test_a_bank_sees_its_own_pledges_alone(signed: Says) -> None:
    signed("", "user", "tao", "--role", "bank_maker", "--organisation", "Timber Bank")
    assert json.loads(signed("tao", "list", "--json")) == []
    for words in (("show", "P000001"), ("check", "P000001"),
                  ("export", "P000001", "--out", "none.csv")):  # fmt: skip
        with pytest.raises(UnknownNameError, match="no pledge is named 'P000001'"):
            signed("tao", *words)
    assert len(json.loads(signed("lin", "list", "--json"))) == 2


def test_personal_fields_need_the_key_and_can_be_sealed(desk: Says, tmp_path: Path) -> None:
    file = tmp_path / "party.json"
    party = {"subject_id": "S1", "kind": "person", "personal": {"name": "李山"}}
    file.write_text(json.dumps(party))
    with pytest.raises(RegistryError, match="--sealing-key"):
        desk("li", "record", "party", file)
    desk("li", "record", "party", file, "--sealing-key", tmp_path / "keys" / "sealing.key")
    assert "sealed for good" in desk("wang", "seal", "S1")
    assert "sound" in desk("shen", "audit")


BAD = {
    "a field that is none": {"loan_id": "L1", "colour": "green"},
    "money that is no number": loan("L1") | {"amount": "NaN"},
    "a rate above one": loan("L1") | {"rate": "4.35"},
    "a name with a newline": loan("L\n1"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_form_is_told_by_its_field(desk: Says, tmp_path: Path, what: str) -> None:
    file = tmp_path / "bad.json"
    file.write_text(json.dumps(BAD[what]))
    with pytest.raises(Exception, match=r"bad\.json 1: (colour|amount|rate|loan_id)"):
        desk("li", "record", "loan", file)


def test_what_is_no_json_or_no_area_is_told(desk: Says, tmp_path: Path) -> None:
    file = tmp_path / "bad.json"
    file.write_text("{not json")
    with pytest.raises(Exception, match="no JSON"):
        desk("li", "record", "loan", file)
    bow = {"parcel_id": "K", "region": "3", "certificate": "c",
           "geometry": "POLYGON((0 0,1 1,1 0,0 1,0 0))"}  # fmt: skip
    file.write_text(json.dumps(bow))
    with pytest.raises(Exception, match="the boundary crosses itself"):
        desk("lin", "record", "parcel", file)


@pytest.mark.parametrize("features", [None, {}, [1], [None], [{"properties": None}], ["x"]])
def test_geojson_without_properties_is_told(desk: Says, tmp_path: Path, features: object) -> None:
    file = tmp_path / "bad.json"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    with pytest.raises(TableError, match=r"bad\.json( 1)?: .*(no list|with properties)"):
        desk("lin", "record", "parcel", file)


def test_a_paper_that_lacks_or_says_no_bars_the_registration(signed: Says) -> None:
    from click.exceptions import UsageError

    signed("li", "declare", "P000001", "coowners_agree=no")
    signed("wang", "declare", "P000001", "tenure_end=2030-12-31")
    found = json.loads(signed("li", "check", "P000001", "--json"))["findings"]
    barred = {f["check"]: f["what_en"] for f in found if f["level"] == "BLOCK"}
    assert set(barred) == {"R2", "V2"}
    assert "end of the tenure is 2030-12-31, before" in barred["V2"]
    with pytest.raises(ConflictsFound) as refused:
        signed("li", "register", "P000001", "--number", "ZDW-1")
    for language, words in (("zh", "共有人均同意"), ("en", "all co-owners agree")):
        assert words in refused.value.say(language)
    with pytest.raises(UsageError):
        signed("li", "declare", "P000001", "coowners_agree")
    with pytest.raises(RegistryError, match="holds this itself"):
        signed("li", "declare", "P000001", "maker=zhao")
    late = ("declare", "P000001", "coowners_agree=是", "tenure_end=2031-01-01", "--document", "d 8")
    with pytest.raises(NotAllowed, match="another person must"):
        signed("li", *late)
    signed("wang", *late)
    assert "d 8" in signed("li", "show", "P000001")
    assert "registered as" in signed("li", "register", "P000001", "--number", "ZDW-1")


def test_a_check_says_whether_the_tonnes_are_free_and_what_was_not_looked_at(
    signed: Says, tmp_path: Path
) -> None:
    """100 t: 60 go to P000001, 40 to P000002, and an application for 40.001 t is 0.001 t short."""
    asked = json.loads(signed("li", "check", "P000001", "--json"))
    assert asked["tonnes"] == [{
        "batch_id": "B1", "tonnes": "60.000", "free": "100.000", "serials": [], "held": False,
        "enough": True,
    }]  # fmt: skip
    assert asked["checks_by_declaration_alone"] == ["P1", "P4", "S2"]
    assert asked["checks_not_made"] == []
    said = signed("li", "check", "P000001")
    for words in (
        "Batch B1: 60.000 t_CO2e, free now; free in the batch: 100.000 t_CO2e.",
        "No register outside this one was asked: P1, P4, S2 rest on declarations alone",
        "Checks that could not be made for want of declarations: A1, ",
    ):
        assert words in said
    signed("li", "register", "P000001", "--number", "ZDW-1")
    assert "60.000 t_CO2e, held by this pledge; free in the batch: 40.000" in signed(
        "li", "check", "P000001"
    )
    file = tmp_path / "more.json"
    other = {"vintage_from": "2026-01-01", "vintage_to": "2027-01-01", "right_code": "COMP"}
    file.write_text(
        json.dumps(
            [
                pledge("L2", "K1", "40.001") | other,
                pledge("L2", "K1", "1") | {"right_code": "UND", "parts": []},
            ]
        )
    )
    more, none = signed("li", "apply", file).split()
    found = json.loads(signed("li", "check", more, "--json"))["findings"]
    (short,) = [f for f in found if f["check"] == "S4"]
    assert (short["level"], short["tonnes"]) == ("BLOCK", "0.001")
    assert "40.000 t_CO2e of batch B1 are free, 40.001 t_CO2e are asked for" in short["what_en"]
    unnamed = signed("li", "check", none, "--lang", "zh")
    assert "未作的检查：S3、S4。" in unnamed
    assert "质押没有写明批次和吨数，吨数总量未作比对。" in unnamed


def test_a_changed_matrix_is_held_against_the_registry(signed: Says, tmp_path: Path) -> None:
    signed("li", "register", "P000001", "--number", "ZDW-1")
    file = tmp_path / "timber.json"
    timber = pledge("L2", "K1", "40") | {"right_code": "TREE", "parts": []}
    file.write_text(json.dumps(timber), encoding="utf-8")
    (name,) = signed("li", "apply", file).split()
    signed("li", "declare", name, "coowners_agree=yes", "tenure_end=2070-01-01", "--file",
           tmp_path / "papers.json", "--document", "deed 7")  # fmt: skip
    found = json.loads(signed("li", "check", name, "--json"))["findings"]
    assert [f["check"] for f in found if f["level"] == "BLOCK"] == ["G5", "X1"]
    with pytest.raises(RegistryError, match="gep pledge consent EARLIER --to THIS"):
        signed("li", "declare", name, "consent_of=P000001/K1")
    said = signed("wang", "consent", "P000001", "--to", name)
    assert f"P000001 consents to {name} (Rural Bank, " in said
    for step in ("screen", "investigate"):
        signed("li", "step", name, step)
    signed("wang", "approve", name)
    signed("li", "step", name, "sign")
    signed("li", "register", name, "--number", "ZDW-3")
    matrix = tmp_path / "matrix.csv"
    matrix.write_text(
        "right,other,verdict,check,meets,lifted_by,zh,en,source,where,grade\n"
        "CARB_F,TREE,forbidden,G5,ground,,不得并存。,Never both.,conflicts_design,x,local\n",
        encoding="utf-8",
    )
    said = signed("shen", "rejudge", "--matrix", matrix, "--json")
    (change,), _ = json.JSONDecoder().raw_decode(said)
    assert change["after"]["level"] == "BLOCK"
    assert {change["after"][s]["claim_id"] for s in ("claim", "other")} == {
        "P000001/K1", f"{name}/K1",
    }  # fmt: skip
    unchanged = signed("shen", "rejudge", "--matrix", matrix, "--before", matrix)
    assert "changes no level" in unchanged


def test_the_record_for_the_movable_property_register(signed: Says, tmp_path: Path) -> None:
    signed("li", "register", "P000001", "--number", "ZDW-1", "--ends", "2031-06-30")
    out = tmp_path / "records.csv"
    said = signed("shen", "export", "P000001", "--out", out)
    with out.open(encoding="utf-8-sig", newline="") as lines:
        (record,) = csv.DictReader(lines)
    wanted = {
        "reg_no": "ZDW-1", "reg_type": "初始登记", "secured_party": "Rural Bank",
        "principal_contract_no": "L1", "secured_amount": "300000.00", "currency": "CNY",
        "right_type": "CARB_F", "project_id": "J1", "parcel_ids": "K1",
        "vintage_from": "2026-01-01", "vintage_to": "2031-01-01", "tonnes": "60.000",
        "term_to": "2031-06-30", "attachments_hash": "ab12", "cancelled_at": "",
    }  # fmt: skip
    assert {name: record[name] for name in wanted} == wanted
    assert record["geometry_wkt"].startswith("EPSG:4490;POLYGON")
    # to the second, in the register's own time
    assert datetime.fromisoformat(record["reg_time"]).microsecond == 0
    assert record["reg_time"].endswith("+08:00")
    assert record["term_from"] == datetime.fromisoformat(record["reg_time"]).astimezone(
        UTC).date().isoformat()  # fmt: skip
    assert "number of the amendment" in said
