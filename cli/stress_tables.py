"""The stress of a loan: as a table to print and as JSON."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cli.loan_tables import percent, times, yuan
from cli.terminal import show, show_heading, show_table, show_title
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from data_catalog.errors import LoanError
    from lending.stress.table import Outcome
    from lending.valuation.result import Valuation

__all__ = ["show_stress", "stress_record"]

TITLE = Text(
    "压力测试：贷款 {loan} 元；估值基准日 {day}；政策 {bank} {version}",
    "Stress test: loan of {loan} CNY; valuation as of {day}; policy {bank} {version}",
)
COLUMNS = (Text("代号", "id"), Text("情景", "scenario"), Text("现值（元）", "present value"),
           Text("谨慎价值（元）", "lending value"), Text("质押率", "LTV"),
           Text("覆盖率", "coverage"), Text("区域", "zone"),
           Text("缺口（元）", "shortfall"), Text("补足现金（元）", "cash top-up"))  # fmt: skip
PAID = (Text("全期DSCR", "DSCR, life"), Text("最低年DSCR", "lowest year"))
EXAMPLE = Text("政策为示例，其中的数不是任何银行的规定：结果仅供演示。",
               "The policy is an example, its numbers are no bank's: the results show the "
               "method.")  # fmt: skip
NOTES = (
    Text(
        "区域取质押率与价值跌幅中较差的一个：质押率不高，价值大跌也会进入红区。",
        "The zone is the worse of LTV and fall of the value: a low LTV after a deep fall is red.",
    ),
    Text("每行都按改变后的条件重新估值，成本与折扣不变；质押率 = 贷款 / 谨慎价值。",
         "Every row is valued anew with the changed inputs, costs and haircuts kept; LTV is loan "
         "over lending value."),
    Text("覆盖率 = 谨慎价值 / 贷款；缺口为谨慎价值不足以覆盖的贷款；补足现金使质押率回到政策上限。",
         "Coverage is lending value over loan; the shortfall is what of the loan is not covered; "
         "a cash top-up brings the LTV back to the policy's highest."),
    Text("“–”：没有来自碳汇的价值，只能依靠其他担保。情景的来源：gep loan stress --json。",
         "–: nothing comes from carbon, the loan rests on its other security. Sources of the "
         "scenarios: gep loan stress --json."),
)  # fmt: skip
INCOME = Text(
    "DSCR：该情景下碳汇收入减成本，与应还本息之比；一年中成本多于收入时为负。其他收入见 gep loan "
    "schedule。",
    "DSCR: carbon income less costs in the scenario over debt service, negative in a year of more "
    "cost than income. Other income: gep loan schedule.",
)
LEFT_OUT = Text("未测算", "Not worked out")


def show_stress(
    of: "Valuation", outcomes: Sequence["Outcome"], left_out: Mapping[str, "LoanError"],
    lang: Language,
) -> None:  # fmt: skip
    """Print a line for each scenario, and why others are left out."""
    from lending.loans.ladder import ZONES

    policy, loan = of.inputs.policy, outcomes[0].loan
    paid = outcomes[0].cover is not None
    show_title(TITLE[lang].format(
        loan=yuan(loan), day=of.inputs.facts.base_date, bank=policy.bank, version=policy.version
    ))  # fmt: skip
    if of.example:
        show(EXAMPLE[lang])
    rows = [
        [
            one.case.id, one.case.title[lang], yuan(one.worth.value), yuan(one.worth.lending_value),
            percent(one.standing.ltv), percent(one.coverage), ZONES[one.standing.zone][lang],
            yuan(one.shortfall), yuan(one.standing.cash_top_up), *_paid(one),
        ]
        for one in outcomes
    ]  # fmt: skip
    header = [*COLUMNS, *(PAID if paid else ())]
    numbers = (2, 3, 4, 5, *range(7, len(header)))
    show_table([c[lang] for c in header], rows, right=numbers)
    show()
    for note in (*NOTES, *((INCOME,) if paid else ())):
        show(note[lang])
    if left_out:
        show_heading(LEFT_OUT[lang])
        for error in left_out.values():
            show(error.say(lang), indent=2)


def _paid(one: "Outcome") -> list[str]:
    if one.cover is None:
        return []
    return [times(one.cover.whole_carbon), times(one.cover.lowest_carbon)]


def stress_record(of: "Valuation", outcomes: Sequence["Outcome"]) -> dict[str, Any]:
    """Return the table for a program, with the scenarios' sources."""
    from lending.stress.scenarios import scenarios

    return {
        "loan": str(outcomes[0].loan), "base_date": of.inputs.facts.base_date.isoformat(),
        "policy": of.inputs.policy.version, "example": of.example,
        "scenarios": [
            {
                "id": one.case.id, "title_zh": one.case.title.zh, "title_en": one.case.title.en,
                "value": str(one.worth.value), "lending_value": str(one.worth.lending_value),
                "ltv": _share(one.standing.ltv), "coverage": _share(one.coverage),
                "shortfall": str(_cents(one.shortfall)),
                "dscr_carbon": None if one.cover is None else _share(one.cover.whole_carbon),
                "dscr_carbon_lowest":
                    None if one.cover is None else _share(one.cover.lowest_carbon),
                "zone": one.standing.zone.name.lower(),
                "reasons": list(one.standing.reasons),
                "cash_top_up": str(_cents(one.standing.cash_top_up)),
                "collateral_top_up": str(_cents(one.standing.collateral_top_up)),
                "sources": [
                    {"id": part, "source": scenarios()[part].source,
                     "where": scenarios()[part].where, "grade": scenarios()[part].grade,
                     "note": scenarios()[part].note}
                    for part in one.case.id.split("+") if part in scenarios()
                ],
            }
            for one in outcomes
        ],
    }  # fmt: skip


def _share(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.6f}"


def _cents(amount: Decimal) -> Decimal:
    from lending.loans.money import cents

    return cents(amount)
