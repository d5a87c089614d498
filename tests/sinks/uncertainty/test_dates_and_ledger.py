"""Errors at two dates, the smallest change that shows, and what each source costs."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.errors import ProjectError
from sinks.estimates import Estimates, together
from sinks.uncertainty.correlation import Correlation
from sinks.uncertainty.dates import minimum_detectable_change, split_by_date
from sinks.uncertainty.ledger import COLUMNS, ledger, source_title
from sinks.uncertainty.levels import half_width
from sinks.uncertainty.map_error import footprints_of_pixels, with_map_error
from sinks.uncertainty.propagation import change_se
from sinks.uncertainty.tables import error_rows, read_errors

SIDE = 12
LEVEL = 0.9


def stock(year: int, rho: float, value: float = 100.0) -> Estimates:
    """Return 16 parcels with 15 % of map error, rho of it common to all dates."""
    row, col = (a.ravel() for a in np.mgrid[:SIDE, :SIDE])
    parcel = row // 3 * 4 + col // 3
    prints = footprints_of_pixels(parcel, row, col, np.ones(SIDE**2), 30.0, 16)
    found = Estimates(
        keys=pd.DataFrame({"parcel_id": [f"p{i:02}" for i in range(16)]}),
        value=np.full(16, value), shared={"carbon_fraction": np.full(16, 0.03 * value)},
        own=np.zeros(16),
    )  # fmt: skip
    correlation = Correlation("gaussian", 1e6)  # all of a parcel, and of the county, alike
    for source, part in split_by_date("map model", year, rho).items():
        found = with_map_error(found, source, prints, correlation, 0.15 * value * part)
    return found


def test_fifteen_per_cent_at_both_dates_hide_a_growth_of_ten() -> None:
    # sqrt(2 (1 - .9)) x 15 % = 6.708 % of the stock; 1.645 of these, 11.03 %, can be told from none
    change = stock(2014, 0.9).minus(stock(2009, 0.9))
    assert change.se == pytest.approx(6.708, rel=1e-3)
    assert change.summed(()).se[0] == pytest.approx(16 * 6.708, rel=3e-3)
    assert minimum_detectable_change(change.se, LEVEL) == pytest.approx(11.034, rel=1e-3)
    by_formula = minimum_detectable_change(change_se(0.15, 0.15, 0.9), LEVEL)
    assert by_formula == pytest.approx(0.11034, rel=1e-3)


@given(st.floats(0, 1))
def test_dates_share_what_they_are_said_to(rho: float) -> None:
    one, two = split_by_date("map", 2000, rho), split_by_date("map", 2010, rho)
    assert sum(p**2 for p in one.values()) == pytest.approx(1)
    assert sum(one[s] * two[s] for s in one if s in two) == pytest.approx(rho)


def test_a_correlation_between_dates_beyond_one_is_refused() -> None:
    with pytest.raises(ProjectError, match=r"1\.2"):
        split_by_date("map", 2000, 1.2)


def ledger_of() -> tuple[Estimates, pd.DataFrame]:
    found = Estimates(
        keys=pd.DataFrame({"parcel_id": ["a", "b"]}), value=np.array([10.0, 20.0]),
        shared={"carbon_fraction": np.array([3.0, 1.0]), "roots": np.array([1.0, 1.0]),
                "unused": np.zeros(2)},
        own=np.array([3.0, 4.0]),
    )  # fmt: skip
    return found, ledger(found, LEVEL)


def test_the_ledger_of_a_total_by_hand() -> None:
    # (3 + 1)^2 = 16, (1 + 1)^2 = 4, own 3^2 + 4^2 = 25: 45 in all
    _, table = ledger_of()
    assert tuple(table.columns) == tuple(COLUMNS)
    assert table["source"].tolist() == ["", "carbon_fraction", "roots"]
    assert table["se"].tolist() == [5, 4, 2]
    assert table["variance_share"].tolist() == pytest.approx([25 / 45, 16 / 45, 4 / 45])
    without = np.sqrt([20, 29, 41])
    assert table["half_width_without"].tolist() == pytest.approx(half_width(without, LEVEL))
    assert source_title("").en == "of the rows themselves"


def test_sources_are_told_in_both_languages() -> None:
    told = {
        s: source_title(s).zh for s in ("map model, 2014", "carbon_fraction[ipcc-2006]", "else")
    }
    assert list(told.values()) == ["地图模型，2014", "含碳率 [ipcc-2006]", "else"]
    assert source_title("carbon_fraction[ipcc-2006]").en == (
        "carbon fraction of dry matter [ipcc-2006]"
    )


def test_shares_sum_to_one_and_no_source_pays_to_have() -> None:
    given_ = stock(2014, 0.8)
    table = ledger(given_, LEVEL)
    whole = half_width(given_.summed(()).se[0], LEVEL)
    assert table["variance_share"].sum() == pytest.approx(1)
    assert (table["half_width_without"] <= whole).all()
    assert table["source"].tolist() == ["map model", "map model, 2014", "carbon_fraction"]


def test_an_unknown_error_leaves_shares_unknown_and_stands_first() -> None:
    found, _ = ledger_of()
    table = ledger(found.times(1, {"expansion": np.nan}), LEVEL)
    assert table["source"][0] == "expansion"
    assert table["variance_share"].isna().all()
    assert table["half_width_without"].notna().tolist() == [True, False, False, False]
    assert table["se"].notna().tolist() == [False, True, True, True]


def test_errors_written_as_tables_are_read_back_as_they_were() -> None:
    later = stock(2014, 0.9)
    whole = together([later, stock(2009, 0.9)])
    years = whole.keys.assign(year=np.repeat([2014, 2009], 16))
    whole = Estimates(keys=years, value=whole.value, shared=whole.shared,
                      own=np.arange(32.0), spatial=whole.spatial)  # fmt: skip
    errors, fields = error_rows(whole)
    assert set(fields["source"]) == set(whole.spatial)
    order = np.random.default_rng(1).permutation(len(errors))
    back = read_errors(whole.keys, whole.value, errors.iloc[order], fields)
    assert back.se == pytest.approx(whole.se)
    for by in ([], ["year"], ["parcel_id"]):
        assert back.summed(by).se == pytest.approx(whole.summed(by).se)
    some = read_errors(years[:5], whole.value[:5], errors, fields)
    assert some.se == pytest.approx(whole.se[:5])
