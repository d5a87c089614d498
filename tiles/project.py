"""The project file: TOML, one per account; unknown keys are errors with a suggestion."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from data_catalog.errors import GepError, ProjectError, UnknownNameError, raise_all
from data_catalog.names import suggestion
from data_catalog.standards import standard
from data_catalog.text import Text
from data_catalog.toml_files import read_checked
from data_catalog.variables import Variable, find_variable, variables

YEARS = (1900, 2200)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


Year = Annotated[int, Field(ge=YEARS[0], le=YEARS[1])]
Word = Annotated[str, Field(min_length=1, pattern=r"^[^\x00]+$")]
"""A name or a path."""
Positive = Annotated[float, Field(gt=0)]


class Account(_Strict):
    """`[project]`: what is accounted, where and when, under which standard, on which grid."""

    name: Word
    year: Year
    region: Word | None = None
    baseline_year: Year | None = None
    price_year: Year | None = None
    standard: str = "cn-open"
    crs: str | None = None
    resolution: Positive | None = None
    grid: str | None = None
    tile: Annotated[int, Field(ge=16)] = 1024


class ScaledTo(_Strict):
    """The mean over the parcels that a layer is scaled to: the layer is then only a pattern."""

    mean: float
    units: str
    source: str


class LayerEntry(_Strict):
    """`[layers.<variable>]`: a raster, a constant, or a table joined by region."""

    path: Word | None = None
    value: float | None = None
    table: Word | None = None
    column: Word | None = None
    year: Year | None = None
    units: str | None = None
    scale: float = 1.0
    offset: float = 0.0
    nodata: Annotated[float, Field(allow_inf_nan=True)] | None = None
    crs: str | None = None
    classes: str | None = None
    scale_to: ScaledTo | None = None
    note: str = ""


class ParcelsEntry(_Strict):
    """`[parcels]`: the parcels' file, the column of their ids, inventory attributes."""

    path: Word
    id: Word
    layer: Word | None = None
    columns: dict[str, str] = Field(default_factory=dict)


class Tables(_Strict):
    """`[tables]`: statistics and objects, and rows that replace rows of the standard.

    `opening_run` is the folder of an earlier run, the account at opening.
    """

    statistics: Word | None = None
    lakes: Word | None = None
    reservoirs: Word | None = None
    roads: Word | None = None
    coast: Word | None = None
    visitors: Word | None = None
    storms: Word | None = None
    flood_events: Word | None = None
    users: Word | None = None
    iucn_groups: Word | None = None
    inventory: Word | None = None
    trees: Word | None = None
    bamboo: Word | None = None
    growth_records: Word | None = None
    stand_events: Word | None = None
    confusion: Word | None = None
    wood_products: Word | None = None
    opening_run: Word | None = None
    prices: Word | None = None
    parameters: Word | None = None


class MapErrorEntry(_Strict):
    """`[carbon.map_error]`: by which rows the error of a biomass map is alike in space and time."""

    range: Word
    dates: Word


class Carbon(_Strict):
    """`[carbon]`: how the forest carbon stock is computed.

    `soils` and `soil_type` are the set (a climate's) and soil by which converted land changes;
    `rest` is the method of parcels without an inventory; `routes`, `sets`, `added` and `trees` are
    what the inventory method chooses among; `dead_organic` is how dead wood and litter of
    converted land build up; `wood_products` is the set of the products' half-lives; `confidence`
    is the standard whose level intervals have.
    """

    method: Literal["class_density", "biomass", "inventory"] = "class_density"
    densities: str | None = None
    factors: str | None = None
    soils: str | None = None
    soil_type: str | None = None
    map_error: MapErrorEntry | None = None
    rest: Literal["class_density", "biomass"] | None = None
    routes: list[Word] | None = None
    sets: dict[str, str] = Field(default_factory=dict)
    added: list[Word] = Field(default_factory=list)
    trees: list[Word] | None = None
    dead_organic: Literal["at_once", "transition"] = "at_once"
    wood_products: Word = "ipcc-hwp"
    confidence: Word = "ipcc-2006"

    @property
    def of_maps(self) -> str | None:
        """Return the method of what has no inventory; the method itself where it reads maps."""
        return self.rest if self.method == "inventory" else self.method


class OutputEntry(_Strict):
    """`[output]`: which maps to write."""

    maps: list[str] | Literal["all", "none"] = "none"


class Sections(_Strict):
    """What a project file may hold."""

    project: Account
    layers: dict[str, LayerEntry]
    parcels: ParcelsEntry | None = None
    tables: Tables = Tables()
    carbon: Carbon | None = None
    output: OutputEntry = OutputEntry()


class Project(Sections):
    """A project file as read; `folder` is where relative paths start."""

    folder: Path = Path()

    def path(self, relative: str) -> Path:
        """Return a path of the file as one of this machine."""
        return (self.folder / relative).absolute()


def read_project(file: Path) -> Project:
    """Return a project file, checked.

    Raises
    ------
    ProjectError or Problems
        All wrong keys and values at once, each with a suggestion; where all keys are right, all
        that is wrong with the file and with the files it names.
    """
    if not file.exists():
        raise ProjectError(
            where=str(file),
            problem=Text(
                "没有这个项目文件。用 gep init 可生成一个。",
                "no such project file. `gep init` makes one.",
            ),
        )
    sections = read_checked(Sections, file)
    project = Project(**dict(sections), folder=file.resolve().parent)
    found = [*_account_problems(project), *_layer_problems(file.name, project)]
    if found:
        from tiles.inputs import file_problems  # it reads projects: not at import

        raise_all([*found, *file_problems(project)])
    return project


def _account_problems(project: Project) -> Iterator[GepError]:
    try:
        standard(project.project.standard, project.folder)
    except GepError as error:
        yield from getattr(error, "errors", (error,))
    year, before = project.project.year, project.project.baseline_year
    if before is not None and before >= year:
        yield ProjectError(
            where="[project] baseline_year",
            problem=Text(
                f"基期年 {before} 不早于核算年 {year}。请更正其一。",
                f"{before} is not before the accounting year {year}. Correct one of the two.",
            ),
        )
    carbon = project.carbon
    if carbon is not None and carbon.of_maps == "class_density" and carbon.densities is None:
        yield ProjectError(
            where="[carbon]",
            problem=Text(
                "class_density 方法需要 densities（碳密度参数集，如 zhejiang-2016）。",
                "the class_density method needs `densities`, a set such as zhejiang-2016.",
            ),
        )
    sampled = project.tables.confusion is not None
    if (
        carbon is not None
        and carbon.dead_organic == "transition"
        and (carbon.of_maps != "class_density" or sampled)
    ):
        yield ProjectError(
            where="[carbon] dead_organic",
            problem=Text(
                "枯死木与枯落物的转变期只用于 class_density 方法，且不能与 [tables] confusion "
                "同用（样本校正的面积没有转变年份）。请删去其一。",
                "the transition of dead wood and litter goes with class densities, and not with "
                "[tables] confusion (corrected areas have no year of conversion). Remove one.",
            ),
        )
    if carbon is not None and carbon.of_maps == "biomass" and carbon.factors is None:
        yield ProjectError(
            where="[carbon]",
            problem=Text(
                "biomass 方法需要 factors（含碳率与根茎比参数集）。",
                "the biomass method needs `factors`, the set of carbon fraction and roots.",
            ),
        )


def _layer_problems(where: str, project: Project) -> Iterator[GepError]:
    known = {name: find_variable(name) for name in project.layers}
    kinds = {found.kind if found else "unknown" for found in known.values()}
    if kinds <= {"continuous"}:
        yield ProjectError(
            where=f"{where} [layers]",
            problem=Text(
                "没有类别图层：至少需要 land_cover。",
                "there is no class layer: at least land_cover is needed.",
            ),
        )
    for name, entry in project.layers.items():
        place = f"{where} [layers.{name}]"
        found = known[name]
        if found is not None:
            problems = (
                *_source_problems(entry),
                *_kind_problems(found, entry),
                *(_year_problems(found.epoch, entry, project.project)
                  if found.epoch != "dated" else _dated_problems(name, entry, project)),
            )  # fmt: skip
            yield from (ProjectError(where=place, problem=problem) for problem in problems)
        else:
            yield UnknownNameError(
                where=place,
                kind=Text("变量", "variable"),
                name=name,
                hint=suggestion(name.lower(), variables()),
            )


def _source_problems(entry: LayerEntry) -> Iterator[Text]:
    given = [k for k in ("path", "value", "table") if getattr(entry, k) is not None]
    if len(given) != 1:
        yield Text(
            f"需要且只需要 path、value、table 之一（现有：{', '.join(given) or '无'}）。",
            f"needs one of path, value, table (has: {', '.join(given) or 'none'}).",
        )
    if entry.table is not None and entry.column is None:
        yield Text("用 table 时还要写 column。", "a table needs a `column` too.")
    if entry.table is None and entry.column is not None:
        yield Text("column 只用于 table。", "`column` belongs to a `table`; there is none.")
    of_file = [k for k in ("nodata", "crs") if getattr(entry, k) is not None]
    if entry.path is None and of_file:
        yield Text(
            f"{', '.join(of_file)} 只用于 path 给出的栅格，请删去。",
            f"{', '.join(of_file)}: only a raster given as `path` has that. Remove it.",
        )
    if entry.scale == 0:
        yield Text(
            "scale = 0 会把所有数值变成零。请写正确的系数，或删去。",
            "scale = 0 would make every value zero. Write the right factor, or remove it.",
        )


def _kind_problems(known: Variable, entry: LayerEntry) -> Iterator[Text]:
    if known.kind == "continuous":
        if entry.classes is not None:
            yield Text(
                f"{known.title.zh}不是类别图层，请删去 classes。",
                f"{known.name} is no class layer: remove `classes`.",
            )
        return
    if entry.path is not None and not entry.classes:
        yield Text(
            "类别图层要用 classes 写明对照表（如 clcd、worldcover）。",
            "a class layer needs `classes`, the crosswalk of its codes (clcd, worldcover ...).",
        )
    if entry.value is not None:
        yield Text("类别图层不能是常数。", "a class layer cannot be a constant.")
    if entry.table is not None:
        yield Text("类别图层不能来自表格。", "a class layer cannot come from a table.")
    numeric = [k for k in ("units", "scale", "offset", "scale_to") if k in entry.model_fields_set]
    if numeric:
        yield Text(
            f"类别没有单位，也不能缩放。请删去 {', '.join(numeric)}。",
            f"a class has no units and cannot be scaled. Remove {', '.join(numeric)}.",
        )


def _dated_problems(name: str, entry: LayerEntry, project: Project) -> Iterator[Text]:
    """Yield what is wrong with a class map of one more year."""
    of, year = name.rsplit("_", 1)
    account = project.project
    if int(year) in {account.year, account.baseline_year} or int(year) > account.year:
        own = of if int(year) == account.year else f"{of}_baseline"
        yield Text(
            f"{year} 年不早于核算年 {account.year}，或就是核算年、基期年；"
            f"这两年的图层写作 {of} 和 {of}_baseline。",
            f"is of {year}. A dated map is of a year before {account.year} other than the "
            f"baseline's; those of the two years are {of} and {of}_baseline (this one: {own}).",
        )
    if of not in project.layers:
        yield Text(f"还需要核算年的 {of} 图层。", f"needs the layer {of} of the account year, too.")
    if entry.year is not None and entry.year != int(year):
        yield Text(
            f"名称中的年份 {year} 与 year = {entry.year} 不符。",
            f"its name says {year}, but year is {entry.year}. Correct one of them.",
        )


def _year_problems(epoch: str, entry: LayerEntry, account: Account) -> Iterator[Text]:
    want = account.year if epoch == "account" else account.baseline_year
    if want is None:
        yield Text(
            "基期图层需要 [project] baseline_year。",
            "a baseline layer needs [project] baseline_year.",
        )
    elif entry.year is not None and entry.year != want:
        yield Text(
            f"图层年份 {entry.year} 不是{'基期' if epoch == 'baseline' else '核算'}年 {want}。"
            "请换用该年的图层；若确要以它代替，删去 year 并在 note 中说明。",
            f"is of {entry.year}, but the {epoch} year is {want}. Give that year's layer; if this "
            "one is to stand in for it, remove `year` and say why in `note`.",
        )
