"""What is wrong with a value that a model refused, in both languages: the one translation.

Pydantic tells its complaints in English only, and in its own terms. Here each kind of complaint
has its words (complaints.csv: what the value must be), and a validator of ours raises `Refused`
with its own. Files, forms and requests all speak through `complaint`.
"""

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from pydantic import ValidationError

from data_catalog.text import Text

__all__ = ["Refused", "complaint", "complaints", "must_be"]

OUR_OWN = {"value_error", "assertion_error"}
MISSING = Text("缺少该项。", "is missing.")
UNKNOWN = Text("没有这一项。", "is not known here.")
UNUSABLE = Text("填写有误。", "cannot be used:")
OTHER = Text("为可用的值", "a value that can be used")


class Refused(ValueError):  # noqa: N818
    """A validator of ours refuses a value, and says why in both languages."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        """Keep both languages when the error crosses to another process."""
        return Refused, (self.text,)


def complaints(error: ValidationError) -> Iterator[tuple[str, Text]]:
    """Return where (a.b.0) and what of everything that a model refused."""
    for fault in error.errors(include_url=False):
        yield ".".join(map(str, fault["loc"])), complaint(fault)


def complaint(fault: Mapping[str, Any]) -> Text:
    """Return one of pydantic's complaints as a sentence about the value."""
    kind = fault["type"]
    if kind == "missing":
        return MISSING
    if kind == "extra_forbidden":
        return UNKNOWN
    if kind in OUR_OWN:
        why = fault.get("ctx", {}).get("error")
        return why.text if isinstance(why, Refused) else Text(UNUSABLE.zh, f"{UNUSABLE.en} {why}.")
    wanted = must_be(fault)
    return Text(f"应{wanted.zh}。", f"must be {wanted.en}.")


def must_be(fault: Mapping[str, Any]) -> Text:
    """Return what a value must be, to be put after 应 and "must be"."""
    words = _words().get(fault["type"], OTHER)
    facts = {k: f"{v:g}" if isinstance(v, float) else v for k, v in fault.get("ctx", {}).items()}
    # pydantic joins what it expects with an English "or"
    return Text(words.zh.format(**facts).replace(" or ", " 或 "), words.en.format(**facts))


@cache
def _words() -> dict[str, Text]:
    text = (resources.files("data_catalog") / "complaints.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["type"]: Text(row["zh"], row["en"]) for row in rows}
