"""Retention of bare land's runoff by each land use (WC_RETENTION)."""

from data_catalog.spec import ECOSYSTEM, Citation, Factor, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def runoff_retained(bare_land_runoff: Pixels, retention_share: Pixels) -> Pixels:
    """Return the depth of bare land's runoff that is retained in a year; never negative."""
    return retention_share * bare_land_runoff


VARIANT = Variant(
    id="retention_rate",
    title=Text("径流拦蓄率法", "Share of bare land's runoff that is retained"),
    formula=r"W = \sum A \, p H",
    source=Citation("JIAJIYU2018", "water conservation, W = 10 p H A"),
    inputs={
        "bare_land_runoff": Factor(symbol="H", units="mm/year"),
        "retention_share": Factor(symbol="p", units="1", by=ECOSYSTEM),
    },
    kernel=runoff_retained,
    output=Output(name="runoff_retained", units="mm/year", total="m3/year", low=0, high=12000),
)
