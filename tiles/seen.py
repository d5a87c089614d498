"""What was met of each layer inside the parcels, and what of it must not be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from data_catalog.errors import LayerError
from data_catalog.text import Text
from tiles.rasters import Raster

CODES_SHOWN = 50
"""Unknown class codes that a message lists; those of the most cells where there are more."""


@dataclass(slots=True)
class LayerSeen:
    """What was met of one layer inside parcels: cells with a value, range, unknown codes."""

    cells: int = 0
    least: float = np.inf
    most: float = -np.inf
    unknown: dict[int, int] = field(default_factory=dict)

    def add(self, other: "LayerSeen") -> None:
        """Take another tile's record in; the order does not matter."""
        self.cells += other.cells
        self.least = min(self.least, other.least)
        self.most = max(self.most, other.most)
        for code, count in other.unknown.items():
            self.unknown[code] = self.unknown.get(code, 0) + count


def problems_seen(
    rasters: tuple[Raster, ...], seen: Mapping[str, LayerSeen]
) -> Iterator[LayerError]:
    """Yield what is wrong with the layers' values: unknown class codes, values out of range."""
    for raster in rasters:
        record = seen[raster.name]
        if record.unknown:
            yield _unknown_codes(raster, record)
        v = raster.variable
        if (
            not raster.is_class
            and record.cells
            and not (v.low <= record.least and record.most <= v.high)
        ):
            yield _out_of_range(raster, record)


def problems_of_all(
    rasters: tuple[Raster, ...], seen: Mapping[str, LayerSeen]
) -> Iterator[LayerError]:
    """Yield what is wrong once all tiles are seen: also a layer that has nothing in any parcel.

    Such a layer is the wrong file, or its nodata is: the account would be empty, and not say why.
    """
    yield from problems_seen(rasters, seen)
    for raster in rasters:
        if not seen[raster.name].cells:
            yield _nothing_inside(raster)


def _nothing_inside(raster: Raster) -> LayerError:
    v = raster.variable
    what = Text("类别", "class") if raster.is_class else Text("数值", "value")
    return LayerError(
        where=Path(raster.path).name,
        problem=Text(
            f"{v.title.zh}在宗地内没有任何{what.zh}。请检查该文件（或用来推算它的文件）的无效值 "
            "nodata、坐标系和范围，换用覆盖宗地的文件，或删去该图层。",
            f"{v.name} has no {what.en} anywhere inside the parcels. Check the nodata, CRS and "
            "extent of the file (or of those it is made from); give one that covers the parcels, "
            "or remove the layer.",
        ),
    )


def _unknown_codes(raster: Raster, record: LayerSeen) -> LayerError:
    counts = record.unknown
    shown = sorted(sorted(counts, key=lambda code: (-counts[code], code))[:CODES_SHOWN])
    listed = ", ".join(f"{code} ({counts[code]})" for code in shown)
    more = len(counts) - len(shown)
    rest = Text(f"，另有 {more} 种", f" and {more} more") if more else Text("", "")
    return LayerError(
        where=Path(raster.path).name,
        problem=Text(
            f"含有对照表中没有的类别代码（像元数）：{listed}{rest.zh}。"
            "请为 classes 选择正确的对照表，或在自定义对照表中补充这些代码。",
            f"has class codes that its crosswalk does not know (cells): {listed}{rest.en}. Choose "
            "the right crosswalk in `classes`, or add the codes to one of your own.",
        ),
    )


def _out_of_range(raster: Raster, record: LayerSeen) -> LayerError:
    v = raster.variable
    wrong = record.least if record.least < v.low else record.most
    return LayerError(
        where=Path(raster.path).name if raster.constant is None else f"[layers.{raster.name}]",
        problem=Text(
            f"{v.title.zh}出现 {wrong:.6g} {v.units}，超出合理范围 {v.low:g} 至 "
            f"{v.high:g}。若这是无效值，请在图层中写 nodata；否则检查 units 与 scale。",
            f"{v.name} has {wrong:.6g} {v.units}, outside its range {v.low:g} to "
            f"{v.high:g}. If that marks missing data, set `nodata` on the layer; "
            "otherwise check `units` and `scale`.",
        ),
    )
