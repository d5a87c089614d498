"""Habitat quality after threats, as InVEST Habitat Quality (SP_INVEST)."""

from data_catalog.spec import Citation, Factor, Layer, Pixels
from data_catalog.text import Text
from gep.service import Variant
from gep.services.areas import SHARE


def quality(
    habitat_suitability: Pixels,
    habitat_degradation: Pixels,
    half_saturation: Pixels,
    habitat_quality_exponent: Pixels,
) -> Pixels:
    """Return how good a habitat is, 0 to its suitability; lower with more threats."""
    threat = habitat_degradation**habitat_quality_exponent
    return habitat_suitability * (1 - threat / (threat + half_saturation**habitat_quality_exponent))


VARIANT = Variant(
    id="habitat_quality",
    title=Text("生境质量（InVEST）", "Habitat quality (as InVEST)"),
    formula=r"Q = \sum A \, H \left(1 - \frac{D^z}{D^z + k^z}\right),\; z = 2.5",
    source=Citation("RECALL", "InVEST Habitat Quality; SP_INVEST"),
    inputs={
        "habitat_suitability": Layer(symbol="H", units="1"),
        "habitat_degradation": Layer(symbol="D", units="1"),
        "half_saturation": Factor(symbol="k", units="1"),
        "habitat_quality_exponent": Factor(symbol="z", units="1", choose="invest"),
    },
    kernel=quality,
    output=SHARE,
    empirical="a power of an index",
    note=Text(
        "退化度图层（威胁按距离衰减后相加）与半饱和常数 k 须由用户给出。",
        "The layer of degradation (threats, faded by distance, added up) and the half-saturation "
        "k have to be given.",
    ),
)
