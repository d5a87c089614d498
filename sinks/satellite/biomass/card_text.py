"""The model card in words, for people: one page of Markdown, in Chinese or in English."""

from collections.abc import Iterable, Sequence
from typing import Any

from data_catalog.parameter_titles import parameter_title
from data_catalog.text import Language, Text

__all__ = ["KINDS", "class_name", "main_lines", "markdown"]

KINDS = {
    "random_forest": Text("随机森林", "random forest"),
    "gradient_boosting": Text("梯度提升", "gradient boosting"),
}
TITLE = Text("地上生物量模型：{name}（{year} 年）", "Above-ground biomass model: {name}, {year}")
SECTIONS = {
    "main": Text("主要结果（留出区块检验）", "Main figures (blocks held out)"),
    "notices": Text("使用前须知", "Before the map is used"),
    "observed": Text("按实测生物量分级的偏差", "Bias by class of observed biomass"),
    "predicted": Text("按预测生物量分级的偏差", "Bias by class of predicted biomass"),
    "features": Text("特征", "Features"),
    "folds": Text("各折", "Folds"),
    "parameters": Text("参数", "Parameters"),
    "data": Text("数据与软件", "Data and software"),
}
CLASSES = (
    Text("t_dm/ha", "t_dm/ha"), Text("样地数", "plots"), Text("实测均值", "observed"),
    Text("预测均值", "predicted"), Text("偏差", "bias"), Text("均方根误差", "RMSE"),
)  # fmt: skip
FEATURES = (Text("名称", "name"), Text("单位", "unit"), Text("来源", "source"),
            Text("重要性", "importance"), Text("样地取值范围", "range at plots"))  # fmt: skip
FOLDS = (Text("折", "fold"), Text("区块", "blocks"), Text("样地数", "plots"),
         Text("均方根误差", "RMSE"), Text("偏差", "bias"))  # fmt: skip
PARAMETERS = (Text("参数", "parameter"), Text("值", "value"), Text("单位", "unit"),
              Text("来源", "source"), Text("等级", "grade"))  # fmt: skip
COLON = Text("- {}：{}", "- {}: {}")
LINES = {
    "model": Text("模型", "model"),
    "plots": Text("样地", "plots"),
    "blocks": Text("区块", "blocks"),
    "accuracy": Text("精度", "accuracy"),
    "interval": Text("区间", "interval"),
    "residuals": Text("残差相关", "residuals"),
    "area": Text("适用域", "area of applicability"),
}
SAID = {
    "plots": Text("{used} 个，{least:.1f}–{most:.1f} t_dm/ha，均值 {mean:.1f}",
                  "{used}, {least:.1f} to {most:.1f} t_dm/ha, mean {mean:.1f}"),
    "blocks": Text("{with_plots} 个有样地的区块，边长 {side:g} m",
                   "{with_plots} with plots, {side:g} m wide"),
    "accuracy": Text("均方根误差 {rmse:.1f} t_dm/ha，偏差 {bias:+.1f} t_dm/ha，解释方差 "
                     "{explained_share:.0%}",
                     "RMSE {rmse:.1f} t_dm/ha, bias {bias:+.1f} t_dm/ha, {explained_share:.0%} of "
                     "the variance"),
    "interval": Text("{level:.0%} 区间覆盖留出样地的 {coverage:.1%}，平均半宽 "
                     "{mean_half_width:.1f} t_dm/ha",
                     "{level:.0%} intervals hold {coverage:.1%} of the plots held out, half width "
                     "{mean_half_width:.1f} t_dm/ha on average"),
    "residuals": Text("标准误 {standard_error:.1f} t_dm/ha，其方差的 {correlated_share:.0%} "
                      "在空间上相关，相关距离 {range_m:.0f} m",
                      "standard error {standard_error:.1f} t_dm/ha, {correlated_share:.0%} of its "
                      "variance correlated in space, over {range_m:.0f} m"),
    "area": Text("{cells} 个像元中 {share_inside:.1%} 在适用域内",
                 "{share_inside:.1%} of {cells} cells inside"),
}  # fmt: skip


def main_lines(card: dict[str, Any], lang: Language) -> list[tuple[str, str]]:
    """Return the figures that matter most: what each is of, and what it is."""
    of = {"plots": card["plots"], "blocks": card["blocks"], "accuracy": card["accuracy"],
          "interval": card["interval"], "residuals": card["residuals"],
          "area": card["applicability"]}  # fmt: skip
    said = [(LINES[k][lang], SAID[k][lang].format(**facts)) for k, facts in of.items()]
    return [(LINES["model"][lang], KINDS[card["model"]][lang]), *said]


def class_name(row: dict[str, Any]) -> str:
    """Return the limits of a class of biomass."""
    return f"≥ {row['from']:g}" if row["to"] is None else f"{row['from']:g}–{row['to']:g}"


def class_cells(rows: Iterable[dict[str, Any]]) -> list[list[str]]:
    """Return the lines of a table of classes; a class without plots has no figures."""
    return [
        [class_name(row), str(row["plots"]),
         *(_one(row, name) for name in ("observed", "predicted")), _one(row, "bias", "+"),
         _one(row, "rmse")]
        for row in rows
    ]  # fmt: skip


def markdown(card: dict[str, Any], lang: Language) -> str:
    """Return the model card as a page."""
    title = TITLE[lang].format(name=card["name"], year=card["year"])
    main = "\n".join(COLON[lang].format(*line) for line in main_lines(card, lang))
    notices = [notice[lang] for notice in card["notices"]]
    parts = [
        f"# {title}",
        _section("main", lang, main),
        _section("notices", lang, "\n".join(f"- {n}" for n in notices)) if notices else "",
        _section("observed", lang, _table(CLASSES, class_cells(card["by_observed_class"]), lang)),
        _section("predicted", lang, _table(CLASSES, class_cells(card["by_predicted_class"]), lang)),
        _section("features", lang, _table(FEATURES, map(_feature, card["features"]), lang)),
        _section("folds", lang, _table(FOLDS, map(_fold, card["folds"]), lang)),
        _section("parameters", lang,
                 _table(PARAMETERS, (_parameter(r, lang) for r in card["parameters"]), lang)),
        _section("data", lang, _data(card)),
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


def _section(name: str, lang: Language, text: str) -> str:
    return f"## {SECTIONS[name][lang]}\n\n{text}"


def _table(header: Sequence[Text], rows: Iterable[Sequence[str]], lang: Language) -> str:
    lines = [[h[lang] for h in header], ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(c.replace('|', '/') for c in line)} |" for line in lines)


def _one(row: dict[str, Any], name: str, sign: str = "") -> str:
    return f"{row[name]:{sign}.1f}" if name in row else "–"


def _feature(record: dict[str, Any]) -> list[str]:
    made = record.get("formula") or record.get("terrain") or record.get("file", "")
    parts = ", ".join(str(record[k]) for k in ("a", "b", "of", "band") if k in record)
    source = record.get("source", "")
    where = f"{made} ({parts})" if parts else str(made)
    seen = "importance" in record
    return [
        record["name"], record["units"], f"{where}; {source}" if source else where,
        f"{record['importance']:.3f}" if seen else "–",
        f"{record['least_at_plots']:.4g}–{record['most_at_plots']:.4g}" if seen else "–",
    ]  # fmt: skip


def _fold(row: dict[str, Any]) -> list[str]:
    return [str(row["fold"] + 1), str(row["blocks"]), str(row["plots"]), f"{row['rmse']:.1f}",
            f"{row['bias']:+.1f}"]  # fmt: skip


def _parameter(row: dict[str, Any], lang: Language) -> list[str]:
    key = f" [{row['key']}]" if row["key"] else ""
    return [parameter_title(row["parameter"])[lang] + key, f"{row['value']:g}", row["units"],
            f"{row['source']}, {row['where']}".rstrip(", "), row["grade"]]  # fmt: skip


def _data(card: dict[str, Any]) -> str:
    files = {card["plots"]["file"]: card["plots"]["sha256"]}
    files |= {r["file"]: r["sha256"] for r in card["features"] if "file" in r}
    lines = [f"- `{name}` sha256 `{digest}`" for name, digest in files.items()]
    used = ", ".join(f"{name} {number}" for name, number in card["software"].items())
    return "\n".join([*lines, f"- {used}"])
