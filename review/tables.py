"""The tables of an account for people: on a terminal, on the page and in reports, the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from data_catalog.classes import ecosystem_title
from data_catalog.parameters import bundled
from data_catalog.text import Text
from data_catalog.units import conversion
from review.figures import ONES, Scale, figure, same, scale_for, share, unit
from review.overview import Overview, text_of
from sinks.pools import POOLS

__all__ = ["Column", "Table", "all_tables"]

TOTAL = Text("合计", "Total")
GEP = Text("GEP 合计", "GEP total")
PLACE = Text("名称", "Name")
NO_UNIT = Text("", "")
LARGE_HA = 10_000
"""Above this largest area, hectares, tables are in km2."""
MOST_ROWS = 200
"""Parcels that a table for people shows; the files of the run hold them all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column's heading and unit; numbers stand to the right."""

    title: Text
    unit: Text = NO_UNIT
    number: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table in both languages, ready to be set: cells are text."""

    id: str
    title: Text
    columns: tuple[Column, ...]
    rows: tuple[tuple[Text, ...], ...]
    total: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class _Cells:
    """A column as it is written, by row, with its total."""

    column: Column
    by_row: Mapping[str, str]
    total: str


def all_tables(overview: Overview) -> tuple[Table, ...]:
    """Return every table that the run has numbers for, in reading order."""
    tables = [areas(overview)]
    if not overview.extent.empty:
        tables.append(extent(overview))
    if len(overview.stock.columns):
        tables.append(carbon(overview))
    if overview.services:
        tables += [amounts(overview), values(overview)]
        if not overview.extent.empty:
            tables.append(values_by_ecosystem(overview))
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
    return _with_notes(table, [Text(f"占比：{zh}。", f"Shares: {en}.")])


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
    return _with_notes(_by_parcel(overview, "carbon", title, columns), notes)


def amounts(overview: Overview) -> Table:
    """Return each parcel's physical amount of each service."""
    columns = [
        _scaled(
            text_of(s, "title"), s["unit"], _of_service(overview, s["service"], "physical")
        )
        for s in overview.services
    ]  # fmt: skip
    title = Text("各项服务功能量", "Services: physical amounts")
    table = _by_parcel(overview, "amounts", title, columns)
    meanings = (
        "；".join(f"{s['title_zh']}：{s['physical_zh']}" for s in overview.services),
        "; ".join(f"{s['title_en']}: {s['physical_en']}" for s in overview.services),
    )
    return _with_notes(
        table, [Text(f"{meanings[0]}。", f"{meanings[1]}."), *_missing_notes(overview)]
    )


def values(overview: Overview) -> Table:
    """Return each parcel's value of each service, and its GEP."""
    scale = scale_for([overview.gep.sum()])
    columns = [
        _value_column(overview, s["service"], _of_service(overview, s["service"], "value"), scale)
        for s in overview.services
    ]
    columns.append(_numbers(Column(title=GEP, unit=scale.of("CNY")), overview.gep, scale))
    title = Text("各项服务价值量与 GEP", "Services: monetary values and GEP")
    return _with_notes(_by_parcel(overview, "values", title, columns), price_notes(overview))


def values_by_ecosystem(overview: Overview) -> Table:
    """Return the area, values and GEP of each ecosystem over all parcels."""
    area = overview.extent.groupby("ecosystem")["area_ha"].sum()
    account = overview.account
    counted = account[account["service"].isin(overview.counted)]
    total = counted.groupby("ecosystem")["value"].sum(min_count=1).reindex(area.index)
    scale = scale_for([overview.gep.sum()])
    columns = [_area_column(Text("面积", "Area"), area, overview.area_ha)]
    for service in overview.services:
        rows = account[account["service"] == service["service"]]
        of_class = rows.groupby("ecosystem")["value"].sum(min_count=1).reindex(area.index)
        columns.append(_value_column(overview, service["service"], of_class, scale))
    columns.append(_numbers(Column(title=GEP, unit=scale.of("CNY")), total, scale))
    codes = overview.ecosystems()
    return _table(
        "values_by_ecosystem",
        Text("各生态系统价值量", "Monetary values by ecosystem"),
        Text("生态系统", "Ecosystem"),
        [(code, _class_title(code)) for code in codes],
        columns,
    )


def price_notes(overview: Overview) -> list[Text]:
    """Return what must be said beside a value: whose prices, of which years."""
    years = sorted({y for s in overview.services for y in s["price_year"].split("/") if y})
    if not years:
        return []
    if len(years) == 1:
        return [Text(f"{years[0]} 年价格。", f"In prices of {years[0]}.")]
    return [
        Text(
            f"各项价格年不同（{'、'.join(years)} 年），未折算到同一年；GEP 合计是不同年价格之和。",
            f"The prices are of different years ({', '.join(years)}) and were not brought to one "
            "year: the total adds values in prices of different years.",
        )
    ]


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
    frame = overview.parcels
    index = frame["parcel_id"].astype(str).to_numpy()
    return pd.Series(frame[f"{service}_{column}"].to_numpy(float), index=index)


def _value_column(
    overview: Overview, service: str, numbers: "pd.Series[float]", scale: Scale
) -> _Cells:
    record = overview.service(service)
    year = record["price_year"]
    money = scale.of("CNY")
    priced = Text(f"{money.zh} {year}年价", f"{money.en}, {year} prices") if year else money
    title = text_of(record, "title")
    if not record["counted"]:
        title = Text(f"{title.zh}（不计入）", f"{title.en} (not counted)")
    return _numbers(Column(title=title, unit=priced), numbers, scale)


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


def _by_parcel(overview: Overview, id_: str, title: Text, columns: Sequence[_Cells]) -> Table:
    """Return a table with a row per parcel: all, or the largest where they are too many."""
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
    table = _table(id_, title, PLACE, [(i, overview.names[i]) for i in ids], columns)
    return _with_notes(table, notes)


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


def _with_notes(table: Table, notes: Iterable[Text]) -> Table:
    return Table(id=table.id, title=table.title, columns=table.columns, rows=table.rows,
                 total=table.total, notes=(*table.notes, *notes))  # fmt: skip


def _missing_notes(overview: Overview) -> list[Text]:
    """Return, for each service with gaps, on what share of its area its inputs are missing."""
    notes: list[Text] = []
    if overview.extent.empty:
        return notes
    merged = overview.account.merge(overview.extent, on=["parcel_id", "ecosystem"], how="left")
    for service in overview.services:
        rows = merged[merged["service"] == service["service"]]
        gap = (rows["missing_share"] * rows["area_ha"]).sum() / rows["area_ha"].sum()
        if gap > 0:
            notes.append(
                Text(
                    f"{service['title_zh']}：{share(gap, 2)}% 的面积缺少输入，没有计入。",
                    f"{service['title_en']}: inputs are missing on {share(gap, 2)} % of its area, "
                    "which is not in the amount.",
                )
            )
    return notes
