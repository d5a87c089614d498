"""Errors at two dates, and the smallest change that can be told from none."""

import numpy as np
import numpy.typing as npt

from data_catalog.errors import ProjectError
from data_catalog.text import Text
from sinks.uncertainty.levels import half_width

__all__ = ["DETECTABLE", "DETECTABLE_FORMULA", "minimum_detectable_change", "split_by_date"]

Numbers = npt.NDArray[np.float64]

DETECTABLE = Text("最小可检出变化量", "minimum detectable change")
DETECTABLE_FORMULA = r"\Delta_{min} = z_{1-\alpha/2} \sqrt{s_1^2 + s_2^2 - 2 \rho s_1 s_2}"


def split_by_date(source: str, year: int, rho: float) -> dict[str, float]:
    """Return the sources an error at a date comes from, and how much of it each makes.

    Two dates' errors with correlation rho are one common error, sqrt(rho) of each, and one of each
    date's own, sqrt(1 - rho).

    Parameters
    ----------
    source : str
        `map model` becomes `map model` and `map model, 2014`.
    rho : float, 0 to 1

    Raises
    ------
    ProjectError
        If rho is not within 0 and 1.
    """
    if not 0 <= rho <= 1:
        raise ProjectError(
            where=source,
            problem=Text(
                f"两期误差的相关系数为 {rho}，应在 0 与 1 之间。",
                f"a correlation of {rho} between dates; give one from 0 to 1.",
            ),
        )
    parts = {source: float(np.sqrt(rho)), f"{source}, {year}": float(np.sqrt(1 - rho))}
    return {name: part for name, part in parts.items() if part}


def minimum_detectable_change(change_se: npt.ArrayLike, level: float) -> Numbers:
    """Return the smallest change that differs from none at a level, in the unit of its error.

    Parameters
    ----------
    change_se : (n,) array
        Standard error of the change: `Estimates.minus(...).se`, or `propagation.change_se`.
    """
    return half_width(change_se, level)
