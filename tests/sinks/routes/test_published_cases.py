"""Published numbers that the routes reproduce: trees, bamboo, dead wood, a province."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data_catalog.parameters import LOCAL, Row, bundled
from sinks.estimates import Estimates
from sinks.routes import Choices, RouteStock, spread, stocks
from tests.sinks.routes.conftest import Stands

REFERENCE = Path(__file__).parents[4] / "shared" / "reference" / "carbon-params"


def published(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((REFERENCE / name).read_text(encoding="utf-8").splitlines()))


def pool(found: RouteStock, name: str) -> np.ndarray:
    return found.pools.value[(found.pools.keys["pool"] == name).to_numpy()]


def trees(*rows: tuple[str, str, float, float, float]) -> pd.DataFrame:
    """Return a tree list: plot, species, dbh in cm, height in m, trees per hectare."""
    columns = ["plot", "species", "dbh", "height", "trees_per_ha"]
    return pd.DataFrame(list(rows), columns=columns).assign(parcel_id="a", year=2008)


@pytest.mark.shared
def test_case_16_the_fir_of_stem_analysis_by_its_standard(stand: Stands) -> None:
    # 1000 trees a hectare: t/ha of carbon are kg of one tree; printed to three decimals
    rows = [r for r in published("acc_stemanalysis_chinese_fir.csv") if float(r["D_cm"]) > 0]
    assert len(rows) == 9
    for row in rows:
        tree = trees(("1", "杉木", float(row["D_cm"]), float(row["H_m"]), 1000))
        found = stand("tree_list", species="杉木", trees=tree)
        assert pool(found, "above_ground")[0] == pytest.approx(float(row["allom_AGC"]), abs=0.002)
        assert pool(found, "below_ground")[0] == pytest.approx(float(row["allom_BGC"]), abs=0.002)


@pytest.mark.shared
def test_case_16_the_fir_by_its_volume(stand: Stands) -> None:
    # the same trees by V x BCF: roots by the ratio of the equations of D and H, to the rounding of
    # the printed volume (0.001 m3) and of the printed kilograms
    for row in published("acc_stemanalysis_chinese_fir.csv"):
        if float(row["D_cm"]) == 0:
            continue
        tree = trees(("1", "杉木", float(row["D_cm"]), float(row["H_m"]), 1000))
        found = stand("tree_list", species="杉木", trees=tree)
        above, below = (
            pool(found, "above_ground")[0] / 0.5003,
            pool(found, "below_ground")[0] / 0.488,
        )
        shoots = float(row["vol_AGB"])
        assert shoots / float(row["BCF"]) / 1000 == pytest.approx(
            float(row["V_m3_rounded"]), abs=6e-4
        )
        assert shoots * below / above == pytest.approx(float(row["vol_BGB"]), abs=0.008)
        assert shoots + float(row["vol_BGB"]) == pytest.approx(float(row["vol_total"]), abs=0.0015)
        # one fraction for the whole tree there, not one for shoots and one for roots
        assert 0.499 * float(row["vol_total"]) == pytest.approx(float(row["vol_totalC"]), abs=0.002)


def test_case_16_the_two_branches_meet_at_5_cm(stand: Stands) -> None:
    def carbon(dbh: float) -> float:
        tree = trees(("1", "杉木", dbh, 4.787, 1000))
        return float(stand("tree_list", species="杉木", trees=tree).total.value[0])

    assert carbon(4.999999) == pytest.approx(carbon(5), rel=1e-4)


MOSO = pd.DataFrame(
    {"parcel_id": "a", "year": 2008, "culm_age": ["1", "3", "5"], "culms": [1250.0, 1300.0, 2400.0]}
)


def test_case_17_moso_by_culm_age(stand: Stands) -> None:
    # carbon of the three ages, t/ha: 10.490 + 11.802 + 28.226 = 50.518
    found = stand("bamboo_culm_age", species="毛竹", bamboo=MOSO)
    assert found.total.value[0] == pytest.approx(50.518, abs=0.002)
    # stumps, rhizomes and roots of culms of one year: 1250 x 1.974 kg x .5179 = 1.2779 t, of
    # three: 1300 x 2.213 kg x .4714 = 1.3562, of five: 2400 x 3.808 kg x .5069 = 4.6326
    assert pool(found, "below_ground")[0] == pytest.approx(1.2779 + 1.3562 + 4.6326, abs=0.001)


def test_case_17_organs_make_up_the_printed_stand() -> None:
    # biomass of each age, t/ha: 20.254, 25.036, 55.685; stems of age 1: 1250 x 10.675 = 13.343 t
    rows = bundled().of_set("bamboo_culm_mass", "taojiang-2017")
    assert 1250 * rows["1/stem"].in_units("t_dm/culm") == pytest.approx(13.343, abs=0.001)
    for age, culms, total in (("1", 1250, 20.254), ("3", 1300, 25.036), ("5", 2400, 55.685)):
        of_age = [r.in_units("t_dm/culm") for key, r in rows.items() if key.startswith(f"{age}/")]
        assert len(of_age) == 7
        assert culms * sum(of_age) == pytest.approx(total, abs=0.003)


@pytest.mark.parametrize(
    ("zone", "dead", "litter"),
    [
        ("tropical-moist", 0.47, 0.37),  # 100 x .01 x .47 and x .01 x .37
        ("tropical-wet", 2.82, 0.37),  # more than 1600 mm: 100 x .06 x .47
        ("tropical-montane", 3.29, 0.37),  # above 2000 m: 100 x .07 x .47
        ("temperate", 3.76, 1.48),  # 100 x .08 x .47 and x .04 x .37
    ],
)
def test_case_18_dead_wood_and_litter_of_100_tonnes(
    stand: Stands, zone: str, dead: float, litter: float
) -> None:
    added = ("dead_wood_of_biomass", "litter_of_biomass")
    found = stand(
        "above_ground_biomass", species="杉木", above_ground_biomass=100.0, added=added,
        sets=dict.fromkeys(added, f"ar-tool12-{zone}"),
    )  # fmt: skip
    assert pool(found, "dead_wood")[0] == pytest.approx(dead, abs=1e-9)
    assert pool(found, "litter")[0] == pytest.approx(litter, abs=1e-9)


GROUPS = ("柳杉", "软阔", "柏木", "硬阔", "木荷", "其他松类", "栎类", "针叶混交林", "针阔叶混交林",
          "马尾松", "杉木", "竹林", "阔叶混交林")  # fmt: skip


@pytest.mark.shared
def test_case_1_zhejiang_by_forest_type_trees_litter_and_soil() -> None:
    # Tg: trees 122.88, shrubs and herbs 16.73, litter 11.36, soil 451.76, in all 602.73
    rows = [r for r in published("zhejiang_density_by_type.csv") if "合计" not in r["forest_type"]]
    names = [r["forest_type"] if "混交" in r["forest_type"] or r["forest_type"] == "竹林"
             else r["forest_type"].removesuffix("林") for r in rows]  # fmt: skip
    assert set(GROUPS) < set(names)
    frame = pd.DataFrame(
        {"parcel_id": names, "year": 2009, "species": names,
         "area_ha": [float(r["area_100hm2"]) * 100 for r in rows]}
    )  # fmt: skip
    added = ("litter_by_type", "soil_by_type")
    (found,) = stocks(frame, bundled(), Choices(routes=("type_density",), added=added))
    of_pool = found.pools.summed(["pool"])
    amounts = dict(zip(of_pool.keys["pool"], of_pool.value / 1e6, strict=True))
    living = amounts["above_ground"] + amounts["below_ground"]
    assert living == pytest.approx(122.88 + 16.73, rel=0.002)
    assert amounts["litter"] == pytest.approx(11.36, rel=0.002)
    assert amounts["soil"] == pytest.approx(451.76, rel=0.002)
    assert found.total.summed(()).value[0] / 1e6 == pytest.approx(602.73, rel=0.002)
    of_type = dict(zip(found.total.keys["parcel_id"], found.total.value / 1e6, strict=True))
    for row, name in zip(rows, names, strict=True):
        assert of_type[name] == pytest.approx(float(row["ecosystem_TgC"]), abs=0.006), name


@pytest.mark.parametrize(
    ("species", "fixed", "linear", "ipcc"),
    [("杉木", 26.0, 28.2, 48.5), ("马尾松", 24.4, 30.4, 36.4), ("硬阔", 50.2, 48.4, 64.7)],
)
def test_three_routes_at_80_m3(
    stand: Stands, species: str, fixed: float, linear: float, ipcc: float
) -> None:
    # carbon.md 1.5: t of carbon a hectare in trees with roots, printed to one decimal
    for route, want in (("volume_fixed", fixed), ("volume_linear", linear), ("ipcc_bcef", ipcc)):
        found = stand(route, species=species, volume=80.0)
        assert found.total.value[0] == pytest.approx(want, abs=0.05), route


def test_the_spread_that_is_warned_of_lets_the_chinese_routes_pass_and_not_the_ipcc() -> None:
    frame = pd.DataFrame(
        {"parcel_id": ["fir", "pine", "hard"], "species": ["杉木", "马尾松", "硬阔"],
         "year": 2008, "area_ha": 1.0, "volume": 80.0}
    )  # fmt: skip
    ours = ("volume_fixed", "volume_linear")
    apart = spread(stocks(frame, bundled(), Choices(routes=ours)), bundled())
    # 28.179/26.002, 30.410/24.434 and 50.191/48.411, each less 1
    assert dict(zip(apart["parcel_id"], apart["spread"].round(3), strict=True)) == {
        "fir": 0.084, "pine": 0.245, "hard": 0.037,
    }  # fmt: skip
    assert not apart["warns"].any()
    both = spread(stocks(frame, bundled(), Choices(routes=(*ours, "ipcc_bcef"))), bundled())
    assert both["warns"].all()
    assert set(both["highest"]) == {"ipcc_bcef"}


def cv_of(parameter: str, key: str, value: float, cv: float, units: str) -> Row:
    return Row(
        parameter=parameter, set=LOCAL, key=key, value=value, se=value * cv, units=units, low=-1e9,
        high=1e9, region="", year="", source="carbon.md 1.3", where="check", grade="local", note="",
    )  # fmt: skip


def test_approach_1_of_a_product_through_the_estimates(stand: Stands) -> None:
    # CVs 10 % of V, 5 % of SVD, 10 % of BEF, 8 % of 1 + R = 1.246, 3 % of CF: together 17.263 %
    roots = cv_of("root_shoot_ratio", "chinese_fir", 0.246, 0.08 * 1.246 / 0.246, "t_dm/t_dm")
    rows = (
        cv_of("stem_wood_density", "chinese_fir", 0.307, 0.05, "t_dm/m3"),
        cv_of("biomass_expansion_factor", "chinese_fir", 1.634, 0.10, "t_dm/t_dm"),
        cv_of("carbon_fraction", "chinese_fir", 0.52, 0.03, "t_C/t_dm"),
        roots,
    )
    found = stand("volume_fixed", species="杉木", volume=80.0, volume_se=8.0, rows=rows)
    total: Estimates = found.total
    assert total.value[0] == pytest.approx(26.00, abs=0.005)
    assert total.se[0] / total.value[0] == pytest.approx(0.17263, abs=5e-6)


def test_shared_factors_do_not_shrink_with_the_number_of_parcels(stand: Stands) -> None:
    rows = (
        cv_of("stem_wood_density", "chinese_fir", 0.307, 0.05, "t_dm/m3"),
        cv_of("biomass_expansion_factor", "chinese_fir", 1.634, 0.0, "t_dm/t_dm"),
        cv_of("carbon_fraction", "chinese_fir", 0.52, 0.0, "t_C/t_dm"),
        cv_of("root_shoot_ratio", "chinese_fir", 0.246, 0.0, "t_dm/t_dm"),
    )
    parcels = [f"{i:03d}" for i in range(100)]
    found = stand("volume_fixed", parcel_id=parcels, species="杉木", volume=80.0, volume_se=8.0,
                  rows=rows)  # fmt: skip
    whole = found.total.summed(())
    # 10 % of each parcel's own over 100 parcels is 1 %, the density keeps its 5 %
    assert whole.se[0] / whole.value[0] == pytest.approx((0.01**2 + 0.05**2) ** 0.5, rel=1e-9)


ENOUGH = 50
"""Records from which the linear formula and the bootstrap must agree."""
MEASURED = {
    "masson_pine": ("Pinus massoniana", 0.187), "chinese_fir": ("Cunninghamia lanceolata", 0.246),
    "cypress": ("Cupressus funebris", 0.220), "ring_cupped_oak": ("Cyclobalanopsis glauca", None),
    "castanopsis": ("Castanopsis", None), "schima": ("Schima superba", 0.258),
    "sweetgum": ("Liquidambar formosana", 0.398), "taiwan_pine": ("Pinus taiwanensis", None),
    "oak": ("Quercus", 0.292), "bamboo": ("Phyllostachys", None),
}  # fmt: skip


@pytest.mark.shared
@pytest.mark.parametrize("group", MEASURED)
def test_roots_to_shoots_of_chinese_records_recomputed(group: str) -> None:
    name, recalled = MEASURED[group]
    records = [
        (float(r["agb_plus_understory_t_ha"]), float(r["bgb_t_ha"]))
        for r in published("groa_china_plots.csv")
        if name in r["species"] and 22 <= float(r["lat_dec"]) <= 33
        and 100 <= float(r["long_dec"]) <= 123
    ]  # fmt: skip
    shoots, roots = np.array(records).T
    row = bundled().find("root_shoot_ratio", "groa-china", group)
    assert row is not None
    assert row.value == pytest.approx(roots.sum() / shoots.sum(), abs=6e-4)
    if len(records) > ENOUGH:
        # the bootstrap knows nothing of the formula of a ratio of sums
        draws = np.random.default_rng(1).integers(0, len(shoots), (4000, len(shoots)))
        again = roots[draws].sum(axis=1) / shoots[draws].sum(axis=1)
        assert row.se == pytest.approx(again.std(), rel=0.12)
    if recalled is not None:
        stands = (roots / shoots).mean()
        agrees = abs(recalled / stands - 1) < 0.1
        assert agrees == (group in {"masson_pine", "chinese_fir", "schima"})
