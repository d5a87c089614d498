"""What is watched: pledges with their ground, what they secure and their last valuation."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path

import geopandas as gpd
from pydantic import ValidationError

from data_catalog.errors import GepError, ParcelError, ProjectError, raise_all
from data_catalog.text import Text
from lending.valuation.result import Valuation
from lending.watch.since import Since, carried

__all__ = ["Pledged", "Watchlist", "read_pledges"]

COLUMNS = ("pledge_id", "parcel_id", "principal", "valuation")


@dataclass(frozen=True, slots=True)
class Pledged:
    """One pledge.

    Parameters
    ----------
    principal : Decimal, CNY
        What it secures now.
    land : GeoDataFrame
        parcel_id and geometry.
    """

    pledge_id: str
    principal: Decimal
    land: gpd.GeoDataFrame
    valuation: Valuation
    since: Since = field(default_factory=Since)
    """What earlier notices say; `after` sets it."""

    def after(self, since: Since) -> "Pledged":
        """Return the pledge with what earlier notices say, as far as its valuation lacks it."""
        return replace(self, since=carried(self.valuation, since))

    def standing(self) -> Valuation:
        """Return the valuation with all that is known since."""
        return self.valuation if self.since.empty() else self.since.value(self.valuation, self.land)


@dataclass(frozen=True, slots=True)
class Watchlist:
    """The pledges that can be watched, and by name those that cannot: they have no valuation."""

    pledges: tuple[Pledged, ...]
    unvalued: tuple[str, ...] = ()


def read_pledges(file: Path) -> Watchlist:
    """Return the pledges of a vector file: a row per parcel, with `COLUMNS`.

    `valuation` is the path of a valuation file, relative to this one; a pledge without one cannot
    be watched and is named. All rows of a pledge have the same principal and valuation.

    Raises
    ------
    GepError
        If the file, a column, a principal or a valuation cannot be used: all rows at once.
    """
    frame = _frame(file)
    errors: list[GepError] = []
    found: list[Pledged] = []
    unvalued: list[str] = []
    rows = defaultdict(list)
    for place, name in enumerate(frame["pledge_id"].astype(str)):
        rows[name].append(place)
    for name, places in rows.items():
        own = frame.iloc[places]
        try:
            if own["valuation"].isna().all() or not own["valuation"].astype(str).str.strip().any():
                unvalued.append(name)
                continue
            principal = _one(file, name, "principal", own["principal"].astype(str).tolist())
            valuation = _one(file, name, "valuation", own["valuation"].astype(str).tolist())
            found.append(Pledged(
                name, _money(file, name, principal), own[["parcel_id", "geometry"]],
                _valuation(file.parent / valuation),
            ))  # fmt: skip
        except GepError as error:
            errors.append(error)
    raise_all(errors)
    return Watchlist(tuple(found), tuple(unvalued))


def _frame(file: Path) -> gpd.GeoDataFrame:
    if not file.is_file():
        raise _wrong(file, "没有这个文件。", "there is no such file.")
    try:
        frame = gpd.read_file(file)
    except (OSError, ValueError, RuntimeError) as error:
        raise _wrong(
            file, "无法作为面文件（GeoJSON、GeoPackage）读取。",
            "cannot be read as polygons (GeoJSON, GeoPackage).",
        ) from error  # fmt: skip
    missing = [name for name in COLUMNS if name not in frame]
    if missing or not isinstance(frame, gpd.GeoDataFrame) or frame.crs is None:
        names = ", ".join(missing) or "CRS"
        raise _wrong(file, f"缺少 {names}。", f"lacks {names}.")
    return frame.assign(parcel_id=frame["parcel_id"].astype(str))


def _one(file: Path, pledge: str, column: str, cells: Sequence[str]) -> str:
    """Return what all rows of a pledge say alike."""
    if len(set(cells)) != 1:
        raise _wrong(
            file, f"质押 {pledge} 各行的 {column} 不一致：{'、'.join(sorted(set(cells)))}。",
            f"rows of pledge {pledge} differ in {column}: {', '.join(sorted(set(cells)))}.",
        )  # fmt: skip
    return cells[0]


def _money(file: Path, pledge: str, text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise _wrong(
            file, f"质押 {pledge} 的 principal 为“{text}”，应为不小于 0 的数（元）。",
            f"pledge {pledge}: principal is {text!r}; it must be a number of CNY, at least 0.",
        )  # fmt: skip
    return amount


def _valuation(file: Path) -> Valuation:
    try:
        return Valuation.model_validate_json(file.read_text(encoding="utf-8"))
    except OSError as error:
        problem = Text("没有这个估值文件。", "there is no such valuation file.")
        raise ProjectError(where=str(file), problem=problem) from error
    except (ValidationError, UnicodeDecodeError) as error:
        problem = Text(
            "不是估值文件（gep-valuation/1）。", "is no valuation file (gep-valuation/1)."
        )
        raise ProjectError(where=file.name, problem=problem) from error


def _wrong(file: Path, zh: str, en: str) -> GepError:
    return ParcelError(where=file.name, problem=Text(zh, en))
