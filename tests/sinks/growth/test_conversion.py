"""From a curve's stock to carbon: the routes' own equations, and their errors."""

import numpy as np
import pandas as pd
import pytest

from data_catalog.errors import GepError, ParameterMissing
from data_catalog.parameters import bundled
from sinks.growth.bundled import bundled_curve
from sinks.growth.conversion import STEMS, conversion_of, route_of
from sinks.growth.curve import QUANTITIES, GrowthError
from sinks.growth.live_carbon import live_carbon
from sinks.growth.paths import Grower, paths
from sinks.routes import Choices, stocks
from sinks.routes.amounts import Amounts
from tests.sinks.growth.stands_for_tests import grower, parcel, parcels


def hectare(*stock: float, **shared: float) -> Amounts:
    size = len(stock)
    return Amounts(
        value=np.array(stock), provisional=np.zeros(size, dtype=bool),
        shared={s: np.full(size, e) for s, e in shared.items()},
    )  # fmt: skip


def test_stems_of_northern_hebei_by_hand():
    # 3.396 x 22.94^0.685 = 29.03 t/ha; 0.47 of it is carbon
    way = conversion_of(STEMS, bundled(), Choices(), "oak", "broadleaf")
    found = way(hectare(22.94))["above_ground"]
    assert found.value[0] == pytest.approx(3.396 * 22.94**0.685 * 0.47)
    assert found.value[0] == pytest.approx(13.6, abs=0.1)
    assert np.isnan(found.shared["stem_biomass_exponent[hebei-north-2017, broadleaf]"])


def test_the_slope_of_stems_carries_the_error_of_the_volume():
    # d/dV of beta V^alpha is alpha x value / V
    way = conversion_of(STEMS, bundled(), Choices(), "oak", "broadleaf")
    found = way(hectare(100.0, curve=0.01))["above_ground"]
    assert found.shared["curve"][0] == pytest.approx(0.685 * found.value[0] / 100 * 0.01, rel=1e-6)


def test_no_volume_has_no_carbon_and_no_error():
    found = conversion_of(STEMS, bundled(), Choices(), "oak", "broadleaf")(hectare(0.0))
    assert found["above_ground"].value[0] == 0
    assert all(e[0] == 0 for e in found["above_ground"].shared.values())


@pytest.mark.parametrize(
    ("name", "column", "stock"),
    [("volume_fixed", "volume", 120.0), ("volume_linear", "volume", 120.0),
     ("above_ground_biomass", "above_ground_biomass", 90.0)],
)  # fmt: skip
def test_a_path_begins_with_the_stock_that_the_route_gives_for_the_same_measurement(
    name, column, stock
):
    units = next(one.units for one in QUANTITIES if one.column == column)
    inventory = pd.DataFrame([{
        "parcel_id": "p1", "year": 2020, "area_ha": 10.0, "species": "马尾松",
        "forest_kind": "乔木林", column: stock,
    }])  # fmt: skip
    (route,) = stocks(inventory, bundled(), Choices(routes=(name,)))
    way = conversion_of(route_of(units, name), bundled(), Choices(), "masson_pine")
    start = parcels(parcel(group="pine", stock=stock, stock_se=0.0))
    found = paths(start, {"pine": Grower(grower().curve, way)}, [2020])
    want = dict(zip(route.pools.keys["pool"], route.pools.value, strict=True))
    assert list(found.spatial) == []
    assert dict(zip(found.keys["pool"], found.value, strict=True)) == pytest.approx(want)


def test_a_path_errs_in_the_same_measurement_as_the_stock_it_began_with():
    inventory = pd.DataFrame([{
        "parcel_id": "p1", "year": 2020, "area_ha": 10.0, "species": "马尾松",
        "forest_kind": "乔木林", "above_ground_biomass": 90.0, "above_ground_biomass_se": 9.0,
    }])  # fmt: skip
    name = "above_ground_biomass"
    (route,) = stocks(inventory, bundled(), Choices(routes=(name,)))
    way = conversion_of(route_of("t_dm/ha"), bundled(), Choices(), "masson_pine")
    start = parcels(parcel(group="pine", stock=90.0, stock_se=9.0))
    growers = {"pine": Grower(grower().curve, way)}
    found = paths(start, growers, [2020, 2030])
    same = found.chosen(found.keys["year"].to_numpy() == 2020).minus(route.pools)
    assert same.value == pytest.approx(0)
    assert same.spatial[name].effect == pytest.approx(0, abs=1e-9)
    grown = found.chosen(found.keys["year"].to_numpy() == 2030).minus(route.pools)
    # a tenth of what grew
    assert np.abs(grown.spatial[name].effect) == pytest.approx(grown.value / 10)


def test_a_route_that_reads_something_else_is_refused():
    with pytest.raises(GepError, match="no route is named 'above_ground_biomass'"):
        route_of("m3/ha", "above_ground_biomass")
    with pytest.raises(GepError, match="Known: "):
        route_of("t_dm/ha", "tree_list_of_mine")


def test_a_species_without_a_row_is_named():
    way = conversion_of(STEMS, bundled(), Choices(), "chinese_fir")
    with pytest.raises(ParameterMissing, match="stem_biomass_coefficient"):
        way(hectare(10.0))


# As the route "age with a growth curve"


def test_a_curve_serves_the_route_by_age_and_the_roots_ratio_moves_carbon_between_pools_alone():
    inventory = pd.DataFrame([{
        "parcel_id": "p1", "year": 2020, "area_ha": 10.0, "species": "杉木", "origin": "人工",
        "forest_kind": "乔木林", "age": 20.0,
    }])  # fmt: skip
    fir = grower()
    curves = {"chinese_fir": live_carbon(fir)}
    (route,) = stocks(inventory, bundled(), Choices(routes=("age_curve",)), curves=curves)
    # 300 (1 - e^-1)^1.8 = 131.4 t/ha, half carbon, a quarter more in roots, 10 ha
    assert route.total.value[0] == pytest.approx(131.40 * 0.5 * 1.25 * 10, rel=1e-4)


def test_live_carbon_has_the_errors_of_curve_and_factors():
    covariance = np.diag([900.0, 0, 0])
    value, effects = live_carbon(grower(covariance, cf_se=0.02))(np.array([20.0]))
    # 30 of 300, and 0.02 of 0.5
    curve = np.sqrt(sum(e[0] ** 2 for s, e in effects.items() if s.startswith("curve")))
    assert curve == pytest.approx(value[0] / 10)
    assert effects["carbon_fraction[test]"][0] == pytest.approx(value[0] / 25)


def test_live_carbon_beyond_a_table_is_refused():
    larch = bundled_curve(bundled(), "co2fix-larch", "larch")
    with pytest.raises(GrowthError, match="has no stock at 80 years; it goes from 0 to 50"):
        live_carbon(Grower(larch, grower().conversion))(np.array([20.0, 80]))
