"""The page: one side of A4, in Chinese or in English."""

from data_catalog.text import Language, Text
from lending.loan_file import words
from lending.loan_file.catalogue import statements
from lending.loan_file.origin import Run
from lending.loan_file.report_check import SHORT
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
from lending.quick.record import SelfValuation

__all__ = ["page"]

SHOWN_FINDINGS = 2
"""What fits beside the rest; the JSON file has all."""
ELSEWHERE = ("end_", "haircut_", "limit_", "max_loan")
"""Steps that other parts of the page show."""
TITLE = Text("碳汇质押小额贷款自评估", "Own valuation for a small loan on forest carbon")
SUBTITLE = Text(
    "宗地 {parcel} · 基准日 {day} · {bank} 政策 {version}",
    "Parcel {parcel} · base date {day} · {bank}, policy {version}",
)
BANNER = Text(
    "本页由银行自行评估，不是资产评估报告，不对借款人收费。",
    "Made by the bank itself; not an appraisal report; free for the borrower.",
)
FOOT = Text(
    "{software} · 全部数字可由同名 JSON 文件重算。",
    "{software} · every figure can be computed again from the JSON file of the same name.",
)
FIGURES = (
    Text("谨慎价值（折扣后）", "Lending value, after haircuts"),
    Text("申请金额", "Loan asked for"),
    Text("覆盖率（谨慎价值 ÷ 申请金额）", "Coverage: lending value over loan"),
)
MOST = Text("按政策最多可贷 {loan}", "by the policy at most {loan}")
TERM = Text("期限最长 {years:.1f} 年", "for {years:.1f} years at most")
COVERS = Text("碳汇可担保全部申请金额", "carbon may secure all of it")
COVERS_NOT = Text("碳汇不足以担保：缺口 {gap}", "carbon does not suffice: {gap} short")
ABOVE = Text(
    "申请金额达到 {limit}：银行自评估不够，须另行委托外部评估（{source}，{where}）。",
    "The amount is not below {limit}: an outside valuation is needed ({source}: {where}).",
)
HEADINGS = {
    "parcel": Text("一、宗地", "1 Parcel"),
    "tonnes": Text("二、碳汇量", "2 Tonnes"),
    "price": Text("三、价格", "3 Price"),
    "value": Text("四、估值步骤与折扣", "4 Steps of the value, and haircuts"),
    "practice": Text("五、与通行做法对照", "5 Practice beside the prudent figure"),
    "conflicts": Text("六、重复质押检查", "6 Double pledges"),
    "proves_not": Text("七、本页不证明什么", "7 What this page does not prove"),
}
LABELS = {
    "subject": Text("标的", "Object"),
    "area": Text("面积", "Area"),
    "file": Text("图形来源", "Shape from"),
    "difference": Text("估值面积比图形面积", "Area valued, beside the shape"),
    "mean": Text("可计入碳汇量（均值）", "Tonnes that count, mean"),
    "lower": Text("{level} 单侧下限（估值用）", "{level} one-sided lower bound, used"),
    "years": Text("年数", "Years"),
    "ends": Text("止于", "End with"),
    "run": Text("运行（摘要）", "Run (digest)"),
    "change": Text("碳储量变化（运行）", "Change of carbon (run)"),
    "claim": Text("方法学", "Methodology"),
    "declared": Text("据文件声明的事实", "Declared from papers"),
}
UNKNOWN = Text("误差未知", "error unknown")
ENDS = {
    "crediting": Text("计入期届满", "the crediting period"),
    "tenure": Text("权属期限届满", "the tenure"),
    "programme": Text("项目机制期限届满", "the programme"),
}
PLEDGED = Text(
    "重复质押检查有禁止项，见第六部分。", "The check for double pledges forbids it: see part 6."
)
SIGNED = (Text("经办人签字、日期", "Maker, date"), Text("复核人签字、日期", "Checker, date"),
          Text("借款人签字、日期", "Borrower, date"))  # fmt: skip
REJECTED = Text("合理性检查：{text}", "Plausibility: {text}")


def page(record: SelfValuation, language: Language) -> Document:
    """Return the page of a record."""
    valuation, inputs = record.valuation, record.valuation.inputs
    banner = BANNER[language]
    if valuation.example:
        banner = f"{banner} {words.EXAMPLE[language]}"
    return Document(
        language=language,
        title=TITLE[language],
        subtitle=SUBTITLE[language].format(
            parcel=record.parcel.parcel_id, day=inputs.facts.base_date,
            bank=inputs.policy.bank, version=inputs.policy.version,
        ),
        banner=banner,
        foot=FOOT[language].format(software=valuation.software),
        pieces=tuple(_pieces(record, language)),
        one_page=True,
    )  # fmt: skip


def _pieces(record: SelfValuation, language: Language) -> list[Piece]:
    valuation = record.valuation

    def under(name: str, *pieces: Piece) -> list[Piece]:
        return [Heading(HEADINGS[name][language]), *pieces]

    proves_not = tuple(one.text[language] for one in statements() if one.on_quick)
    return [
        _headline(record, language),
        *_loud(record, language),
        *under("parcel", _parcel(record, language)),
        *under("tonnes", _tonnes(record, language)),
        *under("price", words.price(valuation, language)),
        *under(
            "value",
            words.steps(valuation, language, ELSEWHERE),
            _two_beside(words.haircuts(valuation, language)),
        ),
        *under("practice", words.practice(valuation, language)),
        *under("conflicts", *words.findings(record.search, language, SHOWN_FINDINGS)),
        *under("proves_not", Bullets(proves_not)),
        Lines(tuple(text[language] for text in SIGNED)),
    ]


def _headline(record: SelfValuation, language: Language) -> Figures:
    found = record.valuation.results
    most = MOST[language].format(loan=words.yuan(found.max_loan, language))
    term = TERM[language].format(years=found.max_term_years)
    gap = words.yuan(record.shortfall, language)
    verdict = COVERS_NOT[language].format(gap=gap) if record.shortfall else COVERS[language]
    figures = (
        words.yuan(found.lending_value, language), words.yuan(record.amount, language),
        amounts.percent(found.coverage_ratio),
    )  # fmt: skip
    labels = (text[language] for text in FIGURES)
    return Figures(tuple(zip(labels, figures, (most, term, verdict), strict=True)))


def _loud(record: SelfValuation, language: Language) -> list[Piece]:
    found: list[Piece] = []
    if record.above_limit:
        told = ABOVE[language].format(
            limit=words.yuan(record.limit.amount, language), source=record.limit.source,
            where=record.limit.where,
        )  # fmt: skip
        found.append(Words(told, loud=True))
    if record.search is not None and record.search.worst() == "BLOCK":
        found.append(Words(PLEDGED[language], loud=True))
    gates = [g for g in record.valuation.results.gates if g.level != "ok"]
    found += [
        Words(REJECTED[language].format(text=gate.text.text()[language]), loud=True)
        for gate in gates
    ]
    return found


def _parcel(record: SelfValuation, language: Language) -> Pairs:
    facts = record.valuation.inputs.facts
    rows = [
        (LABELS["area"][language], amounts.area(float(record.parcel.area_ha), language)),
        (LABELS["subject"][language], facts.subject or record.parcel.parcel_id),
        (LABELS["file"][language], record.parcel.file),
    ]
    if record.run is not None:
        rows += _run(record.run, language)
    if record.declared:
        count = Text(f"{len(record.declared)} 项，见 JSON", f"{len(record.declared)}, in the JSON")
        rows.append((LABELS["declared"][language], count[language]))
    difference = record.area_difference
    if difference is not None and facts.holding is not None:
        told = f"{facts.holding.area_mu:,.2f} 亩" if language == "zh" else (
            f"{facts.holding.area_mu:,.2f} mu"
        )  # fmt: skip
        rows.append((LABELS["difference"][language], f"{told} ({difference:+.1%})"))
    return _even(rows)


def _run(run: Run, language: Language) -> list[tuple[str, str]]:
    rows = [(LABELS["run"][language], f"{run.name} {run.sha256[:SHORT]}")]
    change = next((one.change for one in run.carbon if one.change is not None), None)
    if change is not None:
        years = "–".join(map(str, change.years))
        half = change.half_width
        sure = UNKNOWN[language] if half is None else f"± {half:,.0f}"
        told = f"{change.tCO2e:,.0f} {sure} tCO2e, {years}"
        rows.append((LABELS["change"][language], told))
    return rows


def _tonnes(record: SelfValuation, language: Language) -> Pairs:
    found, policy = record.valuation.results, record.valuation.inputs.policy
    sure = amounts.level(policy.confidence)
    ends = ENDS.get(found.years_bound_by, Text(found.years_bound_by, found.years_bound_by))
    rows = [
        (LABELS["mean"][language], amounts.tonnes(found.tonnes_mean)),
        (LABELS["lower"][language].format(level=sure), amounts.tonnes(found.tonnes_lower)),
        (LABELS["years"][language], f"{found.years:.2f}"),
        (LABELS["ends"][language], ends[language]),
    ]
    if record.claim is not None:
        rows.append((LABELS["claim"][language], record.claim.title.text()[language]))
    return _even(rows)


def _two_beside(grid: Grid) -> Grid:
    """Return a table of half the height: two of its rows beside each other."""
    count = len(grid.header)
    rows = [*grid.rows, *([("",) * count] if len(grid.rows) % 2 else [])]
    return Grid(
        grid.header * 2, tuple(a + b for a, b in zip(rows[::2], rows[1::2], strict=True)),
        grid.widths * 2, (*grid.right, *(place + count for place in grid.right)),
    )  # fmt: skip


def _even(rows: list[tuple[str, str]]) -> Pairs:
    """Return pairs in two columns, an empty one added where their number is odd."""
    return Pairs(tuple(rows if len(rows) % 2 == 0 else [*rows, ("", "")]), wide=True)
