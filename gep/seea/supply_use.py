"""Supply and use of ecosystem services, physical and monetary: total supply is total use.

Which ecosystem supplies a service follows from the account. Who uses it does not: the reference
has no allocation that is sure, so a table of the user's says it, and the rest is not allocated.
"""

from decimal import Decimal
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from data_catalog.classes.seea import economic_units, reference_services
from data_catalog.errors import GepError, ProjectError, UnknownNameError, raise_all
from data_catalog.names import suggestion
from data_catalog.text import Text
from gep.seea.labels import TOTAL, header, in_order, title_of
from gep.service import GROUPS
from gep.services import SERVICES

Measure: TypeAlias = Literal["physical", "value"]
NOT_ALLOCATED = "not_allocated"
MONEY = "CNY/year"
NO_USERS = pd.DataFrame({"service": [], "user": [], "share": []})
NOT_ALLOCATED_TITLE = Text("未分配", "not allocated")
_EMPTY = Text("", "")


def supply(flows: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    """Return what each ecosystem supplies of each service, and `total_supply`.

    Parameters
    ----------
    flows : DataFrame
        service, ecosystem (empty for what is not shared out), physical, physical_unit, value
        (CNY/year); one or many rows per pair.
    measure : {"physical", "value"}

    Returns
    -------
    DataFrame
        By service and unit, in the order of the account; missing amounts are left out of sums, and
        what has no other is missing, never zero.
    """
    unit = flows["physical_unit"].astype(str) if measure == "physical" else MONEY
    rows = flows.assign(ecosystem=flows["ecosystem"].astype(str), unit=unit)
    keys = ["service", "unit", "ecosystem"]
    summed = rows.groupby(keys, observed=True)[measure].sum(min_count=1).unstack()
    order = {service.id: place for place, service in enumerate(SERVICES)}
    summed = summed[in_order(summed.columns)].sort_index(
        key=lambda level: level.map(order) if level.name == "service" else level, kind="stable"
    )
    return summed.assign(total_supply=summed.sum(axis=1, min_count=1))


def use(supplied: pd.DataFrame, users: pd.DataFrame) -> pd.DataFrame:
    """Return what each economic unit uses of each service, and `total_use`.

    Nothing is known of a unit that no row names: its use is missing, not zero.

    Parameters
    ----------
    supplied : DataFrame
        As `supply` returns it.
    users : DataFrame
        service, user, share, as `checked_users` returns it.
    """
    share = users.pivot_table(index="service", columns="user", values="share", aggfunc="sum")
    share = share.reindex(columns=list(economic_units())).astype(np.float64)
    share = share.reindex(supplied.index.get_level_values("service"))
    share[NOT_ALLOCATED] = [_left(row) for row in share.fillna(0.0).to_numpy()]
    used = share.set_axis(supplied.index).mul(supplied["total_supply"], axis=0)
    return used.assign(total_use=used.sum(axis=1, min_count=1))


def _left(shares: "np.typing.NDArray[np.float64]") -> float:
    """Return what is left of one, exactly: 0.7 and 0.3 leave nothing."""
    return float(1 - sum(Decimal(repr(float(share))) for share in shares))


def checked_users(table: pd.DataFrame, source: str = "users") -> pd.DataFrame:
    """Return who uses what share of each service, once it is sound.

    Parameters
    ----------
    table : DataFrame
        service, user, share (0 to 1), as the user gave them. Optional: line, the row's number in
        the file.
    source : str
        What the table is called in messages.

    Raises
    ------
    UnknownNameError, ProjectError or Problems
        If a name is not known, a share is none, a pair is there twice, or the shares of a service
        exceed one: all rows at once.
    """
    errors: list[GepError] = []
    services, units = [service.id for service in SERVICES], list(economic_units())
    share = pd.to_numeric(table["share"], errors="coerce")
    twice = table.duplicated(["service", "user"])
    lines = table["line"] if "line" in table else range(2, len(table) + 2)
    for place, (line, row) in enumerate(zip(lines, table.itertuples(index=False), strict=True)):
        where = f"{source}:{line}"
        for name, known, kind in (
            (str(row.service), services, Text("服务", "service")),
            (str(row.user), units, Text("经济单位", "economic unit")),
        ):
            if name not in known:
                hint = suggestion(name, known)
                errors.append(UnknownNameError(where=where, kind=kind, name=name, hint=hint))
        if not 0 <= share.iloc[place] <= 1:
            problem = Text(
                f"份额为“{row.share}”，应为 0 至 1 之间的数。",
                f"the share is {row.share!r}; it must be a number from 0 to 1.",
            )
            errors.append(ProjectError(where=where, problem=problem))
        if twice.iloc[place]:
            problem = Text(
                f"服务 {row.service} 的使用者 {row.user} 出现了两次，请只留一行。",
                f"user {row.user} of {row.service} is there twice. Keep one row.",
            )
            errors.append(ProjectError(where=where, problem=problem))
    raise_all(errors)
    sums = {name: _left(part.to_numpy()) for name, part in share.groupby(table["service"])}
    raise_all(_more_than_all(name, 1 - left, source) for name, left in sums.items() if left < 0)
    return table.assign(share=share)[["service", "user", "share"]]


def _more_than_all(service: str, total: float, source: str) -> ProjectError:
    problem = Text(
        f"服务 {service} 的份额合计为 {total:.6g}，不得超过 1。请更正各使用者的份额。",
        f"the shares of {service} sum to {total:.6g}, more than 1. Correct them.",
    )
    return ProjectError(where=source, problem=problem)


def supply_table(flows: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    """Return supply_physical.csv or supply_monetary.csv: services by supplying ecosystem.

    Parameters
    ----------
    flows : DataFrame
        As for `supply`. Optional: price_year, and counted, whether the service is in the total.
    measure : {"physical", "value"}
    """
    supplied = supply(flows, measure)
    wide = supplied.rename(columns=lambda c: c if c == "total_supply" else header(c))
    return _table(wide, flows, measure)


def use_table(flows: pd.DataFrame, measure: Measure, users: pd.DataFrame) -> pd.DataFrame:
    """Return use_physical.csv or use_monetary.csv: services by using economic unit."""
    titles = economic_units() | {NOT_ALLOCATED: NOT_ALLOCATED_TITLE}
    used = use(supply(flows, measure), users)
    named = {unit: f"{unit} {title.zh}" for unit, title in titles.items()}
    return _table(used.rename(columns=named), flows, measure)


def _table(wide: pd.DataFrame, flows: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    amounts = wide.reset_index()
    counted = _first(flows, "counted", amounts["service"], default=True).astype(bool)
    labels = pd.DataFrame([_labels(name) for name in amounts["service"]])
    unit = amounts.pop("unit")
    table = pd.concat([labels, amounts.drop(columns="service")], axis=1).assign(unit=unit)
    table.insert(
        list(table.columns).index("seea_zh"), "in_gep", counted.map({True: "yes", False: "no"})
    )
    if measure == "physical":
        return table
    table["price_year"] = _first(flows, "price_year", amounts["service"], default="")
    total = title_of(TOTAL)
    columns = list(wide.columns)
    last = {"service": TOTAL, "service_zh": f"{total.zh}（计入 GEP）",
            "service_en": f"{total.en} in GEP", "unit": MONEY,
            **table.loc[counted, columns].sum(min_count=1)}  # fmt: skip
    return pd.concat([table, pd.DataFrame([last])], ignore_index=True)


def _first(
    flows: pd.DataFrame, column: str, services: "pd.Series[str]", *, default: object
) -> pd.Series:
    if column not in flows:
        return pd.Series(default, index=services.index)
    return services.map(flows.groupby("service", observed=True)[column].first())


def _labels(name: str) -> dict[str, str]:
    known = next((s for s in SERVICES if s.id == name), None)
    group = GROUPS[known.group] if known else _EMPTY
    title = known.title if known else Text(name, name)
    reference = reference_services().get(name)
    seea, note = (reference.title, reference.note) if reference else (_EMPTY, _EMPTY)
    return {
        "service": name, "service_zh": title.zh, "service_en": title.en,
        "group_zh": group.zh, "group_en": group.en,
        "seea_zh": seea.zh or note.zh, "seea_en": seea.en or note.en,
    }  # fmt: skip
