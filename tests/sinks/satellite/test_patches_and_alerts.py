"""Patches, alerts of ours and of others, and what of each parcel they cover: areas by hand."""

from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from data_catalog.errors import LayerError
from sinks.satellite.disturbance.alerts import COLUMNS, all_alerts, parcel_disturbance, read_alerts
from sinks.satellite.disturbance.found import Found
from sinks.satellite.disturbance.patches import alerts_of, cell_areas, patches
from sinks.satellite.scenes.composites import days_from
from sinks.satellite.scenes.declared import AlertEntry
from tiles.grid import Grid

GRID = Grid("EPSG:6933", (30.0, 0, 0.0, 0, -30.0, 600.0), 20, 20, 0.002)
"""Equal-area: a cell is 900 m2 = 0.09 ha exactly."""


def event(*blocks: tuple[slice, slice, int]) -> np.ndarray:
    cells = np.zeros(GRID.shape, np.int32)
    for rows, cols, number in blocks:
        cells[rows, cols] = number
    return cells


def test_a_cell_is_nine_hundredths_of_a_hectare() -> None:
    assert cell_areas(GRID) == pytest.approx(np.full(GRID.shape, 0.09))


def test_what_is_smaller_than_the_minimum_mapping_unit_is_left_out() -> None:
    # 12 cells = 1.08 ha, 11 cells = 0.99 ha, 10 cells = 0.90 ha
    cells = event(
        (slice(0, 3), slice(0, 4), 1), (slice(10, 11), slice(0, 11), 1),
        (slice(15, 17), slice(0, 5), 1),
    )  # fmt: skip
    labels = patches(cells, cell_areas(GRID), 0.99)
    assert sorted(np.bincount(labels.ravel())[1:]) == [11, 12]
    assert (labels[15:17] == 0).all()
    assert patches(cells, cell_areas(GRID), 0.0).max() == 3


def test_cells_join_at_their_corners_and_events_never_do() -> None:
    corner = event((slice(0, 2), slice(0, 2), 1), (slice(2, 4), slice(2, 4), 1))
    assert patches(corner, cell_areas(GRID), 0.0).max() == 1
    two = event((slice(0, 2), slice(0, 2), 1), (slice(0, 2), slice(2, 4), 2))
    assert patches(two, cell_areas(GRID), 0.0).max() == 2


def found(cells: np.ndarray) -> Found:
    first, last = days_from([date(2019, 7, 1), date(2020, 7, 1)])
    some = cells > 0
    magnitude = np.where(some, np.arange(cells.size).reshape(cells.shape) / cells.size, np.nan)
    nothing = np.full(cells.shape, np.nan)
    return Found(
        asked=np.ones(cells.shape, np.bool_), looked=np.ones(cells.shape, np.bool_),
        day_from=np.where(some, first, np.nan),
        day_to=np.where(some, last, np.nan), magnitude=magnitude, duration=nothing,
        confidence=np.where(some, 0.8, np.nan), recovered=nothing, event=cells,
    )  # fmt: skip


def test_an_alert_states_its_date_with_its_error_and_its_means() -> None:
    cells = event((slice(0, 1), slice(0, 3), 1))
    alerts = alerts_of(
        found(cells), patches(cells, cell_areas(GRID), 0), cell_areas(GRID), GRID, "x"
    )
    (one,) = alerts.to_dict("records")
    # 366 days from one July to the next, over a leap day: the middle is 31 December
    assert (one["date"], one["date_error_days"]) == (date(2019, 12, 31), 183)
    assert one["magnitude"] == pytest.approx((0 + 1 + 2) / 3 / 400)
    assert one["confidence"] == pytest.approx(0.8)
    assert one["area_ha"] == pytest.approx(0.27)
    assert one["geometry"].area == pytest.approx(2700)
    assert one["geometry"].is_valid


def test_cells_that_touch_at_a_corner_make_a_valid_shape() -> None:
    cells = event((slice(0, 2), slice(0, 2), 1), (slice(2, 4), slice(2, 4), 1))
    alerts = alerts_of(
        found(cells), patches(cells, cell_areas(GRID), 0), cell_areas(GRID), GRID, "x"
    )
    assert len(alerts) == 1
    assert alerts.geometry.is_valid.all()


def test_no_disturbance_is_an_empty_table_of_the_same_form() -> None:
    none = np.zeros(GRID.shape, np.int32)
    alerts = alerts_of(found(none), none, cell_areas(GRID), GRID, "x")
    assert len(alerts) == 0
    assert set(COLUMNS) < set(alerts.columns)


# Other providers


def provider(tmp_path: Path, name: str = "alerts.geojson", **columns: list[object]) -> Path:
    shapes = [shapely.box(0, 0, 300, 300), shapely.box(300, 0, 600, 300)]
    rows = {"seen": ["2024-05-31", "2024-06-30"], "sure": [90, 55]} | columns
    gpd.GeoDataFrame(rows, geometry=shapes, crs="EPSG:6933").to_file(tmp_path / name)
    return tmp_path / name


@pytest.mark.parametrize("name", ["alerts.geojson", "alerts.gpkg"])
def test_polygons_of_a_provider_come_into_our_form(tmp_path: Path, name: str) -> None:
    file = provider(tmp_path, name)
    entry = AlertEntry(path=name, source="glad", date="seen", confidence="sure",
                       confidence_scale=0.01, date_error_days=8.0)  # fmt: skip
    alerts = read_alerts(entry, str(file))
    assert list(alerts["date"]) == [date(2024, 5, 31), date(2024, 6, 30)]
    assert list(alerts["confidence"]) == pytest.approx([0.9, 0.55])
    assert list(alerts["date_error_days"]) == [8, 8]
    assert alerts["magnitude"].isna().all()
    # 300 m x 300 m = 9 ha
    assert list(alerts["area_ha"]) == pytest.approx([9, 9], rel=1e-6)
    assert set(alerts["source"]) == {"glad"}


def test_words_and_compact_dates_are_understood(tmp_path: Path) -> None:
    file = provider(tmp_path, seen=["20240531", "20240630"], sure=["high", "low"])
    entry = AlertEntry(path="a", source="radd", date="seen", confidence="sure",
                       confidence_values={"high": 0.9, "low": 0.6})  # fmt: skip
    alerts = read_alerts(entry, str(file))
    assert list(alerts["date"]) == [date(2024, 5, 31), date(2024, 6, 30)]
    assert list(alerts["confidence"]) == [0.9, 0.6]


@pytest.mark.parametrize(
    ("columns", "entry", "said"),
    [
        ({}, {"confidence": "sure"}, "row 1, 2 of column sure has a confidence of 90"),
        ({}, {"date": "sene"}, "has no column 'sene'. Did you mean seen"),
        ({"seen": ["2024-05-31", "soon"]}, {}, r"row 2 of column seen is no date \(soon\)"),
        ({"sure": ["high", "so-so"]}, {"confidence": "sure", "confidence_values": {"high": 0.9}},
         "column sure has so-so, which confidence_values does not have"),
        ({"size": ["1", "large"]}, {"magnitude": "size"}, "row 2 of column size is no number"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said(
    tmp_path: Path, columns: dict[str, list[object]], entry: dict[str, object], said: str
) -> None:
    file = provider(tmp_path, **columns)
    declared = AlertEntry(**({"path": "a", "source": "x", "date": "seen"} | entry))
    with pytest.raises(LayerError, match=said):
        read_alerts(declared, str(file))


def test_points_and_absent_files_are_refused(tmp_path: Path) -> None:
    points = gpd.GeoDataFrame({"seen": ["2024-05-31"]}, geometry=[shapely.Point(0, 0)], crs=6933)
    points.to_file(tmp_path / "points.geojson")
    entry = AlertEntry(path="a", source="x", date="seen")
    with pytest.raises(LayerError, match="row 1 is no polygon"):
        read_alerts(entry, str(tmp_path / "points.geojson"))
    with pytest.raises(LayerError, match="there is no such file"):
        read_alerts(entry, str(tmp_path / "absent.geojson"))


# Parcels


def alerts_at(*rows: tuple[shapely.Polygon, date, float]) -> gpd.GeoDataFrame:
    shapes, days, sure = zip(*rows, strict=True)
    return gpd.GeoDataFrame(
        {
            "alert_id": [f"a{i}" for i in range(len(rows))], "date": days,
            "date_error_days": 10.0, "magnitude": 0.3, "confidence": sure, "source": "x",
            "area_ha": [s.area / 1e4 for s in shapes],
        },
        geometry=list(shapes), crs="EPSG:6933",
    )  # fmt: skip


PARCELS = gpd.GeoDataFrame(
    {"parcel_id": ["01", "02"]},
    geometry=[shapely.box(0, 0, 1000, 1000), shapely.box(2000, 0, 3000, 1000)], crs="EPSG:6933",
)  # fmt: skip


def test_a_parcel_s_area_share_and_first_date() -> None:
    # 500 m x 200 m = 10 ha, and 100 m x 100 m = 1 ha of the second, half outside the parcel
    alerts = alerts_at(
        (shapely.box(0, 0, 500, 200), date(2024, 6, 1), 0.6),
        (shapely.box(950, 900, 1050, 1000), date(2023, 5, 1), 0.9),
    )
    table = parcel_disturbance(PARCELS, alerts, None).set_index("parcel_id")
    assert table.loc["01", "area_ha"] == pytest.approx(100)
    assert table.loc["01", "disturbed_ha"] == pytest.approx(10.5)
    assert table.loc["01", "disturbed_share"] == pytest.approx(0.105)
    assert table.loc["01", "first_date"] == date(2023, 5, 1)
    assert table.loc["01", "alerts"] == 2
    assert table.loc["01", "confidence"] == 0.9
    assert table.loc["02", "disturbed_ha"] == 0
    assert table.loc["02", "alerts"] == 0


def test_land_under_two_alerts_counts_once() -> None:
    same = shapely.box(0, 0, 500, 200)
    alerts = alerts_at((same, date(2024, 6, 1), 0.6), (same, date(2024, 7, 1), 0.7))
    table = parcel_disturbance(PARCELS, alerts, None)
    assert table["disturbed_ha"][0] == pytest.approx(10)


def test_land_that_was_not_seen_is_told() -> None:
    alerts = alerts_at((shapely.box(0, 0, 500, 200), date(2024, 6, 1), 0.6))
    hidden = gpd.GeoDataFrame(geometry=[shapely.box(0, 500, 1000, 1000)], crs="EPSG:6933")
    table = parcel_disturbance(PARCELS, alerts, hidden)
    assert list(table["unseen_share"]) == pytest.approx([0.5, 0])


def test_a_parcel_that_nobody_looked_at_has_no_area_rather_than_zero() -> None:
    alerts = alerts_at((shapely.box(0, 0, 500, 200), date(2024, 6, 1), 0.6))
    hidden = gpd.GeoDataFrame(geometry=[shapely.box(1900, -100, 3100, 1100)], crs="EPSG:6933")
    table = parcel_disturbance(PARCELS, alerts, hidden)
    assert table["disturbed_ha"][0] == pytest.approx(10)
    assert np.isnan(table["disturbed_ha"][1])
    assert table["unseen_share"][1] == pytest.approx(1)


def test_alerts_of_several_sources_stand_in_one_table() -> None:
    ours = alerts_at((shapely.box(0, 0, 500, 200), date(2024, 6, 1), 0.6))
    theirs = ours.assign(source="glad").to_crs(4326)
    both = all_alerts([ours, theirs])
    assert both.crs == ours.crs
    assert list(both["source"]) == ["x", "glad"]
    assert both.geometry.area.to_numpy() == pytest.approx([1e5, 1e5], rel=1e-6)
