"""Oxygen given off for each tonne of new dry matter, 1.19 or 1.2 t (OX_FROM_NPP)."""

from data_catalog.spec import Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def oxygen_released(
    npp: Pixels, carbon_per_dry_matter: Pixels, oxygen_per_dry_matter: Pixels
) -> Pixels:
    """Return the oxygen released by a year's growth; never negative."""
    dry_matter = npp / carbon_per_dry_matter
    return dry_matter * oxygen_per_dry_matter


VARIANT = Variant(
    id="from_npp",
    title=Text("由干物质量换算（1.19 或 1.2 倍）", "From dry matter (1.19 or 1.2 per tonne)"),
    formula=r"Q = \sum A \, k \, NPP / c",
    source=Citation("GAOTIAN2017", "oxygen released = 1.19 NPP, NPP as dry matter"),
    inputs={
        "npp": Layer(symbol="NPP", units="t_C/(ha*year)"),
        "carbon_per_dry_matter": Factor(symbol="c", units="t_C/t_dm"),
        "oxygen_per_dry_matter": Factor(symbol="k", units="t_O2/t_dm"),
    },
    kernel=oxygen_released,
    output=Output(name="oxygen", units="t_O2/(ha*year)", total="t_O2/year", low=0, high=500),
    note=Text(
        "未扣除呼吸耗氧，与净固碳量不出自同一碳量。",
        "Respiration is not taken off: it does not belong to the same carbon as net uptake.",
    ),
)
