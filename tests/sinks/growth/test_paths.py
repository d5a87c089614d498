"""Paths of carbon by parcel and year: by hand, against draws, and what errs alike."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.errors import GepError, Problems
from data_catalog.parameters import bundled
from sinks.growth.bundled import bundled_curve
from sinks.growth.paths import Grower, changes, paths, removals
from tests.sinks.growth.stands_for_tests import (
    curve,
    events,
    grower,
    parcel,
    parcels,
    some_parameters,
)

YEARS = range(2020, 2031)
COVARIANCE = np.array([[900, -0.2, -3], [-0.2, 1e-4, 2e-3], [-3, 2e-3, 0.09]])


def of(found, pool="above_ground", **keys):
    """Return the place of a row."""
    rows = found.keys["pool"] == pool
    for name, key in keys.items():
        rows &= found.keys[name] == key
    (place,) = np.flatnonzero(rows)
    return place


def stock(age: float) -> float:
    """300 (1 - e^(-0.05 t))^1.8, t_dm/ha: the curve of the tests."""
    return 300 * (1 - np.exp(-0.05 * age)) ** 1.8


def test_a_parcel_by_hand():
    # 12 years: 300 (1 - e^(-0.6))^1.8 = 300 x 0.451188^1.8 = 71.61 t/ha; on 10 ha half is carbon:
    # 358.1 t C above ground, a quarter of that below; 8 years later 300 x 0.632121^1.8 = 131.40
    found = paths(parcels(parcel()), {"fir": grower()}, YEARS)
    assert found.value[of(found, year=2020)] == pytest.approx(358.1, abs=0.1)
    assert found.value[of(found, year=2028)] == pytest.approx(657.0, abs=0.1)
    assert found.value[of(found, "below_ground", year=2028)] == pytest.approx(657.0 / 4, abs=0.1)
    assert list(found.keys.columns) == ["parcel_id", "year", "pool"]
    assert (found.se == 0).all()


def test_a_measured_stock_is_where_the_path_begins_and_it_keeps_its_stocking():
    # 60 t/ha at 12 years, 0.838 of the curve: 60 x 131.40 / 71.61 at 20
    found = paths(parcels(parcel(stock=60.0, stock_se=6.0)), {"fir": grower()}, YEARS)
    assert found.value[of(found, year=2020)] == pytest.approx(60 * 10 * 0.5)
    assert found.value[of(found, year=2028)] == pytest.approx(300 * stock(20) / stock(12))
    # its error grows in proportion: a tenth
    assert found.se == pytest.approx(found.value / 10)


def test_a_measured_stock_forgets_the_error_of_the_asymptote():
    only_asymptote = np.diag([900.0, 0, 0])
    measured = paths(
        parcels(parcel(stock=60.0, stock_se=0.0)), {"fir": grower(only_asymptote)}, YEARS
    )
    assumed = paths(parcels(parcel()), {"fir": grower(only_asymptote)}, YEARS)
    assert measured.se == pytest.approx(0, abs=1e-9)
    # 30 of 300: a tenth of everything
    assert assumed.se == pytest.approx(assumed.value / 10)


def test_the_error_of_age_goes_with_the_increment_and_cancels_where_growth_is_steady():
    found = paths(parcels(parcel(age_se=2.0)), {"fir": grower()}, YEARS)
    later = changes(parcels(parcel(age_se=2.0)), {"fir": grower()}, YEARS)
    # df/dt at 12 and 20 by the increment; 10 ha, half carbon
    at12, at20 = curve().increment(np.array([12.0, 20.0])) * 5
    assert found.se[of(found, year=2020)] == pytest.approx(2 * at12)
    assert found.se[of(found, year=2028)] == pytest.approx(2 * at20)
    assert later.se[of(later, year_to=2028)] == pytest.approx(2 * abs(at20 - at12))


def test_stands_of_one_curve_err_alike_and_of_two_curves_apart():
    both = parcels(parcel(), parcel(parcel_id="p2", group="pine"))
    alike = {"fir": grower(COVARIANCE), "pine": grower(COVARIANCE)}
    apart = {"fir": grower(COVARIANCE, name="a"), "pine": grower(COVARIANCE, name="b")}
    one = paths(parcels(parcel()), alike, YEARS).summed(["year"]).se
    assert paths(both, alike, YEARS).summed(["year"]).se == pytest.approx(2 * one)
    assert paths(both, apart, YEARS).summed(["year"]).se == pytest.approx(2**0.5 * one)


def test_how_stands_differ_from_their_curve_is_each_stand_s_own():
    both = parcels(parcel(), parcel(parcel_id="p2"))
    found = paths(both, {"fir": grower(relative=0.3)}, YEARS).summed(["year"])
    assert found.se == pytest.approx(found.value * 0.3 / 2**0.5)


def test_errors_agree_with_draws_of_all_that_is_uncertain():
    draw = np.random.default_rng(4)
    # small errors: the paths' are of first order
    small = COVARIANCE / 100
    known = parcels(parcel(age_se=0.2), parcel(parcel_id="p2", age=25.0, stock=140.0, stock_se=3.0))
    growers = {"fir": grower(small, cf_se=0.005, r_se=0.01)}
    found = paths(known, growers, YEARS).summed(["year"])
    gained = changes(known, growers, YEARS).summed(["year_to"])
    size = 40_000
    a, k, b = draw.multivariate_normal(some_parameters(curve().form), small, size).T
    half, root = draw.normal(0.5, 0.005, size), draw.normal(0.25, 0.01, size)
    age, measured = draw.normal(12, 0.2, size), draw.normal(140, 3, size)

    def grown(t):
        return a * (1 - np.exp(-k * t)) ** b

    def total(years):
        first, second = grown(age + years), measured * grown(25 + years) / grown(25)
        return 10 * (first + second) * half * (1 + root)

    for year in (0, 5, 10):
        assert found.se[year] == pytest.approx(total(year).std(), rel=0.02)
    assert gained.se[-1] == pytest.approx((total(10) - total(0)).std(), rel=0.02)


def test_a_curve_without_errors_leaves_the_error_unknown_and_no_stand_errs_by_nothing():
    hebei = bundled_curve(bundled(), "hebei-north-2017", "broadleaf")
    same = Grower(hebei, _one_pool)
    happens = events(("p1", 2022, "harvest", 1, ""))
    found = paths(parcels(parcel()), {"fir": same}, YEARS, happens)
    assert np.isnan(found.se[of(found, year=2020)])
    assert found.se[of(found, year=2023)] == 0


def _one_pool(per_hectare):
    return {"above_ground": per_hectare}


# Events


def test_a_thinning_takes_its_share_and_what_stays_goes_on_along_the_curve():
    happens = events(("p1", 2025, "thinning", 0.3, ""))
    found = paths(parcels(parcel()), {"fir": grower()}, YEARS, happens)
    felled = removals(parcels(parcel()), {"fir": grower()}, YEARS, happens)
    assert found.value[of(found, year=2024)] == pytest.approx(stock(16) * 5)
    assert found.value[of(found, year=2025)] == pytest.approx(stock(17) * 5 * 0.7)
    assert found.value[of(found, year=2030)] == pytest.approx(stock(22) * 5 * 0.7)
    assert felled.value[of(felled, year=2025)] == pytest.approx(stock(17) * 5 * 0.3)
    assert set(felled.keys["year"]) == {2025}


def test_two_thinnings_take_from_what_stands():
    happens = events(("p1", 2022, "thinning", 0.3, ""), ("p1", 2026, "thinning", 0.5, ""))
    found = paths(parcels(parcel()), {"fir": grower()}, YEARS, happens)
    felled = removals(parcels(parcel()), {"fir": grower()}, YEARS, happens)
    assert found.value[of(found, year=2026)] == pytest.approx(stock(18) * 5 * 0.35)
    assert felled.value[of(felled, year=2026)] == pytest.approx(stock(18) * 5 * 0.35)


def test_after_a_harvest_the_ground_is_bare_until_it_is_planted_with_what_is_named():
    happens = events(("p1", 2022, "harvest", 1, ""), ("p1", 2024, "planting", np.nan, "pine"))
    growers = {"fir": grower(relative=0.3), "pine": grower(relative=0.1, name="pine")}
    found = paths(parcels(parcel(age_se=3.0)), growers, YEARS, happens)
    assert found.value[of(found, year=2022)] == 0
    assert found.value[of(found, year=2024)] == 0
    assert found.value[of(found, year=2030)] == pytest.approx(stock(6) * 5)
    # its age is known, and it differs from its own curve
    assert found.se[of(found, year=2030)] == pytest.approx(stock(6) * 5 * 0.1)
    # a new stand owes nothing to the old one
    gained = changes(parcels(parcel()), growers, YEARS, happens)
    both = np.hypot(stock(12) * 5 * 0.3, stock(6) * 5 * 0.1)
    assert gained.se[of(gained, year_to=2030)] == pytest.approx(both)


@given(
    st.lists(st.tuples(st.integers(2020, 2030), st.floats(0.05, 0.95)), max_size=4),
    st.booleans(),
)
def test_what_grew_is_what_stands_and_what_was_felled(cuts, clear):
    thinnings = dict(cuts)
    rows = [("p1", year, "thinning", share, "") for year, share in thinnings.items()]
    if clear and 2030 not in thinnings:
        rows.append(("p1", 2030, "harvest", 1, ""))
    known, growers = parcels(parcel()), {"fir": grower()}
    found = paths(known, growers, YEARS, events(*rows)).summed(["year"])
    felled = removals(known, growers, YEARS, events(*rows)).summed(["year"])
    cut = dict(zip(felled.keys["year"], felled.value, strict=True))
    left = 1.0
    for year, stands in zip(found.keys["year"], found.value, strict=True):
        full = stock(12 + year - 2020) * 5 * 1.25
        assert stands + cut.get(year, 0) == pytest.approx(full * left)
        assert stands >= 0
        left = stands / full


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("p9", 2022, "harvest", 1, "")], "p9: the event of 2022 is not in the inventory"),
        ([("p1", 2018, "harvest", 1, "")], "is before the inventory of 2020"),
        ([("p1", 2022, "planting", 1, "")], "plants where trees stand"),
        (
            [("p1", 2022, "harvest", 1, ""), ("p1", 2023, "thinning", 0.2, "")],
            "fells on bare ground",
        ),
        ([("p1", 2022, "thinning", 1.5, "")], "of share 1.5"),
        ([("p1", 2022, "thinning", np.nan, "")], "of share nan"),
        ([("p1", 2022, "burning", 0.5, "")], "an event is thinning"),
    ],
)
def test_events_that_cannot_be_are_refused(rows, said):
    with pytest.raises(GepError, match=said):
        paths(parcels(parcel()), {"fir": grower()}, YEARS, events(*rows))


def test_all_that_is_wrong_with_events_is_told_at_once():
    wrong = events(("p1", 2022, "planting", 1, ""), ("p2", 2010, "harvest", 1, ""))
    with pytest.raises(Problems) as refused:
        paths(parcels(parcel(), parcel(parcel_id="p2")), {"fir": grower()}, YEARS, wrong)
    assert len(refused.value.errors) == 2


# Faults


def test_a_group_without_a_curve_is_named():
    with pytest.raises(GepError, match="pine: 1 stands of this species group have no growth curve"):
        paths(parcels(parcel(group="pine")), {"fir": grower()}, YEARS)


def test_a_table_is_not_carried_beyond_its_last_age():
    larch = bundled_curve(bundled(), "co2fix-larch", "larch")
    with pytest.raises(GepError, match=r"p1: is 51 years old in 2027, but .* goes from 0 to 50"):
        paths(parcels(parcel(age=44.0)), {"fir": Grower(larch, _one_pool)}, YEARS)


def test_a_stock_where_the_curve_has_none_is_refused():
    hebei = bundled_curve(bundled(), "hebei-north-2017", "broadleaf")
    young = parcels(parcel(age=2.0, stock=30.0, stock_se=3.0))
    with pytest.raises(GepError, match="2 years old with a measured 30 m3/ha"):
        paths(young, {"fir": Grower(hebei, _one_pool)}, YEARS)


@given(st.permutations(["p1", "p2", "p3"]))
def test_the_order_of_parcels_changes_nothing(order):
    ages = {"p1": 5.0, "p2": 30.0, "p3": 12.0}
    growers = {"fir": grower(COVARIANCE, relative=0.2)}
    shuffled = parcels(*(parcel(parcel_id=p, age=ages[p]) for p in order))
    ordered = parcels(*(parcel(parcel_id=p, age=ages[p]) for p in sorted(ages)))
    one, other = paths(shuffled, growers, YEARS), paths(ordered, growers, YEARS)
    assert one.keys.equals(other.keys)
    assert one.value.tolist() == other.value.tolist()
    assert one.se == pytest.approx(other.se)
