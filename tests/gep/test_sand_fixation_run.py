"""Sand fixation of a county whose wind-erosion layers are all made, but for the weather factor."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from affine import Affine

from data_catalog.variables import variables
from tests.county import CELL, CRS, LEFT, TOP, changed, make_county, write

Computed = Callable[..., dict[str, Any]]
SHAPE = (60, 70)
CONTENTS = {"sand": 50.0, "silt": 30.0, "clay": 20.0, "soil_organic_carbon": 1.0,
            "fractional_vegetation_cover": 20.0, "weather_factor": 10.0}  # fmt: skip
STANDARD = """\
id = "ours"
title_zh = "本县"
title_en = "ours"
source = "DERIVED"
default_set = "garze2017"
[services.sand_fixation]
parts = [{ variant = "rweq_closed", classes = ["1", "2", "3", "5"] }]
valuations = ["sand_control"]
"""


@pytest.fixture(scope="module")
def windy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the project of a plain with one soil, one cover and one wind everywhere."""
    project = make_county(tmp_path_factory.mktemp("windy"), SHAPE, parcels=4)
    grid = Affine(CELL, 0, LEFT, 0, -CELL, TOP)
    layers = ""
    for name, value in (CONTENTS | {"elevation": 100.0}).items():
        write(project.with_name(f"{name}.tif"), np.full(SHAPE, value, np.float32), grid, CRS)
        if name in CONTENTS:
            units = variables()[name].units
            layers += f'[layers.{name}]\npath = "{name}.tif"\nunits = "{units}"\n'
    project.with_name("ours.toml").write_text(STANDARD, encoding="utf-8")
    words = {"[parcels]": f"{layers}[parcels]",
             "year = 2019": 'year = 2019\nstandard = "ours.toml"'}  # fmt: skip
    return changed(project, "windy.toml", words)


def test_each_forest_hectare_fixes_what_the_equations_say_by_hand(
    windy: Path, computed: Computed, out: Path
) -> None:
    # OM = 1.724 percent; EF = (29.09 + 0.31*50 + 0.17*30 + 0.33*50/20 - 2.59*1.724) / 100
    #   = 0.46050; SCF = 1 / (1 + 0.0066*400 + 0.021*1.724^2) = 0.27009; K' = 1 on a plain
    erodible = (29.09 + 0.31 * 50 + 0.17 * 30 + 0.33 * 50 / 20 - 2.59 * 1.724) / 100
    crust = 1 / (1 + 0.0066 * 20**2 + 0.021 * 1.724**2)
    bare = 0.1699 * (10 * erodible * crust) ** 1.3711
    fixed = bare * (1 - np.exp(-0.1535 * 20 * 1.3711))
    computed(windy, out)
    account = pd.read_csv(out / "account.csv", dtype={"ecosystem": str})
    extent = pd.read_parquet(out / "extent.parquet")
    forest = account[account["ecosystem"] == "11"].iloc[0]
    hectares = extent.loc[extent["ecosystem"] == "11", "area_ha"].sum()
    # 1 kg/m2 = 10 t/ha; 1.28 t/m3 x 0.1 m = 0.128 t/m2 at 3.75 CNY/m2
    assert forest["physical"] == pytest.approx(fixed * 10 * hectares, rel=1e-6)
    assert forest["value"] == pytest.approx(forest["physical"] / 0.128 * 3.75)


def test_without_a_weather_factor_it_is_not_computed_and_says_so(
    windy: Path, computed: Computed, out: Path
) -> None:
    calm = changed(windy, "calm.toml", {
        '[layers.weather_factor]\npath = "weather_factor.tif"\nunits = "kg/(m*year)"\n': "",
    })  # fmt: skip
    manifest = computed(calm, out)
    refused = json.dumps(manifest["not_computed"], ensure_ascii=False)
    assert "sand_fixation" in refused
    assert "weather_factor" in refused
