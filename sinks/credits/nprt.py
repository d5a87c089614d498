"""The risk of reversal by the VCS AFOLU non-permanence risk tool 4.2: a share to set aside.

Answers are items of its tables (`data_catalog/methodologies/nprt_v42.csv`): each adds its score,
and each table is at least 0. Internal risk is PM + FV + OC + PL, external LT + SE + PC, natural the
sum of likelihood-and-significance times mitigation over the risks, those that the climate makes
worse times its factor. The rating is rounded up, at least 12: a percentage of the net change.
"""

import csv
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from data_catalog.errors import GepError, ProjectError, UnknownNameError, raise_all
from data_catalog.names import suggestion
from data_catalog.parameters import Parameters, bundled
from data_catalog.text import Text
from data_catalog.units import conversion
from sinks.credits.rows import needed

__all__ = ["SET", "Answers", "Item", "NaturalRisk", "Rating", "items", "rating"]

SET = "nprt-4.2"
WHERE = "[nprt]"
FAIL = "fail"
Score: TypeAlias = float
CATEGORIES = ("PM", "FV", "OC", "PL", "LT", "SE", "PC")
ALONE = {"FV": "j"}
"""An item of a category that lowers one choice of it alone: capital on call, the funding's."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NaturalRisk(_Strict):
    """A natural risk: how bad, how often, what is done; `climate`: whether its factor applies."""

    risk: str
    damage: Literal["catastrophic", "devastating", "major", "minor", "insignificant"]
    frequency: Literal["more_than_10", "10_25", "25_50", "50_100", "100"]
    mitigation: Literal["prevention", "containment", "both", "none"] = "none"
    climate: bool = True


class Answers(_Strict):
    """Items that hold, by table; years of the project; the governance index of its country."""

    PM: tuple[str, ...] = ()
    FV: tuple[str, ...]
    OC: tuple[str, ...]
    LT: tuple[str, ...]
    SE: tuple[str, ...] = ()
    years: Annotated[float, Field(ge=0)]
    legal_agreement: bool = False
    registration_requested: int
    governance: float
    governance_mitigated: bool = False
    climate_factor: float
    natural: tuple[NaturalRisk, ...]
    sea_level_rise: Annotated[float, Field(ge=0)] = 0.0


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the tables; NaN scores fail the project."""

    category: str
    item: str
    choice: str
    low: float
    score: float
    title: Text
    where: str


@dataclass(frozen=True, kw_only=True)
class Rating:
    """Scores by table, their sums, and the rating in percent; `failed` says why a project fails."""

    scores: dict[str, float]
    internal: float
    external: float
    natural: float
    rating: float
    failed: tuple[Text, ...]

    @property
    def share(self) -> float:
        """Return the share of the net change that goes into the buffer."""
        return self.rating * conversion("percent", "1")[0]


@cache
def items() -> dict[tuple[str, str], Item]:
    """Return all lines of the tables by category and item."""
    file = resources.files("data_catalog.methodologies") / "nprt_v42.csv"
    found = (
        Item(
            category=r["category"], item=r["item"], choice=r["choice"],
            low=float(r["from"] or -math.inf),
            score=math.nan if r["score"] == FAIL else float(r["score"]),
            title=Text(r["zh"], r["en"]), where=r["where"],
        )
        for r in csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    )  # fmt: skip
    return {(one.category, one.item): one for one in found}


def rating(answers: Answers, parameters: Parameters) -> Rating:
    """Return the rating of a project.

    Raises
    ------
    UnknownNameError, ProjectError or Problems
        If an item is not in the tables, or two of one choice are given; all at once.
    """
    raise_all(_problems(answers))
    failed: list[Text] = []
    scores = {c: _score(_of(answers, c), failed, ALONE.get(c, "")) for c in ("PM", "FV", "OC")}
    scores["PL"] = _longevity(answers, parameters, failed)
    scores |= {c: _score(_of(answers, c), failed) for c in ("LT", "SE")}
    scores["PC"] = _score(_governance(answers), failed)
    internal, external = (sum(scores[c] for c in part) for part in (CATEGORIES[:4], CATEGORIES[4:]))
    natural = _natural(answers, failed)
    for part, score in (("internal", internal), ("external", external), ("natural", natural)):
        most = needed(parameters, "nprt_fail", SET, part).in_units("percent")
        if score > most:
            failed.append(_above(PARTS[part], score, most))
    least = needed(parameters, "nprt_rating_minimum", SET).in_units("percent")
    overall = max(math.ceil(internal + external + natural), least)
    most = needed(parameters, "nprt_rating_fail", SET).in_units("percent")
    if overall > most:
        failed.append(_above(Text("总评级", "overall rating"), overall, most))
    return Rating(scores=scores, internal=internal, external=external, natural=natural,
                  rating=overall, failed=tuple(failed))  # fmt: skip


PARTS = {
    "internal": Text("内部风险", "internal risk"),
    "external": Text("外部风险", "external risk"),
    "natural": Text("自然风险", "natural risk"),
}


def _above(what: Text, score: float, most: float) -> Text:
    return Text(f"{what.zh} {score:g}，超过 {most:g}", f"{what.en} of {score:g} is above {most:g}")


def _of(answers: Answers, category: str) -> list[Item]:
    return [items()[category, item] for item in getattr(answers, category)]


def _score(found: Iterable[Item], failed: list[Text], alone: str = "") -> float:
    """Return the sum of the items, at least 0; the item `alone` takes its choice to 0 at most."""
    given = list(found)
    failed += [one.title for one in given if math.isnan(one.score)]
    known = [one for one in given if not math.isnan(one.score)]
    rest = sum(one.score for one in known if one.item != alone)
    lowered = sum(one.score for one in known if one.item == alone)
    if lowered:
        funding = sum(one.score for one in known if one.choice == "funding")
        lowered = max(lowered, -funding)
    return max(0.0, rest + lowered)


def _longevity(answers: Answers, parameters: Parameters, failed: list[Text]) -> float:
    since = needed(parameters, "nprt_registration_year", SET).value
    key = "" if answers.registration_requested >= since else "before"
    least = needed(parameters, "nprt_longevity_minimum", SET, key).in_units("year")
    if answers.years < least:
        failed.append(Text(
            f"项目持续 {answers.years:g} 年，少于 {least:g} 年",
            f"the project lasts {answers.years:g} years, fewer than {least:g}",
        ))  # fmt: skip
    safe = needed(parameters, "nprt_longevity_safe", SET).in_units("year")
    if answers.legal_agreement and answers.years >= safe:
        return 0.0
    of = "legal" if answers.legal_agreement else "none"
    per_point = needed(parameters, "nprt_longevity_years", SET, of).in_units("year")
    start = needed(parameters, "nprt_longevity_start", SET).value
    return max(0.0, start - answers.years / per_point)


def _governance(answers: Answers) -> list[Item]:
    bands = [one for one in items().values() if one.choice == "governance"]
    of = max((b for b in bands if answers.governance >= b.low), key=lambda b: b.low)
    return [of, items()["PC", "mitigation"]] if answers.governance_mitigated else [of]


def _natural(answers: Answers, failed: list[Text]) -> float:
    steady = worse = 0.0
    for one in answers.natural:
        damage = items()["NAT", f"{one.damage}/{one.frequency}"]
        if math.isnan(damage.score):
            failed.append(Text(f"{one.risk}：{damage.title.zh}", f"{one.risk}: {damage.title.en}"))
            continue
        score = damage.score * items()["NAT", f"mitigation/{one.mitigation}"].score
        if one.climate:
            worse += score
        else:
            steady += score
    return worse * answers.climate_factor + steady + answers.sea_level_rise


def _problems(answers: Answers) -> Iterator[GepError]:
    for category in ("PM", "FV", "OC", "LT", "SE"):
        known = [item for of, item in items() if of == category]
        for item in getattr(answers, category):
            if item not in known:
                yield UnknownNameError(
                    where=f"{WHERE} {category}", kind=Text("条目", "item"), name=item,
                    hint=suggestion(item, known),
                )  # fmt: skip
        given = [items()[category, i] for i in getattr(answers, category) if i in known]
        for choice in {one.choice for one in given if one.choice}:
            several = [one.item for one in given if one.choice == choice]
            if len(several) > 1:
                names = ", ".join(several)
                yield ProjectError(where=f"{WHERE} {category}", problem=Text(
                    f"{names} 只能取一项。", f"{names}: one of them alone can hold.",
                ))  # fmt: skip
    low, high = (
        needed(bundled(), "nprt_climate_factor", SET, end).value for end in ("low", "high")
    )
    if not low <= answers.climate_factor <= high:
        yield ProjectError(where=f"{WHERE} climate_factor", problem=Text(
            f"为 {answers.climate_factor:g}，应在 {low:g} 至 {high:g} 之间。",
            f"is {answers.climate_factor:g}; it lies between {low:g} and {high:g}.",
        ))  # fmt: skip
