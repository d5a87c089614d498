"""Standards as data: which variant, parameter sets and prices each service is accounted with.

Also how any TOML that people write is read (`read_toml`, `checked`): what is wrong with it is told
in words, all at once, with the nearest known key.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from data_catalog import parameters
from data_catalog.classes import ecosystems
from data_catalog.errors import GepError, ProjectError, UnknownNameError, raise_all
from data_catalog.names import suggestion
from data_catalog.text import Text

M = TypeVar("M", bound=BaseModel)
Location = tuple[int | str, ...]
Spread: TypeAlias = Literal["area", "npp", "none"]
SHOWN = 60
"""Characters of a wrong value that a message shows."""
LINE = re.compile(r"at line (\d+), column \d+")
TWICE = ("Cannot declare", "Cannot overwrite", "Duplicate inline", "Cannot mutate immutable")
"""How tomllib begins to say that an entry is given a second time."""
BRANCH = re.compile(r"str|int|float|(list|dict|tuple|literal)\[.*\]")
"""What pydantic puts into a place for one of several kinds that a value may be of."""
WANTED = {
    "int": Text("为整数", "a whole number"),
    "float": Text("为数", "a number"),
    "finite_number": Text("为有限的数", "a finite number"),
    "string": Text("为文字（加引号）", "text in quotation marks"),
    "string_too_short": Text("为非空文字", "text that is not empty"),
    "string_pattern_mismatch": Text("为普通文字", "plain text"),
    "bool": Text("为 true 或 false", "true or false"),
    "model": Text("为一节（[...]）", "a section [...]"),
    "dict": Text("为一节（[...]）", "a section [...]"),
    "list": Text("为方括号中的列表", "a list in brackets"),
    "tuple": Text("为方括号中的列表", "a list in brackets"),
    "greater_than": Text("大于 {gt}", "more than {gt}"),
    "greater_than_equal": Text("不小于 {ge}", "at least {ge}"),
    "less_than_equal": Text("不大于 {le}", "at most {le}"),
    "literal": Text("为 {expected}", "{expected}"),
}
"""What a value must be, by how pydantic calls the mistake."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Part(_Strict):
    """One variant of a service and the ecosystems it is accounted on.

    `classes` are HJ 1166 codes of level I or II. An ecosystem in no part's list is out of the
    service's scope under this standard: it neither counts nor is missing. What a table's row says
    of a region is shared out over `classes` by `spread`: their area, their net primary production,
    or not at all.
    """

    variant: str
    classes: tuple[str, ...]
    spread: Spread = "area"

    def covers(self, code: str) -> bool:
        """Return whether a level-II class is in scope."""
        return code in self.classes or code[:1] in self.classes


class Choice(_Strict):
    """How one service is accounted under a standard."""

    parts: tuple[Part, ...]
    valuations: tuple[str, ...] = ()
    sets: dict[str, str] = Field(default_factory=dict)
    counted: bool = True
    note_zh: str = ""
    note_en: str = ""

    def covers(self, code: str) -> bool:
        """Return whether a level-II class is in the scope of any part."""
        return any(part.covers(code) for part in self.parts)


class Standard(_Strict):
    """A named profile: what counts, how, with which parameters and prices."""

    id: str
    title_zh: str
    title_en: str
    source: str
    default_set: str = ""
    services: dict[str, Choice]
    derived_sets: dict[str, str] = Field(default_factory=dict)
    note_zh: str = ""
    note_en: str = ""

    @property
    def title(self) -> Text:
        """Return the title in both languages."""
        return Text(self.title_zh, self.title_en)

    def set_of(self, service: str, parameter: str) -> str:
        """Return the parameter set that a service reads a parameter from."""
        choice = self.services.get(service)
        chosen = choice.sets.get(parameter) if choice else self.derived_sets.get(parameter)
        return chosen or self.default_set


@cache
def bundled() -> dict[str, Standard]:
    """Return the standards that come with the toolkit, by id."""
    folder = resources.files("data_catalog.standards")
    files = sorted(f.name for f in folder.iterdir() if f.name.endswith(".toml"))
    found = [_parse((folder / name).read_text(encoding="utf-8"), name) for name in files]
    return {standard.id: standard for standard in found}


def standard(name: str, folder: Path | None = None) -> Standard:
    """Return a standard by id, or read one from a TOML file beside the project.

    Raises
    ------
    UnknownNameError
        If it is neither.
    ProjectError or Problems
        All unknown keys, wrong values, classes and parameter sets of the file at once.
    """
    if name in bundled():
        return bundled()[name]
    path = (folder or Path()) / name
    if path.suffix == ".toml":
        found = checked(Standard, read_toml(path, name), name)
        raise_all(_problems(found, name))
        return found
    raise UnknownNameError(
        where="[project] standard" if folder else "standard",
        kind=Text("核算标准", "standard"),
        name=name,
        hint=suggestion(name, bundled()),
    )


def _parse(text: str, where: str) -> Standard:
    return checked(Standard, content_of(text, where), where)


def _problems(chosen: Standard, where: str) -> Iterator[GepError]:
    """Yield what a standard of one's own says that would be passed over in silence."""
    if chosen.id in bundled():
        yield ProjectError(
            where=where,
            problem=Text(
                f"id “{chosen.id}”是内置标准的名称，请另取一个。",
                f"id {chosen.id!r} is that of a standard that comes with gep. Choose another.",
            ),
        )
    for name, choice in chosen.services.items():
        yield from _class_problems(choice, f"{where}: services.{name}")
        for valuation in sorted({v for v in choice.valuations if choice.valuations.count(v) > 1}):
            problem = Text(
                f"{valuation} 写了两次，会被计价两次。请只留一次。",
                f"{valuation} is there twice and would be valued twice. Keep one.",
            )
            yield ProjectError(where=f"{where}: services.{name}.valuations", problem=problem)
        for parameter, set_ in choice.sets.items():
            yield from _set_problems(parameter, set_, f"{where}: services.{name}.sets")
    for parameter, set_ in chosen.derived_sets.items():
        yield from _set_problems(parameter, set_, f"{where}: derived_sets")
    sets = {row.set for row in parameters.bundled()}
    if chosen.default_set and chosen.default_set not in sets:
        yield _no_set(chosen.default_set, sets, f"{where}: default_set", "")


def _class_problems(choice: Choice, where: str) -> Iterator[GepError]:
    known = {*ecosystems(), *(code[:1] for code in ecosystems())}
    for code in (c for part in choice.parts for c in part.classes):
        if code not in known:
            problem = Text(
                f"“{code}”不是 HJ 1166 的类别；应为一位或两位代码，如 1 或 11。",
                f"{code!r} is no class of HJ 1166; write its one or two digits, as 1 or 11.",
            )
            yield ProjectError(where=where, problem=problem)


def _set_problems(parameter: str, set_: str, where: str) -> Iterator[GepError]:
    known = parameters.bundled()
    sets = {row.set for row in known if row.parameter == parameter}
    if not sets:
        yield UnknownNameError(
            where=where,
            kind=Text("参数", "parameter"),
            name=parameter,
            hint=suggestion(parameter, known.names()),
        )
    elif set_ not in {*sets, parameters.LOCAL}:
        yield _no_set(set_, sets, where, parameter)


def _no_set(name: str, known: set[str], where: str, parameter: str) -> UnknownNameError:
    kind = Text(f"{parameter} 参数集", f"set of {parameter or 'parameters'}")
    return UnknownNameError(where=where, kind=kind, name=name, hint=suggestion(name, known))


def read_toml(file: Path, where: str) -> dict[str, Any]:
    """Return what a TOML file says.

    Raises
    ------
    ProjectError
        If there is no such file, or it is no UTF-8 text, or no TOML; names the line.
    """
    try:
        return content_of(file.read_text(encoding="utf-8-sig"), where)
    except FileNotFoundError as error:
        problem = Text("没有这个文件。", "there is no such file.")
        raise ProjectError(where=where, problem=problem) from error
    except IsADirectoryError as error:
        problem = Text("是文件夹，不是文件。", "is a folder, not a file.")
        raise ProjectError(where=where, problem=problem) from error
    except (OSError, UnicodeDecodeError) as error:
        problem = Text("无法读取；应为 UTF-8 文本。", "cannot be read; it must be UTF-8 text.")
        raise ProjectError(where=where, problem=problem) from error


def content_of(text: str, where: str) -> dict[str, Any]:
    """Return what a TOML text says.

    Raises
    ------
    ProjectError
        Names the line, and shows it.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProjectError(where=where, problem=_no_toml(text, str(error))) from error


def _no_toml(text: str, reason: str) -> Text:
    found = LINE.search(reason)
    if found is None:
        return Text(
            "不是有效的 TOML：文件结束时还有引号或括号没有配对。",
            "is no TOML: a quotation mark or bracket is still open where the file ends.",
        )
    number = int(found[1])
    line = _short(text.splitlines()[number - 1].strip())
    if reason.startswith(TWICE):
        return Text(
            f"同一项写了两次，第二次在第 {number} 行：{line}。每个变量只能有一个图层，"
            "每个键只能有一个值：请删去或改名其中之一。",
            f"the same entry is given twice, the second time in line {number}: {line}. A variable "
            "has one layer and a key one value: remove or rename one of the two.",
        )
    return Text(
        f"第 {number} 行不是有效的 TOML：{line}。文字要加引号；每行是 键 = 值 或 [节]。",
        f"line {number} is no TOML: {line}. Text needs quotation marks; a line is key = value "
        "or [section].",
    )


def checked(model: type[M], content: dict[str, Any], where: str) -> M:
    """Return a TOML file's content as what it describes.

    Raises
    ------
    ProjectError or Problems
        All unknown keys and wrong values at once.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise_all(_wrong_entries(model, error.errors(), where))
        raise


def _wrong_entries(
    model: type[BaseModel], details: list[ErrorDetails], where: str
) -> Iterator[GepError]:
    by_place: dict[str, list[ErrorDetails]] = {}
    unknown = [d["loc"] for d in details if d["type"] == "extra_forbidden"]
    for detail in details:
        if detail["type"] != "missing" or not _misspelt(detail["loc"], unknown):
            parts = (p for p in detail["loc"] if not BRANCH.fullmatch(str(p)))
            by_place.setdefault(".".join(map(str, parts)), []).append(detail)
    for place, found in by_place.items():
        if not any(inner.startswith(f"{place}.") for inner in by_place):
            yield _wrong_entry(model, place, found, where)


def _misspelt(missing: Location, unknown: Iterable[Location]) -> bool:
    """Return whether an unknown key beside a missing one is most likely meant for it."""
    beside = [str(place[-1]).lower() for place in unknown if place[:-1] == missing[:-1]]
    return bool(get_close_matches(str(missing[-1]), beside))


def _wrong_entry(
    model: type[BaseModel], place: str, found: list[ErrorDetails], where: str
) -> GepError:
    first = found[0]
    if first["type"] == "extra_forbidden":
        return ProjectError(
            Text("{where}：未知的键“{place}”。{hint}", "{where}: unknown key {place!r}. {hint}"),
            where=where,
            place=place,
            hint=suggestion(str(first["loc"][-1]).lower(), _keys_beside(model, first["loc"])),
        )
    if first["type"] == "missing":
        problem = Text(f"缺少“{place}”。", f"{place} is missing.")
    else:
        got = _short(repr(first["input"]))
        wanted = [_wanted(detail) for detail in found]
        problem = Text(
            f"“{place}”为 {got}，应{'或'.join(w.zh for w in wanted)}。",
            f"{place} is {got}; it must be {' or '.join(w.en for w in wanted)}.",
        )
    return ProjectError(where=where, problem=problem)


def _wanted(detail: ErrorDetails) -> Text:
    kind = detail["type"]
    words = WANTED.get(kind) or WANTED.get(kind.split("_")[0])
    if words is None:
        return Text(detail["msg"], detail["msg"])
    facts = {k: f"{v:g}" if isinstance(v, float) else v for k, v in detail.get("ctx", {}).items()}
    return Text(words.zh.format(**facts).replace(" or ", " 或 "), words.en.format(**facts))


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} ..."


def _keys_beside(model: type[BaseModel], location: Location) -> set[str]:
    """Return the keys that may stand where an unknown one does."""
    here: object = model
    for part in location[:-1]:
        known = _fields(here)
        if known:
            here = known[str(part)].annotation if str(part) in known else None
        else:  # an entry of dict[str, X] or tuple[X, ...]
            here = next((kind for kind in get_args(here) if _fields(kind)), None)
        if type(None) in get_args(here):
            here = get_args(here)[0]
    return set(_fields(here))


def _fields(kind: object) -> dict[str, FieldInfo]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind.model_fields
    return {}
