"""Costa Rica 1986 and 2001 and Barbellino 2017 and 2019: the real scenes, traps and all."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import rasterio

from data_catalog.errors import GepError
from data_catalog.parameters import Parameters, bundled
from sinks.satellite.disturbance.outcome import Outcome, disturbances
from sinks.satellite.scenes.composites import days_from
from sinks.satellite.scenes.declared import read_scenes
from tests.madagascar import DATA

pytestmark = pytest.mark.shared
SCENES = DATA.parent / "scenes"
COSTA_RICA = SCENES / "costa_rica_landsat"
BARBELLINO = SCENES / "barbellino_s2"
TENTH = "scales = { blue = 1e-5, green = 1e-5, red = 1e-5 }"
"""The scale of bands 1 to 3 of 1986."""
# the publisher gives the years alone: the middle of each stands for its day
SET = f"""
[set]
name = "costa-rica"
[sensors.landsat-5]
scale = 0.0001
bands = {{ blue = 1, green = 2, red = 3, nir = 4 }}
[[scene]]
id = "1986"
date = 1986-07-02
sensor = "landsat-5"
path = '{COSTA_RICA}/L5TSR_1986.tif'
%s
[[scene]]
id = "2001"
date = 2001-07-02
sensor = "landsat-5"
path = '{COSTA_RICA}/L5TSR_2001.tif'
[disturbance]
method = "classes"
[training]
path = '{COSTA_RICA}/L5TSR_1986_2001_training.gpkg'
columns = {{ "1986" = "class_1986", "2001" = "class_2001" }}
forest = "Forest"
block = 1000.0
[training.layers]
elevation = ['{COSTA_RICA}/ASTER_V002_EAST.tif', '{COSTA_RICA}/ASTER_V002_WEST.tif']
"""


def quick() -> Parameters:
    """Return the rows, with fewer trees: tests need not wait for 300."""
    row = bundled().find("forest_classifier_trees", "scenes")
    assert row is not None
    return bundled().with_rows([replace(row, value=60.0)])


def costa_rica(folder: Path, scales: str, tile: int = 512) -> Outcome:
    file = folder / "scenes.toml"
    file.write_text(SET % scales, encoding="utf-8")
    return disturbances(read_scenes(file), quick(), tile=tile)


@pytest.fixture(scope="module")
def change(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return costa_rica(tmp_path_factory.mktemp("costa-rica"), TENTH)


def test_bands_ten_times_too_large_are_caught_and_the_good_one_is_not(tmp_path: Path) -> None:
    with pytest.raises(GepError) as error:
        costa_rica(tmp_path, "")
    said = str(error.value)
    for band, high, low in (("blue", 0.282, 0.0253), ("green", 0.495, 0.0437),
                            ("red", 0.413, 0.0343)):  # fmt: skip
        assert f"[[scene]] 1986: band {band} has a median of {high}" in said
        assert f"that of scene 2001 ({low})" in said
        assert f"write scales = {{ {band} = 1e-05 }} on it" in said
    assert "band nir" not in said


def test_the_forest_change_closes_on_the_land_seen(change: Outcome) -> None:
    mapped = change.record["forest_change"]["mapped_ha"]
    assert change.found is not None
    # cells of 30 m: 0.09 ha each
    assert sum(mapped.values()) == pytest.approx(0.09 * change.found.looked.sum())
    assert mapped["forest"] > mapped["loss"] > 0
    assert mapped["gain"] > 0


def test_accuracy_is_that_of_polygons_held_out_by_blocks(change: Outcome) -> None:
    assert change.change is not None
    judged, table = change.change.accuracy, change.change.accuracy.table
    overall = table[table["kind"] == "overall"].iloc[0]
    assert change.change.blocks > 5
    assert overall["of"] == 30  # every polygon is judged, once
    # stable forest and stable open land are told apart; two polygons of loss and two of gain are
    # too few to say more, and the intervals show it
    assert overall["low"] > 0.5
    labelled = judged.polygons.sum(axis=0)
    assert dict(labelled) == {"forest": 15, "loss": 2, "gain": 2, "other": 11}
    loss = table[(table["class"] == "loss") & (table["kind"] == "producers")].iloc[0]
    assert loss["high"] - loss["low"] > 0.5
    assert any("no random sample" in note["en"] for note in change.record["notes"])


def test_classes_do_not_depend_on_the_tiles(change: Outcome, tmp_path: Path) -> None:
    other = costa_rica(tmp_path, TENTH, tile=50)
    assert other.record == change.record
    assert change.change is not None
    assert other.change is not None
    assert np.array_equal(other.change.probability, change.change.probability, equal_nan=True)


def test_loss_lies_between_the_two_dates(change: Outcome) -> None:
    first, last = days_from([date(1986, 7, 2), date(2001, 7, 2)])
    assert set(change.alerts["source"]) == {"gep-classes"}
    assert (change.alerts["date_error_days"] == (last - first) / 2).all()
    assert (change.alerts["area_ha"] >= 0.99 - 1e-9).all()
    assert change.alerts["confidence"].between(0, 1).all()


SENTINEL = f"""
[set]
name = "barbellino"
[sensors.sentinel-2]
scale = 0.0001
bands = {{ blue = 2, green = 3, red = 4, nir = 8, swir16 = 10, swir22 = 11 }}
mask = {{ kind = "sentinel2-scl" }}
[[scene]]
id = "2017"
date = 2017-07-03
sensor = "sentinel-2"
path = '{BARBELLINO}/S2A2A_20170703_022_Barbellino_BOA_10.tif'
mask = '{BARBELLINO}/S2A2A_20170703_022_Barbellino_SCL_10.tif'
[[scene]]
id = "2019"
date = 2019-07-23
sensor = "sentinel-2"
path = '{BARBELLINO}/S2A2A_20190723_022_Barbellino_BOA_10.tif'
mask = '{BARBELLINO}/S2A2A_20190723_022_Barbellino_SCL_10.tif'
[disturbance]
index = "NDVI"
least_magnitude = 0.1
minimum_mapping_unit = 0.0
composite = "%s"
"""


def scl_clear(year: str) -> np.ndarray:
    """Return where the scene classification is 4 to 7, its 20 m pixels cut into four."""
    (file,) = BARBELLINO.glob(f"*{year}*SCL*.tif")
    with rasterio.open(file) as scl:
        return np.isin(scl.read(1), [4, 5, 6, 7]).repeat(2, axis=0).repeat(2, axis=1)


def ndvi(year: str) -> np.ndarray:
    (file,) = BARBELLINO.glob(f"*{year}*BOA*.tif")
    with rasterio.open(file) as boa:
        red, nir = (boa.read(band).astype(float) for band in (4, 8))
    return (nir - red) / (nir + red)


@pytest.mark.parametrize("composite", ["median", "greenest"])
def test_ndvi_falls_where_both_dates_are_clear(tmp_path: Path, composite: str) -> None:
    file = tmp_path / "scenes.toml"
    file.write_text(SENTINEL % composite, encoding="utf-8")
    outcome = disturbances(read_scenes(file), bundled())
    clear = scl_clear("2017") & scl_clear("2019")
    assert outcome.found is not None
    assert (outcome.found.looked == clear).all()
    assert 0 < clear.mean() < 1
    fell = np.where(clear, ndvi("2017") - ndvi("2019"), np.nan)
    wanted = fell >= 0.1
    assert ((outcome.found.event > 0) == wanted).all()
    assert outcome.found.magnitude[wanted] == pytest.approx(fell[wanted])
    assert outcome.record["disturbed_ha"] == pytest.approx(0.01 * wanted.sum())
