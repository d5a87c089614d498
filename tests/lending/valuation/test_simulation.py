"""Draws: their seed, their moments, their correlations, and what each uncertainty costs."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data_catalog.errors import ProjectError
from lending.valuation.carbon_draws import with_carbon_draws
from lending.valuation.facts import Simulation
from lending.valuation.result import Inputs, Vintage
from lending.valuation.simulation import draw_values, quantiles_of_draws
from lending.valuation.value import value
from lending.valuation.worked import worked
from sinks.estimates import Estimates
from sinks.uncertainty.portfolio import simulate
from tests.lending.valuation.conftest import FREE

Make = Callable[..., Inputs]


def settings(**changes: Any) -> Simulation:
    return Simulation.model_validate({
        "draws": 20_000, "seed": 7,
        "price": {"model": "gbm", "volatility": 0.3, "source": "SYN"},
    } | changes)  # fmt: skip


FIRE = {"name": "fire", "yearly_probability": 0.1, "loss_share": 0.5, "source": "SYN"}


def test_the_same_seed_draws_the_same(s03: Make) -> None:
    of = worked(s03())
    first, again = draw_values(of, settings()), draw_values(of, settings())
    assert (first == again).all()
    assert (first != draw_values(of, settings(seed=8))).any()


def test_without_any_uncertainty_every_draw_is_the_value_of_the_estimate(s03: Make) -> None:
    of = worked(s03())
    calm = settings(price={"model": "gbm", "volatility": 0, "source": "SYN"})
    drawn = draw_values(of, calm, ["price", "events"])
    # the estimate is 1 / 0.8077672 of the lower bound; costs are the same
    receipts = 1_026_744.97 / 0.8077672
    assert drawn == pytest.approx(np.full(20_000, receipts - 1_026_744.97 + 929_798.68), abs=0.5)


def test_tonnes_alone_spread_by_their_error(s03: Make) -> None:
    # value = receipts x (1 + 0.15 e) - costs: a standard deviation of 15 % of the receipts
    drawn = draw_values(worked(s03()), settings(), ["tonnes"])
    receipts = 1_026_744.97 / 0.8077672
    assert drawn.std() == pytest.approx(0.15 * receipts, rel=0.02)
    p10 = float(np.quantile(drawn, 0.10))
    assert p10 == pytest.approx(929_798.68, rel=0.01)  # the 90 % lower bound gives S03


def test_price_alone_has_the_lognormal_s_median_and_mean(s03: Make) -> None:
    # one receipt, of all tonnes at 11 years: median P e^{-sigma^2 t / 2}, mean P (drift 0)
    cycle = {"monitoring_months": 120, "lag_months": 12}
    of = worked(s03(costs=FREE, cycle=cycle))
    calm = settings(price={"model": "gbm", "volatility": 0, "source": "SYN"})
    certain = draw_values(of, calm, ["price"])[0]
    drawn = draw_values(of, settings(draws=100_000), ["price"])
    assert drawn.mean() == pytest.approx(certain, rel=0.02)
    assert np.median(drawn) == pytest.approx(certain * np.exp(-(0.3**2) * 11 / 2), rel=0.02)


def test_events_take_what_is_still_to_grow(s03: Make) -> None:
    # all tonnes are verified after 10 years; each year a half is lost with 10 %:
    # the mean left is (1 - 0.05)^10 = 0.5987
    cycle = {"monitoring_months": 120, "lag_months": 0}
    of = worked(s03(costs=FREE, cycle=cycle))
    whole = draw_values(of, settings(events=[]), [])[0]
    drawn = draw_values(of, settings(events=[FIRE], draws=100_000), ["events"])
    assert drawn.mean() == pytest.approx(whole * 0.95**10, rel=0.01)
    assert drawn.max() == pytest.approx(whole)  # not once in ten years


@pytest.mark.parametrize("link", ["tonnes_price", "price_events"])
def test_what_goes_wrong_together_widens_the_tail(s03: Make, link: str) -> None:
    of = worked(s03(costs=FREE))
    tails = [
        np.quantile(draw_values(of, settings(events=[FIRE], **{link: rho})), 0.05)
        for rho in (-0.9, 0.0, 0.9)
    ]
    assert tails[0] > tails[1] > tails[2]


def test_mean_reversion_holds_the_price_near_its_median(s03: Make) -> None:
    of = worked(s03(costs=FREE))
    ou = {"model": "ou", "volatility": 0.3, "reversion": 1.0, "mean": 60, "source": "SYN"}
    free, held = (
        draw_values(of, settings(), ["price"]),
        draw_values(of, settings(price=ou), ["price"]),
    )
    assert held.std() < free.std() / 2


def test_draws_of_a_portfolio_are_taken_as_they_are(s03: Make) -> None:
    estimates = Estimates(
        keys=pd.DataFrame({"parcel_id": ["a", "b"]}), value=np.array([100.0, 50.0]),
        shared={"root_to_shoot": np.array([15.0, 7.5])}, own=np.zeros(2),
    )  # fmt: skip
    totals = simulate(estimates, draws=20_000, seed=1).totals[:, 0]
    given = s03().model_copy(update={"tonnes_quantiles": quantiles_of_draws(totals)})
    drawn = draw_values(worked(given), settings(), ["tonnes"])
    normal = draw_values(
        worked(s03()), settings(), ["tonnes"]
    )  # 15 % of each, one source: the same
    assert np.quantile(drawn, [0.05, 0.5, 0.95]) == pytest.approx(
        np.quantile(normal, [0.05, 0.5, 0.95]), rel=0.02
    )


def test_an_account_s_errors_move_the_tonnes_of_its_parcels(s03: Make) -> None:
    estimates = Estimates(
        keys=pd.DataFrame({"parcel_id": ["a", "b", "c"]}), value=np.array([100.0, 50.0, 1e9]),
        shared={"root_to_shoot": np.array([15.0, 7.5, 0.0])}, own=np.zeros(3),
    )  # fmt: skip
    given = s03(simulation=settings(), holding=None, vintages=tuple(rows_of("a", "b")),
                tonnes={"deducted": ["buffer", "leakage"]})  # fmt: skip
    points = with_carbon_draws(given, estimates).tonnes_quantiles
    # 15 % of what a and b hold, one error of both; c is another's
    assert points[len(points) // 2] == pytest.approx(1, abs=0.01)
    assert np.interp(0.05, np.linspace(0, 1, len(points)), points) == pytest.approx(
        1 - 1.645 * 0.15, abs=0.01
    )
    for changed, told in (
        (given.model_copy(update={"vintages": tuple(rows_of("d"))}), "no carbon of parcel d"),
        (s03(), r"no section \[simulation\]"),
    ):
        with pytest.raises(ProjectError, match=told):
            with_carbon_draws(changed, estimates)
    with pytest.raises(ProjectError, match="more than nothing"):
        with_carbon_draws(given, estimates.times(-1.0, {}))


def rows_of(*parcels: str) -> Iterator[Vintage]:
    for name in parcels:
        yield Vintage.model_validate({
            "parcel_id": name, "vintage_from": date(2026, 1, 1), "vintage_to": date(2027, 1, 1),
            "net_tCO2e": 100.0, "se_tCO2e": 0.0, "kind": "ex_ante",
        })  # fmt: skip


def test_the_result_tells_the_quantiles_and_the_costs(s03: Make) -> None:
    asked = settings(draws=2000, events=[FIRE])
    results = value(s03(loan="300000", simulation=asked)).results
    draws = results.draws
    assert draws is not None
    assert draws.p5 < draws.p50 < draws.p95
    assert 0 < draws.loss_probability < 1
    assert {cause.id for cause in draws.causes} == {"tonnes", "price", "events"}
    widths = [cause.width for cause in draws.causes]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] > 0


def test_no_draw_has_less_than_no_tonnes(s03: Make) -> None:
    # without costs a value below nothing would be a sale of tonnes below nothing
    given = s03(costs=FREE).model_copy(update={"tonnes_quantiles": (-3.0, 0.5, 4.0)})
    values = draw_values(worked(given), settings(draws=1_000))
    assert values.min() == 0
    assert values.max() > 0
