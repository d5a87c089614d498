"""What must be read beside an account's values: prices of several years, prices in dispute."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from data_catalog.parameter_titles import parameter_title
from data_catalog.parameters import Parameters, Row, bundled
from data_catalog.standards import Standard
from data_catalog.standards.conflicts import Conflict, conflicts
from data_catalog.text import Text
from gep.price_level import PriceLevel, is_money
from gep.services import services

__all__ = ["Remark", "in_dispute", "of_prices"]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to read beside the values; `about` names it for programs."""

    about: str
    text: Text

    def record(self) -> dict[str, str]:
        """Return it for a manifest."""
        return {"about": self.about, "zh": self.text.zh, "en": self.text.en}


def of_prices(level: PriceLevel, rows: Sequence[Row], years: Iterable[str]) -> Iterator[Remark]:
    """Yield what is to be said of the years of an account's prices.

    Parameters
    ----------
    rows : sequence of Row
        All that values rest on.
    years : iterable of str
        Those whose prices the values are in.
    """
    found = sorted(set(years))
    if len(found) > 1:
        text = Text(
            f"价格年不一（{'、'.join(found)} 年），合计是不同年份价格之和。",
            f"The prices are of different years ({', '.join(found)}): totals add them as they are.",
        )
        yield Remark("price years", text)
    if stuck := level.stuck(found):
        yield Remark("price index", stuck)
    undated = sorted({row.name() for row in rows if is_money(row.units) and not row.year})
    if undated:
        text = Text(
            f"来源没有写价格年：{'、'.join(undated)}。",
            f"The source states no price year: {', '.join(undated)}.",
        )
        yield Remark("undated prices", text)


def in_dispute(
    standard: Standard, parameters: Parameters, names: Collection[str]
) -> Iterator[Remark]:
    """Yield what is to be said of a profile's prices for which sources disagree.

    Parameters
    ----------
    parameters : Parameters
        In force: a project's own rows come before those of the profile's sets.
    names : collection of str
        The services whose prices are looked at.
    """
    chosen = _chosen(standard, parameters, names)
    for conflict in conflicts():
        rows = [row for row in chosen if row.parameter in conflict.parameters()]
        said = [*_far(conflict, rows), *_mixed(conflict, rows)]
        if said:
            zh = "；".join(t.zh for t in said)
            en = "; ".join(t.en for t in said)
            text = Text(
                f"{conflict.title.zh}：{zh}。{conflict.why.zh}",
                f"{conflict.title.en}: {en}. {conflict.why.en}",
            )
            yield Remark(conflict.id, text)


def _chosen(standard: Standard, parameters: Parameters, names: Collection[str]) -> list[Row]:
    """Return the single prices that the valuations of a standard read, each once."""
    found: dict[str, Row] = {}
    for one in (s for s in services() if s.id in standard.services and s.id in names):
        for valuation in map(one.valuation, standard.services[one.id].valuations):
            for name, factor in valuation.factors().items():
                parameter = valuation.parameters()[name]
                row = parameters.find(
                    parameter, factor.choose or standard.set_of(one.id, parameter)
                )
                if row is not None:
                    found[row.name()] = row
    return list(found.values())


def _far(conflict: Conflict, rows: Sequence[Row]) -> Iterator[Text]:
    """Yield each chosen number with the published ones that it differs from by too much."""
    for row in rows:
        others = [
            other
            for other in bundled()
            if other.parameter == row.parameter
            and (other.parameter, other.set) in conflict.families
            and not _near(other.in_units(row.units), row.value, conflict.factor)
        ]
        if others:
            by_value = sorted(others, key=lambda o: o.in_units(row.units))
            zh = "、".join(_said(o, row.units) for o in by_value)
            en = ", ".join(_said(o, row.units) for o in by_value)
            one_of_many = len(conflict.parameters()) > 1
            name = parameter_title(row.parameter) if one_of_many else Text("", "")
            own = f"{row.value:g} {row.units} ({_from(row)})"
            yield Text(
                f"{name.zh} {own} 与 {zh} 相差 {conflict.factor:g} 倍以上".strip(),
                f"{name.en} {own} differs more than {conflict.factor:g}-fold from {en}".strip(),
            )


def _near(one: float, other: float, factor: float) -> bool:
    return max(one, other) <= factor * min(one, other)


def _said(row: Row, units: str) -> str:
    return f"{row.in_units(units):g} ({_from(row)})"


def _from(row: Row) -> str:
    return f"{row.set} {row.year}".strip()


def _mixed(conflict: Conflict, rows: Sequence[Row]) -> Iterator[Text]:
    """Yield that numbers of several kinds, or several numbers for one thing, stand together."""
    known = [row for row in rows if (row.parameter, row.set) in conflict.families]
    families = dict.fromkeys(conflict.families[row.parameter, row.set] for row in known)
    if len(families) > 1:
        zh, en = "、".join(f.zh for f in families), ", ".join(f.en for f in families)
        yield Text(f"同一方案混用{zh}", f"one profile mixes {en}")
    for parameter in dict.fromkeys(row.parameter for row in rows):
        sets = [row.set for row in rows if row.parameter == parameter]
        if len(sets) > 1:
            yield Text(
                f"{parameter} 在不同服务里取自 {'、'.join(sets)}",
                f"{parameter} is read from {' and '.join(sets)} in different services",
            )
