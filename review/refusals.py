"""What was asked for and not computed, gathered under its reasons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from data_catalog.text import Text
from gep.services import services

__all__ = ["Refusal", "refusals"]

SECTIONS = ("not_computed", "services_not_computed", "carbon_not_computed")
VALUE = Text("{}（价值量）", "{} (value)")

Causes: TypeAlias = tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What cannot be computed for the same reasons: services, or parts of services.

    `accounts` are the ids of what the titles name, each once.
    """

    accounts: tuple[str, ...]
    titles: tuple[Text, ...]
    causes: Causes

    @property
    def title(self) -> Text:
        """Return all titles as one."""
        return Text("、".join(t.zh for t in self.titles), "; ".join(t.en for t in self.titles))


def refusals(section: Mapping[str, Any]) -> list[Refusal]:
    """Return what a standard's section of the manifest refuses: what concerns most services first.

    A service of which nothing is computed, all for one reason, goes by its own name.
    """
    computed = {s["service"]: Text(s["title_zh"], s["title_en"]) for s in section["services"]}
    by_causes: dict[Causes, list[tuple[str, Text]]] = {}
    for account, records in _by_account(section).items():
        causes = {_causes(r) for r in records}
        own = next((s.title for s in services() if s.id == account), None)
        if own is not None and len(causes) == 1 and account not in computed:
            by_causes.setdefault(causes.pop(), []).append((account, own))
            continue
        for record in records:
            title = Text(record["title_zh"], record["title_en"])
            by_causes.setdefault(_causes(record), []).append((account, title))
    for account, reason in section.get("services_not_valued", {}).items():
        title = computed.get(account, Text(account, account))
        named = Text(VALUE.zh.format(title.zh), VALUE.en.format(title.en))
        cause = Text(reason["zh"], reason["en"])
        by_causes.setdefault((cause,), []).append((account, named))
    found = [
        Refusal(_once(a for a, _ in named), tuple(dict.fromkeys(t for _, t in named)), causes)
        for causes, named in by_causes.items()
    ]
    return sorted(found, key=lambda r: -len(r.accounts))


def _by_account(section: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for record in (r for key in SECTIONS for r in section.get(key, ())):
        found.setdefault(record["account"], []).append(record)
    return found


def _causes(record: Mapping[str, Any]) -> Causes:
    """Return the reasons one by one; all as one in a run of an older version."""
    if "causes" not in record:
        return (Text(record["reason_zh"], record["reason_en"]),)
    return tuple(Text(c["zh"], c["en"]) for c in record["causes"])


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
