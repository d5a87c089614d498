"""The figures of carbon.csv, with all that they rest on: read from a finished run alone."""

from collections.abc import Iterator, Mapping
from typing import Any

from data_catalog.text import Text
from sinks.dynamics.products import PRODUCTS
from sinks.dynamics.transitions import DEAD_ORGANIC
from sinks.methods.products import TABLE as OF_PRODUCTS
from sinks.pools import POOLS, SOIL, TOTAL, density_parameter
from sinks.uncertainty.dates import DETECTABLE, DETECTABLE_FORMULA
from tiles.lineage import Figure, Lineage, Rests, cells_of, name_of

__all__ = ["carbon_figures"]

CARBON = "carbon"
SAID_TOTAL = Text("各碳库之和。", "The sum over the pools.")
SAID_TOTAL_ERROR = Text(
    "各碳库、各宗地共用的误差按来源相加后再合成，见 carbon_errors.parquet。",
    "Errors that pools and parcels share are added up by source first: carbon_errors.parquet.",
)
UNITS = {"stock_tC": "t_C", "se_tC": "t_C", "change_tC": "t_C", "removal_tCO2e": "t_CO2e"}
OF_TOTAL = {"lower_tC": "t_C", "upper_tC": "t_C", "minimum_detectable_tC": "t_C",
            "confidence_level": "1"}  # fmt: skip
OF_EFFECTS = {"forest_from_ha": "ha", "forest_to_ha": "ha", "area_effect_tC": "t_C",
              "density_effect_tC": "t_C"}  # fmt: skip
MEASURES = {
    "stock_tC": Text("碳储量", "carbon stock"),
    "change_tC": Text("碳储量变化", "change of carbon stock"),
    "se_tC": Text("标准误", "standard error"),
    "removal_tCO2e": Text("清除量", "removals"),
    "lower_tC": Text("区间下限", "lower end of the interval"),
    "upper_tC": Text("区间上限", "upper end of the interval"),
    "minimum_detectable_tC": DETECTABLE,
    "confidence_level": Text("区间的置信水平", "level of the interval"),
    "forest_from_ha": Text("期初森林面积", "forest at opening"),
    "forest_to_ha": Text("期末森林面积", "forest at closing"),
    "area_effect_tC": Text("面积效应", "effect of the area"),
    "density_effect_tC": Text("密度效应", "effect of the density"),
}
SAID = {
    "stock_tC": Text("各类面积乘以碳密度。", "Area of each class times its carbon density."),
    "change_tC": Text("期末与期初储量之差。", "Stock at closing less stock at opening."),
    "se_tC": Text(
        "由参数的标准误传递；各宗地共用同一参数，误差完全相关。各来源的份额见 "
        "carbon_errors.parquet。",
        "From the standard errors of the parameters, which all parcels share; source by source in "
        "carbon_errors.parquet.",
    ),
    "removal_tCO2e": Text("碳储量变化折为二氧化碳。", "The change of carbon as carbon dioxide."),
    "lower_tC": Text("合计减标准误与分位数之积。", "The total less its error times the quantile."),
    "upper_tC": Text("合计加标准误与分位数之积。", "The total and its error times the quantile."),
    "minimum_detectable_tC": Text(
        "变化量的标准误乘以分位数：更小的变化不能与零区分。",
        "The error of the change times the quantile: less is not told from no change.",
    ),
    "confidence_level": Text("项目所选标准的置信水平。", "The level of the standard chosen."),
    "forest_from_ha": Text("两期均有类别的土地上，期初的森林面积。",
                           "Forest at opening, of the land known at both dates."),
    "forest_to_ha": Text("两期均有类别的土地上，期末的森林面积。",
                         "Forest at closing, of the land known at both dates."),
    "area_effect_tC": Text("各宗地两期平均密度乘以森林面积的变化，求和。",
                           "Each parcel's mean density times the change of its forest's area, "
                           "added up."),
    "density_effect_tC": Text("各宗地两期平均面积乘以碳密度的变化，求和。",
                              "Each parcel's mean area times the change of its density, added up."),
}  # fmt: skip
SAID_SOIL = Text(
    "转变土地新旧两种用途的土壤碳储量之差，乘以该时期在转变期中所占的份额。",
    "Soil stock of the new land use less that of the old, times the share of the transition that "
    "falls into the period.",
)
SAID_PRODUCTS = Text(
    "各年产品的碳按半衰期衰减后的余量。",
    "What is left of each year's products by their half-lives.",
)
OTHERWISE = {
    ("biomass", "stock_tC"): Text(
        "在各像元内按公式计算，再按面积求和。", "Worked out in every cell, and summed by area."
    ),
    ("inventory", "stock_tC"): Text(
        "各宗地按所选方法计算后求和，见 carbon_routes.csv。",
        "The sum over the parcels, each by its chosen route: see carbon_routes.csv.",
    ),
    ("inventory", "change_tC"): Text(
        "两期均有小班调查的宗地为两期储量之差，其余宗地按图层计算。",
        "Stock at closing less stock at opening of parcels with an inventory at both dates; of "
        "the others as the maps have it.",
    ),
    ("biomass", "change_tC"): Text(
        "两期都有数值的像元上，期末与期初储量之差。",
        "Stock at closing less stock at opening, on the cells known at both dates.",
    ),
}
FORMULAS = {
    "stock_tC": r"C = \sum_c A_c d_c", "change_tC": r"C = \sum_c (A_{2c} - A_{1c}) d_c",
    "se_tC": r"s = \sqrt{\sum_c (A_c s_c)^2}", "removal_tCO2e": r"R = C \cdot \frac{44}{12}",
    "lower_tC": r"C - z_{1-\alpha/2} s", "upper_tC": r"C + z_{1-\alpha/2} s",
    "minimum_detectable_tC": DETECTABLE_FORMULA,
    "area_effect_tC": r"\sum_p \frac{c_1 + c_2}{2} (A_2 - A_1)",
    "density_effect_tC": r"\sum_p \frac{A_1 + A_2}{2} (c_2 - c_1)",
}  # fmt: skip


def carbon_figures(lineage: Lineage) -> Iterator[Figure]:
    """Yield the figures of the carbon account; none without one."""
    about = lineage.manifest.get("carbon")
    if about is None:
        return
    pools = list(_of_pools(lineage, about))
    yield from pools
    yield from _of_all(lineage, {figure.code: figure for figure in pools}, about)
    yield from _of_effects(lineage, about)


def _of_pools(lineage: Lineage, about: Mapping[str, Any]) -> Iterator[Figure]:
    for line, row in cells_of(lineage.run / "carbon.csv"):
        when = _when(row)
        for measure in (m for m in UNITS if row[m]):
            by_classes = about["method"] == "class_density"
            of_soil = _by_transition(about, row) and measure == "change_tC"
            parts = () if of_soil else _parts(row, measure)
            said = OTHERWISE.get((about["method"], measure), SAID[measure])
            said = SAID_SOIL if of_soil else said
            made = row["pool"] == PRODUCTS and measure == "stock_tC"
            said = SAID_PRODUCTS if made else said
            by_classes &= row["pool"] != PRODUCTS
            pool = POOLS[row["pool"]]
            of = MEASURES[measure]
            yield Figure(
                code=_code(row["pool"], when, measure),
                title=Text(f"{pool.zh}，{when} 年：{of.zh}", f"{pool.en}, {when}: {of.en}"),
                value=row[measure], unit=UNITS[measure], file="carbon.csv", line=line,
                column=measure, said=said, parts=parts,
                formula=FORMULAS[measure] if by_classes and not of_soil else "",
                rests=_rests(lineage, about, row, measure),
            )  # fmt: skip


def _of_all(
    lineage: Lineage, pools: Mapping[str, Figure], about: Mapping[str, Any]
) -> Iterator[Figure]:
    for line, row in cells_of(lineage.run / "carbon_total.csv"):
        when = _when(row)
        yield from _of_interval(row, line, pools, about)
        for measure in (m for m in UNITS if row[m]):
            of = MEASURES[measure]
            parts = [c for pool in POOLS if (c := _code(pool, when, measure)) in pools]
            yield Figure(
                code=_code(TOTAL, when, measure),
                title=Text(f"各碳库合计，{when} 年：{of.zh}", f"All pools, {when}: {of.en}"),
                value=row[measure], unit=UNITS[measure], file="carbon_total.csv", line=line,
                column=measure, said=SAID_TOTAL_ERROR if measure == "se_tC" else SAID_TOTAL,
                parts=tuple(parts), rests=Rests().add(*(pools[code].rests for code in parts)),
            )  # fmt: skip


def _of_interval(
    row: Mapping[str, str], line: int, pools: Mapping[str, Figure], about: Mapping[str, Any]
) -> Iterator[Figure]:  # fmt: skip
    """Yield the ends of a total's interval, its level, and the smallest change told from none."""
    when, amount = _when(row), "change_tC" if row["year_from"] else "stock_tC"
    codes = [_code(TOTAL, when, m) for m in (amount, "se_tC")]
    behind = [f.rests for p in POOLS if (f := pools.get(_code(p, when, amount))) is not None]
    for measure in (m for m in OF_TOTAL if row[m]):
        of = MEASURES[measure]
        level = measure == "confidence_level"
        rests = Rests().add(*(() if level else behind))
        rests.rows[about["confidence"]["row"]] = None
        yield Figure(
            code=_code(TOTAL, when, measure),
            title=Text(f"各碳库合计，{when} 年：{of.zh}", f"All pools, {when}: {of.en}"),
            value=row[measure], unit=OF_TOTAL[measure], file="carbon_total.csv", line=line,
            column=measure, said=SAID[measure], formula=FORMULAS.get(measure, ""),
            parts=() if level else tuple(codes), rests=rests,
        )  # fmt: skip


def _of_effects(lineage: Lineage, about: Mapping[str, Any]) -> Iterator[Figure]:
    """Yield what the area and the density of the forest did to the stock, in all parcels."""
    for line, cells in cells_of(lineage.run / "carbon_change_effects.csv"):
        row = {"year": "", **cells}
        when, pool = _when(row), POOLS[row["pool"]]
        for measure in (m for m in OF_EFFECTS if row[m]):
            of = MEASURES[measure]
            yield Figure(
                code=_code(row["pool"], when, measure),
                title=Text(f"{pool.zh}，{when} 年：{of.zh}", f"{pool.en}, {when}: {of.en}"),
                value=row[measure], unit=OF_EFFECTS[measure], file="carbon_change_effects.csv",
                line=line, column=measure, said=SAID[measure], formula=FORMULAS.get(measure, ""),
                rests=_rests(lineage, about, row, "change_tC"),
            )  # fmt: skip


def _by_transition(about: Mapping[str, Any], row: Mapping[str, str]) -> bool:
    """Return whether a row is the change of soil by its transition after conversion."""
    return row["pool"] == SOIL and bool(row["year_from"]) and "soil_change" in about


def _when(row: Mapping[str, str]) -> str:
    """Return the year of a stock, or the years of a change."""
    return f"{row['year_from']}-{row['year_to']}" if row["year_from"] else row["year"]


def _code(pool: str, when: str, measure: str) -> str:
    return f"{CARBON}/{pool}/{when}/{measure}"


def _parts(row: Mapping[str, str], measure: str) -> tuple[str, ...]:
    pool, years = row["pool"], (row["year_from"], row["year_to"])
    if measure == "removal_tCO2e":
        return (_code(pool, "-".join(years), "change_tC"),)
    if measure == "change_tC":
        return tuple(_code(pool, year, "stock_tC") for year in years)
    return ()


def _rests(
    lineage: Lineage, about: Mapping[str, Any], row: Mapping[str, str], measure: str
) -> Rests:
    found = Rests()
    if _by_transition(about, row):
        found.rows |= dict.fromkeys(about["soil_change"]["rows"])
        return found.add(lineage.layers(_maps(lineage, about, row)))
    if row["pool"] == PRODUCTS:
        made = about["wood_products"]
        found.rows |= dict.fromkeys(made["rows"])
        table = lineage.table(OF_PRODUCTS, made["lines"], made["sources"])
        found.tables[table] = None
        return found
    if row["pool"] in DEAD_ORGANIC and about.get("dead_organic") and row["year_from"]:
        found.rows[about["dead_organic"]] = None
    for model in about["models"]:
        if model["pool"] == row["pool"] and (row["year_from"] or str(model["year"]) == row["year"]):
            found.add(lineage.rests(model))
    if about["method"] == "inventory":
        found.rows |= dict.fromkeys(about["route_rows"])
    if "confusion" in lineage.manifest["project"]["tables"] and about["classes"]:
        found.tables[lineage.table("confusion", "", ())] = None
    if about["classes"]:
        found.add(lineage.layers(_maps(lineage, about, row)))
        present = _classes(lineage, row)
        parameter = density_parameter(row["pool"])
        densities = {
            r["key"]: r for r in lineage.parameters.values() if r["parameter"] == parameter
        }
        keys = {c if c in densities else c[:1] for c in present} if present else set(densities)
        found.rows |= {name_of(densities[k]): None for k in sorted(keys) if k in densities}
    if measure == "removal_tCO2e":
        found.rows |= dict.fromkeys(about["removals"])
    return found


def _maps(lineage: Lineage, about: Mapping[str, Any], row: Mapping[str, str]) -> list[str]:
    """Return the class maps of a row's year or years: of the account first, then the baseline."""
    classes = list(about["classes"])
    if row["year_from"]:
        return classes
    account = str(lineage.manifest["project"]["project"]["year"])
    return classes[:1] if row["year"] == account else classes[1:]


def _classes(lineage: Lineage, row: Mapping[str, str]) -> set[str]:
    """Return the classes whose densities decide a row; none where the folder does not say."""
    if row["year_from"]:
        changed: set[str] = set()
        for _, cells in cells_of(lineage.run / "carbon_change_matrix.csv"):
            before = cells.pop("ecosystem_from")
            for after, area in cells.items():
                if after != before and _some(area):
                    changed |= {before, after}
        return changed
    if lineage.manifest["carbon"]["classes"][:1] != ["land_cover"]:
        return set()
    closing = row["year"] == str(lineage.manifest["project"]["project"]["year"])
    column = "closing" if closing else "opening"
    extent = (cells for _, cells in cells_of(lineage.run / "seea" / "extent.csv"))
    return {cells["ecosystem"] for cells in extent if _some(cells.get(column, ""))}


def _some(area: str) -> bool:
    return bool(area) and float(area) > 0
