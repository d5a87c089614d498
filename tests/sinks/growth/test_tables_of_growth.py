"""Yield tables as curves: stocks, increments, and where a table ends."""

import csv
from pathlib import Path

import numpy as np
import pytest

from data_catalog.parameters import bundled
from sinks.growth.bundled import bundled_curve
from sinks.growth.curve import GrowthError
from sinks.growth.table_curve import of_increments, of_stocks

REFERENCE = Path(__file__).parents[4] / "shared" / "reference" / "carbon-params"
HEBEI = {"BF": "broadleaf", "EF": "economic", "CF": "needleleaf", "MF": "mixed"}
PRINTED = {
    "broadleaf": (1.87, 0.71, 0.33, 0.24, 0.11), "economic": (0.64, 0.22, 0.17, 0.12, 0.07),
    "needleleaf": (1.01, 1.19, 0.72, 0.57, 0.38), "mixed": (1.47, 0.88, 0.59, 0.27, 0.14),
}  # fmt: skip


@pytest.mark.parametrize("group", PRINTED)
def test_the_rates_by_age_of_hebei_are_the_increments_of_its_densities(group):
    # broadleaf at 10 to 20 years: (25.86 - 18.72) / 10 = 0.714, printed 0.71
    curve = bundled_curve(bundled(), "hebei-north-2017-density", group)
    assert curve.units == "t_C/ha"
    found = curve.increment(np.array([5.0, 15, 25, 35, 45]))
    assert found == pytest.approx(PRINTED[group], abs=0.01)


@pytest.mark.shared
def test_the_rates_above_are_those_of_the_reference():
    with (REFERENCE / "acc_hebei_age_rates.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    for code, group in HEBEI.items():
        assert PRINTED[group] == tuple(
            float(r["rate_MgC_ha_yr"]) for r in rows if r["type"] == code
        )


def test_the_stock_is_the_integral_of_the_larch_increments():
    # by trapezes of 5 years: 5 (0.5 + 3.12)/2 = 9.05 at 5; + 5 (3.12 + 6.27)/2 = 32.525 at 10
    larch = bundled_curve(bundled(), "co2fix-larch", "larch")
    assert larch.value(np.array([0.0, 5, 10])) == pytest.approx([0, 9.05, 32.525])
    assert larch.increment(np.array([10.0, 12.5])) == pytest.approx([6.27, (6.27 + 7.3) / 2])
    assert larch.units == "m3/ha"


def test_a_stock_of_a_table_tells_its_age():
    larch = bundled_curve(bundled(), "co2fix-larch", "larch")
    ages = np.array([0.0, 1.3, 5, 17.5, 42, 50])
    assert larch.age(larch.value(ages)) == pytest.approx(ages)


def test_a_table_says_nothing_beyond_its_ages():
    larch = bundled_curve(bundled(), "co2fix-larch", "larch")
    assert np.isnan(larch.value(np.array([50.1, -1]))).all()
    assert np.isnan(larch.increment(np.array([51.0]))).all()
    assert np.isnan(larch.age(np.array([1e4]))).all()


def test_stocks_that_fall_with_age_have_no_age():
    falling = of_stocks("falling", "t_C/ha", np.array([5.0, 15, 25]), np.array([10.0, 30, 26]))
    with pytest.raises(GrowthError, match="does not rise with age throughout"):
        falling.age(np.array([20.0]))


@pytest.mark.parametrize(
    ("ages", "numbers"),
    [([0, 5, 5], [1, 2, 3]), ([0, 5], [1, -2]), ([3], [1]), ([0, 5], [1, np.nan]),
     ([-1, 5], [1, 2])],
)  # fmt: skip
def test_a_table_with_ages_that_do_not_rise_or_wrong_numbers_is_refused(ages, numbers):
    with pytest.raises(GrowthError, match="ages of a table must rise"):
        of_increments("bad", "m3/ha", np.array(ages, dtype=float), np.array(numbers, dtype=float))
