"""Products of what is felled on parcels: as the stock path says, with errors that go together."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_catalog.errors import ProjectError
from data_catalog.parameters import Row, bundled
from sinks.dynamics.harvested_wood import stock_path
from sinks.dynamics.products import Use, products_of
from sinks.estimates import Estimates
from sinks.rows import needed

YEARS = range(2001, 2011)


def half_life(product: str, se: float = 0.0) -> Row:
    row = needed(bundled(), "a test", "hwp_half_life", "ipcc-hwp", product)
    return replace(row, se=se)


def felled(*rows: tuple[str, int, str, float, float]) -> Estimates:
    frame = pd.DataFrame(rows, columns=["parcel_id", "year", "pool", "value", "error"])
    return Estimates(
        keys=frame[["parcel_id", "year", "pool"]], value=frame["value"].to_numpy(float),
        shared={"map model": frame["error"].to_numpy(float)}, own=np.zeros(len(frame)),
    )  # fmt: skip


def test_two_harvests_are_in_the_products_as_the_stock_path_says():
    # 100 and 50 t C felled, 80 % taken out, 60 % of it sawnwood and 30 % paper; roots stay
    cut = felled(
        ("p", 2001, "above_ground", 100, 5), ("p", 2001, "below_ground", 30, 2),
        ("p", 2006, "above_ground", 50, 1),
    )  # fmt: skip
    uses = [
        Use(share=0.6, half_life=half_life("sawnwood")),
        Use(share=0.3, half_life=half_life("paper")),
    ]
    found = products_of(cut, uses, YEARS, removed=0.8)
    inflow = np.zeros(10)
    inflow[[0, 5]] = 80, 40
    expected = stock_path(0.6 * inflow, 35)[1:] + stock_path(0.3 * inflow, 2)[1:]
    assert found.keys["year"].tolist() == list(YEARS)
    np.testing.assert_allclose(found.value, expected, rtol=1e-12)


def test_the_error_of_the_felled_carbon_goes_through_all_years_alike():
    # 5 % of each harvest err as one: 5 % of the products in every year
    cut = felled(("p", 2001, "above_ground", 100, 5), ("p", 2006, "above_ground", 50, 2.5))
    use = Use(share=1, half_life=half_life("sawnwood"))
    found = products_of(cut, [use], YEARS, removed=1)
    np.testing.assert_allclose(found.se / found.value, 0.05)


def test_the_error_of_a_half_life_by_hand():
    # 100 t C after 5 more years, half-life 35 ± 3.5: weight e^(-5 k) (1 - e^-k) / k, k = ln 2 / T
    use = Use(share=1, half_life=half_life("sawnwood", se=3.5))
    cut = felled(("p", 2001, "above_ground", 100, 0))
    found = products_of(cut, [use], [2006], removed=1)

    def stock(life: float) -> float:
        k = math.log(2) / life
        return 100 * math.exp(-5 * k) * (1 - math.exp(-k)) / k

    assert found.value[0] == pytest.approx(stock(35))
    assert found.se[0] == pytest.approx(3.5 * (stock(35.01) - stock(34.99)) / 0.02, rel=1e-5)


def test_a_half_life_without_a_standard_error_leaves_the_error_unknown():
    row = needed(bundled(), "a test", "hwp_half_life", "ipcc-hwp", "sawnwood")
    found = products_of(
        felled(("p", 2001, "above_ground", 100, 5)), [Use(share=1, half_life=row)], [2003],
        removed=1,
    )  # fmt: skip
    assert found.value[0] > 0
    assert np.isnan(found.se[0])


def test_without_a_harvest_there_are_no_products():
    use = Use(share=1, half_life=half_life("sawnwood"))
    cut = felled(("p", 2001, "below_ground", 30, 2))
    assert len(products_of(cut, [use], YEARS, removed=1)) == 0


def test_products_that_take_more_than_all_are_refused():
    uses = [Use(share=0.7, half_life=half_life(p)) for p in ("sawnwood", "paper")]
    with pytest.raises(ProjectError, match=r"sum to 1\.4"):
        products_of(felled(("p", 2001, "above_ground", 1, 0)), uses, YEARS, removed=1)


@settings(max_examples=15)
@given(
    cuts=st.lists(st.tuples(st.integers(2001, 2010), st.floats(0, 1e4)), min_size=1, max_size=5),
    removed=st.floats(0, 1),
)
def test_products_never_hold_more_than_was_taken_out(cuts, removed):
    cut = felled(*((f"p{i}", year, "above_ground", c, 0.0) for i, (year, c) in enumerate(cuts)))
    uses = [Use(share=0.5, half_life=half_life(p)) for p in ("sawnwood", "wood_panels")]
    found = products_of(cut, uses, YEARS, removed=removed).summed(["year"])
    taken = np.cumsum([sum(c for y, c in cuts if y == year) for year in YEARS]) * removed
    held = dict(zip(found.keys["year"], found.value, strict=True))
    for year, limit in zip(YEARS, taken, strict=True):
        assert 0 <= held.get(year, 0.0) <= limit * (1 + 1e-12) + 1e-12
