"""A year in the carbon of many stands: growth, fall, decay, events and products, all conserved.

    sum of pools(t + 1) - sum of pools(t) = input - decay - gases of events - decay of products

Input is growth (net increments) and what growth replaces of turnover: net primary production.
Everything is in t_C/ha (or t_C), positive; one array element per stand.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from data_catalog.errors import ProjectError
from data_catalog.text import Text
from sinks.dynamics.harvested_wood import HARVESTED_WOOD, YEAR
from sinks.dynamics.scheme import AIR, PRODUCTS, Disturbance, Flow, Scheme
from sinks.estimates import Numbers

__all__ = ["Event", "Path", "simulate"]

BELOW_GROUND = "below_ground"
FLUXES = ("input", "decay", *AIR, "taken_out", "product_decay")
LOSSES = ("decay", *AIR, "product_decay")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A disturbance at the beginning of a year (0 is the first) on a share of each stand's area."""

    year: int
    disturbance: Disturbance
    share: Numbers | float = 1.0


@dataclass(frozen=True, kw_only=True)
class Path:
    """Pools and fluxes of stands over the years.

    Parameters
    ----------
    scheme : Scheme
    pools : (year + 1, pool, stand) array
        In the order of `scheme.all_pools()`; the first is the start.
    fluxes : mapping of name to (year, stand) array
        `input`, `decay`, the gases of events `co2`, `ch4`, `co` (as carbon), `taken_out` and
        `product_decay`; all positive.
    """

    scheme: Scheme
    pools: Numbers
    fluxes: Mapping[str, Numbers] = field(repr=False)

    def of(self, pool: str) -> Numbers:
        """Return one pool, (year + 1, stand)."""
        path: Numbers = self.pools[:, self.scheme.place(pool)]
        return path

    def account(self) -> dict[str, Numbers]:
        """Return the pools of the carbon account, each (year + 1, stand)."""
        found: dict[str, Numbers] = {}
        for place, pool in enumerate(self.scheme.all_pools()):
            found[pool.account] = found.get(pool.account, 0.0) + self.pools[:, place]
        return found

    def imbalance(self) -> Numbers:
        """Return what each year's carbon fails to add up by, relative to what there is.

        Returns
        -------
        (year, stand) array
            |change - (input - losses)| / (all pools + input); rounding only, 1e-9 at most.
        """
        total = self.pools.sum(axis=1)
        lost = sum((self.fluxes[name] for name in LOSSES), np.zeros_like(self.fluxes["input"]))
        off = np.diff(total, axis=0) - (self.fluxes["input"] - lost)
        there = total[:-1] + self.fluxes["input"]
        relative: Numbers = np.divide(np.abs(off), there, out=np.abs(off), where=there > 0)
        return relative


def simulate(
    scheme: Scheme,
    start: Mapping[str, Numbers],
    increments: Mapping[str, Numbers],
    temperature: Numbers,
    events: Iterable[Event] = (),
) -> Path:
    """Return the pools of stands, year by year.

    Parameters
    ----------
    scheme : Scheme
    start : mapping of pool to (stand,) array, t_C/ha
        Pools that are left out start empty.
    increments : mapping of living pool to (year, stand) array, t_C/ha
        Net of turnover and mortality, as inventories see it. Without `coarse_roots` and
        `fine_roots`, roots follow the shoots by the scheme's equation. What a negative increment
        takes off dies; more than there is cannot die.
    temperature : (stand,) array, degree C
        Mean of the year.
    events : iterable of Event
        Those of one year in the order given.

    Raises
    ------
    ProjectError
        If a number is missing, or a start is negative, or years or stands do not agree.
    UnknownNameError
        If a pool is not in the scheme.
    """
    temperature = np.atleast_1d(np.asarray(temperature, dtype=np.float64))
    if not np.isfinite(temperature).all():
        raise _wrong(where="stand", name="temperature", got=float("nan"))
    for pool in increments:
        scheme.place(pool)
    grown = {pool: np.asarray(amount, dtype=np.float64) for pool, amount in increments.items()}
    years = _years(grown, len(temperature))
    run = _Run(scheme, temperature, _state(scheme, start, len(temperature)))
    fluxes = {name: np.zeros((years, len(temperature))) for name in FLUXES}
    pools = np.empty((years + 1, *run.state.shape))
    pools[0] = run.state
    by_year: dict[int, list[Event]] = {}
    for event in events:
        if not 0 <= event.year < years:
            raise _late(event, years)
        by_year.setdefault(event.year, []).append(event)
    for year in range(years):
        run.fluxes = {name: flux[year] for name, flux in fluxes.items()}
        for event in by_year.get(year, []):
            run.disturb(event)
        run.step({pool: amount[year] for pool, amount in grown.items()})
        pools[year + 1] = run.state
    return Path(scheme=scheme, pools=pools, fluxes=fluxes)


class _Run:
    """The state of all stands, (pool, stand), moved through a year."""

    def __init__(self, scheme: Scheme, temperature: Numbers, state: Numbers) -> None:
        self.scheme, self.state = scheme, state
        self.fluxes: dict[str, Numbers] = {}
        self.live = [p.id for p in scheme.pools if p.live]
        self.shares = {
            step.id: [(flow, flow.share(temperature)) for flow in step.flows]
            for step in scheme.steps
        }
        self.taken = np.zeros(len(temperature))

    def pool(self, name: str) -> Numbers:
        row: Numbers = self.state[self.scheme.place(name)]
        return row

    def disturb(self, event: Event) -> None:
        share = np.asarray(event.share, dtype=np.float64)
        if not ((share >= 0) & (share <= 1)).all():
            raise _wrong(where=event.disturbance.id, name="share", got=float(share.flat[0]))
        self._move([(flow, flow.part * share) for flow in event.disturbance.flows], fire=True)

    def step(self, increments: Mapping[str, Numbers]) -> None:
        net = self._increments(increments)
        for step in self.scheme.steps:
            if step.id == "growth":
                self._grow(net)
            elif step.id == "decline":
                self._decline(net)
            else:
                self._move(self.shares[step.id], fire=False)
        self._products()

    def _increments(self, given: Mapping[str, Numbers]) -> dict[str, Numbers]:
        """Return the year's net increment of each living pool, no more negative than it holds."""
        net = {
            pool: np.maximum(given.get(pool, np.zeros_like(self.taken)), -self.pool(pool))
            for pool in self.live
        }
        roots = [p.id for p in self.scheme.pools if p.live and p.account == BELOW_GROUND]
        if not any(pool in given for pool in roots):
            shoots = sum(
                (self.pool(p) + net[p] for p in self.live if p not in roots),
                np.zeros_like(self.taken),
            )
            for pool, carbon in zip(roots, self.scheme.roots.of(shoots), strict=True):
                net[pool] = carbon - self.pool(pool)
        return net

    def _grow(self, net: Mapping[str, Numbers]) -> None:
        for pool, amount in net.items():
            gain = np.maximum(amount, 0.0) / 2
            self.pool(pool)[:] += gain
            self.fluxes["input"] += gain

    def _decline(self, net: Mapping[str, Numbers]) -> None:
        for pool, amount in net.items():
            loss = np.minimum(np.maximum(-amount, 0.0), self.pool(pool))
            self.pool(pool)[:] -= loss
            for sink, part in self.scheme.decline[pool]:
                self.pool(sink)[:] += loss * part

    def _move(self, flows: list[tuple[Flow, Numbers]], *, fire: bool) -> None:
        """Move shares of the state as it is before any of these flows."""
        amounts = [(flow, self.pool(flow.source) * share) for flow, share in flows]
        for flow, amount in amounts:
            if flow.renewed:
                self.fluxes["input"] += amount
            else:
                self.pool(flow.source)[:] -= amount
            if flow.sink == PRODUCTS:
                self.taken += amount
                self.fluxes["taken_out"] += amount
            elif flow.sink in AIR:
                self.fluxes[flow.sink if fire else "decay"] += amount
            else:
                self.pool(flow.sink)[:] += amount
        # rounding may leave a pool that all of was taken from at -1e-17
        np.maximum(self.state, 0.0, out=self.state)

    def _products(self) -> None:
        """Let products decay, the year's inflow spread over the year; waste is lost at once."""
        taken, self.taken = self.taken, np.zeros_like(self.taken)
        if not self.scheme.products:
            self.pool(PRODUCTS)[:] += taken
            return
        left = taken.copy()
        for product in self.scheme.products:
            inflow, stock = taken * product.share, self.pool(product.pool.id)
            after = HARVESTED_WOOD(
                stock=stock, inflow=inflow, half_life=product.half_life, period=YEAR
            )
            self.fluxes["product_decay"] += stock + inflow - after
            left -= inflow
            stock[:] = after
        self.fluxes["product_decay"] += np.maximum(left, 0.0)


def _state(scheme: Scheme, start: Mapping[str, Numbers], stands: int) -> Numbers:
    state = np.zeros((len(scheme.all_pools()), stands))
    for pool, amount in start.items():
        if np.shape(amount) not in {(), (stands,)}:
            raise _shape(where="start", shapes={pool: np.shape(amount)}, wanted=f"({stands},)")
        state[scheme.place(pool)] = amount
        bad = ~(state[scheme.place(pool)] >= 0)
        if bad.any():
            raise _wrong(where="start", name=pool, got=float(state[scheme.place(pool)][bad][0]))
    return state


def _years(increments: Mapping[str, Numbers], stands: int) -> int:
    """Return the number of years that all increments are of."""
    for pool, amount in increments.items():
        if not np.isfinite(amount).all():
            raise _wrong(where="increments", name=pool, got=float("nan"))
    shapes = {pool: amount.shape for pool, amount in increments.items()}
    years = max(int(shape[0]) for shape in shapes.values())
    if any(shape != (years, stands) for shape in shapes.values()):
        raise _shape(where="increments", shapes=shapes, wanted=f"({years}, {stands})")
    return years


def _wrong(*, where: str, name: str, got: float) -> ProjectError:
    problem = Text(
        f"{name}={got:g}，应为不小于 0 的有限数（份额不大于 1）。",
        f"{name} is {got:g}; it must be a finite number of 0 or more (a share 1 at most).",
    )
    return ProjectError(where=where, problem=problem)


def _shape(*, where: str, shapes: Mapping[str, tuple[int, ...]], wanted: str) -> ProjectError:
    said = ", ".join(f"{pool} {shape}" for pool, shape in shapes.items())
    problem = Text(
        f"数组形状为 {said}，应为 {wanted}（年数、林分数）。",
        f"the shapes are {said}; each must be {wanted} (years, stands).",
    )
    return ProjectError(where=where, problem=problem)


def _late(event: Event, years: int) -> ProjectError:
    problem = Text(
        f"事件在第 {event.year} 年，而模拟只有第 0 至 {years - 1} 年。",
        f"an event is in year {event.year}, but the years are 0 to {years - 1}.",
    )
    return ProjectError(where=event.disturbance.id, problem=problem)
