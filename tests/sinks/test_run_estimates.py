"""Errors of a run read back: of parcels, townships, portfolios and totals."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data_catalog.errors import RunError
from sinks.account import CarbonAccount
from sinks.account_files import ERRORS
from sinks.run_estimates import (
    changes_of_run,
    groups_of_run,
    of_groups,
    of_parcels,
    stocks_of_run,
)
from tests.county import FACTORS, changed
from tiles.compute import compute
from tiles.project import read_project
from tiles.run import How

PARAMETERS = """\
parameter,key,value,se,units,source
carbon_fraction,,0.47,0.01,t_C/t_dm,a test
root_shoot_ratio_low_biomass,,0.20,0.02,t_dm/t_dm,a test
root_shoot_ratio_high_biomass,,0.24,0.03,t_dm/t_dm,a test
"""


def carbon(project: Path, out: Path, tile: int = 128, workers: int = 1) -> Path:
    compute(read_project(project), (CarbonAccount(),), out, How(tile=tile, workers=workers))
    return out


@pytest.fixture(scope="module")
def biomass(county: Path) -> Path:
    """Return the county by biomass, with factors whose errors are known."""
    (county.parent / "with-errors.csv").write_text(PARAMETERS, encoding="utf-8")
    tables = '[tables]\nparameters = "with-errors.csv"\n[output]'
    return changed(county, "with-errors.toml", {"[output]": tables})


@pytest.fixture(scope="module")
def classes(county: Path) -> Path:
    old = f'method = "biomass"\nfactors = "{FACTORS}"'
    return changed(county, "classes.toml", {old: 'densities = "zhejiang-2016"'})


@pytest.fixture(scope="module")
def run(biomass: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return carbon(biomass, tmp_path_factory.mktemp("errors") / "run")


def rows_of(run: Path, amount: str) -> pd.DataFrame:
    rows = pd.read_parquet(run / "carbon.parquet")
    return rows[rows[amount].notna()]


@pytest.mark.parametrize(("amount", "read"), [("stock_tC", stocks_of_run),
                                              ("change_tC", changes_of_run)])  # fmt: skip
def test_single_parcels_err_as_the_table_of_the_run_says(run, amount, read):
    rows = rows_of(run, amount)
    found = read(run).chosen(~np.isnan(read(run).value))
    np.testing.assert_array_equal(found.keys["parcel_id"], rows["parcel_id"])
    np.testing.assert_array_equal(found.value, rows[amount])
    np.testing.assert_allclose(found.se, rows["se_tC"], rtol=1e-12)
    assert (rows["se_tC"] > 0).any()


def test_parcels_that_share_all_their_errors_err_by_the_sum(run):
    found = stocks_of_run(run)
    above = found.chosen(((found.keys["pool"] == "above_ground") & (found.keys["year"] == 2019)
                          ).to_numpy())  # fmt: skip
    two = list(above.keys["parcel_id"][:2])
    # the carbon fraction alone: 0.01 of 0.47, of both parcels together
    assert of_parcels(above, two).se[0] == pytest.approx(above.value[:2].sum() * 0.01 / 0.47)
    assert of_parcels(above, two).se[0] == pytest.approx(above.se[:2].sum())


def test_a_township_errs_by_what_its_parcels_share(run):
    found = changes_of_run(run)
    parcels = sorted(set(found.keys["parcel_id"]))
    towns = {parcel: "东乡" if place % 2 else "西乡" for place, parcel in enumerate(parcels)}
    both = of_groups(found, towns)
    assert set(both.keys["group"]) == {"东乡", "西乡"}
    table = pd.read_csv(run / "carbon.csv").set_index("pool")
    table = table[table["change_tC"].notna()]
    for pool in ("above_ground", "below_ground"):
        rows = both.chosen((both.keys["pool"] == pool).to_numpy()).summed(())
        assert rows.value[0] == pytest.approx(table.loc[pool, "change_tC"])
        assert rows.se[0] == pytest.approx(table.loc[pool, "se_tC"])
        # in quadrature it would be less than it is
        each = both.se[(both.keys["pool"] == pool).to_numpy()]
        assert rows.se[0] != pytest.approx(np.hypot(*each))


def test_all_pools_err_together_by_the_fraction_they_share(run):
    found = of_groups(stocks_of_run(run), dict.fromkeys(stocks_of_run(run).keys["parcel_id"], ""),
                      by_pool=False)  # fmt: skip
    whole = pd.read_csv(run / "carbon_total.csv").set_index("year")
    for row, year in enumerate(found.keys["year"]):
        assert found.value[row] == pytest.approx(whole.loc[year, "stock_tC"])
        assert found.se[row] == pytest.approx(whole.loc[year, "se_tC"])
    pools = pd.read_csv(run / "carbon.csv").set_index("year").loc[2019]
    assert np.hypot(*pools["se_tC"]) < whole.loc[2019, "se_tC"] < pools["se_tC"].sum()


def test_a_change_errs_less_than_its_stocks_for_they_share_the_factors(run):
    whole = pd.read_csv(run / "carbon_total.csv")
    stocks, change = whole["se_tC"][whole["year"].notna()], whole["se_tC"][whole["year_to"].notna()]
    assert change.iloc[0] < 0.2 * stocks.min()


def test_parcels_a_run_does_not_have_are_named(run):
    with pytest.raises(RunError, match="no carbon of the parcels 99999"):
        of_parcels(stocks_of_run(run), ["00001", "99999"])
    with pytest.raises(RunError, match=r"no parcels\.parquet"):
        groups_of_run(run, "township")
    with pytest.raises(RunError, match="no finished run"):
        stocks_of_run(run.parent)


def test_effects_of_area_and_density_make_the_change(run):
    effects = pd.read_parquet(run / "carbon_change_effects.parquet")
    known = effects[effects["change_tC"].notna()]
    made = known["area_effect_tC"] + known["density_effect_tC"]
    np.testing.assert_allclose(made, known["change_tC"], rtol=1e-12, atol=1e-9)
    same = known["forest_from_ha"] == known["forest_to_ha"]
    rows = rows_of(run, "change_tC").set_index(["parcel_id", "pool"])["change_tC"]
    np.testing.assert_array_equal(
        known["change_tC"], rows[known.set_index(["parcel_id", "pool"]).index]
    )
    assert (known["area_effect_tC"] != 0).any()
    assert not same.all()
    sums = pd.read_csv(run / "carbon_change_effects.csv").set_index("pool")
    by_pool = known.groupby("pool")[["area_effect_tC", "density_effect_tC", "change_tC"]].sum()
    for column in by_pool:
        np.testing.assert_allclose(sums[column], by_pool[column], rtol=1e-12)


FILES = ("carbon.parquet", ERRORS, "carbon_change_effects.parquet", "carbon_total.csv",
         "carbon_change_effects.csv", "carbon_change_matrix.csv")  # fmt: skip


@pytest.mark.parametrize("method", ["biomass", "classes"])
def test_the_new_files_have_the_same_bytes_for_any_tiling(method, request, digests, tmp_path):
    project = request.getfixturevalue(method)
    first, *others = [
        digests(carbon(project, tmp_path / f"{tile}", tile, workers), FILES)
        for tile, workers in ((512, 1), (64, 2), (77, 1))
    ]
    assert all(other == first for other in others)


MAP_ERROR = """
[carbon.map_error]
range = "{}"
dates = "low"
"""


def with_map_error(county: Path, reach: str) -> Path:
    rows = f"{PARAMETERS}biomass_map_error,,0.3,,1,a test\n"
    (county.parent / "map-error.csv").write_text(rows, encoding="utf-8")
    tables = f'{MAP_ERROR.format(reach)}[tables]\nparameters = "map-error.csv"\n[output]'
    return changed(county, f"map-{reach}.toml", {"[output]": tables})


def test_the_error_of_the_map_is_alike_within_its_range(county: Path, run: Path, tmp_path: Path):
    """Parcels of 0.8 km under errors alike over 50 km err by all of 30 %; over 2 km by less."""
    without = stocks_of_run(run)
    shares = {}
    for reach in ("long", "short"):
        found = stocks_of_run(carbon(with_map_error(county, reach), tmp_path / reach))
        np.testing.assert_array_equal(found.value, without.value)
        of_map = np.sqrt(np.maximum(found.se**2 - without.se**2, 0))
        known = found.value > 0
        shares[reach] = of_map[known] / found.value[known]
        whole = dict.fromkeys(found.keys["parcel_id"], "all")
        assert (of_groups(found, whole).se > of_groups(without, whole).se).all()
    assert (shares["long"] < 0.3 * (1 + 1e-9)).all()
    assert np.median(shares["long"]) > 0.28
    assert (shares["short"] < shares["long"]).all()
    # a hundred pixels of 30 m that err apart would leave a tenth
    assert shares["short"].min() > 0.3 / 4


def test_a_change_errs_by_what_differs_between_the_dates(county: Path, tmp_path: Path):
    run = carbon(with_map_error(county, "long"), tmp_path / "run")
    stocks = stocks_of_run(run).summed(["parcel_id", "year"])
    change = changes_of_run(run).summed(["parcel_id"])
    before, now = (stocks.value[(stocks.keys["year"] == y).to_numpy()] for y in (2010, 2019))
    # correlation 0.8: 30 % of sqrt(b2 + n2 - 2 x 0.8 b n), a little less within 50 km
    most = 0.3 * np.sqrt(before**2 + now**2 - 1.6 * before * now)
    known = ~np.isnan(most) & (most > 1)
    assert np.median(change.se[known] / most[known]) == pytest.approx(1, abs=0.06)
