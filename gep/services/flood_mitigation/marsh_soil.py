"""Marshes by the water that their soil and surface take up (FM_ALL, marsh)."""

from data_catalog.spec import Citation, Factor, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def flood_stored(
    marsh_soil_depth: Pixels,
    marsh_bulk_density: Pixels,
    marsh_water_saturated: Pixels,
    marsh_water_natural: Pixels,
    water_density: Pixels,
    marsh_fillings: Pixels,
    marsh_flood_depth: Pixels,
) -> Pixels:
    """Return the depth of flood water in soil and on the surface in a year."""
    room = marsh_water_saturated - marsh_water_natural
    in_soil = marsh_soil_depth * marsh_bulk_density * room / water_density
    return in_soil * marsh_fillings + marsh_flood_depth


VARIANT = Variant(
    id="marsh_soil",
    title=Text("沼泽土壤与地表滞水", "Soil and surface of marshes"),
    formula=r"C = \sum A \, (h \rho (F - E) \, n / \rho_w + H)",
    source=Citation("RECALL", "CAEP 2020, text not read; FM_ALL"),
    inputs={
        "marsh_soil_depth": Factor(symbol="h", units="m"),
        "marsh_bulk_density": Factor(symbol=r"\rho", units="kg/m3"),
        "marsh_water_saturated": Factor(symbol="F", units="1"),
        "marsh_water_natural": Factor(symbol="E", units="1"),
        "water_density": Factor(symbol=r"\rho_w", units="kg/m3", choose="physics"),
        "marsh_fillings": Factor(symbol="n", units="1/year"),
        "marsh_flood_depth": Factor(symbol="H", units="m/year"),
    },
    kernel=flood_stored,
    output=Output(name="flood_stored", units="m/year", total="m3/year", low=0, high=100),
    item="marsh",
    note=Text(
        "F、E 为饱和与自然含水率（水重比干土重）；土层参数没有公布值，须由用户提供。"
        "与水源涵养在沼泽上的 P-ET 部分重叠。",
        "F and E are the saturated and the natural water content by weight of dry soil. No value "
        "of the soil was found: they have to be given. In part it is the water that water "
        "conservation counts on marshes as P - ET.",
    ),
)
