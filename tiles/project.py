"""The project file: TOML, one per account; unknown keys are errors with a suggestion."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from data_catalog.errors import GepError, ProjectError, raise_all
from data_catalog.names import suggestion
from data_catalog.text import Text
from data_catalog.variables import variables

YEARS = (1900, 2200)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Year = Annotated[int, Field(ge=YEARS[0], le=YEARS[1])]
Positive = Annotated[float, Field(gt=0)]


class Account(_Strict):
    """`[project]`: what is accounted, where and when, under which standard, on which grid."""

    name: str
    year: Year
    region: str | None = None
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

    path: str | None = None
    value: float | None = None
    table: str | None = None
    column: str | None = None
    year: Year | None = None
    units: str | None = None
    scale: float = 1.0
    offset: float = 0.0
    nodata: float | None = None
    crs: str | None = None
    classes: str | None = None
    scale_to: ScaledTo | None = None
    note: str = ""


class ParcelsEntry(_Strict):
    """`[parcels]`: the parcels' file, the column of their ids, inventory attributes."""

    path: str
    id: str
    layer: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)


class Tables(_Strict):
    """`[tables]`: statistics, and rows that replace rows of the standard."""

    statistics: str | None = None
    prices: str | None = None
    parameters: str | None = None


class Carbon(_Strict):
    """`[carbon]`: how the forest carbon stock is computed."""

    method: Literal["class_density", "biomass"] = "class_density"
    densities: str | None = None
    factors: str | None = None


class OutputEntry(_Strict):
    """`[output]`: which maps to write."""

    maps: list[str] | Literal["all", "none"] = "none"


class Project(_Strict):
    """A project file as read; `folder` is where relative paths start."""

    project: Account
    layers: dict[str, LayerEntry]
    parcels: ParcelsEntry | None = None
    tables: Tables = Tables()
    carbon: Carbon | None = None
    output: OutputEntry = OutputEntry()
    folder: Path = Path()

    def path(self, relative: str) -> Path:
        """Return a path of the file as one of this machine."""
        return (self.folder / relative).resolve()


def read_project(file: Path) -> Project:
    """Return a project file, checked.

    Raises
    ------
    ProjectError or Problems
        All wrong keys and values at once, each with a suggestion.
    """
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise ProjectError(
            where=str(file),
            problem=Text(
                "没有这个项目文件。用 gep init 可生成一个。",
                "no such project file. `gep init` makes one.",
            ),
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(
            where=file.name,
            problem=Text("无法读取；应为 UTF-8 文本。", "cannot be read; it must be UTF-8 text."),
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(file, error) from error
    content["folder"] = file.resolve().parent
    try:
        project = Project.model_validate(content)
    except ValidationError as error:
        raise_all(_wrong_entry(file.name, detail) for detail in error.errors())
        raise
    raise_all(_layer_problems(file.name, project))
    return project


def _not_toml(file: Path, error: tomllib.TOMLDecodeError) -> ProjectError:
    twice = "Cannot declare" in str(error) or "Cannot overwrite" in str(error)
    if twice:
        problem = Text(
            f"同一项写了两次（{error}）。每个变量只能有一个图层：请删去或改名其中之一。",
            f"the same entry is given twice ({error}). A variable has one layer: "
            "remove or rename one of the two.",
        )
    else:
        problem = Text(f"不是有效的 TOML：{error}。", f"is not valid TOML: {error}.")
    return ProjectError(where=file.name, problem=problem)


def _wrong_entry(where: str, detail: ErrorDetails) -> GepError:
    place = ".".join(str(part) for part in detail["loc"] if part not in {"str", "list[str]"})
    if detail["type"] == "extra_forbidden":
        known = _keys_beside(detail["loc"])
        hint = suggestion(str(detail["loc"][-1]), known)
        return ProjectError(
            Text("{where}：未知的键“{place}”。{hint}", "{where}: unknown key {place!r}. {hint}"),
            where=where,
            place=place,
            hint=hint,
        )
    if detail["type"] == "missing":
        problem = Text(f"缺少“{place}”。", f"{place} is missing.")
    else:
        got = detail["input"]
        problem = Text(
            f"“{place}”的值 {got!r} 无效（{detail['msg']}）。",
            f"{place} is {got!r}: {detail['msg'][:1].lower()}{detail['msg'][1:]}.",
        )
    return ProjectError(where=where, problem=problem)


def _keys_beside(location: tuple[int | str, ...]) -> set[str]:
    model: Any = Project
    for part in location[:-1]:
        if model is Project and part == "layers":
            model = "layers"
        elif model == "layers":
            model = LayerEntry
        else:
            field = model.model_fields.get(str(part)) if isinstance(model, type) else None
            annotation = field.annotation if field else None
            options = [annotation, *getattr(annotation, "__args__", ())]
            model = next(
                (o for o in options if isinstance(o, type) and issubclass(o, BaseModel)), None
            )
    if isinstance(model, type) and issubclass(model, BaseModel):
        return set(model.model_fields) - {"folder"}
    return set()


def _layer_problems(where: str, project: Project) -> list[GepError]:
    problems: list[GepError] = []
    for name, entry in project.layers.items():
        place = f"{where} [layers.{name}]"
        if name not in variables():
            problems.append(
                ProjectError(
                    Text(
                        "{where}：没有名为“{name}”的变量。{hint}",
                        "{where}: no variable is named {name!r}. {hint}",
                    ),
                    where=place,
                    name=name,
                    hint=suggestion(name, variables()),
                )
            )
            continue
        given = [k for k in ("path", "value", "table") if getattr(entry, k) is not None]
        if len(given) != 1:
            problems.append(
                ProjectError(
                    where=place,
                    problem=Text(
                        f"需要且只需要 path、value、table 之一（现有：{', '.join(given) or '无'}）。",
                        f"needs one of path, value, table (has: {', '.join(given) or 'none'}).",
                    ),
                )
            )
        if entry.table is not None and entry.column is None:
            problems.append(
                ProjectError(
                    where=place,
                    problem=Text("用 table 时还要写 column。", "a table needs a `column` too."),
                )
            )
        if variables()[name].kind == "class" and entry.path and not entry.classes:
            problems.append(
                ProjectError(
                    where=place,
                    problem=Text(
                        "类别图层要用 classes 写明对照表（如 clcd、worldcover）。",
                        "a class layer needs `classes`, the crosswalk of its codes "
                        "(clcd, worldcover ...).",
                    ),
                )
            )
        problems.extend(_year_problems(place, name, entry, project.project))
    return problems


def _year_problems(
    place: str, name: str, entry: LayerEntry, account: Account
) -> list[ProjectError]:
    epoch = variables()[name].epoch
    want = account.year if epoch == "account" else account.baseline_year
    if epoch == "baseline" and want is None:
        return [
            ProjectError(
                where=place,
                problem=Text(
                    "基期图层需要 [project] baseline_year。",
                    "a baseline layer needs [project] baseline_year.",
                ),
            )
        ]
    if entry.year is not None and entry.year != want:
        return [
            ProjectError(
                where=place,
                problem=Text(
                    f"图层年份 {entry.year} 不是{'基期' if epoch == 'baseline' else '核算'}年 {want}。"
                    "请换用该年的图层；若确要以它代替，删去 year 并在 note 中说明。",
                    f"is of {entry.year}, but the {epoch} year is {want}. Give that year's "
                    "layer; if this one is to stand in for it, remove `year` and say why in "
                    "`note`.",
                ),
            )
        ]
    return []
