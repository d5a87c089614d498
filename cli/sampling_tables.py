"""What a sample says of a map, and what a plan asks for: as tables to print and as JSON."""

import math
from typing import TYPE_CHECKING, Any

from cli.labels import listed
from cli.terminal import show, show_heading, show_table, show_title
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from sinks.sampling.accuracy import ErrorMatrix
    from sinks.sampling.intervals import SampleEstimate
    from sinks.sampling.planning import Plan
    from sinks.sampling.strata import Numbers, Strata

__all__ = ["accuracy_record", "plan_record", "show_accuracy", "show_plan"]

UNITS = {"ha": Text("公顷", "ha"), "pixel": Text("像元", "pixels"), "1": Text("占比", "share")}
FOUND = Text(
    "面积与精度：{points} 个样点，± 为 {level} 置信区间的半宽",
    "Areas and accuracy of {points} sample points; ± is half of the {level} interval",
)
CLASSES = (Text("类别", "class"), Text("制图面积（{}）", "mapped ({})"),
           Text("估计面积（{}）", "estimated ({})"), Text("±", "±"),
           Text("用户精度", "user's"), Text("±", "±"),
           Text("生产者精度", "producer's"), Text("±", "±"))  # fmt: skip
OVERALL = Text("总体精度 {value} ± {half}", "Overall accuracy {value} ± {half}")
MATRIX = Text("误差矩阵（占总面积的比例；行：地图，列：参考）",
              "Error matrix (share of the area; rows: map, columns: reference)")  # fmt: skip
ON_MAP = Text("地图", "map")
NO_CLASS = Text("（不属于任何类别）", "(none of the classes)")
NOTES = (
    Text("估计面积按参考类别和各层面积加权，已消除地图的偏差；制图面积只是像元之和。",
         "The estimated areas are those of the reference classes, without the map's bias; the "
         "mapped ones only count pixels."),
    Text("区间只含抽样误差：判读本身的错误不在其内。",
         "The intervals hold the error of sampling alone, not that of the labels themselves."),
)  # fmt: skip
BLANK = Text("“–”：没有样点可供估计。", "–: no sample point tells.")
AGREED = Text("以下各层的样点全部落入同一格，显示不出误差；样点少时区间偏窄：{}。",
              "All points of these strata fall into one cell, so they show no error; where they "
              "are few the intervals are too narrow: {}.")  # fmt: skip
PLANNED = Text(
    "抽样计划：共 {points} 个样点（不计最少数与取整时需 {needed:.1f} 个）",
    "Sample plan: {points} points ({needed:.1f} before minimum and rounding)",
)
STRATA = (Text("层", "stratum"), Text("面积（{}）", "area ({})"), Text("权重", "weight"),
          Text("预期精度", "expected"), Text("样点", "points"),
          Text("预期标准误", "expected SE"))  # fmt: skip
EXPECTED = Text("总体精度的预期标准误 {se}（目标 {target}）；费用 {cost:g}",
                "Expected standard error of the overall accuracy {se} (wanted {target}); cost "
                "{cost:g}")  # fmt: skip
UNKNOWN = "–"


def show_accuracy(matrix: "ErrorMatrix", confidence: float, lang: Language) -> None:
    """Print areas, accuracies and the matrix."""
    units = UNITS[matrix.strata.units][lang]
    level = f"{confidence * 100:g} %"
    show_title(FOUND[lang].format(points=int(matrix.points.sum()), level=level))
    rows = []
    for name, mapped, area, users, producers in _of_classes(matrix):
        rows.append([
            name, _area(mapped, matrix.strata), _area(area.value, matrix.strata),
            _area(area.half_width(confidence), matrix.strata),
            *_share(users, confidence), *_share(producers, confidence),
        ])  # fmt: skip
    header = [title[lang].format(units) for title in CLASSES]
    show_table(header, rows, right=range(1, len(header)))
    value, half = _share(matrix.overall(), confidence)
    show()
    show(OVERALL[lang].format(value=value, half=half))
    _show_matrix(matrix, lang)
    show()
    for note in NOTES:
        show(note[lang])
    if any(UNKNOWN in row for row in rows):
        show(BLANK[lang])
    if agreed := matrix.without_spread():
        show(AGREED[lang].format(listed(agreed, lang)))


def _show_matrix(matrix: "ErrorMatrix", lang: Language) -> None:
    show_heading(MATRIX[lang])
    names = [*matrix.classes, NO_CLASS[lang]]
    shares = matrix.shares()
    rows = [
        [name, *(f"{share:.4f}" for share in row)]
        for name, row in zip(names, shares, strict=True)
        if name in matrix.classes or row.any()
    ]
    show_table([ON_MAP[lang], *matrix.classes], rows, right=range(1, len(matrix.classes) + 1))


def accuracy_record(matrix: "ErrorMatrix", confidence: float) -> dict[str, Any]:
    """Return areas, accuracies and the matrix for a program; accuracies as fractions."""
    return {
        "units": matrix.strata.units, "confidence": confidence,
        "points": int(matrix.points.sum()),
        "overall": _record(matrix.overall(), confidence),
        "classes": [
            {
                "class": name, "mapped": mapped, "area": _record(area, confidence),
                "users": _record(users, confidence), "producers": _record(producers, confidence),
            }
            for name, mapped, area, users, producers in _of_classes(matrix)
        ],
        "strata": [
            {"stratum": name, "area": float(area), "points": int(points)}
            for name, area, points in zip(
                matrix.strata.names, matrix.strata.area, matrix.points, strict=True
            )
        ],
        "matrix": matrix.shares().tolist(),
    }  # fmt: skip


def show_plan(plan: "Plan", expected: "Numbers", target_se: float, lang: Language) -> None:
    """Print the points of each stratum, and what to expect of them."""
    strata = plan.strata
    show_title(PLANNED[lang].format(points=int(plan.points.sum()), needed=plan.needed))
    rows = [
        [
            name, _area(float(strata.area[h]), strata), f"{strata.weight[h]:.4f}",
            f"{expected[h]:.3f}", str(int(plan.points[h])), f"{plan.class_se[h]:.4f}",
        ]
        for h, name in enumerate(strata.names)
    ]  # fmt: skip
    header = [title[lang].format(UNITS[strata.units][lang]) for title in STRATA]
    show_table(header, rows, right=range(1, len(header)))
    show()
    show(EXPECTED[lang].format(se=f"{plan.se:.4f}", target=f"{target_se:.4f}", cost=plan.cost))


def plan_record(plan: "Plan", expected: "Numbers", target_se: float) -> dict[str, Any]:
    """Return a plan for a program."""
    strata = plan.strata
    return {
        "units": strata.units, "target_se": target_se, "needed": plan.needed,
        "points": int(plan.points.sum()), "expected_se": plan.se, "cost": plan.cost,
        "strata": [
            {
                "stratum": name, "area": float(area), "expected_accuracy": float(share),
                "points": int(n), "expected_se": float(se),
            }
            for name, area, share, n, se in zip(
                strata.names, strata.area, expected, plan.points, plan.class_se, strict=True
            )
        ],
    }  # fmt: skip


def _of_classes(
    matrix: "ErrorMatrix",
) -> "list[tuple[str, float, SampleEstimate, SampleEstimate, SampleEstimate]]":
    mapped = matrix.mapped()
    return [
        (name, float(mapped[j]), area, users, producers)
        for j, (name, area, users, producers) in enumerate(
            zip(matrix.classes, matrix.area(), matrix.users(), matrix.producers(), strict=True)
        )
    ]


def _area(value: float, strata: "Strata") -> str:
    if strata.units == "1":
        return f"{value:.4f}"
    return f"{value:,.0f}" if strata.units == "pixel" else f"{value:,.1f}"


def _share(estimate: "SampleEstimate", confidence: float) -> tuple[str, str]:
    if math.isnan(estimate.value):
        return UNKNOWN, UNKNOWN
    return f"{estimate.value:.3f}", f"{estimate.half_width(confidence):.3f}"


def _record(estimate: "SampleEstimate", confidence: float) -> dict[str, float | None]:
    low, high = estimate.interval(confidence)
    numbers = {"value": estimate.value, "se": estimate.se, "low": low, "high": high}
    return {name: None if math.isnan(n) else n for name, n in numbers.items()}
