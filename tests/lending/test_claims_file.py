"""Claims from CSV, GeoPackage, GeoParquet and GeoJSON: the same, and faults in words."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import geopandas
import pandas as pd
import pytest
import shapely

from data_catalog.errors import GepError, Problems
from lending.conflicts import Claim, ClaimError, Serials, bundled_rules
from lending.conflicts.claims_file import read_claims
from tests.lending.claims import CRS, box

RULES = bundled_rules()
ROWS = [
    {
        "claim_id": "A", "parcel_id": "0331", "right": "CARB_F", "vintage_from": "2026-01-01",
        "vintage_to": "2036-01-01", "tonnes": "1000.5", "holder": "甲村", "state": "pledged",
        "registered_at": "2026-03-01T08:00:00+08:00", "registration_number": "007",
        "inside_boundary": "是", "litigation_or_seizure": "no", "tenure_end": "2050-01-01",
        "certificate_area": "15", "serials": "", "consent_of": "", "remark": "left alone",
    },
    {
        "claim_id": "B", "parcel_id": "0332", "right": "CARB_I", "vintage_from": "2024-01-01",
        "vintage_to": "2025-01-01", "tonnes": "", "holder": "", "state": "", "registered_at": "",
        "registration_number": "", "inside_boundary": "", "litigation_or_seizure": "",
        "tenure_end": "", "certificate_area": "", "serials": "b1:1-500; b2:7-7",
        "consent_of": "P1；P2", "remark": "",
    },
]  # fmt: skip
SHAPES = [box(0, 0, 100, 100), box(200, 0, 300, 100)]


def written(folder: Path, kind: str) -> Path:
    file = folder / f"claims.{kind}"
    table = pd.DataFrame(ROWS)
    if kind == "csv":
        table["crs"], table["geometry"] = CRS, [shapely.to_wkt(s) for s in SHAPES]
        table.to_csv(file, index=False, encoding="utf-8-sig")
        return file
    if kind == "gpkg":
        # types as a GIS keeps them
        table["tenure_end"] = pd.to_datetime(table["tenure_end"].replace("", None))
        table["tonnes"] = [1000.5, None]
    frame = geopandas.GeoDataFrame(table, geometry=SHAPES, crs=CRS)
    frame.to_parquet(file) if kind == "parquet" else frame.to_file(file)
    return file


@pytest.mark.parametrize("kind", ["csv", "gpkg", "parquet"])
def test_every_format_gives_the_same_claims(tmp_path: Path, kind: str) -> None:
    one, other = read_claims(written(tmp_path, kind), RULES)
    assert one == Claim(
        claim_id="A", parcel_id="0331", geometry=SHAPES[0], crs=CRS, right="CARB_F",
        vintage_from=date(2026, 1, 1), vintage_to=date(2036, 1, 1), tonnes=Decimal("1000.5"),
        holder="甲村", state="pledged", registration_number="007",
        registered_at=datetime(2026, 3, 1, tzinfo=UTC),
        facts={"inside_boundary": True, "litigation_or_seizure": False,
               "tenure_end": date(2050, 1, 1), "certificate_area": Decimal(15)},
    )  # fmt: skip
    assert other.serials == (Serials("b1", 1, 500), Serials("b2", 7, 7))
    assert other.facts == {"consent_of": ("P1", "P2")}
    assert (other.tonnes, other.registered_at, other.state) == (None, None, "reserved")


def csv(folder: Path, **changed: str) -> Path:
    file = written(folder, "csv")
    table = pd.read_csv(file, dtype=str, keep_default_na=False)
    for name, value in changed.items():
        table.loc[0, name] = value
    table.to_csv(file, index=False)
    return file


@pytest.mark.parametrize(("column", "value", "words"), [
    ("vintage_to", "2036", "vintage_to is '2036'; a date"),
    ("vintage_from", "2026-02-30", "a date"),
    ("tonnes", "many", "tonnes is 'many'; a number"),
    ("serials", "1-500", "batch:first-last"),
    ("registered_at", "yesterday", "a time with its zone"),
    ("inside_boundary", "maybe", "yes or no"),
    ("geometry", "POLYGON 1 2", "line 2: geometry is no WKT"),
    ("claim_id", "", "claim_id is empty"),
])  # fmt: skip
def test_cells_that_cannot_be_read_are_named(
    tmp_path: Path, column: str, value: str, words: str
) -> None:
    with pytest.raises(ClaimError, match=words):
        read_claims(csv(tmp_path, **{column: value}), RULES)


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    file = csv(tmp_path, tonnes="many")
    table = pd.read_csv(file, dtype=str, keep_default_na=False)
    table.loc[1, "tonnes"] = "few"
    table.to_csv(file, index=False)
    with pytest.raises(Problems) as refused:
        read_claims(file, RULES)
    assert "A: tonnes is 'many'" in refused.value.say("en")
    assert "B: tonnes is 'few'" in refused.value.say("en")


def test_files_without_what_is_needed_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ClaimError, match="no such file"):
        read_claims(tmp_path / "none.gpkg", RULES)
    (tmp_path / "a.csv").write_text("claim_id,right\nA,CARB_F\n", encoding="utf-8")
    with pytest.raises(ClaimError, match="no column vintage_from, vintage_to"):
        read_claims(tmp_path / "a.csv", RULES)
    table = pd.read_csv(csv(tmp_path), dtype=str).drop(columns="crs")
    table.to_csv(tmp_path / "b.csv", index=False)
    with pytest.raises(ClaimError, match="--crs"):
        read_claims(tmp_path / "b.csv", RULES)
    assert read_claims(tmp_path / "b.csv", RULES, CRS)[0].crs == CRS
    for name in ("c.gpkg", "c.parquet", "c.csv"):
        (tmp_path / name).write_bytes(b"\x00\xff\xfe nonsense")
        with pytest.raises(GepError):
            read_claims(tmp_path / name, RULES)
