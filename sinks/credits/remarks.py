"""What has to be said beside a claim: what was assumed, what is not known, what is owed."""

from collections.abc import Iterator, Sequence

from data_catalog.methodologies import Methodology, unknown_titles
from data_catalog.text import Text
from sinks.credits.project_facts import Facts
from sinks.credits.removals import Removals
from sinks.credits.waterfall import Waterfall, tonnes

__all__ = ["remarks"]

EXEMPT = Text("事前估计：按该方法学不作不确定性扣减；下限仍给出。",
              "Ex ante: the methodology deducts nothing for uncertainty; the lower bound is given "
              "all the same.")  # fmt: skip
ROTATION = Text("如有采伐，须在 [rotation] 中给出轮伐期，以长期平均为上限。",
                "If the stands are harvested, give their [rotation]: the long-term average is the "
                "limit.")  # fmt: skip
CLIPPED = Text("没有给出计入期（crediting_from、crediting_to），所有时期都计入。",
               "No crediting period is given (crediting_from, crediting_to): every period "
               "counts.")  # fmt: skip
TEMPORARY = Text(
    "临时信用（tCER、lCER）：到期须更换，不设缓冲。",
    "Temporary credits (tCER, lCER): replaced when they expire, no buffer.",
)


ONE_AREA = Text("只有变化，没有储量；按面积相同理解。",
                "Changes alone, no stocks; taken to be of one and the same area.")  # fmt: skip
BASELINE = Text(
    "基线没有给出误差（se），按没有误差计。",
    "No error of the baseline is given (se); it counts as one without.",
)


def remarks(
    rule: Methodology, of: Facts, removals: Removals, open_rules: Sequence[str],
    steps: Waterfall, unknown: Sequence[str], *, exempt: bool,
) -> Iterator[Text]:  # fmt: skip
    """Yield the remarks on a claim, in the order in which they matter."""
    if steps.outstanding:
        owed, buffer = (f"{tonnes(u):,.3f}" for u in (steps.outstanding, steps.buffer))
        yield Text(
            f"期末有未弥补的逆转 {owed} t CO2e；缓冲共有 {buffer} t CO2e。",
            f"A reversal of {owed} t CO2e is not made up for by the end; the buffer holds "
            f"{buffer} t CO2e.",
        )
    if unknown:
        names = ", ".join(unknown)
        yield Text(
            f"以下来源没有给出误差，因此没有下限：{names}。给出带 se 的参数行即可得到。",
            f"No source gives the error of {names}: there is no lower bound. Rows with their "
            "standard errors (se) would give one.",
        )
    if open_rules:
        names = ", ".join(open_rules)
        yield Text(
            f"以下条件未知，结果以其成立为前提：{names}。",
            f"Not known, and taken to hold: {names}.",
        )
    yield from _of_terms(rule, of, exempt=exempt)
    if removals.stock is None:
        yield ONE_AREA


def _of_terms(rule: Methodology, of: Facts, *, exempt: bool) -> Iterator[Text]:
    """Yield what has to be said of the methodology's terms."""
    if rule.baseline.form != "zero" and not _baseline_errs(rule, of):
        yield BASELINE
    if exempt:
        yield EXEMPT
    if rule.average and of.file.rotation is None:
        yield ROTATION
    if "crediting_from" not in of.of_all and "crediting_to" not in of.of_all:
        yield CLIPPED
    if rule.non_permanence.form == "temporary":
        yield TEMPORARY
    if rule.unknown:
        titles = [unknown_titles()[name] for name in rule.unknown]
        yield Text(
            f"该方法学中我们不知道的：{'、'.join(t.zh for t in titles)}。",
            f"What is not known of the methodology: {', '.join(t.en for t in titles)}.",
        )


def _baseline_errs(rule: Methodology, of: Facts) -> bool:
    table = of.yearly("baseline")
    if table is not None:
        return bool((table["se_tCO2e"] > 0).any())
    row = of.parameters.find("baseline_removal", rule.set)
    return row is not None and (row.se > 0 or row.value == 0)
