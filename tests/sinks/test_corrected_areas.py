"""Stock and change on areas that a reference sample has corrected."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st

from data_catalog.errors import TableError
from data_catalog.parameters import COLUMNS, Parameters, Row, bundled
from sinks.account import CarbonAccount
from sinks.densities import DensityTable, density_table
from sinks.methods.corrected_areas import corrected
from sinks.stock import totals
from tests.county import FACTORS, changed, make_county, write
from tiles.compute import compute
from tiles.project import read_project
from tiles.run import How

LOSS, KEPT, OTHER = ("11", "99"), ("11", "11"), ("99", "99")


def density(value: float, se: float) -> DensityTable:
    text = dict.fromkeys((c for c in COLUMNS if c not in {"value", "se", "low", "high"}), "")
    text |= {"parameter": "carbon_density_above_ground", "set": "hand", "key": "11",
             "units": "t_C/ha", "source": "hand"}  # fmt: skip
    row = Row(**text, value=value, se=se, low=math.nan, high=math.nan)
    return density_table(Parameters([row]), "hand")


def sample(*rows: tuple) -> pd.DataFrame:
    columns = ["mapped_from", "mapped_to", "found_from", "found_to", "count"]
    return pd.DataFrame([(*mapped, *found, n) for mapped, found, n in rows], columns=columns)


def land(*rows: tuple) -> pd.DataFrame:
    columns = ["parcel_id", "ecosystem_from", "ecosystem_to", "area_ha"]
    return pd.DataFrame([(p, *pair, a) for p, pair, a in rows], columns=columns)


SAMPLE = sample((LOSS, LOSS, 40), (LOSS, KEPT, 10), (KEPT, KEPT, 95), (KEPT, LOSS, 5),
                (OTHER, OTHER, 50))  # fmt: skip
COUNTY = land(("a", LOSS, 10), ("a", KEPT, 100), ("b", KEPT, 60), ("b", OTHER, 40))


def test_a_loss_by_hand():
    found = corrected(COUNTY, SAMPLE, density(141, 0), (2000, 2014))
    # a: 10 x 0.8 + 100 x 0.05 = 13 ha lost; b: 60 x 0.05 = 3 ha, where the map shows none
    (change,) = found.changes
    assert change.keys["parcel_id"].tolist() == ["a", "b"]
    assert change.value.tolist() == pytest.approx([-13 * 141, -3 * 141])
    # one share of 50 and one of 100: a's errs by 10 sqrt(.8 x .2/49) and 100 sqrt(.05 x .95/99)
    s_loss, s_kept = math.sqrt(0.8 * 0.2 / 49), math.sqrt(0.05 * 0.95 / 99)
    assert change.se[0] == pytest.approx(141 * math.hypot(10 * s_loss, 100 * s_kept))
    assert change.se[1] == pytest.approx(141 * 60 * s_kept)
    # the same sample for both: 160 ha of it, not sqrt(100^2 + 60^2)
    (whole,) = totals(found.changes)
    assert whole.se[0] == pytest.approx(141 * math.hypot(10 * s_loss, 160 * s_kept))
    # all of it is area: one density for all forest
    assert found.effects["area_effect_tC"].tolist() == pytest.approx(change.value.tolist())
    before, now = (parts[0].value for parts in found.stocks.values())
    np.testing.assert_allclose(now - before, change.value)


def test_the_density_errs_with_the_net_area():
    found = corrected(COUNTY, SAMPLE, density(141, 21), (2000, 2014))
    alone = corrected(COUNTY, SAMPLE, density(141, 0), (2000, 2014))
    (change,), (of_sample,) = found.changes, alone.changes
    assert change.se[0] == pytest.approx(math.hypot(of_sample.se[0], 13 * 21))


def test_one_date_has_one_class():
    once = SAMPLE.assign(mapped_from="", found_from="", count=[40, 10, 95, 5, 50])
    found = corrected(
        land(("a", ("11", "11"), 100), ("a", ("99", "99"), 10)), once, density(10, 0), (2014,)
    )
    ((stock,),) = found.stocks.values()
    # 11 in the field: 0.95 of what is mapped so, and 10 of the 100 units mapped as 99
    assert stock.value.tolist() == pytest.approx([(100 * 0.95 + 10 * 0.1) * 10])


def test_land_without_reference_units_is_named():
    with pytest.raises(TableError, match=r"99>11: 7\.0 ha"):
        corrected(land(("a", ("99", "11"), 7)), SAMPLE, density(10, 0), (2000, 2014))


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([LOSS, KEPT, OTHER]),
                          st.floats(0.01, 1e4)), min_size=1, max_size=15))  # fmt: skip
def test_a_perfect_sample_changes_nothing_and_parcels_add_up(rows: list):
    perfect = sample(*((pair, pair, 50) for pair in (LOSS, KEPT, OTHER)))
    table = density(141, 21)
    found = corrected(land(*rows), perfect, table, (2000, 2014))
    (change,) = found.changes
    lost = sum(area for _, pair, area in rows if pair == LOSS)
    assert change.value.sum() == pytest.approx(-141 * lost)
    (whole,) = totals(found.changes)
    assert whole.se[0] == pytest.approx(21 * lost, abs=1e-6)


OLD = f'method = "biomass"\nfactors = "{FACTORS}"'
TABLE = """\
mapped_from,mapped_to,found_from,found_to,count
51,51,51,51,90
51,51,51,11,10
51,11,51,11,45
51,11,51,51,5
"""


def test_a_run_with_a_sample_of_its_maps(tmp_path: Path):
    """Cropland of which the western half is mapped as new forest; a tenth of each is not so."""
    county = make_county(tmp_path / "county", (96, 112), 6)
    with rasterio.open(county.with_name("land_cover.tif")) as file:
        transform, crs = file.transform, file.crs
    codes = np.ones((96, 112), np.uint8)
    write(county.with_name("land_cover_baseline.tif"), codes, transform, crs, nodata=0)
    codes[:, :56] = 2
    write(county.with_name("land_cover.tif"), codes, transform, crs, nodata=0)
    county.with_name("confusion.csv").write_text(TABLE, encoding="utf-8")
    tables = '[tables]\nconfusion = "confusion.csv"\n[output]'
    project = changed(
        county, "sample.toml", {OLD: 'densities = "zhejiang-2016"', "[output]": tables}
    )
    out = tmp_path / "run"
    compute(read_project(project), (CarbonAccount(),), out, How(tile=64, workers=1))
    rows = pd.read_csv(out / "carbon.csv")
    litter = rows[(rows["pool"] == "litter") & rows["year_to"].notna()].iloc[0]
    row = bundled().of_ecosystem("carbon_density_litter", "zhejiang-2016", "11")
    half = 96 * 56 * 0.09
    area = half * 0.9 + half * 0.1
    assert litter["change_tC"] == pytest.approx(area * row.value, rel=1e-9)
    by_sample = row.value * half * math.hypot((0.09 / 49) ** 0.5, (0.09 / 99) ** 0.5)
    assert litter["se_tC"] == pytest.approx(math.hypot(by_sample, area * row.se), rel=1e-9)
    sources = set(pd.read_parquet(out / "carbon_errors.parquet")["source"])
    assert any("reference sample of map class 51>11" in source for source in sources)
