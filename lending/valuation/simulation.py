"""Value over random tonnes, prices and events, with their correlations.

A draw has one error of the tonnes for the whole holding, one path of the price, and in each year
each event or not. Bad years and low prices may come together, and so may tonnes and price:

    e = rho_tp mean(z sqrt(dt)) + sqrt(1 - rho_tp^2) e'          z: the price's yearly shocks
    event in year j  <=>  rho_pe z_j + sqrt(1 - rho_pe^2) u_j < Phi^-1(p)

The price process replaces the stated path. An event takes its share of all tonnes still to grow.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from data_catalog.parameters import engine_number
from data_catalog.text import Text
from lending.prices.paths import Rise
from lending.prices.processes import step_gbm, step_ou
from lending.valuation.facts import PriceProcess, Simulation
from lending.valuation.gates import rises_above
from lending.valuation.income import flows, present_draws
from lending.valuation.result import Cause, Draws, Words, money
from lending.valuation.worked import Worked

__all__ = ["draw_values", "quantiles_of_draws", "rise_of_process", "simulated"]

Numbers = npt.NDArray[np.float64]
CAUSES = {
    "tonnes": Text("碳汇量的不确定性", "error of the tonnes"),
    "price": Text("价格波动", "price"),
    "events": Text("灾害事件", "events"),
}
SHARES = (0.05, 0.50, 0.95)


def quantiles_of_draws(totals: Numbers) -> tuple[float, ...]:
    """Return drawn totals as quantiles over their mean, for `Inputs.tonnes_quantiles`.

    Parameters
    ----------
    totals : (draws,) array
        Of a portfolio, `sinks.uncertainty.portfolio.simulate(...).totals[:, group]`.
    """
    shares = np.linspace(0, 1, int(engine_number("simulation_points")))
    return tuple((np.quantile(totals, shares) / totals.mean()).tolist())


@dataclass(frozen=True, kw_only=True)
class _Normals:
    """Independent standard normals: price and events by year, one of the tonnes' per draw."""

    price: Numbers  # (draws, years)
    events: tuple[Numbers, ...]  # (draws, years) each
    tonnes: Numbers  # (draws,)


def _normals(settings: Simulation, years: int) -> _Normals:
    """Return the normals of a seed; each cause has a stream of its own."""
    streams = np.random.SeedSequence(settings.seed).spawn(2 + len(settings.events))
    price, tonnes, *events = (np.random.default_rng(one) for one in streams)
    shape = settings.draws, years
    return _Normals(
        price=price.standard_normal(shape), tonnes=tonnes.standard_normal(settings.draws),
        events=tuple(one.standard_normal(shape) for one in events),
    )  # fmt: skip


def draw_values(of: Worked, settings: Simulation, causes: Iterable[str] = CAUSES) -> Numbers:
    """Return the value before haircuts of each draw, (draws,), CNY; estimates, no lower bounds.

    Parameters
    ----------
    causes : some of tonnes, price and events
        The others do not vary.
    """
    varying = set(causes)
    plan, when = of.plan.at_mean(), of.plan.schedule
    last = max([*when.paid, *of.plan.past_paid, 1.0])
    years = int(np.ceil(last))
    normals = _normals(settings, years)
    process = settings.price
    if "price" not in varying:
        process = process.model_copy(update={"volatility": 0.0})
    paths = _log_prices(process, plan.start, normals.price)
    survival = np.ones((settings.draws, years + 1))
    if "events" in varying:
        survival = _survival(settings, normals)
    factor = np.ones(settings.draws)
    if "tonnes" in varying:
        factor = _tonnes(of, settings, normals)
    ends = np.clip(np.ceil(when.verified).astype(int), 0, years)
    drawn = replace(
        plan,
        future=plan.future * factor[:, None] * survival[:, ends],
        past=plan.past * np.stack([np.ones(settings.draws), factor], axis=1),  # issued: certain
        drawn={"future": _at(paths, when.paid), "past": _at(paths, of.plan.past_paid)},
    )  # fmt: skip
    worth = present_draws(flows(drawn), of.rate)
    return np.broadcast_to(worth["past"] + worth["future"], (settings.draws,)).copy()


def _log_prices(process: PriceProcess, start: float, shocks: Numbers) -> Numbers:
    """Return the log price at the end of each year and at the start, (draws, years + 1)."""
    path = [np.full(len(shocks), np.log(start))]
    for shock in shocks.T:
        if process.model == "gbm":
            step = step_gbm(path[-1], 1.0, shock, drift=process.drift,
                            volatility=process.volatility)  # fmt: skip
        else:
            step = step_ou(
                path[-1], 1.0, shock, reversion=process.reversion or 0.0,
                mean=process.mean or start, volatility=process.volatility,
            )  # fmt: skip
        path.append(step)
    return np.stack(path, axis=1)


def rise_of_process(process: PriceProcess, start: float) -> Rise:
    """Return what the price does in its first year without shocks; a later year rises no faster."""
    calm = process.model_copy(update={"volatility": 0.0})
    after = _log_prices(calm, start, np.zeros((1, 1)))[0, -1]
    return Rise(start=0.0, end=1.0, before=start, after=float(np.exp(after)))


def _at(paths: Numbers, years: Numbers) -> Numbers:
    """Return prices at some times, (draws, n): the log price is straight within a year."""
    before = np.minimum(np.floor(years).astype(int), paths.shape[1] - 2)
    share = years - before
    logs: Numbers = paths[:, before] * (1 - share) + paths[:, before + 1] * share
    return np.exp(logs)


def _survival(settings: Simulation, normals: _Normals) -> Numbers:
    """Return the share of the growth that is left by now and each year, (draws, years + 1)."""
    left: Numbers = np.ones_like(normals.price)
    rho = settings.price_events
    for event, own in zip(settings.events, normals.events, strict=True):
        latent = rho * normals.price + np.sqrt(1 - rho**2) * own
        struck = latent < ndtri(event.yearly_probability)
        left *= np.where(struck, 1 - event.loss_share, 1.0)
    return np.cumprod(np.insert(left, 0, 1.0, axis=1), axis=1, dtype=np.float64)


def _tonnes(of: Worked, settings: Simulation, normals: _Normals) -> Numbers:
    """Return the tonnes of each draw over their mean, (draws,)."""
    rho = settings.tonnes_price
    shocks = normals.price.sum(axis=1) / np.sqrt(normals.price.shape[1])
    error = rho * shocks + np.sqrt(1 - rho**2) * normals.tonnes
    points = of.inputs.tonnes_quantiles
    if points:
        drawn = np.interp(ndtr(error), np.linspace(0, 1, len(points)), points)
        never_less: Numbers = np.maximum(0.0, drawn)
        return never_less
    factor: Numbers = np.maximum(0.0, 1 + _cv(of) * error)
    return factor


def _cv(of: Worked) -> float:
    """Return the standard error of what is not issued over its mean, fully correlated."""
    holding = of.inputs.facts.holding
    if holding is not None:
        return holding.cv
    rows = [row for row in of.inputs.vintages if row.kind != "issued"]
    total = sum(row.net_tCO2e for row in rows)
    return sum(row.se_tCO2e or 0.0 for row in rows) / total if total else 0.0


def simulated(of: Worked) -> Draws | None:
    """Return P5, P50 and P95 of the value, and what each uncertainty costs.

    None if not asked, if the error of some tonnes is not known, or if the price drifts up by more
    than the policy lends against.
    """
    settings = of.inputs.facts.simulation
    if settings is None or of.lots.unbounded.any():
        return None
    limit = of.inputs.policy.prices.max_growth
    if rises_above(rise_of_process(settings.price, of.plan.start), limit):
        return None
    values = draw_values(of, settings)
    p5, p50, p95 = np.quantile(values, SHARES)
    causes = []
    for name, title in CAUSES.items():
        low, middle, _ = np.quantile(draw_values(of, settings, [name]), SHARES)
        causes.append(Cause(id=name, title=Words.of(title), width=money(middle - low)))
    floor = float(of.inputs.facts.loan or 0)
    return Draws(
        draws=settings.draws, seed=settings.seed, mean=money(values.mean()), p5=money(p5),
        p50=money(p50), p95=money(p95), loss_probability=float((values < floor).mean()),
        causes=tuple(sorted(causes, key=lambda one: -one.width)),
    )  # fmt: skip
