"""Rainfall storage method, Q = 10 A J R (WC_RAINSTORE)."""

from data_catalog.spec import ECOSYSTEM, Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def rain_stored(
    precipitation: Pixels, runoff_producing_share: Pixels, runoff_reduction: Pixels
) -> Pixels:
    """Return the depth of rain kept back against bare land in a year; never negative."""
    runoff_producing_rain = precipitation * runoff_producing_share
    return runoff_producing_rain * runoff_reduction


VARIANT = Variant(
    id="rain_storage",
    title=Text("降水贮存法", "Rainfall storage"),
    formula=r"Q = \sum A \, J_0 K R",
    source=Citation("GAOTIAN2017", "water conservation, Q = A J R, J = J0 K"),
    inputs={
        "precipitation": Layer(symbol="J_0", units="mm/year"),
        "runoff_producing_share": Factor(symbol="K", units="1"),
        "runoff_reduction": Factor(symbol="R", units="1", by=ECOSYSTEM),
    },
    kernel=rain_stored,
    output=Output(name="rain_stored", units="mm/year", total="m3/year", low=0, high=12000),
    note=Text(
        "原文 A·J·R 漏掉 mm 与公顷到 m3 的换算（10 倍）；此处由单位给出，结果为原文的 10 倍。",
        "The paper prints A J R without the factor 10 from mm on hectares to m3. Here it follows "
        "from the units, so results are ten times the paper's.",
    ),
)
