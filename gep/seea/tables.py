"""Write the folder seea/: the tables, and what each says and cannot say."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from data_catalog.parameters import Parameters, bundled
from data_catalog.text import Text
from gep.seea.asset import AssetTerms, asset_table
from gep.seea.condition import condition_table
from gep.seea.extent import change_matrix, extent_table, from_matrix, matrix_table
from gep.seea.groups import checked_groups, group_table
from gep.seea.notes import notes_table
from gep.seea.supply_use import NO_USERS, Measure, checked_users, supply_table, use_table

NO_MAP = Text("没有土地覆盖。", "there is no land cover.")
NO_BASELINE = Text("没有基期土地覆盖。", "there is no land cover of a baseline year.")
NO_CONDITION = Text("没有可用的状况变量。", "no condition variable is at hand.")
NO_SERVICE = Text("没有算出任何服务。", "no service was computed.")
NO_TERMS = Text(
    "未给出贴现率与资产寿命：请在 [tables] parameters 中补充 "
    "discount_rate、asset_life、first_flow_discounted。",
    "no discount rate and asset life are given: add discount_rate, asset_life and "
    "first_flow_discounted to [tables] parameters.",
)


def write_seea(
    folder: Path,
    *,
    flows: pd.DataFrame,
    areas: pd.DataFrame | None = None,
    condition: pd.DataFrame | None = None,
    users: pd.DataFrame | None = None,
    groups: pd.DataFrame | None = None,
    terms: AssetTerms | None = None,
    opening_flows: pd.DataFrame | None = None,
    opening_terms: AssetTerms | None = None,
    parameters: Parameters | None = None,
) -> dict[str, Text]:
    """Write the SEEA EA tables as CSV.

    Parameters
    ----------
    folder : Path
        Made if it is not there; usually `RUN/seea`.
    flows : DataFrame
        service, ecosystem (two-digit code; empty for what is not shared out), physical,
        physical_unit, value (CNY/year). Optional: price_year; counted, whether the service is in
        the total. One or many rows per service and ecosystem; parcels may be summed or not.
    areas : DataFrame
        ecosystem (closing), area_ha. Optional: ecosystem_from (opening).
    condition : DataFrame
        As for `gep.seea.condition.condition_table`.
    users : DataFrame
        service, user, share: who uses a service; nobody by default.
    groups : DataFrame
        ecosystem, group: the IUCN functional group of a class where the user decided.
    terms, opening_terms : AssetTerms
        Without `terms` no asset account; `opening_terms` are the same by default.
    opening_flows : DataFrame
        As `flows`, of the account at opening, valued by the same standard.
    parameters : Parameters
        The bundled ones by default.

    Returns
    -------
    dict
        Why a table was not written, by file name.

    Raises
    ------
    ProjectError, UnknownNameError or Problems
        If `users` or `groups` are wrong, or the two accounts have different units.
    OSError
        If the folder cannot be written.
    """
    chosen = {} if groups is None else checked_groups(groups)
    who = NO_USERS if users is None else checked_users(users)
    tables: dict[str, pd.DataFrame | Text] = {
        **_extent(areas, chosen),
        "condition": NO_CONDITION
        if condition is None or condition.empty
        else condition_table(condition, parameters or bundled()),
        **_supply_and_use(flows, who),
        "asset": _asset(flows, areas, terms, opening_flows, opening_terms),
    }
    folder.mkdir(parents=True, exist_ok=True)
    made = {name: table for name, table in tables.items() if isinstance(table, pd.DataFrame)}
    more = {"asset": terms.said()} if terms and "asset" in made else {}
    for name, table in (made | {"notes": notes_table(made, more)}).items():
        _write(table, folder / f"{name}.csv")
    return {f"{name}.csv": why for name, why in tables.items() if isinstance(why, Text)}


def _extent(
    areas: pd.DataFrame | None, chosen: Mapping[str, str]
) -> dict[str, pd.DataFrame | Text]:
    if areas is None:
        return dict.fromkeys(("extent", "extent_change_matrix", "extent_iucn_get"), NO_MAP)
    matrix = matrix_table(areas) if "ecosystem_from" in areas else NO_BASELINE
    return {
        "extent": extent_table(areas),
        "extent_change_matrix": matrix,
        "extent_iucn_get": group_table(areas, chosen),
    }


def _supply_and_use(flows: pd.DataFrame, users: pd.DataFrame) -> dict[str, pd.DataFrame | Text]:
    names: dict[Measure, str] = {"physical": "physical", "value": "monetary"}
    tables: dict[str, pd.DataFrame | Text] = {}
    for measure, name in names.items():
        here = not flows.empty
        tables[f"supply_{name}"] = supply_table(flows, measure) if here else NO_SERVICE
        tables[f"use_{name}"] = use_table(flows, measure, users) if here else NO_SERVICE
    return tables


def _asset(
    flows: pd.DataFrame,
    areas: pd.DataFrame | None,
    terms: AssetTerms | None,
    opening_flows: pd.DataFrame | None,
    opening_terms: AssetTerms | None,
) -> pd.DataFrame | Text:
    if flows.empty:
        return NO_SERVICE
    if terms is None:
        return NO_TERMS
    moved = None
    if areas is not None and "ecosystem_from" in areas:
        moved = from_matrix(change_matrix(areas))
    before = None if opening_flows is None else _counted(opening_flows)
    return asset_table(_counted(flows), terms, before, moved, opening_terms)


def _counted(flows: pd.DataFrame) -> pd.DataFrame:
    """Return the services in the total: what is counted twice is no asset twice."""
    return flows[flows["counted"].astype(bool)] if "counted" in flows else flows


def _write(table: pd.DataFrame, path: Path) -> None:
    """Write a table that a spreadsheet opens with its Chinese intact, the same bytes anywhere."""
    table.to_csv(path, index=False, encoding="utf-8-sig", float_format="%.15g", lineterminator="\n")
