"""All negative ions in the air of a stand over a year."""

from data_catalog.spec import ECOSYSTEM, Citation, Factor, Input, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant

AIR: dict[str, Input] = {
    "ion_concentration": Factor(symbol="Q", units="ion/cm3", by=ECOSYSTEM),
    "canopy_height": Layer(symbol="H", units="m"),
    "ion_lifetime": Factor(symbol="L", units="minute"),
    "ion_minutes": Factor(symbol=r"525\,600", units="minute/year", choose="lyt1721"),
}
IONS = Output(name="ions", units="ion*m/(cm3*year)", total="ion/year", low=0, high=1e13)


def ions_given_off(
    ion_concentration: Pixels, canopy_height: Pixels, ion_lifetime: Pixels, ion_minutes: Pixels
) -> Pixels:
    """Return the ions given off in a year: as many as the air holds, anew each lifetime."""
    return ion_concentration * canopy_height * ion_minutes / ion_lifetime


VARIANT = Variant(
    id="all_ions",
    title=Text("负离子总量", "All ions"),
    formula=r"G = 5.256 \times 10^{15} \, Q A H / L",
    source=Citation("RECALL", "LY/T 1721-2008, text not read; physical amount"),
    inputs=AIR,
    kernel=ions_given_off,
    output=IONS,
    note=Text(
        "只报告数量；规范只对每立方厘米 600 个以上的部分估价，见 beneficial_ions。"
        "5.256e15 = 1e6 x 1e4 x 525600，前两项由单位换算得出。离子寿命 L 须由用户给出。",
        "An amount alone: the norm values what is above 600 per cm3, see beneficial_ions. 5.256e15 "
        "is 1e6 x 1e4 x 525600, and the first two follow from the units. The lifetime L of an ion "
        "has to be given.",
    ),
)
