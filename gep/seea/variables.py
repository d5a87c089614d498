"""Condition variables summed along with the account: their area-weighted means per ecosystem.

A model's sum over an area, divided by the area that has a value, is the mean in the model's units.
"""

from collections.abc import Iterable
from types import SimpleNamespace

import numpy as np
import pandas as pd

from data_catalog.spec import Citation, Coefficients, Factor, Kernel, Layer, Model, Output, Pixels
from data_catalog.text import Text
from data_catalog.units import conversion
from data_catalog.variables import variable


def leaves(leaf_area_index: Pixels) -> Pixels:
    """Return the leaf area per ground area; never negative."""
    return leaf_area_index


def cover(fractional_vegetation_cover: Pixels) -> Pixels:
    """Return the share of ground under vegetation; never negative."""
    return fractional_vegetation_cover


def gross_production(gross_primary_production: Pixels) -> Pixels:
    """Return the carbon taken up by photosynthesis in a year; never negative."""
    return gross_primary_production


def net_production(npp: Pixels) -> Pixels:
    """Return the carbon that plants keep in a year; never negative."""
    return npp


def quality(ecosystem_quality_index: Pixels) -> Pixels:
    """Return the ecosystem quality index, 0 to 100."""
    return ecosystem_quality_index


def excellent(
    ecosystem_quality_index: Pixels, grades: SimpleNamespace, hundred_percent: Pixels
) -> Pixels:
    """Return all of a cell of excellent quality, none of another."""
    return hundred_percent * _within(ecosystem_quality_index, grades.excellent, np.inf)


def good(
    ecosystem_quality_index: Pixels, grades: SimpleNamespace, hundred_percent: Pixels
) -> Pixels:
    """Return all of a cell of good quality, none of another."""
    return hundred_percent * _within(ecosystem_quality_index, grades.good, grades.excellent)


def medium(
    ecosystem_quality_index: Pixels, grades: SimpleNamespace, hundred_percent: Pixels
) -> Pixels:
    """Return all of a cell of medium quality, none of another."""
    return hundred_percent * _within(ecosystem_quality_index, grades.medium, grades.good)


def low(
    ecosystem_quality_index: Pixels, grades: SimpleNamespace, hundred_percent: Pixels
) -> Pixels:
    """Return all of a cell of low quality, none of another."""
    return hundred_percent * _within(ecosystem_quality_index, grades.low, grades.medium)


def poor(
    ecosystem_quality_index: Pixels, grades: SimpleNamespace, hundred_percent: Pixels
) -> Pixels:
    """Return all of a cell of poor quality, none of another."""
    return hundred_percent * _within(ecosystem_quality_index, -np.inf, grades.low)


def _within(index: Pixels, at_least: float, below: float) -> Pixels:
    return np.where(np.isnan(index), np.nan, (index >= at_least) & (index < below))


def _mean(kernel: Kernel, name: str, total: str, where: str) -> Model:
    known = variable(name)
    return Model(
        id=name,
        title=known.title,
        formula=r"\frac{\sum A x}{\sum A}",
        source=Citation("HJ1172", where),
        inputs={name: Layer(symbol="x", units=known.units)},
        kernel=kernel,
        output=Output(name=name, units=known.units, total=total, low=known.low, high=known.high),
    )


def _share(kernel: Kernel, key: str, grade: Text) -> Model:
    return Model(
        id=f"ecosystem_quality_{key}",
        title=Text(f"生态系统质量“{grade.zh}”的面积占比", f"share of area of {grade.en} quality"),
        formula=r"\frac{\sum_{EQI \in grade} A}{\sum A} \times 100\%",
        source=Citation("HJ1172", "clause 7, table 1"),
        inputs={
            "ecosystem_quality_index": Layer(symbol="EQI", units="1"),
            "grades": Coefficients(table="ecosystem_quality_grade", choose="HJ1172"),
            "hundred_percent": Factor(symbol=r"100\%", units="percent", choose="definition"),
        },
        kernel=kernel,
        output=Output(
            name=f"ecosystem_quality_{key}", units="percent", total="ha", low=0, high=100
        ),
    )


GRADES = {
    "excellent": Text("优", "excellent"),
    "good": Text("良", "good"),
    "medium": Text("中", "medium"),
    "low": Text("低", "low"),
    "poor": Text("差", "poor"),
}
"""The five grades of HJ 1172, the best first."""

MEANS: tuple[Model, ...] = (
    _mean(leaves, "leaf_area_index", "ha", "clause 3.3"),
    _mean(cover, "fractional_vegetation_cover", "ha", "clause 3.5"),
    _mean(gross_production, "gross_primary_production", "t_C/year", "clause 3.4"),
    _mean(net_production, "npp", "t_C/year", "clause 3.4, net of respiration"),
    _mean(quality, "ecosystem_quality_index", "ha", "clause 6, eq. 3"),
)
SHARES: tuple[Model, ...] = tuple(
    _share(kernel, kernel.__name__, GRADES[kernel.__name__])
    for kernel in (excellent, good, medium, low, poor)
)
VARIABLES: tuple[Model, ...] = (*MEANS, *SHARES)
"""What a run may sum for the condition account, where it has the layers."""


def means(sums: pd.DataFrame, models: Iterable[Model] = VARIABLES) -> pd.DataFrame:
    """Return the area-weighted means of condition variables by ecosystem.

    Parameters
    ----------
    sums : DataFrame
        indicator (a model's id), ecosystem, amount (in the model's total units), area_m2 and
        missing_m2, the part of the area without a value; one or many rows per ecosystem.
    models : iterable of Model
        Those whose sums are wanted; other rows are left out.

    Returns
    -------
    DataFrame
        ecosystem, variable, variable_zh, variable_en, unit, closing; NaN where nothing has a value.
    """
    known = {model.id: model for model in models}
    wanted = sums[sums["indicator"].isin(list(known))]
    keys = [wanted["indicator"].astype(str), wanted["ecosystem"].astype(str)]
    totals = wanted[["amount", "area_m2", "missing_m2"]].groupby(keys).sum().reset_index()
    of = totals["indicator"].map(known)
    per_total = of.map(lambda m: conversion(m.output.total, f"({m.output.units}) * m2")[0])
    valid = (totals["area_m2"] - totals["missing_m2"]).where(lambda area: area > 0)
    return pd.DataFrame(
        {
            "ecosystem": totals["ecosystem"],
            "variable": totals["indicator"],
            "variable_zh": of.map(lambda m: m.title.zh),
            "variable_en": of.map(lambda m: m.title.en),
            "unit": of.map(lambda m: m.output.units),
            "closing": totals["amount"] * per_total.astype(np.float64) / valid,
        }
    )
