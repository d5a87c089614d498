"""Carbon of living biomass from a map of above-ground biomass, pixel by pixel.

The map's own error is not in the standard errors here: only that of the shared factors, which is
the same in every pixel and parcel and so goes linearly with the sums of biomass. Biomass of land
that is no forest belongs to no forest account: mask the layer first.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_catalog.parameters import Row
from data_catalog.spec import Citation, Factor, Layer, Model, Output, Pixels
from data_catalog.text import Text
from data_catalog.units import conversion
from data_catalog.variables import variable
from sinks.estimates import Estimates

__all__ = [
    "ABOVE_GROUND",
    "ABOVE_GROUND_BASELINE",
    "BELOW_GROUND",
    "BELOW_GROUND_BASELINE",
    "MODELS",
    "biomass_by_threshold",
    "estimates",
]

CARBON, RATIO, BIOMASS = "t_C/t_dm", "t_dm/t_dm", "t_dm/ha"


def above_ground_carbon(above_ground_biomass: Pixels, carbon_fraction: Pixels) -> Pixels:
    """Return the carbon in biomass above ground; never negative."""
    return above_ground_biomass * carbon_fraction


def below_ground_carbon(
    above_ground_biomass: Pixels,
    root_shoot_threshold: Pixels,
    root_shoot_ratio_low_biomass: Pixels,
    root_shoot_ratio_high_biomass: Pixels,
    carbon_fraction: Pixels,
) -> Pixels:
    """Return the carbon in roots; never negative, and with the published jump at the threshold.

    A pixel at the threshold has the ratio of low biomass, one without biomass has no roots.
    """
    low = above_ground_biomass <= root_shoot_threshold
    ratio = np.where(low, root_shoot_ratio_low_biomass, root_shoot_ratio_high_biomass)
    return above_ground_biomass * ratio * carbon_fraction


def above_ground_carbon_baseline(
    above_ground_biomass_baseline: Pixels, carbon_fraction: Pixels
) -> Pixels:
    """Return the carbon in biomass above ground in the baseline year; never negative."""
    return above_ground_carbon(above_ground_biomass_baseline, carbon_fraction)


def below_ground_carbon_baseline(
    above_ground_biomass_baseline: Pixels,
    root_shoot_threshold: Pixels,
    root_shoot_ratio_low_biomass: Pixels,
    root_shoot_ratio_high_biomass: Pixels,
    carbon_fraction: Pixels,
) -> Pixels:
    """Return the carbon in roots in the baseline year; never negative."""
    return below_ground_carbon(
        above_ground_biomass_baseline,
        root_shoot_threshold,
        root_shoot_ratio_low_biomass,
        root_shoot_ratio_high_biomass,
        carbon_fraction,
    )


SOURCE = Citation("ipcc_2006_v4", "ch. 2, eq. 2.8; ch. 4, Tables 4.3 and 4.4")
CARBON_FRACTION = Factor(symbol="CF", units=CARBON)
ROOTS = {
    "root_shoot_threshold": Factor(symbol="B_0", units=BIOMASS),
    "root_shoot_ratio_low_biomass": Factor(symbol="R_1", units=RATIO),
    "root_shoot_ratio_high_biomass": Factor(symbol="R_2", units=RATIO),
}
LAYER, LAYER_BASELINE = "above_ground_biomass", "above_ground_biomass_baseline"
NOTE = Text(
    "低于阈值（含）用 R_1，高于阈值用 R_2。", "R_1 up to and at the threshold B_0, R_2 above it."
)


def _carbon(name: str, layer: str) -> Output:
    """Declare a density of carbon: biomass is never all carbon, nor roots more than shoots."""
    return Output(name=name, units="t_C/ha", total="t_C", low=0, high=variable(layer).high)


ABOVE_GROUND = Model(
    id="above_ground_carbon",
    title=Text("地上生物量碳储量", "Carbon in above-ground biomass"),
    formula=r"C = B \cdot CF",
    source=SOURCE,
    inputs={LAYER: Layer(symbol="B", units=BIOMASS), "carbon_fraction": CARBON_FRACTION},
    kernel=above_ground_carbon,
    output=_carbon("above_ground_carbon", LAYER),
)
BELOW_GROUND = Model(
    id="below_ground_carbon",
    title=Text("地下生物量碳储量", "Carbon in below-ground biomass"),
    formula=r"C = B \cdot R \cdot CF,\quad R = R_1 \ (B \le B_0),\ R_2 \ (B > B_0)",
    source=SOURCE,
    inputs={LAYER: Layer(symbol="B", units=BIOMASS), **ROOTS, "carbon_fraction": CARBON_FRACTION},
    kernel=below_ground_carbon,
    output=_carbon("below_ground_carbon", LAYER),
    note=NOTE,
)
ABOVE_GROUND_BASELINE = Model(
    id="above_ground_carbon_baseline",
    title=Text("基期地上生物量碳储量", "Carbon in above-ground biomass of the baseline year"),
    formula=ABOVE_GROUND.formula,
    source=SOURCE,
    inputs={LAYER_BASELINE: Layer(symbol="B", units=BIOMASS), "carbon_fraction": CARBON_FRACTION},
    kernel=above_ground_carbon_baseline,
    output=_carbon("above_ground_carbon_baseline", LAYER_BASELINE),
)
BELOW_GROUND_BASELINE = Model(
    id="below_ground_carbon_baseline",
    title=Text("基期地下生物量碳储量", "Carbon in below-ground biomass of the baseline year"),
    formula=BELOW_GROUND.formula,
    source=SOURCE,
    inputs={
        LAYER_BASELINE: Layer(symbol="B", units=BIOMASS),
        **ROOTS,
        "carbon_fraction": CARBON_FRACTION,
    },
    kernel=below_ground_carbon_baseline,
    output=_carbon("below_ground_carbon_baseline", LAYER_BASELINE),
    note=NOTE,
)
MODELS = (ABOVE_GROUND, BELOW_GROUND, ABOVE_GROUND_BASELINE, BELOW_GROUND_BASELINE)


def biomass_by_threshold(
    above_ground: npt.ArrayLike,
    below_ground: npt.ArrayLike,
    carbon_fraction: Row,
    ratio_low: Row,
    ratio_high: Row,
) -> tuple[Pixels, Pixels]:
    """Return the biomass on each side of the threshold, from the sums of both models.

    Solves B1 + B2 = C_above / CF and R1 B1 + R2 B2 = C_below / CF.

    Parameters
    ----------
    above_ground, below_ground : (parcel,) array, t_C
        Sums of `ABOVE_GROUND` and `BELOW_GROUND`, or differences of two years' sums.

    Returns
    -------
    (parcel,) array, (parcel,) array, t_dm
        Biomass at or below the threshold, and above it; all of it above where the ratios are one
        and the same number, for then the side does not matter.
    """
    fraction, low, high = _value(carbon_fraction, CARBON), *map(_ratio, (ratio_low, ratio_high))
    whole = np.asarray(above_ground, dtype=np.float64) / fraction
    roots = np.asarray(below_ground, dtype=np.float64) / fraction
    if low == high:
        return np.zeros_like(whole), whole
    above = (roots - low * whole) / (high - low)
    return whole - above, above


def estimates(
    parcels: npt.ArrayLike,
    above_ground: npt.ArrayLike,
    below_ground: npt.ArrayLike,
    rows: Mapping[str, Row],
) -> tuple[Estimates, Estimates]:
    """Return the carbon above and below ground with the errors of the shared factors.

    Parameters
    ----------
    parcels : (parcel,) array
        Ids.
    above_ground, below_ground : (parcel,) array, t_C
        Sums of `ABOVE_GROUND` and `BELOW_GROUND`.
    rows : mapping
        Rows of the factors of `BELOW_GROUND` by name.

    Returns
    -------
    Estimates above ground, Estimates below ground, t_C, with keys parcel_id and pool
        Each factor is a source: CF errs by B se_CF above ground and (R_1 B_1 + R_2 B_2) se_CF
        below, R_1 by CF B_1 se_R1, R_2 by CF B_2 se_R2. NaN where a row has no standard error, 0
        for no biomass.
    """
    above, below = (np.asarray(a, dtype=np.float64) for a in (above_ground, below_ground))
    fraction = rows["carbon_fraction"]
    ratios = rows["root_shoot_ratio_low_biomass"], rows["root_shoot_ratio_high_biomass"]
    low, high = biomass_by_threshold(above, below, fraction, *ratios)
    roots = low * _ratio(ratios[0]) + high * _ratio(ratios[1])
    content = _value(fraction, CARBON)
    of_roots = {
        fraction.name(): _term(roots, _se(fraction, CARBON)),
        ratios[0].name(): _term(low * content, _se(ratios[0], RATIO)),
        ratios[1].name(): _term(high * content, _se(ratios[1], RATIO)),
    }
    of_shoots = {fraction.name(): _term(low + high, _se(fraction, CARBON))}
    return (
        _pool("above_ground", parcels, above, of_shoots),
        _pool("below_ground", parcels, below, of_roots),
    )


def _pool(
    pool: str, parcels: npt.ArrayLike, carbon: Pixels, effects: Mapping[str, Pixels]
) -> Estimates:
    keys = pd.DataFrame({"parcel_id": np.asarray(parcels, dtype=object)}).assign(pool=pool)
    # the effect of an error on an amount that is not known is not known either: NaN as it comes
    return Estimates(keys=keys, value=carbon, shared=effects, own=np.zeros(len(carbon)))


def _term(amount: Pixels, se: float) -> Pixels:
    """Return amount x se; nothing of an amount errs by nothing, also where se is unknown."""
    return np.where(amount == 0, 0.0, amount * se)


def _value(row: Row, units: str) -> float:
    return row.in_units(units)


def _ratio(row: Row) -> float:
    return _value(row, RATIO)


def _se(row: Row, units: str) -> float:
    factor, _ = conversion(row.units, units)
    return row.se * factor
