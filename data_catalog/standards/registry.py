"""The norms there are: level, state, how much of each was read, and which has a profile."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, TypeAlias

from data_catalog.text import Text

__all__ = ["KNOWN", "LEVELS", "Known", "Norm", "norms"]

Known: TypeAlias = Literal["read", "part", "existence", "recalled", "uncertain", "unknown", "own"]
KNOWN: dict[Known, Text] = {
    "read": Text("已读到", "read"),
    "part": Text("读到一部分", "read in part"),
    "existence": Text("只知存在", "existence alone"),
    "recalled": Text("凭记忆（未核对）", "recalled (not checked)"),
    "uncertain": Text("记忆不确定", "recalled and not certain"),
    "unknown": Text("未找到", "not found"),
    "own": Text("方案自定", "the profile's own choice"),
}
"""How we know what a norm says, or what a profile says in its name."""
LEVELS = {
    "national": Text("国家", "national"),
    "ministry": Text("生态环境行业", "environment ministry"),
    "forestry": Text("林业行业", "forestry"),
    "institute": Text("研究院指南", "institute's guide"),
    "provincial": Text("省级", "provincial"),
    "municipal": Text("市级", "municipal"),
    "international": Text("国际", "international"),
    "paper": Text("论文", "paper"),
    "own": Text("本工具", "this toolkit"),
}


@dataclass(frozen=True, kw_only=True)
class Norm:
    """A norm, or a paper that is followed like one.

    `profile` is the id of its standard here; empty where there is none. `state` says whether it is
    in force, `source` where we know it from.
    """

    id: str
    title: Text
    level: str
    state: Text
    status: Known
    source: str
    profile: str
    note: Text


@cache
def norms() -> tuple[Norm, ...]:
    """Return all norms we know of, those with a profile and those without."""
    text = (resources.files("data_catalog.standards") / "registry.csv").read_text(encoding="utf-8")
    return tuple(
        Norm(
            id=row["id"], title=Text(row["title_zh"], row["title_en"]), level=row["level"],
            state=Text(row["state_zh"], row["state_en"]), status=_known(row["status"]),
            source=row["source"], profile=row["profile"],
            note=Text(row["note_zh"], row["note_en"]),
        )
        for row in csv.DictReader(text.splitlines())
    )  # fmt: skip


def _known(word: str) -> Known:
    return next(known for known in KNOWN if known == word)
