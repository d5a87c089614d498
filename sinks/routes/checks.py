"""What is wrong with names and tables before a stock is worked out, told all at once."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from data_catalog.errors import GepError, ProjectError, TableError, UnknownNameError, raise_all
from data_catalog.names import suggestion
from data_catalog.parameters import Parameters
from data_catalog.spec import Pixels
from data_catalog.text import Text
from sinks.routes.added import ADDITIONS
from sinks.routes.amounts import Places
from sinks.routes.declared import ROUTES
from sinks.routes.inventory import place_name
from sinks.routes.progress import Progress
from sinks.routes.route import Choices

__all__ = ["blanks", "check_names", "check_places", "not_given", "off_curve", "place_of"]

KEYS = ["parcel_id", "year"]
BY_SPECIES = "species_group"


def check_names(choices: Choices, parameters: Parameters) -> None:
    """Raise if a route, an addition or a set that a project names is unknown."""
    routes, added = {route.id for route in ROUTES}, {one.id for one in ADDITIONS}
    sets = {row.set for row in parameters}
    raise_all([
        *_unknown("[carbon] routes", Text("方法", "route"), choices.routes or (), routes),
        *_unknown("[carbon] added", Text("附加碳库", "added pool"), choices.added, added),
        *_unknown("[carbon] trees", Text("参数集", "parameter set"), choices.trees, sets),
        *_unknown(
            "[carbon.sets]", Text("方法", "route"),
            (key.partition(".")[0] for key in choices.sets), routes | added,
        ),
        *_unknown("[carbon.sets]", Text("参数集", "parameter set"), choices.sets.values(), sets),
        *_pools_twice(choices),
    ])  # fmt: skip


def _unknown(where: str, kind: Text, names: object, known: set[str]) -> Iterator[GepError]:
    for name in names:  # type: ignore[attr-defined]
        if name not in known:
            yield UnknownNameError(where=where, kind=kind, name=name, hint=suggestion(name, known))


def _pools_twice(choices: Choices) -> Iterator[GepError]:
    """Yield that two additions are of one pool that no route has: dead wood, litter, soil."""
    pools = {one.id: one.pool for one in ADDITIONS if one.pool != "above_ground"}
    seen: dict[str, str] = {}
    for name in choices.added:
        first = seen.setdefault(pools.get(name, name), name)
        if first != name:
            problem = Text(
                f"{first} 与 {name} 都给出同一碳库，会重复计算。请只留一个。",
                f"{first} and {name} give one and the same pool, which would count twice. Keep "
                "one.",
            )
            yield ProjectError(where="[carbon] added", problem=problem)


def check_places(frames: Mapping[str, pd.DataFrame]) -> None:
    """Raise if a table has a parcel's year that the inventory has not."""
    known = pd.MultiIndex.from_frame(frames["inventory"][KEYS])
    problem = Text(
        "inventory 表中没有这一宗地这一年的行（其中给出面积）。请补充。",
        "has no row in the inventory, which gives its area. Add one.",
    )
    errors: list[GepError] = []
    for name, frame in frames.items():
        pairs = pd.MultiIndex.from_frame(frame[KEYS]).unique()
        errors.extend(
            TableError(where=f"{name}: {place_name(*pair)}", problem=problem)
            for pair in pairs[~pairs.isin(known)]
        )
    raise_all(errors)


def place_of(table: pd.DataFrame, places: pd.DataFrame) -> Places:
    """Return which row of the inventory each row of a table is of."""
    known = pd.MultiIndex.from_frame(places[KEYS])
    return np.asarray(known.get_indexer(pd.MultiIndex.from_frame(table[KEYS])), dtype=np.int64)


def not_given(where: str, column: str) -> TableError:
    """Return that a cell is empty that is needed."""
    problem = Text(
        f"缺少 {column}，该方法需要它。请补充。",
        f"has no {column}, which the method needs. Add it.",
    )
    return TableError(where=where, problem=problem)


def off_curve(found: Progress, live: Pixels) -> Iterator[tuple[int, GepError]]:
    """Yield the rows at whose age the growth curve has no stock."""
    frame = found.frame[np.isnan(live)]
    for row, parcel, year, age in zip(
        frame["row"], frame["parcel_id"], frame["year"], frame["age"], strict=True
    ):
        problem = Text(
            f"生长曲线没有林龄 {age:g} 年的值。请核对林龄，或换用其他曲线。",
            f"the growth curve has no stock at {age:g} years. Check the age, or use another curve.",
        )
        yield row, TableError(where=place_name(parcel, year), problem=problem)


def blanks(found: Progress) -> Iterator[tuple[int, GepError]]:
    """Yield the rows without an area, or without the species that a route reads numbers by."""
    area = found.places["area_ha"].to_numpy()
    by_species = any(
        factor.by == BY_SPECIES
        for model in found.route.models()
        for factor in model.factors().values()
    )
    frame = found.frame
    for row, parcel, year in zip(frame["row"], frame["parcel_id"], frame["year"], strict=True):
        if np.isnan(area[found.place[row]]):
            yield row, not_given(place_name(parcel, year), "area_ha")
    if found.route.table == "inventory" and by_species:
        empty = frame[frame[BY_SPECIES] == ""]
        for row, parcel, year in zip(empty["row"], empty["parcel_id"], empty["year"], strict=True):
            yield row, not_given(place_name(parcel, year), "species")
