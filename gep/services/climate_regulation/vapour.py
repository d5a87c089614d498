"""Water vapour that plants and ground give off, counted as its latent heat (LC_VAPOUR)."""

from data_catalog.spec import ECOSYSTEM, Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Item, Variant

VAPOUR = Item("vapour", Text("水汽", "water vapour"))


def water_given_off(
    npp: Pixels,
    precipitation: Pixels,
    carbon_per_dry_matter: Pixels,
    transpiration_per_dry_matter: Pixels,
    evaporated_share: Pixels,
    water_density: Pixels,
) -> Pixels:
    """Return the depth of water transpired and evaporated in a year; never negative."""
    dry_matter = npp / carbon_per_dry_matter
    transpired = dry_matter * transpiration_per_dry_matter / water_density
    return transpired + evaporated_share * precipitation


def heat_taken_up(
    npp: Pixels,
    precipitation: Pixels,
    carbon_per_dry_matter: Pixels,
    transpiration_per_dry_matter: Pixels,
    evaporated_share: Pixels,
    water_density: Pixels,
    latent_heat: Pixels,
) -> Pixels:
    """Return the latent heat of the water given off in a year; never negative."""
    water = water_given_off(
        npp, precipitation, carbon_per_dry_matter, transpiration_per_dry_matter, evaporated_share,
        water_density,
    )  # fmt: skip
    return water * water_density * latent_heat


VARIANT = Variant(
    id="vapour",
    title=Text("蒸腾蒸发水汽", "Water vapour given off"),
    formula=r"E = \sum A \, \rho q \left( \tfrac{k B}{\rho} + e P \right),\; B = NPP / c",
    source=Citation("GAOTIAN2017", "climate regulation, W_T + W_E; 750 and 400 kg per kg"),
    inputs={
        "npp": Layer(symbol="NPP", units="kg_C/(m2*year)"),
        "precipitation": Layer(symbol="P", units="m/year"),
        "carbon_per_dry_matter": Factor(symbol="c", units="kg_C/kg_dm"),
        "transpiration_per_dry_matter": Factor(symbol="k", units="kg/kg_dm", by=ECOSYSTEM),
        "evaporated_share": Factor(symbol="e", units="1"),
        "water_density": Factor(symbol=r"\rho", units="kg/m3", choose="physics"),
        "latent_heat": Factor(symbol="q", units="kJ/kg"),
    },
    kernel=heat_taken_up,
    output=Output(name="cooling_energy", units="kJ/(m2*year)", total="kWh/year", low=0, high=5e7),
    item=VAPOUR.id,
    note=Text(
        "原文以水汽体积（m3）计；为与其他方法同一单位，此处计其潜热，不除以能效比，"
        "单价仍按每 m3 水。原文蒸腾与蒸发之和可大于降水量。",
        "The paper counts the vapour in m3. To have one unit for the service it is counted here as "
        "its latent heat, not divided by an efficiency; the price stays one per m3 of water. In "
        "the paper, transpiration and evaporation together may be more than the rain.",
    ),
)
