"""An account beside published statistics: what agrees, what does not, and by how much."""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from data_catalog.errors import ProjectError
from data_catalog.text import Text
from data_catalog.units import conversion
from review.figures import PERCENT, figure, same, scale_for, share, signed, unit
from review.overview import Overview
from review.table import Column, Table

__all__ = ["Statistic", "compared", "find", "read_statistics"]

FRACTION = "1"
IN_BOTH = re.compile(r"(?P<en>.+) \((?P<zh>[^()]*[\u4e00-\u9fff][^()]*)\)")


@dataclass(frozen=True, slots=True)
class Statistic:
    """One published number, in its own unit, with its source."""

    item: str
    year: str
    value: float
    unit: str
    place: str
    source: str
    note: str

    @property
    def source_name(self) -> Text:
        """Return the source in each language: `English name (中文名)` has both."""
        found = IN_BOTH.fullmatch(self.source)
        return Text(found["zh"], found["en"]) if found else same(self.source)

    def in_units(self, units: str) -> float:
        """Return the value in other units."""
        return self.value * conversion(self.unit, units)[0]


def read_statistics(path: Path) -> list[Statistic]:
    """Return the rows of a table of published statistics.

    Raises
    ------
    ProjectError
        If the file is not there or a value is no number.
    """
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
        return [_statistic(row) for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        problem = Text(f"无法读取统计表（{error}）。", f"cannot be read as statistics ({error}).")
        raise ProjectError(where=path.name, problem=problem) from error


def _statistic(row: Mapping[str, str]) -> Statistic:
    texts = {k: row[k] for k in ("item", "year", "unit", "place", "source", "note")}
    return Statistic(value=float(row["value"]), **texts)


def find(statistics: Iterable[Statistic], item: str, year: str, place: str) -> Statistic:
    """Return one published number.

    Raises
    ------
    ProjectError
        If there is none.
    """
    for one in statistics:
        if (one.item, one.year, one.place) == (item, year, place):
            return one
    problem = Text(f"没有 {year} 年 {place} 的这一项。", f"has no row of {year} for {place}.")
    raise ProjectError(where=f"statistics, {item}", problem=problem)


def compared(overview: Overview, statistics: list[Statistic], place: str, survey: str) -> Table:
    """Return the account's water balance and forest cover beside the published ones.

    What a water bulletin implies for evapotranspiration is its precipitation minus its water
    resources; what is stored underground over the year is in that difference too.

    Parameters
    ----------
    place : str
        The place of the statistics.
    survey : str
        Year of the published forest cover.
    """
    year = str(overview.year)
    rain, depth, resources = (
        find(statistics, item, year, place)
        for item in ("precipitation_volume", "precipitation", "water_resources_total")
    )
    cover = find(statistics, "forest_cover", survey, place)
    area = overview.area_ha.sum() * conversion("ha", "m2")[0]
    land = rain.in_units("m3") / depth.in_units("m")
    evaporated = rain.in_units("m3") - resources.in_units("m3")
    fallen, lost = (
        _volume(overview, f"{n}_volume") for n in ("precipitation", "evapotranspiration")
    )
    forest = overview.forest_ha.sum() / overview.area_ha.sum()
    titles = (
        Text("降水量", "Precipitation"),
        Text("蒸散量（公布值为推算）", "Evapotranspiration (published: implied)"),
    )
    rows = (
        _volumes(titles[0], fallen, rain.in_units("m3")),
        _depths(titles[0], fallen / area, rain.in_units("m3") / land),
        _volumes(titles[1], lost, evaporated),
        _depths(titles[1], lost / area, evaporated / land),
        _shares(Text(f"森林覆盖率（公布值为 {survey} 年）", f"Forest cover (published: {survey})"),
                forest, cover.in_units(FRACTION)),
    )  # fmt: skip
    return Table(
        id="published",
        title=Text("与公布数据对比", "The account beside published figures"),
        columns=(
            Column(title=Text("项目", "Item"), number=False),
            Column(title=Text("单位", "Unit"), number=False),
            Column(title=Text("本账户", "This account")),
            Column(title=Text("公布值", "Published")),
            Column(title=Text("相差", "Difference")),
        ),
        rows=rows,
        notes=_notes(overview, (depth, cover), land * conversion("m2", "km**2")[0]),
    )


def _volume(overview: Overview, indicator: str) -> float:
    rows = overview.indicators[overview.indicators["indicator"] == indicator]
    return float(rows["amount"].sum())


def _volumes(title: Text, ours: float, published: float) -> tuple[Text, ...]:
    scale = scale_for([published])
    return (
        title, scale.of("m3"), same(scale.figure(ours)), same(scale.figure(published)),
        _difference(ours, published),
    )  # fmt: skip


def _depths(title: Text, ours_m: float, published_m: float) -> tuple[Text, ...]:
    to_mm = conversion("m", "mm")[0]
    return (
        title, unit("mm"), same(figure(ours_m * to_mm, 1)), same(figure(published_m * to_mm, 1)),
        _difference(ours_m, published_m),
    )  # fmt: skip


def _shares(title: Text, ours: float, published: float) -> tuple[Text, ...]:
    points = signed(PERCENT * (ours - published))
    return (
        title, unit("%"), same(share(ours)), same(share(published)),
        Text(f"{points} 个百分点", f"{points} points"),
    )  # fmt: skip


def _difference(ours: float, published: float) -> Text:
    return same(f"{signed(PERCENT * (ours / published - 1), 2)} %")


def _notes(
    overview: Overview, sources: tuple[Statistic, Statistic], land_km2: float
) -> tuple[Text, ...]:
    water, forest = (s.source_name for s in sources)
    area = figure(overview.area_ha.sum() * conversion("ha", "km**2")[0], 0)
    return (
        Text(
            f"公布的蒸散量由公报推算：降水量减水资源总量（含全年地下水等蓄量变化）。来源：{water.zh}。",
            "The published evapotranspiration is what the bulletin implies: precipitation minus "
            f"water resources (the year's change of groundwater included). Source: {water.en}.",
        ),
        Text(
            f"降水深是设定的（缩放到公报均值），体积之差即面积之差：本账户 {area} km²，"
            f"公报的体积除以深度为 {figure(land_km2, 0)} km²。",
            "The depth of rain is set (scaled to the bulletin's mean), so its volume differs as "
            f"the areas do: {area} km² here, {figure(land_km2, 0)} km² by the bulletin's volume "
            "over its depth.",
        ),
        Text(
            f"蒸散量与森林覆盖率的差距，是这份账户不确定性的尺度。森林覆盖率来源：{forest.zh}。",
            "The gaps in evapotranspiration and forest cover are a measure of how uncertain this "
            f"account is. Source of forest cover: {forest.en}.",
        ),
    )
