"""The forest carbon account of a run: stock and change per parcel and pool, by one method."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from data_catalog.errors import GepError, ParameterMissing, ProjectError, raise_all
from data_catalog.parameters import Parameters, Row
from data_catalog.text import Text
from sinks import biomass
from sinks.account_files import Said, write
from sinks.dynamics.soil import SOIL_CHANGE, SOIL_STOCK
from sinks.methods import biomass_map, class_density, map_error, products
from sinks.methods.class_density import densities_used
from sinks.methods.converted_land import soils_of, with_soil
from sinks.methods.inventory import Inventory
from sinks.methods.inventory_rows import inventory_problems, unknown_parcels
from sinks.methods.part import (
    ACCOUNT,
    ACCOUNT_CHANGE,
    TITLE,
    TITLE_CHANGE,
    Part,
    transition_of,
)
from sinks.pools import POOLS, density_parameter
from sinks.routes import ADDITIONS, ROUTES, Choices
from sinks.rows import needed
from sinks.run_estimates import groups_of, no_column
from sinks.uncertainty.levels import LEVEL, confidence, level_of
from tiles.checkpoints import unwritable
from tiles.compute import NotComputed, Prepared
from tiles.derive import Derivations
from tiles.inputs import Inputs
from tiles.project import Carbon
from tiles.results import Result

__all__ = ["CarbonAccount"]

TITLE_SOIL = Text("土壤有机碳变化", "Change of soil organic carbon")
OF_MAPS: Mapping[str, Callable[[Derivations, Carbon], Part]] = {
    "class_density": class_density.prepare,
    "biomass": biomass_map.prepare,
}


@dataclass(frozen=True, kw_only=True)
class PreparedCarbon(Prepared):
    """What the carbon account wants computed, and the method that reads it."""

    part: Part | None = None
    parameters: Parameters | None = None
    level: Row | None = None


@dataclass(frozen=True)
class CarbonAccount:
    """Carbon stock, and its change where there is a baseline, by the project's method.

    Parameters
    ----------
    by : str, optional
        A column of [parcels.columns], such as townships, whose groups' totals are written, too.
    """

    by: str | None = None

    def standard_set(self, parameter: str) -> str:  # noqa: ARG002  (no derived layer reads from it)
        """Return no set: the standard of the services decides for derived layers."""
        return ""

    def parameter_names(self) -> set[str]:
        """Return every parameter that the carbon account may read."""
        models = [*biomass.MODELS, *(m for route in ROUTES for m in route.pools.values()),
                  *(one.model for one in ADDITIONS), SOIL_STOCK, SOIL_CHANGE]  # fmt: skip
        names = {name for model in models for name in model.parameters().values()}
        names |= {*map_error.PARAMETERS, *products.PARAMETERS, LEVEL}
        return names | {density_parameter(pool) for pool in POOLS} | {"soil_transition_years"}

    def problems(self, inputs: Inputs) -> list[GepError]:
        """Return what is wrong with the inventory; all else is found when it is prepared."""
        carbon = inputs.project.carbon
        if carbon is None:
            return []
        found = inventory_problems(inputs) if carbon.method == "inventory" else []
        found += unknown_parcels(inputs, (products.TABLE,))
        if self.by is not None and not (
            self.by in inputs.parcels and groups_of(inputs.parcels, self.by)
        ):
            found.append(no_column("[parcels.columns]", self.by, inputs.parcels))
        return found

    def prepare(self, at_hand: Derivations) -> PreparedCarbon:
        """Return what the project's method has the tiles add up; nothing without [carbon]."""
        carbon = at_hand.inputs.project.carbon
        if carbon is None:
            return PreparedCarbon()
        rest = OF_MAPS[carbon.of_maps](at_hand, carbon) if carbon.of_maps else None
        part = rest if carbon.method != "inventory" else Inventory(
            parameters=at_hand.parameters, choices=_choices(carbon), rest=rest,
            rest_id=carbon.rest or "",
            has_baseline=at_hand.inputs.project.project.baseline_year is not None,
        )  # fmt: skip
        if part is None:
            return PreparedCarbon()
        made = at_hand.inputs.tables.get(products.TABLE)
        if made is not None:
            raise_all(products.problems(made, at_hand.parameters, carbon.wood_products))
        level = confidence(carbon.confidence, at_hand.parameters)
        return PreparedCarbon(
            models=part.models, not_computed=part.not_computed, part=part,
            rows=(*_of_removals(at_hand.parameters, changes=part.changes),
                  *_of_map(carbon, at_hand.parameters), *_of_litter(carbon, at_hand.parameters),
                  level),
            parameters=at_hand.parameters, level=level,
        )  # fmt: skip

    def write(self, result: Result, prepared: Prepared, folder: Path) -> Mapping[str, Any]:
        """Write the tables of the carbon account; return what the manifest says of it."""
        assert isinstance(prepared, PreparedCarbon)  # noqa: S101  (for the type checker)
        part, project = prepared.part, result.inputs.project
        if part is None or not (project.carbon and prepared.parameters and prepared.level):
            return {}
        refused: list[NotComputed] = []
        try:
            found = part.found(result)
            if found is None:
                return {}  # the reasons are among those of what is not computed
            to_co2 = _co2_per_carbon(prepared.parameters) if found.changes else None
        except ParameterMissing as missing:
            return _not_computed([NotComputed(ACCOUNT, TITLE, (missing,))])
        if not found.stocks:
            return _not_computed([_no_stock(found.said.get("refused", ()))])
        if part.changes and not found.changes:
            refused.append(_no_opening(project.project.baseline_year))
        try:
            soils = soils_of(project.carbon, prepared.parameters)
            if soils is not None:
                found = with_soil(found, result, soils, transition_of(prepared.parameters))
        except ParameterMissing as missing:  # all other pools are known without it
            refused.append(NotComputed(ACCOUNT_CHANGE, TITLE_SOIL, (missing,)))
        chosen = project.carbon.wood_products
        found = products.with_products(found, result, prepared.parameters, chosen)
        try:
            write(found, result, Said(
                co2_per_carbon=to_co2, transition=transition_of(prepared.parameters),
                level=level_of(prepared.level),
                groups=groups_of(result.inputs.parcels, self.by) if self.by else None,
            ), folder)  # fmt: skip
        except OSError as error:
            raise unwritable(folder, error) from error
        return {
            "carbon": {"method": project.carbon.method} | part.record() | dict(found.said) | {
                "removals": [row.name() for row in _of_removals(prepared.parameters,
                                                                changes=part.changes)],
                "confidence": {"row": prepared.level.name(), "level": level_of(prepared.level)},
                "groups": self.by,
            },
            **(_not_computed(refused) if refused else {}),
            "carbon_parameters": [
                *densities_used(prepared.parameters, project),
                *(row.record() for row in found.rows),
            ],
        }  # fmt: skip


def _not_computed(refused: list[NotComputed]) -> dict[str, Any]:
    return {"carbon_not_computed": [one.record() for one in refused]}


def _no_stock(refused: Sequence[Mapping[str, Any]]) -> NotComputed:
    """Return that no route gives a stock, with the first reason against one."""
    zh, en = (str(refused[0][f"reason_{lang}"]) if refused else "" for lang in ("zh", "en"))
    problem = Text(
        f"没有一块宗地的小班调查数据能算出储量。{zh}",
        f"no parcel's inventory is enough for a stock. {en}".rstrip(),
    )
    return NotComputed(ACCOUNT, TITLE, (ProjectError(where="[carbon]", problem=problem),))


def _no_opening(year: int | None) -> NotComputed:
    problem = Text(
        f"基期年 {year} 没有小班调查数据，也没有图层，只算储量。"
        "请补充基期的列（后缀 _baseline）或表中的行。",
        f"there is neither an inventory nor a map of the baseline year {year}: the stock alone is "
        "computed. Add its columns (ending in _baseline) or rows of the table.",
    )
    reason = ProjectError(where="[carbon]", problem=problem)
    return NotComputed(ACCOUNT_CHANGE, TITLE_CHANGE, (reason,))


def _choices(carbon: Carbon) -> Choices:
    """Return what the project chooses among the routes."""
    routes = None if carbon.routes is None else tuple(carbon.routes)
    chosen = Choices(routes=routes, sets=carbon.sets, added=tuple(carbon.added))
    return chosen if carbon.trees is None else replace(chosen, trees=tuple(carbon.trees))


def _co2_per_carbon(parameters: Parameters) -> Row:
    return needed(parameters, ACCOUNT, "co2_per_carbon", "stoichiometry")


def _of_map(carbon: Carbon, parameters: Parameters) -> tuple[Row, ...]:
    """Return the rows that a map's error is known by, where the project states it."""
    known = map_error.map_error_of(carbon, parameters) if carbon.of_maps == "biomass" else None
    return known.rows() if known else ()


def _of_litter(carbon: Carbon, parameters: Parameters) -> tuple[Row, ...]:
    """Return how long litter builds up, where the project wants that."""
    return (transition_of(parameters),) if carbon.dead_organic == "transition" else ()


def _of_removals(parameters: Parameters, *, changes: bool) -> tuple[Row, ...]:
    """Return the row that turns a change of carbon into removals, where there is a change."""
    return (_co2_per_carbon(parameters),) if changes else ()
