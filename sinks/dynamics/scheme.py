"""The words a stand's carbon is declared with: pools, flows, roots, products, disturbances."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from data_catalog.errors import ProjectError, UnknownNameError
from data_catalog.names import suggestion
from data_catalog.text import Text
from sinks.estimates import Numbers

__all__ = [
    "AIR",
    "PRODUCTS",
    "ROUNDING",
    "Disturbance",
    "Flow",
    "Pool",
    "Product",
    "Roots",
    "Scheme",
    "Step",
]

AIR = ("co2", "ch4", "co")
"""Where carbon leaves to; what is in the air is in no pool."""
PRODUCTS = "products"
"""The sink of what a disturbance takes out of the forest."""
ROUNDING = float(len(AIR) * np.finfo(np.float64).eps)
"""By how much shares that are all of a thing may sum to more than 1."""
TEN_KELVIN = 10.0
"""The warming that Q10 is defined by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """A compartment of carbon; `account` is the pool of the carbon account it counts in."""

    id: str
    title: Text
    account: str
    live: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A share of a pool that moves to another one in a year.

        share(T) = part * min(1, rate * q10 ** ((T - reference) / 10))

    with temperatures in degree C. A flow is `renewed` where growth replaces what leaves, so
    that increments are net of it (turnover of living biomass): the pool keeps its carbon, and the
    carbon that falls is input from the air.
    """

    source: str
    sink: str
    rate: float
    part: float = 1.0
    q10: float = 1.0
    reference: float = 0.0
    renewed: bool = False

    def share(self, temperature: Numbers) -> Numbers:
        """Return the share of the pool that moves in a year, 0 to 1, at a mean temperature, C."""
        tens = (temperature - self.reference) / TEN_KELVIN
        return self.part * np.minimum(self.rate * self.q10**tens, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What happens at one point of the year; its flows see the same state."""

    id: str
    title: Text
    flows: tuple[Flow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Roots:
    """Root carbon of a stand as a function of that of its shoots.

        roots = a (shoots / CF) ** b,  fine = c1 + c2 exp(c3 roots), in t_dm/ha

    With b = 1 the first is a root-to-shoot ratio.
    """

    a: float
    b: float
    fine: tuple[float, float, float]
    carbon_fraction: float

    def of(self, shoots: Numbers) -> tuple[Numbers, Numbers]:
        """Return coarse and fine roots, t_C/ha, of above-ground carbon, t_C/ha."""
        roots = self.a * (shoots / self.carbon_fraction) ** self.b
        first, second, third = self.fine
        fine = first + second * np.exp(third * roots)
        return roots * (1 - fine) * self.carbon_fraction, roots * fine * self.carbon_fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product that takes a share of all wood taken out, with its half-life in years."""

    pool: Pool
    share: float
    half_life: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbance:
    """What an event moves: a share of each pool; the rest stays where it is."""

    id: str
    title: Text
    flows: tuple[Flow, ...]

    def __post_init__(self) -> None:
        _not_more_than_all(self.id, self.flows)


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """Pools and flows of a stand.

    Parameters
    ----------
    steps : tuple of Step
        In the order of the year. Half of a year's growth comes at each step named `growth`; what
        a negative increment takes off dies at the step named `decline`.
    decline : mapping of living pool to (dead pool, share) pairs
        Where biomass goes that a negative increment takes off.
    products : tuple of Product
        None: what is taken out stays in a pool of its own and does not decay. Otherwise the rest
        of the wood taken out, beyond the products' shares, goes to the air in the same year.
    """

    pools: tuple[Pool, ...]
    steps: tuple[Step, ...]
    decline: Mapping[str, tuple[tuple[str, float], ...]]
    roots: Roots
    products: tuple[Product, ...] = ()

    def __post_init__(self) -> None:
        for step in self.steps:
            _not_more_than_all(step.id, (f for f in step.flows if not f.renewed))
            for flow in step.flows:
                self.place(flow.source)
                if flow.sink not in AIR:
                    self.place(flow.sink)
        if sum(p.share for p in self.products) > 1 + ROUNDING:
            raise _too_much(where="products", share=sum(p.share for p in self.products))

    def all_pools(self) -> tuple[Pool, ...]:
        """Return the pools of the stand and of its products."""
        if self.products:
            return (*self.pools, *(p.pool for p in self.products))
        return (*self.pools, Pool(id=PRODUCTS, title=TAKEN_OUT, account="harvested_wood"))

    def place(self, pool: str) -> int:
        """Return where a pool is in `all_pools`.

        Raises
        ------
        UnknownNameError
            If there is none of that name.
        """
        names = [p.id for p in self.all_pools()]
        if pool not in names:
            kind = Text("碳库", "pool")
            raise UnknownNameError(
                where="stand", kind=kind, name=pool, hint=suggestion(pool, names)
            )
        return names.index(pool)

    def with_products(self, products: Iterable[Product]) -> "Scheme":
        """Return the scheme with products that decay."""
        return replace(self, products=tuple(products))


TAKEN_OUT = Text("运出的木材", "wood taken out")


def _not_more_than_all(where: str, flows: Iterable[Flow]) -> None:
    shares: dict[str, float] = {}
    for flow in flows:
        if flow.part < 0 or flow.rate < 0:
            raise _too_much(where=f"{where}: {flow.source}", share=min(flow.part, flow.rate))
        shares[flow.source] = shares.get(flow.source, 0.0) + flow.part
    for source, share in shares.items():
        if share > 1 + ROUNDING:
            raise _too_much(where=f"{where}: {source}", share=share)


def _too_much(*, where: str, share: float) -> ProjectError:
    problem = Text(
        f"各去向份额合计 {share:g}，应在 0 与 1 之间。",
        f"the shares that leave it sum to {share:g}; they must be within 0 and 1.",
    )
    return ProjectError(where=where, problem=problem)
