"""Carbon dioxide bound in new dry matter, 1.63 t per t, without respiration (CF_163)."""

from data_catalog.spec import Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def carbon_dioxide_bound(
    npp: Pixels, carbon_per_dry_matter: Pixels, co2_per_dry_matter: Pixels
) -> Pixels:
    """Return the carbon dioxide bound in a year's growth; never negative."""
    dry_matter = npp / carbon_per_dry_matter
    return dry_matter * co2_per_dry_matter


VARIANT = Variant(
    id="photosynthesis",
    title=Text("光合作用方程法（1.63 倍干物质）", "Photosynthesis equation (1.63 per dry matter)"),
    formula=r"Q = \sum A \, 1.63 \, NPP / c",
    source=Citation("GAOTIAN2017", "carbon fixed = 1.63 NPP, NPP as dry matter"),
    inputs={
        "npp": Layer(symbol="NPP", units="t_C/(ha*year)"),
        "carbon_per_dry_matter": Factor(symbol="c", units="t_C/t_dm"),
        "co2_per_dry_matter": Factor(symbol="1.63", units="t_CO2e/t_dm", choose="photosynthesis"),
    },
    kernel=carbon_dioxide_bound,
    output=Output(
        name="carbon_dioxide", units="t_CO2e/(ha*year)", total="t_CO2e/year", low=0, high=500
    ),
    note=Text(
        "未扣除土壤呼吸，远大于净吸收量；NPP 图层为碳量，先除以干物质含碳率。",
        "Respiration is not taken off: far above net uptake. The NPP layer is carbon and is first "
        "divided by the carbon share of dry matter.",
    ),
)
