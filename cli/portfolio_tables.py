"""A portfolio of loans: as tables to print and as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cli.labels import listed
from cli.loan_tables import percent, yuan
from cli.terminal import show, show_heading, show_table, show_title
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from lending.stress.concentration import Concentration, OverLimit
    from lending.stress.loan_table import LoanRow
    from lending.stress.losses import Losses
    from lending.stress.security_draws import Spread

__all__ = ["Portfolio", "portfolio_record", "show_portfolio"]

TITLE = Text("贷款组合：{count} 笔，余额 {owed} 元，谨慎价值 {value} 元",
             "Portfolio: {count} loans of {owed} CNY, lending value {value} CNY")  # fmt: skip
COLUMNS = (Text("维度", "by"), Text("最大一组", "largest"), Text("占比", "share"),
           Text("组数", "groups"), Text("HHI", "HHI"), Text("有效组数", "effective number"),
           Text("上限", "limit"))  # fmt: skip
NOT_KNOWN = Text("（未注明）", "(not stated)")
OVER = Text("超过政策上限", "Above the limits of the policy")
UNCHECKED = Text("政策有上限但表中没有相应的列，未检查：{names}。",
                 "The policy has limits that were not checked, as the table has no such columns: "
                 "{names}.")  # fmt: skip
HEADER = (Text("指标", "figure"), Text("值", "value"))
NONE_OVER = Text("没有超过政策上限的项目。", "Nothing is above the limits of the policy.")
SECURITY = Text("全部担保的谨慎价值（元）", "Lending value of all security, CNY")
SPREAD = (Text("均值", "mean"), Text("P5（20 次中有 1 次更低）", "P5 (lower once in 20)"),
          Text("P50", "P50"), Text("P95", "P95"), Text("标准差", "standard deviation"),
          Text("若各笔互不相关的标准差", "the same if loans had nothing in common"))  # fmt: skip
SHARED = Text(
    "宗地共有的误差与成片的灾害使波动为互不相关时的 {times} 倍：分散不能消除这一部分。",
    "What parcels share in their errors and what strikes them together makes it {times} times as "
    "wide as if loans had nothing in common: spreading loans does not take that away.",
)
LOSSES = Text("损失分布（{draws} 次抽样）", "Losses in {draws} draws")
LINES = (
    Text("预期损失（元）", "expected loss, CNY"),
    Text("至少一笔违约的概率", "probability of any default"),
    Text("以 {level} 的概率不超过（风险价值，元）", "not exceeded at {level} (value at risk), CNY"),
    Text("此后的平均损失（预期短缺，元）", "mean loss from there on (expected shortfall), CNY"),
)
COPULA = Text("违约按单因子高斯 copula 相关：预期损失与相关性无关，尾部则随相关性变长；"
              "多笔同时违约的极端情况可能比此模型更多。",
              "Defaults are joined by a Gaussian copula of one factor: the expected loss does not "
              "depend on it, the tail does; extremes of many at once may be more frequent "
              "still.")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Portfolio:
    """What was found of a portfolio; None where it was not asked for."""

    rows: "Sequence[LoanRow]"
    by: "Sequence[Concentration]"
    over: "Sequence[OverLimit]"
    limits: Mapping[str, Decimal]
    spread: "Spread | None"
    losses: "Losses | None"
    levels: Sequence[float]


def show_portfolio(of: Portfolio, lang: Language) -> None:
    """Print concentration, what is above a limit, the security's spread, and losses."""
    from lending.stress.concentration import DIMENSIONS

    owed, value = _sums(of.rows)
    show_title(TITLE[lang].format(count=len(of.rows), owed=yuan(owed), value=yuan(value)))
    table = []
    for one in of.by:
        group, share = next(iter(one.shares.items()))
        table.append([
            DIMENSIONS[one.dimension][lang], group or NOT_KNOWN[lang], percent(share),
            str(len(one.shares)), f"{one.herfindahl:.4f}", f"{one.effective_number:.3f}",
            percent(of.limits[one.dimension]) if one.dimension in of.limits else "",
        ])  # fmt: skip
    show_table([c[lang] for c in COLUMNS], table, right=range(2, len(COLUMNS)))
    if of.over:
        show_heading(OVER[lang])
        for found in of.over:
            show(found.text[lang], indent=2)
    elif of.limits:
        show()
        show(NONE_OVER[lang])
    if unchecked := _unchecked(of.by, of.limits):
        show(UNCHECKED[lang].format(names=listed([DIMENSIONS[d][lang] for d in unchecked], lang)))
    if of.spread is not None:
        _show_spread(of.spread, lang)
    if of.losses is not None:
        _show_losses(of.losses, of.levels, lang)


def _show_spread(of: "Spread", lang: Language) -> None:
    show_heading(SECURITY[lang])
    values = (of.mean, *of.quantiles, of.deviation, of.deviation_apart)
    rows = [(line[lang], f"{value:,.0f}") for line, value in zip(SPREAD, values, strict=True)]
    show_table([h[lang] for h in HEADER], rows, right=(1,))
    if of.deviation_apart:
        show()
        show(SHARED[lang].format(times=f"{of.deviation / of.deviation_apart:.2f}"))


def _show_losses(losses: "Losses", levels: Sequence[float], lang: Language) -> None:
    expected, any_default, at_risk, shortfall = (line[lang] for line in LINES)
    show_heading(LOSSES[lang].format(draws=f"{losses.loss.size:,}"))
    rows = [
        [expected, f"{losses.mean:,.0f} ± {losses.standard_error:,.0f}"],
        [any_default, f"{losses.any_default * 100:.1f} %"],
    ]
    for level in levels:
        rows.append([at_risk.format(level=f"{level * 100:g} %"), f"{losses.quantile(level):,.0f}"])
        rows.append([shortfall, f"{losses.shortfall(level):,.0f}"])
    show_table([h[lang] for h in HEADER], rows, right=(1,))
    show()
    show(COPULA[lang])


def portfolio_record(of: Portfolio) -> dict[str, Any]:
    """Return the portfolio for a program."""
    owed, value = _sums(of.rows)
    losses, spread = of.losses, of.spread
    return {
        "loans": len(of.rows), "exposure": str(owed), "lending_value": str(value),
        "concentration": [
            {
                "by": one.dimension, "herfindahl": float(one.herfindahl),
                "effective_number": float(one.effective_number),
                "shares": {group: float(share) for group, share in one.shares.items()},
            }
            for one in of.by
        ],
        "over_limits": [
            {"by": one.dimension, "group": one.group, "share": float(one.share),
             "limit": float(one.limit)}
            for one in of.over
        ],
        "limits_not_checked": _unchecked(of.by, of.limits),
        "security": None if spread is None else {
            "mean": spread.mean, "quantiles": list(spread.quantiles),
            "deviation": spread.deviation, "deviation_apart": spread.deviation_apart,
        },
        "losses": None if losses is None else {
            "draws": losses.loss.size, "mean": losses.mean,
            "standard_error": losses.standard_error, "any_default": losses.any_default,
            "levels": [
                {"level": level, "quantile": losses.quantile(level),
                 "shortfall": losses.shortfall(level)}
                for level in of.levels
            ],
        },
    }  # fmt: skip


def _unchecked(by: Sequence["Concentration"], limits: Mapping[str, Decimal]) -> list[str]:
    known = {one.dimension for one in by}
    return [dimension for dimension in limits if dimension not in known]


def _sums(rows: Sequence["LoanRow"]) -> tuple[Decimal, Decimal]:
    nothing = Decimal(0)
    return (sum((row.exposure for row in rows), nothing),
            sum((row.lending_value for row in rows), nothing))  # fmt: skip
