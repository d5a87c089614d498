"""Water balance of the forest norm, G = 10 A (P - E - C) (WC_FOREST)."""

from data_catalog.spec import Citation, Layer, Output
from data_catalog.text import Text
from gep.service import Variant
from gep.services.water_conservation.balance_runoff import water_conserved

VARIANT = Variant(
    id="forest_balance",
    title=Text("林分水量平衡（森林规范）", "Water balance of forest stands (forest norm)"),
    formula=r"G = \sum A \, (P - E - C)",
    source=Citation("LYTFORM", "form list of LY/T 1721 and GB/T 38582: G = 10 A (P - E - C)"),
    inputs={
        "precipitation": Layer(symbol="P", units="mm/year"),
        "evapotranspiration": Layer(symbol="E", units="mm/year"),
        "storm_runoff": Layer(symbol="C", units="mm/year"),
    },
    kernel=water_conserved,
    output=Output(name="water_conserved", units="mm/year", total="m3/year", low=-16000, high=12000),
    note=Text(
        "C 为林地快速地表径流；规范中的 10 是 mm 与公顷到 m3 的换算，由面积单位给出。",
        "C is the fast surface runoff of the stand. The norm's 10 is the conversion from mm on "
        "hectares to m3, which follows from the units of area here.",
    ),
)
