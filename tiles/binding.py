"""Models made ready for the engine: every input a layer, a table by class, or a number."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from data_catalog.classes import ecosystems
from data_catalog.errors import ParameterMissing
from data_catalog.parameters import Parameters, Row
from data_catalog.spec import Coefficients, Factor, Layer, Model
from data_catalog.text import Text
from data_catalog.units import conversion
from data_catalog.variables import variable
from tiles.blocks import CLASS_LIMIT, by_class

Floats: TypeAlias = npt.NDArray[np.float64]
Covers: TypeAlias = Callable[[str], bool]
SetOf: TypeAlias = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class FromLayer:
    """A layer's values, converted from the variable's units to the model's."""

    name: str
    factor: float
    offset: float


@dataclass(frozen=True, slots=True)
class ByClass:
    """A number per class: (CLASS_LIMIT,); NaN for a class in scope that has no row."""

    table: Floats


@dataclass(frozen=True, slots=True)
class Number:
    """One number for all cells."""

    value: float


@dataclass(frozen=True, slots=True)
class Names:
    """An empirical equation's coefficients."""

    values: Mapping[str, float]


Argument: TypeAlias = FromLayer | ByClass | Number | Names


@dataclass(frozen=True, kw_only=True)
class Bound:
    """A model with its numbers: what a tile evaluates.

    Parameters
    ----------
    id : str
        Unique in the run.
    account : str
        What the sums are for: a service, an indicator, a pool.
    scope : frozenset of int
        Class numbers on which the model counts; empty for all.
    classes : str
        The class layer that `scope` and the tables by class refer to.
    to_total : float
        From the output's units times m2 to the total's units.
    missing : dict
        Class number to the name of the parameter that has no row for it.
    """

    id: str
    account: str
    model: Model
    arguments: tuple[Argument, ...]
    scope: frozenset[int]
    classes: str
    to_total: float
    rows: tuple[Row, ...]
    missing: Mapping[int, str] = field(default_factory=dict)

    @property
    def areal(self) -> bool:
        """Return whether it reads no layer: its sum is area times a number per class."""
        return not self.layers()

    def work(self) -> str:
        """Return a name for what it computes: the same for any two that give the same numbers."""
        numbers = [
            a.table.tobytes().hex() if isinstance(a, ByClass) else repr(a) for a in self.arguments
        ]
        kernel = (self.model.kernel.__module__, self.model.kernel.__qualname__)
        where = (sorted(self.scope), self.classes, sorted(self.missing.items()))
        return repr((self.account, kernel, self.model.output, where, numbers))

    def renamed(self, id_: str) -> "Bound":
        """Return the same model under another id."""
        return replace(self, id=id_)

    def layers(self) -> tuple[str, ...]:
        """Return the names of the layers it reads."""
        return tuple(a.name for a in self.arguments if isinstance(a, FromLayer))

    def evaluate(self, layers: Mapping[str, Floats], classes: npt.NDArray[np.uint8]) -> Floats:
        """Return the model's output on a block of cells, in its declared units."""
        return self.model.kernel(*(self._value(a, layers, classes) for a in self.arguments))

    def _value(
        self, argument: Argument, layers: Mapping[str, Floats], classes: npt.NDArray[np.uint8]
    ) -> Floats | float | SimpleNamespace:
        if isinstance(argument, FromLayer):
            values = layers[argument.name]
            if argument.factor == 1 and argument.offset == 0:
                return values
            return values * argument.factor + argument.offset
        if isinstance(argument, ByClass):
            return np.asarray(by_class(argument.table, classes.ravel())).reshape(classes.shape)
        if isinstance(argument, Number):
            return argument.value
        return SimpleNamespace(**argument.values)


def bind(
    model: Model,
    *,
    id_: str,
    account: str,
    parameters: Parameters,
    set_of: SetOf,
    standard: str,
    covers: Covers | None = None,
    classes: str = "land_cover",
) -> Bound:
    """Return the model with its parameter rows looked up.

    Raises
    ------
    ParameterMissing
        If a number for all cells has no row. A class without a row is not an error before such a
        class is met with an area: see `Bound.missing`.
    """
    scope = frozenset(int(code) for code in ecosystems() if covers is None or covers(code))
    rows: list[Row] = []
    missing: dict[int, str] = {}
    arguments: list[Argument] = []
    for name, given in model.inputs.items():
        if isinstance(given, Layer):
            arguments.append(FromLayer(name, *conversion(variable(name).units, given.units)))
        elif isinstance(given, Coefficients):
            found = parameters.of_set(given.table, given.choose)
            rows.extend(found.values())
            arguments.append(Names({key: row.value for key, row in found.items()}))
        elif isinstance(given, Factor) and given.by:
            parameter = given.table or name
            table, used, gaps = _by_class(parameter, given, parameters, set_of(parameter), scope)
            rows.extend(used)
            missing |= gaps
            arguments.append(ByClass(table))
        elif isinstance(given, Factor):
            parameter = given.table or name
            row = number(parameter, given, parameters, set_of(parameter), account, standard)
            rows.append(row)
            arguments.append(Number(row.in_units(given.units)))
    return Bound(
        id=id_,
        account=account,
        model=model,
        arguments=tuple(arguments),
        scope=scope if covers is not None else frozenset(),
        classes=classes,
        to_total=conversion(f"({model.output.units}) * m2", model.output.total)[0],
        rows=tuple(rows),
        missing=missing,
    )


def number(
    name: str, factor: Factor, parameters: Parameters, chosen: str, service: str, standard: str
) -> Row:
    """Return the row of a factor that is one number for all cells.

    Raises
    ------
    ParameterMissing
        If there is none.
    """
    row = parameters.find(name, factor.choose or chosen)
    if row is None:
        raise ParameterMissing(service=service, parameter=name, standard=standard, key=Text("", ""))
    return row


def _by_class(
    name: str, factor: Factor, parameters: Parameters, chosen: str, scope: frozenset[int]
) -> tuple[Floats, list[Row], dict[int, str]]:
    table = np.ones(CLASS_LIMIT)  # out of scope the value is never counted: 1 keeps it finite
    used: dict[str, Row] = {}
    gaps: dict[int, str] = {}
    for code in sorted(scope):
        row = parameters.of_ecosystem(name, factor.choose or chosen, str(code))
        if row is None:
            table[code] = math.nan
            gaps[code] = name
        else:
            table[code] = row.in_units(factor.units)
            used[row.name()] = row
    return table, list(used.values()), gaps
