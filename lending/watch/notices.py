"""Notices: what happened to a pledge, its figures before and after, and what the ladder asks."""

import hashlib
from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

from data_catalog.text import Language, Text
from lending.loans.ladder import ACTIONS, UNSAID, ZONES, Ladder, Zone, standing
from lending.paper import amounts
from lending.policy.model import Policy
from lending.valuation.result import Valuation, Words, money
from lending.watch.days import Calendar, deadline
from lending.watch.pledges import Pledged
from lending.watch.revaluation import planned
from lending.watch.since import Since

__all__ = ["Figures", "Kind", "Notice", "ladder_of", "made", "notice_id"]

Kind = Literal["disturbance", "vintage", "price", "calendar", "warning"]
KINDS: dict[Kind, Text] = {
    "disturbance": Text("林地扰动", "disturbance"),
    "vintage": Text("签发或监测量低于预期", "fewer tonnes than expected"),
    "price": Text("价格变动", "price"),
    "calendar": Text("到期重估", "revaluation due"),
    "warning": Text("早期预警", "early warning"),
}
HEAD = Text("质押 {pledge}：{kind}（{on}）", "Pledge {pledge}: {kind} ({on})")
CHANGE = Text(
    "碳汇量下限 {t0} → {t1}；谨慎价值 {v0} → {v1}；质押率 {l0} → {l1}。",
    "Lower bound {t0} → {t1}; lending value {v0} → {v1}; loan-to-value {l0} → {l1}.",
)
ZONE = Text("所处区间：{zone}。", "Zone: {zone}.")
DO = Text("须办：{action}，{day} 前（{counted}）。", "To do: {action}, by {day} ({counted}).")
DO_NOTHING = Text("须办：无（{action}）。", "To do: {action}.")
TOP_UP = Text(
    "补仓：归还 {cash}，或增加谨慎价值 {more}（民法典第 408、433 条）。",
    "Top-up: pay back {cash}, or add lending value of {more} (Civil Code, articles 408 and 433).",
)
PLANNED = Text("较按计划当日应有的 {worth}", " from the {worth} that the plan gives for the day")
AS_IT_STOOD = Text(
    "未重新估值；谨慎价值 {v0}，质押率 {l0}。",
    "Not valued anew; lending value {v0}, loan-to-value {l0}.",
)
NOT_DONE = Text("未能重估：{problem}", "Not valued anew: {problem}")
VALUE_ANEW = Text("补齐所缺，重新估值", "supply what is missing and value anew")
NOT_APPRAISAL = Text(
    "银行内部重估，不是资产评估报告。", "A revaluation by the bank itself; not an appraisal report."
)


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Figures(_Record):
    """What a valuation said."""

    base_date: date
    tonnes_lower: Decimal
    lending_value: Decimal
    """CNY."""
    ltv: Decimal | None
    """Principal over lending value; None where that is nothing."""


class Notice(_Record):
    """One notice; `id` is the same for the same event, however often it is seen."""

    schema_id: Literal["gep-watch-notice/1"] = "gep-watch-notice/1"
    id: str
    kind: Kind
    pledge_id: str
    made_on: date
    event_on: date
    events: tuple[str, ...]
    """What it answers: digests of alerts, id of a price row, the day that was due."""
    principal: Decimal
    rule: str = ""
    """Id of the early warning, of lending/early_warnings.csv; empty where the kind says it."""
    what: Words
    action: Words
    """What the bank must do."""
    due_on: date | None
    """By when; None where there is nothing to do."""
    counted: Words
    """How the last day was counted."""
    before: Figures
    after: Figures | None
    """None where it could not be valued anew; `problem` says why."""
    problem: Words | None = None
    zone: str
    reasons: tuple[Words, ...]
    cash_top_up: Decimal
    collateral_top_up: Decimal
    top_up_days: int
    since: Since
    """All that is known since the valuation: the next notice values it too."""

    def text(self, language: Language) -> str:
        """Return the notice as people read it."""
        lines = [
            HEAD[language].format(
                pledge=self.pledge_id, kind=KINDS[self.kind][language], on=self.event_on
            ),
            self.what.text()[language],
        ]
        if self.after is not None:
            was, now = self.before, self.after
            lines.append(CHANGE[language].format(
                t0=amounts.tonnes(was.tonnes_lower), t1=amounts.tonnes(now.tonnes_lower),
                v0=amounts.yuan(was.lending_value, language),
                v1=amounts.yuan(now.lending_value, language),
                l0=amounts.percent(was.ltv), l1=amounts.percent(now.ltv),
            ))  # fmt: skip
        elif self.problem is None:
            lines.append(AS_IT_STOOD[language].format(
                v0=amounts.yuan(self.before.lending_value, language),
                l0=amounts.percent(self.before.ltv),
            ))  # fmt: skip
        lines.append(ZONE[language].format(zone=ZONES[Zone[self.zone]][language]))
        lines += [one.text()[language] for one in self.reasons]
        if self.problem is not None:
            lines.append(NOT_DONE[language].format(problem=self.problem.text()[language]))
        lines.append((DO if self.due_on else DO_NOTHING)[language].format(
            action=self.action.text()[language], day=self.due_on,
            counted=self.counted.text()[language],
        ))  # fmt: skip
        if self.cash_top_up and Zone[self.zone] >= Zone.ORANGE:
            lines.append(TOP_UP[language].format(
                cash=amounts.yuan(self.cash_top_up, language),
                more=amounts.yuan(self.collateral_top_up, language),
            ))  # fmt: skip
        return "\n".join([*lines, NOT_APPRAISAL[language]])


def ladder_of(policy: Policy) -> Ladder:
    """Return a policy's ladder in exact numbers."""
    lines = {name: Decimal(str(number)) for name, number in policy.ladder if name != "top_up_days"}
    return Ladder(max_ltv=Decimal(str(policy.caps.max_ltv)), **lines)


def notice_id(kind: Kind, pledge_id: str, events: tuple[str, ...]) -> str:
    """Return the id of a notice: of its pledge and of what it answers, in any order."""
    told = "\n".join([kind, pledge_id, *sorted(events)])
    return f"{kind}-{pledge_id}-{hashlib.sha256(told.encode()).hexdigest()[:12]}"


def made(
    kind: Kind, pledged: Pledged, events: tuple[str, ...], what: Text, on: date, event_on: date,
    since: Since, after: Valuation | None, problem: Text | None = None, *,
    calendar: Calendar | None = None, rule: str = "", action: Text | None = None,
) -> Notice:  # fmt: skip
    """Return the notice of an event, with where the ladder puts the loan after it.

    Figures before are those after the last notice. A fall of value is measured from what the
    valuation itself expects of the day: several small ones add up, and a planned payment is none.

    Parameters
    ----------
    since : Since
        All that is known now; `after` is the valuation with it.
    action : Text, optional
        Of the rule; by default that of the zone.
    """
    before, policy = pledged.standing(), pledged.valuation.inputs.policy
    now = after or before
    expected = planned(pledged.valuation, now.inputs.facts.base_date)
    told = expected == before.results.lending_value
    stands = standing(
        pledged.principal, now.results.lending_value, ladder_of(policy), last_value=expected,
        fallen_from=UNSAID if told else Text(
            PLANNED.zh.format(worth=amounts.yuan(expected, "zh")),
            PLANNED.en.format(worth=amounts.yuan(expected, "en")),
        ),
    )  # fmt: skip
    base = pledged.valuation.inputs.facts.base_date
    if action is None and problem is not None:
        action = VALUE_ANEW
    zone = ACTIONS[stands.zone]
    todo = zone if action is None else action
    if action is not None and stands.zone > Zone.GREEN:
        todo = Text(f"{action.zh}；{zone.zh}", f"{action.en}; {zone.en}")
    idle = stands.zone is Zone.GREEN and action is None
    last = None if idle else deadline(on, policy.ladder.top_up_days, calendar)
    return Notice(
        id=notice_id(kind, pledged.pledge_id, events), kind=kind, pledge_id=pledged.pledge_id,
        made_on=on, event_on=event_on, events=tuple(sorted(events)), principal=pledged.principal,
        rule=rule, what=Words.of(what), before=_figures(before, pledged.principal),
        after=None if after is None else _figures(after, pledged.principal),
        problem=None if problem is None else Words.of(problem), zone=stands.zone.name,
        reasons=tuple(Words.of(text) for text in stands.reasons), action=Words.of(todo),
        due_on=last.day if last else None,
        counted=Words.of(last.counted) if last else Words(zh="", en=""),
        cash_top_up=money(stands.cash_top_up), collateral_top_up=money(stands.collateral_top_up),
        top_up_days=policy.ladder.top_up_days,
        since=since.model_copy(update={"base_date": base}),
    )  # fmt: skip


def _figures(valuation: Valuation, principal: Decimal) -> Figures:
    found = valuation.results
    worth = found.lending_value
    return Figures(
        base_date=valuation.inputs.facts.base_date, tonnes_lower=found.tonnes_lower,
        lending_value=worth, ltv=principal / worth if worth else None,
    )  # fmt: skip
