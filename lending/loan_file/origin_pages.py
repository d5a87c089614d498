"""Pieces that tell where the figures come from: run, claim, and what was declared from papers."""

from collections.abc import Iterator, Sequence

from data_catalog.text import Language, Text
from lending.loan_file.opening import NO, YES
from lending.loan_file.origin import CarbonOfParcel, Claimed, Interval, Run
from lending.loan_file.record import Declared
from lending.paper import amounts
from lending.paper.document import Bullets, Grid, Pairs, Piece, Words
from sinks.credits.vintages import KINDS
from sinks.credits.waterfall import STEPS
from sinks.pools import POOLS

__all__ = ["claim_pieces", "paper_pieces", "run_pieces", "unknown_bound"]

NO_RUN = Text(
    "宗地不来自任何运行：碳储量及其变化没有在此计算。",
    "The parcels are of no run: stock and change of carbon were not computed here.",
)
NO_CARBON = Text("该运行没有森林碳账户。", "The run has no account of forest carbon.")
RUN = (Text("运行", "Run"), Text("项目", "Project"),
       Text("清单摘要（SHA-256）", "Digest (SHA-256)"), Text("软件", "Software"),
       Text("计入碳库", "Pools"), Text("未计入碳库", "Pools left out"))  # fmt: skip
CARBON = (Text("宗地", "Parcel"), Text("时点", "At the end of"), Text("碳储量", "Stock"),
          Text("±", "±"), Text("时期", "From, to"),
          Text("变化（增为正）", "Change (gain positive)"), Text("±", "±"))  # fmt: skip
UNITS = Text(
    "单位 tCO2e；± 为 {level} 双侧区间的半宽，“未知”表示没有给出误差。",
    "In tCO2e; ± is the half-width of the two-sided {level} interval, unknown where no error is "
    "given.",
)
ALL, UNKNOWN = Text("合计", "All"), Text("未知", "unknown")
CLAIM = (Text("方法学", "Methodology"), Text("依据", "Counted from"),
         Text("性质", "Kind"), Text("缓冲", "Buffer"),
         Text("可签发量", "May be issued"), Text("单侧下限", "Lower bound"))  # fmt: skip
STEP = (Text("从毛移除量到可签发量", "From gross removal to what may be issued"),
        Text("tCO2e", "tCO2e"))  # fmt: skip
ISSUABLE = Text("可签发量", "may be issued")
PROVISIONAL = Text(
    "暂定：依据凭记忆（未核对）的规则或参数，或未给出的事实。",
    "Provisional: it rests on rules or numbers that are recalled (not checked), or on facts that "
    "were not given.",
)
NO_CLAIM = Text(
    "不知年份表由哪次运行、按哪种方法学算出。",
    "Which run and methodology the vintages are of is not known.",
)
PAPERS = (Text("宗地", "Parcel"), Text("声明的事实", "Declared"), Text("内容", "As"))
NO_PAPERS = Text(
    "没有声明任何文件事实（[inputs] papers）：须看文件的检查都不算通过。",
    "Nothing was declared from papers ([inputs] papers): no check that needs them has passed.",
)
SAID = {YES: Text("是", "yes"), NO: Text("否", "no")}


def run_pieces(run: Run | None, language: Language) -> Iterator[Piece]:
    """Yield which run it is, and the stock and the change of each parcel."""
    if run is None:
        yield Words(NO_RUN[language])
        return
    told = (
        run.name, run.project, run.sha256, run.software, _pools(run.pools, language),
        _pools(run.pools_left_out, language),
    )  # fmt: skip
    yield Pairs(tuple(zip((t[language] for t in RUN), told, strict=True)))
    if run.level is None:
        yield Words(NO_CARBON[language])
        return
    yield Words(UNITS[language].format(level=amounts.level(run.level)))
    rows = tuple(_carbon(one, language) for one in run.carbon)
    widths = ("1fr", "auto", "auto", "auto", "auto", "auto", "auto")
    yield Grid(tuple(t[language] for t in CARBON), rows, widths, (2, 3, 5, 6))


def claim_pieces(claim: Claimed | None, language: Language) -> Iterator[Piece]:
    """Yield the claim behind a table of vintages: every step from gross removal to issuable."""
    if claim is None:
        yield Words(NO_CLAIM[language], loud=True)
        return
    if claim.provisional:
        yield Words(PROVISIONAL[language], loud=True)
    told = (
        f"{claim.title.text()[language]} [{claim.methodology}]",
        f"{claim.source} {claim.source_sha256[:12]}", KINDS[claim.kind][language],
        amounts.percent(claim.buffer, 2), amounts.tonnes(claim.issuable_tCO2e),
        UNKNOWN[language] if claim.lower_tCO2e is None else amounts.tonnes(claim.lower_tCO2e),
    )  # fmt: skip
    yield Pairs(tuple(zip((t[language] for t in CLAIM), told, strict=True)))
    rows = tuple(
        (STEPS[name][language] if name in STEPS else ISSUABLE[language], f"{amount:,.3f}")
        for name, amount in claim.steps.items()
        if amount or name not in STEPS
    )
    yield Grid(tuple(t[language] for t in STEP), rows, ("1fr", "auto"), (1,))
    if claim.remarks:
        yield Bullets(tuple(one.text()[language] for one in claim.remarks))


def unknown_bound(text: Text | None, language: Language) -> Iterator[Piece]:
    """Yield loudly that tonnes have no lower bound, and what it means for the lending value."""
    if text is not None:
        yield Words(text[language], loud=True)


def paper_pieces(declared: Sequence[Declared], language: Language) -> Iterator[Piece]:
    """Yield what was declared from papers, a row each."""
    if not declared:
        yield Words(NO_PAPERS[language])
        return
    rows = tuple(
        (one.parcel_id, one.title.text()[language],
         SAID[one.value][language] if one.value in SAID else one.value)
        for one in declared
    )  # fmt: skip
    yield Grid(tuple(t[language] for t in PAPERS), rows, ("auto", "1fr", "auto"))


def _pools(pools: Sequence[str], language: Language) -> str:
    between = Text("、", ", ")[language]
    return between.join(POOLS[name][language] for name in pools) or "—"


def _carbon(one: CarbonOfParcel, language: Language) -> tuple[str, ...]:
    return (
        one.parcel_id or ALL[language], *_interval(one.stock, language),
        *_interval(one.change, language),
    )  # fmt: skip


def _interval(found: Interval | None, language: Language) -> tuple[str, str, str]:
    if found is None:
        return "—", "—", "—"
    half = found.half_width
    return (
        "–".join(map(str, found.years)), f"{found.tCO2e:,.0f}",
        UNKNOWN[language] if half is None else f"{half:,.0f}",
    )  # fmt: skip
