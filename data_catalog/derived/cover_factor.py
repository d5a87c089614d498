"""Cover and management factor C (覆盖管理因子) of HJ 1173, from ecosystem and vegetation cover."""

from types import SimpleNamespace

import numpy as np

from data_catalog.derived.derived import Derived, output_of
from data_catalog.spec import ECOSYSTEM, Citation, Coefficients, Factor, Layer, Pixels
from data_catalog.text import Text


def cover_factor(
    fractional_vegetation_cover: Pixels,
    cover_factor_below_10: Pixels,
    cover_factor_10_30: Pixels,
    cover_factor_30_50: Pixels,
    cover_factor_50_70: Pixels,
    cover_factor_70_90: Pixels,
    cover_factor_above_90: Pixels,
    dry_farmland_share: Pixels,
    bins: SimpleNamespace,
    farmland: SimpleNamespace,
) -> Pixels:
    """Return C, 0 (no erosion) to 1 (as bare fallow), by table and for dry farmland by formula."""
    cover = fractional_vegetation_cover
    by_table = np.select(
        [cover < bins.second, cover < bins.third, cover < bins.fourth, cover < bins.fifth,
         cover < bins.last, cover >= bins.last],
        [cover_factor_below_10, cover_factor_10_30, cover_factor_30_50, cover_factor_50_70,
         cover_factor_70_90, cover_factor_above_90],
        default=np.nan,
    )  # fmt: skip
    share = np.maximum(cover / farmland.percent, np.finfo(np.float64).tiny)
    by_formula = np.clip(farmland.constant + farmland.factor * np.log10(share), 0, 1)
    c: Pixels = (1 - dry_farmland_share) * by_table + dry_farmland_share * by_formula
    return c


def _of_cover(symbol: str) -> Factor:
    return Factor(symbol=symbol, units="1", by=ECOSYSTEM, choose="HJ1173")


DERIVATION = Derived(
    id="cover_factor_hj1173",
    title=Text("覆盖管理因子（HJ 1173）", "Cover and management factor (HJ 1173)"),
    formula=r"C = (1 - d) \, C_{table}(class, FVC) + d \, (0.221 - 0.595 \lg FVC)",
    source=Citation("HJ1173", "A.2, table A.1 and eq. A.13"),
    inputs={
        "fractional_vegetation_cover": Layer(symbol="FVC", units="percent"),
        "cover_factor_below_10": _of_cover("C_{<10}"),
        "cover_factor_10_30": _of_cover("C_{10-30}"),
        "cover_factor_30_50": _of_cover("C_{30-50}"),
        "cover_factor_50_70": _of_cover("C_{50-70}"),
        "cover_factor_70_90": _of_cover("C_{70-90}"),
        "cover_factor_above_90": _of_cover("C_{>90}"),
        "dry_farmland_share": _of_cover("d"),
        "bins": Coefficients(table="cover_factor_bins", choose="HJ1173"),
        "farmland": Coefficients(table="dry_farmland_cover_factor", choose="HJ1173"),
    },
    kernel=cover_factor,
    output=output_of("cover_factor", "m2"),
    locality="pixel",
    empirical="table by class and regression on the logarithm of cover",
    note=Text(
        "覆盖度分级左闭右开，级间有跳跃。耕地 51 不分水田旱地：默认全部按旱地公式，"
        "水田为主的地区应给出 dry_farmland_share（水田 C=0）。果园 52 按乔木园地。"
        "冰川 81 与裸地 82 标准无值，须由用户给出。",
        "Bins of cover are closed below and open above, with steps between them. Arable land 51 "
        "does not tell paddy from dry fields: by default all is dry; give dry_farmland_share where "
        "paddy prevails (paddy has C = 0). Orchards 52 count as tree orchards. The norm has no "
        "value for glaciers 81 and bare land 82: give one.",
    ),
)
