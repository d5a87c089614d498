"""A valuation on the terminal: headline, steps, practice beside it, and what may go wrong."""

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from cli.terminal import show, show_heading, show_table, show_title
from data_catalog.formula import plain
from data_catalog.text import Language, Text
from data_catalog.units import conversion

if TYPE_CHECKING:
    from lending.valuation.result import Results, Valuation, Words

__all__ = ["show_valuation"]

OF = Text("碳汇质押价值：{subject}，评估基准日 {day}", "Collateral value of {subject} at {day}")
EXAMPLE = Text(
    "注意：所用政策是示例，其中的数不是任何银行的规定。",
    "Note: the policy is an example; its numbers are no bank's rules.",
)
NO_APPRAISAL = Text(
    "银行内部测算，不是资产评估报告。",
    "For the bank's own use: this is not an appraisal report.",
)
HEADLINE = Text(
    "谨慎价值 {lending} 元；最高贷款额 {limit} 元，由“{rule}”决定",
    "Lending value {lending} CNY; highest loan {limit} CNY, set by: {rule}",
)
COVER = Text(
    "覆盖率 {cover:.1%}（谨慎价值 / 申请额 {loan} 元）；碳汇可担保申请额的 {share:.1%}",
    "Coverage {cover:.1%} (lending value over the {loan} CNY asked for); carbon may secure "
    "{share:.1%} of it",
)
RANGE = Text(
    "价值的 P5 {p5}，P50 {p50}，P95 {p95} 元（{draws} 次抽样，种子 {seed}；"
    "低于申请额的概率 {risk:.1%}）",
    "Value: P5 {p5}, P50 {p50}, P95 {p95} CNY ({draws} draws, seed {seed}; below the loan in "
    "{risk:.1%})",
)
BREAK_EVEN = Text("盈亏平衡价格 {price} 元/t", "Breaks even at {price} CNY/t")
BREAK_AREA = Text("，盈亏平衡面积 {mu} 亩（{ha} 公顷）", ", and at {mu} mu ({ha} ha)")
STEPS = Text("计算步骤", "Steps")
STEP_HEAD = (Text("步骤", "step"), Text("数值", "amount"), Text("单位", "unit"),
             Text("公式", "formula"), Text("依据", "source"), Text("说明", "note"))  # fmt: skip
PRACTICE = Text("实践做法与谨慎价值并列", "Practice beside the prudent figure")
PRACTICE_HEAD = (Text("做法", "rule"), Text("案例", "case"), Text("可贷额（元）", "loan (CNY)"),
                 Text("为谨慎额的倍数", "times the prudent loan"),
                 Text("隐含单价（元/t）", "implied CNY/t"),
                 Text("隐含贴现率", "implied rate"))  # fmt: skip
PRUDENT = Text("谨慎价值×质押率", "lending value x LTV")
GATES = Text("合理性检验", "Plausibility")
LEVELS = {"ok": Text("通过", "ok"), "flag": Text("注意", "FLAG"),
          "reject": Text("拒绝", "REJECT")}  # fmt: skip
RIGHTS = Text("其他权利（单列，不计入碳汇价值）", "Other rights (apart, not in the carbon value)")
RIGHT_TITLES = {"timber": Text("林木", "timber"), "land": Text("林地", "forest land"),
                "compensation": Text("公益林补偿收益", "compensation income")}  # fmt: skip
RIGHT_HEAD = (Text("权利", "right"), Text("价值（元）", "value (CNY)"),
              Text("谨慎价值（元）", "lending value (CNY)"),
              Text("单独可贷（元）", "loan on it alone (CNY)"), Text("公式", "formula"),
              Text("依据", "source"), Text("与碳汇并用", "beside carbon"))  # fmt: skip
BESIDE = {True: Text("可", "yes"), False: Text("否", "no")}
WITH_OTHERS = Text(
    "连同可并用的权利，覆盖率 {:.1%}",
    "With the rights that may stand beside: coverage {:.1%}",
)
APPROACHES = Text("其他方法（仅供比较）", "Other approaches (to compare)")
APPROACH_TITLES = {"market": Text("市场法", "market"), "cost": Text("成本法", "cost")}
APPROACH_HEAD = (Text("方法", "approach"), Text("价值（元）", "value (CNY)"),
                 Text("公式", "formula"), Text("依据", "source"))  # fmt: skip
OPTION = Text(
    "实物期权价值 {} 元：仅披露，不作为贷款依据。",
    "Real option: {} CNY, reported and never lent against.",
)
SENSITIVE = Text("敏感性", "Sensitivity")
SENSITIVE_HEAD = (Text("变动", "change"), Text("幅度", "by"), Text("价值（元）", "value (CNY)"),
                  Text("差额（元）", "difference (CNY)"))  # fmt: skip
SCENARIO = Text("价格情景", "Price scenarios")
SCENARIO_HEAD = (Text("情景", "scenario"), Text("价格（元/t）", "CNY/t"),
                 Text("价值（元）", "value (CNY)"),
                 Text("谨慎价值（元）", "lending value (CNY)"))  # fmt: skip
CAUSES = Text("每项不确定性使价值降低（P50−P5，元）", "What each uncertainty costs (P50 - P5, CNY)")
CAUSE_HEAD = (Text("不确定性", "uncertainty"), Text("降低（元）", "costs (CNY)"), Text("", ""))
UNKNOWN = "–"
BAR = 30


def show_valuation(found: "Valuation", lang: Language) -> None:
    """Print a valuation."""
    facts, results = found.inputs.facts, found.results
    show_title(OF[lang].format(subject=facts.subject or facts.right, day=facts.base_date))
    if found.example:
        show(EXAMPLE[lang])
    show(NO_APPRAISAL[lang])
    show()
    _show_headline(results, lang)
    show_heading(STEPS[lang])
    rows = [
        [_said(step.title, lang), _amount(step.amount), step.units, plain(step.formula),
         step.source, _said(step.note, lang)]
        for step in found.steps
    ]  # fmt: skip
    _table(STEP_HEAD, rows, lang, right=(1,))
    _show_practice(results, lang)
    _show_others(results, lang)
    show_heading(GATES[lang])
    for gate in results.gates:
        show(f"{LEVELS[gate.level][lang]}  {_said(gate.text, lang)}")
    _show_changes(results, lang)


def _show_headline(results: "Results", lang: Language) -> None:
    rule = next(_said(one.title, lang) for one in results.bounds if one.binds)
    show(HEADLINE[lang].format(
        lending=_money(results.lending_value), limit=_money(results.max_loan), rule=rule
    ))  # fmt: skip
    if results.coverage_ratio is not None and results.loan is not None:
        show(COVER[lang].format(
            cover=results.coverage_ratio, loan=_money(results.loan),
            share=results.carbon_share_of_loan,
        ))  # fmt: skip
    draws = results.draws
    if draws is not None:
        show(RANGE[lang].format(
            p5=_money(draws.p5), p50=_money(draws.p50), p95=_money(draws.p95), draws=draws.draws,
            seed=draws.seed, risk=draws.loss_probability,
        ))  # fmt: skip
    if results.break_even_price is not None:
        line = BREAK_EVEN[lang].format(price=results.break_even_price)
        if results.break_even_area_mu is not None:
            mu = results.break_even_area_mu
            hectares, _ = conversion("mu_land", "hectare")
            line += BREAK_AREA[lang].format(mu=mu, ha=f"{float(mu) * hectares:.2f}")
        show(line)


def _show_practice(results: "Results", lang: Language) -> None:
    show_heading(PRACTICE[lang])
    rows = [
        [_said(one.title, lang), one.case or UNKNOWN, _money(one.limit),
         _or_unknown(one.over_prudent, "{:.2f}"), _or_unknown(one.implied_price, "{:,.2f}"),
         _or_unknown(one.implied_rate, "{:.3%}")]
        for one in results.practice
    ]  # fmt: skip
    lower = results.tonnes_lower
    per_tonne = f"{results.max_loan / lower:,.2f}" if lower else UNKNOWN
    rows.append([PRUDENT[lang], "", _money(results.max_loan), "1.00", per_tonne, UNKNOWN])
    _table(PRACTICE_HEAD, rows, lang, right=(2, 3, 4, 5))


def _show_others(results: "Results", lang: Language) -> None:
    if results.other_rights:
        show_heading(RIGHTS[lang])
        _table(RIGHT_HEAD, [
            [RIGHT_TITLES[one.right][lang], _money(one.value),
             _or_unknown(one.lending_value, "{:,.2f}"), _or_unknown(one.max_loan, "{:,.2f}"),
             plain(one.formula), one.source, BESIDE[one.addable][lang]]
            for one in results.other_rights
        ], lang, right=(1, 2, 3))  # fmt: skip
        if results.coverage_with_other_rights is not None:
            show()
            show(WITH_OTHERS[lang].format(results.coverage_with_other_rights))
    if results.approaches:
        show_heading(APPROACHES[lang])
        _table(APPROACH_HEAD, [
            [APPROACH_TITLES[one.approach][lang], _money(one.value), plain(one.formula),
             one.source]
            for one in results.approaches
        ], lang, right=(1,))  # fmt: skip
    if results.option is not None:
        show()
        show(OPTION[lang].format(_money(results.option.value)))


def _show_changes(results: "Results", lang: Language) -> None:
    show_heading(SENSITIVE[lang])
    rows = [
        [_said(one.title, lang), one.change, _money(one.value), _money(one.difference)]
        for one in results.sensitivity
    ]
    _table(SENSITIVE_HEAD, rows, lang, right=(1, 2, 3))
    if results.scenarios:
        show_heading(SCENARIO[lang])
        rows = [
            [one.name, _money(one.price), _money(one.value), _money(one.lending_value)]
            for one in results.scenarios
        ]
        _table(SCENARIO_HEAD, rows, lang, right=(1, 2, 3))
    if results.draws is not None:
        show_heading(CAUSES[lang])
        widest = max(one.width for one in results.draws.causes) or Decimal(1)
        rows = [
            [_said(one.title, lang), _money(one.width), "█" * round(BAR * one.width / widest)]
            for one in results.draws.causes
        ]
        _table(CAUSE_HEAD, rows, lang, right=(1,))


def _table(
    header: Iterable[Text], rows: Iterable[list[str]], lang: Language, right: tuple[int, ...]
) -> None:
    show_table([title[lang] for title in header], rows, right=right)


def _said(words: "Words", lang: Language) -> str:
    return words.text()[lang]


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _amount(amount: Decimal) -> str:
    whole, _, digits = f"{amount:,f}".partition(".")
    digits = digits.rstrip("0")
    return f"{whole}.{digits}" if digits else whole


def _or_unknown(number: float | Decimal | None, form: str) -> str:
    return UNKNOWN if number is None else form.format(number)
