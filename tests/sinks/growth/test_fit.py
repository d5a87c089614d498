"""Fits: published cases, linear cases, records with known parameters, and what they do not tell."""

import csv
from pathlib import Path

import numpy as np
import pytest

from data_catalog.parameters import bundled, engine_number
from sinks.growth.curve import GrowthError, components
from sinks.growth.fit import fit
from sinks.growth.forms import FORMS, form
from tests.sinks.growth.stands_for_tests import records, some_parameters

REFERENCE = Path(__file__).parents[4] / "shared" / "reference" / "carbon-params"
LEVEL = 0.9


def masson_pine():
    """Single-record sites of the GROA database between 22 and 33 N, 100 and 123 E."""
    with (REFERENCE / "groa_china_plots.csv").open(encoding="utf-8") as lines:
        rows = [
            r
            for r in csv.DictReader(lines)
            if r["species"] == "Pinus massoniana" and r["records_at_site"] == "1"
            and 22 <= float(r["lat_dec"]) <= 33 and 100 <= float(r["long_dec"]) <= 123
        ]  # fmt: skip
    stock = [float(r["agb_plus_understory_t_ha"]) for r in rows]
    return records([float(r["stand.age"]) for r in rows], stock)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "printed"),
    [("logistic", "logistic"), ("gompertz", "Gompertz"), ("chapman_richards", "Chapman-Richards")],
)
def test_masson_pine_of_groa_as_published(name, printed):
    with (REFERENCE / "groa_fit_pinus_massoniana.csv").open(encoding="utf-8") as lines:
        want = next(r for r in csv.DictReader(lines) if r["form"].startswith(printed))
    # the published Chapman-Richards was held below 600 t/ha
    limits = {"asymptote": (0.0, 600.0)} if name == "chapman_richards" else {}
    found = fit(masson_pine(), form(name), name="masson pine", limits=limits)
    assert found.records == int(want["n"])
    for place, (parameter, value) in enumerate(found.curve.parameters.items(), start=1):
        # each is printed to four decimals
        assert value == pytest.approx(float(want[f"p{place}"]), rel=2e-3, abs=5e-5)
        se = float(want[f"se{place}"])
        assert found.se[parameter] == pytest.approx(se, rel=2e-3, abs=5e-5)
    assert found.rmse == pytest.approx(float(want["rmse_t_ha"]), abs=0.006)
    assert found.r2 == pytest.approx(float(want["R2"]), abs=6e-4)


@pytest.mark.shared
def test_masson_pine_of_groa_does_not_tell_its_asymptote_and_the_fit_says_so():
    limits = {"asymptote": (0.0, 600.0)}
    held = fit(masson_pine(), form("chapman_richards"), name="masson pine", limits=limits)
    assert held.at_limit == ("asymptote",)
    said = " ".join(remark.en for remark in held.remarks())
    assert "the asymptote rests on its limit of 600" in said
    assert "the asymptote is not identifiable: 600 +- 84" in said
    gompertz = fit(masson_pine(), form("gompertz"), name="masson pine")
    assert ["渐近值" in r.zh and "无法识别" in r.zh for r in gompertz.remarks()] == [True]


@pytest.mark.shared
def test_what_is_known_beforehand_makes_the_asymptote_identifiable():
    priors = {"asymptote": (200.0, 40.0)}
    free = fit(masson_pine(), form("gompertz"), name="masson pine")
    held = fit(masson_pine(), form("gompertz"), name="masson pine", priors=priors)
    assert held.se["asymptote"] < 40 < free.se["asymptote"]
    assert abs(held.curve.parameters["asymptote"] - 200) < 40
    assert list(held.remarks()) == []


def test_schumacher_in_one_free_parameter_is_a_weighted_mean():
    # with b held, f = A e^(-b/t) is linear in A: A = sum(w x y) / sum(w x^2), x = e^(-10/t)
    age, stock = np.array([8.0, 15, 22, 40]), np.array([50.0, 110, 140, 190])
    x = np.exp(-10 / age)
    found = fit(records(age, stock), form("schumacher"), name="x", priors={"scale": (10.0, 1e-9)})
    a = (x @ stock) / (x @ x)
    assert found.curve.parameters["asymptote"] == pytest.approx(a, rel=1e-6)
    # s^2 = RSS / (4 - 2), and the error of A is s / sqrt(sum x^2)
    s = np.sqrt(((stock - a * x) ** 2).sum() / 2)
    assert found.residual_sd == pytest.approx(s, rel=1e-6)
    assert found.se["asymptote"] == pytest.approx(s / np.sqrt(x @ x), rel=1e-6)


def test_a_record_of_weight_two_counts_as_two_records():
    age = np.array([5.0, 10, 20, 30, 45, 60])
    stock = np.array([20.0, 70, 130, 190, 200, 240])
    once = records(age, stock)
    double = fit(records([*age, 20], [*stock, 130]), form("schumacher"), name="x")
    weights = np.array([1.0, 1, 2, 1, 1, 1])
    weighted = fit(
        type(once)(units=once.units, age=age, stock=stock, weight=weights, site=once.site),
        form("schumacher"), name="x",
    )  # fmt: skip
    assert weighted.curve.theta == pytest.approx(double.curve.theta, rel=1e-6)


@pytest.mark.parametrize("one", FORMS, ids=lambda one: one.id)
def test_records_without_any_scatter_give_the_parameters_back(one):
    age = np.linspace(3, 90, 40)
    theta = some_parameters(one)
    noise = 1e-3 * np.sin(np.arange(40.0) * 7)
    found = fit(records(age, one.value(age, *theta) + noise), one, name="x")
    assert found.curve.theta == pytest.approx(theta, rel=2e-3)
    assert found.r2 == pytest.approx(1, abs=1e-6)
    assert not found.at_limit


def coverage(replicates: int, spread: str) -> tuple[float, float, float]:
    """Return the share of intervals that cover the asymptote, the curve and one more stand."""
    draw = np.random.default_rng(20261121)
    one = form("logistic")
    truth = (220.0, 12.0, 0.11)
    age = np.tile(np.linspace(5, 70, 20), 3)
    mean = one.value(age, *truth)
    at = np.array([30.0])
    size = 25.0 if spread == "constant" else 0.15
    hits = np.zeros(3)
    for _ in range(replicates):
        scale = 1.0 if spread == "constant" else mean
        stock = np.maximum(mean + draw.normal(0, size, len(age)) * scale, 0)
        found = fit(records(age, stock), one, name="x", spread=spread)
        a, se = found.curve.parameters["asymptote"], found.se["asymptote"]
        low, high = found.confidence(at, LEVEL)
        lowest, highest = found.prediction(at, LEVEL)
        of_curve = float(one.value(at, *truth)[0])
        more = of_curve + draw.normal(0, size) * (1 if spread == "constant" else of_curve)
        # t(0.95, 57) = 1.672
        hits += [abs(a - truth[0]) < 1.672 * se, low[0] < of_curve < high[0],
                 lowest[0] < more < highest[0]]  # fmt: skip
    return tuple((hits / replicates).tolist())


@pytest.mark.parametrize("spread", ["constant", "proportional"])
def test_intervals_of_simulated_records_cover_what_they_state(spread):
    # 90 % of 120 replicates, give or take three standard errors: 3 sqrt(0.9 x 0.1 / 120) = 0.082
    for share in coverage(120, spread):
        assert share == pytest.approx(LEVEL, abs=0.083)


@pytest.mark.torture
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("spread", ["constant", "proportional"])
def test_intervals_cover_what_they_state_over_many_replicates(spread):
    # three standard errors of 1000: 3 sqrt(0.9 x 0.1 / 1000) = 0.028
    for share in coverage(1000, spread):
        assert share == pytest.approx(LEVEL, abs=0.029)


def test_a_better_site_has_a_curve_of_its_own_that_is_higher_throughout():
    one = form("gompertz")
    age = np.tile(np.linspace(5, 60, 12), 2)
    site = ["I"] * 12 + ["II"] * 12
    factor = np.array([1.0] * 12 + [0.7] * 12)
    stock = one.value(age, 300, 4, 0.07) * factor + np.sin(np.arange(24.0) * 5)
    found = fit(records(age, stock, site=site), one, name="x")
    assert found.curve.parameters["site II"] == pytest.approx(0.7, abs=0.01)
    best, other = found.curves()["I"], found.curves()["II"]
    at = np.array([15.0, 40])
    assert other.value(at) == pytest.approx(best.value(at) * found.curve.parameters["site II"])
    assert other.age(other.value(at)) == pytest.approx(at)
    assert other.increment(at) == pytest.approx(best.increment(at) * 0.7, rel=0.02)


def test_a_site_index_scales_every_stock_and_the_error_of_the_curve():
    found = fit(
        records([5, 10, 20, 30, 45, 60], [20, 70, 130, 190, 200, 240]), form("schumacher"), name="x"
    ).curve
    better = found.at_site(18, 15)
    at = np.array([25.0])
    assert better.value(at) == pytest.approx(found.value(at) * 1.2)
    assert better.se(at) == pytest.approx(found.se(at) * 1.2)
    assert better.age(better.value(at)) == pytest.approx(at)
    with pytest.raises(GrowthError, match="site index 0"):
        found.at_site(0, 15)


def test_the_components_of_the_parameters_errors_are_independent_and_whole():
    found = fit(
        records([5, 10, 20, 30, 45, 60], [20, 70, 130, 190, 200, 240]), form("gompertz"), name="x"
    )
    moves = np.array(list(components(found.curve).values()))
    assert list(components(found.curve)) == ["x (1/3)", "x (2/3)", "x (3/3)"]
    # the sum of their squares is the covariance
    assert moves.T @ moves == pytest.approx(found.curve.covariance, rel=1e-6)


def test_a_curve_without_standard_errors_has_one_source_whose_error_is_unknown():
    from sinks.growth.bundled import bundled_curve

    curve = bundled_curve(bundled(), "hebei-north-2017", "mixed")
    ((source, move),) = components(curve).items()
    assert source == "growth_curve[hebei-north-2017, mixed]"
    assert np.isnan(move).all()


@pytest.mark.parametrize(
    ("age", "stock", "said"),
    [
        ([5, 10, 20], [20, 40, 90], "has 3 records of 3 ages"),
        ([20] * 9, range(1, 10), "9 records of 1 ages"),
        ([5, 10, 20, 30, 40], [0] * 5, "all stocks are 0"),
        ([5, 10, 20, 30, np.nan], [1, 2, 3, 4, 5], "must be numbers"),
        ([5, 10, 20, 30, -1], [1, 2, 3, 4, 5], "must be numbers"),
    ],
)
def test_records_that_cannot_tell_a_curve_are_refused(age, stock, said):
    with pytest.raises(GrowthError, match=said):
        fit(records(age, list(stock)), form("logistic"), name="fir")


def test_a_prior_of_no_parameter_is_refused_with_the_names_there_are():
    with pytest.raises(GrowthError, match="one of asymptote, scale, rate"):
        fit(records([5, 10, 20, 30, 40], [9, 30, 60, 80, 90]), form("logistic"), name="fir",
            priors={"shape": (1, 1)})  # fmt: skip


def test_an_asymptote_is_held_below_a_multiple_of_the_largest_record():
    # a straight line has no asymptote
    found = fit(records([5, 10, 20, 30, 40, 60], [5.1, 9.9, 20, 30.1, 39.8, 60.2]),
                form("chapman_richards"), name="line")  # fmt: skip
    limit = engine_number("growth_asymptote_limit") * 60.2
    assert found.curve.parameters["asymptote"] == pytest.approx(limit)
    assert found.at_limit == ("asymptote",)
