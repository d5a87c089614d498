"""What `--help` says, in Chinese too: `help.csv` has the Chinese by the English of click and ours.

The English stands where click wants it, in docstrings and options; a test finds what the table
lacks.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from unicodedata import east_asian_width

import click

from cli.language import chosen_language

__all__ = ["Speaking", "chinese"]

EXTRA = re.compile(r"(?P<text>.*?)(?:  \[(?P<extra>.*)\])?", re.DOTALL)
"""An option's help, and what click adds to it: its default, its range, that it is required."""
CUT = "..."
"""Ends a text that click made shorter."""
PIECE = re.compile(r"\[[^\]]*\]|（?(?:[!-~]+|[^!-~])[，。；：、）？]* *")
"""What a line may break after: brackets, a word or a character with the stops behind it."""


class Help(click.HelpFormatter):
    """Help pages in the language asked for, in columns that Chinese does not push apart."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the first line."""
        if chosen_language() == "zh":
            args, prefix = _replaced(args), prefix or chinese("Usage:")
        super().write_usage(prog, args, prefix)

    def write_heading(self, heading: str) -> None:
        """Write a heading."""
        if chosen_language() != "zh":
            super().write_heading(heading)
            return
        self.write(f"{'':>{self.current_indent}}{chinese(heading)}：\n")

    def write_text(self, text: str) -> None:
        """Write a paragraph."""
        if chosen_language() != "zh":
            super().write_text(text)
            return
        for line in folded(chinese(text), self.width - self.current_indent):
            self.write(f"{'':>{self.current_indent}}{line}\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write a list of options or commands."""
        if chosen_language() != "zh":
            super().write_dl(rows, col_max, col_spacing)
            return
        said = [(_replaced(first), _with_extra(second)) for first, second in rows]
        column = min(max(_width(first) for first, _ in said), col_max) + col_spacing
        margin = " " * (self.current_indent + column)
        for first, second in said:
            self.write(f"{'':>{self.current_indent}}{first}")
            room = column - _width(first)
            self.write(" " * room if room >= col_spacing else f"\n{margin}")
            self.write(f"\n{margin}".join(folded(second, self.width - len(margin))) + "\n")


class Speaking(click.Context):
    """A context whose help speaks the language asked for."""

    formatter_class = Help


@cache
def _table() -> dict[str, str]:
    text = (resources.files("cli") / "help.csv").read_text(encoding="utf-8")
    return {row["en"]: row["zh"] for row in csv.DictReader(text.splitlines())}


def chinese(text: str) -> str:
    """Return the Chinese for an English text of a help page; the text itself if there is none."""
    whole = " ".join(text.split())
    start = whole.removesuffix(CUT)
    longer = (zh for en, zh in _table().items() if whole != start and en.startswith(start))
    return _table().get(whole) or next(longer, text)


def _replaced(names: str) -> str:
    """Return option names or arguments with the words among them in Chinese."""
    words = "|".join(re.escape(word) for word in _table() if word.upper() == word)
    return re.sub(words, lambda found: chinese(found[0]), names)


def _with_extra(text: str) -> str:
    found = EXTRA.fullmatch(text)
    if found is None or not found["extra"]:
        return chinese(text)
    extra = re.sub(r"default: |required", lambda word: chinese(word[0]), found["extra"])
    return f"{chinese(found['text'])} [{extra.replace('; ', '；')}]"


def folded(text: str, columns: int) -> Iterator[str]:
    """Yield lines of text that are no wider than so many columns."""
    line = ""
    for piece in PIECE.findall(text):
        if line and _width(line) + _width(piece.rstrip()) > columns:
            yield line.rstrip()
            line = ""
        line += piece
    yield line


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
