"""The bundled counties and datasets."""

import csv

import pytest
from pyproj import Geod

from data_catalog.datasets import datasets, folder
from data_catalog.errors import UnknownNameError
from data_catalog.regions import counties, region

SQUARE_KM = 1e6


def test_nine_counties_with_six_digit_text_codes() -> None:
    frame = counties()
    assert list(frame.columns) == ["code", "zh", "en", "geometry"]
    assert frame.crs.to_epsg() == 4326
    assert len(frame) == 9
    assert all(isinstance(c, str) and len(c) == 6 and c.isdigit() for c in frame["code"])
    assert list(frame["code"]) == sorted(set(frame["code"]))
    assert frame.geometry.is_valid.all()


def test_names_belong_to_their_codes() -> None:
    by_code = counties().set_index("code")
    assert tuple(by_code.loc["331181", ["zh", "en"]]) == ("龙泉市", "Longquan")
    assert tuple(by_code.loc["331127", ["zh", "en"]]) == ("景宁畲族自治县", "Jingning")
    assert tuple(by_code.loc["331102", ["zh", "en"]]) == ("莲都区", "Liandu")


def test_the_nine_counties_measure_17248_square_km() -> None:
    geod = Geod(ellps="WGS84")
    area = sum(abs(geod.geometry_area_perimeter(g)[0]) for g in counties().geometry)
    assert area / SQUARE_KM == pytest.approx(17248, abs=10)


def test_neighbours_do_not_overlap() -> None:
    flat = counties().to_crs("EPSG:4549").geometry
    assert flat.union_all().area == pytest.approx(flat.area.sum(), rel=1e-6)


def test_a_county_code_gives_one_county() -> None:
    assert list(region("331181")["zh"]) == ["龙泉市"]


def test_a_city_code_gives_all_its_counties() -> None:
    assert list(region("331100")["code"]) == list(counties()["code"])


@pytest.mark.parametrize("code", ["331128", "331182", "3311", "33118"])
def test_an_unknown_code_gives_a_suggestion(code: str) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 3311"):
        region(code)


def test_a_province_of_which_we_hold_one_city_is_unknown() -> None:
    with pytest.raises(UnknownNameError):
        region("330000")


def test_the_lishui_dataset_is_a_folder_with_its_provenance() -> None:
    assert datasets() == ("lishui",)
    names = {f.name for f in folder("lishui").iterdir()}
    assert {"README.md", "statistics.csv", "land_cover_2019.tif", "elevation.tif"} <= names


def test_every_grid_of_a_dataset_is_described_in_its_readme() -> None:
    for name in datasets():
        text = (folder(name) / "README.md").read_text(encoding="utf-8")
        assert all(f.name in text for f in folder(name).glob("*.tif"))
        assert "licence" in text


def test_every_published_figure_names_its_source_and_unit() -> None:
    text = (folder("lishui") / "statistics.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) > 10
    assert all(row["source"] and row["unit"] and float(row["value"]) for row in rows)


def test_an_unknown_dataset_gives_a_suggestion() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean lishui"):
        folder("lishiu")
