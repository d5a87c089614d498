"""Where a loan's figures come from: the run that measured its forest, and the claim on its tonnes.

A run is known by the digest of its manifest, which in turn names that of every file of it: what was
altered afterwards is refused.
"""

import json
from collections.abc import Collection, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from data_catalog.errors import RunError
from data_catalog.parameters import bundled
from data_catalog.text import Text
from lending.valuation.result import Words, tonnes
from sinks.estimates import Estimates
from sinks.run_estimates import PARCELS, changes_of_run, stocks_of_run
from sinks.uncertainty.levels import half_width
from tiles.runfolder import MANIFEST, read_manifest, sha256

__all__ = ["CarbonOfParcel", "Claimed", "Interval", "Run", "claim_of", "run_of"]

CARBON = "carbon.parquet"
ERRORS = "carbon_errors.parquet"
CLAIM = "claim.json"
YEAR, PERIOD = ["year"], ["year_from", "year_to"]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Interval(_Record):
    """An amount, t_CO2e, with its two-sided interval; `half_width` None where no error is known."""

    years: tuple[int, ...]
    """Of a stock the year at whose end it stood, of a change the two."""
    tCO2e: Decimal  # noqa: N815
    half_width: Decimal | None


class CarbonOfParcel(_Record):
    """Stock and change of one parcel, or of all together where `parcel_id` is empty."""

    parcel_id: str
    stock: Interval | None
    """At the last date."""
    change: Interval | None
    """None where the run has one date."""


class Run(_Record):
    """A run, and what it says of the carbon of these parcels."""

    name: str
    """Of its folder."""
    project: str
    sha256: str
    """Of its manifest."""
    software: str
    level: float | None
    """Of the intervals, two-sided; None where it has no carbon account."""
    pools: tuple[str, ...] = ()
    """What is in the amounts: the claim's pools, or those that are known of every parcel."""
    pools_left_out: tuple[str, ...] = ()
    carbon: tuple[CarbonOfParcel, ...] = ()


class Claimed(_Record):
    """The claim that made the vintages (`gep sinks credits`), as its claim.json says."""

    source: str
    """The run or the table whose changes it counts."""
    source_sha256: str
    methodology: str
    title: Words
    kind: str
    pools: tuple[str, ...]
    provisional: bool
    gross_tCO2e: Decimal  # noqa: N815
    issuable_tCO2e: Decimal  # noqa: N815
    lower_tCO2e: Decimal | None  # noqa: N815
    """One-sided, of all parcels of the claim together; None where no error is known."""
    buffer: float
    steps: dict[str, Decimal]
    """t_CO2e, from the gross removal to what may be issued."""
    remarks: tuple[Words, ...]
    intact: bool
    """Whether the table of vintages is still the one that the claim wrote."""


def run_of(folder: Path, parcel_ids: Collection[str], pools: Collection[str] = ()) -> Run:
    """Return a run and what it says of some parcels.

    Parameters
    ----------
    pools : those that a claim counts; by default all that are known of every parcel

    Raises
    ------
    RunError
        If the folder is no finished run, a file was altered since, or a parcel is not in it.
    """
    manifest = read_manifest(folder)
    _refuse_altered(folder, manifest)
    plain = Run(
        name=folder.absolute().name, project=manifest["project"]["project"]["name"],
        sha256=sha256(folder / MANIFEST),
        software=f"gep-toolkit {manifest['software']['gep-toolkit']}", level=None,
    )  # fmt: skip
    if not (folder / ERRORS).is_file():
        return plain
    stock, change = (
        _of(found, parcel_ids, folder) for found in (stocks_of_run(folder), changes_of_run(folder))
    )
    known, others = _pools(change if len(change) else stock, pools)
    level = float(manifest["carbon"]["confidence"]["level"])
    return plain.model_copy(update={
        "level": level, "pools": known, "pools_left_out": others,
        "carbon": tuple(_carbon(_co2e(stock, known), _co2e(change, known), level)),
    })  # fmt: skip


def claim_of(vintages: Path) -> Claimed | None:
    """Return the claim beside a table of vintages; None where there is none.

    Raises
    ------
    RunError
        If there is one that cannot be read.
    """
    file = vintages.parent / CLAIM
    if not file.is_file():
        return None
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        total = dict(found["total"])
        lower, _ = total.pop("lower_tCO2e"), total.pop("se_tCO2e")
        return Claimed(
            source=found["of"]["name"], source_sha256=found["of"]["sha256"],
            methodology=found["methodology"], title=Words(**found["title"]), kind=found["kind"],
            pools=tuple(found["pools"]), provisional=found["provisional"],
            gross_tCO2e=tonnes(total["gross"]), issuable_tCO2e=tonnes(total["issuable"]),
            lower_tCO2e=None if lower is None else tonnes(lower), buffer=found["buffer"]["share"],
            steps={name: tonnes(amount) for name, amount in total.items()},
            remarks=tuple(Words(**one) for one in found["remarks"]),
            intact=found["files"].get(vintages.name) == sha256(vintages),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError(where=str(file), problem=Text(
            "无法作为碳信用申请读取，或由旧版本写成。请重新运行 gep sinks credits。",
            "cannot be read as a claim, or is of an older version. Run `gep sinks credits` again.",
        )) from error  # fmt: skip


def _refuse_altered(folder: Path, manifest: dict[str, Any]) -> None:
    for name in (PARCELS, CARBON, ERRORS):
        said = manifest["outputs"].get(name)
        file = folder / name
        if said is not None and (not file.is_file() or sha256(file) != said):
            raise RunError(where=f"{folder.name}/{name}", problem=Text(
                "与运行清单 manifest.json 中的摘要不符：该文件在计算之后被改动或删除。请重新计算。",
                "is not what manifest.json says: it was altered or removed after the run. "
                "Compute it again.",
            ))  # fmt: skip


def _of(found: Estimates, parcel_ids: Collection[str], folder: Path) -> Estimates:
    there = set(found.keys["parcel_id"])
    absent = [one for one in parcel_ids if one not in there]
    if absent and len(found):
        names = ", ".join(absent)
        raise RunError(where=folder.name, problem=Text(
            f"该运行没有宗地 {names} 的碳储量。请核对编号。",
            f"has no carbon of the parcels {names}. Check their ids.",
        ))  # fmt: skip
    return found.chosen(found.keys["parcel_id"].isin(list(parcel_ids)).to_numpy())


def _pools(found: Estimates, wanted: Collection[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the wanted pools that are known of every row, and all others."""
    pools = list(dict.fromkeys(found.keys["pool"]))
    unknown = set(found.keys["pool"][np.isnan(found.value)])
    known = tuple(p for p in pools if p not in unknown and (p in wanted or not wanted))
    return known, tuple(p for p in pools if p not in known)


def _co2e(found: Estimates, pools: tuple[str, ...]) -> Estimates:
    row = bundled().find("co2_per_carbon", "stoichiometry")
    assert row is not None  # noqa: S101  (a bundled row)
    kept = found.chosen(found.keys["pool"].isin(pools).to_numpy())
    return kept.times(row.in_units("t_CO2e/t_C"), {})


def _carbon(stock: Estimates, change: Estimates, level: float) -> Iterator[CarbonOfParcel]:
    """Yield each parcel's last stock and whole change, then those of all together."""
    last = stock.chosen((stock.keys["year"] == stock.keys["year"].max()).to_numpy())
    stocks = _intervals(last.summed(["parcel_id", *YEAR]), YEAR, level)
    changes = _intervals(change.summed(["parcel_id", *PERIOD]), PERIOD, level)
    for parcel in stocks:
        yield CarbonOfParcel(parcel_id=parcel, stock=stocks[parcel], change=changes.get(parcel))
    if len(stocks) > 1:
        yield CarbonOfParcel(
            parcel_id="", stock=_intervals(last.summed(YEAR), YEAR, level).get(""),
            change=_intervals(change.summed(PERIOD), PERIOD, level).get(""),
        )  # fmt: skip


def _intervals(found: Estimates, years: list[str], level: float) -> dict[str, Interval]:
    """Return the amount of each parcel; of all under no name where there are no parcels.

    A parcel with several periods shows the last of them.
    """
    half = half_width(found.se, level)
    names = found.keys["parcel_id"] if "parcel_id" in found.keys else [""] * len(found)
    return {
        str(name): Interval(
            years=tuple(int(found.keys[column].iloc[row]) for column in years),
            tCO2e=tonnes(found.value[row]),
            half_width=None if np.isnan(half[row]) else tonnes(half[row]),
        )
        for row, name in enumerate(names)
    }
