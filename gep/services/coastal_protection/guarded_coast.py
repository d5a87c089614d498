"""Coast behind mangrove, saltmarsh or coastal forest (CP_LENGTH, amount)."""

from data_catalog.spec import Citation, Column, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def coast_guarded(length_km: Pixels) -> Pixels:
    """Return the length of coast that plants guard."""
    return length_km


VARIANT = Variant(
    id="guarded_coast",
    title=Text("植被防护岸线", "Coast guarded by plants"),
    formula=r"L = \sum_k L_k",
    source=Citation("RECALL", "CAEP 2020 and NDRC 2022 name the service; CP_LENGTH"),
    inputs={"length_km": Column(symbol="L_k", units="km")},
    kernel=coast_guarded,
    output=Output(name="coast", units="km", total="km", low=0, high=1e6),
    table="coast",
    note=Text(
        "coast 表只收有红树林、盐沼或海防林的岸段；不考虑波浪与带宽。",
        "The table coast holds stretches with mangrove, saltmarsh or coastal forest alone. Waves "
        "and the width of the belt are left out.",
    ),
)
