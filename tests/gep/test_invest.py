"""The kernels of the services beside InVEST's own outputs, pixel by pixel and by subcatchment."""

import csv
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from data_catalog.derived import slope_length_steepness_flow
from data_catalog.parameters import COLUMNS, bundled
from gep.services.soil_retention import rusle_p
from gep.services.soil_retention.loss import potential_loss
from gep.services.water_conservation import water_yield

GURA = Path(__file__).parents[3] / "shared" / "data" / "invest_reference" / "gura"
FLOAT32 = 2e-6
"""How far numbers that InVEST computed and stored in float32 may be from ours, relative."""
LS = slope_length_steepness_flow.DERIVATION
SEASONALITY = 5.0  # args.json: seasonality_constant

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not GURA.is_dir(), reason=f"{GURA} is not there"),
]


@cache
def read(name: str) -> np.ndarray:
    """Return a raster on the part of the grid that InVEST's soil loss has, NaN where missing."""
    import rasterio
    from rasterio.windows import from_bounds

    with rasterio.open(GURA / "soil_loss/ls.tif") as least, rasterio.open(GURA / name) as file:
        window = from_bounds(*least.bounds, transform=file.transform).round()
        return file.read(1, window=window, masked=True).astype(np.float64).filled(np.nan)


def biophysical() -> list[dict[str, str]]:
    text = (GURA / "inputs/biophysical.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def of_cover(column: str) -> np.ndarray:
    cover = read("inputs/lulc.tif")
    found = np.full(cover.shape, np.nan)
    for row in biophysical():
        found[cover == float(row["lucode"])] = float(row[column])
    return found


def yielded() -> np.ndarray:
    return water_yield.VARIANT(
        precipitation=read("inputs/precip.tif"),
        potential_evapotranspiration=read("inputs/et0.tif"),
        root_depth=read("inputs/root_depth.tif"),
        plant_available_water=read("inputs/pawc.tif"),
        crop_coefficient=of_cover("Kc"),
        rooting_depth=of_cover("root_depth"),
        vegetated=of_cover("LULC_veg"),
        seasonality=SEASONALITY,
        budyko_shape_least=1.25,
        budyko_shape_most=5.0,
    )


def length_steepness() -> np.ndarray:
    shape = read("soil_loss/slope.tif").shape
    return LS(
        flow_accumulation=read("soil_loss/flow_accumulation.tif"),
        slope=np.rad2deg(np.arctan(read("soil_loss/slope.tif") / 100)),
        cell_size=np.full(shape, 15.0),
        **LS.coefficients(bundled()),
    )


def soil_loss() -> tuple[np.ndarray, np.ndarray]:
    """Return what a bare slope loses and what this land loses: potential less retained."""
    bare = {
        "rainfall_erosivity": read("inputs/erosivity.tif"),
        "soil_erodibility": read("inputs/erodibility.tif"),
        "slope_length_steepness": length_steepness(),
    }
    kept = rusle_p.VARIANT(
        **bare, cover_factor=of_cover("usle_c"), practice_factor=of_cover("usle_p")
    )
    potential = potential_loss(**bare)
    return potential, potential - kept


def assert_same(got: np.ndarray, name: str) -> None:
    want = read(name)
    there = np.isfinite(want)
    assert there.sum() > 460_000
    np.testing.assert_allclose(got[there], want[there], rtol=FLOAT32)


def test_water_yield_is_invests_on_every_pixel() -> None:
    assert_same(yielded(), "annual_water_yield/wyield.tif")


def test_the_fraction_that_evaporates_is_invests_on_every_pixel() -> None:
    assert_same(1 - yielded() / read("inputs/precip.tif"), "annual_water_yield/fractp.tif")


def test_slope_length_and_steepness_are_invests_on_every_pixel() -> None:
    assert_same(length_steepness(), "soil_loss/ls.tif")


def test_soil_loss_is_invests_on_every_pixel_off_the_streams() -> None:
    potential, actual = soil_loss()
    assert_same(potential, "soil_loss/rkls.tif")
    assert_same(actual, "soil_loss/usle.tif")


# ten covers of InVEST's table as ten classes of HJ 1166: which is which does not matter here
CLASSES = {"1": "61", "3": "31", "5": "51", "6": "52", "7": "21", "8": "11", "9": "42", "11": "12",
           "18": "63", "19": "13"}  # fmt: skip
LAYERS = {
    "precipitation": ("precip", "mm/year"),
    "potential_evapotranspiration": ("et0", "mm/year"),
    "root_depth": ("root_depth", "mm"),
    "plant_available_water": ("pawc", "1"),
}
BY_CLASS = {"crop_coefficient": ("Kc", "1"), "rooting_depth": ("root_depth", "mm"),
            "vegetated": ("LULC_veg", "1")}  # fmt: skip


@pytest.fixture(scope="module")
def gura(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a project over InVEST's inputs, its subcatchments as parcels; return the file."""
    folder = tmp_path_factory.mktemp("gura")
    (folder / "invest.toml").write_text(
        'id = "invest"\ntitle_zh = "产水量"\ntitle_en = "yield"\nsource = "CLCDINVEST"\n'
        '[services.water_conservation]\nparts = [{ variant = "water_yield", classes = '
        '["1", "2", "3", "4", "5", "6"] }]\n',
        encoding="utf-8",
    )
    crosswalk = "".join(f"{code},,{ours},\n" for code, ours in CLASSES.items())
    (folder / "covers.csv").write_text(f"code,legend,ecosystem,note\n{crosswalk}", encoding="utf-8")
    rows = [{"parameter": "seasonality", "value": SEASONALITY, "units": "1/year"}]
    rows += [
        {"parameter": ours, "key": CLASSES[r["lucode"]], "value": r[theirs], "units": units}
        for ours, (theirs, units) in BY_CLASS.items()
        for r in biophysical()
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS)).assign(source="InVEST", where="gura")
    table.to_csv(folder / "parameters.csv", index=False)
    parcels = gpd.read_file(GURA / "inputs/subwatersheds_gura.gpkg")
    parcels["parcel_id"] = parcels["subws_id"].astype(int).astype(str)
    parcels[["parcel_id", "geometry"]].to_parquet(folder / "parcels.parquet")
    text = f"""\
[project]
name = "gura"
year = 2012
standard = "invest.toml"
grid = "land_cover"
[tables]
parameters = "parameters.csv"
[parcels]
path = "parcels.parquet"
id = "parcel_id"
[output]
maps = "none"
[layers.land_cover]
path = "{GURA}/inputs/lulc.tif"
classes = "covers.csv"
"""
    for name, (file, units) in LAYERS.items():
        text += f'[layers.{name}]\npath = "{GURA}/inputs/{file}.tif"\nunits = "{units}"\n'
    project = folder / "gura.toml"
    project.write_text(text, encoding="utf-8")
    return project


def test_the_yield_of_each_subcatchment_is_that_of_invests_table(
    gura: Path, out: Path, computed: Callable[..., dict[str, Any]]
) -> None:
    computed(gura, out, tile=512)
    parcels = gpd.read_parquet(out / "parcels.parquet").set_index("parcel_id")
    account = pd.read_parquet(out / "account.parquet")
    text = (GURA / "annual_water_yield/subwatershed_results_wyield.csv").read_text("utf-8")
    table = {row["subws_id"]: row for row in csv.DictReader(text.splitlines())}
    assert set(table) == set(parcels.index)
    extent = pd.read_parquet(out / "extent.parquet")
    for name, row in table.items():
        parcel = parcels.loc[name]
        assert parcel["area_ha"] == pytest.approx(float(row["area_ha"]), rel=1e-5)
        rows = account[account["parcel_id"] == name].merge(extent, on=["parcel_id", "ecosystem"])
        # InVEST fills the few pixels without a soil with the mean of the rest: 3 of 175 947
        known = float((rows["area_ha"] * (1 - rows["missing_share"])).sum())
        volume = float(rows["physical"].sum()) * parcel["area_ha"] / known
        assert volume == pytest.approx(float(row["wyield_vol"]), rel=1e-5)
        assert known == pytest.approx(parcel["area_ha"], rel=5e-5)
