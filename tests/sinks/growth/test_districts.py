"""Age classes of a district, bamboo groves, rotations: conservation and steady states."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.errors import GepError
from data_catalog.parameters import bundled
from sinks.growth.age_classes import felled_oldest_first, projected, year_older
from sinks.growth.age_groups import age_of_group
from sinks.growth.bamboo import CutRule, cut_rule, degrees, grown_grove, steady_grove
from sinks.growth.rotation import long_term_average
from tests.sinks.growth.stands_for_tests import curve, grower

areas = st.lists(st.floats(0, 1e4), min_size=3, max_size=40)

# Age classes


def test_a_district_by_hand():
    # 5, 10, 20 and 40 ha at 0, 1, 2 and 3 years or more; a year on: 0, 5, 10, 60. Of 70 ha wanted
    # from 2 years up, 60 are of the oldest and 10 of the next; they are planted two years later
    found = projected(np.array([5.0, 10, 20, 40]), np.array([70.0, 0, 0]), youngest=2, delay=2)
    assert found.felled[1].tolist() == [0, 0, 10, 60]
    assert found.area[1].tolist() == [0, 5, 0, 0]
    assert found.area[2].tolist() == [0, 0, 5, 0]
    assert found.area[3].tolist() == [70, 0, 0, 5]
    assert found.bare[1].tolist() == [0, 70]
    # at 2 t_dm/ha a year of age
    assert found.per_hectare(np.array([0.0, 2, 4, 6])).tolist() == [340, 10, 20, 30]


@given(areas, st.lists(st.floats(0, 1e5), min_size=1, max_size=20), st.integers(0, 30),
       st.integers(0, 4))  # fmt: skip
def test_area_is_neither_made_nor_lost(area, harvest, youngest, delay):
    found = projected(np.array(area), np.array(harvest), youngest=youngest, delay=delay)
    whole = found.area.sum(axis=1) + found.bare.sum(axis=1)
    assert whole == pytest.approx(sum(area), rel=1e-12, abs=1e-9)
    assert (found.area >= 0).all()
    assert (found.felled.sum(axis=1)[1:] <= np.array(harvest) * (1 + 1e-12)).all()


@given(areas, st.floats(0, 1e5), st.integers(0, 30))
def test_the_oldest_are_felled_first_and_no_young_ones(area, wanted, youngest):
    ages = np.array(area)
    cut = felled_oldest_first(ages, wanted, youngest)
    assert not cut[:youngest].any()
    old = np.flatnonzero(cut < ages)
    # nothing younger than what still stands is felled
    standing = [age for age in old if age >= youngest]
    if standing:
        assert not cut[youngest : max(standing)].any()


def test_an_even_district_felled_at_its_rotation_stays_as_it_is():
    # 30 years of 4 ha each, ages 0 to 29; 4 ha a year reach 30, are felled and planted at once
    even = np.full(30, 4.0)
    area = np.concatenate([even, [0.0]])
    found = projected(area, np.full(50, 4.0), youngest=30)
    assert found.area == pytest.approx(np.tile(area, (51, 1)))


def test_the_last_age_gathers_up():
    assert year_older(np.array([1.0, 2, 3])).tolist() == [0, 1, 5]


@pytest.mark.parametrize("area", [[1.0, -2.0], [np.nan, 1.0], []])
def test_a_district_of_less_than_no_area_is_refused(area):
    with pytest.raises(GepError, match="must be numbers of 0 or more"):
        projected(np.array(area), np.array([1.0]), youngest=1)


# Bamboo


RULE = CutRule(first=1, further=2, shares=(0.0, 0.0, 0.0, 1.0))
RECRUITS = {"on": 600.0, "off": 100.0}


def test_degrees_of_culms():
    # I is one year, II two and three, III four and five, IV six and seven
    assert degrees(RULE, 8).tolist() == [1, 2, 2, 3, 3, 4, 4, 5]


def test_the_recalled_rule_cuts_from_the_fourth_degree():
    assert cut_rule(bundled(), "recalled") == RULE


def test_a_grove_by_hand():
    # culms of 1 to 5 years stay, those that reach 6 are cut. After an off-year: 100 of 1 year,
    # 600 of 2, 100 of 3, 600 of 4, 100 of 5 = 1500; after an on-year: 2000
    steady = steady_grove(RECRUITS, RULE, 8, first="on")
    assert steady.tolist() == [100, 600, 100, 600, 100, 0, 0, 0]
    grove = grown_grove(steady, RECRUITS, RULE, 2, first="on")
    assert grove.culms.sum(axis=1).tolist() == [1500, 2000, 1500]
    assert grove.cut.sum(axis=1).tolist() == [0, 100, 600]


@given(st.floats(0, 3000), st.floats(0, 3000), st.booleans(),
       st.lists(st.floats(0, 1), min_size=1, max_size=3))  # fmt: skip
def test_a_managed_grove_gains_nothing_over_an_on_and_an_off_year(on, off, cut_off, shares):
    rule = CutRule(first=1, further=2, shares=(*shares, 1.0), in_off_years=cut_off)
    recruits = {"on": on, "off": off}
    ages = 14
    per_culm = np.linspace(8, 12, ages)
    steady = steady_grove(recruits, rule, ages, first="on")
    grove = grown_grove(steady, recruits, rule, 8, first="on")
    carbon, cut = grove.carbon(per_culm), grove.carbon_cut(per_culm)
    assert carbon[2::2] == pytest.approx(carbon[0], rel=1e-9, abs=1e-9)
    assert cut[3::2] == pytest.approx(cut[1], rel=1e-9, abs=1e-9)
    # what is cut in a cycle is what came up, as many culms
    assert grove.cut[1:3].sum() == pytest.approx(on + off)


@given(st.lists(st.floats(0, 2000), min_size=8, max_size=8))
def test_culms_are_neither_made_nor_lost(culms):
    grove = grown_grove(np.array(culms), RECRUITS, RULE, 6, first="off")
    came = 3 * sum(RECRUITS.values())
    assert grove.culms[-1].sum() + grove.cut.sum() == pytest.approx(sum(culms) + came)
    assert (grove.culms >= 0).all()


@pytest.mark.parametrize(
    ("culms", "recruits", "first"),
    [([-1.0], RECRUITS, "on"), ([1.0], {"on": 1.0}, "on"), ([1.0], RECRUITS, "big"),
     ([np.nan], RECRUITS, "on")],
)  # fmt: skip
def test_a_grove_that_cannot_be_is_refused(culms, recruits, first):
    with pytest.raises(GepError, match="a year on or off"):
        grown_grove(np.array(culms), recruits, RULE, 2, first=first)


# Rotations


def test_the_long_term_average_of_a_short_rotation_by_hand():
    # 3 years: stocks at 1 and 2, and nothing at 3, when it is felled; half carbon, a quarter roots
    found = long_term_average(grower(), 3)
    one, two = curve().value(np.array([1.0, 2.0]))
    above = found.value[found.keys["pool"].tolist().index("above_ground")]
    assert above == pytest.approx((one + two) * 0.5 / 3)
    assert found.summed(()).value[0] == pytest.approx((one + two) * 0.5 * 1.25 / 3)


@given(st.integers(2, 80), st.floats(0.05, 0.8))
def test_it_lies_between_nothing_and_the_peak_and_a_thinning_lowers_it(rotation, share):
    whole = long_term_average(grower(), rotation).summed(()).value[0]
    peak = float(curve().value(np.array(float(rotation)))) * 0.5 * 1.25
    assert 0 < whole < peak
    thinned = long_term_average(grower(), rotation, {1: share}).summed(()).value[0]
    assert 0 < thinned < whole


def test_its_error_is_that_of_one_stand_over_all_years():
    # all years of a stand err alike: 20 % of each is 20 % of the mean
    found = long_term_average(grower(relative=0.2), 30)
    assert found.se == pytest.approx(found.value * 0.2)
    assert found.summed(()).se == pytest.approx(found.value.sum() * 0.2)


def test_a_rotation_of_no_years_is_refused():
    with pytest.raises(GepError, match="must be a whole number of 1 or more"):
        long_term_average(grower(), 0)


# Ages from age groups (rows of Guangxi: planted fir 10, 20, 25, 35 years)


def limits():
    from data_catalog.parameters import Parameters
    from tests.sinks.growth.stands_for_tests import row

    known = (("young", 10), ("middle", 20), ("near_mature", 25), ("mature", 35))
    return Parameters(
        row("age_group_limit", years, "year", key=f"planted/chinese_fir/{group}")
        for group, years in known
    )


def test_an_age_group_gives_its_middle_and_an_even_error():
    # middle-aged: from 10 to 20, 15 +- 10 / sqrt(12) = 2.887
    fir = {"origin": "planted", "group": "chinese_fir"}
    age, se = age_of_group(limits(), "test", age_group="middle", **fir)
    assert (age, se) == (15, pytest.approx(10 / 12**0.5))
    age, se = age_of_group(limits(), "test", age_group="young", **fir)
    assert (age, se) == (5, pytest.approx(10 / 12**0.5))


def test_over_mature_stands_and_groups_without_rows_have_no_age():
    fir = {"origin": "planted", "group": "chinese_fir"}
    with pytest.raises(GepError, match="no last age"):
        age_of_group(limits(), "test", age_group="over_mature", **fir)
    with pytest.raises(GepError, match="planted/oak/mature"):
        age_of_group(limits(), "test", age_group="mature", origin="planted", group="oak")
