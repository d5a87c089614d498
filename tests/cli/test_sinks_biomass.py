"""`gep sinks biomass`: what it prints, what it refuses, and that its map is a layer."""

import csv
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely

from cli.main import main
from tests.sinks.satellite.scene import CELL, LEFT, PROFILE, SIZE, TOP, declare, make_case, read_map

Says = Callable[..., str]
QUICK = """parameter,value,units,source
biomass_forest_trees,8,1,test
biomass_folds,4,1,test
"""
PROJECT = """
[project]
name = "made-up"
year = 2019
[layers.forest]
path = "forest.tif"
classes = "forest-mask"
[layers.above_ground_biomass]
path = "out/above_ground_biomass.tif"
[parcels]
path = "parcels.gpkg"
id = "id"
[carbon]
method = "biomass"
factors = "ipcc2006-tropical-rainforest"
"""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("biomass")
    make_case(folder, 1, plots=150)
    declare(folder, rows=QUICK)
    return folder


def ask(folder: Path, *more: object) -> tuple[object, ...]:
    return ("sinks", "biomass", folder / "plots.csv", "--features", folder / "features.toml",
            "--out", folder / "out", "--overwrite", "--workers", "1", *more)  # fmt: skip


def test_the_card_s_main_lines_are_printed_in_both_languages(says: Says, case: Path) -> None:
    zh = says(*ask(case, "--lang", "zh"))
    en = says(*ask(case, "--tile", "50"))
    assert "地上生物量模型：made-up（2019 年）" in zh
    assert "Above-ground biomass model: made-up, 2019" in en
    assert "按实测生物量分级的偏差" in zh
    assert re.search(r"90% intervals hold \d+\.\d% of the plots held out", en)
    assert re.search(r"RMSE \d+\.\d t_dm/ha, bias [+-]\d+\.\d t_dm/ha", en)
    assert re.findall(r"\d+\.\d", zh) == re.findall(r"\d+\.\d", en)


def test_a_program_reads_the_card(says: Says, case: Path) -> None:
    found = json.loads(says(*ask(case, "--json")))
    card = json.loads((case / "out" / "model_card.json").read_text(encoding="utf-8"))
    assert found == {"folder": str(case / "out"), "card": card, "parcels": None}


def test_what_is_there_is_not_replaced_unasked(
    case: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (case / "taken").mkdir(exist_ok=True)
    (case / "taken" / "letter.txt").write_text("keep me", encoding="utf-8")
    words = ["gep", "sinks", "biomass", str(case / "plots.csv"), "--features",
             str(case / "features.toml"), "--out", str(case / "taken"), "--lang", "en"]  # fmt: skip
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1
    assert (case / "taken" / "letter.txt").read_text(encoding="utf-8") == "keep me"


def test_a_features_file_that_is_not_there_is_one_line(
    case: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["gep", "sinks", "biomass", str(case / "plots.csv"), "--features",
             str(case / "none.toml"), "--out", str(case / "new"), "--lang", "zh"]  # fmt: skip
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert "none.toml" in capsys.readouterr().err
    assert not (case / "new").exists()


def test_the_map_is_a_layer_of_a_project(says: Says, case: Path) -> None:
    says(*ask(case))
    # a parcel of 20 x 20 cells: its stock above ground is biomass x area of a cell x 0.47, summed
    box = shapely.box(LEFT + 900, TOP - 1500, LEFT + 1500, TOP - 900)
    gpd.GeoDataFrame({"id": ["a"]}, geometry=[box], crs="EPSG:32650").to_file(case / "parcels.gpkg")
    with rasterio.open(case / "forest.tif", "w", count=1, dtype="uint8", **PROFILE) as out:
        out.write(np.ones((SIZE, SIZE), np.uint8), 1)
    (case / "project.toml").write_text(PROJECT, encoding="utf-8")
    run = case / "run"
    found = json.loads(
        says("sinks", "stock", case / "project.toml", "--out", run, "--workers", "1", "-q",
             "--overwrite", "--json")
    )  # fmt: skip
    biomass = read_map(case / "out", "above_ground_biomass")[30:50, 30:50]
    stock = next(t for t in found["totals"] if t["pool"] == "above_ground")
    tonnes = np.nansum(biomass, dtype=float) * CELL**2 / 1e4
    assert stock["stock_tC"] == pytest.approx(tonnes * 0.47, rel=1e-6)
    with rasterio.open(case / "out" / "above_ground_biomass.tif") as file:
        assert file.units[0] == "t_dm/ha"
        assert file.shape == (SIZE, SIZE)


def test_parcels_are_added_up_with_the_error_of_their_sum(says: Says, case: Path) -> None:
    boxes = [shapely.box(LEFT + x, TOP - 1500, LEFT + x + 300, TOP - 900) for x in (900, 1200)]
    file = case / "ground.gpkg"
    gpd.GeoDataFrame({"code": ["02", "01"]}, geometry=boxes, crs="EPSG:32650").to_file(file)
    options = ("--parcels", file, "--id", "code")
    zh, en = says(*ask(case, *options, "--lang", "zh")), says(*ask(case, *options))
    with (case / "out" / "parcels_biomass.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["parcel_id"] for row in rows] == ["01", "02"]
    total = sum(float(row["biomass_t_dm"]) for row in rows)
    assert f"biomass {total:,.0f} t_dm, standard error" in en
    assert f"{total:,.0f} t_dm，标准误" in zh
    assert "2 parcels, 36.0 ha" in en
    found = json.loads(says(*ask(case, *options, "--json")))["parcels"]
    assert found["biomass_t_dm"] == pytest.approx(total)
    apart = sum(float(row["se_t_dm"]) ** 2 for row in rows) ** 0.5
    assert apart < found["se_t_dm"] < sum(float(row["se_t_dm"]) for row in rows)
