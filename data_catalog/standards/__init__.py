"""Standards as data: which variant, parameter sets and prices each service is accounted with."""

from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from data_catalog import parameters
from data_catalog.classes import ecosystems
from data_catalog.errors import GepError, ProjectError, UnknownNameError, raise_all
from data_catalog.names import suggestion
from data_catalog.standards.registry import Known
from data_catalog.text import Text
from data_catalog.toml_files import checked, content_of, read_toml

Spread: TypeAlias = Literal["area", "npp", "none"]
Place: TypeAlias = Literal["counted", "amount", "left out", "not known"]
"""What a standard does with a service: counts it, only measures it, leaves it out; or who knows."""


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
    """How one service is accounted under a standard; `status` is how we know that it is so."""

    parts: tuple[Part, ...]
    valuations: tuple[str, ...] = ()
    sets: dict[str, str] = Field(default_factory=dict)
    counted: bool = True
    status: Known = "own"
    note_zh: str = ""
    note_en: str = ""

    def covers(self, code: str) -> bool:
        """Return whether a level-II class is in the scope of any part."""
        return any(part.covers(code) for part in self.parts)


class Standard(_Strict):
    """A named profile: what counts, how, with which parameters and prices.

    `status` is how we know what it says. A service that is neither in `services` nor `left_out` is
    one of which we do not know whether the norm has it. A norm that counts no product from outside
    the region is one that `subtracts_outside`.
    """

    id: str
    title_zh: str
    title_en: str
    source: str
    status: Known = "own"
    default_set: str = ""
    services: dict[str, Choice]
    left_out: tuple[str, ...] = ()
    subtracts_outside: bool = False
    derived_sets: dict[str, str] = Field(default_factory=dict)
    note_zh: str = ""
    note_en: str = ""

    @property
    def title(self) -> Text:
        """Return the title in both languages."""
        return Text(self.title_zh, self.title_en)

    def place_of(self, service: str) -> Place:
        """Return what the standard does with a service."""
        choice = self.services.get(service)
        if choice is None:
            return "left out" if service in self.left_out else "not known"
        return "counted" if choice.counted and choice.valuations else "amount"

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
