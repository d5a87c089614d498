"""Floor area and hotel nights beside green and water (HP, amount)."""

from data_catalog.spec import Citation, Column, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def in_use(quantity: Pixels) -> Pixels:
    """Return the floor area, or the nights, that gain in a year."""
    return quantity


VARIANT = Variant(
    id="beneficiaries",
    title=Text("受益面积与客房", "Floor area and hotel nights that gain"),
    formula=r"B = \sum_k B_k",
    source=Citation("RECALL", "CAEP 2020 and NDRC 2022, texts not read; HP"),
    inputs={"quantity": Column(symbol="B_k", units="m2/year")},
    kernel=in_use,
    output=Output(name="gain", units="m2/year", total="m2/year", low=0, high=1e15),
    table="statistics",
    note=Text(
        "住宅一行以 m2 计（当年在用的建筑面积），酒店一行以“间夜”计；间夜计入价值量，"
        "不计入面积合计。",
        "Homes have a row in m2 (floor area in use in the year), hotels one in room nights "
        "(`night`), which are in the value and not in the sum of areas.",
    ),
)
