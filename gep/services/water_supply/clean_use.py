"""Water by the sector that uses it, of class III or better alone (WS_QUALITY)."""

from data_catalog.spec import Citation, Column, Output, Pixels
from data_catalog.text import Text
from gep.service import Item, Variant
from gep.services.water_supply.items import SECTORS


def clean_water_used(quantity: Pixels, clean_share: Pixels) -> Pixels:
    """Return the clean water that a sector uses in a year."""
    return quantity * clean_share


def clean_use_of(sector: Item) -> Variant:
    """Return the variant of one sector."""
    zh, en = sector.title.zh, sector.title.en
    return Variant(
        id=f"clean_{sector.id}_use",
        title=Text(f"{zh}（III 类及以上）", f"{en}, water of class III or better"),
        formula=r"Q = Q_u \, s",
        source=Citation("DESK33", "water supply, only class III or better counts"),
        inputs={
            "quantity": Column(symbol="Q_u", units="m3/year"),
            "clean_share": Column(symbol="s", units="1"),
        },
        kernel=clean_water_used,
        output=Output(name="water", units="m3/year", total="m3/year", low=0, high=1e15),
        table="statistics",
        item=sector.id,
        note=Text(
            "clean_share 为该行水量中达到 GB 3838 III 类及以上的份额；已知类别时写 1 或 0。",
            "clean_share is the part of the row's water that is of class III or better (GB 3838): "
            "1 or 0 where the class is known.",
        ),
    )


VARIANTS = tuple(clean_use_of(sector) for sector in SECTORS)
