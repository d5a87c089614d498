"""One stand for each route, redone on paper; and which route a parcel is taken from."""

import numpy as np
import pandas as pd
import pytest

from data_catalog.parameters import bundled
from sinks.routes import ROUTES, Choices, RouteStock, chosen, routes_chosen, spread, stocks, table
from tests.sinks.routes.conftest import Stands
from tests.sinks.routes.test_published_cases import cv_of, pool, trees


def own_error(found: RouteStock) -> float:
    """Return what the total of the only parcel errs in by itself; the same as its pools' sum."""
    of_total = [s.variance()[0] for s in found.total.spatial.values()]
    of_pools = [s.variance()[0] for s in found.pools.summed(["parcel_id"]).spatial.values()]
    assert of_total == pytest.approx(of_pools, nan_ok=True)
    return float(sum(of_total) ** 0.5)


def test_volume_with_fixed_factors(stand: Stands) -> None:
    # oak of 120 m3/ha: 120 x .676 x 1.355 x .5 = 54.9588 above, x .292 = 16.0480 below; 10 ha
    found = stand("volume_fixed", species="栎类", volume=120.0, area_ha=10.0)
    assert pool(found, "above_ground")[0] == pytest.approx(549.588)
    assert pool(found, "below_ground")[0] == pytest.approx(160.479696)
    assert found.provisional.all()


def test_a_species_without_a_row_of_its_own_takes_that_of_its_wider_group(stand: Stands) -> None:
    # schima has its own factors but no wood density: that of hard broadleaves
    # 80 x .598 x 1.894 x (1 + .258) x .497
    found = stand("volume_fixed", species="木荷", volume=80.0)
    assert found.total.value[0] == pytest.approx(80 * 0.598 * 1.894 * 1.258 * 0.497)
    assert "stem_wood_density[china-recalled, hard_broadleaf]" in {r.name() for r in found.rows}


def test_a_stand_s_own_numbers_come_before_the_parameters(stand: Stands) -> None:
    # 80 x .35 x 1.634 x 1.3 x .5
    found = stand(
        "volume_fixed", species="杉木", volume=80.0, stem_wood_density=0.35, root_shoot_ratio=0.3,
        carbon_fraction=0.5,
    )  # fmt: skip
    assert found.total.value[0] == pytest.approx(29.7388)


def test_the_continuous_factor(stand: Stands) -> None:
    # fir of 100 m3/ha: B = 46.52 + 19.141 = 65.661, C = 32.8305; roots .22/1.22 of it
    found = stand("volume_linear", species="杉木", volume=100.0)
    assert found.total.value[0] == pytest.approx(32.8305)
    assert pool(found, "below_ground")[0] == pytest.approx(32.8305 * 0.22 / 1.22)
    assert not found.remarks
    assert not found.provisional.any()


def test_the_continuous_factor_at_low_volume_goes_to_zero_and_says_so(stand: Stands) -> None:
    # fir of 10 m3/ha: aV + b = 23.793, of which the intercept would be 80 %; held at 2aV = 9.304
    found = stand("volume_linear", species="杉木", volume=10.0)
    assert found.total.value[0] == pytest.approx(9.304 * 0.5)
    (remark,) = found.remarks
    assert "volume is low" in remark.text.en
    assert found.provisional.all()
    assert stand("volume_linear", species="杉木", volume=0.0).total.value[0] == 0


def test_other_sets_of_the_continuous_factor(stand: Stands) -> None:
    # Fang 2001: .3999 x 100 + 22.541 = 62.531; Shandong's cypress: .4904 x 100 + 30.427 = 79.467
    fang = stand("volume_linear", species="杉木", volume=100.0, sets={"volume_linear": "fang-2001"})
    assert fang.total.value[0] == pytest.approx(62.531 / 2)
    assert fang.provisional.all()
    there = {"volume_linear": "shandong-2013"}
    shandong = stand("volume_linear", species="柏木", volume=100.0, sets=there)
    assert shandong.total.value[0] == pytest.approx(79.467 / 2)


def test_biomass_with_the_roots_of_its_species(stand: Stands) -> None:
    # 90 t/ha of Masson pine: 90 x .47 = 42.3 above, x .196 = 8.2908 below
    found = stand("above_ground_biomass", species="马尾松", above_ground_biomass=90.0)
    assert pool(found, "above_ground")[0] == pytest.approx(42.3)
    assert pool(found, "below_ground")[0] == pytest.approx(8.2908)


def test_biomass_errs_by_its_roots_and_its_own_error(stand: Stands) -> None:
    # own .47 x 9 x 1.196 over both pools; roots 90 x .47 x .0089; the fraction's error is unknown
    found = stand(
        "above_ground_biomass", species="马尾松", above_ground_biomass=90.0,
        above_ground_biomass_se=9.0,
    )  # fmt: skip
    assert own_error(found) == pytest.approx(0.47 * 9 * 1.196)
    roots = found.total.shared["root_shoot_ratio[groa-china, masson_pine]"]
    assert roots[0] == pytest.approx(90 * 0.47 * 0.0089)
    unknown = found.total.shared["carbon_fraction[ipcc2006-subtropical-humid]"]
    assert np.isnan(unknown[0])
    assert np.isnan(found.total.se[0])


def test_age_groups_by_name_and_by_age(stand: Stands) -> None:
    # planted fir near maturity: 31.76; of 22 years: 21 to 25 years is near maturity
    for given in ({"age_group": "近熟林"}, {"age": 22.0}):
        found = stand("age_group", species="杉木", origin="人工", **given)
        assert found.total.value[0] == pytest.approx(31.76)
    edge = stand("age_group", species="杉木", origin="人工", age=[10.0, 11.0, 36.0],
                 parcel_id=["a", "b", "c"])  # fmt: skip
    assert edge.total.value == pytest.approx([9.87, 22.16, 35.09])


def test_a_growth_curve_with_its_errors(stand: Stands) -> None:
    # a curve of 2 t/ha a year that errs by .1 a year: 15 years give 30, err by 1.5
    def curve(age: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        return 2 * age, {"curve of fir": 0.1 * age}

    found = stand("age_curve", species="杉木", age=15.0, curves={"chinese_fir": curve})
    assert found.total.value[0] == pytest.approx(30)
    assert found.total.shared["curve of fir"][0] == pytest.approx(1.5)
    assert pool(found, "above_ground")[0] == pytest.approx(30 / 1.22)
    # the ratio parts the carbon and adds nothing to it: its errors in both pools cancel
    assert found.total.se[0] == pytest.approx(1.5)


def test_density_of_the_forest_type(stand: Stands) -> None:
    # fir in Zhejiang: 21.72/1.22 + 2.11 = 19.9133 above, 3.9167 below
    found = stand("type_density", species="杉木")
    assert found.total.value[0] == pytest.approx(21.72 + 2.11, abs=1e-3)


def test_bamboo_by_mean_culm(stand: Stands) -> None:
    # 3000 x 10.44 kg x .5 = 15.66 t; rhizomes and roots .274/1.274 of it
    found = stand("bamboo_culms", species="毛竹", culms=3000.0)
    assert found.total.value[0] == pytest.approx(15.66)
    assert pool(found, "below_ground")[0] == pytest.approx(15.66 * 0.274 / 1.274)


def test_shrubs_by_a_density_that_the_project_gives(stand: Stands) -> None:
    # 4 t/ha above ground and 40 % of it in roots
    rows = (cv_of("shrub_carbon_density", "", 4.0, 0.1, "t_C/ha"),)
    found = stand("shrub_density", forest_kind="灌木林", species="灌木", rows=rows)
    assert found.total.value[0] == pytest.approx(5.6)


def test_the_ipcc_s_temperate_factor(stand: Stands) -> None:
    # hard broadleaves of 30 m3/ha: 30 x 1.7 = 51 t/ha, roots .46 up to 75: 51 x 1.46 x .47
    found = stand("ipcc_bcef", species="硬阔", volume=30.0)
    assert found.total.value[0] == pytest.approx(51 * 1.46 * 0.47)


def test_trees_on_plots_become_tonnes_per_hectare_with_a_sampling_error(stand: Stands) -> None:
    # Chave-like by hand for Schima, Zhang 2007: W = .07103 (D2H)^.91, D 20 cm, H 15 m
    one = 0.07103 * (20**2 * 15) ** 0.91 / 1000 * 0.47  # t of carbon above ground in a tree
    # plots of 600 m2: 30 trees on the first, 20 on the second, none on the third
    per_ha = 10000 / 600
    plots = trees(
        ("1", "木荷", 20, 15, 30 * per_ha), ("2", "木荷", 20, 15, 20 * per_ha),
        ("3", "", np.nan, np.nan, per_ha),
    )  # fmt: skip
    found = stand("tree_list", species="木荷", trees=plots, area_ha=2.0)
    of_plots = np.array([30, 20, 0]) * per_ha * one
    assert pool(found, "above_ground")[0] == pytest.approx(2 * of_plots.mean())
    # no equation for roots in this set: .198 of the shoots; both pools vary together
    assert found.total.value[0] == pytest.approx(2 * of_plots.mean() * 1.198)
    error = of_plots.std(ddof=1) / 3**0.5
    assert own_error(found) == pytest.approx(2 * error * 1.198)


def test_one_plot_has_no_known_sampling_error(stand: Stands) -> None:
    found = stand("tree_list", species="杉木", trees=trees(("1", "杉木", 10, 9, 100)))
    assert np.isnan(own_error(found))


def test_pools_added_by_share_err_with_the_trees(stand: Stands) -> None:
    # Masson pine of Guangdong: 7.45 % of live carbon is dead wood
    found = stand("above_ground_biomass", species="马尾松", above_ground_biomass=90.0,
                  above_ground_biomass_se=9.0, added=("dead_wood_share",))  # fmt: skip
    live = 90 * 0.47 * 1.196
    assert pool(found, "dead_wood")[0] == pytest.approx(live * 0.0745)
    assert own_error(found) == pytest.approx(0.47 * 9 * 1.196 * 1.0745)


def test_the_understory_belongs_to_the_pool_above_ground(stand: Stands) -> None:
    # fir of 80 m3/ha by fixed factors, and 2.11 t/ha of shrubs and herbs
    plain = stand("volume_fixed", species="杉木", volume=80.0)
    found = stand("volume_fixed", species="杉木", volume=80.0, added=("understory_by_type",))
    more = pool(found, "above_ground") - pool(plain, "above_ground")
    assert more[0] == pytest.approx(2.11)
    # the density of the type has it already: it does not count twice
    of_type = stand("type_density", species="杉木", added=("understory_by_type",))
    assert of_type.total.value[0] == pytest.approx(21.72 + 2.11, abs=1e-3)


def test_a_parcel_s_own_error_is_another_in_another_year(stand: Stands) -> None:
    # two independent inventories of 8 m3/ha each: sqrt(2) x 8 in the change of volume
    exact = tuple(
        cv_of(p, "chinese_fir", v, 0.0, u)
        for p, v, u in (
            ("stem_wood_density", 0.5, "t_dm/m3"), ("biomass_expansion_factor", 1.0, "t_dm/t_dm"),
            ("root_shoot_ratio", 0.25, "t_dm/t_dm"), ("carbon_fraction", 0.5, "t_C/t_dm"),
        )
    )  # fmt: skip
    found = stand("volume_fixed", year=[2000, 2010], species="杉木", volume=[60.0, 80.0],
                  volume_se=8.0, rows=exact)  # fmt: skip
    years = (found.pools.keys["year"] == 2000).to_numpy()
    change = found.pools.chosen(~years).minus(found.pools.chosen(years)).summed(())
    per_m3 = 0.5 * 1.25 * 0.5
    assert change.value[0] == pytest.approx(20 * per_m3)
    assert change.se[0] == pytest.approx(2**0.5 * 8 * per_m3)


def mixed() -> pd.DataFrame:
    return pd.DataFrame(
        {"parcel_id": ["a", "a", "b", "b"], "year": [2000, 2010, 2000, 2010], "area_ha": 1.0,
         "species": "杉木", "volume": [60.0, 80.0, 60.0, np.nan], "origin": "人工",
         "age_group": "中"}
    )  # fmt: skip


def test_a_parcel_is_taken_from_one_route_in_all_its_years() -> None:
    # b has no volume in 2010: its age groups, worse but there in both years, decide
    found = stocks(mixed(), bundled(), Choices(routes=("volume_fixed", "age_group")))
    by = routes_chosen(found).set_index(["parcel_id", "year"])["route"]
    assert by["a"].tolist() == ["volume_fixed"] * 2
    assert by["b"].tolist() == ["age_group"] * 2
    picked = chosen(found)
    assert len(picked) == 8
    assert picked.value.sum() == table(found).query("chosen")["stock_tC"].sum()


def test_all_routes_that_have_data_are_shown_but_for_those_to_be_asked_for() -> None:
    found = stocks(mixed(), bundled())
    names = [one.route.id for one in found]
    assert names == ["volume_fixed", "volume_linear", "age_group", "type_density"]
    assert [r.id for r in ROUTES if r.by_name] == ["ipcc_bcef"]
    apart = spread(found, bundled())
    assert len(apart) == 4
    assert (apart["spread"] >= 0).all()
