"""What is wrong with a field, in both languages: pydantic's complaints with their Chinese."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from data_catalog.text import Text

__all__ = ["complaint"]

UNNAMED = "填写有误：{msg}"


def complaint(fault: Mapping[str, Any]) -> Text:
    """Return one of pydantic's complaints as text."""
    facts = {key: str(value) for key, value in fault.get("ctx", {}).items()}
    words = _chinese().get(fault["type"], UNNAMED)
    return Text(words.format_map({"msg": fault["msg"], **facts}), str(fault["msg"]))


@cache
def _chinese() -> dict[str, str]:
    text = (resources.files("data_catalog.lending") / "api_complaints.csv").read_text("utf-8")
    return {row["type"]: row["zh"] for row in csv.DictReader(text.splitlines())}
