"""Soil, dead wood and litter of converted land: by hand, errors that go together, laws, faults."""

import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_catalog.errors import ParameterMissing, ParcelError
from data_catalog.parameters import COLUMNS, Parameters, Row, bundled
from sinks.densities import density_table
from sinks.dynamics.soil_stocks import factor_soils, measured_soils
from sinks.dynamics.transitions import dead_organic_change, land_of, soil_change
from sinks.rows import needed

ROWS = bundled()
YEARS = needed(ROWS, "a test", "soil_transition_years", "ipcc-2006")
CLIMATE = "ipcc2006-warm-temperate-moist"


def row(parameter: str, key: str, value: float, se: float, units: str) -> Row:
    text = dict.fromkeys((c for c in COLUMNS if c not in {"value", "se", "low", "high"}), "")
    text |= {"parameter": parameter, "set": "hand", "key": key, "units": units, "source": "hand",
             "where": f"{parameter} {key}", "grade": "local"}  # fmt: skip
    return Row(**text, value=value, se=se, low=math.nan, high=math.nan)


def land(*rows: tuple[str, str, str, float | None, float]) -> pd.DataFrame:
    names = ["parcel_id", "ecosystem_from", "ecosystem_to", "year_converted", "area_ha"]
    return pd.DataFrame(rows, columns=names)


def forest() -> Parameters:
    """Return densities of one forest, t C/ha: soil 90 ± 9, dead wood 4 ± 1, litter 2 ± 0.5."""
    return Parameters(
        [row("carbon_density_soil", "1", 90, 9, "t_C/ha"),
         row("carbon_density_soil", "5", 60, 6, "t_C/ha"),
         row("carbon_density_dead_wood", "1", 4, 1, "t_C/ha"),
         row("carbon_density_litter", "1", 2, 0.5, "t_C/ha")]
    )  # fmt: skip


def test_cropland_that_became_forest_gains_soil_carbon_year_by_year():
    soils = factor_soils(ROWS, CLIMATE, "hac")
    assert soils.depth == "0-30 cm"
    found = soil_change(land(("p", "51", "11", 2010, 10)), soils, 2014, 2015, YEARS)
    # 10 ha x (88 - 88 x 0.69) / 20 = 13.64 t C
    assert found.value.tolist() == pytest.approx([13.64])
    assert found.keys.to_dict("records") == [{"parcel_id": "p", "pool": "soil"}]
    # the table gives no errors: what it decides has an unknown one
    assert np.isnan(found.se).all()


def test_another_use_of_the_soil_is_chosen_by_its_row():
    reduced = {"51": {"soil_management_factor": "51 reduced tillage"}}
    soils = factor_soils(ROWS, CLIMATE, "hac", reduced)
    # 88 x 0.69 x 1.08 = 65.5776
    assert soils.of("51").value == pytest.approx(65.5776)


def test_the_conversion_s_own_year_is_the_first_of_twenty():
    # 60 -> 90 t C/ha: 1.5 a year, 2001 to 2020
    soils = measured_soils(density_table(forest(), "hand"), "0-100 cm")
    parcel = land(("p", "51", "11", 2001, 1))

    def change(start: int, end: int) -> float:
        return float(soil_change(parcel, soils, start, end, YEARS).value[0])

    assert change(1999, 2000) == 0
    assert change(2000, 2001) == pytest.approx(1.5)
    assert change(2000, 2020) == pytest.approx(30)
    assert change(2000, 2090) == pytest.approx(30)
    assert change(2020, 2021) == 0


def test_dead_wood_and_litter_build_up_slowly_and_are_lost_at_once():
    table = density_table(forest(), "hand")
    new = land(("new", "51", "11", 2010, 10), ("cleared", "11", "51", 2010, 10))
    first = dead_organic_change(new, table, 2009, 2010, YEARS)
    amounts = first.keys.assign(value=first.value).set_index(["parcel_id", "pool"])["value"]
    # 10 ha x 4 / 20 = 2 and 10 ha x 2 / 20 = 1; lost: 40 and 20
    assert amounts["new", "dead_wood"] == pytest.approx(2)
    assert amounts["new", "litter"] == pytest.approx(1)
    assert amounts["cleared", "dead_wood"] == pytest.approx(-40)
    assert amounts["cleared", "litter"] == pytest.approx(-20)
    later = dead_organic_change(new, table, 2010, 2011, YEARS)
    assert dict(zip(later.keys["parcel_id"], later.value, strict=True))["cleared"] == 0


def test_errors_of_shared_stocks_add_up_linearly_over_parcels():
    soils = measured_soils(density_table(forest(), "hand"), "0-100 cm")
    both = land(("a", "51", "11", 2001, 1), ("b", "51", "11", 2001, 3))
    found = soil_change(both, soils, 2000, 2001, YEARS)
    # 1/20 of the transition: forest 9, cropland 6 t C/ha, independent of each other
    one = math.hypot(9, 6) / 20
    assert found.se.tolist() == pytest.approx([one, 3 * one])
    assert found.summed(["pool"]).se.tolist() == pytest.approx([4 * one])


def test_what_is_gained_here_and_lost_there_errs_less_than_either():
    soils = measured_soils(density_table(forest(), "hand"), "0-100 cm")
    both = land(("a", "51", "11", 2001, 2), ("b", "11", "51", 2001, 2))
    total = soil_change(both, soils, 2000, 2001, YEARS).summed([])
    assert total.value.tolist() == pytest.approx([0])
    assert total.se.tolist() == pytest.approx([0])


def test_one_reference_stock_errs_alike_under_both_uses():
    rows = Parameters(
        [row("soil_carbon_reference", "hac", 88, 8.8, "t_C/ha"),
         *(row(f"soil_{f}_factor", key, value, 0, "1") for f in ("management", "input")
           for key, value in (("1", 1), ("5", 1))),
         row("soil_land_use_factor", "1", 1, 0, "1"),
         row("soil_land_use_factor", "5", 0.69, 0.07, "1"),
         row("soil_carbon_depth", "", 30, 0, "cm")]
    )  # fmt: skip
    soils = factor_soils(Parameters([*bundled(), *rows]), "hand", "hac")
    found = soil_change(land(("p", "51", "11", 2001, 1)), soils, 2000, 2020, YEARS)
    # 88 x 0.31 = 27.28; the reference errs by 8.8 x 0.31 = 2.728, the factor by 88 x 0.07 = 6.16
    assert found.value[0] == pytest.approx(27.28)
    assert found.se[0] == pytest.approx(math.hypot(2.728, 6.16))


def test_litter_that_grows_between_two_forests_errs_by_both_in_the_share_of_the_year():
    # needleleaf 3 ± 0.4 becomes broadleaf 5 ± 0.3 t C/ha, 1/20 in the first year:
    # 0.1 ± hypot(0.4, 0.3) / 20 = 0.025
    table = density_table(
        Parameters([row("carbon_density_litter", "12", 3, 0.4, "t_C/ha"),
                    row("carbon_density_litter", "11", 5, 0.3, "t_C/ha")]), "hand"
    )  # fmt: skip
    found = dead_organic_change(land(("p", "12", "11", 2001, 1)), table, 2000, 2001, YEARS)
    assert found.value.tolist() == pytest.approx([0.1])
    assert found.se.tolist() == pytest.approx([0.025])


def test_a_finished_transition_changes_nothing_and_errs_by_nothing():
    # the reference stocks have no standard error, but nothing is read from them any more
    soils = factor_soils(ROWS, CLIMATE, "hac")
    found = soil_change(land(("p", "51", "11", 1980, 10)), soils, 2014, 2015, YEARS)
    assert found.value.tolist() == [0]
    assert found.se.tolist() == [0]


def test_states_of_land_use_give_the_land_of_a_year():
    states = pd.DataFrame(
        [("p", 2014, "5", "1", 2010, 2.0), ("p", 2014, "1", "1", 2000, 7.0),
         ("p", 2000, "5", "5", 2000, 9.0), ("q", 2014, "0", "1", 2014, 1.0)],
        columns=["parcel_id", "year", "land_use_from", "land_use_to", "since", "area_ha"],
    )  # fmt: skip
    crops = {"5": {f"soil_{f}_factor": "51" for f in ("land_use", "management", "input")}}
    soils = factor_soils(ROWS, CLIMATE, "hac", crops)
    found = soil_change(land_of(states, 2014), soils, 2013, 2014, YEARS)
    # 2 ha x 1.364 t C/ha
    assert dict(zip(found.keys["parcel_id"], found.value, strict=True)) == pytest.approx(
        {"p": 2.728, "q": 0}
    )
    table = density_table(forest(), "hand")
    dead = dead_organic_change(land_of(states, 2014), table, 2013, 2014, YEARS)
    # 2 ha x (4 + 2) / 20
    assert dead.value.sum() == pytest.approx(0.6)


def test_land_that_stays_or_has_no_class_changes_nothing():
    table = density_table(forest(), "hand")
    soils = measured_soils(table, "0-100 cm")
    steady = land(
        ("p", "11", "11", None, 5), ("q", "00", "11", 2005, 5), ("r", "61", "61", None, 1)
    )
    for found in (
        soil_change(steady, soils, 2004, 2010, YEARS),
        dead_organic_change(steady, table, 2004, 2010, YEARS),
    ):
        assert (found.value == 0).all()
        assert (found.se == 0).all()


def test_a_class_without_a_soil_stops_and_names_the_factor_and_the_class():
    soils = factor_soils(ROWS, CLIMATE, "hac")
    with pytest.raises(ParameterMissing, match=r"soil_land_use_factor.* 31"):
        soil_change(land(("p", "31", "11", 2010, 1)), soils, 2009, 2010, YEARS)


def test_a_climate_without_the_soil_stops():
    with pytest.raises(ParameterMissing, match=r"soil_carbon_reference.* spodic"):
        factor_soils(ROWS, CLIMATE, "spodic")


def test_changed_land_without_a_year_is_refused():
    soils = factor_soils(ROWS, CLIMATE, "hac")
    with pytest.raises(ParcelError, match=r"p7.*year in which it changed"):
        soil_change(land(("p7", "51", "11", None, 1)), soils, 2009, 2010, YEARS)


@settings(max_examples=25)
@given(
    converted=st.integers(1980, 2020),
    cuts=st.lists(st.integers(1975, 2060), min_size=2, max_size=8, unique=True),
    area=st.floats(0.01, 1e4),
)
def test_the_change_of_a_period_is_the_sum_of_its_parts(converted, cuts, area):
    table = density_table(forest(), "hand")
    soils = measured_soils(table, "0-100 cm")
    parcel = land(("a", "51", "11", converted, area), ("b", "11", "51", converted, area))
    cuts = sorted(cuts)

    def changes(start: int, end: int) -> np.ndarray:
        soil = soil_change(parcel, soils, start, end, YEARS)
        dead = dead_organic_change(parcel, table, start, end, YEARS)
        return np.concatenate([soil.value, dead.value])

    parts = sum(changes(a, b) for a, b in pairwise(cuts))
    np.testing.assert_allclose(parts, changes(cuts[0], cuts[-1]), rtol=1e-9, atol=1e-9)
