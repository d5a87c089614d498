"""`gep pledge check`: findings in words, an exit code for what is blocked."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import gep
from data_catalog.errors import OutputError
from tests.lending.registry.world import furnished

HEADER = ("claim_id,parcel_id,right,vintage_from,vintage_to,tonnes,holder,crs,geometry,state,"
          "registered_at,registration_number\n")  # fmt: skip
SQUARE = "POLYGON(({0} 3100000,{1} 3100000,{1} 3100100,{0} 3100100,{0} 3100000))"
DAY = ("--day", "2026-05-01")


def line(claim_id: str, west: int, right: str = "CARB_F", registered: str = "") -> str:
    shape = SQUARE.format(west, west + 100)
    state = "pledged" if registered else "reserved"
    years = "2026-01-01,2036-01-01"
    return (f'{claim_id},宗地 {claim_id},{right},{years},1000,{claim_id} 村,EPSG:4549,"{shape}",'
            f"{state},{registered},7\n")  # fmt: skip


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    file = tmp_path / "claims.csv"
    text = HEADER + line("A", 500_000) + line("B", 500_050, registered="2026-03-01T08:00:00+08:00")
    file.write_text(text, encoding="utf-8")
    return file


def said(*words: object) -> Result:
    return CliRunner().invoke(gep, ["pledge", "check", *map(str, words)], standalone_mode=False)


def test_a_blocked_claim_is_told_in_both_languages_and_ends_with_3(claims: Path) -> None:
    zh = said(claims, "--checks", "G3,G4", *DAY, "--lang", "zh")
    en = said(claims, "--checks", "G3,G4", *DAY, "--lang", "en")
    assert (zh.return_value, en.return_value) == (3, 3)
    # 50 m x 100 m are 5,000 m2 and 7.5 mu, half of the parcel and of its 1,000 t
    for text in (zh.output, en.output):
        for part in ("G3", "5,000.0", "7.50", "500.000", "B 村", "2026-01-01", "conflicts_design"):
            assert part in text
    assert "禁止登记" in zh.output
    assert "占较小地块的 50.0%" in zh.output
    assert "登记在先者优先" in zh.output
    assert "未作的检查：A1" in zh.output
    assert "overlaps B" in en.output
    assert "who registered first has priority" in en.output
    assert "1 BLOCK, 0 FLAG, 0 INFO." in en.output


def test_json_holds_every_field_and_the_checks_that_were_not_made(claims: Path) -> None:
    done = said(claims, "--checks", "G3,P1", *DAY, "--json")
    assert done.return_value == 3
    found = json.loads(done.output)
    finding = found["findings"][0]
    assert (finding["check"], finding["level"], finding["first"]) == ("G3", "BLOCK", "B")
    assert finding["other"]["registered_at"] == "2026-03-01T08:00:00+08:00"
    assert finding["tonnes"] == "500.000"
    assert finding["vintage_to"] == "2036-01-01"
    missing = {f["claim"]["claim_id"]: f["missing"] for f in found["findings"] if f["missing"]}
    assert missing["A"] == ["register_search_clear", "register_search_date"]
    assert "G4" in found["checks_not_made"]
    assert "G3" not in found["checks_not_made"]


def test_what_passes_says_so_and_ends_with_0(tmp_path: Path) -> None:
    file = tmp_path / "claims.csv"
    file.write_text(HEADER + line("A", 500_000) + line("B", 500_100), encoding="utf-8")
    done = said(file, "--checks", "G3,G4,G5", *DAY, "--lang", "en")
    assert done.return_value == 0
    assert "All checks that were made have passed." in done.output


def test_claims_are_compared_with_a_known_file(tmp_path: Path, claims: Path) -> None:
    new = tmp_path / "new.csv"
    new.write_text(HEADER + line("N", 500_060), encoding="utf-8")
    done = said(new, "--known", claims, "--checks", "G3", *DAY, "--lang", "en")
    # A is reserved only and so is told of; B is pledged and bars
    assert done.return_value == 3
    assert "1 BLOCK, 1 FLAG, 0 INFO." in done.output
    assert "Claims: 1, compared with 2 of the register" in done.output


def test_an_empty_registry_is_compared_with(tmp_path: Path, claims: Path) -> None:
    from lending import registry

    place = tmp_path / "registry.db"
    made = registry.open(place, create=True)
    registry.record_user(made, "shen", "auditor", "Bureau")
    made.close()
    nobody = said(claims, "--register", place, "--checks", "G3", *DAY, "--lang", "en")
    assert "--user is needed" in str(nobody.exception)
    done = said(
        claims, "--register", place, "--user", "shen", "--checks", "G3", *DAY, "--lang", "en"
    )
    assert done.return_value == 3
    assert "compared with 0 of the register" in done.output


def test_a_file_meets_in_a_registry_what_an_application_there_would(tmp_path: Path) -> None:
    """A project on the same ground bars another one's claim; what is reserved is told."""
    place = tmp_path / "registry.db"
    world = furnished(place)
    world.batch("B2", "50", parcel="K1")
    world.apply("L1", "K1")
    world.registry.close()
    file = tmp_path / "claims.csv"
    file.write_text(
        "claim_id,parcel_id,geometry,crs,right,vintage_from,vintage_to,programme,project\n"
        'C1,K1,"POLYGON((119 28,119.01 28,119.01 28.01,119 28.01,119 28))",EPSG:4490,CARB_F,'
        "2026-01-01,2027-01-01,CCER,other\n",
        encoding="utf-8",
    )
    done = said(
        file, "--register", place, "--user", world.maker.user_id, "--checks", "G", "--json", *DAY
    )
    found = {(one["check"], one["level"]) for one in json.loads(done.output)["findings"]}
    assert done.return_value == 3
    assert found >= {("G6", "BLOCK"), ("G3", "FLAG")}


def test_a_matrix_of_ones_own_is_compared_with_that_of_the_toolkit(
    tmp_path: Path, claims: Path
) -> None:
    matrix = tmp_path / "matrix.csv"
    matrix.write_text(
        "right,other,verdict,check,meets,lifted_by,zh,en,source,where,grade\n"
        "CARB_F,CARB_F,review,G3,ground,,由我行复核。,Our bank looks.,conflicts_design,x,local\n",
        encoding="utf-8",
    )
    done = said(claims, "--matrix", matrix, "--rejudge", "--lang", "zh")
    assert done.return_value == 0
    for part in ("禁止登记", "须复核", "由我行复核。"):
        assert part in done.output
    (change,) = json.loads(said(claims, "--matrix", matrix, "--rejudge", "--json").output)
    assert (change["before"]["level"], change["after"]["level"]) == ("BLOCK", "FLAG")


def test_records_are_written_and_what_is_not_known_is_named(tmp_path: Path, claims: Path) -> None:
    out = tmp_path / "records.csv"
    done = said(claims, "--checks", "G3", *DAY, "--export", out, "--lang", "en")
    assert "Not known, to be filled in: type of registration, id of the grantor" in done.output
    with out.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["grantor_name"] for row in rows] == ["A 村", "B 村"]
    assert rows[0]["grantor_id"] == ""


def test_a_file_of_records_is_not_replaced(tmp_path: Path, claims: Path) -> None:
    out = tmp_path / "records.csv"
    out.write_text("mine", encoding="utf-8")
    done = said(claims, "--checks", "G3", *DAY, "--export", out)
    assert isinstance(done.exception, OutputError)
    assert out.read_text(encoding="utf-8") == "mine"


def test_rejudging_needs_a_matrix(claims: Path) -> None:
    done = CliRunner().invoke(gep, ["pledge", "check", str(claims), "--rejudge", "--lang", "en"])
    assert done.exit_code == 2
    assert "--rejudge needs --matrix" in done.output


def test_maps_of_the_boundary_and_of_excluded_land_are_read(tmp_path: Path, claims: Path) -> None:
    import geopandas
    import shapely

    box = shapely.box(499_000, 3_099_000, 500_070, 3_101_000)
    geopandas.GeoSeries([box], crs="EPSG:4549").to_file(tmp_path / "county.gpkg")
    maps = ("--boundary", tmp_path / "county.gpkg", "--excluded", tmp_path / "county.gpkg")
    done = said(claims, *maps, "--checks", "G2", *DAY, "--lang", "zh")
    # A reaches from 0 to 100 m and B from 50 to 150 m; the county ends at 70 m
    for part in ("3,000 m²（4.50 亩，30.0%）在边界之外", "8,000 m²（12.00 亩，80.0%）在边界之外",
                 "2,000 m²（3.00 亩，20.0%）压水面"):  # fmt: skip
        assert part in done.output
    assert done.return_value == 0
