"""Deductions for uncertainty: which share of a claim is not issued because it errs.

U is the half-width of the two-sided interval over the size of the estimate, a fraction, at the
level of the rule's own standard: half-widths of two levels never meet. A share of the claim is
deducted, never of the stock, which stays as it was measured.
"""

import math
from collections.abc import Mapping

import numpy as np

from data_catalog.parameters import Parameters
from data_catalog.spec import Citation, Column, Factor, Input, Model, Output, Pixels
from data_catalog.text import Text
from sinks.credits.rows import needed

__all__ = ["DEDUCTIONS", "NEEDS_PLOTS", "deduction"]

U = Column(symbol="U", units="1")
SHARE = Output(name="deducted_share", units="1", total="1", low=0, high=1)


def graded_of_uncertainty(
    uncertainty: Pixels,
    limit_none: Pixels,
    limit_quarter: Pixels,
    limit_half: Pixels,
    limit_most: Pixels,
    share_quarter: Pixels,
    share_half: Pixels,
    share_most: Pixels,
) -> Pixels:
    """Return the share of a claim that is deducted: a part of U that grows with U."""
    of_uncertainty = np.select(
        [uncertainty <= limit_none, uncertainty <= limit_quarter, uncertainty <= limit_half,
         uncertainty <= limit_most],
        [0 * share_quarter, share_quarter, share_half, share_most],
        default=1,
    )  # fmt: skip
    return np.minimum(of_uncertainty * uncertainty, 1)


def graded(
    uncertainty: Pixels,
    limit_none: Pixels,
    limit_low: Pixels,
    limit_high: Pixels,
    share_low: Pixels,
    share_high: Pixels,
) -> Pixels:
    """Return the share of a claim that is deducted: a step by class of U, all above the last."""
    return np.select(
        [uncertainty <= limit_none, uncertainty <= limit_low, uncertainty <= limit_high],
        [0 * share_low, share_low, share_high],
        default=1,
    )


def normal_discount(
    uncertainty: Pixels,
    limit: Pixels,
    quantile: Pixels,
    discount_quantile: Pixels,
    ineligible: Pixels,
) -> Pixels:
    """Return the share of a claim that is deducted: a quantile of its standard error."""
    discount = uncertainty / quantile * discount_quantile
    share = np.where(uncertainty <= limit, 0, discount)
    return np.where(uncertainty > ineligible, 1, np.minimum(share, 1))


def excess(uncertainty: Pixels, limit: Pixels) -> Pixels:
    """Return the share of a claim that is deducted: what U exceeds a limit by."""
    return np.clip(uncertainty - limit, 0, 1)


def confidence_deduction(uncertainty: Pixels, limit: Pixels, ineligible: Pixels) -> Pixels:
    """Return the share of a stock that is deducted: the excess over a limit, or all of it."""
    share = np.clip(uncertainty - limit, 0, 1)
    return np.where(uncertainty >= ineligible, 1, share)


def within_precision(uncertainty: Pixels, limit: Pixels) -> Pixels:
    """Return 0 within the limit; NaN above it, where the rule is not known."""
    return np.where(uncertainty <= limit, 0, np.nan)


def _model(
    name: str, title: Text, formula: str, source: Citation, factors: Mapping[str, str],
    note: Text = Text("", ""),  # noqa: B008  (frozen)
) -> Model:  # fmt: skip
    inputs: dict[str, Input] = {
        factor: Factor(symbol=symbol, units="1", table=f"uncertainty_{factor}")
        for factor, symbol in factors.items()
    }
    return Model(
        id=name, title=title, formula=formula, source=source, output=SHARE, note=note,
        inputs=dict[str, Input](uncertainty=U) | inputs, kernel=globals()[name],
    )  # fmt: skip


DEDUCTIONS: Mapping[str, Model] = {m.id: m for m in (
    _model(
        "graded_of_uncertainty",
        Text("U 的若干成（AR-TOOL14）", "A part of U (AR-TOOL14)"),
        r"d = f \, U,\quad f = 0, f_1, f_2, f_3, 1 \text{ for } U \le U_0, U_1, U_2, U_3, "
        r"U > U_3",
        Citation("cdm_ar_tool14", "version 4.2, discount of estimates by class of uncertainty"),
        {"limit_none": "U_0", "limit_quarter": "U_1", "limit_half": "U_2", "limit_most": "U_3",
         "share_quarter": "f_1", "share_half": "f_2", "share_most": "f_3"},
        Text("项目碳储量变化调低，基线按其自身的 U 调高；事前估计不扣减。",
             "The project's change is lowered, and the baseline raised by its own U; estimates "
             "ex ante are exempt."),
    ),
    _model(
        "graded",
        Text("按 U 分级的固定比例", "A step by class of U"),
        r"d = 0, d_1, d_2, 1 \text{ for } U \le U_0, U_1, U_2, U > U_2",
        Citation("ar_cm_methodologies", "recalled: discount by class of uncertainty"),
        {"limit_none": "U_0", "limit_low": "U_1", "limit_high": "U_2", "share_low": "d_1",
         "share_high": "d_2"},
        Text("超过最高一级须增设样地；在此之前不计入任何减排量。",
             "Above the last class plots have to be added; until then nothing is issued."),
    ),
    _model(
        "normal_discount",
        Text("标准误的分位数（VCS）", "A quantile of the standard error (VCS)"),
        r"d = \frac{U}{z_{90}} z_d \ (U > U_0),\quad 1 \ (U > U_{max})",
        Citation("vcs_methodology_requirements", "version 4.4, section 2.4"),
        {"limit": "U_0", "quantile": "z_{90}", "discount_quantile": "z_d",
         "ineligible": "U_{max}"},
    ),
    _model(
        "excess",
        Text("超出限值的部分", "What U exceeds a limit by"),
        r"d = \max(0, U - U_0)",
        Citation("vm0047", "version 1.1: UNC = min(1, max(0, U - 10 %)); GS 403: excess over 20 %"),
        {"limit": "U_0"},
    ),
    _model(
        "confidence_deduction",
        Text("储量的置信扣减（CAR）", "Confidence deduction from stocks (CAR)"),
        r"CD = \max(0, U - U_0),\quad 1 \ (U \ge U_{max})",
        Citation("car_forest_protocol", "version 5.1, confidence deduction"),
        {"limit": "U_0", "ineligible": "U_{max}"},
        Text("扣自两期储量：AC_y (1 - CD_y) - AC_{y-1} (1 - CD_{y-1})。",
             "Taken from the stocks of both dates: AC_y (1 - CD_y) - AC_{y-1} (1 - CD_{y-1})."),
    ),
    _model(
        "within_precision",
        Text("精度要求内不扣减；以外的规则未知", "None within the precision asked for; beyond it "
             "the rule is not known"),
        r"d = 0 \ (U \le U_0)",
        Citation("vm0010", "version 1.4: no deduction up to 15 % at 95 % confidence"),
        {"limit": "U_0"},
    ),
)}  # fmt: skip
"""The declared rules by id."""
NEEDS_PLOTS = "uncertainty_deduction_share"
"""The parameter that a person gives where U is beyond what is known of a rule."""


def deduction(rule: str, uncertainty: float, chosen: str, parameters: Parameters) -> float:
    """Return the share that a rule deducts with the limits of a parameter set.

    Parameters
    ----------
    uncertainty : float
        U, a fraction, at the level of confidence of the rule.
    chosen : str
        The parameter set: that of the methodology.

    Returns
    -------
    float
        0 to 1.

    Raises
    ------
    ParameterMissing
        If a limit has no row, or U is beyond what is known of the rule and no share is given.
    """
    model = DEDUCTIONS[rule]
    numbers = {
        name: needed(parameters, table, chosen).in_units("1")
        for name, table in model.parameters().items()
    }
    share = float(model(uncertainty=np.float64(uncertainty), **numbers))
    if math.isnan(share):
        return needed(parameters, NEEDS_PLOTS, chosen).in_units("1")
    return share
