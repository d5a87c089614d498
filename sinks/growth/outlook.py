"""The outlook of an inventory: a curve for each stand, and its carbon in the years to come."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from data_catalog.errors import GepError, ProjectError
from data_catalog.forests import species_group
from data_catalog.parameters import Parameters, bundled, engine_number, read_rows
from data_catalog.text import Text
from sinks.estimates import Estimates
from sinks.growth.bundled import bundled_curve
from sinks.growth.conversion import STEMS, conversion_of, route_of
from sinks.growth.curve import Curve, GrowthError
from sinks.growth.fit import Fit, Prior, Spread, fit
from sinks.growth.forms import form
from sinks.growth.paths import Grower, changes, paths, removals
from sinks.growth.records import curve_key, growing_parcels, read_events, read_records
from sinks.growth.remarks import fit_remarks, growth_remarks, set_remarks
from sinks.routes import Choices
from sinks.uncertainty.levels import half_width
from tiles.project import read_project
from tiles.tables import TableRows, read_rows_of

__all__ = ["Asked", "Outlook", "outlook"]

NO_INVENTORY = Text(
    "项目没有 [tables] inventory。请给出小班调查表。",
    "the project has no [tables] inventory. Give the inventory of the parcels.",
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an outlook is asked for.

    Parameters
    ----------
    inventory : Path
        A table `inventory` (CSV), or a project (TOML) that names one.
    last : int
        The last year.
    curves : mapping of species to (set, group)
        Curves of the parameter tables; they come before fitted ones.
    records : Path, optional
        A table `growth_records`: a curve of `form` is fitted for each species group in it.
    priors : mapping of parameter to (mean, standard error)
        Of the fitted curves.
    route : str
        The route from stock to carbon; empty for the one that fits the curve's unit.
    sets : mapping
        Parameter sets in place of the route's own, as in `sinks.routes.Choices`.
    age_groups : str
        Parameter set of the last ages of age groups.
    events : Path, optional
        A table `stand_events`.
    """

    inventory: Path
    last: int
    curves: Mapping[str, tuple[str, str]]
    records: Path | None
    form: str
    spread: Spread
    priors: Mapping[str, Prior]
    route: str
    sets: Mapping[str, str]
    age_groups: str
    events: Path | None


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """Carbon by parcel, year and pool; the fits behind it; and the parcels that were left out."""

    stock: Estimates
    changes: Estimates
    felled: Estimates | None
    fits: Mapping[str, Fit]
    refused: tuple[GepError, ...]
    remarks: tuple[Text, ...]
    parcels: int

    def totals(self) -> pd.DataFrame:
        """Return a row per year: all parcels and pools together, t_C.

        Columns year, stock_tC, se_tC, se_at_least_tC (what is known of the error), low_tC, high_tC
        (an interval of `growth_interval_level`); change_tC, change_se_tC and change_se_at_least_tC
        since the first year; felled_tC in the year. NaN where unknown.
        """
        stock, changed = self.stock.summed(["year"]), self.changes.summed(["year_to"])
        half = half_width(stock.se, engine_number("growth_interval_level"))
        found = pd.DataFrame({
            "year": stock.keys["year"], "stock_tC": stock.value, "se_tC": stock.se,
            "se_at_least_tC": _known_part(self.stock).summed(["year"]).se,
            "low_tC": stock.value - half, "high_tC": stock.value + half,
        })  # fmt: skip
        later = pd.DataFrame({
            "year": changed.keys["year_to"], "change_tC": changed.value,
            "change_se_tC": changed.se,
            "change_se_at_least_tC": _known_part(self.changes).summed(["year_to"]).se,
        })  # fmt: skip
        found = found.merge(later, on="year", how="left")
        if self.felled is None:
            return found.assign(felled_tC=0.0)
        cut = self.felled.summed(["year"])
        felled = pd.DataFrame({"year": cut.keys["year"], "felled_tC": cut.value})
        return found.merge(felled, on="year", how="left").fillna({"felled_tC": 0.0})

    def unknown(self) -> tuple[str, ...]:
        """Return the sources whose error is not known."""
        by_stand = {s: spread.effect for s, spread in self.stock.spatial.items()}
        return tuple(s for s, e in {**self.stock.shared, **by_stand}.items() if np.isnan(e).any())


def _known_part(found: Estimates) -> Estimates:
    """Return the estimates with the errors that are known alone: a lower bound of the error."""
    shared = {s: np.nan_to_num(e) for s, e in found.shared.items()}
    spatial = {s: replace(e, effect=np.nan_to_num(e.effect)) for s, e in found.spatial.items()}
    return replace(found, shared=shared, spatial=spatial)


def outlook(asked: Asked) -> Outlook:
    """Return how the carbon of an inventory's stands grows, from its last survey to a year.

    Raises
    ------
    GepError, Problems
        If an input is wrong; parcels that cannot grow are left out and listed, unless none can.
    """
    inventory, parameters = _inventory(asked.inventory)
    fits = _fits(asked)
    curves = _curves(asked, fits, parameters)
    parcels = growing_parcels(inventory, curves, parameters, asked.age_groups)
    if parcels.frame.empty:
        why = parcels.refused[0] if parcels.refused else None
        raise GrowthError(where=inventory.source, problem=Text(
            f"没有可以外推的宗地。{why.say('zh') if why else ''}",
            f"no parcel can grow. {why.say('en') if why else ''}",
        ))  # fmt: skip
    surveyed = int(parcels.frame["year"].max())
    if asked.last <= surveyed:
        raise GrowthError(where=inventory.source, problem=Text(
            f"末年 {asked.last} 须晚于清查年份 {surveyed}。",
            f"the last year, {asked.last}, must be after the survey of {surveyed}.",
        ))  # fmt: skip
    events = _events(asked, parcels.frame, inventory, curves)
    planted = set() if events is None else set(events["group"]) & set(curves)
    growers = {
        key: _grower(asked, key, curves[key], parameters)
        for key in sorted(planted | set(parcels.frame["group"]))
    }
    years = range(surveyed, asked.last + 1)
    what = (parcels.frame, growers, years)
    return Outlook(
        stock=paths(*what, events), changes=changes(*what, events),
        felled=None if events is None else removals(*what, events), fits=fits,
        refused=parcels.refused, parcels=len(parcels.frame),
        remarks=(
            *fit_remarks(fits),
            *([STEMS.when] if asked.route == STEMS.id else []),
            *set_remarks(dict.fromkeys(chosen for chosen, _ in asked.curves.values())),
            *growth_remarks(growers, parcels.frame, asked.last, planted=events is not None),
        ),
    )  # fmt: skip


def _inventory(path: Path) -> tuple[TableRows, Parameters]:
    """Return the inventory, and the parameter rows with a project's own in front."""
    if path.suffix != ".toml":
        return read_rows_of("inventory", path), bundled()
    project = read_project(path)
    if project.tables.inventory is None:
        raise ProjectError(where=path.name, problem=NO_INVENTORY)
    own = [
        row
        for name in (project.tables.parameters, project.tables.prices)
        if name
        for row in read_rows(project.folder / name)
    ]
    table = read_rows_of("inventory", project.folder / project.tables.inventory)
    return table, bundled().with_rows(own)


def _events(
    asked: Asked, parcels: pd.DataFrame, inventory: TableRows, curves: Mapping[str, Curve]
) -> pd.DataFrame | None:
    """Return the events, those of parcels that are left out left out too; None without a table."""
    if asked.events is None:
        return None
    events = read_events(asked.events)
    listed = events["parcel_id"].isin(inventory.frame["parcel_id"])
    kept = events[events["parcel_id"].isin(parcels["parcel_id"]) | ~listed]
    groups = [(curve_key(group, "", curves) or group) if group else "" for group in kept["group"]]
    return kept.assign(group=groups)


def _fits(asked: Asked) -> dict[str, Fit]:
    if asked.records is None:
        return {}
    return {
        group: fit(
            records, form(asked.form), name=f"growth_curve[{group}, {records.source}]",
            spread=asked.spread, priors=asked.priors,
        )
        for group, records in read_records(asked.records).items()
    }  # fmt: skip


def _curves(asked: Asked, fits: Mapping[str, Fit], parameters: Parameters) -> dict[str, Curve]:
    """Return the curves by species group, those of a site class as `<group>/<class>`."""
    found: dict[str, Curve] = {
        f"{group}/{site}" if site else group: curve
        for group, one in fits.items()
        for site, curve in one.curves().items()
    }
    for species, (chosen, group) in asked.curves.items():
        found[species_group(species, "--curve")] = bundled_curve(parameters, chosen, group)
    return found


def _grower(asked: Asked, key: str, curve: Curve, parameters: Parameters) -> Grower:
    """Return a curve with what turns its stock into carbon: by species, else the curve's group."""
    group = key.partition("/")[0]
    own = [of for name, (_, of) in asked.curves.items() if species_group(name, "") == group]
    route = route_of(curve.units, asked.route)
    also = own[0] if own else ""
    return Grower(curve, conversion_of(route, parameters, Choices(sets=asked.sets), group, also))
