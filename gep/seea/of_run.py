"""The folder seea/ of a run: its ledgers, areas and condition variables as SEEA EA tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from data_catalog.errors import GepError, ParameterMissing, ProjectError
from data_catalog.parameters import Parameters
from data_catalog.standards import Standard
from data_catalog.text import Text
from data_catalog.units import conversion
from gep.places import ECOSYSTEM
from gep.seea.asset import ASSET_VALUE, AssetTerms, asset_terms
from gep.seea.groups import checked_groups
from gep.seea.supply_use import checked_users
from gep.seea.tables import write_seea
from gep.seea.variables import means
from tiles.checkpoints import unwritable
from tiles.inputs import Inputs
from tiles.results import Result
from tiles.runfolder import read_manifest

__all__ = ["BASELINE", "FOLDER", "Account", "terms_of", "user_problems", "write_run"]

FOLDER = "seea"
BASELINE = "land_cover_baseline"
TEXTS = ("service", "ecosystem", "physical_unit", "price_year", "standard")


@dataclass(frozen=True)
class Account:
    """One standard's account by service and ecosystem, and the terms of its assets if it has any.

    Parameters
    ----------
    flows : DataFrame
        service, ecosystem, physical, physical_unit, value, price_year.
    """

    standard: Standard
    flows: pd.DataFrame
    terms: AssetTerms | None

    def counted(self, flows: pd.DataFrame) -> pd.DataFrame:
        """Return flows with whether each service is in the total under this standard."""
        counts = {name for name, choice in self.standard.services.items() if choice.counted}
        return flows.assign(counted=flows["service"].isin(counts))


def terms_of(standard: Standard, parameters: Parameters) -> AssetTerms | None:
    """Return the discount rate, asset life and timing that the project or the standard gives.

    The set that a standard names in `derived_sets` for the discount rate holds all three.

    Raises
    ------
    ProjectError
        If one of them makes no sense.
    """
    rate = next(iter(ASSET_VALUE.factors()))
    try:
        return asset_terms(parameters, standard.derived_sets.get(rate) or standard.default_set)
    except ParameterMissing:
        return None


def user_problems(inputs: Inputs, standards: Sequence[Standard]) -> Iterator[GepError]:
    """Yield what is wrong with the tables of users and groups and with the account at opening."""
    checks = {"users": checked_users, "iucn_groups": checked_groups}
    for name, check in checks.items():
        table = inputs.tables.get(name)
        if table is not None:
            try:
                check(table.frame, table.source)
            except GepError as error:
                yield from getattr(error, "errors", (error,))
    for standard in standards:
        try:
            _opening_flows(inputs, standard)
        except GepError as error:
            yield error


def write_run(
    result: Result,
    accounts: Sequence[Account],
    sums: pd.DataFrame | None,
    parameters: Parameters,
    folder: Path,
) -> list[dict[str, Text]]:
    """Write the tables of the first account into seea/, those of others into seea/<standard>/.

    Parameters
    ----------
    sums : DataFrame, optional
        indicator, land_cover, amount, area_m2, missing_m2; parcels may be summed or not.

    Returns
    -------
    list of dict
        For each account why a table was not written, by file name.

    Raises
    ------
    OutputError
        If the disk is full.
    """
    if ECOSYSTEM not in result.job.group_by:
        return [{} for _ in accounts]
    areas = _areas(result)
    tables = {name: t.frame for name, t in result.inputs.tables.items()}
    condition = None if sums is None else _condition(sums)
    refused = []
    for place, account in enumerate(accounts):
        target = folder / FOLDER / (account.standard.id if place else "")
        before = _opening_flows(result.inputs, account.standard)
        try:
            refused.append(
                write_seea(
                    target, flows=account.counted(account.flows), areas=areas,
                    condition=condition, users=tables.get("users"),
                    groups=tables.get("iucn_groups"), terms=account.terms,
                    opening_flows=None if before is None else account.counted(before),
                    parameters=parameters,
                )
            )  # fmt: skip
        except OSError as error:
            raise unwritable(folder, error) from error
    return refused


def _areas(result: Result) -> pd.DataFrame:
    """Return the area of each class at closing, and at opening where there is a baseline, ha."""
    layers = [name for name in (BASELINE, ECOSYSTEM) if name in result.job.group_by]
    cells = result.areas(tuple(layers))
    summed = cells.groupby(layers, observed=True)["area_m2"].sum().reset_index()
    named = summed.rename(columns={BASELINE: "ecosystem_from", ECOSYSTEM: "ecosystem"})
    return named.assign(area_ha=named["area_m2"] * conversion("m2", "ha")[0])


def _condition(sums: pd.DataFrame) -> pd.DataFrame:
    by_class = sums.groupby(["indicator", ECOSYSTEM], observed=True)
    amounts = by_class[["amount", "area_m2", "missing_m2"]].sum().reset_index()
    return means(amounts.rename(columns={ECOSYSTEM: "ecosystem"}))


def _opening_flows(inputs: Inputs, standard: Standard) -> pd.DataFrame | None:
    """Return the account of the earlier run that is the opening one, under the same standard.

    Raises
    ------
    ProjectError
        If it is of another year than the baseline, or not under this standard.
    """
    project = inputs.project
    if project.tables.opening_run is None:
        return None
    run, year = project.path(project.tables.opening_run), project.project.baseline_year
    where = "[tables] opening_run"
    got = read_manifest(run)["project"]["project"]["year"]
    if got != year:
        problem = Text(
            f"是 {got} 年的账户，基期年为 {year or '未给出'}。请改用基期年的账户，或更正 "
            "[project] baseline_year。",
            f"is of {got}, but the baseline year is {year or 'not given'}. Give the account of "
            "that year, or correct [project] baseline_year.",
        )
        raise ProjectError(where=where, problem=problem)
    flows = pd.read_csv(
        run / "account.csv", dtype=dict.fromkeys(TEXTS, str), keep_default_na=False,
        na_values={"physical": [""], "value": [""]},
    )  # fmt: skip
    flows = flows[flows["standard"] == standard.id]
    if flows.empty:
        problem = Text(
            f"没有标准“{standard.id}”的账户。请按该标准重新计算。",
            f"holds no account under {standard.id!r}. Compute it again under that standard.",
        )
        raise ProjectError(where=where, problem=problem)
    return flows
