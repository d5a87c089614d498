"""The words a model is declared with: citation, layer, column, factor, output, model."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from data_catalog.errors import SpecError
from data_catalog.text import Text

Pixels: TypeAlias = npt.NDArray[np.float64]
Kernel: TypeAlias = Callable[..., Pixels]

ECOSYSTEM = "ecosystem"
"""A factor `by` this has a row per HJ 1166 class: level II (`11`), or level I (`1`)."""


NO_TEXT = Text("", "")


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a formula or a number comes from: a key of references.csv and the place inside."""

    key: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A raster input, read under the name of the variable it is declared with."""

    symbol: str
    units: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A number of each row of the model's table, read from the column of the same name."""

    symbol: str
    units: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """A number from the parameter table `table`, by default that of the input's own name.

    `by` says whether there is one row for all, one per ecosystem, or one per text of a column of
    the model's table; `choose` names the set to read when the equation itself fixes it (44/12),
    otherwise the standard chooses the set. Where the model's table has a column of the input's
    name, the row's own number comes before the parameter's.
    """

    symbol: str
    units: str
    by: str | None = None
    choose: str | None = None
    table: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficients:
    """All rows of one parameter set, handed to the kernel as names: an empirical equation's."""

    table: str
    choose: str


Input: TypeAlias = Layer | Column | Factor | Coefficients


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What the kernel returns per pixel, the units of its sum over an area, and its range.

    `low` and `high` bound what one pixel may give, in `units`: sums are exact within them, and a
    pixel outside is an error, never a wrapped number.
    """

    name: str
    units: str
    total: str
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Model:
    """A declared computation: what a service's variant, a methodology and a derived layer share.

    `empirical` holds the reason why the equation's units do not follow from its inputs'; empty
    for an equation that a test may run on quantities.
    """

    id: str
    title: Text
    formula: str
    source: Citation
    inputs: Mapping[str, Input]
    kernel: Kernel
    output: Output
    empirical: str = ""
    note: Text = NO_TEXT

    def __post_init__(self) -> None:
        got, want = tuple(inspect.signature(self.kernel).parameters), tuple(self.inputs)
        if got != want:
            raise SpecError(where=self.id, got=got, want=want)

    def __call__(self, **inputs: Any) -> Pixels:  # noqa: ANN401  (arrays, scalars or quantities)
        """Compute the output for inputs already in the declared units."""
        return self.kernel(**inputs)

    def layers(self) -> dict[str, Layer]:
        """Return the raster inputs by name."""
        return {name: i for name, i in self.inputs.items() if isinstance(i, Layer)}

    def columns(self) -> dict[str, Column]:
        """Return the inputs read from each row of the model's table, by name."""
        return {name: i for name, i in self.inputs.items() if isinstance(i, Column)}

    def factors(self) -> dict[str, Factor]:
        """Return the inputs read from parameter tables, by input name."""
        return {name: i for name, i in self.inputs.items() if isinstance(i, Factor)}

    def parameters(self) -> dict[str, str]:
        """Return the parameter table of each factor, by input name."""
        return {name: factor.table or name for name, factor in self.factors().items()}
