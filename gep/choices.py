"""A standard read against the services: what it asks for twice, or in a way nothing can compute."""

from collections.abc import Collection, Iterator
from itertools import combinations

from data_catalog.classes import ecosystems
from data_catalog.errors import GepError, StandardError, UnknownNameError
from data_catalog.names import suggestion
from data_catalog.standards import Choice, Part, Standard
from data_catalog.tables import tables
from data_catalog.text import Text
from gep.service import Service, Variant
from gep.services import services

__all__ = ["problems"]


def problems(standard: Standard) -> Iterator[GepError]:
    """Yield everything that stands against accounting under a standard."""
    known = {service.id: service for service in services()}
    yield from _left_out_problems(standard, known)
    for name, choice in standard.services.items():
        if name in known:
            where = f"{standard.id}: services.{name}"
            yield from _choice_problems(known[name], choice, where)
        else:
            kind = Text("服务", "service")
            hint = suggestion(name, known)
            yield UnknownNameError(where=standard.id, kind=kind, name=name, hint=hint)


def _left_out_problems(standard: Standard, known: Collection[str]) -> Iterator[GepError]:
    where = f"{standard.id}: left_out"
    for name in standard.left_out:
        if name not in known:
            kind = Text("服务", "service")
            yield UnknownNameError(where=where, kind=kind, name=name, hint=suggestion(name, known))
        elif name in standard.services:
            problem = Text(
                f"{name} 既在 left_out 中又有一节，请只留一处。",
                f"{name} is left out and has a section of its own. Keep one.",
            )
            yield StandardError(where=where, problem=problem)


def _choice_problems(service: Service, choice: Choice, where: str) -> Iterator[GepError]:
    parts = []
    for part in choice.parts:
        try:
            parts.append((part, service.variant(part.variant)))
        except UnknownNameError as error:
            yield error
    valuations = []
    for name in dict.fromkeys(choice.valuations):
        try:
            valuations.append(service.valuation(name))
        except UnknownNameError as error:
            yield error
    for part, variant in parts:
        yield from _part_problems(part, variant, where)
    for (one, first), (other, second) in combinations(parts, 2):
        if _agree(first.item, second.item):
            yield from _twice(one, other, same_table=_same_table(first, second), where=where)
    for first_value, other_value in combinations(valuations, 2):
        same = first_value.family == other_value.family
        if same and _agree(first_value.item, other_value.item):
            problem = Text(
                f"{first_value.id} 与 {other_value.id} 都计量“{first_value.family}”一项，"
                "价值会被重复计算。请只留一个。",
                f"{first_value.id} and {other_value.id} both value {first_value.family!r}, which "
                "would count twice. Keep one.",
            )
            yield StandardError(where=f"{where}.valuations", problem=problem)


def _agree(one: str, other: str) -> bool:
    """Return whether two items are one, or one of them is the service as a whole."""
    return one == other or not one or not other


def _same_table(one: Variant, other: Variant) -> bool:
    return bool(one.table) and one.table == other.table


def _twice(one: Part, other: Part, *, same_table: bool, where: str) -> Iterator[GepError]:
    """Yield an error for two parts that measure the same thing in the same place."""
    both = [code for code in ecosystems() if one.covers(code) and other.covers(code)]
    if both:
        code = both[0]
        problem = Text(
            f"类别 {code} 同时在 {one.variant} 与 {other.variant} 两个 parts 中，会被计算两次。"
            "请只留一处。",
            f"class {code} is in two parts, {one.variant} and {other.variant}, and would count "
            "twice. Keep it in one.",
        )
        yield StandardError(where=where, problem=problem)
    elif same_table:
        problem = Text(
            f"{one.variant} 与 {other.variant} 读取同一表的同一项，会被计算两次。请只留一个。",
            f"{one.variant} and {other.variant} read the same item of one table, which would "
            "count twice. Keep one.",
        )
        yield StandardError(where=where, problem=problem)


def _part_problems(part: Part, variant: Variant, where: str) -> Iterator[GepError]:
    covered = [code for code in ecosystems() if part.covers(code)]
    placed = bool(variant.table and tables()[variant.table].shapes)
    problem: Text | None = None
    if "spread" in part.model_fields_set and (placed or not variant.table):
        problem = Text(
            "由图层或图形决定位置，不能写 spread。请删去。",
            "is placed by its layers or shapes: `spread` does not apply. Remove it.",
        )
    elif placed and len(covered) != 1:
        problem = Text(
            f"对象按图形落位，classes 应恰为一个二级类别（现有 {len(covered)} 个）。",
            f"its objects are placed by their shapes: `classes` must be exactly one level-II "
            f"class (there are {len(covered)}).",
        )
    elif not covered and part.spread != "none":
        problem = Text("classes 是空的。", "its `classes` are empty.")
    if problem is not None:
        yield StandardError(where=f"{where}.parts {part.variant}", problem=problem)
