"""Two standards by their declarations: what each service is computed, valued and counted by."""

from collections.abc import Iterator
from dataclasses import dataclass

from cli.explanation import ServiceExplained, explain_service
from cli.labels import parameter_title, titled
from data_catalog.standards import Choice, Standard
from data_catalog.text import Language, Text
from gep.services import services

__all__ = ["ASPECTS", "Difference", "differences"]

ASPECTS = {
    "accounted": Text("是否核算", "accounted for"),
    "counted": Text("是否计入总值", "counted in the total"),
    "variants": Text("功能量方法", "amount"),
    "classes": Text("生态系统", "ecosystems"),
    "spread": Text("分摊方式", "shared out by"),
    "valuations": Text("价值量方法", "value"),
    "set": Text("参数集", "set of parameters"),
}
YES = {True: "yes", False: "no"}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing that two standards do not have alike; `of` is the variant or parameter meant."""

    service: str
    title: Text
    aspect: str
    of: str
    first: str
    second: str

    def what(self, lang: Language) -> str:
        """Return what differs, for people."""
        if self.aspect == "set":
            return f"{ASPECTS['set'][lang]} {titled(parameter_title(self.of), self.of, lang)}"
        return f"{ASPECTS[self.aspect][lang]} {self.of}".strip()


def differences(first: Standard, second: Standard) -> list[Difference]:
    """Return what differs, service by service in the order of the account."""
    found = []
    for service in services():
        one, other = first.services.get(service.id), second.services.get(service.id)
        explained = [explain_service(service, s, every=False) for s in (first, second)]
        for aspect, of, a, b in _of_service(one, other, explained[0], explained[1]):
            found.append(
                Difference(
                    service=service.id, title=service.title, aspect=aspect, of=of, first=a, second=b
                )
            )  # fmt: skip
    return found


def _of_service(
    one: Choice | None, other: Choice | None, first: ServiceExplained, second: ServiceExplained
) -> Iterator[tuple[str, str, str, str]]:
    if one is None or other is None:
        if (one is None) != (other is None):
            yield "accounted", "", YES[one is not None], YES[other is not None]
        return
    yield from _unlike("counted", "", YES[one.counted], YES[other.counted])
    variants, others = ({p.variant: p for p in c.parts} for c in (one, other))
    yield from _unlike("variants", "", ", ".join(variants), ", ".join(others))
    for name in (n for n in variants if n in others):
        a, b = variants[name], others[name]
        yield from _unlike("classes", name, " ".join(a.classes), " ".join(b.classes))
        yield from _unlike("spread", name, a.spread, b.spread)
    yield from _unlike("valuations", "", ", ".join(one.valuations), ", ".join(other.valuations))
    sets, other_sets = _sets(first), _sets(second)
    for parameter in (p for p in sets if p in other_sets):
        yield from _unlike("set", parameter, sets[parameter], other_sets[parameter])


def _unlike(aspect: str, of: str, first: str, second: str) -> Iterator[tuple[str, str, str, str]]:
    if first != second:
        yield aspect, of, first, second


def _sets(explained: ServiceExplained) -> dict[str, str]:
    models = (*explained.variants, *explained.valuations)
    return {number.parameter: number.set for m in models for number in m.numbers}
