"""Growth curves from parameter rows: declared sets, and those of a project.

No set is a default: a curve grows stands of the region and the site it was made from. What a set
is for stands in its title. A project's own curves are rows of its own parameter table, asked for by
their form: `logistic/chinese_fir`, `table/chinese_fir`. Standard errors of their parameters are
taken as independent.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from data_catalog.errors import UnknownNameError
from data_catalog.names import suggestion
from data_catalog.parameters import LOCAL, Parameters, Row
from data_catalog.spec import Citation
from data_catalog.text import Text
from data_catalog.units import conversion, same_kind
from sinks.growth.curve import QUANTITIES, SERVICE, Curve, FormCurve, GrowthError
from sinks.growth.form import Numbers
from sinks.growth.forms import FORMS, form
from sinks.growth.table_curve import TableCurve, of_increments, of_stocks
from sinks.rows import missing, needed

__all__ = ["CURVE_SETS", "CurveSet", "bundled_curve", "curve_set"]

INCREMENT = "growth_increment"


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveSet:
    """A set of curves in the parameter tables.

    `form` is the id of a form, whose parameters are rows `growth_<parameter>` with the species
    group as key; or `table`, whose rows `growth_increment` or `growth_stock` have the key
    `<group> <age>`.
    """

    id: str
    title: Text
    form: str
    source: Citation
    note: Text


TABLE = "table"
CURVE_SETS = (
    CurveSet(
        id="hebei-north-2017",
        title=Text("冀北（示例，不可用于南方）", "northern Hebei (an example; not for the south)"),
        form="richards",
        source=Citation("zhang_2017_hebei", "Tables 1 and 2"),
        note=Text(
            "仅作检验和演示；给出蓄积量，无标准误。",
            "For tests and demonstration alone: stock volume, without standard errors.",
        ),
    ),
    CurveSet(
        id="hebei-north-2017-density",
        title=Text(
            "冀北按龄级碳密度（示例）", "northern Hebei, carbon density by age (an example)"
        ),
        form=TABLE,
        source=Citation("zhang_2017_hebei", "Table 8"),
        note=Text(
            "不同林分按龄级的差，不是同一林分的生长。",
            "Differences between stands of different ages, not the growth of one.",
        ),
    ),
    CurveSet(
        id="co2fix-larch",
        title=Text("落叶松 CO2FIX 年生长量（示例）", "larch, CO2FIX increments (an example)"),
        form=TABLE,
        source=Citation("larch_co2fix_2016", "stem increments by age"),
        note=Text("干材年生长量；50 年以后无数据。", "Stem increments; nothing beyond 50 years."),
    ),
)


def curve_set(name: str) -> CurveSet:
    """Return a set of curves by its id; by that of a form, or `table`, the project's own.

    Raises
    ------
    UnknownNameError
        If there is none.
    """
    known = {one.id: one for one in CURVE_SETS} | {
        kind: CurveSet(
            id=LOCAL, title=Text("项目自己的曲线", "the project's own curves"), form=kind,
            source=Citation(LOCAL, "[tables] parameters"), note=Text("", ""),
        )
        for kind in (*(one.id for one in FORMS), TABLE)
    }  # fmt: skip
    if name not in known:
        raise UnknownNameError(
            where=SERVICE, kind=Text("生长曲线集", "set of growth curves"), name=name,
            hint=suggestion(name, known),
        )  # fmt: skip
    return known[name]


def bundled_curve(parameters: Parameters, chosen: str, group: str) -> Curve:
    """Return the curve of a species group in a set, the project's own rows in front.

    Raises
    ------
    UnknownNameError, ParameterMissing, GrowthError
        If there is no such set; the set has no such group; a row is of the wrong kind.
    """
    of = curve_set(chosen)
    chosen = of.id
    name = f"growth_curve[{chosen}, {group}]"
    if of.form == TABLE:
        return _table(parameters, chosen, group, name)
    shape = form(of.form)
    rows = {p: _row(parameters, f"growth_{p}", chosen, group) for p in shape.parameters}
    units = _units(rows["asymptote"], name, lambda one: one)
    numbers, errors = {}, []
    for parameter, row in rows.items():
        wanted = units if shape.parameters[parameter].units == "stock" else (
            shape.parameters[parameter].units
        )  # fmt: skip
        factor, _ = conversion(row.units, wanted)
        numbers[parameter] = row.in_units(wanted)
        errors.append(row.se * factor)
    return FormCurve(
        name=name, form=shape, units=units, parameters=numbers,
        covariance=np.diag(np.square(errors)),
    )  # fmt: skip


def _table(parameters: Parameters, chosen: str, group: str, name: str) -> TableCurve:
    """Return the curve of a table of increments, or of stocks."""
    for parameter, make, per in (
        (INCREMENT, of_increments, lambda units: f"{units}/year"),
        ("growth_stock", of_stocks, lambda units: units),
    ):
        keyed = parameters.of_set(parameter, chosen).items()
        rows = {_age(row): row for key, row in keyed if key.rpartition(" ")[0] == group}
        if rows:
            ages: Numbers = np.array(sorted(rows))
            units = _units(rows[float(ages[0])], name, per)
            stocks = np.array([rows[age].in_units(per(units)) for age in ages.tolist()])
            return make(name, units, ages, stocks)
    raise missing(SERVICE, INCREMENT, chosen, group)


def _age(row: Row) -> float:
    """Return the age in the key of a row of a table, years."""
    try:
        return float(row.key.rpartition(" ")[2])
    except ValueError as error:
        raise GrowthError(where=row.name(), problem=Text(
            "key 须为“组 年龄”，例如 larch 15。",
            "its key must be a group and an age, such as larch 15.",
        )) from error  # fmt: skip


def _row(parameters: Parameters, parameter: str, chosen: str, group: str) -> Row:
    return needed(parameters, SERVICE, parameter, chosen, group)


def _units(row: Row, name: str, per: Callable[[str], str]) -> str:
    """Return which of the quantities a row measures."""
    for one in QUANTITIES:
        if same_kind(row.units, per(one.units)):
            return one.units
    known = ", ".join(per(one.units) for one in QUANTITIES)
    raise GrowthError(where=name, problem=Text(
        f"{row.name()} 的单位是 {row.units}，需要 {known} 之一。",
        f"{row.name()} is in {row.units}; it must be in one of {known}.",
    ))  # fmt: skip
