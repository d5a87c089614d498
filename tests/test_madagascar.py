"""North-east Madagascar at 120 m: what the account says against what the files hold."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from click.testing import CliRunner
from exactextract import exact_extract
from exactextract.feature import JSONFeatureSource
from exactextract.raster import NumPyRasterSource

from cli.main import gep as command
from data_catalog.parameters import bundled
from sinks.account import CarbonAccount
from sinks.run_estimates import changes_of_run, of_groups
from tests.madagascar import CARBON, DATA, RIGHT_CRS, make_madagascar
from tiles.compute import compute
from tiles.coverage import UNIT, Rings, cell_weights, coverage
from tiles.project import read_project
from tiles.run import How

pytestmark = pytest.mark.shared

FOREST, NOT_FOREST = "11", "99"
POOLS = ("above_ground", "below_ground", "litter", "soil")
DENSITIES = "ipcc2006-tropical-rainforest"
MAPS = {
    "water_conservation": ("water_conservation", ("mm/year", "m3/year"), 1e-3),
    "climate_regulation_transpiration": (
        "climate_regulation",
        ("kJ/(m2*year)", "kWh/year"),
        1 / 3600,
    ),
}
HECTARE = 10_000  # m2


@pytest.fixture(scope="module")
def run(madagascar: Path, computed, tmp_path_factory) -> Path:
    """Return the run under 1,200 irregular parcels."""
    out: Path = tmp_path_factory.mktemp("parcels") / "run"
    computed(madagascar, out, tile=128, workers=2)
    return out


@pytest.fixture(scope="module")
def one_parcel(computed, tmp_path_factory) -> Path:
    """Return the run over the whole grid as one parcel."""
    folder: Path = tmp_path_factory.mktemp("one-parcel")
    computed(make_madagascar(folder), folder / "run", tile=512)
    return folder / "run"


def manifest(run: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((run / "manifest.json").read_text("utf-8"))
    return content


def cells(name: str) -> Any:
    with rasterio.open(DATA / f"{name}.tif") as file:
        return file.read(1)


def forest() -> tuple[Any, Any]:
    """Return where there was forest in 2000 and in 2014."""
    return cells("madForest2000") == 1, cells("madForest2014") == 1


def as_counts(area_ha: Any, run: Path) -> Any:
    """Return areas as numbers of cells."""
    return np.asarray(area_ha) * HECTARE / manifest(run)["grid"]["cell_area_m2"]


# Where the layers lie


def test_as_tagged_the_laborde_grids_are_refused_and_the_right_crs_is_named(tmp_path):
    project = make_madagascar(tmp_path, crs=None)
    for verb in (("validate",), ("compute", "--quiet", "--out", str(tmp_path / "run"))):
        done = subprocess.run(
            [sys.executable, "-m", "cli", verb[0], str(project), *verb[1:], "--lang", "en"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 1
        lines = done.stderr.splitlines()
        assert {line.split(":")[1].strip() for line in lines} == {
            f"mad{name}.tif" for name in ("Forest2014", "Forest2000", "Ppt", "Tmin", "Tmax", "Elev")
        }
        for line in lines:
            assert "as tagged" in line
            assert "does not overlap the layer madCover.tif" in line
            assert f'crs = "{RIGHT_CRS}"' in line
    assert not (tmp_path / "run").exists()
    assert not (tmp_path / "run.unfinished").exists()


def test_with_the_override_nothing_is_wrong(madagascar):
    command = [sys.executable, "-m", "cli", "validate", str(madagascar), "--lang", "en"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_receipt_names_the_override_and_the_methods(run):
    receipt = {r["layer"]: r for r in json.loads((run / "alignment.json").read_text("utf-8"))}
    assert "crs" in receipt["forest"]["overrides"]
    assert receipt["forest"]["method_en"] == "same grid, cell by cell"
    assert receipt["land_cover"]["method_en"] == "majority of area"
    assert receipt["precipitation"]["method_en"] == "area-weighted mean"
    assert receipt["forest"]["cells_missing"] == 0


# Forest and its loss


def test_forest_and_its_loss_are_pixel_counts_times_the_cell_area_exactly(one_parcel):
    before, after = forest()
    matrix = pd.read_csv(one_parcel / "carbon_change_matrix.csv", index_col=0, dtype={0: str})
    matrix.index = [str(name) for name in matrix.index]
    counts = {
        (a, b): as_counts(matrix.loc[a, b], one_parcel)
        for a in (FOREST, NOT_FOREST)
        for b in (FOREST, NOT_FOREST)
    }
    expected = {
        (FOREST, FOREST): (before & after).sum(),
        (FOREST, NOT_FOREST): (before & ~after).sum(),
        (NOT_FOREST, FOREST): (~before & after).sum(),
        (NOT_FOREST, NOT_FOREST): (~before & ~after).sum(),
    }
    for key, count in counts.items():
        # hectares are written as decimals: back to cells they are whole to the last digits
        assert count == pytest.approx(expected[key], rel=1e-14, abs=0), key


def test_the_sums_behind_them_are_whole_numbers_of_cells(computed, out, monkeypatch):
    """The same without a unit in between: the engine's areas are counts times one float."""
    found = {}

    def kept(*given: Any) -> Any:
        found["areas"] = Result(*given).areas(("forest", "forest_baseline"))
        found["cell"] = given[0].grid.nominal_area
        return Result(*given)

    from tiles.results import Result

    monkeypatch.setattr("tiles.compute.Result", kept)
    computed(make_madagascar(out.parent), out, tile=100, workers=2)
    before, after = forest()
    areas = found["areas"].set_index(["forest_baseline", "forest"])["area_m2"]
    assert areas[FOREST, NOT_FOREST] == (before & ~after).sum() * found["cell"]
    assert areas[FOREST, FOREST] == (before & after).sum() * found["cell"]
    assert areas[:, FOREST].sum() == after.sum() * found["cell"]
    assert (areas / found["cell"]).sum() == before.size


def test_the_stock_changes_by_the_forest_lost_times_the_density(one_parcel):
    before, after = forest()
    carbon = pd.read_csv(one_parcel / "carbon.csv")
    change = carbon[carbon["year_to"] == 2014].set_index("pool")
    area = manifest(one_parcel)["grid"]["cell_area_m2"] / HECTARE
    lost = (int(before.sum()) - int(after.sum())) * area
    assert lost > 10_000
    for pool in POOLS:
        row = bundled().of_ecosystem(f"carbon_density_{pool}", DENSITIES, FOREST)
        stock = carbon[(carbon["pool"] == pool) & carbon["year"].notna()].set_index("year")
        assert stock.loc[2014, "stock_tC"] == pytest.approx(
            int(after.sum()) * area * row.in_units("t_C/ha"), rel=1e-12
        )
        if pool != "soil":  # the soil of lost forest is not lost at once: no change is claimed
            by_hand = -lost * row.in_units("t_C/ha")
            assert change.loc[pool, "change_tC"] == pytest.approx(by_hand, rel=1e-12)
            assert change.loc[pool, "removal_tCO2e"] == pytest.approx(by_hand * 44 / 12, rel=1e-12)
        else:
            assert np.isnan(change.loc[pool, "change_tC"])


# Parcels that tile the area


def test_parcel_sums_are_those_of_the_whole_area(run, one_parcel):
    parcels, whole = (pd.read_parquet(r / "account.parquet") for r in (run, one_parcel))
    assert parcels["parcel_id"].nunique() >= 1000
    keys = ["service", "ecosystem"]
    sums = parcels.groupby(keys)[["physical", "value"]].sum()
    expected = whole.set_index(keys)[["physical", "value"]].loc[sums.index]
    assert len(sums) == len(whole)
    np.testing.assert_allclose(sums, expected, rtol=1e-9)


def test_parcel_carbon_is_that_of_the_whole_area(run, one_parcel):
    keys = ["pool", "year", "year_from", "year_to"]
    values = ["stock_tC", "change_tC", "removal_tCO2e"]
    tables = [pd.read_parquet(r / "carbon.parquet") for r in (run, one_parcel)]
    # the soil of lost forest is unknown, in the parcels that lost some and so in the whole
    known = [t[(t["pool"] != "soil") | t["year"].notna()] for t in tables]
    parcels, whole = (
        t.groupby(keys, dropna=False)[values].sum(min_count=1).sort_index() for t in known
    )
    assert len(whole) == 4 + 4 + 3
    np.testing.assert_allclose(parcels, whole, rtol=1e-9)


@pytest.mark.parametrize("name", MAPS)
def test_maps_sum_to_the_account_as_far_as_float32_goes(run, name):
    service, unit, to_total = MAPS[name]
    with rasterio.open(run / "maps" / f"{name}.tif") as file:
        values, per_m2 = file.read(1).astype(np.float64), file.units[0]
    account = pd.read_parquet(run / "account.parquet")
    account = account[account["service"] == service]
    if name.startswith("climate"):
        account = account[account["ecosystem"].str[0].isin(["1", "2", "3"])]
    assert (per_m2, *set(account["physical_unit"])) == unit
    area = manifest(run)["grid"]["cell_area_m2"]
    # float32 is off by 2**-24 of a value at most
    expected = np.nansum(values) * area * to_total
    assert account["physical"].sum() == pytest.approx(expected, rel=2**-24)


def test_parcel_areas_are_those_of_the_polygons(run, madagascar):
    drawn = gpd.read_parquet(madagascar.with_name("parcels.parquet")).set_index("parcel_id")
    found = pd.read_parquet(run / "parcels.parquet").set_index("parcel_id")
    assert len(found) == len(drawn) >= 1000
    areas = drawn.geometry.area.loc[found.index] / HECTARE
    np.testing.assert_allclose(found["area_ha"], areas, rtol=1e-6)
    assert found["area_ha"].sum() == pytest.approx(areas.sum(), rel=1e-9)
    assert (drawn.geom_type == "MultiPolygon").any()
    assert shapely.get_num_interior_rings(drawn.geometry.to_numpy()).max() == 1


def test_coverage_fractions_are_those_of_exactextract_over_the_whole_grid(madagascar):
    drawn = gpd.read_parquet(madagascar.with_name("parcels.parquet"))
    with rasterio.open(DATA / "madForest2014.tif") as file:
        transform, (rows, cols) = file.transform, file.shape
    polygons = drawn.geometry.to_numpy()
    rings = Rings.from_polygons(polygons, ~transform)
    in_cells = shapely.transform(
        polygons,
        lambda xy: np.column_stack([
            (xy[:, 0] - transform.c) / transform.a,
            rows - (xy[:, 1] - transform.f) / transform.e,
        ]),
    )  # fmt: skip
    grid = NumPyRasterSource(np.zeros((rows, cols)), 0, 0, cols, rows)
    features = [
        {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(p)}
        for p in in_cells
    ]
    found = exact_extract(grid, JSONFeatureSource(features), ["coverage", "cell_id"])
    ours = coverage(rings, 0, rows, 0, cols)
    assert ours.parcels.tolist() == list(range(len(polygons)))
    most = 0.0
    step = 100  # parcels held as whole grids at a time
    for start in range(0, len(polygons), step):
        expected = np.zeros((step, rows * cols))
        for row, feature in zip(expected, found[start : start + step], strict=False):
            row[np.asarray(feature["properties"]["cell_id"], int)] = feature["properties"][
                "coverage"
            ]
        numbers = range(start, min(start + step, len(polygons)))
        part = Rings.from_polygons(polygons[numbers.start : numbers.stop], ~transform)
        weights = cell_weights(coverage(part, 0, rows, 0, cols), rows, cols) / UNIT
        most = max(most, np.abs(weights.reshape(len(numbers), -1) - expected[: len(numbers)]).max())
    assert most < 1e-6


# What is missing


def test_a_parcel_says_what_share_of_it_has_no_rain(run):
    account = pd.read_parquet(run / "account.parquet").query("service == 'water_conservation'")
    assert account["missing_share"].between(0, 1).all()
    blind = account["missing_share"] == 1
    assert blind.any()
    assert account.loc[blind, "physical"].isna().all()
    assert account.loc[blind, "value"].isna().all()
    part = account["missing_share"].between(0, 1, inclusive="neither")
    assert part.any()
    assert account.loc[part, "physical"].notna().all()


def test_the_missing_share_is_the_share_of_cells_without_rain(one_parcel):
    receipt = {
        r["layer"]: r for r in json.loads((one_parcel / "alignment.json").read_text("utf-8"))
    }
    rain = receipt["precipitation"]
    assert rain["cells_missing"] > 0.2 * rain["cells_in_parcels"]
    # the coarse grid ends inside the fine one: by hand from the two extents and the gaps
    with rasterio.open(DATA / "madPpt.tif") as file:
        band, coarse = file.read(), file.transform
    with rasterio.open(DATA / "madForest2014.tif") as file:
        fine, shape = file.transform, file.shape
    rows, cols = np.mgrid[: shape[0], : shape[1]] + 0.5
    x, y = fine.a * cols + fine.c, fine.e * rows + fine.f
    row, col = ((y - coarse.f) / coarse.e).astype(int), ((x - coarse.c) / coarse.a).astype(int)
    inside = (y < coarse.f) & (row < band.shape[1]) & (x > coarse.c) & (col < band.shape[2])
    gap = (band == 65535).any(axis=0)
    known = inside.copy()
    known[inside] = ~gap[row[inside], col[inside]]
    # cells that two coarse pixels share may go either way: those along the edges
    along_edges = 2 * (shape[0] + shape[1])
    assert abs(int(known.sum()) - rain["cells_with_value"]) < along_edges


def test_slope_from_120_m_is_refused_so_soil_retention_is_not_computed(run):
    not_computed = {n["account"]: n for n in manifest(run)["not_computed"]}
    assert (
        "cells are 120 m, but Slope (Horn) needs 100 m"
        in not_computed["soil_retention"]["reason_en"]
    )
    account = pd.read_parquet(run / "account.parquet")
    assert "soil_retention" not in set(account["service"])


def test_what_was_modelled_is_told(run):
    made = {m["variable"]: m["from"] for m in manifest(run)["modelled"]}
    assert "evapotranspiration" in made
    assert {"temperature_min", "temperature_max"} <= set(made["potential_evapotranspiration"])


# Loss per parcel, with its error, and what the area did


@pytest.fixture(scope="module")
def with_errors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the run under 300 parcels, where the density above ground is known to +- 15 %."""
    folder = tmp_path_factory.mktemp("with-errors")
    project = make_madagascar(folder, parcels=300)
    row = "carbon_density_above_ground,11,141,21,t_C/ha,a test"
    rows = f"parameter,key,value,se,units,source\n{row}\n"
    (folder / "errors.csv").write_text(rows, encoding="utf-8")
    tables = '[tables]\nparameters = "errors.csv"\n'
    project.write_text(project.read_text("utf-8").replace(CARBON, tables + CARBON), "utf-8")
    done = compute(
        read_project(project), (CarbonAccount(),), folder / "run", How(tile=256, workers=1)
    )
    assert done["carbon"]["classes"] == ["forest", "forest_baseline"]
    return folder / "run"


def test_the_loss_of_each_parcel_errs_by_the_density_it_shares_with_all(with_errors):
    found = changes_of_run(with_errors)
    above = found.chosen((found.keys["pool"] == "above_ground").to_numpy())
    known = ~np.isnan(above.value)
    assert known.sum() == 300
    # 21 of 141: the same share of every parcel's loss
    np.testing.assert_allclose(above.se, np.abs(above.value) * 21 / 141, rtol=1e-12)
    before, after = forest()
    area = manifest(with_errors)["grid"]["cell_area_m2"] / HECTARE
    lost = (int(before.sum()) - int(after.sum())) * area
    whole = of_groups(above, dict.fromkeys(above.keys["parcel_id"], "all"))
    assert whole.value[0] == pytest.approx(-141 * lost, rel=1e-9)
    assert whole.se[0] == pytest.approx(21 * lost, rel=1e-9)


def test_the_loss_has_an_interval_and_is_told_from_none(with_errors, monkeypatch):
    """At 95 %: 1.96 times 15 % of the loss to each side; the pools without an error say so."""
    monkeypatch.setenv("GEP_LANG", "en")
    out = str(with_errors.parent / "printed")
    project = str(with_errors.parent / "madagascar.toml")
    done = CliRunner().invoke(
        command, ["sinks", "change", project, "--out", out, "-q"], catch_exceptions=False
    )
    rows = pd.read_csv(with_errors / "carbon.csv")
    above = rows[(rows["pool"] == "above_ground") & rows["year_to"].notna()].iloc[0]
    half = 1.959964 * 21 / 141 * abs(above["change_tC"])
    ends = (above["change_tC"] - half, above["change_tC"] + half)
    (line,) = (x for x in done.stdout.splitlines() if x.startswith("above-ground biomass  ")
               and "0.0" not in x.split())  # fmt: skip
    numbers = [float(x.replace(",", "")) for x in line.split()[2:]]
    assert numbers[2:4] == pytest.approx(ends, rel=1e-6)
    (below,) = (x for x in done.stdout.splitlines() if x.startswith("below-ground biomass  ")
                and "unknown" in x)  # fmt: skip
    assert below.count("unknown") == 3


def test_all_of_the_loss_is_the_areas(with_errors):
    effects = pd.read_parquet(with_errors / "carbon_change_effects.parquet")
    above = effects[effects["pool"] == "above_ground"]
    # one density for all forest at both dates: the area alone changed
    np.testing.assert_allclose(above["area_effect_tC"], above["change_tC"], rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(
        above["change_tC"], 141 * (above["forest_to_ha"] - above["forest_from_ha"]), rtol=1e-9,
        atol=1e-6,
    )  # fmt: skip
    before, after = forest()
    assert as_counts(above["forest_from_ha"].sum(), with_errors) == pytest.approx(before.sum())
    assert as_counts(above["forest_to_ha"].sum(), with_errors) == pytest.approx(after.sum())


def test_the_land_use_matrix_closes_and_land_lost_is_in_transition(with_errors):
    before, after = forest()
    matrix = pd.read_csv(with_errors / "carbon_land_use_matrix.csv", dtype={2: str, 3: str})
    assert as_counts(matrix["area_ha"].sum(), with_errors) == pytest.approx(before.size)
    states = pd.read_csv(with_errors / "carbon_land_use.csv", dtype={1: str, 2: str})
    lost = states[(states["land_use_from"] == "1") & (states["land_use_to"] == "9")]
    # of the 14 years up to 2014 none is known to be over: since the map of 2014
    assert set(lost["state"]) == {"converted"}
    assert set(lost["since"]) == {2014}
    assert as_counts(lost["area_ha"].sum(), with_errors) == pytest.approx((before & ~after).sum())
    kept = states[(states["land_use_from"] == "1") & (states["land_use_to"] == "1")]
    assert set(kept["state"]) == {"remaining"}
    assert as_counts(kept["area_ha"].sum(), with_errors) == pytest.approx((before & after).sum())
