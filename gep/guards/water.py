"""Guards of water: one volume supplied, conserved and turned into power; marshes."""

import numpy as np

from data_catalog.text import Text
from gep.guards.guard import Guard, Seen

HYDROPOWER = ("hydro", "水电", "水力")
"""What the name of a statistics row of hydropower has in it."""
MARSH = "41"


def _same_volume(seen: Seen) -> Text | None:
    energy = seen.counted("ecological_energy")
    water = (seen.counted("water_supply"), seen.counted("water_conservation"))
    power = [
        entry.title
        for entry in (energy.items if energy else ())
        if any(word in entry.item.casefold() for word in HYDROPOWER)
    ]
    if not power or None in water:
        return None
    return Text(
        "水电、供水与水源涵养同时计入，同一水量可能计了三次。"
        "请确认供水量不含发电过流与直流冷却用水。",
        "Hydropower, water supply and water conservation all count, so that one volume may count "
        "three times. Make sure that the water supplied leaves out what flows through turbines or "
        "cools and returns.",
    )


def _marsh(seen: Seen) -> Text | None:
    conserved, flood = seen.counted("water_conservation"), seen.counted("flood_mitigation")
    if conserved is None or flood is None or not any(e.item == "marsh" for e in flood.items):
        return None
    on_marsh = seen.ledger.places.classes[conserved.whole.where] == int(MARSH)
    value = np.nansum(conserved.whole.value[on_marsh])
    if not value:
        return None
    return Text(
        f"沼泽 {MARSH} 既在水源涵养中计价（{value:,.0f} 元），又在洪水调蓄中计滞洪："
        "径流系数为零时，沼泽的 P-ET 会计两次。",
        f"Marshes {MARSH} count under water conservation ({value:,.0f} CNY) and hold floods under "
        "flood mitigation: with a runoff coefficient of zero their P - ET counts in both.",
    )


SAME_VOLUME = Guard(
    id="same_volume_of_water",
    title=Text("同一水量不计三次", "One volume of water is not counted three times"),
    looks_at=Text(
        "生态能源中的水电、供水与水源涵养", "hydropower, water supply and water conservation"
    ),
    why=Text(
        "多数规范把供水计入物质产品、把涵养计入调节服务；再加上用同一水量发的电，就要说明。",
        "Most norms count supply as a product and conservation as regulation; power from the same "
        "water on top of both has to be said.",
    ),
    check=_same_volume,
)
MARSH_STORAGE = Guard(
    id="marsh_storage",
    title=Text("沼泽不重复计水", "Marshes do not count their water twice"),
    looks_at=Text(
        "水源涵养在沼泽上的价值与洪水调蓄的沼泽一项",
        "water conservation on marshes, and marshes under flood mitigation",
    ),
    why=Text(
        "沼泽的公开径流系数为 0，涵养量即 P-ET；同一片水又在滞洪量中。",
        "The published runoff coefficient of marshes is 0, so they conserve P - ET; the same water "
        "is in the flood they hold.",
    ),
    check=_marsh,
)
