"""A growth curve as the route "age with a growth curve" takes it: age to carbon of live trees."""

from collections.abc import Mapping

import numpy as np

from data_catalog.spec import Pixels
from data_catalog.text import Text
from sinks.growth.curve import GrowthError, components
from sinks.growth.form import STEP
from sinks.growth.paths import Grower
from sinks.routes import AgeCurve
from sinks.routes.amounts import Amounts

__all__ = ["live_carbon"]


def live_carbon(grower: Grower) -> AgeCurve:
    """Return the function from ages to t_C/ha of live trees with roots, with its errors by source.

    How a stand differs from its curve is not among them: that is the stand's own.

    Raises
    ------
    GrowthError
        When it is called with an age that the curve does not have.
    """
    curve = grower.curve

    def of_ages(age: Pixels) -> tuple[Pixels, Mapping[str, Pixels]]:
        stock = curve.value(age)
        if not np.isfinite(stock).all():
            first, last = curve.ages
            old = float(age[~np.isfinite(stock)][0])
            raise GrowthError(where=curve.name, problem=Text(
                f"没有林龄 {old:g} 年的储量，曲线只到 {first:g}–{last:g} 年。",
                f"has no stock at {old:g} years; it goes from {first:g} to {last:g}.",
            ))  # fmt: skip
        none = np.where(stock > 0, np.nan, 0)
        shared = {
            source: np.imag(curve.at(age, curve.theta + complex(0, STEP) * move)) / STEP
            if np.isfinite(move).all() else none
            for source, move in components(curve).items()
        }  # fmt: skip
        pools = grower.conversion(
            Amounts(value=stock, shared=shared, provisional=np.zeros(len(stock), dtype=bool))
        )
        first_pool, *others = pools.values()
        live = first_pool
        for pool in others:
            live = live.plus(pool)
        return live.value, live.shared

    return of_ages
