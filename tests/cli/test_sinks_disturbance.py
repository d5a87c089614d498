"""`gep sinks disturbance` as people and programs meet it."""

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from data_catalog.errors import GepError
from tests.small_scenes import CORNER, CRS, square, write_set

Says = Callable[..., str]
BURN = square(10, 12, 8, 10)


@pytest.fixture
def scenes(tmp_path: Path) -> Path:
    return write_set(tmp_path, {date(2019, 7, 1): None, date(2020, 7, 1): BURN})


@pytest.fixture
def parcels(tmp_path: Path) -> Path:
    x, y = CORNER
    frame = gpd.GeoDataFrame({"code": ["007"]}, geometry=[shapely.box(x, y - 600, x + 600, y)],
                             crs=CRS)  # fmt: skip
    frame.to_file(tmp_path / "parcels.gpkg")
    return tmp_path / "parcels.gpkg"


def test_the_folder_and_the_summary(
    says: Says, scenes: Path, parcels: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    more = ("--parcels", parcels, "--parcel-id", "code", "--overwrite")
    en = says("sinks", "disturbance", scenes, "--out", out, *more)
    zh = says("sinks", "disturbance", scenes, "--out", out, *more, "--lang", "zh")
    assert "disturbed: 7.20 ha (minimum mapping unit 0.99 ha)" in en
    assert "受干扰 7.20 ha（最小制图单元 0.99 ha）" in zh
    assert "2019-07-01  2020-07-01" in en
    assert "1 of 1 parcels are disturbed" in en
    assert "没有 [forest]" in zh
    assert {f.name for f in out.iterdir()} == {
        "maps", "alerts.gpkg", "parcels.csv", "disturbance.json"
    }  # fmt: skip
    assert {f.stem for f in (out / "maps").iterdir()} == {
        "date", "date_error", "magnitude", "confidence", "severity"
    }  # fmt: skip
    with (out / "parcels.csv").open(encoding="utf-8-sig", newline="") as lines:
        (row,) = csv.DictReader(lines)
    assert row["parcel_id"] == "007"
    assert float(row["disturbed_share"]) == pytest.approx(0.16, rel=1e-4)
    assert row["first_date"] == "2019-12-31"


def test_a_program_reads_json(says: Says, scenes: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    found = json.loads(says("sinks", "disturbance", scenes, "--out", out, "--json"))
    assert found["folder"] == str(out)
    assert found["disturbed_ha"] == pytest.approx(7.2)
    written = json.loads((out / "disturbance.json").read_text(encoding="utf-8"))
    assert {k: v for k, v in found.items() if k != "folder"} == written


def test_rows_of_a_table_replace_our_own(says: Says, scenes: Path, tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("parameter,value,units,source\nminimum_mapping_unit,8,ha,county\n")
    found = json.loads(
        says("sinks", "disturbance", scenes, "--out", tmp_path / "out", "--json",
             "--parameters", table)
    )  # fmt: skip
    assert found["minimum_mapping_unit_ha"] == 8
    assert found["disturbed_ha"] == 0  # 7.2 ha are less than 8


def test_a_folder_is_replaced_only_when_asked_and_only_ours(
    says: Says, scenes: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    says("sinks", "disturbance", scenes, "--out", out)
    with pytest.raises(GepError, match="is there already"):
        says("sinks", "disturbance", scenes, "--out", out)
    other = tmp_path / "papers"
    other.mkdir()
    (other / "thesis.txt").write_text("years of work")
    with pytest.raises(GepError, match="did not write it and will not replace it"):
        says("sinks", "disturbance", scenes, "--out", other, "--overwrite")
    assert (other / "thesis.txt").exists()


def test_an_error_is_one_line_and_leaves_nothing(scenes: Path, tmp_path: Path) -> None:
    (tmp_path / "2020-07-01.tif").write_bytes(b"no raster")
    command = (sys.executable, "-m", "cli", "--lang", "en", "sinks", "disturbance", str(scenes))
    out = tmp_path / "out"
    done = subprocess.run(
        [*command, "--out", str(out)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("gep: 2020-07-01.tif: the file cannot be read")
    assert len(done.stderr.splitlines()) == 1
    assert not out.exists()
    assert not list(tmp_path.glob(".out*"))
