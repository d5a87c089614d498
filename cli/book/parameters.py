"""Parameters on a page: all rows of each, with value, unit, source, place, year and grade."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cli.book.markdown import section, table
from cli.book.models import PARAMETER, cited
from cli.book.words import HEAD, WORDS
from cli.labels import GRADES, key_title, listed, number, titled
from data_catalog.parameter_titles import parameter_title
from data_catalog.parameters import Row, bundled
from data_catalog.spec import Citation, Coefficients, Factor, Model
from data_catalog.text import Language
from review.figures import unit

__all__ = ["Read", "parameter_section", "parameters_of"]

SHARE = "1"
"""The units of what has none."""
COLUMNS = ("set", "key", "value", "se", "range", "units", "region", "year", "source", "grade",
           "note")  # fmt: skip


@dataclass
class Read:
    """A parameter that a page's models read: by which, in which units, from which sets.

    `sets` are those that equations fix; `any_set` says that a standard chooses.
    """

    by: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    sets: set[str] = field(default_factory=set)
    any_set: bool = False

    def rows(self, name: str) -> list[Row]:
        """Return the rows it may be read from."""
        every = (row for row in bundled() if row.parameter == name)
        return [row for row in every if self.any_set or row.set in self.sets]


def parameters_of(models: Iterable[Model]) -> dict[str, Read]:
    """Return the parameters that models read, in the order in which they do."""
    found: dict[str, Read] = {}
    for model in models:
        for name, declared in model.inputs.items():
            if isinstance(declared, Coefficients):
                read = found.setdefault(declared.table, Read())
                read.sets.add(declared.choose)
            elif isinstance(declared, Factor):
                read = found.setdefault(declared.table or name, Read())
                read.units.append(declared.units)
                if declared.choose:
                    read.sets.add(declared.choose)
                read.any_set |= not declared.choose
            else:
                continue
            read.by.append(model.id)
    return found


def parameter_section(parameters: Mapping[str, Read], level: int, lang: Language) -> str:
    """Return every parameter with its rows."""
    parts = [section(level, WORDS["parameters"][lang]), WORDS["english"][lang]]
    for name, read in parameters.items():
        rows = read.rows(name)
        readers = listed([f"`{model}`" for model in dict.fromkeys(read.by)], lang)
        units = listed([unit(u)[lang] for u in dict.fromkeys(read.units) if u != SHARE], lang)
        said = WORDS["read_by" if units else "used_by"][lang].format(readers, units)
        title = titled(parameter_title(name), f"`{name}`", lang)
        parts += [section(level + 1, title, PARAMETER + name), said]
        parts.append(_rows(rows, lang) if rows else WORDS["no_rows"][lang])
    return "\n\n".join(part for part in parts if part) if parameters else ""


def _rows(rows: Iterable[Row], lang: Language) -> str:
    header = [HEAD[name][lang] for name in COLUMNS]
    return table(header, [_line(row, lang) for row in rows])


def _line(row: Row, lang: Language) -> tuple[str, ...]:
    limits = " … ".join(number(limit) for limit in (row.low, row.high))
    return (
        f"`{row.set}`", key_title(row.key, lang), number(row.value), number(row.se),
        limits if limits.strip(" …") else "", unit(row.units)[lang], row.region, row.year,
        cited(Citation(row.source, row.where), lang), GRADES[row.grade][lang], row.note,
    )  # fmt: skip
