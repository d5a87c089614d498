"""Soil kept by forest, from measured erosion with and without it (SV_FOREST, amount)."""

from data_catalog.spec import ECOSYSTEM, Citation, Factor, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def soil_retained(erosion_without_forest: Pixels, erosion_with_forest: Pixels) -> Pixels:
    """Return the soil kept in a year; negative where forest land erodes more than bare land."""
    return erosion_without_forest - erosion_with_forest


VARIANT = Variant(
    id="erosion_modulus",
    title=Text("侵蚀模数差（森林规范）", "Erosion with and without forest (forest norm)"),
    formula=r"Q = \sum A \, (X_2 - X_1)",
    source=Citation("LYTFORM", "form list of LY/T 1721 and GB/T 38582: soil fixed; SV_FOREST"),
    inputs={
        "erosion_without_forest": Factor(symbol="X_2", units="t/(ha*year)", by=ECOSYSTEM),
        "erosion_with_forest": Factor(symbol="X_1", units="t/(ha*year)", by=ECOSYSTEM),
    },
    kernel=soil_retained,
    output=Output(name="soil_retained", units="t/(ha*year)", total="t/year", low=-1e5, high=1e5),
    note=Text(
        "无林地与林地的侵蚀模数没有公布值，须由用户按类别给出实测值。",
        "No source gives the erosion modulus of land with and without forest: give measured ones, "
        "class by class.",
    ),
)
