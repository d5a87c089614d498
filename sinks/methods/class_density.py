"""The method `class_density`: area of each class times its carbon density."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data_catalog.errors import LayerError, ProjectError
from data_catalog.parameters import Parameters, Row
from data_catalog.text import Text
from data_catalog.units import conversion
from sinks import change
from sinks.area_effect import area_effect, effects
from sinks.densities import DensityTable, density_table
from sinks.density_maps import density_models
from sinks.estimates import Estimates
from sinks.methods.converted_land import with_dead_organic
from sinks.methods.corrected_areas import CONFUSION, corrected
from sinks.methods.part import (
    ACCOUNT,
    ACCOUNT_CHANGE,
    CLASS_LAYERS,
    TITLE,
    TITLE_CHANGE,
    Found,
    transition_of,
)
from sinks.stock import Numbers, checked, parcel_ids, stock, summed, weigh
from tiles.binding import Bound
from tiles.compute import NotComputed
from tiles.derive import Derivations
from tiles.project import Carbon, Project
from tiles.results import Result

__all__ = ["ClassDensity", "prepare"]


@dataclass(frozen=True, kw_only=True)
class ClassDensity:
    """The method with its densities and class maps; no maps, nothing to compute.

    Parameters
    ----------
    transition : Row, optional
        Over which time dead wood and litter of new forest build up; at once without it.
    """

    table: DensityTable
    classes: tuple[str, ...]
    models: tuple[Bound, ...] = ()
    not_computed: tuple[NotComputed, ...] = ()
    transition: Row | None = None

    @property
    def changes(self) -> bool:
        """Return whether there is a map of the baseline."""
        return len(self.classes) > 1

    def found(self, result: Result) -> Found | None:
        """Return stock and change from the areas under each class, or pair of classes."""
        if not self.classes:
            return None
        moved = transitions(result, self.classes)
        account = result.inputs.project.project
        sample = result.inputs.tables.get(CONFUSION)
        if sample is not None:
            dates = [account.baseline_year, account.year] if self.changes else [account.year]
            known = [year for year in dates if year is not None]
            return corrected(moved, sample.frame, self.table, known)
        stocks = {account.year: stock(change.closing(moved), self.table)}
        if not self.changes or account.baseline_year is None:
            return Found(stocks=stocks)
        changes = change.change(moved, self.table)
        found = Found(
            stocks={account.baseline_year: stock(change.opening(moved), self.table)} | stocks,
            changes=changes,
            effects=_effects(moved, self.table, changes),
        )
        if self.transition is None:
            return found
        return with_dead_organic(found, result, self.table, self.transition)

    def behind(self, pool: str) -> tuple[Row, ...]:
        """Return the densities of the pool."""
        return tuple(d.row for (of, _), d in self.table.densities.items() if of == pool)

    def record(self) -> dict[str, Any]:
        """Return the set and the class maps."""
        return {
            "densities": self.table.chosen, "classes": list(self.classes), "models": [],
            "dead_organic": self.transition.name() if self.transition else None,
        }  # fmt: skip


def prepare(at_hand: Derivations, carbon: Carbon) -> ClassDensity:
    """Return the method made ready.

    Raises
    ------
    ProjectError, UnknownNameError
        If the project names no set of densities, or one that is not there.
    """
    if carbon.densities is None:
        raise ProjectError(
            where="[carbon]",
            problem=Text(
                "class_density 方法需要 densities（碳密度参数集，如 zhejiang-2016）。",
                "the class_density method needs `densities`, a set such as zhejiang-2016.",
            ),
        )
    table = density_table(at_hand.parameters, carbon.densities)
    rasters = at_hand.inputs.rasters
    layers = next((pair for pair in CLASS_LAYERS if pair[0] in rasters), None)
    if layers is None:
        problem = Text("没有 forest 或 land_cover 图层。", "there is no forest or land_cover.")
        reason = LayerError(where="[layers]", problem=problem)
        nothing = NotComputed(ACCOUNT, TITLE, (reason,))
        return ClassDensity(table=table, classes=(), not_computed=(nothing,))
    classes = tuple(name for name in layers if name in rasters)
    refused = () if len(classes) == len(layers) else (_no_baseline(layers[1]),)
    maps = tuple(
        model
        for layer, suffix in zip(classes, ("", "_baseline"), strict=False)
        for model in density_models(table, layer, ACCOUNT, suffix)
    )
    slow = carbon.dead_organic == "transition"
    return ClassDensity(
        table=table, classes=classes, models=maps, not_computed=refused,
        transition=transition_of(at_hand.parameters) if slow else None,
    )  # fmt: skip


def densities_used(parameters: Parameters, project: Project) -> list[dict[str, Any]]:
    """Return the rows of the project's set of densities, for the manifest; none without one."""
    if project.carbon is None or not project.carbon.densities:
        return []
    table = density_table(parameters, project.carbon.densities)
    return [d.row.record() for d in table.densities.values()]


def transitions(result: Result, classes: tuple[str, ...]) -> pd.DataFrame:
    """Return the land-use change matrix per parcel.

    Parameters
    ----------
    classes : (account layer,) or (account layer, baseline layer)

    Returns
    -------
    DataFrame
        parcel_id, ecosystem_from, ecosystem_to, area_ha; the same class twice without a baseline.
    """
    areas = result.areas(tuple(dict.fromkeys(reversed(classes))))
    return pd.DataFrame(
        {
            "parcel_id": areas["parcel_id"],
            "ecosystem_from": areas[classes[-1]],
            "ecosystem_to": areas[classes[0]],
            "area_ha": areas["area_m2"] * conversion("m2", "ha")[0],
        }
    )


def _effects(
    moved: pd.DataFrame, table: DensityTable, changes: Sequence[Estimates]
) -> pd.DataFrame:
    """Return the effects of each parcel's area of forest and of its mean density."""
    land = checked(moved, [change.FROM, change.TO])
    parcels = parcel_ids(land)
    known = land[change.classified(land)]
    dates = [make(known) for make in (change.opening, change.closing)]
    area_from, area_to = (_forest(areas, table, parcels) for areas in dates)
    before, now = (weigh(areas, table, table.pools, parcels) for areas in dates)
    parts = [
        effects(one, area_from, area_to, area_effect(area_from, b.value, area_to, n.value))
        for one, b, n in zip(changes, before, now, strict=True)
    ]
    return pd.concat(parts, ignore_index=True)


def _forest(areas: pd.DataFrame, table: DensityTable, parcels: Any) -> Numbers:  # noqa: ANN401
    """Return the area that counts in the account, ha."""
    counts = {code: table.counts(code) for code in areas["ecosystem"].unique()}
    return summed(areas[areas["ecosystem"].map(counts).to_numpy(dtype=np.bool_)], parcels)


def _no_baseline(layer: str) -> NotComputed:
    problem = Text(
        "没有基期图层，只算储量。", "there is no baseline layer: the stock alone is computed."
    )
    reason = LayerError(where=layer, problem=problem)
    return NotComputed(ACCOUNT_CHANGE, TITLE_CHANGE, (reason,))
