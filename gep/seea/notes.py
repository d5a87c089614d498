"""What the SEEA tables say, and what they cannot say: written beside them as notes.csv."""

from collections.abc import Mapping

import pandas as pd

from data_catalog.text import Text

TABLES = {
    "extent": Text(
        "生态系统范围账户。两期地图只能看出面积变了：人为经营与自然演变、实际变化与前期判读错误都无法区分，"
        "因此扩张、缩减各只有一列，不分管理性与非管理性，也不列重估。期末 = 期初 + 扩张 - 缩减。",
        "Ecosystem extent account. Two maps show that an area changed, not why: managed and "
        "unmanaged changes, and corrections of an earlier map, cannot be told apart, so additions "
        "and reductions have one column each. Closing = opening + additions - reductions.",
    ),
    "extent_change_matrix": Text(
        "范围转移矩阵：行为期初类型，列为期末类型；行和为期初面积，列和为期末面积，对角线为未变面积。",
        "Extent change matrix: rows are opening types, columns closing types; rows sum to the "
        "opening, columns to the closing extent, the diagonal is unchanged.",
    ),
    "extent_iucn_get": Text(
        "按 IUCN 全球生态系统分类（GET）功能群统计的范围账户。"
        "HJ 1166 二级类大多对应几个候选功能群，地图不能决定的列为“未定”，"
        "请由生态学者在 iucn_groups 表中选定。"
        "对照为我方判断，中文群名为我方译名；33 与 73 类存疑。",
        "Extent by functional group of the IUCN Global Ecosystem Typology. Most HJ 1166 classes "
        "have several candidates: what a map cannot decide is undecided; let an ecologist choose "
        "in a table iucn_groups. The match is our judgement; classes 33 and 73 are in doubt.",
    ),
    "condition": Text(
        "生态系统状况账户：各变量按面积加权的平均值。EQI 与分级见 HJ 1172-2021；"
        "EQI 的等级按平均值评定，与各等级面积占比不是一回事。",
        "Ecosystem condition account: area-weighted means of the variables. EQI and its grades "
        "as in HJ 1172-2021; the grade is that of the mean, not of the area shares.",
    ),
    "supply_physical": Text(
        "实物供给表：各生态系统提供的服务量。各服务单位不同，不能相加。",
        "Physical supply: what each ecosystem supplies. Units differ by service: no grand total.",
    ),
    "use_physical": Text(
        "实物使用表：总使用 = 总供给。谁使用服务须由用户以 users 表给出；"
        "未给出的份额列为“未分配”，空格表示未知，不是零。",
        "Physical use: total use = total supply. Who uses a service is yours to say in a table "
        "users; what is not said is not allocated, and an empty cell is unknown, not zero.",
    ),
    "supply_monetary": Text(
        "价值供给表。合计只含计入 GEP 的服务（in_gep = yes）。消费者剩余与非使用价值不是交换价值，"
        "如某服务按此估价，不宜与国民账户并列。",
        "Monetary supply. The total holds only services in GEP (in_gep = yes). Consumer surplus "
        "and non-use values are no exchange values: a service so valued does not sit beside "
        "national accounts.",
    ),
    "use_monetary": Text(
        "价值使用表：总使用 = 总供给；使用者的份额与实物使用表相同。",
        "Monetary use: total use = total supply; the shares are those of the physical table.",
    ),
    "asset": Text(
        "生态系统货币资产账户：年流量不变时的净现值，只含计入 GEP 的服务。"
        "期末 = 期初 + 改善 - 退化 + 转换（扩张 - 缩减）+ 重估 + 其他变化。"
        "改善与退化是面积未变部分功能量的变化，扩张与缩减是面积变化，"
        "重估是价格、贴现率与资产寿命的变化；"
        "没有功能量、或只在一期有价值的服务无法分解，列入其他变化。",
        "Monetary asset account: net present value at constant yearly flows, services in GEP. "
        "Closing = opening + enhancement - degradation + conversions (additions - reductions) + "
        "revaluation + other changes. Enhancement and degradation are changes of amounts on land "
        "that stayed, conversions are land that changed, revaluation is price, rate and life; a "
        "service without amount, or valued at one date only, makes other changes.",
    ),
}
"""A line for every table, in the order of the accounts."""

COLUMNS = {
    "ecosystem": Text(
        "生态系统代码（HJ 1166-2021 二级类）", "ecosystem code (HJ 1166-2021, level II)"
    ),
    "ecosystem_from": Text("期初生态系统代码", "ecosystem code at opening"),
    "opening": Text("期初", "opening"),
    "unchanged": Text("未变", "unchanged"),
    "additions": Text("扩张", "additions"),
    "reductions": Text("缩减", "reductions"),
    "net_change": Text("净变化", "net change"),
    "closing": Text("期末", "closing"),
    "change": Text("变化", "change"),
    "total_opening": Text("期初合计", "total opening"),
    "total_supply": Text("总供给", "total supply"),
    "total_use": Text("总使用", "total use"),
    "conversion_additions": Text("转换：扩张", "conversions: additions"),
    "conversion_reductions": Text("转换：缩减", "conversions: reductions"),
    "enhancement": Text("生态系统改善", "ecosystem enhancement"),
    "degradation": Text("生态系统退化", "ecosystem degradation"),
    "revaluation": Text("重估（价格变化）", "revaluation (change of price)"),
    "other_changes": Text("其他变化（无法分解）", "other changes (cannot be split)"),
    "unit": Text("单位", "unit"),
    "price_year": Text("价格年", "price year"),
    "in_gep": Text("是否计入 GEP", "in GEP or not"),
    "group": Text("IUCN GET 功能群代码", "code of the IUCN GET functional group"),
    "ecosystems": Text("所含 HJ 1166 类", "HJ 1166 classes within"),
    "decided_by_zh": Text("判定依据", "what decides"),
    "grade": Text("可信度", "grade of trust"),
    "characteristic_zh": Text("状况类别（SEEA ECT）", "class of the SEEA condition typology"),
    "variable": Text("变量", "variable"),
    "low": Text("参照下限", "lower reference level"),
    "high": Text("参照上限", "upper reference level"),
    "indicator_opening": Text("期初指标（0 至 1）", "indicator at opening (0 to 1)"),
    "indicator_closing": Text("期末指标（0 至 1）", "indicator at closing (0 to 1)"),
    "indicator_change": Text("指标变化", "change of the indicator"),
    "weight": Text("权重", "weight"),
    "grade_closing_zh": Text("期末等级（HJ 1172）", "grade at closing (HJ 1172)"),
    "grade_opening_zh": Text("期初等级（HJ 1172）", "grade at opening (HJ 1172)"),
    "seea_zh": Text("SEEA 参考清单中的服务", "service of the SEEA reference list"),
    "service": Text("服务", "service"),
}
"""What a column heading means, for those that a reader may ask about."""


def notes_table(tables: Mapping[str, pd.DataFrame], more: Mapping[str, Text]) -> pd.DataFrame:
    """Return notes.csv: a line per table, then a line per column that needs a word.

    Parameters
    ----------
    tables : dict
        By name, in the order of the notes.
    more : dict
        What is to be said of a table of this run alone.
    """
    rows = []
    for name, table in tables.items():
        said = [("", TABLES[name])]
        said += [("", more[name])] if name in more else []
        said += [(column, COLUMNS[column]) for column in table.columns if column in COLUMNS]
        rows += [
            {"table": f"{name}.csv", "column": column, "zh": text.zh, "en": text.en}
            for column, text in said
        ]
    return pd.DataFrame(rows)
