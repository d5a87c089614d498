"""Lishui's forest carbon of 2000, 2005 and 2008 from the published volumes, by three routes.

The city publishes its volume and its forest cover, but not its forest types. So it is taken to have
the types of Zhejiang (2016, Table 3; other pines with Masson pine, for which the fixed factors
have no row), all with the same volume per hectare, on the forest area of 2008 without bamboo, at
all three dates: a change is then one of volume alone. The figures are those of docs/carbon-routes.
"""

import csv
from importlib import resources

import pandas as pd
import pytest

from data_catalog.parameters import bundled
from sinks.routes import Choices, RouteStock, spread, stocks
from tests.sinks.routes.test_published_cases import published

pytestmark = pytest.mark.shared
YEARS = [2000, 2005, 2008]
ROUTES = ("volume_fixed", "volume_linear", "type_density")
Found = dict[str, RouteStock]


def statistics() -> dict[tuple[str, str], float]:
    """Return the city's published numbers by item and year."""
    text = (resources.files("data_catalog.datasets.lishui") / "statistics.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {(r["item"], r["year"]): float(r["value"]) for r in rows if r["place"] == "Lishui city"}


def inventory() -> pd.DataFrame:
    """Return a row per forest type and year."""
    city = statistics()
    land = city["forest_land_area", "2008"] / 0.8435  # forest land is 84.35 % of the land
    types = {
        row["forest_type"].replace("其他松类", "马尾松"): 0.0
        for row in published("zhejiang_density_by_type.csv")
    }
    for row in published("zhejiang_density_by_type.csv"):
        types[row["forest_type"].replace("其他松类", "马尾松")] += float(row["area_100hm2"])
    whole = types.pop("合计/加权")
    trees = land * city["forest_cover", "2008"] / 100 * (1 - types.pop("竹林") / whole)
    assert trees == pytest.approx(1.152e6, rel=1e-3)
    return pd.DataFrame(
        {
            "parcel_id": name, "year": year,
            "volume": city["standing_stock_volume", f"{year}"] / trees,
            "species": name if "混交" in name else name.removesuffix("林"),
            "area_ha": trees * area / sum(types.values()),
        }
        for name, area in types.items()
        for year in YEARS
    )  # fmt: skip


@pytest.fixture(scope="module")
def found() -> Found:
    return {one.route.id: one for one in stocks(inventory(), bundled(), Choices(routes=ROUTES))}


def of_years(one: RouteStock) -> list[float]:
    """Return the city's stock at the three dates, Mt of carbon."""
    return (one.total.summed(["year"]).value / 1e6).round(1).tolist()


def test_the_volume_per_hectare_is_low(found: Found) -> None:
    # 3810.53e4, 4424.60e4 and 5899.78e4 m3 on 1.152e6 ha
    volumes = inventory().groupby("year")["volume"].first()
    assert volumes.round(1).tolist() == [33.1, 38.4, 51.2]
    # where the intercept of the regressions is more than half of the biomass, the route says so
    assert {remark.year for remark in found["volume_linear"].remarks} == set(YEARS)


def test_stocks_by_three_routes(found: Found) -> None:
    assert not any(one.refused for one in found.values())
    assert of_years(found["volume_fixed"]) == [15.4, 17.9, 23.9]
    assert of_years(found["volume_linear"]) == [21.3, 24.3, 30.1]
    # means of the province on the area of 2008: they know nothing of Lishui's volume
    assert of_years(found["type_density"]) == [32.8, 32.8, 32.8]


def test_the_regressions_by_the_printed_table_alone(found: Found) -> None:
    # B = aV + b from half of which is aV on, else 2aV; half of it is carbon
    printed = [r for r in published("china_bef_linear.csv") if r["set"] == "zhejiang2016"]
    carbon = dict.fromkeys(YEARS, 0.0)
    for year, volume, name, area in inventory()[["year", "volume", "species", "area_ha"]].values:
        of_type = name.removesuffix("林").replace("针阔叶", "针阔")
        (row,) = (r for r in printed if of_type in r["forest_type"].split("、"))
        slope, intercept = float(row["a_t_per_m3"]), float(row["b_t_per_ha"])
        carbon[year] += area * min(slope * volume + intercept, 2 * slope * volume) / 2 / 1e6
    assert [round(c, 1) for c in carbon.values()] == of_years(found["volume_linear"])


def test_the_routes_are_further_apart_than_the_years(found: Found) -> None:
    apart = spread(found.values(), bundled())
    assert apart["warns"].mean() > 0.7
    fixed, linear = (of_years(found[name]) for name in ROUTES[:2])
    assert linear[0] - fixed[0] > fixed[1] - fixed[0]


def test_the_change_is_a_third_of_what_the_stocks_disagree_on(found: Found) -> None:
    # Mt of carbon from 2000 to 2008: 8.5 by fixed factors, 8.8 by the regressions
    def change(route: str) -> float:
        of_years_ = found[route].total.summed(["year"])
        return float(of_years_.value[2] - of_years_.value[0]) / 1e6

    assert change("volume_fixed") == pytest.approx(8.5, abs=0.1)
    assert change("volume_linear") == pytest.approx(8.8, abs=0.1)
    assert change("type_density") == 0


def test_not_all_of_the_gain_of_2005_to_2008_grew() -> None:
    # 5899.78 - 4424.60 = 1475.18e4 m3; three years of 442.48e4 m3 are 1327.44e4 before any felling
    city = statistics()
    gain = city["standing_stock_volume", "2008"] - city["standing_stock_volume", "2005"]
    assert gain > 3 * city["annual_volume_growth", "2008"]
