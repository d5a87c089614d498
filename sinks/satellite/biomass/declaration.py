"""The file a biomass model is declared in: its plots, its blocks, and a feature per section.

A feature is a band of a raster, a normalised difference or a ratio of two others, or terrain made
from one that holds elevation. What the catalog's rows decide (trees, level, ...) is not in this
file: a table of own rows, with their sources, replaces them.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from data_catalog.errors import GepError, ProjectError, UnknownNameError, raise_all
from data_catalog.names import suggestion
from data_catalog.parameters import Parameters, Row, bundled, read_rows
from data_catalog.text import Text
from data_catalog.toml_files import read_checked
from data_catalog.variables import variable
from tiles.project import Positive, Word, Year

__all__ = [
    "BIOMASS",
    "SET",
    "Declaration",
    "FeatureEntry",
    "Kind",
    "number_of",
    "read_declaration",
    "row_of",
]

BIOMASS = variable("above_ground_biomass")
"""What is modelled; `low` and `high` bound what a plot may hold."""
SET = "biomass"
"""The set of rows that a biomass model reads."""
Kind: TypeAlias = Literal["random_forest", "gradient_boosting"]
Pair: TypeAlias = Annotated[list[Word], Field(min_length=2, max_length=2)]
WAYS = ("path", "normalised_difference", "ratio", "terrain")
"""What a feature is made of, one of these."""
NAME = r"^[A-Za-z][A-Za-z0-9_]*$"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class ModelEntry(_Strict):
    """`[biomass]`: what is modelled, for which year, on which grid."""

    name: Word
    year: Year
    model: Kind = "random_forest"
    grid: Word | None = None
    crs: str | None = None
    resolution: Positive | None = None
    parameters: Word | None = None
    seed: Annotated[int, Field(ge=0)] = 0


class PlotsEntry(_Strict):
    """`[plots]`: the columns of the plots' file; `x`, `y` and `crs` are those of a CSV table.

    `area` is the column with the area of a plot that is given as a point, in `area_units`.
    """

    id: Word
    biomass: Word
    units: Word
    source: Word
    x: Word = "x"
    y: Word = "y"
    crs: str | None = None
    area: Word | None = None
    area_units: Word = "ha"


class BlocksEntry(_Strict):
    """`[blocks]`: the side of the blocks that are held out, and the range they must not undercut.

    Both in metres; `residual_range` is the distance up to which residuals are known, or assumed,
    to be correlated, from `source`.
    """

    side: Positive
    residual_range: Positive
    source: Word


class FeatureEntry(_Strict):
    """`[features.<name>]`: where a feature comes from; `low` and `high` bound its values.

    One with `use = false` is only there for others to be made of.
    """

    path: Word | None = None
    band: Annotated[int, Field(ge=1)] | None = None
    units: Word | None = None
    scale: float = 1.0
    offset: float = 0.0
    nodata: Annotated[float, Field(allow_inf_nan=True)] | None = None
    crs: str | None = None
    source: Word | None = None
    low: float | None = None
    high: float | None = None
    normalised_difference: Pair | None = None
    ratio: Pair | None = None
    terrain: Literal["slope"] | None = None
    of: Word | None = None
    use: bool = True

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the features that this one is made of."""
        found = self.normalised_difference or self.ratio or ([self.of] if self.of else [])
        return tuple(found)


class Declaration(_Strict):
    """The whole file; `folder` is where relative paths start."""

    biomass: ModelEntry
    plots: PlotsEntry
    blocks: BlocksEntry
    features: dict[Annotated[str, Field(pattern=NAME)], FeatureEntry]
    folder: Path = Path()

    def path(self, relative: str) -> Path:
        """Return a path of the file as one of this machine."""
        return (self.folder / relative).absolute()

    def used(self) -> tuple[str, ...]:
        """Return the names of the features that the model sees, in the order of the file."""
        return tuple(name for name, entry in self.features.items() if entry.use)

    def rows(self) -> Parameters:
        """Return the rows that count: the catalog's, and in front of them the file's own."""
        if self.biomass.parameters is None:
            return bundled()
        known = {(row.parameter, row.key): row for row in bundled() if row.set == SET}
        own = read_rows(self.path(self.biomass.parameters), {name for name, _ in known})
        raise_all(
            _outside(row, known[row.parameter, row.key])
            for row in own
            if (row.parameter, row.key) in known and not _fits(row, known[row.parameter, row.key])
        )
        return bundled().with_rows(own)

    def in_folder(self, folder: Path) -> Self:
        """Return the declaration with the folder that its paths start from."""
        return self.model_copy(update={"folder": folder})


def read_declaration(file: Path) -> Declaration:
    """Return a features file, checked.

    Raises
    ------
    ProjectError or Problems
        Unknown keys, wrong values, features made of nothing or of what is not there: all at once.
    """
    found = read_checked(Declaration, file)
    raise_all(_problems(found, file.name))
    return found.in_folder(file.absolute().parent)


def row_of(rows: Parameters, parameter: str, key: str = "") -> Row:
    """Return a row that a biomass model needs.

    Raises
    ------
    KeyError
        If the catalog has none: a fault of ours.
    """
    row = rows.find(parameter, SET, key)
    if row is None:
        raise KeyError(parameter)
    return row


def number_of(rows: Parameters, parameter: str) -> float:
    """Return a row's value in the unit that the catalog has it in."""
    known = bundled().find(parameter, SET)
    row = row_of(rows, parameter)
    return row.in_units(known.units if known else row.units)


def _fits(own: Row, known: Row) -> bool:
    """Return whether a row of one's own is within the catalog's bounds; those may be open."""
    value = own.in_units(known.units)
    return not (value < known.low or value > known.high)


def _outside(own: Row, known: Row) -> ProjectError:
    bounds = [f"{b:g}" if b == b else "–" for b in (known.low, known.high)]  # noqa: PLR0124  (NaN)
    return ProjectError(
        where=own.parameter,
        problem=Text(
            f"值 {own.value:g} {own.units} 超出允许的范围（{bounds[0]} 至 {bounds[1]} "
            f"{known.units}）。请更正参数表中的该行。",
            f"is {own.value:g} {own.units}, outside {bounds[0]} to {bounds[1]} {known.units}. "
            "Correct the row.",
        ),
    )


def _problems(declared: Declaration, where: str) -> Iterator[GepError]:
    for name, entry in declared.features.items():
        yield from _feature_problems(declared, name, entry)
    if not declared.used():
        problem = Text(
            "没有任何特征。请写至少一个 [features.名称]。",
            "declares no feature. Write at least one [features.name].",
        )
        yield ProjectError(where=where, problem=problem)
    grid = declared.biomass.grid
    rasters = [name for name, entry in declared.features.items() if entry.path is not None]
    if grid is not None and grid not in rasters:
        yield UnknownNameError(
            where="[biomass] grid", kind=Text("栅格特征", "raster feature"), name=grid,
            hint=suggestion(grid, rasters),
        )  # fmt: skip
    if declared.blocks.side < declared.blocks.residual_range:
        side, reach = declared.blocks.side, declared.blocks.residual_range
        yield ProjectError(
            where="[blocks] side",
            problem=Text(
                f"区块边长 {side:g} m 小于残差相关距离 {reach:g} m：相邻区块的样地并不独立，"
                "检验会过于乐观。请加大 side。",
                f"the blocks are {side:g} m wide, but residuals are correlated over {reach:g} m: "
                "plots of neighbouring blocks are not independent. Choose a larger side.",
            ),
        )


def _feature_problems(declared: Declaration, name: str, entry: FeatureEntry) -> Iterator[GepError]:
    where = f"[features.{name}]"
    ways = [way for way in WAYS if getattr(entry, way) is not None]
    if len(ways) != 1:
        yield ProjectError(
            where=where,
            problem=Text(
                f"须且只须写 {'、'.join(WAYS)} 之一。",
                f"needs exactly one of {', '.join(WAYS)}.",
            ),
        )
    if entry.path is not None and not (entry.units and entry.source):
        yield ProjectError(
            where=where,
            problem=Text(
                '栅格特征须写 units（无量纲写 "1"）和 source（数据来源）。',
                'a raster needs its units ("1" if it has none) and its source.',
            ),
        )
    if entry.terrain is not None and entry.of is None:
        problem = Text(
            '地形须写 of，如 of = "elevation"。', 'terrain needs `of`, as in of = "elevation".'
        )
        yield ProjectError(where=where, problem=problem)
    rasters = {n: e.units for n, e in declared.features.items() if e.path is not None}
    units = [rasters[part] for part in entry.parts if part in rasters]
    if len(set(units)) > 1:
        yield ProjectError(
            where=where,
            problem=Text(
                f"两个栅格的单位不同（{units[0]} 与 {units[1]}），不能相减或相除。",
                f"its rasters are in {units[0]} and {units[1]}: give both in one unit.",
            ),
        )
    for part in entry.parts:
        if part not in rasters:
            yield UnknownNameError(
                where=where, kind=Text("栅格特征", "raster feature"), name=part,
                hint=suggestion(part, rasters),
            )  # fmt: skip
