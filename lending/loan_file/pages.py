"""The loan file on paper: the order of a valuation report and a credit file, in either language."""

from collections.abc import Sequence

from data_catalog.references import references
from data_catalog.text import Language, Text
from lending.loan_file import words
from lending.loan_file.catalogue import STAGES, sections, statements
from lending.loan_file.facts import ParcelFacts
from lending.loan_file.opening import HOLDER
from lending.loan_file.origin_pages import (
    UNKNOWN,
    claim_pieces,
    paper_pieces,
    run_pieces,
    unknown_bound,
)
from lending.loan_file.record import STATES, LoanFile, item_states, steps_left
from lending.loan_file.report_check import UNBOUNDED, Remark
from lending.loan_file.sketch import sketch
from lending.paper import amounts
from lending.paper.document import (
    Bullets,
    Document,
    Figures,
    Grid,
    Heading,
    Lines,
    Pairs,
    Piece,
    Words,
)
from lending.valuation.facts import Holding
from lending.valuation.timing import ENDS

__all__ = ["document"]

SHOWN_VINTAGES = 40
"""Rows on paper; the JSON file has all."""
TITLE = Text("碳汇质押贷款授信档案", "Credit file of a loan on forest carbon")
SUBTITLE = Text(
    "贷款 {number} · {borrower} · 编制日 {made} · 基准日 {base}",
    "Loan {number} · {borrower} · made {made} · base date {base}",
)
BANNER = Text("银行内部文件，不是资产评估报告。", "Internal to the bank; not an appraisal report.")
FOOT = Text(
    "{software} · 全部数字可由同名 JSON 文件重算。",
    "{software} · every figure can be computed again from the JSON file of the same name.",
)
HEADINGS = {
    "summary": Text("摘要", "Summary"),
    "checks": Text("档案检查", "What is wrong with this file"),
    "object": Text("一、贷款与标的", "1 Loan and object"),
    "parcels": Text("二、宗地", "2 Parcels"),
    "run": Text("三、运行所测的碳储量与变化", "3 Carbon as the run measured it"),
    "tonnes": Text("四、碳汇量", "4 Tonnes"),
    "price": Text("五、价格与贴现", "5 Price and discounting"),
    "steps": Text("六、估值步骤", "6 Steps of the value"),
    "haircuts": Text("七、折扣及理由", "7 Haircuts and their reasons"),
    "bounds": Text("八、限额规则", "8 Rules that limit the loan"),
    "practice": Text("九、通行做法与审慎额对照", "9 Practice beside the prudent figure"),
    "approaches": Text("十、其他估值方法", "10 Other approaches"),
    "sensitivity": Text("十一、情景与敏感性", "11 Scenarios and sensitivity"),
    "conflicts": Text("十二、重复质押检查", "12 Double pledges"),
    "papers": Text("十三、据文件声明的事实", "13 Declared from papers"),
    "special": Text("十四、特别事项", "14 Special matters"),
    "documents": Text("十五、档案材料", "15 Documents of the credit file"),
    "steps_left": Text("十六、尚待办理的登记事项", "16 Steps of registration left"),
    "proves_not": Text("十七、本档案不证明什么", "17 What this file does not prove"),
    "signed": Text("十八、签字", "18 Signatures"),
    "sources": Text("附：依据与来源", "Annex: bases and sources"),
}
FIGURES = (
    Text("谨慎价值（折扣后）", "Lending value, after haircuts"),
    Text("贷款金额", "Loan"),
    Text("覆盖率", "Coverage"),
    Text("按政策最高贷款", "Highest loan by the policy"),
)
NOTES = (
    Text("折扣前现值 {value}", "present value before haircuts {value}"),
    Text("期限 {years:g} 年", "for {years:g} years"),
    Text("谨慎价值 ÷ 贷款", "lending value over loan"),
    Text("由“{rule}”决定", "set by: {rule}"),
)
PARCEL = (Text("宗地", "Parcel"), Text("面积（亩）", "mu"), Text("面积（公顷）", "ha"),
          Text("证书", "Certificate"), Text("证载面积（亩）", "mu certified"),
          Text("权利人", "Holder"), Text("树种", "Species"),
          Text("权属止", "Tenure to"))  # fmt: skip
VINTAGE = (Text("宗地", "Parcel"), Text("年份", "Years"), Text("性质", "Kind"),
           Text("均值", "Mean"), Text("标准误", "Standard error"), Text("下限", "Lower bound"),
           Text("方法学", "Methodology"))  # fmt: skip
KINDS = {"ex_ante": Text("事前", "ex ante"), "monitored": Text("已监测", "monitored"),
         "issued": Text("已签发", "issued")}  # fmt: skip
BOUND = (Text("规则", "Rule"), Text("限额", "Limit"), Text("起决定作用", "Binds"),
         Text("说明", "Note"))  # fmt: skip
YES, NO = Text("是", "yes"), Text("否", "no")
APPROACH = (Text("方法", "Approach"), Text("价值", "Value"), Text("公式", "Formula"),
            Text("来源", "Source"))  # fmt: skip
APPROACHES = {"market": Text("市场法", "market"), "cost": Text("成本法", "cost")}
CHANGE = (Text("情形", "Case"), Text("变化", "Change"), Text("折扣前价值", "Value"),
          Text("差额", "Difference"))  # fmt: skip
DOCUMENT = (Text("节", "Section"), Text("材料", "Document"), Text("应于", "Due at"),
            Text("状态", "State"), Text("名称", "Name"))  # fmt: skip
CHECK = (Text("级别", "Level"), Text("检查", "Check"), Text("内容", "What"))
SOURCE = (Text("来源", "Key"), Text("名称", "Title"), Text("阅读程度", "How far it was read"))
MORE = Text("另有 {left} 行，见 JSON 文件。", "{left} more rows are in the JSON file.")
COUNT = Text(
    "已有 {present} 项，缺 {missing} 项，未到期 {later} 项。",
    "{present} present, {missing} missing, {later} not due yet.",
)
NONE = Text("无。", "None.")
DONE = Text("已全部办理。", "All are done.")
ALL_WELL = Text("各项检查均未发现问题。", "No check found anything.")
ONE_METHOD = Text("只用一种方法的理由：{reason}", "One method alone, because: {reason}")
RIGHTS = {"carbon_income": Text("林业碳汇收益权", "forest-carbon income")}
OTHER = Text("其他担保", "Other security")
ROLES = {
    "maker": Text("经办人", "Maker"),
    "checker": Text("复核人", "Checker"),
    "valuer": Text("评估人员", "Valuer"),
    "approver": Text("审批人", "Approver"),
}
BLANK = Text("{role}签字、日期", "{role}, date")
SIGNED = (Text("身份", "Role"), Text("姓名", "Name"), Text("编号", "Number"),
          Text("日期", "Date"))  # fmt: skip
LABELS = {
    "purpose": Text("用途", "Purpose"),
    "stage": Text("阶段", "Stage"),
    "right": Text("权利", "Right"),
    "subject": Text("标的", "Object"),
    "area": Text("合计面积", "Area of all parcels"),
    "policy": Text("政策", "Policy"),
    "mean": Text("可计入碳汇量（均值）", "Tonnes that count, mean"),
    "lower": Text("{level} 单侧下限（估值用）", "{level} one-sided lower bound, used"),
    "years": Text("年数", "Years"),
    "ends": Text("由何决定", "Set by"),
    "valued": Text("估值面积", "Area valued"),
    "yield": Text("每亩每年", "Per mu and year"),
    "gross": Text("毛量合计（未扣减）", "Gross tonnes, nothing taken off"),
    "of": Text("产量来源", "Source of the yield"),
}


def document(record: LoanFile, remarks: Sequence[Remark], language: Language) -> Document:
    """Return the pages of a loan file, with what a check of it found."""
    facts, inputs = record.facts, record.valuation.inputs
    banner = BANNER[language]
    if record.valuation.example:
        banner = f"{banner} {words.EXAMPLE[language]}"
    chapters: dict[str, Sequence[Piece]] = {
        "checks": _remarks(remarks, language),
        "object": [_object(record, language)],
        "parcels": [sketch(record.parcels, language), _parcels(record, language)],
        "run": list(run_pieces(record.run, language)),
        "tonnes": _tonnes(record, language),
        "price": [words.price(record.valuation, language)],
        "steps": [words.steps(record.valuation, language)],
        "haircuts": [words.haircuts(record.valuation, language)],
        "bounds": [_bounds(record, language)],
        "practice": [words.practice(record.valuation, language)],
        "approaches": _approaches(record, language),
        "sensitivity": _sensitivity(record, language),
        "conflicts": words.findings(record.search, language),
        "papers": list(paper_pieces(record.declared, language)),
        "special": [_bullets([one.text for one in facts.special_matters], NONE[language])],
        "documents": _documents(record, language),
        "steps_left": [
            _bullets([one.title[language] for one in steps_left(record)], DONE[language])
        ],
        "proves_not": [Bullets(tuple(one.text[language] for one in statements()))],
        "signed": _signed(record, language),
        "sources": [_sources(record, remarks, language)],
    }
    pieces: list[Piece] = [_headline(record, language)]
    for name, chapter in chapters.items():
        pieces += [Heading(HEADINGS[name][language]), *chapter]
    return Document(
        language=language,
        title=TITLE[language],
        subtitle=SUBTITLE[language].format(
            number=facts.loan.number, borrower=facts.loan.borrower,
            made=record.made_on, base=inputs.facts.base_date,
        ),
        banner=banner,
        foot=FOOT[language].format(software=record.valuation.software),
        pieces=tuple(pieces),
    )  # fmt: skip


def _headline(record: LoanFile, language: Language) -> Figures:
    found, loan = record.valuation.results, record.facts.loan
    rule = next((b.title.text() for b in found.bounds if b.rule == found.bound_by), None)
    figures = (
        words.yuan(found.lending_value, language), words.yuan(loan.amount, language),
        amounts.percent(found.coverage_ratio), words.yuan(found.max_loan, language),
    )  # fmt: skip
    notes = (
        NOTES[0][language].format(value=words.yuan(found.value, language)),
        NOTES[1][language].format(years=loan.term_years),
        NOTES[2][language],
        NOTES[3][language].format(rule=rule[language] if rule else found.bound_by),
    )
    labels = (text[language] for text in FIGURES)
    return Figures(tuple(zip(labels, figures, notes, strict=True)))


def _remarks(remarks: Sequence[Remark], language: Language) -> list[Piece]:
    if not remarks:
        return [Words(ALL_WELL[language])]
    rows = tuple(
        (words.level(one.check.level, language), one.check.title[language], one.what[language])
        for one in remarks
    )
    return [Grid(tuple(t[language] for t in CHECK), rows, ("auto", "1fr", "2fr"))]


def _object(record: LoanFile, language: Language) -> Pairs:
    loan, inputs = record.facts.loan, record.valuation.inputs
    same = Text(inputs.facts.right, inputs.facts.right)
    rows = [
        (LABELS["subject"][language], inputs.facts.subject or "—"),
        (LABELS["right"][language], RIGHTS.get(inputs.facts.right, same)[language]),
        (LABELS["purpose"][language], loan.purpose or "—"),
        (LABELS["stage"][language], STAGES[loan.stage][language]),
        (LABELS["policy"][language], f"{inputs.policy.bank} {inputs.policy.version}"),
        (OTHER[language], loan.other_security or "—"),
    ]
    return Pairs(tuple(rows), wide=True)


def _parcels(record: LoanFile, language: Language) -> Grid:
    rows = []
    for one in record.parcels:
        facts = record.facts.parcels.get(one.parcel_id) or _declared(record, one.parcel_id)
        size = f"{amounts.mu(float(one.area_ha)):,.2f}"
        rows.append((one.parcel_id, size, f"{one.area_ha:,.4f}", *_papers(facts)))
    if len(record.parcels) > 1:
        whole = float(record.area_ha)
        total = (f"{amounts.mu(whole):,.2f}", f"{whole:,.4f}", *("",) * 5)
        rows.append((LABELS["area"][language], *total))
    widths = ("auto", "auto", "auto", "1fr", "auto", "1fr", "auto", "auto")
    return Grid(tuple(t[language] for t in PARCEL), tuple(rows), widths, (1, 2, 4))


def _declared(record: LoanFile, parcel_id: str) -> ParcelFacts:
    """Return what the table of papers says of a parcel."""
    told = {one.fact: one.value for one in record.declared if one.parcel_id == parcel_id}
    names = {"certificate": "certificate_number", "certificate_area_mu": "certificate_area",
             "holder": HOLDER, "tenure_to": "tenure_end"}  # fmt: skip
    return ParcelFacts.model_validate(
        {field: told[fact] for field, fact in names.items() if fact in told}
    )


def _papers(facts: ParcelFacts) -> tuple[str, ...]:
    """Return what the papers say of a parcel, a dash where they say nothing."""
    certified = facts.certificate_area_mu
    return (
        facts.certificate or "—", "—" if certified is None else f"{certified:,.2f}",
        facts.holder or "—", facts.species or "—",
        "—" if facts.tenure_to is None else amounts.day(facts.tenure_to),
    )  # fmt: skip


def _tonnes(record: LoanFile, language: Language) -> list[Piece]:
    found, inputs = record.valuation.results, record.valuation.inputs
    sure = amounts.level(inputs.policy.confidence)
    ends = ENDS[found.years_bound_by][language]
    rows = [
        (LABELS["mean"][language], amounts.tonnes(found.tonnes_mean)),
        (LABELS["lower"][language].format(level=sure), amounts.tonnes(found.tonnes_lower)),
        (LABELS["years"][language], f"{found.years:.2f}"),
        (LABELS["ends"][language], ends),
    ]
    holding = inputs.facts.holding
    if holding is not None:
        unit = Text("亩", "mu")[language]
        rows += [
            (LABELS["valued"][language], f"{holding.area_mu:,.2f} {unit}"),
            (LABELS["yield"][language], f"{holding.yield_tCO2e_per_mu:g} tCO2e"),
            (LABELS["gross"][language], amounts.tonnes(_gross(holding, found.years))),
            (LABELS["of"][language], holding.source),
        ]
    pieces: list[Piece] = [Pairs(tuple(rows), wide=True)]
    unknown = next((g.text.text() for g in found.gates if g.id == UNBOUNDED), None)
    pieces += unknown_bound(unknown, language)
    if inputs.vintages:
        pieces += claim_pieces(record.claim, language)
        first = inputs.vintages[:SHOWN_VINTAGES]
        table = tuple(
            (v.parcel_id, f"{v.vintage_from} – {v.vintage_to}", KINDS[v.kind][language],
             f"{v.net_tCO2e:,.3f}", _known(v.se_tCO2e, language), _known(v.lower_tCO2e, language),
             v.methodology or "—")
            for v in first
        )  # fmt: skip
        widths = ("auto", "auto", "auto", "auto", "auto", "auto", "1fr")
        pieces.append(Grid(tuple(t[language] for t in VINTAGE), table, widths, (3, 4, 5)))
        if left := len(inputs.vintages) - len(first):
            pieces.append(Words(MORE[language].format(left=left)))
    return pieces


def _known(amount: float | None, language: Language) -> str:
    return UNKNOWN[language] if amount is None else f"{amount:,.3f}"


def _gross(holding: Holding, years: float) -> float:
    """Return the tonnes of all years as practice counts them."""
    return holding.area_mu * holding.yield_tCO2e_per_mu * years


def _bounds(record: LoanFile, language: Language) -> Grid:
    rows = tuple(
        (words.sentence(one.title.text()[language]), words.yuan(one.limit, language),
         (YES if one.binds else NO)[language], one.note.text()[language] or "—")
        for one in record.valuation.results.bounds
    )  # fmt: skip
    return Grid(tuple(t[language] for t in BOUND), rows, ("1fr", "auto", "auto", "1fr"), (1,))


def _approaches(record: LoanFile, language: Language) -> list[Piece]:
    found = record.valuation.results.approaches
    rows = tuple(
        (APPROACHES[one.approach][language], words.yuan(one.value, language),
         words.formula(one.formula), one.source)
        for one in found
    )  # fmt: skip
    pieces: list[Piece] = []
    if rows:
        widths = ("auto", "auto", "1fr", "auto")
        pieces.append(Grid(tuple(t[language] for t in APPROACH), rows, widths, (1,)))
    if record.facts.one_method_because:
        reason = record.facts.one_method_because
        pieces.append(Words(ONE_METHOD[language].format(reason=reason)))
    return pieces or [Words(NONE[language])]


def _sensitivity(record: LoanFile, language: Language) -> list[Piece]:
    found = record.valuation.results
    whole = found.value
    rows = [
        (one.name, words.quantity(one.price, "CNY/t_CO2e", language),
         words.yuan(one.value, language), words.yuan(one.value - whole, language))
        for one in found.scenarios
    ]  # fmt: skip
    rows += [
        (words.sentence(one.title.text()[language]), one.change, words.yuan(one.value, language),
         words.yuan(one.difference, language))
        for one in found.sensitivity
    ]  # fmt: skip
    if not rows:
        return [Words(NONE[language])]
    widths = ("1fr", "auto", "auto", "auto")
    return [Grid(tuple(t[language] for t in CHANGE), tuple(rows), widths, (2, 3))]


def _documents(record: LoanFile, language: Language) -> list[Piece]:
    states = item_states(record)
    titles = {one.number: one.title for one in sections()}
    count = {name: sum(one.state == name for one in states) for name in STATES}
    rows = tuple(
        (f"{one.item.section} {titles[one.item.section][language]}", one.item.title[language],
         STAGES[one.item.due][language], STATES[one.state][language],
         "\n".join(one.names) or ("—" if one.state != "present" else
                                  Text("本档案", "this file")[language]))
        for one in states
    )  # fmt: skip
    widths = ("1fr", "1.7fr", "auto", "auto", "1.3fr")
    return [
        Words(COUNT[language].format(**count)),
        Grid(tuple(t[language] for t in DOCUMENT), rows, widths),
    ]


def _signed(record: LoanFile, language: Language) -> list[Piece]:
    signed = record.facts.signatures
    pieces: list[Piece] = []
    if signed:
        rows = tuple(
            (ROLES[one.role][language], one.name, one.number or "—", amounts.day(one.day))
            for one in signed
        )
        widths = ("auto", "1fr", "1fr", "auto")
        pieces.append(Grid(tuple(t[language] for t in SIGNED), rows, widths))
    there = {one.role for one in signed}
    blank = tuple(
        BLANK[language].format(role=title[language])
        for role, title in ROLES.items()
        if role not in there
    )
    return [*pieces, Lines(blank)] if blank else pieces


def _sources(record: LoanFile, remarks: Sequence[Remark], language: Language) -> Grid:
    """Return the sources of what the pages rest on, each once."""
    keys = {record.valuation.inputs.price.source, record.limit.source}
    keys |= {one.source for one in statements()} | {one.item.source for one in item_states(record)}
    keys |= {one.check.source for one in remarks}
    known = references()
    rows = tuple((key, known[key].title, known[key].read) for key in sorted(keys) if key in known)
    return Grid(tuple(t[language] for t in SOURCE), rows, ("auto", "1fr", "1fr"))


def _bullets(texts: Sequence[str], otherwise: str) -> Piece:
    return Bullets(tuple(texts)) if texts else Words(otherwise)
