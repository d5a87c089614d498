"""Errors that are shared add up; errors of one's own do not; a change forgets what is the same."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinks.estimates import Estimates, together

CF, R = "carbon_fraction[ipcc-2006]", "root_shoot_ratio[ipcc-2006]"


def some(value, shared=None, own=None, parcels=None) -> Estimates:
    size = len(value)
    names = parcels or [f"p{i}" for i in range(size)]
    return Estimates(
        keys=pd.DataFrame({"parcel_id": names}),
        value=np.array(value, dtype=float),
        shared={s: np.array(e, dtype=float) for s, e in (shared or {}).items()},
        own=np.array(own if own is not None else [0.0] * size, dtype=float),
    )


def test_shared_errors_add_linearly_and_own_ones_in_quadrature():
    # 3 + 1 = 4 of one source, sqrt(3^2 + 4^2) = 5 of the rest: sqrt(16 + 25)
    both = some([10, 20], {CF: [3, 1]}, [3, 4]).summed(())
    assert both.value.tolist() == [30]
    assert both.se[0] == pytest.approx(41**0.5)


def test_sums_by_key_keep_the_groups_apart():
    found = some([1, 2, 4], {CF: [1, 1, 2]}, parcels=["b", "a", "b"]).summed(["parcel_id"])
    assert found.keys["parcel_id"].tolist() == ["a", "b"]
    assert found.value.tolist() == [2, 5]
    assert found.se.tolist() == [1, 3]


def test_what_errs_alike_at_both_dates_leaves_the_change():
    now, before = some([120], {CF: [12]}, [3]), some([100], {CF: [10]}, [4])
    gained = now.minus(before)
    # 12 - 10 = 2 of the fraction, and 5 of the parcels' own
    assert gained.value.tolist() == [20]
    assert gained.se[0] == pytest.approx((4 + 25) ** 0.5)


def test_a_factor_that_errs_is_one_more_source():
    # 80 t of biomass +- 8, times 0.5 +- 0.02: sqrt(4^2 + 1.6^2)
    carbon = some([80], own=[8]).times(0.5, {CF: 0.02})
    assert carbon.value.tolist() == [40]
    assert carbon.se[0] == pytest.approx((16 + 2.56) ** 0.5)


def test_no_amount_errs_by_nothing_even_where_the_error_is_unknown():
    found = some([0, 80]).times(0.5, {CF: np.nan})
    assert found.se[0] == 0
    assert np.isnan(found.se[1])
    assert np.isnan(found.summed(()).se[0]), "an unknown error is not forgotten in a total"


numbers = st.lists(st.floats(-1e3, 1e3), min_size=4, max_size=4)


@given(numbers, numbers, numbers, numbers)
def test_sums_of_sums_err_like_the_sum(value, cf, r, own):
    whole = some(value, {CF: cf, R: r}, np.abs(own), parcels=["a", "b", "a", "b"])
    at_once, in_steps = whole.summed(()), whole.summed(["parcel_id"]).summed(())
    assert in_steps.value == pytest.approx(at_once.value, abs=1e-9)
    assert in_steps.se == pytest.approx(at_once.se, abs=1e-9)


@given(numbers, numbers, numbers)
def test_rows_can_be_put_together_in_any_order(value, cf, own):
    first, second = (
        some(value[:2], {CF: cf[:2]}, np.abs(own[:2])),
        some(value[2:], {R: cf[2:]}, np.abs(own[2:]), parcels=["p2", "p3"]),
    )
    one, other = together([first, second]).summed(()), together([second, first]).summed(())
    assert one.se == pytest.approx(other.se)


def test_chosen_rows_forget_sources_that_do_not_touch_them():
    found = some([1, 2], {CF: [1, 0], R: [0, 2]}).chosen(np.array([True, False]))
    assert list(found.shared) == [CF]
