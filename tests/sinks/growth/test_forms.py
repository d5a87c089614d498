"""Forms of growth curves: published values, their increments, their inverses."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.errors import SpecError, UnknownNameError
from data_catalog.parameters import bundled
from data_catalog.spec import Citation
from data_catalog.tables import tables
from data_catalog.text import Text
from sinks.growth.bundled import CURVE_SETS, bundled_curve
from sinks.growth.form import Form, gradient
from sinks.growth.forms import FORMS, form
from tests.sinks.growth.stands_for_tests import some_parameters

each_form = pytest.mark.parametrize("one", FORMS, ids=lambda one: one.id)
AGES = np.array([1.0, 5, 12, 30, 70])


@pytest.mark.parametrize(
    ("group", "stock"),
    [("broadleaf", 22.94), ("needleleaf", 41.98), ("mixed", 17.16), ("economic", 102.44)],
)
def test_the_curves_of_northern_hebei_at_20_years(group, stock):
    # needleleaf: 480.169 (1 - 1.03 e^(-0.24))^(1/0.682) = 480.169 x 0.189756^1.466276 = 41.98
    curve = bundled_curve(bundled(), "hebei-north-2017", group)
    assert curve.units == "m3/ha"
    assert float(curve.value(np.array(20.0))) == pytest.approx(stock, abs=0.005)


def test_there_is_no_stock_before_the_bracket_of_richards_is_positive():
    # B = 1.05, K = 0.018: 1.05 e^(-0.018 t) = 1 at t = ln(1.05)/0.018 = 2.71 years
    curve = bundled_curve(bundled(), "hebei-north-2017", "broadleaf")
    before, after = curve.value(np.array([2.7, 2.72]))
    assert before == 0
    assert 0 < after < 0.01
    assert curve.increment(np.array([2.0]))[0] == 0


def test_a_logistic_by_hand():
    # 200 / (1 + 4 e^(-0.05 x 20)) = 200 / (1 + 4 x 0.367879) = 80.93
    assert form("logistic").value(20.0, 200, 4, 0.05) == pytest.approx(80.93, abs=0.01)


def test_chapman_richards_raises_the_bracket_alone():
    # 300 (1 - e^(-1))^2 = 300 x 0.632121^2 = 119.87; the power of all would be 35 962
    assert form("chapman_richards").value(20.0, 300, 0.05, 2) == pytest.approx(119.87, abs=0.01)


@given(st.floats(50, 500), st.floats(0.01, 0.2), st.floats(1.05, 5))
def test_richards_with_b_of_one_is_chapman_richards(asymptote, rate, power):
    one = form("richards").value(AGES, asymptote, 1.0, rate, 1 - 1 / power)
    other = form("chapman_richards").value(AGES, asymptote, rate, power)
    assert one == pytest.approx(other, rel=1e-9)


@each_form
def test_the_increment_is_the_derivative(one):
    theta = some_parameters(one)
    step = 1e-5
    slope = (one.value(AGES + step, *theta) - one.value(AGES - step, *theta)) / (2 * step)
    assert one.increment(AGES, *theta) == pytest.approx(slope, rel=1e-6)


@each_form
def test_the_gradient_by_parameters_is_that_of_finite_differences(one):
    theta = some_parameters(one)
    exact = gradient(lambda t: one.value(AGES, *t), theta)
    for place, size in enumerate(theta):
        step = np.zeros_like(theta)
        step[place] = size * 1e-6
        up, down = one.value(AGES, *(theta + step)), one.value(AGES, *(theta - step))
        assert exact[place] == pytest.approx((up - down) / (2 * step[place]), rel=1e-6)


@each_form
@given(share=st.floats(0.7, 1.3), age=st.floats(4, 120))
def test_a_stand_grows_never_above_the_asymptote_and_its_stock_tells_its_age(one, share, age):
    theta = some_parameters(one) * share
    young, old = one.value(np.array([age, age + 1]), *theta)
    assert 0 <= young < old < theta[0]
    assert float(one.age(np.array(young), *theta)) == pytest.approx(age, rel=1e-6)


@each_form
def test_no_age_has_the_asymptote_or_less_than_nothing(one):
    theta = some_parameters(one)
    assert np.isnan(one.age(np.array([theta[0], theta[0] * 2, -1.0]), *theta)).all()


def test_a_form_whose_kernels_take_other_parameters_is_a_fault_of_ours():
    logistic = form("logistic")
    with pytest.raises(SpecError, match="kernel arguments"):
        Form(
            id="x", title=Text("x", "x"), formula="", source=Citation("a", "b"),
            parameters=form("richards").parameters, value=logistic.value,
            increment=logistic.increment, age=logistic.age, start=logistic.start,
        )  # fmt: skip


def test_an_unknown_form_is_named_with_the_nearest():
    with pytest.raises(UnknownNameError, match="Did you mean richards"):
        form("richard")


@pytest.mark.parametrize("chosen", [one.id for one in CURVE_SETS])
def test_every_bundled_set_says_in_its_title_that_it_is_an_example(chosen):
    of = next(one for one in CURVE_SETS if one.id == chosen)
    assert "example" in of.title.en
    assert "示例" in of.title.zh


@pytest.mark.parametrize("page", ["growing.md", "growing.zh.md"])
def test_the_page_of_growth_has_every_form_and_every_column_that_is_read(page):
    text = (Path(__file__).parents[3] / "docs" / page).read_text(encoding="utf-8")
    for one in FORMS:
        assert f"| `{one.id}`" in text
        assert all(shape.symbol.replace("_", "") in text for shape in one.parameters.values())
    for table in ("growth_records", "stand_events"):
        line = next(row for row in text.splitlines() if row.startswith(f"| `{table}`"))
        for column in set(tables()[table].read()) - {"source", "note"}:
            assert column in line
