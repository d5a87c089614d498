"""Claims as people read them: eligibility, the waterfall, vintages, what has to be said beside."""

import math
from typing import TYPE_CHECKING

from cli.labels import listed
from cli.terminal import show, show_heading, show_table, show_title
from data_catalog.standards.registry import KNOWN
from data_catalog.text import Language, Text
from sinks.credits.eligibility import ANSWERS
from sinks.credits.nprt import Rating
from sinks.credits.vintages import KINDS
from sinks.credits.waterfall import STEPS
from sinks.pools import POOLS

if TYPE_CHECKING:
    from sinks.credits.claim import Claim
    from sinks.credits.eligibility import Check

__all__ = ["show_claim"]

TITLE = Text("{title}：{kind}，{count} 个宗地计入，{left} 个不计入",
             "{title}: {kind}, {count} parcels count, {left} do not")  # fmt: skip
COUNTED = Text("计入的碳库：{}", "Pools that count: {}")
PROVISIONAL = Text("暂定：依据含凭记忆（未核对）的规则或参数，或未给出的事实。",
                   "Provisional: it rests on rules or numbers that are recalled (not checked), "
                   "or on facts that were not given.")  # fmt: skip
ELIGIBLE = Text("合格性", "Eligibility")
RULE = (Text("条件", "rule"), Text("结论", "answer"), Text("宗地数", "parcels"),
        Text("理由", "reason"), Text("规则来源", "rule is"))  # fmt: skip
NO_RULES = Text("没有读到任何条件。", "No rules of eligibility are known.")
FALL = Text("从毛移除量到可签发量（t CO2e）", "From gross removal to what may be issued (t CO2e)")
STEP, ALL = Text("步骤", "step"), Text("合计", "total")
ISSUABLE = Text("可签发量", "issuable")
VINTAGES = Text("年份（t CO2e；下限为单侧 {level}）",
                "Vintages (t CO2e; lower bounds one-sided, {level})")  # fmt: skip
VINTAGE = (Text("起", "from"), Text("止（不含）", "to (not included)"), Text("毛移除量", "gross"),
           ISSUABLE, Text("标准误", "standard error"), Text("下限", "lower bound"), Text("U", "U"),
           Text("扣减", "deducted"))  # fmt: skip
UNKNOWN = Text("未知", "unknown")
LEFT_OUT = Text("不计入的宗地", "Parcels that do not count")
MORE = Text("另有 {} 个宗地。", "and {} more.")
BUFFER = Text("缓冲比例 {share:.2%}", "buffer share {share:.2%}")
NPRT = Text(
    "NPRT 评级 {rating:g}%：内部 {internal:g}，外部 {external:g}，自然 {natural:g}（{scores}）",
    "NPRT rating {rating:g} %: internal {internal:g}, external {external:g}, natural {natural:g} "
    "({scores})",
)
COLUMNS_AT_MOST = 8
"""Vintages beside each other in the waterfall; beyond, it shows the total alone."""
PARCELS_AT_MOST = 10
REASONS_AT_MOST = 3


def show_claim(found: "Claim", lang: Language) -> None:
    """Print a claim."""
    count = found.vintages["parcel_id"].nunique()
    show_title(TITLE[lang].format(title=found.methodology.title[lang], kind=KINDS[found.kind][lang],
                                  count=count, left=len(found.left_out)))  # fmt: skip
    pools = listed([POOLS[p][lang] for p in found.pools], lang)
    show(COUNTED[lang].format(pools))
    if found.provisional:
        show(PROVISIONAL[lang])
    _eligibility(found, lang)
    _waterfall(found, lang)
    _vintages(found, lang)
    show()
    if found.buffer.rating is not None:
        _rating(found.buffer.rating, lang)
    elif found.buffer.share:
        show(BUFFER[lang].format(share=found.buffer.share))
    for text in found.remarks:
        show(text[lang])


def _eligibility(found: "Claim", lang: Language) -> None:
    show_heading(ELIGIBLE[lang])
    by_answer: dict[tuple[str, str], list[Check]] = {}
    for one in found.checks:
        by_answer.setdefault((one.rule, one.answer), []).append(one)
    rows = [
        [alike[0].title[lang], ANSWERS[alike[0].answer][lang],
         str(sum(len(c.parcels) for c in alike)), _reason(alike, lang),
         KNOWN[alike[0].status][lang]]
        for alike in by_answer.values()
    ]  # fmt: skip
    if rows:
        show_table([title[lang] for title in RULE], rows, right=(2,))
    else:
        show(NO_RULES[lang])
    if found.left_out:
        show_heading(LEFT_OUT[lang])
        separator = "；" if lang == "zh" else "; "
        for parcel, reasons in list(found.left_out.items())[:PARCELS_AT_MOST]:
            show(f"{parcel}: {separator.join(why[lang] for why in reasons)}", indent=2)
        more = len(found.left_out) - PARCELS_AT_MOST
        if more > 0:
            show(MORE[lang].format(more), indent=2)


def _reason(alike: "list[Check]", lang: Language) -> str:
    """Return why, for parcels with one answer; of many values the first ones."""
    shown = [c.reason[lang] for c in alike[:REASONS_AT_MOST]]
    return listed([*shown, "…"] if len(alike) > REASONS_AT_MOST else shown, lang)


def _waterfall(found: "Claim", lang: Language) -> None:
    show_heading(FALL[lang])
    table = found.table
    each = range(len(table)) if 1 < len(table) <= COLUMNS_AT_MOST else range(0)
    header = [STEP[lang], *(f"{table['vintage_from'].iloc[i].year}" for i in each), ALL[lang]]
    shown = [s for s in STEPS if s in {"gross", "buffer"} or found.total[s]]
    rows = [
        [title[lang], *(_tonnes(table[step].iloc[i]) for i in each), _tonnes(found.total[step])]
        for step, title in (*((s, STEPS[s]) for s in shown), ("issuable", ISSUABLE))
    ]
    show_table(header, rows, right=range(1, len(header)))


def _vintages(found: "Claim", lang: Language) -> None:
    from sinks.uncertainty.levels import in_percent

    show_heading(VINTAGES[lang].format(level=in_percent(found.level)))
    rows = [
        [str(v["vintage_from"]), str(v["vintage_to"]), _tonnes(v["gross"]), _tonnes(v["issuable"]),
         _known(v["se_tCO2e"], lang), _known(v["lower_tCO2e"], lang),
         _percent(v["uncertainty_U"], lang), _percent(v["deducted_share"], lang)]
        for v in found.table.to_dict("records")
    ]  # fmt: skip
    total = found.total
    last = [_tonnes(total["gross"]), _tonnes(total["issuable"]),
            _known(total["se_tCO2e"], lang), _known(total["lower_tCO2e"], lang)]  # fmt: skip
    rows.append([ALL[lang], "", *last, "", ""])
    show_table([title[lang] for title in VINTAGE], rows, right=range(2, len(VINTAGE)))


def _rating(rating: Rating, lang: Language) -> None:
    scores = listed([f"{name} {score:g}" for name, score in rating.scores.items()], lang)
    told = {"rating": rating.rating, "internal": rating.internal, "external": rating.external,
            "natural": rating.natural}  # fmt: skip
    show(NPRT[lang].format(**told, scores=scores))


def _tonnes(amount: float) -> str:
    return f"{amount:,.3f}"


def _known(amount: float, lang: Language) -> str:
    return UNKNOWN[lang] if math.isnan(amount) else f"{amount:,.1f}"


def _percent(share: float, lang: Language) -> str:
    if math.isnan(share):
        return UNKNOWN[lang]
    return "" if math.isinf(share) else f"{share:.1%}"
