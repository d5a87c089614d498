"""The guard of carbon: oxygen and carbon come of one carbon number."""

from data_catalog.text import Text
from gep.guards.guard import Guard, Seen

GROSS_CARBON = {"photosynthesis", "forest_biomass", "forest_soil_ratio"}
"""Variants of carbon that take all of NPP: respiration of the soil is not netted."""
GROSS_OXYGEN = {"from_npp"}


def _unlike(seen: Seen) -> Text | None:
    if seen.counted("carbon_sequestration") is None or seen.counted("oxygen_release") is None:
        return None
    carbon, oxygen = (
        {part.variant for part in seen.standard.services[name].parts}
        for name in ("carbon_sequestration", "oxygen_release")
    )
    if not oxygen & GROSS_OXYGEN or carbon <= GROSS_CARBON:
        return None
    return Text(
        "固碳按扣除呼吸后的净量计，氧气却按全部 NPP 计：两项不是同一碳量，氧气偏高。",
        "Carbon is net of respiration while oxygen is taken from all of NPP: they are not of one "
        "carbon number, and oxygen comes out high.",
    )


ONE_CARBON = Guard(
    id="one_carbon_number",
    title=Text("固碳与释氧出自同一碳量", "Carbon and oxygen are of one carbon number"),
    looks_at=Text("固碳与氧气释放的功能量方法", "the variants of carbon and of oxygen"),
    why=Text(
        "释放一吨氧即固定 44/32 吨二氧化碳；扣除了呼吸的方案，氧气也要扣除。",
        "A tonne of oxygen goes with 44/32 tonnes of carbon dioxide fixed: where respiration is "
        "netted from one it is netted from both.",
    ),
    check=_unlike,
)
