"""Standards as data: which variant, parameter sets and prices each service is accounted with."""

import tomllib
from functools import cache
from importlib import resources
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data_catalog.errors import ProjectError, UnknownNameError
from data_catalog.names import suggestion
from data_catalog.text import Text


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Part(_Strict):
    """One variant of a service and the ecosystems it is accounted on.

    `classes` are HJ 1166 codes of level I or II. An ecosystem in no part's list is out of the
    service's scope under this standard: it neither counts nor is missing.
    """

    variant: str
    classes: tuple[str, ...]

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
    ProjectError
        If the file has an unknown key or a wrong value.
    """
    if name in bundled():
        return bundled()[name]
    path = (folder or Path()) / name
    if path.suffix == ".toml" and path.is_file():
        return _parse(path.read_text(encoding="utf-8"), name)
    raise UnknownNameError(
        where="standard",
        kind=Text("核算标准", "standard"),
        name=name,
        hint=suggestion(name, bundled()),
    )


def _parse(text: str, where: str) -> Standard:
    try:
        return Standard.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        problem = str(error).replace("{", "(").replace("}", ")")
        raise ProjectError(where=where, problem=problem) from error
