"""Area of the ecosystems that count as habitat (SP_EQUIV, SP_SPEND)."""

from data_catalog.spec import Citation
from data_catalog.text import Text
from gep.services import areas

VARIANT = areas.by_class(
    "habitat_area",
    Text("生境面积", "Area of habitat"),
    Citation("JIAOZHOU2018", "table 1, habitat: area of the wetland; SP_SPEND"),
    Text(
        "两篇文献都把整个保护区或湿地计为生境；部分算生境的类别可给出比例。",
        "Both papers count the whole of the reserve or wetland; for a class that is habitat in "
        "part, give its share.",
    ),
)
