"""Every step of a valuation in words: amount, unit, formula and source."""

from collections.abc import Iterable
from decimal import Decimal

import numpy as np
from scipy.special import ndtri

from data_catalog.text import Text
from lending.policy.model import HAIRCUTS, HaircutKind
from lending.prices.paths import GROWING_PRICE
from lending.valuation.income import PARTS, RECEIPT, Flow
from lending.valuation.money import discount
from lending.valuation.result import AppliedHaircut, Results, Step, Words
from lending.valuation.timing import ENDS
from lending.valuation.tonnes import LOWER_BOUND, NET_TONNES, in_periods, percent
from lending.valuation.worked import Worked

__all__ = ["explained"]

DIGITS = 6
KINDS = {
    "receipt": Text("售碳收入的现值", "present value of the receipts"),
    "development": Text("开发成本", "development"),
    "monitoring": Text("监测成本的现值", "monitoring"),
    "protection": Text("管护成本的现值", "protection"),
    "verification": Text("核证成本的现值", "verification"),
    "issuance": Text("签发成本的现值", "issuance"),
    "tax": Text("税费的现值", "tax"),
    "owner": Text("权利人分成的现值", "share of the owners"),
}
MODES = {
    "multiplicative": Text("各项折扣相乘", "haircuts multiply"),
    "additive": Text("各项折扣相加", "haircuts add up"),
}
NO_NOTE = Text("", "")
REFUSED = Text("合理性检验不通过，不予计值", "a plausibility gate refuses: nothing is lent on it")
LOWER_OF_VINTAGES = r"\sum_i \max(0,\; N_i - z_\gamma\, se_i)"


def explained(of: Worked, results: Results) -> tuple[Step, ...]:
    """Return the steps from the area, or the vintages, to the highest loan."""
    return (
        *_tonnes(of), *_time(of), *_terms(of), *_worth(of), *_haircuts(of), *_limits(results),
    )  # fmt: skip


def _step(
    id: str, title: Text, amount: float | Decimal, units: str, formula: str,  # noqa: A002
    source: str, note: Text = NO_NOTE,
) -> Step:  # fmt: skip
    exact = amount if isinstance(amount, Decimal) else Decimal(str(round(amount, DIGITS)))
    return Step(id=id, title=Words.of(title), amount=exact, units=units, formula=formula,
                source=source, note=Words.of(note))  # fmt: skip


def _tonnes(of: Worked) -> Iterable[Step]:
    facts, policy = of.inputs.facts, of.inputs.policy
    level = percent(policy.confidence)
    holding = facts.holding
    if holding is not None:
        yield _step(
            "gross", Text("年毛碳汇量", "gross tonnes of a year"),
            holding.area_mu * holding.yield_tCO2e_per_mu, "t_CO2e/year", "A q", holding.source,
            Text(f"A = {holding.area_mu:g} 亩，q = {holding.yield_tCO2e_per_mu:g} t/亩/年",
                 f"A = {holding.area_mu:g} mu, q = {holding.yield_tCO2e_per_mu:g} t/mu/yr"),
        )  # fmt: skip
        z = ndtri(policy.confidence)
        yield _step(
            "lower", LOWER_BOUND.title, float(LOWER_BOUND(z=z, cv=holding.cv)), "1",
            LOWER_BOUND.formula, LOWER_BOUND.source.key,
            Text(f"{level} 单侧，z = {z:.6f}，cv = {holding.cv:g}",
                 f"{level} one-sided, z = {z:.6f}, cv = {holding.cv:g}"),
        )  # fmt: skip
    else:
        rows = of.inputs.vintages
        names = ", ".join(dict.fromkeys(row.methodology for row in rows if row.methodology))
        yield _step(
            "net", Text("年份表的净碳汇量", "net tonnes of the vintages"),
            sum(row.net_tCO2e for row in rows), "t_CO2e", "net_tCO2e", names or "VINTAGES",
            Text(f"年份表 {len(rows)} 行", f"rows of the table: {len(rows)}"),
        )  # fmt: skip
    for name, title in (
        ("buffer", Text("缓冲", "buffer")), ("leakage", Text("泄漏", "leakage")),
    ):  # fmt: skip
        rate = getattr(facts.tonnes, name)
        in_net = Text("已在净量中扣除", "in the net tonnes already")
        yield _step(name, title, rate or 0.0, "1", "1 - b" if name == "buffer" else "1 - l",
                    "facts", NO_NOTE if rate is not None else in_net)  # fmt: skip
    for gone, taken in zip(facts.withdrawn, of.lots.withdrawn, strict=True):
        yield _step(
            "withdrawn", Text("不再可质押的量", "tonnes that are withdrawn"), -taken,
            "t_CO2e", "", "facts", Text(gone.reason, gone.reason),
        )  # fmt: skip
    plan = of.plan
    for part, amount in (("past", plan.past), ("future", plan.future)):
        if amount.any():
            yield _step(
                f"tonnes_{part}", PARTS[part], float(amount.sum()), "t_CO2e",  # type: ignore[index]
                NET_TONNES.formula if holding is not None else LOWER_OF_VINTAGES,
                NET_TONNES.source.key,
                Text(f"{level} 单侧下限，至期限止", f"{level} lower bound, until T"),
            )  # fmt: skip
    since = facts.cycle.grown_since
    if since is not None and of.horizon.years:
        grown = in_periods(of.lots, of.lots.lower, np.zeros(1), of.growing)
        yield _step(
            "tonnes_grown",
            Text("其中基准日前已生长、尚未付款", "of these, grown before the base date, unpaid"),
            float(grown.sum()), "t_CO2e", "", "facts",
            Text(f"自 {since} 起；更早的已售", f"since {since}; what grew earlier is sold"),
        )  # fmt: skip


def _time(of: Worked) -> Iterable[Step]:
    for name, years in of.horizon.ends.items():
        yield _step(f"end_{name}", ENDS[name], years, "year", "", "facts")
    bound = ENDS[of.horizon.bound_by]
    yield _step(
        "years", Text("可计年限 T", "years that count, T"), of.horizon.years, "year",
        r"T = \min(crediting, tenure, programme)", "spc_2022_16",
        Text(f"由“{bound.zh}”决定；计日：{of.inputs.policy.discount.day_count}",
             f"set by the {bound.en}; day count {of.inputs.policy.discount.day_count}"),
    )  # fmt: skip


def _terms(of: Worked) -> Iterable[Step]:
    row, path = of.inputs.price, of.inputs.facts.price
    yield _step(
        "price", Text("起始价格", "price at the start"), of.plan.start, row.unit,
        GROWING_PRICE.formula, row.source,
        Text(f"{row.market}，{row.last_day}；路径：年增长 {path.growth:.2%}，依据：{path.source}",
             f"{row.market}, {row.last_day}; path: {path.growth:.2%} a year ({path.source})"),
    )  # fmt: skip
    rate = of.inputs.policy.discount
    parts = " + ".join(f"{part.name} {part.rate:.2%}" for part in rate.parts)
    yield _step(
        "rate", Text("贴现率", "discount rate"), of.rate, "1/year", r"(1 + r)^{-t}",
        rate.source or "; ".join(part.source for part in rate.parts), Text(parts, parts),
    )  # fmt: skip
    paid = of.inputs.facts.costs.paid_already
    if paid:
        yield _step(
            "sunk", Text("已支付的成本", "cost paid already"), paid, "CNY", "", "facts",
            Text("沉没成本，不计入", "sunk: not counted"),
        )  # fmt: skip


def _worth(of: Worked) -> Iterable[Step]:
    for part, title in PARTS.items():
        flows = [flow for flow in of.flows if flow.part == part]
        for flow in flows:
            yield _of_flow(of, flow)
        if flows:
            yield _step(
                f"value_{part}", Text(f"{title.zh}的现值", f"present value, {title.en}"),
                Decimal(str(round(of.parts[part], 2))), "CNY",
                r"NPV = \sum_t C_t (1+r)^{-t}", "lending_research",
            )  # fmt: skip


def _of_flow(of: Worked, flow: Flow) -> Step:
    worth = float((flow.amount * discount(of.rate, flow.years)).sum())
    times = f"{len(np.unique(flow.years))} ×"
    formula = RECEIPT.formula if flow.kind == "receipt" else r"\sum_t C_t (1+r)^{-t}"
    return _step(
        f"{flow.kind}_{flow.part}", KINDS[flow.kind], Decimal(str(round(worth, 2))), "CNY",
        formula, of.inputs.facts.costs.source, Text(times, times),
    )  # fmt: skip


def _haircuts(of: Worked) -> Iterable[Step]:
    mode = of.inputs.policy.haircut_mode
    for one in of.haircuts:
        yield _haircut(one)
    formula = r"\prod (1 - h)" if mode == "multiplicative" else r"\max(0, 1 - \sum h)"
    yield _step("factor", Text("折扣系数", "factor of the haircuts"), of.factor, "1", formula,
                f"policy: {mode}", MODES[mode])  # fmt: skip
    yield _step(
        "lending_value", Text("谨慎价值", "lending value"),
        Decimal(str(round(of.lending_value, 2))), "CNY", r"LV = \max(0, \sum NPV)\, factor",
        "lending_research", REFUSED if of.refused else NO_NOTE,
    )  # fmt: skip


def _haircut(one: AppliedHaircut) -> Step:
    kind: HaircutKind = one.kind  # type: ignore[assignment]
    return _step(f"haircut_{kind}", HAIRCUTS[kind], one.applied, "1", "1 - h", one.source,
                 one.reason.text())  # fmt: skip


def _limits(results: Results) -> Iterable[Step]:
    for bound in results.bounds:
        if bound.limit is not None:
            binds = Text("起决定作用", "binds") if bound.binds else NO_NOTE
            yield _step(f"limit_{bound.rule}", bound.title.text(), bound.limit, "CNY", "", "policy",
                        binds)  # fmt: skip
    yield _step("max_loan", Text("最高贷款额", "highest loan"), results.max_loan, "CNY",
                r"\min", "policy")  # fmt: skip
