"""Pieces that more than one document shows of a valuation: steps, haircuts, practice, findings."""

from decimal import Decimal

from data_catalog.formula import plain
from data_catalog.text import Language, Text
from lending.loan_file.search import Found, Search
from lending.paper import amounts
from lending.paper.document import Grid, Pairs, Piece, Words
from lending.valuation.result import Valuation

__all__ = [
    "EXAMPLE",
    "LEVELS",
    "findings",
    "formula",
    "haircuts",
    "level",
    "practice",
    "price",
    "quantity",
    "sentence",
    "steps",
    "yuan",
]

EXAMPLE = Text(
    "示例：所用政策为示例政策，数字不可用于放款。",
    "Example: the policy used is an example; its figures are for no real loan.",
)
LEVELS = {
    "BLOCK": Text("禁止", "block"),
    "FLAG": Text("待核", "to decide"),
    "INFO": Text("提示", "note"),
    "flag": Text("待核", "to decide"),
    "reject": Text("不通过", "rejected"),
    "ok": Text("通过", "passed"),
}
STEP = (Text("步骤", "Step"), Text("结果", "Result"), Text("怎样得到", "How"))
CUT = (Text("折扣", "Haircut"), Text("政策", "Policy"), Text("实扣", "Taken"),
       Text("理由", "Reason"))  # fmt: skip
RULE = (Text("做法", "Rule of practice"), Text("可贷额", "Loan allowed"),
        Text("为审慎额的倍数", "Times the prudent"))  # fmt: skip
PRUDENT = Text("本估值（审慎，按政策）", "This valuation (prudent, by the policy)")
NO_REGISTER = Text(
    "没有比对任何登记簿：是否已有质押未知。",
    "No register was searched: earlier pledges are unknown.",
)
NOTHING_FOUND = Text(
    "{on} 与“{register}”的 {count} 项权利主张比对，未发现冲突。",
    "Compared on {on} with the claims of {register} ({count}): no conflict was found.",
)
FOUND = Text(
    "{on} 与“{register}”的 {count} 项权利主张比对，发现 {found} 项：",
    "Compared on {on} with the claims of {register} ({count}): {found} found.",
)
NOT_LOOKED_AT = Text(
    "另有 {count} 项检查因未声明事实而没有做，不算通过：{checks}。",
    "{count} checks could not be made for want of declared facts, and have not passed: {checks}.",
)
NOT_MADE = Text(
    "另有 {count} 项检查因未声明事实而没有做，不算通过：",
    "Checks that could not be made for want of declared facts, and have not passed: {count}.",
)
UNMADE = (Text("级别", "Level"), Text("检查", "Check"), Text("缺什么", "What is wanting"),
          Text("宗地", "Parcels"))  # fmt: skip
FINDING = (Text("级别", "Level"), Text("检查", "Check"), Text("对方", "Other side"),
           Text("重叠", "In common"), Text("内容", "What"))  # fmt: skip
DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉⁰⁴⁵⁶⁷⁸⁹⁻", "01234567890456789-")
"""What the font lacks."""
UNITS = {
    "CNY": Text("元", "CNY"),
    "t_CO2e": Text("tCO2e", "tCO2e"),
    "CNY/t_CO2e": Text("元/tCO2e", "CNY/tCO2e"),
    "t_CO2e/year": Text("tCO2e/年", "tCO2e/year"),
    "1/year": Text("/年", "per year"),
    "year": Text("年", "years"),
    "years": Text("年", "years"),
    "1": Text("", ""),
}
PLACES = {"t_CO2e": 3, "t_CO2e/year": 3, "CNY/t_CO2e": 2, "year": 2, "years": 2}
"""Decimals on paper; the JSON file has all."""
PRICE_LABELS = (
    Text("价格", "Price"), Text("日期", "Days"), Text("市场（价格行）", "Market (row)"),
    Text("来源", "Source"), Text("成交占挂牌", "Sold of listed"), Text("贴现率", "Discount rate"),
)  # fmt: skip


def yuan(value: Decimal | None, language: Language) -> str:
    """Return an amount of money."""
    return amounts.yuan(value, language)


def quantity(value: Decimal, units: str, language: Language) -> str:
    """Return an amount with its unit: money to the cent, tonnes to the kilogram, the rest short."""
    if units == "CNY":
        return amounts.yuan(value, language)
    unit = UNITS[units][language] if units in UNITS else units
    places = PLACES.get(units)
    shown = amounts.plain(value) if places is None else f"{value:,.{places}f}"
    return f"{shown} {unit}".rstrip()


def sentence(text: str) -> str:
    """Return a label as the first words of a row."""
    return text[:1].upper() + text[1:]


def formula(latex: str) -> str:
    """Return a formula as a line of text; digits below the line as digits."""
    return plain(latex).translate(DIGITS)


def level(name: str, language: Language) -> str:
    """Return a level in words."""
    return LEVELS[name][language]


def steps(valuation: Valuation, language: Language, without: tuple[str, ...] = ()) -> Grid:
    """Return every step of the value, but those whose ids begin with one of `without`."""
    between = Text("；", "; ")[language]
    rows = tuple(
        (sentence(one.title.text()[language]), quantity(one.amount, one.units, language),
         between.join(t for t in (formula(one.formula), one.note.text()[language]) if t))
        for one in valuation.steps
        if not one.id.startswith(without)
    )  # fmt: skip
    return Grid(tuple(t[language] for t in STEP), rows, ("auto", "auto", "1fr"), (1,))


def haircuts(valuation: Valuation, language: Language) -> Grid:
    """Return the haircuts of each part of the tonnes, each once with its reason."""
    seen: dict[tuple[str, float, float], tuple[str, ...]] = {}
    for part in valuation.results.parts:
        for one in part.haircuts:
            title = one.reason.text()[language]
            seen.setdefault((one.kind, one.rate, one.applied), (
                sentence(_kind(one.kind)[language]), amounts.percent(one.rate),
                amounts.percent(one.applied), title,
            ))  # fmt: skip
    return Grid(
        tuple(t[language] for t in CUT), tuple(seen.values()), ("auto", "auto", "auto", "1fr"),
        (1, 2),
    )  # fmt: skip


def _kind(kind: str) -> Text:
    from lending.policy.model import HAIRCUTS

    found = {str(name): title for name, title in HAIRCUTS.items()}
    return found.get(kind, Text(kind, kind))


def practice(valuation: Valuation, language: Language) -> Grid:
    """Return the rules of practice beside the prudent figure."""
    found = valuation.results
    rows = [(PRUDENT[language], yuan(found.max_loan, language), "1.00")]
    rows += [
        (f"{sentence(one.title.zh)}（{formula(one.formula)}）" if language == "zh"
         else f"{sentence(one.title.en)} ({formula(one.formula)})",
         yuan(one.limit, language),
         "—" if one.over_prudent is None else f"{one.over_prudent:,.2f}")
        for one in found.practice
    ]  # fmt: skip
    return Grid(tuple(t[language] for t in RULE), tuple(rows), ("1fr", "auto", "auto"), (1, 2))


def price(valuation: Valuation, language: Language) -> Pairs:
    """Return the price with its date, market and source, and the discount rate."""
    row, policy = valuation.inputs.price, valuation.inputs.policy
    figure = "—" if row.price is None else quantity(Decimal(str(row.price)), "CNY/t_CO2e", language)
    days = " – ".join(dict.fromkeys((amounts.day(row.first_day), amounts.day(row.last_day))))
    rate = amounts.percent(policy.discount.yearly(), 2)
    told = (
        figure, days, f"{row.market} ({row.id})", f"{row.source} {row.where}".strip(),
        amounts.percent(row.sell_through), f"{rate} {policy.discount.source}".strip(),
    )  # fmt: skip
    labels = (text[language] for text in PRICE_LABELS)
    return Pairs(tuple(zip(labels, told, strict=True)), wide=True)


def findings(search: Search | None, language: Language, shown: int | None = None) -> list[Piece]:
    """Return what a search found, the worst first; all of it, or so many with a count of the rest.

    A search that was not made is said loudly.
    """
    if search is None:
        return [Words(NO_REGISTER[language], loud=True)]
    facts = {
        "on": amounts.day(search.on), "register": search.registry,
        "count": search.compared_with, "found": len(search.met),
    }  # fmt: skip
    pieces: list[Piece] = []
    if not search.met:
        pieces.append(Words(NOTHING_FOUND[language].format(**facts)))
    else:
        first = search.met if shown is None else search.met[:shown]
        pieces += [
            Words(FOUND[language].format(**facts), loud=search.worst() == "BLOCK"),
            Grid(
                tuple(t[language] for t in FINDING),
                tuple(_finding(one, language) for one in first),
                ("auto", "auto", "auto", "auto", "1fr"),
            ),
        ]
        if left := len(search.met) - len(first):
            more = Text(f"另有 {left} 项，见 JSON 文件。", f"{left} more are in the JSON file.")
            pieces.append(Words(more[language]))
    if search.not_looked_at and shown is None:
        pieces += _not_looked_at(search, language)
    elif search.not_looked_at:
        names = dict.fromkeys(one.check for one in search.not_looked_at)
        told = NOT_LOOKED_AT[language].format(count=len(names), checks=", ".join(names))
        pieces.append(Words(told))
    return pieces


def _not_looked_at(search: Search, language: Language) -> list[Piece]:
    """Return every check that was not made with what is not declared, and for which parcels."""
    parcels: dict[tuple[str, str, str], list[str]] = {}
    for one in search.not_looked_at:
        what = one.what.text()[language]
        parcels.setdefault((level(one.level, language), one.check, what), []).append(one.parcel_id)
    between = Text("、", ", ")[language]
    rows = tuple((*told, between.join(names)) for told, names in parcels.items())
    count = len({one.check for one in search.not_looked_at})
    return [
        Words(NOT_MADE[language].format(count=count)),
        Grid(tuple(t[language] for t in UNMADE), rows, ("auto", "auto", "2fr", "1fr")),
    ]


def _finding(one: Found, language: Language) -> tuple[str, ...]:
    common = []
    if one.area_m2 is not None:
        common.append(f"{one.area_m2:,.1f} m² ({amounts.in_mu(float(one.area_m2), language)})")
    if one.vintage_from and one.vintage_to:
        common.append(f"{one.vintage_from} – {one.vintage_to}")
    if one.tonnes is not None:
        common.append(amounts.tonnes(one.tonnes))
    other = " ".join(t for t in (one.other_claim_id, one.other_creditor) if t)
    return (
        level(one.level, language), one.check, other or "—", "\n".join(common) or "—",
        one.what.text()[language],
    )  # fmt: skip
