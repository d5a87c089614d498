"""What is counted by which norm: services by profiles, and the list of all norms."""

from collections.abc import Sequence

from data_catalog.standards import Place, Standard
from data_catalog.standards.registry import KNOWN, LEVELS, Norm
from data_catalog.text import Language, Text
from gep.services import services

__all__ = ["HEADER", "PLACES", "matrix", "norm_lines"]

PLACES: dict[Place, Text] = {
    "counted": Text("计入", "counted"),
    "amount": Text("只算量", "amount only"),
    "left out": Text("不计", "left out"),
    "not known": Text("不明", "not known"),
}
HEADER = (Text("编号", "id"), Text("名称", "title"), Text("级别", "level"), Text("状态", "state"),
          Text("掌握程度", "known"), Text("方案", "profile"))  # fmt: skip
SERVICE = Text("服务", "service")


def matrix(standards: Sequence[Standard], lang: Language) -> tuple[list[str], list[list[str]]]:
    """Return what each standard does with each service, in words: a header and a row a service."""
    header = [SERVICE[lang], *(s.id for s in standards)]
    rows = [
        [f"{one.title[lang]} ({one.id})", *(PLACES[s.place_of(one.id)][lang] for s in standards)]
        for one in services()
    ]
    return header, rows


def norm_lines(norms: Sequence[Norm], lang: Language) -> list[tuple[str, ...]]:
    """Return a line for each norm: what it is called, its level and state, what we know of it."""
    return [
        (
            n.id,
            n.title[lang],
            LEVELS[n.level][lang],
            n.state[lang],
            KNOWN[n.status][lang],
            n.profile,
        )
        for n in norms
    ]
