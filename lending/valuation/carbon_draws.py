"""The tonnes of a valuation as they err in an account: sources kept apart, parcels correlated."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from data_catalog.errors import ProjectError
from data_catalog.names import suggestion
from data_catalog.text import Text
from lending.valuation.result import Inputs
from lending.valuation.simulation import quantiles_of_draws
from sinks.credits.removals import read_removals
from sinks.estimates import Estimates
from sinks.uncertainty.portfolio import simulate

__all__ = ["carbon_of", "of_parcels", "with_carbon_draws"]

WHERE = Text("碳汇量抽样", "draws of the tonnes")


def carbon_of(path: Path) -> Estimates:
    """Return the change of carbon by parcel with its errors by source.

    Parameters
    ----------
    path : Path
        A run folder, or a table of paths or changes with its errors beside it (`gep sinks`).
        A run without a baseline has no change: then its stock.
    """
    found = read_removals(path)
    return found.change if len(found.change) or found.stock is None else found.stock


def of_parcels(carbon: Estimates, parcels: Iterable[str]) -> Estimates:
    """Return the rows of some parcels.

    Raises
    ------
    ProjectError
        If there is no row of one of them; names it, and the nearest.
    """
    known = set(carbon.keys["parcel_id"])
    wanted = list(dict.fromkeys(parcels))
    for name in wanted:
        if name not in known:
            hint = suggestion(name, known)
            raise ProjectError(where=WHERE, problem=Text(
                f"没有宗地 {name} 的碳汇量。{hint.zh}", f"no carbon of parcel {name}. {hint.en}"
            ))  # fmt: skip
    return carbon.chosen(carbon.keys["parcel_id"].isin(wanted).to_numpy())


def with_carbon_draws(inputs: Inputs, carbon: Estimates) -> Inputs:
    """Return inputs whose draws of the tonnes err as the carbon of their parcels does.

    Of a holding without vintages, as all parcels do together.

    Raises
    ------
    ProjectError
        If the facts ask for no draws, a parcel is not there, or the carbon gains nothing.
    """
    settings = inputs.facts.simulation
    if settings is None:
        raise ProjectError(where=WHERE, problem=Text(
            "事实文件没有 [simulation] 一节，不作抽样。请补充，或去掉 --carbon。",
            "the facts have no section [simulation], so nothing is drawn. Add it, or leave "
            "--carbon out.",
        ))  # fmt: skip
    names = [row.parcel_id for row in inputs.vintages]
    chosen = of_parcels(carbon, names) if names else carbon
    totals = simulate(chosen, draws=settings.draws, seed=settings.seed).totals[:, 0]
    if not np.isfinite(totals).all() or totals.mean() <= 0:
        raise ProjectError(where=WHERE, problem=Text(
            f"这些宗地的碳汇量合计均值为 {totals.mean():.3g} t，应为大于零的已知数，误差也须已知。",
            f"the carbon of these parcels is {totals.mean():.3g} t on average; it must be known, "
            "with its errors, and more than nothing.",
        ))  # fmt: skip
    return inputs.model_copy(update={"tonnes_quantiles": quantiles_of_draws(totals)})
