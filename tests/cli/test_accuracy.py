"""`gep sinks accuracy`: what a sample says of a map, and the plan of a sample."""

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from affine import Affine
from click.testing import CliRunner

from cli.main import gep
from data_catalog.errors import TableError
from sinks.sampling.planning import ALLOCATIONS

Says = Callable[..., str]
MATRIX = """stratum,area_ha,deforestation,gain,forest,other
deforestation,18000,66,0,5,4
gain,13500,0,55,8,12
forest,288000,1,0,153,11
other,580500,2,1,9,313
"""


@pytest.fixture
def matrix(tmp_path: Path) -> Path:
    path = tmp_path / "matrix.csv"
    path.write_text(MATRIX, encoding="utf-8")
    return path


@pytest.fixture
def cover(tmp_path: Path) -> Path:
    """A map of 1 and 2 with a little change, 9."""
    codes = np.where(np.arange(200)[:, None] < 120, 1, 2) * np.ones((1, 200), dtype=np.uint8)
    codes[50:70, 60:80] = 9
    path = tmp_path / "cover.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=200, width=200, count=1, dtype="uint8", nodata=0,
        crs="EPSG:6933", transform=Affine(30, 0, 11_000_000, 0, -30, 3_500_000),
    ) as file:  # fmt: skip
        file.write(codes.astype(np.uint8), 1)
    return path


def test_the_report_is_printed_in_both_languages(says: Says, matrix: Path) -> None:
    en, zh = (says("sinks", "accuracy", matrix, "--lang", lang) for lang in ("en", "zh"))
    for text in (en, zh):
        assert "21,157.8" in text
        assert "0.947 ± 0.018" in text
    assert "estimated (ha)" in en
    assert "估计面积（公顷）" in zh
    assert "95 %" in zh


def test_a_stratum_that_shows_no_error_is_named(says: Says, matrix: Path) -> None:
    assert "too narrow" not in says("sinks", "accuracy", matrix)
    matrix.write_text(MATRIX.replace("0,55,8,12", "0,5,0,0"), encoding="utf-8")
    assert "the intervals are too narrow: gain." in says("sinks", "accuracy", matrix)


def test_a_program_reads_the_same_figures(says: Says, matrix: Path) -> None:
    found = json.loads(says("sinks", "accuracy", matrix, "--json", "--confidence", "0.9"))
    first = found["classes"][0]
    assert first["class"] == "deforestation"
    assert first["area"]["value"] == pytest.approx(21_158, abs=1)
    # 1.645 instead of 1.96 standard errors
    assert first["area"]["high"] - first["area"]["value"] == pytest.approx(
        6_158 * 1.645 / 1.96, rel=1e-3
    )
    assert np.array(found["matrix"]).sum() == pytest.approx(1)


def test_from_a_plan_to_points_to_areas(says: Says, cover: Path, tmp_path: Path) -> None:
    strata, drawn = tmp_path / "strata.csv", tmp_path / "points.gpkg"
    strata.write_text("stratum,expected_accuracy\n1,.9\n2,.9\n9,.7\nbuffer,.8\n", encoding="utf-8")
    around = ("--map", cover, "--change", "9", "--buffer", "3")
    plan = ("sinks", "accuracy", strata, "--plan", "--target-se", "0.02", *around)
    planned = json.loads(says(*plan, "--points", drawn, "--seed", "4", "--json"))
    points = gpd.read_file(drawn)
    assert len(points) == planned["points"]
    assert points.groupby("stratum").size().min() == 50
    # an interpreter who sees that the change is everywhere one cell larger than mapped
    truth = np.where(np.arange(200)[:, None] < 120, 1, 2) * np.ones((1, 200), dtype=int)
    truth[49:71, 59:81] = 9
    row = ((3_500_000 - points.geometry.y) // 30).astype(int)
    col = ((points.geometry.x - 11_000_000) // 30).astype(int)
    points["reference"] = truth[row, col].astype(str)
    points.to_file(tmp_path / "labelled.gpkg")
    found = json.loads(says("sinks", "accuracy", tmp_path / "labelled.gpkg", *around, "--json"))
    change = next(c for c in found["classes"] if c["class"] == "9")
    area = 22 * 22 * 0.09
    assert change["mapped"] == pytest.approx(20 * 20 * 0.09)
    assert change["area"]["low"] < area < change["area"]["high"]
    assert change["users"]["value"] == 1
    assert change["producers"]["value"] < 1, "the buffer has found the omission"


def test_the_plan_is_printed_in_both_languages(says: Says, tmp_path: Path) -> None:
    strata = tmp_path / "strata.csv"
    strata.write_text("stratum,weight,expected_accuracy\nforest,.8,.9\nother,.2,.8\n", "utf-8")
    # (.32 / .01)^2 = 1,024: 768 and 256
    options = ("--plan", "--target-se", "0.01")
    en, zh = (says("sinks", "accuracy", strata, *options, "--lang", lang) for lang in ("en", "zh"))
    assert "Sample plan: 1024 points" in en
    assert "抽样计划：共 1024 个样点" in zh
    for text in (en, zh):
        assert "768" in text
        assert "256" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--plan",), "--plan needs --target-se"),
        (("--points", "p.gpkg"), "--points needs --map"),
        (("--change", "9"), "--change and --buffer go together"),
        (("--target-se", "0.01"), "--target-se goes with --plan"),
    ],
)
def test_options_that_do_not_go_together_are_told(
    matrix: Path, arguments: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEP_LANG", "en")
    found = CliRunner().invoke(gep, ["sinks", "accuracy", str(matrix), *arguments])
    assert found.exit_code == 2
    assert words in found.output


def test_a_fault_of_the_file_is_told_in_chinese_too(matrix: Path) -> None:
    matrix.write_text(MATRIX.replace("18000", "0"), encoding="utf-8")
    with pytest.raises(TableError) as told:
        CliRunner().invoke(gep, ["sinks", "accuracy", str(matrix)], catch_exceptions=False)
    assert "层“deforestation”" in told.value.say("zh")


def test_the_allocations_offered_are_those_there_are() -> None:
    option = next(
        p for p in gep.get_command(None, "sinks").commands["accuracy"].params  # type: ignore[union-attr]
        if p.name == "allocation"
    )  # fmt: skip
    assert tuple(option.type.choices) == ALLOCATIONS
