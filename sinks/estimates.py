"""Amounts of carbon whose errors are kept apart by source, so that sums and differences err right.

An amount errs by the sum of independent standard errors. Those of `shared` sources (a carbon
fraction, a root-to-shoot ratio, an expansion factor, the model of a map) are one draw for all rows:
each row has the signed effect that plus one standard error of the source has on it, and effects of
one source add up linearly over parcels, pools and years. `own` is what no other row shares.

    Var(sum_p C_p) = sum_s (sum_p e_ps)^2 + sum_p o_p^2

A map's error is neither: near parcels share most of it, distant ones nothing. Such a source is
`spatial`: each row has effects of the cells of a field, which add up just as well, and variance is
the sum over pairs of cells with their correlation (`sinks.uncertainty.fields`).

References
----------
IPCC 2006, vol. 1, ch. 3: what all parcels share is one draw. The parcels' own standard errors are
not enough to form that of a township or a portfolio: the common components are needed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from sinks.uncertainty.fields import Spread, stacked

__all__ = ["OWN", "Estimates", "together"]

Numbers: TypeAlias = npt.NDArray[np.float64]
OWN = ""
"""The source of an error that no other row shares."""


@dataclass(frozen=True, kw_only=True)
class Estimates:
    """Amounts, a row each, with their errors by source.

    Parameters
    ----------
    keys : DataFrame, (n,) rows
        What each amount is of: parcel_id, pool, year ...; text and whole numbers.
    value : (n,) array
        In one unit for all rows: t_C, or what the caller's columns say. NaN where not known.
    shared : mapping of source to (n,) array
        Signed effect of plus one standard error of the source, in the unit of `value`. Sources
        are named as people are told of them: `carbon_fraction[ipcc-2006]`. NaN where the
        source's error is not known, which no sum forgets.
    own : (n,) array
        Standard error that no other row shares, in the unit of `value`; not negative.
    spatial : mapping of source to Spread of n rows
        Effects of sources that err alike at near places, in the unit of `value`.
    """

    keys: pd.DataFrame
    value: Numbers
    shared: Mapping[str, Numbers] = field(default_factory=dict)
    own: Numbers
    spatial: Mapping[str, Spread] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.value)

    @property
    def se(self) -> Numbers:
        """Return the standard error of each row, (n,)."""
        return np.sqrt(sum(self.variances().values(), self.own**2))

    def variances(self) -> dict[str, Numbers]:
        """Return the variance of each row by source, (n,) each, without the rows' own."""
        by_source = {s: e**2 for s, e in self.shared.items()}
        for source, spread in self.spatial.items():
            by_source[source] = by_source.get(source, 0.0) + spread.variance()
        return by_source

    def chosen(self, rows: npt.NDArray[np.bool_]) -> "Estimates":
        """Return some of the rows; sources without any effect on them are left out."""
        shared = {s: e[rows] for s, e in self.shared.items()}
        spatial = {s: e.chosen(rows) for s, e in self.spatial.items()}
        return Estimates(
            keys=self.keys[rows].reset_index(drop=True), value=self.value[rows],
            shared={s: e for s, e in shared.items() if (e != 0).any()}, own=self.own[rows],
            spatial={s: e for s, e in spatial.items() if len(e.effect)},
        )  # fmt: skip

    def times(self, factor: float | Numbers, effects: Mapping[str, float | Numbers]) -> "Estimates":
        """Return the amounts times a number that errs too, to first order.

        Parameters
        ----------
        factor : number or (n,) array
        effects : mapping of source to number or (n,) array
            Standard error of the factor by source, signed, in the factor's unit.
        """
        of = np.broadcast_to(np.asarray(factor, dtype=np.float64), len(self))
        shared = {s: e * of for s, e in self.shared.items()}
        for source, error in effects.items():
            # nothing of an amount errs by nothing, also where the error is unknown
            more = np.where(self.value == 0, 0.0, self.value * error)
            shared[source] = shared.get(source, np.zeros(len(self))) + more
        return replace(
            self, value=self.value * of, shared=shared, own=self.own * np.abs(of),
            spatial={s: e.times(of) for s, e in self.spatial.items()},
        )  # fmt: skip

    def grouped(self, by: Iterable[str]) -> tuple[pd.DataFrame, npt.NDArray[np.int64]]:
        """Return the different keys, in their order, and which of them each row has, (n,)."""
        names = list(by)
        if not names:
            return pd.DataFrame(index=[0]), np.zeros(len(self), dtype=np.int64)
        if len(names) == 1:
            which, texts = pd.factorize(self.keys[names[0]], sort=True)
            return pd.DataFrame({names[0]: texts}), which.astype(np.int64)
        groups = self.keys.groupby(names, sort=True, observed=True)
        place: npt.NDArray[np.int64] = groups.ngroup().to_numpy().astype(np.int64)
        return groups.size().reset_index()[names], place

    def summed(self, by: Iterable[str]) -> "Estimates":
        """Return the sums over all rows with the same keys, in the order of the keys."""
        keys, place = self.grouped(by)

        def add(amounts: Numbers) -> Numbers:
            return np.bincount(place, weights=amounts, minlength=len(keys)).astype(np.float64)

        return Estimates(
            keys=keys, value=add(self.value), shared={s: add(e) for s, e in self.shared.items()},
            own=np.sqrt(add(self.own**2)),
            spatial={s: e.summed(place, len(keys)) for s, e in self.spatial.items()},
        )  # fmt: skip

    def minus(self, earlier: "Estimates") -> "Estimates":
        """Return the change since other estimates of the same rows: a source errs alike in both.

        An error that differs between the dates has a source of its own for each of them.
        """
        none = np.zeros(len(self))
        sources = dict.fromkeys([*self.shared, *earlier.shared])
        spatial = dict(self.spatial)
        for source, then in earlier.spatial.items():
            now = spatial.get(source, Spread.none(then.field, len(self)))
            spatial[source] = now.plus(then, -1)
        return replace(
            self, value=self.value - earlier.value, own=np.hypot(self.own, earlier.own),
            shared={s: self.shared.get(s, none) - earlier.shared.get(s, none) for s in sources},
            spatial=spatial,
        )  # fmt: skip


def together(parts: Iterable[Estimates]) -> Estimates:
    """Return the rows of several estimates under each other; what one has not errs by nothing."""
    found = list(parts)
    sources = dict.fromkeys(s for one in found for s in one.shared)
    fields = {s: spread.field for one in found for s, spread in one.spatial.items()}
    return Estimates(
        keys=pd.concat([one.keys for one in found], ignore_index=True),
        value=np.concatenate([one.value for one in found]),
        shared={
            s: np.concatenate([one.shared.get(s, np.zeros(len(one))) for one in found])
            for s in sources
        },
        own=np.concatenate([one.own for one in found]),
        spatial={
            s: stacked([one.spatial.get(s, Spread.none(f, len(one))) for one in found])
            for s, f in fields.items()
        },
    )
