"""TOML that people write: what is wrong with it is told in words, all at once.

An unknown key comes with the nearest known one, a wrong value with what it must be.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from data_catalog.complaints import OUR_OWN, complaint, must_be
from data_catalog.errors import GepError, ProjectError, raise_all
from data_catalog.names import suggestion
from data_catalog.text import Text

__all__ = ["checked", "content_of", "read_checked", "read_toml"]

M = TypeVar("M", bound=BaseModel)
Location = tuple[int | str, ...]
SHOWN = 60
"""Characters of a wrong value that a message shows."""
LINE = re.compile(r"at line (\d+), column \d+")
TWICE = ("Cannot declare", "Cannot overwrite", "Duplicate inline", "Cannot mutate immutable")
"""How tomllib begins to say that an entry is given a second time."""
BRANCH = re.compile(r"str|int|float|(list|dict|tuple|literal)\[.*\]")
"""What pydantic puts into a place for one of several kinds that a value may be of."""


def read_checked(model: type[M], file: Path) -> M:
    """Return what a TOML file says, as what it describes; messages name the file.

    Raises
    ------
    ProjectError or Problems
        If there is no such file, or something in it is unknown, missing or wrong: all at once.
    """
    return checked(model, read_toml(file, file.name), file.name)


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
    elif first["type"] in OUR_OWN:
        said = complaint(first)
        problem = Text(f"“{place}”：{said.zh}", f"{place}: {said.en}") if place else said
    else:
        got = _short(repr(first["input"]))
        wanted = [must_be(detail) for detail in found]
        problem = Text(
            f"“{place}”为 {got}，应{'或'.join(w.zh for w in wanted)}。",
            f"{place} is {got}; it must be {' or '.join(w.en for w in wanted)}.",
        )
    return ProjectError(where=where, problem=problem)


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
