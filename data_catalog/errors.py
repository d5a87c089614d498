"""Errors we raise on purpose.

* GepError
  - SpecError              a declaration and its kernel disagree
  - UnknownNameError       a name is not in the table it was looked up in
  - ProjectError           the project file
  - LayerError             a layer: missing, unreadable, wrong units, CRS, year, values, classes
    - LayerMissing         a needed layer is not given and cannot be made
  - ParcelError            the parcels
  - TableError             a table of statistics or objects
    - TableMissing         a needed table is not given
    - RowsMissing          a table without a row of what is asked for
  - StandardError          a standard asks for what the services do not have, or twice
  - ParameterMissing       a parameter without a row; the service that needs it is not computed
  - TooCoarse              a layer too coarse for its purpose; the service is not computed
  - LoanError              a loan, its terms or its security
  - OutputError            the output folder or the disk
  - RunError               a run that stopped, or cannot be resumed
  - Problems               several of the above, told at once

Every message says where, what with value and unit, and what to do, in both languages. The
template holds the words and `facts` the values; `cli` picks the language, nothing else formats
an error for a person.
"""

from collections.abc import Iterable
from typing import ClassVar

from data_catalog.text import Language, Text


class GepError(Exception):
    """Base of every error a user can cause and we can explain.

    Parameters
    ----------
    message : Text, optional
        The template in both languages; by default that of the class.
    **facts
        What the template names. A fact may itself be a `Text`.
    """

    template: ClassVar[Text] = Text("{problem}", "{problem}")
    short: ClassVar[Text | None] = None
    """What is said beside the name of what the error is about; by default the message."""

    def __init__(self, message: Text | None = None, **facts: object) -> None:
        self.message = message or self.template
        self.facts = facts
        super().__init__(self.say("en"))

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        """Keep the facts when the error crosses to another process."""
        return _rebuild, (type(self), self.message, self.facts)

    def say(self, language: Language) -> str:
        """Return the message as one line in the given language."""
        return self._filled(self.message, language)

    def brief(self, language: Language) -> str:
        """Return the message for a list that names what the error is about."""
        return self._filled(self.short or self.message, language)

    def _filled(self, words: Text, language: Language) -> str:
        facts = {k: v[language] if isinstance(v, Text) else v for k, v in self.facts.items()}
        return " ".join(words[language].format(**facts).split())


def _rebuild(kind: type[GepError], message: Text, facts: dict[str, object]) -> GepError:
    return kind(message, **facts)


class SpecError(GepError):
    """A declaration and its kernel disagree: a fault of ours, found at import."""

    template = Text(
        "{where}：核函数参数 {got} 与声明的输入 {want} 不一致。",
        "{where}: kernel arguments {got} differ from declared inputs {want}.",
    )


class UnknownNameError(GepError):
    """A name is not in the table it was looked up in."""

    template = Text(
        "{where}：没有名为“{name}”的{kind}。{hint}",
        "{where}: no {kind} is named {name!r}. {hint}",
    )


class ProjectError(GepError):
    """The project file says something that cannot be used."""

    template = Text("{where}：{problem}", "{where}: {problem}")


class LayerError(GepError):
    """A layer cannot be used as it is."""

    template = Text("{where}：{problem}", "{where}: {problem}")


class LayerMissing(LayerError):  # noqa: N818
    """A needed layer is not given, and what would make it is not all there either.

    The fact `roots` holds the errors at the bottom of that: a chain of derivations is no help to
    a reader.
    """

    template = Text(
        "{where}：没有{title}图层。{remedy}", "{where}: there is no layer of {title}. {remedy}"
    )
    short = Text("没有{title}图层。{remedy}", "there is no layer of {title}. {remedy}")


class ParcelError(GepError):
    """The parcels cannot be used as they are."""

    template = Text("{where}：{problem}", "{where}: {problem}")


class TableError(GepError):
    """A table of statistics or objects cannot be used as it is, or a needed one is not there."""

    template = Text("{where}：{problem}", "{where}: {problem}")


class TableMissing(TableError):  # noqa: N818
    """A needed table is not given."""

    template = Text(
        "[tables] {table}：项目没有给出这个表（{title}）。需要的列见 gep explain。",
        "[tables] {table}: the project gives no such table ({title}). `gep explain` lists its "
        "columns.",
    )
    short = Text(
        "项目没有给出 {table} 表（{title}）。", "the project gives no table {table!r} ({title})."
    )


class RowsMissing(TableError):  # noqa: N818
    """A table without a row of the service, or of the item, that is asked for."""

    template = Text("{where}：没有 {of} 的行。", "{where}: has no row of {of}.")
    short = Text("{where} 中没有相应的行，请补充。", "{where} has no such rows: add them.")


class StandardError(GepError):
    """A standard asks for what would count twice, or cannot be computed as it is written."""

    template = Text("{where}：{problem}", "{where}: {problem}")


class ParameterMissing(GepError):  # noqa: N818  (the name the standards' reference gives it)
    """A needed parameter has no row; nothing is filled in from another norm."""

    template = Text(
        "{service}：标准“{standard}”缺少参数“{parameter}”{key}。请在项目的 [tables] parameters "
        "表中补充一行（值、单位、来源），或改用其他标准。",
        "{service}: standard {standard!r} has no row for parameter {parameter!r}{key}. Add a row "
        "(value, units, source) to the project's [tables] parameters, or choose another standard.",
    )
    short = Text(
        "标准“{standard}”缺少参数“{parameter}”{key}。请在 [tables] parameters 表中补充一行。",
        "standard {standard!r} has no row for parameter {parameter!r}{key}. Add one to the "
        "project's [tables] parameters.",
    )


class TooCoarse(GepError):  # noqa: N818
    """A layer is too coarse for what it is asked to carry."""

    template = Text(
        "{where}：像元 {size} m，而{purpose}最多允许 {limit} m。请提供更细的图层。",
        "{where}: its cells are {size} m, but {purpose} needs {limit} m or finer. "
        "Give a finer layer.",
    )


class LoanError(GepError):
    """A loan, its terms, its security or a stress of them cannot be as it is given."""

    template = Text("{where}：{problem}", "{where}: {problem}")


class OutputError(GepError):
    """The output cannot be written."""

    template = Text("{where}：{problem}", "{where}: {problem}")


class RunError(GepError):
    """A run stopped, or cannot be resumed or read."""

    template = Text("{where}：{problem}", "{where}: {problem}")


class Problems(GepError):  # noqa: N818
    """Several problems, told at once.

    Parameters
    ----------
    errors : iterable of GepError
        In the order in which they were found.
    """

    def __init__(self, errors: Iterable[GepError]) -> None:
        self.errors = tuple(errors)
        super().__init__(Text("{problem}", "{problem}"), problem=Text(*self._lines()))

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        """Keep the list when the error crosses to another process."""
        return Problems, (self.errors,)

    def _lines(self) -> tuple[str, str]:
        zh, en = (" | ".join(e.say(language) for e in self.errors) for language in ("zh", "en"))
        return zh, en


def raise_all(errors: Iterable[GepError]) -> None:
    """Raise nothing, the one error, or all of them together.

    Raises
    ------
    GepError
        The only error, or `Problems`.
    """
    found = tuple(errors)
    if len(found) == 1:
        raise found[0]
    if found:
        raise Problems(found)
