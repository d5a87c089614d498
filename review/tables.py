"""The tables of an account for people: on a terminal, on the page and in reports, the same."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from data_catalog.classes import ecosystem_title
from data_catalog.parameters import bundled
from data_catalog.text import Text
from data_catalog.units import conversion
from review.figures import ONES, Scale, figure, money_scale_for, same, scale_for, share, unit
from review.overview import Overview, text_of
from review.summary import comparison, money_scale, service_title, summary
from review.table import Column, Table
from sinks.pools import POOLS

__all__ = ["all_tables"]

TOTAL = Text("合计", "Total")
GEP = Text("GEP 合计", "GEP total")
PLACE = Text("名称", "Name")
UNSHARED = ""
"""In the place of a parcel or an ecosystem: what is not shared out over any."""
NOT_SHARED = Text("未分摊", "Not shared out")
LARGE_HA = 10_000
"""Above this largest area, hectares, tables are in km2."""
MOST_ROWS = 200
"""Parcels that a table for people shows; the files of the run hold them all."""


@dataclass(frozen=True, slots=True)
class _Cells:
    """A column as it is written, by row, with its total."""

    column: Column
    by_row: Mapping[str, str]
    total: str


def all_tables(overview: Overview) -> tuple[Table, ...]:
    """Return every table that the run has numbers for, in reading order."""
    tables = []
    if overview.services:
        tables.append(summary(overview))
        if len(overview.comparison):
            tables.append(comparison(overview))
        tables.append(values(overview))
        if not overview.extent.empty:
            tables.append(values_by_ecosystem(overview))
        tables.append(amounts(overview))
    tables.append(areas(overview))
    if not overview.extent.empty:
        tables.append(extent(overview))
    if len(overview.stock.columns):
        tables.append(carbon(overview))
    return tuple(tables)


def areas(overview: Overview) -> Table:
    """Return each parcel's area, and how much of it is forest."""
    area, forest = overview.area_ha, overview.forest_ha
    of_area = forest / area
    mu = area * conversion("ha", "mu_area")[0]
    columns = [
        _area_column(Text("面积", "Area"), area, area),
        _scaled(Text("面积", "Area"), "mu", mu, decimals=1),
        _area_column(Text("森林面积", "Forest area"), forest, area),
        _Cells(
            Column(title=Text("森林占比", "Forest share"), unit=unit("%")),
            {str(parcel): share(part) for parcel, part in of_area.items()},
            share(forest.sum() / area.sum()),
        ),
    ]
    title = Text("面积与森林", "Area and forest")
    return _by_parcel(overview, "areas", title, columns)


def extent(overview: Overview) -> Table:
    """Return each parcel's area by ecosystem, and each ecosystem's share of all land."""
    wide = overview.extent.pivot_table(
        index="parcel_id", columns="ecosystem", values="area_ha", aggfunc="sum", fill_value=0.0
    ).reindex(overview.area_ha.index, fill_value=0.0)
    columns = [
        _area_column(_class_title(code), wide[code], overview.area_ha)
        for code in overview.ecosystems()
    ]
    title = Text("各生态系统面积", "Area by ecosystem")
    table = _by_parcel(overview, "extent", title, columns)
    part = {code: share(wide[code].sum() / wide.sum().sum()) for code in overview.ecosystems()}
    zh = "，".join(f"{ecosystem_title(code).zh} {text}%" for code, text in part.items())
    en = ", ".join(f"{ecosystem_title(code).en} {text} %" for code, text in part.items())
    return table.noted([Text(f"占比：{zh}。", f"Shares: {en}.")])


def carbon(overview: Overview) -> Table:
    """Return each parcel's carbon stock by pool, with the standard errors that are known."""
    stock, to_co2 = overview.stock, _co2_per_carbon()
    total = stock.sum(axis=1, min_count=1)
    scale = scale_for([stock.sum().max()])
    columns = [_pool(overview, pool, scale) for pool in stock.columns]
    whole = Text("合计", "All pools")
    columns += [
        _numbers(Column(title=whole, unit=scale.of("t_C")), total, scale, 1),
        _numbers(Column(title=whole, unit=scale.of("t_CO2e")), total * to_co2, scale, 1),
    ]
    title = Text(f"森林碳储量（{overview.year} 年）", f"Forest carbon stock ({overview.year})")
    notes = [
        Text(
            "± 为碳密度的标准误，不含土地覆盖图的误差。各宗地共用同一密度，"
            "合计的标准误按完全相关计算。没有 ± 的碳库，来源未给出误差，各碳库之和因此也没有误差。",
            "± is the standard error of the densities, not of the land-cover map. All parcels "
            "share the densities, so in the total it is added as fully correlated. A pool without "
            "± has no error in its source, so the sum over pools has none either.",
        ),
        *_doubtful_densities(overview),
    ]
    return _by_parcel(overview, "carbon", title, columns).noted(notes)


def amounts(overview: Overview) -> Table:
    """Return each parcel's physical amount of each service that has one."""
    names = [s["service"] for s in overview.services]
    found = {name: _of_service(overview, name, "physical") for name in names}
    measured = [s for s in overview.services if found[s["service"]].notna().any()]
    columns = [_scaled(text_of(s, "title"), s["unit"], found[s["service"]]) for s in measured]
    title = Text("各项服务功能量", "Services: physical amounts")
    table = _by_parcel(overview, "amounts", title, columns, apart=_is_apart(overview, "physical"))
    meanings = (
        "；".join(f"{s['title_zh']}：{s['physical_zh']}" for s in measured),
        "; ".join(f"{s['title_en']}: {s['physical_en']}" for s in measured),
    )
    notes = [Text(f"{meanings[0]}。", f"{meanings[1]}.")] if measured else []
    return table.noted([*notes, *_missing_notes(overview)])


def values(overview: Overview) -> Table:
    """Return each parcel's value of each service and its GEP, and what is in no parcel."""
    scale = money_scale_for(overview.total, above_county=overview.above_county and overview.large)
    columns = [
        _value_column(overview, s["service"], _of_service(overview, s["service"], "value"), scale)
        for s in overview.services
    ]
    apart = _is_apart(overview, "value")
    gep = overview.gep.copy()
    if apart:
        gep[UNSHARED] = _counted_apart(overview)
    columns.append(_numbers(Column(title=GEP, unit=scale.of("CNY")), gep, scale))
    title = Text("各项服务价值量与 GEP", "Services: monetary values and GEP")
    table = _by_parcel(overview, "values", title, columns, apart=apart)
    return table.noted(_apart_notes(overview))


def values_by_ecosystem(overview: Overview) -> Table:
    """Return the area, values and GEP of each ecosystem over all parcels, and what is in none."""
    codes = overview.valued_ecosystems()
    keys = [*codes, UNSHARED] if _is_apart(overview, "value") else codes
    area = overview.extent.groupby("ecosystem", observed=True)["area_ha"].sum().reindex(keys)
    scale = money_scale(overview)
    columns = [_area_column(Text("面积", "Area"), area, overview.area_ha)]
    by_class = overview.account.groupby(["service", "ecosystem"], observed=True)["value"]
    sums = by_class.sum(min_count=1)
    for service in (s["service"] for s in overview.services):
        of_class = sums.loc[service].reindex(keys)
        columns.append(_value_column(overview, service, of_class, scale))
    counted = sums[sums.index.isin(overview.counted, level="service")]
    total = counted.groupby("ecosystem", observed=True).sum(min_count=1).reindex(keys)
    columns.append(_numbers(Column(title=GEP, unit=scale.of("CNY")), total, scale))
    names = {UNSHARED: Text("未分摊到生态系统", "Not shared out to ecosystems")}
    return _table(
        "values_by_ecosystem",
        Text("各生态系统价值量", "Monetary values by ecosystem"),
        Text("生态系统", "Ecosystem"),
        [(code, names.get(code) or _class_title(code)) for code in keys],
        columns,
    )


def _is_apart(overview: Overview, column: str) -> bool:
    """Return whether any service has an amount or a value that is in no parcel."""
    return bool(overview.unshared[column].notna().any())


def _counted_apart(overview: Overview) -> float:
    """Return the part of GEP that is in no parcel, CNY."""
    parts = [overview.not_shared_out(s["service"], "value") for s in overview.services
             if s["counted"]]  # fmt: skip
    return float(pd.Series(parts).sum(min_count=1))


def _apart_notes(overview: Overview) -> list[Text]:
    """Return which services are in the total and in no parcel."""
    names = [
        text_of(s, "title")
        for s in overview.services
        if math.isfinite(overview.not_shared_out(s["service"], "value"))
    ]
    if not names:
        return []
    zh, en = "、".join(n.zh for n in names), ", ".join(n.en for n in names)
    places = _places(overview)
    return [
        Text(
            f"{zh}只有全域的数，没有分摊到{places.zh}，只计入合计。",
            f"{en}: known for the account as a whole, not shared out to {places.en}; in the total "
            "alone.",
        )
    ]


def _places(overview: Overview) -> Text:
    return Text("各县", "counties") if overview.of_counties else Text("宗地", "parcels")


def _pool(overview: Overview, pool: str, scale: Scale) -> _Cells:
    """Return a pool's column; where an error is known it is written beside the number."""
    rows = overview.carbon[overview.carbon["year"] == overview.year]
    errors = rows[rows["pool"] == pool].set_index("parcel_id")["se_tC"]
    totals = overview.carbon_totals
    of_total = totals[(totals["pool"] == pool) & (totals["year"] == overview.year)]["se_tC"]
    stock = overview.stock[pool]
    title = POOLS.get(pool, same(pool))
    return _Cells(
        Column(title=Text(title.zh, title.en[:1].upper() + title.en[1:]), unit=scale.of("t_C")),
        {parcel: _with_error(stock[parcel], errors.get(parcel), scale) for parcel in stock.index},
        _with_error(stock.sum(min_count=1), next(iter(of_total), None), scale),
    )


def _with_error(value: float, error: float | None, scale: Scale) -> str:
    text = scale.figure(value, 1)
    return text if error is None or pd.isna(error) else f"{text} ± {scale.figure(error, 1)}"


def _doubtful_densities(overview: Overview) -> list[Text]:
    """Return which pools, and what share of the stock, rest on recalled or estimated densities."""
    pools = overview.doubtful_pools
    if not pools:
        return []
    part = share(overview.stock[pools].sum().sum() / overview.stock.sum().sum())
    titles = [POOLS[pool] for pool in pools]
    zh, en = "、".join(t.zh for t in titles), ", ".join(t.en for t in titles)
    return [
        Text(
            f"{zh}的碳密度含估计值或未核对原文的值，占储量的 {part}%。",
            f"Densities of {en} are in part estimated or not checked against the printed text: "
            f"{part} % of the stock rests on them.",
        )
    ]


def _co2_per_carbon() -> float:
    rows = bundled().of_set("co2_per_carbon", "stoichiometry")
    return rows[""].in_units("t_CO2e/t_C")


def _of_service(overview: Overview, service: str, column: str) -> "pd.Series[float]":
    """Return a service's amount or value by parcel, and what of it is in no parcel."""
    frame = overview.parcels
    index = frame["parcel_id"].astype(str).to_numpy()
    found = pd.Series(frame[f"{service}_{column}"].to_numpy(float), index=index)
    if _is_apart(overview, column):
        found[UNSHARED] = overview.not_shared_out(service, column)
    return found


def _value_column(
    overview: Overview, service: str, numbers: "pd.Series[float]", scale: Scale
) -> _Cells:
    record = overview.service(service)
    year = record["price_year"]
    money = scale.of("CNY")
    priced = Text(f"{money.zh} {year}年价", f"{money.en}, {year} prices") if year else money
    return _numbers(Column(title=service_title(record), unit=priced), numbers, scale)


def _area_column(title: Text, hectares: "pd.Series[float]", whole: "pd.Series[float]") -> _Cells:
    """Return a column of areas, in km2 where the parcels are large."""
    name, units = ("km2", "km**2") if whole.max() >= LARGE_HA else ("ha", "ha")
    numbers = hectares * conversion("ha", units)[0]
    return _numbers(Column(title=title, unit=unit(name)), numbers, ONES, 1)


def _scaled(title: Text, name: str, numbers: "pd.Series[float]", decimals: int = 2) -> _Cells:
    scale = scale_for([numbers.sum(min_count=1)])
    return _numbers(Column(title=title, unit=scale.of(name)), numbers, scale, decimals)


def _numbers(
    column: Column, numbers: "pd.Series[float]", scale: Scale, decimals: int = 2
) -> _Cells:
    return _Cells(
        column,
        {str(key): scale.figure(value, decimals) for key, value in numbers.items()},
        scale.figure(numbers.sum(min_count=1), decimals),
    )


def _by_parcel(
    overview: Overview, id_: str, title: Text, columns: Sequence[_Cells], *, apart: bool = False
) -> Table:
    """Return a table with a row per parcel: all, or the largest where they are too many.

    Parameters
    ----------
    apart : bool
        Whether there is a row of what is in no parcel.
    """
    ids = list(overview.area_ha.index)
    notes = []
    if len(ids) > MOST_ROWS:
        shown = set(overview.area_ha.sort_values(ascending=False, kind="stable").index[:MOST_ROWS])
        notes.append(
            Text(
                f"只列出面积最大的 {MOST_ROWS} 个宗地，共 {figure(len(ids), 0)} 个；合计为全部。",
                f"The {MOST_ROWS} largest of {figure(len(ids), 0)} parcels; the total is of all.",
            )
        )
        ids = [i for i in ids if i in shown]
    rows = [(i, overview.names[i]) for i in ids]
    if apart:
        places = _places(overview)
        name = Text(f"{NOT_SHARED.zh}到{places.zh}", f"{NOT_SHARED.en} to {places.en}")
        rows.append((UNSHARED, name))
    return _table(id_, title, PLACE, rows, columns).noted(notes)


def _table(
    id_: str,
    title: Text,
    head: Text,
    keys: Iterable[tuple[str, Text]],
    columns: Sequence[_Cells],
) -> Table:
    rows = tuple((name, *(same(c.by_row[key]) for c in columns)) for key, name in keys)
    return Table(
        id=id_,
        title=title,
        columns=(Column(title=head, number=False), *(c.column for c in columns)),
        rows=rows,
        total=(TOTAL, *(same(c.total) for c in columns)),
    )


def _class_title(code: str) -> Text:
    title = ecosystem_title(code)
    return Text(title.zh, title.en[:1].upper() + title.en[1:])


def _missing_notes(overview: Overview) -> list[Text]:
    """Return, for each service with gaps, on what share of its area its inputs are missing."""
    notes: list[Text] = []
    if overview.extent.empty:
        return notes
    merged = overview.account.merge(overview.extent, on=["parcel_id", "ecosystem"], how="left")
    for service in overview.services:
        rows = merged[merged["service"] == service["service"]]
        area = rows["area_ha"].sum()
        gap = (rows["missing_share"] * rows["area_ha"]).sum() / area if area else 0.0
        if gap > 0:
            notes.append(
                Text(
                    f"{service['title_zh']}：{share(gap, 2)}% 的面积缺少输入，没有计入。",
                    f"{service['title_en']}: inputs are missing on {share(gap, 2)} % of its area, "
                    "which is not in the amount.",
                )
            )
    return notes
