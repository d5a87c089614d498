"""Rows of a table shared out: over a region's ecosystems and parcels, or by the objects' shapes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_catalog.classes import ecosystems
from data_catalog.errors import GepError, TableError
from data_catalog.spec import Citation, Layer, Model, Output, Pixels
from data_catalog.text import Text
from data_catalog.units import conversion
from gep.places import Places
from gep.table_part import TablePart
from tiles.objects import Placement
from tiles.regions import Regions

__all__ = ["NPP_WEIGHT", "Ground", "Shared", "share_out"]

Ints = npt.NDArray[np.int64]


def grown(npp: Pixels) -> Pixels:
    """Return the carbon grown in a year."""
    return npp


NPP_WEIGHT = Model(
    id="npp_weight",
    title=Text("净初级生产量（分摊权重）", "net primary production, to share out by"),
    formula=r"\sum A \, NPP",
    source=Citation("RECALL", "allocation by NPP weight inside the class"),
    inputs={"npp": Layer(symbol="NPP", units="t_C/(ha*year)")},
    kernel=grown,
    output=Output(name="npp", units="t_C/(ha*year)", total="t_C/year", low=-100, high=200),
)
"""What a part with `spread = "npp"` shares out by."""


@dataclass(frozen=True)
class Shared:
    """What rows come to in places: the amount and the value of one item."""

    where: Ints
    physical: Pixels
    value: Pixels


@dataclass(frozen=True)
class Ground:
    """What rows are shared out over.

    Parameters
    ----------
    weights : dict
        By `spread`: area, m2, or NPP, t_C/year, of each place.
    placements : dict
        Of the tables with shapes, by table.
    """

    places: Places
    regions: Regions
    weights: Mapping[str, Pixels]
    placements: Mapping[str, Placement]


def share_out(part: TablePart, ground: Ground) -> dict[str, Shared | GepError]:
    """Return where each item's amount and value lie, or why they cannot be placed."""
    after = _ecosystem_area(part, ground)
    rows = len(part.frame)
    physical = part.amount.evaluate(rows, after)
    values = [model.evaluate(rows, after, physical) for model in part.valued]
    value = np.sum(values, axis=0) if values else np.full(rows, np.nan)
    physical, value = physical * part.kept, value * part.kept
    found: dict[str, Shared | GepError] = {}
    for item in dict.fromkeys(part.items):
        mine = np.flatnonzero(part.items == item)
        if part.table.shapes is not None:
            found[item] = _by_shape(part, mine, physical[mine], value[mine], ground)
        elif part.part.spread == "none":
            found[item] = Shared(
                np.zeros(1, np.int64), physical[mine].sum(keepdims=True),
                value[mine].sum(keepdims=True),
            )  # fmt: skip
        else:
            found[item] = _by_region(part, mine, physical, value, ground)
    return found


def _classes(part: TablePart, code: str) -> list[int]:
    """Return the class numbers of a part, or those of them that one ecosystem of a row has."""
    return [int(c) for c in ecosystems() if part.part.covers(c) and c.startswith(code)]


def _row_classes(part: TablePart) -> npt.NDArray[np.object_]:
    frame = part.frame
    if "ecosystem" in frame:
        return frame["ecosystem"].to_numpy(dtype=object)
    return np.full(len(frame), "", dtype=object)


def _by_region(
    part: TablePart, mine: Ints, physical: Pixels, value: Pixels, ground: Ground
) -> Shared | GepError:
    """Return an item's rows in proportion to a weight of the classes in each row's region."""
    weight = ground.weights[part.part.spread]
    amounts = np.zeros((2, len(weight)))
    touched = np.zeros(len(weight), dtype=bool)
    codes = _row_classes(part)[mine]
    for code in dict.fromkeys(codes):
        rows = mine[codes == code]
        numbers, names = _regions(part, rows)
        owner, inside = _owned(names, _classes(part, code), weight, ground)
        whole = np.bincount(owner[inside], weight[inside], minlength=len(names))
        if not (whole > 0).all():
            return _nowhere(part, names[int(np.argmin(whole > 0))])
        share = weight[inside] / whole[owner[inside]]
        for total, numbers_of in zip(amounts, (physical[rows], value[rows]), strict=True):
            sums = np.bincount(numbers, numbers_of, minlength=len(names))
            total[inside] += share * sums[owner[inside]]
        touched |= inside
    where = np.flatnonzero(touched)
    return Shared(where, amounts[0][where], amounts[1][where])


def _regions(part: TablePart, rows: Ints) -> tuple[Ints, list[str]]:
    """Return the regions of some rows: each row's place among them, and their names."""
    numbers, names = pd.factorize(part.frame["region"].to_numpy(dtype=object)[rows])
    return numbers, [str(name) for name in names]


def _owned(
    names: Sequence[str], classes: list[int], weight: Pixels, ground: Ground
) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Return each place's region, and the places with a weight in one and of these classes."""
    owners = np.append(ground.regions.owners(names), -1)  # the account as a whole: no region
    owner = owners[ground.places.parcels]
    inside = np.isin(ground.places.classes, classes) & (owner >= 0) & (weight > 0)
    return owner, inside


def _nowhere(part: TablePart, region: str) -> TableError:
    classes = "、".join(part.part.classes)
    where = Text(f"地区“{region}”" if region else "核算范围", region or "the account")
    what = {
        "area": Text("没有面积", "have no area"),
        "npp": Text("没有净初级生产量", "have no net primary production"),
    }[part.part.spread]
    problem = Text(
        f"类别 {classes} 在{where.zh}{what.zh}，无法分摊。",
        f"the classes {classes.replace('、', ', ')} {what.en} in {where.en}: there is nothing to "
        "share out over.",
    )
    return TableError(where=part.table.source, problem=problem)


def _by_shape(
    part: TablePart, mine: Ints, physical: Pixels, value: Pixels, ground: Ground
) -> Shared | GepError:
    """Return an item's objects by what of each lies in which parcel."""
    placement = ground.placements[part.table.table.name]
    of_row = np.full(len(placement.outside), -1)
    of_row[part.places[mine]] = np.arange(len(mine))
    row = of_row[placement.objects]
    used = row >= 0
    if not used.any():
        problem = Text("没有一个对象在宗地之内。", "none of its objects lies in a parcel.")
        return TableError(where=part.table.source, problem=problem)
    (code,) = _classes(part, "")
    at = np.searchsorted(ground.places.keys, Places.key(placement.parcels[used], code))
    where, place = np.unique(at, return_inverse=True)
    shares = placement.shares[used]
    amount, worth = (
        np.bincount(place, shares * n[row[used]], len(where)).astype(np.float64)
        for n in (physical, value)
    )
    return Shared(where, amount, worth)


def _ecosystem_area(part: TablePart, ground: Ground) -> Pixels:
    """Return the area of each row's ecosystem in its region, km2; NaN without an ecosystem."""
    areas = np.full(len(part.frame), np.nan)
    codes = _row_classes(part)
    to_km2 = conversion("m2", "km2")[0]
    for code in (c for c in dict.fromkeys(codes) if c):
        rows = np.flatnonzero(codes == code)
        numbers, names = _regions(part, rows)
        weight = ground.places.areas
        owner, inside = _owned(names, _classes(part, code), weight, ground)
        whole = np.bincount(owner[inside], weight[inside], minlength=len(names))
        areas[rows] = whole[numbers] * to_km2
    return areas
