"""The book of the watch: one notice a line, written once, never changed."""

from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from data_catalog.errors import OutputError, ProjectError
from data_catalog.text import Text
from lending.valuation.result import Valuation
from lending.watch.notices import Notice

__all__ = ["known_events", "read_book", "write_notices"]

BOOK = "notices.jsonl"
VALUATIONS = "valuations"


def read_book(folder: Path) -> tuple[Notice, ...]:
    """Return the notices that were made, in their order; none where there is no book yet.

    Raises
    ------
    ProjectError
        If a line is no notice; names it.
    """
    file = folder / BOOK
    if not file.is_file():
        return ()
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
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
    """Add notices to the book, each with the valuation after it in a file of its id.

    A valuation is written before its notice: a notice in the book is whole.

    Raises
    ------
    OutputError
        If they cannot be written.
    """
    try:
        (folder / VALUATIONS).mkdir(parents=True, exist_ok=True)
        for notice, valuation in found:
            if valuation is not None:
                file = folder / VALUATIONS / f"{notice.id}.json"
                file.write_text(valuation.to_json(), encoding="utf-8")
            with (folder / BOOK).open("a", encoding="utf-8") as book:
                book.write(notice.model_dump_json() + "\n")
    except OSError as error:
        problem = Text("无法写入通知。", "the notices cannot be written.")
        raise OutputError(where=str(folder), problem=problem) from error
