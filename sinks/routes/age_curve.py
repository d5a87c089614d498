"""Age with a growth curve: for planted parcels that no inventory has measured.

The curves come from outside: a function from age to the carbon of live trees with the effects of
its errors (`AgeCurve`), by species group, or by origin and species group.
"""

from data_catalog.text import Text
from sinks.routes.route import Route
from sinks.routes.split import POOLS

ROUTE = Route(
    id="age_curve",
    title=Text("林龄法（生长曲线）", "Age with a growth curve"),
    when=Text(
        "只知树种和林龄的宗地，且有该树种的生长曲线；差于任何实测。",
        "Parcels known by species and age alone, where there is a curve of the species; worse "
        "than anything measured.",
    ),
    kinds=frozenset({"arbor"}),
    main="groa-china",
    pools=POOLS,
)
