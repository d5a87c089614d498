"""Where a loan stands: to print and as JSON (money as text, to the cent)."""

from itertools import combinations
from typing import TYPE_CHECKING, Any

from cli.loan_tables import percent, yuan
from cli.terminal import show, show_heading, show_table, show_title
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from lending.conflicts.rules import PairRule
    from lending.loans.contract import Contract
    from lending.loans.security import Security
    from lending.policy.model import Policy
    from lending.stress.of_contract import LoanStanding

__all__ = ["show_standing", "standing_record"]

TITLE = Text("{number}：{day} 的担保状况；政策 {bank} {version}",
             "{number} on {day}; policy {bank} {version}")  # fmt: skip
EXAMPLE = Text("政策为示例，其中的数不是任何银行的规定：结果仅供演示。",
               "The policy is an example, its numbers are no bank's: the results show the "
               "method.")  # fmt: skip
HEADLINE = Text(
    "碳汇覆盖率 {carbon}（碳汇谨慎价值 / 余额 {balance} 元）；各项权利合计覆盖 {rights}，"
    "连同其他担保 {all}",
    "Covered by carbon {carbon} (lending value of carbon over the balance of {balance} CNY); by "
    "all rights on the forest {rights}, with other security {all}",
)
RIGHTS = Text("担保本贷款的权利", "Rights that secure the loan")
RIGHT_HEAD = (
    Text("编号", "id"),
    Text("权利", "right"),
    Text("谨慎价值（元）", "lending value, CNY"),
)
OTHER = Text(
    "其他担保（单列，不计入覆盖率与质押率）", "Other security (apart, not in coverage or LTV)"
)
OTHER_HEAD = (Text("种类", "kind"), Text("价值（元）", "value, CNY"))
LADDER = Text("质押率阶梯", "LTV ladder")
ITEM = (Text("项目", "item"), Text("值", "value"))
LINES = (Text("质押率（余额 / 各项权利的谨慎价值）", "LTV (balance over value of all rights)"),
         Text("区域", "zone"), Text("应采取的措施", "what to do"),
         Text("补足现金（元）", "cash top-up, CNY"),
         Text("或补足担保（谨慎价值，元）", "or collateral top-up (lending value), CNY"),
         Text("可解除的担保（谨慎价值，元）", "can be released (lending value), CNY"))  # fmt: skip
UNTIL = Text("补仓期限 {days} 个工作日（民法典第408、433条）。",
             "Top-up within {days} working days (Civil Code, art. 408, 433).")  # fmt: skip
LOSS = Text(
    "预期损失 {loss} 元 = 违约概率 {pd} × 违约损失率 {lgd} × 余额 {balance} 元",
    "Expected loss {loss} CNY = PD {pd} x LGD {lgd} x balance of {balance} CNY",
)
TOGETHER = Text("权利之间", "Rights beside each other")
NOTHING_OWED = Text(
    "当日没有余额：担保随债务消灭（民法典第393条）。",
    "Nothing is owed on the day: the security has ended (Civil Code, art. 393).",
)


def show_standing(of: "Contract", policy: "Policy", found: "LoanStanding", lang: Language) -> None:
    """Print coverage, rights, other security, ladder and expected loss."""
    show_title(TITLE[lang].format(
        number=of.loan.number, day=found.day, bank=policy.bank, version=policy.version
    ))  # fmt: skip
    if policy.example:
        show(EXAMPLE[lang])
    held = found.security
    if held is None:
        show(NOTHING_OWED[lang])
        return
    show()
    show(HEADLINE[lang].format(
        carbon=percent(held.carbon_coverage_ratio), balance=yuan(found.balance),
        rights=percent(held.of_rights / held.amount), all=percent(held.coverage_ratio),
    ))  # fmt: skip
    _show_security(held, lang)
    _show_ladder(policy, found, lang)
    odds = of.expected_loss
    if odds is not None and found.expected_loss is not None:
        show()
        show(LOSS[lang].format(
            loss=yuan(found.expected_loss), pd=percent(odds.default_probability),
            lgd=percent(found.loss_given_default), balance=yuan(found.balance),
        ))  # fmt: skip


def _show_security(held: "Security", lang: Language) -> None:
    from lending.conflicts.rules import bundled_rules

    rules = bundled_rules()
    show_heading(RIGHTS[lang])
    rows = [
        (one.id, f"{one.code} {rules.rights[one.code].title[lang]}", yuan(one.lending_value))
        for one in held.rights
    ]
    show_table([h[lang] for h in RIGHT_HEAD], rows, right=(2,))
    pairs = _pairs(held)
    if pairs:
        show_heading(TOGETHER[lang])
        for (one, other), rule in pairs.items():
            verdict = rules.verdicts[rule.verdict].title[lang]
            show(f"{one} × {other}  {verdict}  {rule.rule[lang]}", indent=2)
    if held.other:
        show_heading(OTHER[lang])
        show_table(
            [h[lang] for h in OTHER_HEAD],
            [(one.kind[lang], yuan(one.value)) for one in held.other], right=(1,),
        )  # fmt: skip


def _pairs(held: "Security") -> "dict[tuple[str, str], PairRule]":
    """Return what the matrix says of rights of different kinds that are not simply compatible."""
    from lending.conflicts.rules import bundled_rules

    rules = bundled_rules()
    codes = dict.fromkeys(one.code for one in held.rights)
    found = {pair: rules.pair(*pair) for pair in combinations(codes, 2)}
    return {pair: rule for pair, rule in found.items() if rules.verdicts[rule.verdict].level}


def _show_ladder(policy: "Policy", found: "LoanStanding", lang: Language) -> None:
    from lending.loans.ladder import ACTIONS, ZONES

    at = found.standing
    show_heading(LADDER[lang])
    values = (percent(at.ltv), ZONES[at.zone][lang], ACTIONS[at.zone][lang],
              yuan(at.cash_top_up), yuan(at.collateral_top_up), yuan(at.release))  # fmt: skip
    rows = [(line[lang], value) for line, value in zip(LINES, values, strict=True)]
    show_table([h[lang] for h in ITEM], rows)
    if at.reasons:
        show()
    for reason in at.reasons:
        show(reason[lang], indent=2)
    if at.cash_top_up:
        show(UNTIL[lang].format(days=policy.ladder.top_up_days))


def standing_record(of: "Contract", policy: "Policy", found: "LoanStanding") -> dict[str, Any]:
    """Return where a loan stands for a program."""
    from lending.loans.money import cents

    held, at = found.security, found.standing
    return {
        "loan": of.loan.number, "day": found.day.isoformat(), "balance": str(cents(found.balance)),
        "policy": policy.version, "example": policy.example,
        "rights": [] if held is None else [
            {"id": one.id, "code": one.code, "lending_value": str(cents(one.lending_value))}
            for one in held.rights
        ],
        "rights_beside_each_other": [] if held is None else [
            {"rights": list(pair), "verdict": rule.verdict, "rule": rule.rule,
             "source": rule.source}
            for pair, rule in _pairs(held).items()
        ],
        "other_security": [] if held is None else [
            {"kind": one.kind, "value": str(cents(one.value))} for one in held.other
        ],
        "carbon_coverage_ratio": None if held is None else _share(held.carbon_coverage_ratio),
        "coverage_ratio": None if held is None else _share(held.coverage_ratio),
        "not_covered_by_rights": None if held is None else str(cents(held.not_covered)),
        "ltv": _share(at.ltv), "zone": at.zone.name.lower(), "reasons": list(at.reasons),
        "cash_top_up": str(cents(at.cash_top_up)),
        "collateral_top_up": str(cents(at.collateral_top_up)), "release": str(cents(at.release)),
        "loss_given_default": _share(found.loss_given_default),
        "expected_loss": None if found.expected_loss is None else str(cents(found.expected_loss)),
    }  # fmt: skip


def _share(value: object) -> str | None:
    return None if value is None else f"{value:.6f}"
