"""The whole job on small scenes: what was planted is found, and the tiles do not matter."""

import hashlib
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely

from data_catalog.errors import GepError, ParameterMissing
from data_catalog.parameters import Parameters, bundled
from sinks.satellite.disturbance.folder import write_outcome
from sinks.satellite.disturbance.outcome import Outcome, disturbances
from sinks.satellite.scenes.composites import days_from
from sinks.satellite.scenes.declared import read_scenes
from tests.small_scenes import CORNER, CRS, SHAPE, SIDE, square, write, write_scene, write_set

BEFORE, AFTER = date(2019, 7, 1), date(2020, 7, 1)
BURN = square(10, 12, 8, 10)
"""80 cells of 0.09 ha: 7.2 ha."""
FALL = 0.34 / 0.46 + 0.05 / 0.35
YEARS = range(2010, 2022)
BROKEN = 2016


def found(file: Path, tile: int = 64, parcels: gpd.GeoDataFrame | None = None) -> Outcome:
    return disturbances(read_scenes(file), bundled(), parcels, tile)


def parcel() -> gpd.GeoDataFrame:
    x, y = CORNER
    side = 20 * SIDE  # the upper left 20 x 20 cells: 36 ha, rows 10..17, columns 12..19 burnt
    shape = shapely.box(x, y - side, x + side, y)
    return gpd.GeoDataFrame({"parcel_id": ["007"]}, geometry=[shape], crs=CRS)


def series(folder: Path, rest: str = '[disturbance]\nmethod = "segments"\n') -> Path:
    entries = "".join(
        write_scene(folder, date(year, 7, 1), BURN if year >= BROKEN else None, noise=0.004)
        for year in YEARS
    )
    return write_set(folder, entries, rest)


def test_a_burn_between_two_dates_is_found_with_its_size_class_and_dates(tmp_path: Path) -> None:
    outcome = found(write_set(tmp_path, {BEFORE: None, AFTER: BURN}), parcels=parcel())
    assert outcome.found is not None
    assert ((outcome.found.event > 0) == BURN).all()
    assert outcome.found.magnitude[BURN] == pytest.approx(np.full(80, FALL), abs=1e-3)
    assert (outcome.found.confidence[BURN] == 1).all()
    assert list(np.unique(outcome.found.day_from[BURN])) == list(days_from([BEFORE]))
    assert list(np.unique(outcome.found.day_to[BURN])) == list(days_from([AFTER]))
    assert outcome.record["disturbed_ha_by_severity"] == {
        "low": 0, "moderate_low": 0, "moderate_high": 0, "high": pytest.approx(7.2)
    }  # fmt: skip
    (alert,) = outcome.alerts.to_dict("records")
    assert alert["area_ha"] == pytest.approx(7.2)
    assert outcome.parcels is not None
    row = outcome.parcels.iloc[0]
    # 8 x 8 of its cells burnt: 5.76 of 36 ha; true areas differ from planar ones by 0.08 % here
    assert row["disturbed_ha"] == pytest.approx(5.76, rel=1e-3)
    assert row["disturbed_share"] == pytest.approx(0.16, rel=1e-6)
    assert row["unseen_share"] == 0


def test_what_is_smaller_than_the_unit_is_no_alert(tmp_path: Path) -> None:
    small = square(2, 2, 2, 5)  # 10 cells, 0.90 ha; the row says 0.99 ha
    outcome = found(write_set(tmp_path, {BEFORE: None, AFTER: BURN | small}))
    assert len(outcome.alerts) == 1
    rest = "[disturbance]\nminimum_mapping_unit = 0.5\n"
    outcome = found(write_set(tmp_path, {BEFORE: None, AFTER: BURN | small}, rest))
    assert len(outcome.alerts) == 2


def test_a_cloud_is_no_disturbance_but_land_not_seen(tmp_path: Path) -> None:
    cloud = square(0, 0, 20, 10)  # half of the parcel
    entries = write_scene(tmp_path, BEFORE) + write_scene(tmp_path, AFTER, None, cloud)
    outcome = found(write_set(tmp_path, entries), parcels=parcel())
    assert len(outcome.alerts) == 0
    assert outcome.parcels is not None
    assert outcome.parcels.iloc[0]["unseen_share"] == pytest.approx(0.5, abs=1e-4)


def test_land_beside_the_scenes_was_not_seen_and_land_without_forest_was_not_asked(
    tmp_path: Path,
) -> None:
    file = write_set(tmp_path, {BEFORE: None, AFTER: None},
                     '[forest]\npath = "forest.tif"\ncodes = [1]\n')  # fmt: skip
    write(tmp_path / "forest.tif", square(0, 0, 40, 15).astype(np.uint8))
    x, y = CORNER
    shapes = [shapely.box(x, y - 600, x + 600, y), shapely.box(x - 600, y - 600, x + 600, y),
              shapely.box(x - 900, y - 600, x - 300, y)]  # fmt: skip
    parcels = gpd.GeoDataFrame({"parcel_id": list("abc")}, geometry=shapes, crs=CRS)
    table = found(file, parcels=parcels).parcels
    assert table is not None
    assert list(table["unseen_share"]) == pytest.approx([0, 0.5, 1], abs=1e-4)
    assert list(table["disturbed_ha"].isna()) == [False, False, True]


def test_other_looks_of_the_season_fill_the_clouds(tmp_path: Path) -> None:
    left, right = square(0, 0, 40, 30), square(0, 30, 40, 30)
    second = date(2020, 8, 1)
    entries = (
        write_scene(tmp_path, BEFORE)
        + write_scene(tmp_path, AFTER, BURN, left)
        + write_scene(tmp_path, second, BURN, right)
    )
    outcome = found(write_set(tmp_path, entries))
    assert outcome.found is not None
    assert ((outcome.found.event > 0) == BURN).all()
    # the burn lies on the left, which was seen on the second look
    assert list(np.unique(outcome.found.day_to[BURN])) == list(days_from([second]))


@pytest.mark.parametrize(
    ("composite", "burnt"), [('composite = "greenest"', False),
                             ('composite = "nearest"\nnearest = "08-01"', True)],
)  # fmt: skip
def test_the_best_pixel_is_the_greenest_or_the_nearest(
    tmp_path: Path, composite: str, burnt: bool
) -> None:
    # after the fire of July the ground is green again in September: nearer to August is July
    entries = (
        write_scene(tmp_path, BEFORE)
        + write_scene(tmp_path, date(2020, 7, 20), BURN)
        + write_scene(tmp_path, date(2020, 9, 20))
    )
    outcome = found(write_set(tmp_path, entries, f"[disturbance]\n{composite}\n"))
    assert (len(outcome.alerts) == 1) == burnt


def test_only_forest_is_looked_at(tmp_path: Path) -> None:
    forest = square(0, 0, 40, 15).astype(np.uint8)  # columns 12 to 14 of the burn
    file = write_set(tmp_path, {BEFORE: None, AFTER: BURN},
                     '[forest]\npath = "forest.tif"\ncodes = [1]\n')  # fmt: skip
    write(tmp_path / "forest.tif", forest)
    outcome = found(file)
    assert outcome.record["disturbed_ha"] == pytest.approx(24 * 0.09)
    assert outcome.record["looked_ha"] == pytest.approx(600 * 0.09)
    assert not any("no [forest]" in note["en"] for note in outcome.record["notes"])


def test_a_break_in_a_series_is_found_in_its_year(tmp_path: Path) -> None:
    outcome = found(series(tmp_path))
    assert outcome.found is not None
    assert ((outcome.found.event > 0) == BURN).all()
    looks = days_from([date(BROKEN - 1, 7, 1), date(BROKEN, 7, 1)])
    assert list(np.unique(outcome.found.day_from[BURN])) == [looks[0]]
    assert list(np.unique(outcome.found.day_to[BURN])) == [looks[1]]
    assert np.median(outcome.found.magnitude[BURN]) == pytest.approx(FALL, abs=0.02)
    assert outcome.found.confidence[BURN].min() > 0.95
    assert set(outcome.found.duration[BURN]) == {1.0}
    assert np.abs(outcome.found.recovered[BURN]).max() < 0.1
    assert outcome.record["abrupt_ha"] == pytest.approx(7.2)
    assert outcome.record["gradual_ha"] == 0
    (period,) = outcome.record["disturbed_ha_by_period"]
    assert (period["from"], period["to"]) == ("2015-07-01", "2016-07-01")


@pytest.mark.parametrize("method", ["difference", "segments"])
def test_files_have_the_same_bytes_for_any_tile(tmp_path: Path, method: str) -> None:
    file = series(tmp_path, f'[disturbance]\nmethod = "{method}"\n')
    digests, tables = set(), []
    for tile in (16, 23, 64):
        folder = tmp_path / f"{method}{tile}"
        write_outcome(found(file, tile, parcel()), folder)
        files = sorted([*folder.glob("maps/*.tif"), *folder.glob("*.csv"), *folder.glob("*.json")])
        assert {f.name for f in files} >= {"date.tif", "confidence.tif", "parcels.csv"}
        digests.add(hashlib.sha256(b"".join(f.read_bytes() for f in files)).hexdigest())
        tables.append(gpd.read_file(folder / "alerts.gpkg"))
    assert len(digests) == 1
    assert all(tables[0].equals(table) for table in tables[1:])


def test_the_maps_are_cogs_with_units_and_nan(tmp_path: Path) -> None:
    write_outcome(found(write_set(tmp_path, {BEFORE: None, AFTER: BURN})), tmp_path / "out")
    with rasterio.open(tmp_path / "out/maps/date.tif") as file:
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert (file.dtypes[0], file.units[0]) == ("float32", "days since 1970-01-01")
        assert (np.isnan(file.read(1)) == ~BURN).all()
        assert file.shape == SHAPE
    assert not list(tmp_path.glob(".out*"))


def test_the_record_names_the_files_by_hash_and_the_rows_with_their_sources(
    tmp_path: Path,
) -> None:
    record = found(write_set(tmp_path, {BEFORE: None, AFTER: BURN})).record
    hashes = {Path(one["path"]).name: one["sha256"] for one in record["inputs"]}
    assert set(hashes) == {f"{d}{s}.tif" for d in (BEFORE, AFTER) for s in ("", "_scl")}
    read = (tmp_path / f"{AFTER}.tif").read_bytes()
    assert hashes[f"{AFTER}.tif"] == hashlib.sha256(read).hexdigest()
    rows = {row["parameter"]: row for row in record["parameters"]}
    assert set(rows) == {
        "burn_severity_least_loss", "minimum_mapping_unit", "reflectance_median_ratio",
        "reflectance_outside_share", "reflectance_sample_cells",
    }  # fmt: skip
    assert rows["burn_severity_least_loss"]["grade"] == "recalled"


def test_alerts_of_others_stand_beside_ours_and_alone(tmp_path: Path) -> None:
    x, y = CORNER
    theirs = gpd.GeoDataFrame(
        {"day": ["2020-08-01"], "p": [0.7]},
        geometry=[shapely.box(x, y - 300, x + 300, y)], crs=CRS,
    ).to_crs(4326)  # fmt: skip
    theirs.to_file(tmp_path / "theirs.geojson")
    rest = '[[alerts]]\npath = "theirs.geojson"\nsource = "glad"\ndate = "day"\nconfidence = "p"\n'
    both = found(write_set(tmp_path, {BEFORE: None, AFTER: BURN}, rest), parcels=parcel())
    assert list(both.alerts["source"]) == ["gep-difference", "glad"]
    assert both.parcels is not None
    # 5.76 ha of ours and 300 m x 300 m = 9 ha of theirs, apart from each other
    assert both.parcels.iloc[0]["disturbed_ha"] == pytest.approx(14.76, rel=1e-3)
    alone = found(write_set(tmp_path, "", rest), parcels=parcel())
    assert alone.found is None
    assert alone.parcels is not None
    assert alone.parcels.iloc[0]["disturbed_ha"] == pytest.approx(9, rel=1e-3)
    assert np.isnan(alone.parcels.iloc[0]["unseen_share"])


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ('index = "NDVI"', "no published classes of NDVI"),
        ('index = "NBRR"', "Did you mean NBR"),
        ('index = "EVI"\nleast_magnitude = 0.2', "EVI needs blue"),
        ("before = [2000-01-01, 2000-12-31]", "no scene is of this period"),
        ("before = [2020-01-01, 2020-12-31]", "is not later than `before`"),
        ('season = ["01-01", "02-01"]', "no scene is of this period"),
        ('method = "segments"', "segments needs scenes of at least 6 years, and there are 2"),
        ('method = "classes"', "classes needs [training]"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(tmp_path: Path, rest: str, said: str) -> None:
    file = write_set(tmp_path, {BEFORE: None, AFTER: BURN}, f"[disturbance]\n{rest}\n")
    with pytest.raises(GepError) as error:
        found(file)
    assert said in str(error.value)


def test_a_missing_parameter_stops_the_job_and_is_named(tmp_path: Path) -> None:
    rows = [row for row in bundled() if row.parameter != "minimum_mapping_unit"]
    scenes = read_scenes(write_set(tmp_path, {BEFORE: None, AFTER: BURN}))
    with pytest.raises(ParameterMissing, match="minimum_mapping_unit"):
        disturbances(scenes, Parameters(rows))


def test_a_scene_elsewhere_is_refused(tmp_path: Path) -> None:
    file = write_set(tmp_path, {BEFORE: None, AFTER: BURN})
    with rasterio.open(tmp_path / f"{AFTER}.tif", "r+") as far:
        far.transform = rasterio.Affine.translation(300_000, 0) @ far.transform
    with pytest.raises(GepError, match="does not overlap the other scenes"):
        found(file)
