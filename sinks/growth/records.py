"""What growth reads: records of stands, the parcels of an inventory, events; refused in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from data_catalog.errors import GepError, raise_all
from data_catalog.forests import chain, code_of, species_group, species_groups
from data_catalog.parameters import Parameters
from data_catalog.text import Text
from sinks.growth.age_groups import age_of_group
from sinks.growth.curve import QUANTITIES, Curve, GrowthError, quantity
from sinks.growth.fit import Records
from sinks.growth.form import Numbers
from sinks.growth.stands import EVENT_COLUMNS
from tiles.tables import TableRows, read_rows_of

__all__ = ["Parcels", "curve_key", "growing_parcels", "read_events", "read_records"]


@dataclass(frozen=True, kw_only=True)
class Parcels:
    """The parcels of an inventory that can grow, as `paths` takes them, and why others cannot.

    `unused` tells the parcels whose measured stock is not of the kind that their curve returns.
    """

    frame: pd.DataFrame
    refused: tuple[GepError, ...]


def read_records(path: Path) -> dict[str, Records]:
    """Return the records of a table `growth_records` by species group.

    Raises
    ------
    GepError, Problems
        If the table, a species or a number is wrong, or it has not exactly one column of stock.
    """
    table = read_rows_of("growth_records", path)
    frame = table.frame
    given = [one for one in QUANTITIES if frame[one.column].notna().any()]
    if len(given) != 1:
        names = ", ".join(one.column for one in (given or QUANTITIES))
        raise GrowthError(where=path.name, problem=Text(
            f"须恰有一列储量（{names} 之一）。", f"needs exactly one column of stock, of {names}."
        ))  # fmt: skip
    (one,) = given
    empty = frame[one.column].isna()
    if empty.any():
        raise GrowthError(where=f"{path.name}:{frame.loc[empty, 'line'].iloc[0]}", problem=Text(
            f"{one.column}（{one.title.zh}）为空。", f"{one.column} ({one.title.en}) is empty."
        ))  # fmt: skip
    groups = _groups(table)
    return {
        group: Records(
            units=one.units, source=path.name,
            age=own["age"].to_numpy(float), stock=own[one.column].to_numpy(float),
            weight=own["weight"].fillna(1).to_numpy(float),
            site=own["site_class"].to_numpy(object),
        )
        for group, own in frame.groupby(groups, sort=True)
    }  # fmt: skip


def read_events(path: Path) -> pd.DataFrame:
    """Return a table `stand_events` as `stands` takes it.

    Raises
    ------
    GepError, Problems
        If the table or a species is wrong.
    """
    table = read_rows_of("stand_events", path)
    planted = _groups(table)
    return table.frame.assign(group=planted)[list(EVENT_COLUMNS)]


def curve_key(group: str, site: str, curves: Iterable[str]) -> str | None:
    """Return which curve a stand of a group and site class grows by: the nearest wider group's.

    Curves of a site class are called `<group>/<class>`; a group has those or one for all sites.
    """
    known = set(curves)
    keys = (key for one in chain(group) for key in ((f"{one}/{site}", one) if site else (one,)))
    return next((key for key in keys if key in known), None)


def growing_parcels(
    inventory: TableRows, curves: Mapping[str, Curve], parameters: Parameters, age_groups: str
) -> Parcels:
    """Return the parcels that have a curve and an age, from the last survey of each.

    The age is that of the row, else the middle of its age group, else the age at which the curve
    has the measured stock. A measured stock in the curve's unit is where the path begins.

    Parameters
    ----------
    age_groups : str
        Set of the rows `age_group_limit`, `guangxi-2017`.
    """
    frame = inventory.frame.sort_values("year", kind="stable").drop_duplicates(
        "parcel_id", keep="last"
    )
    frame = frame.sort_values("line")
    rows: list[dict[str, object]] = []
    refused: list[GepError] = []
    for row in frame.to_dict("records"):
        where = f"{inventory.source}:{row['line']} ({row['parcel_id']})"
        try:
            rows.append(_parcel({str(k): v for k, v in row.items()}, where, curves, parameters,
                                age_groups))  # fmt: skip
        except GepError as error:
            refused.append(error)
    columns = [
        "parcel_id",
        "group",
        "area_ha",
        "year",
        "age",
        "age_se",
        "stock",
        "stock_se",
        "unused",
    ]
    return Parcels(frame=pd.DataFrame(rows, columns=columns), refused=tuple(refused))


def _parcel(
    row: Mapping[str, object], where: str, curves: Mapping[str, Curve], parameters: Parameters,
    age_groups: str,
) -> dict[str, object]:  # fmt: skip
    group = species_group(str(row["species"]), where)
    key = curve_key(group, str(row["site_class"]), curves)
    if key is None:
        raise _no_curve(where, group, str(row["site_class"]))
    if not float(str(row["area_ha"])) > 0:
        raise GrowthError(where=where, problem=Text("没有面积（area_ha）。", "has no area_ha."))
    curve = curves[key]
    column = quantity(curve.units).column
    stock, stock_se = (float(str(row.get(name, np.nan))) for name in (column, f"{column}_se"))
    age, age_se = _age(row, where, group, curve, stock, parameters, age_groups)
    return {
        "parcel_id": row["parcel_id"], "group": key, "area_ha": row["area_ha"],
        "year": int(float(str(row["year"]))), "age": age, "age_se": age_se,
        "stock": stock, "stock_se": stock_se, "unused": np.isnan(stock) and _measured(row),
    }  # fmt: skip


def _measured(row: Mapping[str, object]) -> bool:
    """Return whether a row has a stock of any kind."""
    stocks = (float(str(row.get(one.column, np.nan))) for one in QUANTITIES)
    return any(map(np.isfinite, stocks))


def _age(
    row: Mapping[str, object], where: str, group: str, curve: Curve, stock: float,
    parameters: Parameters, age_groups: str,
) -> tuple[float, float]:  # fmt: skip
    """Return the age of a stand and its standard error, years; NaN where that is not known."""
    age = float(str(row["age"]))
    if np.isfinite(age):
        return age, 0.0
    if row["age_group"]:
        return age_of_group(
            parameters, age_groups, group=group, where=where,
            origin=code_of("origin", str(row["origin"]), where),
            age_group=code_of("age_group", str(row["age_group"]), where),
        )  # fmt: skip
    if not np.isfinite(stock):
        kind = quantity(curve.units)
        raise GrowthError(where=where, problem=Text(
            f"没有林龄、龄组，也没有{kind.title.zh}（{kind.column}）。请至少给出一项。",
            f"has neither an age nor an age group nor {kind.title.en} ({kind.column}). Give one.",
        ))  # fmt: skip
    at: Numbers = curve.age(np.array([stock]))
    if not np.isfinite(at[0]):
        raise GrowthError(where=where, problem=Text(
            f"没有林龄和龄组，也不能由蓄积反推林龄（“{curve.name}”没有 {stock:g} {curve.units}）。",
            f"has neither an age nor an age group, and none follows from its stock: {curve.name} "
            f"never has {stock:g} {curve.units}.",
        ))  # fmt: skip
    # how stands differ from the curve, over how fast it grows there
    return float(at[0]), float(curve.relative * stock / curve.increment(at)[0])


def _groups(table: TableRows) -> pd.Series:
    """Return the species group of each row, "" where none is written; all unknown at once."""
    errors: list[GepError] = []
    groups = {"": ""}
    first = table.frame[table.frame["species"] != ""].drop_duplicates("species")
    for name, line in zip(first["species"], first["line"], strict=True):
        try:
            groups[name] = species_group(name, f"{table.source}:{line}")
        except GepError as error:
            errors.append(error)
    raise_all(errors)
    return table.frame["species"].map(groups)


def _no_curve(where: str, group: str, site: str) -> GrowthError:
    title = species_groups()[group].title
    zh, en = (f"（立地等级 {site}）", f" of site class {site}") if site else ("", "")
    return GrowthError(where=where, problem=Text(
        f"{title.zh}{zh}没有生长曲线，该宗地不外推。请用 --curve 指定，或用 --fit 由记录拟合。",
        f"{title.en}{en} has no growth curve, so the parcel is left out. Choose one with --curve, "
        "or fit one to records with --fit.",
    ))  # fmt: skip
