"""The book of the watch: one notice a line, written once, never changed.

Beside it, for each notice, the valuation after it, and its words in both languages. They are
written first, the line last and at once on the disk: a notice in the book is whole, and a run that
was stopped before it is as if it had not been.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from data_catalog.errors import OutputError, ProjectError
from data_catalog.text import Language, Text
from lending.valuation.result import Valuation
from lending.watch.notices import Notice

__all__ = ["keep_valuation", "known_events", "read_book", "write_notice", "write_notices"]

BOOK = "notices.jsonl"
VALUATIONS, WORDS = "valuations", "words"
LANGUAGES: tuple[Language, Language] = ("zh", "en")


def read_book(folder: Path) -> tuple[Notice, ...]:
    """Return the notices that were made, in their order; none where there is no book yet.

    A last line without its end is what a run that was stopped left: it was not written.

    Raises
    ------
    ProjectError
        If a line is no notice; names it.
    """
    file = folder / BOOK
    if not file.is_file():
        return ()
    found = []
    whole, _, _ = file.read_bytes().rpartition(b"\n")
    for number, line in enumerate(whole.splitlines(), start=1):
        try:
            found.append(Notice.model_validate_json(line))
        except ValidationError as error:
            raise ProjectError(where=f"{file.name}:{number}", problem=Text(
                "不是通知记录。该文件只由 gep watch 写入。",
                "is no notice. Only `gep watch` writes this file.",
            )) from error  # fmt: skip
    return tuple(found)


def known_events(notices: Iterable[Notice]) -> frozenset[str]:
    """Return what notices were made of, as `PLEDGE/EVENT`."""
    return frozenset(f"{one.pledge_id}/{event}" for one in notices for event in one.events)


def write_notices(folder: Path, found: Iterable[tuple[Notice, Valuation | None]]) -> None:
    """Add notices to the book, each with its words and the valuation after it."""
    for notice, valuation in found:
        write_notice(folder, notice, valuation)


def write_notice(folder: Path, notice: Notice, valuation: Valuation | None) -> None:
    """Add a notice to the book.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    try:
        keep_valuation(folder, notice, valuation)
        (folder / WORDS).mkdir(exist_ok=True)
        for language in LANGUAGES:
            file = folder / WORDS / f"{notice.id}.{language}.txt"
            file.write_text(notice.text(language) + "\n", encoding="utf-8")
        _append(folder / BOOK, notice.model_dump_json().encode() + b"\n")
    except OSError as error:
        problem = Text("无法写入通知。", "the notices cannot be written.")
        raise OutputError(where=str(folder), problem=problem) from error


def keep_valuation(folder: Path, notice: Notice, valuation: Valuation | None) -> None:
    """Write the valuation after a notice, where there is one.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    try:
        (folder / VALUATIONS).mkdir(parents=True, exist_ok=True)
        if valuation is not None:
            file = folder / VALUATIONS / f"{notice.id}.json"
            file.write_text(valuation.to_json(), encoding="utf-8")
    except OSError as error:
        problem = Text("无法写入通知。", "the notices cannot be written.")
        raise OutputError(where=str(folder), problem=problem) from error


def _append(book: Path, line: bytes) -> None:
    """Add a line behind the last whole one, and have it on the disk."""
    with book.open("ab+") as file:
        file.seek(0)
        whole = file.read()
        file.truncate(whole.rfind(b"\n") + 1)
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
