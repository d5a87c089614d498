"""Standard errors and half-widths: no half-width without its level."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.errors import ParameterMissing, ProjectError
from data_catalog.parameters import LOCAL, Parameters, Row, bundled
from sinks.uncertainty.levels import (
    confidence,
    converted,
    half_width,
    level_of,
    lower_bound,
    standard_error,
)

shares = st.floats(0.5, 0.999)


def row(value: float, units: str) -> Row:
    return Row(
        "confidence_level", LOCAL, "", value, math.nan, units, -math.inf, math.inf,
        "", "", "ours", "p. 1", "local", "",
    )  # fmt: skip


def test_the_cdm_tool_s_sample_of_34_plots() -> None:
    # AR-TOOL14: mean 45.328, s 12.776, n 34: SEM 12.776 / sqrt(34) = 2.191; t(.10, 33) = 1.692;
    # half-width 3.707 (3.708 unrounded), 8.18 % of the mean
    se = 12.776 / math.sqrt(34)
    found = float(half_width(se, level_of(confidence("ar-tool14")), 33))
    assert se == pytest.approx(2.191, abs=5e-4)
    assert found == pytest.approx(3.708, abs=5e-4)
    assert found / 45.328 == pytest.approx(0.0818, abs=5e-5)


def test_vcs_half_width_of_a_standard_error_of_a_fifth() -> None:
    # 1.6449 x 20 000 / 100 000 = 32.898 %
    found = half_width(20_000, level_of(confidence("vcs-4.4"))) / 100_000
    assert float(found) == pytest.approx(0.32898, abs=1e-5)


def test_ipcc_half_widths_become_cdm_ones_by_the_standard_error() -> None:
    # 1.645 / 1.960 = 0.8393
    ipcc, cdm = (level_of(confidence(s)) for s in ("ipcc-2006", "ar-tool14"))
    assert float(converted(10, ipcc, cdm)) == pytest.approx(10 * 1.644854 / 1.959964, abs=1e-5)


@given(st.floats(0, 1e6), shares, shares, st.floats(1, 200))
def test_there_and_back_is_where_we_were(se: float, one: float, two: float, df: float) -> None:
    width = half_width(se, one, df)
    assert float(standard_error(width, one, df)) == pytest.approx(se)
    assert float(converted(converted(width, one, two, df), two, one, df)) == pytest.approx(
        float(width)
    )


@given(shares, shares)
def test_more_confidence_is_a_wider_interval(one: float, two: float) -> None:
    low, high = sorted([one, two])
    assert float(half_width(1, low)) <= float(half_width(1, high))


def test_few_plots_widen_the_interval_and_none_leave_it_unknown() -> None:
    assert float(half_width(1, 0.9, 5)) > float(half_width(1, 0.9, 50)) > float(half_width(1, 0.9))
    assert math.isnan(float(half_width(1, 0.9, 0)))


def test_a_lower_bound_is_one_sided() -> None:
    # 100 - 1.2816 x 10: nine times in ten there is more
    assert float(lower_bound(100, 10, 0.9)) == pytest.approx(87.184, abs=1e-3)


def test_a_level_that_is_no_share_is_an_error_of_its_row() -> None:
    with pytest.raises(ProjectError, match="confidence level of 95"):
        level_of(row(95, "1"))
    assert level_of(row(95, "percent")) == pytest.approx(0.95)


def test_a_standard_without_a_level_is_named() -> None:
    with pytest.raises(ParameterMissing, match="confidence_level"):
        confidence("ccer-14-002")
    ours = Parameters([*bundled(), row(0.8, "1")])
    assert confidence("ccer-14-002", ours).value == 0.8
