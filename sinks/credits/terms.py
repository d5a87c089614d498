"""Baseline, leakage, what uncertainty deducts and what is set aside: the terms of a claim."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_catalog.errors import ParcelError, ProjectError, RunError
from data_catalog.methodologies import Methodology
from data_catalog.parameters import Row
from data_catalog.text import Text
from sinks.credits.deductions import DEDUCTIONS, NEEDS_PLOTS, deduction
from sinks.credits.formulas import DISPLACEMENT, buffer_product
from sinks.credits.nprt import Rating, rating
from sinks.credits.project_facts import Facts
from sinks.credits.rows import needed
from sinks.estimates import Estimates
from sinks.uncertainty.levels import confidence, half_width, level_of

__all__ = ["PERIOD", "Buffer", "baseline_of", "buffer_of", "co2_per_carbon", "displaced_of",
           "leakage_of", "share_deducted", "uncertainty_of", "unknown_errors"]  # fmt: skip

Numbers = npt.NDArray[np.float64]
PERIOD = ["year_from", "year_to"]
RATE = "t_CO2e/(ha*year)"
NPRT_MISSING = Text(
    "该方法学按 NPRT 计缓冲：请在 [nprt] 中给出各项答案，或在参数表中给出 non_permanence_share。",
    "its buffer is that of the NPRT: answer it in [nprt], or give a row non_permanence_share.",
)
NPRT_FAILED = Text("NPRT 不通过：{}", "the project fails the NPRT: {}")
STOPS = Text("{}：未计算", "{}")


@dataclass(frozen=True, kw_only=True)
class Buffer:
    """The share set aside, the row it was read from, or the rating it comes from."""

    share: float
    row: Row | None = None
    rating: Rating | None = None


def co2_per_carbon(of: Facts) -> Row:
    """Return 44/12."""
    return needed(of.parameters, "co2_per_carbon", "stoichiometry")


def baseline_of(rule: Methodology, of: Facts, gross: Estimates) -> Estimates:
    """Return the change of carbon without the project, t_CO2e, for the rows of `gross`.

    Raises
    ------
    ParameterMissing
        If it has to be given and is not.
    ProjectError
        If it falls, and the methodology does not credit what would have been lost.
    """
    none = np.zeros(len(gross))
    if rule.baseline.form == "zero":
        return Estimates(keys=gross.keys, value=none, own=none)
    found = _given(of, "baseline", "baseline_removal", rule, gross)
    if not rule.baseline.falls and (found.value < 0).any():
        parcel = gross.keys["parcel_id"].to_numpy()[found.value < 0][0]
        raise ProjectError(where=f"{of.where}: baseline", problem=Text(
            f"宗地 {parcel} 的基线为减少；“{rule.title_zh}”不计入避免的损失。请核对正负号。",
            f"the baseline of parcel {parcel} falls, and {rule.title_en} does not credit losses "
            "that are avoided. Check its sign.",
        ))  # fmt: skip
    return found


def leakage_of(rule: Methodology, of: Facts, gross: Estimates) -> Numbers:
    """Return the leakage of the rows of `gross`, t_CO2e, not negative.

    Raises
    ------
    ParameterMissing, ProjectError
        If it has to be given and is not, or is negative.
    """
    if rule.leakage.form == "zero" or (rule.leakage.form == "displaced" and of.file.displaced):
        return np.zeros(len(gross))
    found = _given(of, "leakage", "leakage_rate", rule, gross).value
    if (found < 0).any():
        raise ProjectError(where=f"{of.where}: leakage", problem=Text(
            "泄漏为负。泄漏是排放，须不小于 0。", "is negative. It is an emission: 0 or more.",
        ))  # fmt: skip
    return found


def emissions_of(of: Facts, gross: Estimates) -> Numbers:
    """Return the project's own emissions of the rows of `gross`, t_CO2e; 0 where none is given."""
    table = of.yearly("emissions")
    return np.zeros(len(gross)) if table is None else _spread(table, gross, "tCO2e")


def displaced_of(rule: Methodology, of: Facts) -> float:
    """Return the leakage of displaced farming (AR-TOOL15), t_CO2e, all in the first vintage."""
    moved = of.file.displaced
    if rule.leakage.form != "displaced" or moved is None:
        return 0.0

    def number(parameter: str, units: str, key: str = "", chosen: str = rule.set) -> float:
        return needed(of.parameters, parameter, chosen, key).in_units(units)

    return float(DISPLACEMENT(
        area=moved.area_ha, tree_biomass=moved.tree_biomass_t_per_ha,
        shrub_biomass=moved.shrub_biomass_t_per_ha,
        displaced_biomass_factor=number("displaced_biomass_factor", "1"),
        tree_roots=number("root_shoot_ratio", "t_dm/t_dm", "tree"),
        shrub_roots=number("root_shoot_ratio", "t_dm/t_dm", "shrub"),
        carbon_fraction=number("carbon_fraction", "t_C/t_dm"),
        co2_per_carbon=co2_per_carbon(of).in_units("t_CO2e/t_C"),
    ))  # fmt: skip


def uncertainty_of(rule: Methodology, of: Facts, total: Estimates) -> Numbers:
    """Return U of each row at the rule's level: half-width over the amount's size, a fraction."""
    if not rule.uncertainty.confidence:
        return np.full(len(total), np.nan)
    level = level_of(confidence(rule.uncertainty.confidence, of.parameters))
    half = half_width(total.se, level)
    size = np.abs(total.value)
    share = np.divide(half, size, out=np.full(len(total), np.inf), where=size > 0)
    return np.where((half == 0) & (size == 0), 0.0, share)


def share_deducted(rule: Methodology, of: Facts, uncertainty: Numbers, total: Estimates) -> Numbers:
    """Return the share that uncertainty deducts of each row, 0 to 1.

    Raises
    ------
    RunError
        If the rule needs an error that is not known; names the sources without one.
    ParameterMissing
        If the rule is not known.
    """
    name = rule.uncertainty.rule
    if name == "none":
        return np.zeros(len(total))
    if name not in DEDUCTIONS:
        share = needed(of.parameters, NEEDS_PLOTS, rule.set).in_units("1")
        return np.full(len(total), share)
    if np.isnan(uncertainty).any():
        names = ", ".join(unknown_errors(total))
        raise RunError(where=rule.id, problem=Text(
            f"不确定性扣减需要误差，但下列来源没有给出误差：{names}。请补充 se，或改用其他参数集。",
            f"the deduction needs the error of the change, and these sources give none: {names}. "
            "Add their standard errors, or take other parameter sets.",
        ))  # fmt: skip
    return np.array([deduction(name, u, rule.set, of.parameters) for u in uncertainty])


def unknown_errors(found: Estimates) -> list[str]:
    """Return the sources whose error is not known."""
    effects = {**found.shared, **{s: e.effect for s, e in found.spatial.items()}}
    return [source for source, effect in effects.items() if np.isnan(effect).any()]


def buffer_of(rule: Methodology, of: Facts) -> Buffer:
    """Return what is set aside against reversals.

    Raises
    ------
    ParameterMissing, ProjectError
        If it is not known, or the project fails the risk tool.
    """
    form = rule.non_permanence.form
    if form in {"none", "temporary"}:
        return Buffer(share=0.0)
    row = of.parameters.find("non_permanence_share", rule.set)
    if form == "nprt" and row is None:
        if of.file.nprt is None:
            raise ProjectError(where=rule.id, problem=NPRT_MISSING)
        rated = rating(of.file.nprt, of.parameters)
        if rated.failed:
            zh, en = ("; ".join(why[lang] for why in rated.failed) for lang in ("zh", "en"))
            raise ProjectError(where=rule.id, problem=Text(
                NPRT_FAILED.zh.format(zh), NPRT_FAILED.en.format(en)
            ))  # fmt: skip
        return Buffer(share=rated.share, rating=rated)
    if form == "product" and row is None:
        if not of.file.risks:
            needed(of.parameters, "buffer_risks", rule.set)
        return Buffer(share=buffer_product(*of.file.risks.values()))
    row = needed(of.parameters, "non_permanence_share", rule.set)
    share = row.in_units("1")
    if not 0 <= share <= 1:
        raise ProjectError(where=row.name(), problem=Text(
            f"为 {row.value} {row.units}，应在 0 与 100 % 之间。",
            f"is {row.value} {row.units}; it lies between 0 and 100 %.",
        ))  # fmt: skip
    return Buffer(share=share, row=row)


def _given(
    of: Facts, entry: str, parameter: str, rule: Methodology, gross: Estimates,
) -> Estimates:  # fmt: skip
    """Return amounts of a table by parcel and period, else those of a rate per hectare."""
    table = of.yearly(entry)
    none = np.zeros(len(gross))
    if table is not None:
        value, se = (_spread(table, gross, column) for column in ("tCO2e", "se_tCO2e"))
        return Estimates(keys=gross.keys, value=value, shared={entry: se}, own=none)
    row = needed(of.parameters, parameter, rule.set)
    rate = row.in_units(RATE)
    years = (gross.keys["year_to"] - gross.keys["year_from"]).to_numpy(dtype=np.float64)
    shares = gross.keys["share"].to_numpy(dtype=np.float64)
    if rate == 0:
        return Estimates(keys=gross.keys, value=none, own=none)
    parcels = gross.keys["parcel_id"].to_numpy()
    known = {p: of.of(p, "area_ha") for p in dict.fromkeys(parcels)}
    missing = [p for p, area in known.items() if area is None]
    if missing:
        raise ParcelError(where=f"{of.where}: {entry}", problem=Text(
            f"{parameter} 为每公顷的数，但 {len(missing)} 个宗地没有面积（如 {missing[0]}）。"
            "请在宗地表中给出 area_ha。",
            f"{parameter} is per hectare, and {len(missing)} parcels have no area (such as "
            f"{missing[0]}). Give area_ha in the table of parcels.",
        ))  # fmt: skip
    extent = np.array([float(known[p]) for p in parcels]) * years * shares
    error = abs(row.se / row.value) * rate if np.isfinite(row.se) else 0.0
    return Estimates(
        keys=gross.keys, value=rate * extent, shared={row.name(): error * extent}, own=none
    )


def _spread(table: pd.DataFrame, gross: Estimates, column: str) -> Numbers:
    """Return what of a table's amounts falls into the period of each row, linear in time."""
    rows = gross.keys.assign(_row=np.arange(len(gross)))
    both = rows.merge(table, on="parcel_id", suffixes=("", "_given"))
    first = both[["year_from", "year_from_given"]].max(axis=1)
    last = both[["year_to", "year_to_given"]].min(axis=1)
    length = both["year_to_given"] - both["year_from_given"]
    part = ((last - first).clip(lower=0) / length) * both["share"]
    amounts = (both[column] * part).to_numpy(dtype=np.float64)
    return np.bincount(both["_row"], weights=amounts, minlength=len(gross)).astype(np.float64)
