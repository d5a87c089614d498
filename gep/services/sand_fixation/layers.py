"""The layers of the revised wind erosion equation, which both of its forms read."""

from data_catalog.spec import Input, Layer
from data_catalog.text import Text

LAYERS: dict[str, Input] = {
    "weather_factor": Layer(symbol="WF", units="kg/(m*year)"),
    "soil_erodible_fraction": Layer(symbol="EF", units="1"),
    "soil_crust_factor": Layer(symbol="SCF", units="1"),
    "roughness_factor": Layer(symbol="K'", units="1"),
    "wind_cover_factor": Layer(symbol="C", units="1"),
}

WEATHER = Text(
    "气候因子图层须由用户给出：它取决于超过 5 m/s 的瞬时风速，由月平均风速算不出来。",
    "The layer of the weather factor has to be given: it rests on the moments at which the wind is "
    "above 5 m/s, which monthly means do not hold.",
)
"""Why no derived layer makes the weather factor."""
