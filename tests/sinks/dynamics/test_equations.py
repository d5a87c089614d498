"""The equations of carbon dynamics: units, one value each by hand, published cases, laws."""

import inspect
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.errors import ParameterMissing, ProjectError
from data_catalog.parameters import bundled
from data_catalog.references import references
from data_catalog.units import registry
from sinks.dynamics import gain_loss, harvest, harvested_wood
from sinks.dynamics.conversion import CONVERSION, CONVERTED_LAND
from sinks.dynamics.dead_organic import (
    DEAD_ORGANIC_BALANCE,
    DEAD_ORGANIC_CHANGE,
    DEAD_ORGANIC_RATIO,
    MORTALITY,
    SLASH,
)
from sinks.dynamics.fire import FIRE, FIRE_CO2E, gases
from sinks.dynamics.models import MODELS
from sinks.dynamics.soil import AFFORESTED_SOIL, ORGANIC_SOIL, SOIL_CHANGE, SOIL_STOCK
from sinks.rows import needed

ROWS = bundled()
BY_ID = {model.id: model for model in MODELS}
amounts = st.floats(0, 1e4)
shares = st.floats(0, 1)


def row(parameter: str, chosen: str, key: str = "") -> float:
    return needed(ROWS, "a test", parameter, chosen, key).value


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.id)
def test_declared_units_follow_from_the_equation(model: Any):
    quantities = {n: registry.Quantity(np.array([0.5]), i.units) for n, i in model.inputs.items()}
    assert model(**quantities).is_compatible_with(model.output.units)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.id)
def test_a_declaration_says_what_it_is_in_both_languages_and_from_where(model: Any):
    assert model.title.zh
    assert model.title.en
    assert model.source.key in references()
    assert inspect.getdoc(model.kernel)


def test_every_equation_is_listed_once():
    assert len(BY_ID) == len(MODELS)


# gain and loss: 10 ha, CF 0.5, R 0.25


def test_growth_by_hand():
    # 10 ha x 4 t/ha x 1.25 x 0.5 = 25 t C
    assert gain_loss.GROWTH(
        area=10, above_ground_growth=4, root_shoot_ratio=0.25, carbon_fraction=0.5
    ) == pytest.approx(25)
    # 10 ha x 5 m3/ha x 0.8 t/m3 is the same 4 t/ha
    assert gain_loss.GROWTH_OF_VOLUME(
        area=10, volume_increment=5, expansion_of_increment=0.8, root_shoot_ratio=0.25,
        carbon_fraction=0.5,
    ) == pytest.approx(25)  # fmt: skip


def test_losses_by_hand():
    # 100 m3 x 0.9 t/m3 x 1.25 x 0.5 = 56.25 t C
    assert gain_loss.WOOD_REMOVALS(
        harvest=100, expansion_of_removals=0.9, root_shoot_ratio=0.25, carbon_fraction=0.5
    ) == pytest.approx(56.25)
    # (40 x 0.9 x 1.25 + 60 x 0.4) x 0.5 = (45 + 24) x 0.5 = 34.5 t C
    assert gain_loss.FUELWOOD(
        fuelwood_trees=40, fuelwood_parts=60, expansion_of_removals=0.9, root_shoot_ratio=0.25,
        wood_density=0.4, carbon_fraction=0.5,
    ) == pytest.approx(34.5)  # fmt: skip
    # 2 ha x 80 t/ha x 1.25 x 0.5 x 0.3 = 30 t C
    assert gain_loss.DISTURBANCE_LOSS(
        area_disturbed=2, above_ground_biomass=80, root_shoot_ratio=0.25, carbon_fraction=0.5,
        share_lost=0.3,
    ) == pytest.approx(30)  # fmt: skip
    # 25 - (10 + 3 + 2) = 10 t C
    assert (
        gain_loss.BIOMASS_CHANGE(carbon_gain=25, removal_loss=10, fuelwood_loss=3, disturbed=2)
        == 10
    )


def test_conversion_by_hand():
    # 3 ha of 80 t/ha cleared, CF 0.5: 3 x (0 - 80) x 0.5 = -120 t C, in that year
    lost = CONVERSION(area_converted=3, biomass_before=80, biomass_after=0, carbon_fraction=0.5)
    assert lost == -120
    # the crop grows 15 t C and loses 5: 15 - 120 - 5
    assert CONVERTED_LAND(carbon_gain=15, by_conversion=lost, carbon_loss=5) == -110


# dead organic matter


def test_dead_matter_by_hand():
    # 10 ha x (3 - 2) x 0.37 = 3.7
    assert DEAD_ORGANIC_BALANCE(
        area=10, dead_matter_in=3, dead_matter_out=2, carbon_fraction=0.37
    ) == pytest.approx(3.7)
    # 10 ha x 4 t/ha x 0.5 x 0.02 = 0.4
    assert MORTALITY(
        area=10, above_ground_growth=4, carbon_fraction=0.5, mortality_share=0.02
    ) == pytest.approx(0.4)
    # 100 m3 x (0.9 x 1.25 - 0.4) x 0.5 = 36.25
    assert SLASH(
        harvest=100, expansion_of_removals=0.9, root_shoot_ratio=0.25, wood_density=0.4,
        carbon_fraction=0.5,
    ) == pytest.approx(36.25)  # fmt: skip
    # built up from 0 to 4 t C/ha in 20 years: 0.2 a year
    built = DEAD_ORGANIC_CHANGE(
        stock_before=0, stock_after=4, years_over=0, years_over_next=1, transition_years=20
    )
    assert built == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("zone", "dead_wood", "litter"),
    [
        ("tropical below 2000 m 1000-1600 mm", 0.47, 0.37),
        ("tropical below 2000 m above 1600 mm", 2.82, 0.37),
        ("tropical above 2000 m", 3.29, 0.37),
        ("temperate/boreal", 3.76, 1.48),
    ],
)
def test_dead_wood_and_litter_of_a_hundred_tonnes_of_biomass(zone, dead_wood, litter):
    # case 18, biomass of 100 t/ha above ground. In the temperate zone dead wood is 8 % of 47 t C
    # (CF 0.47) and litter 4 % of 37 t C (CF of litter 0.37)
    for pool, fraction, carbon in (("dead_wood", 0.47, dead_wood), ("litter", 0.37, litter)):
        share = row("dead_organic_ratio", "cdm-ar-tool12", f"{pool} {zone}")
        found = DEAD_ORGANIC_RATIO(tree_carbon=100 * fraction, dead_organic_ratio=share)
        assert found == pytest.approx(carbon, abs=0.005)


@given(before=amounts, after=amounts, first=st.integers(0, 40), years=st.integers(1, 40))
def test_dead_matter_never_passes_the_new_stock(before, after, first, years):
    change = DEAD_ORGANIC_CHANGE(
        stock_before=before, stock_after=after, years_over=0, years_over_next=first + years,
        transition_years=20,
    )  # fmt: skip
    assert abs(change) <= abs(after - before) * (1 + 1e-12)
    assert before + change >= -1e-9


# soil


def test_soil_stock_and_rate_of_case_20():
    # HAC soil of the warm temperate moist climate: 88 t C/ha; cropland 88 x 0.69 = 60.72
    chosen = "ipcc2006-warm-temperate-moist"
    reference = row("soil_carbon_reference", chosen, "hac")
    cropland = SOIL_STOCK(
        soil_carbon_reference=reference,
        soil_land_use_factor=row("soil_land_use_factor", chosen, "51"),
        soil_management_factor=row("soil_management_factor", chosen, "51"),
        soil_input_factor=row("soil_input_factor", chosen, "51"),
    )
    assert cropland == pytest.approx(60.72)
    years = row("soil_transition_years", "ipcc-2006")
    rate = SOIL_CHANGE(
        stock_before=cropland, stock_after=reference, years_over=0, years_over_next=1,
        soil_transition_years=years,
    )  # fmt: skip
    # (88 - 60.72) / 20 = 1.364; AR-TOOL16 caps it at 0.8
    assert rate == pytest.approx(1.364)
    cap = row("soil_rate_cap", "cdm-ar-tool16")
    for soil, uncapped in (("hac", 1.364), ("lac", 0.9765)):
        reference = row("soil_carbon_reference", chosen, soil)
        said = {
            "soil_carbon_reference": reference, "stock_before": 0.69 * reference,
            "soil_disturbance_loss": 0.0, "soil_transition_years": years,
        }  # fmt: skip
        assert AFFORESTED_SOIL(**said, soil_rate_cap=np.inf) == pytest.approx(uncapped)
        assert AFFORESTED_SOIL(**said, soil_rate_cap=cap) == 0.8


def test_what_site_preparation_released_is_gained_back():
    # of 45 t C/ha a tenth is released, 40.5 is left; the 6.5 up to 47 in 20 years is 0.325 a year
    loss = row("soil_disturbance_loss", "cdm-ar-tool16")
    assert AFFORESTED_SOIL(
        soil_carbon_reference=47, stock_before=45, soil_disturbance_loss=loss,
        soil_transition_years=20, soil_rate_cap=0.8,
    ) == pytest.approx(0.325)  # fmt: skip


def test_organic_soil_needs_a_factor_that_no_source_gives():
    assert ORGANIC_SOIL(area=5, organic_soil_emission_factor=2.0) == 10
    with pytest.raises(ParameterMissing, match="organic_soil_emission_factor"):
        needed(ROWS, "organic_soil_loss", "organic_soil_emission_factor", "ipcc2006-tropical-wet")


@given(before=amounts, after=amounts, years=st.lists(st.integers(1, 9), min_size=1, max_size=12))
def test_the_soil_reaches_the_new_stock_after_20_years_and_never_passes_it(before, after, years):
    stock, over = before, 0
    low, high = sorted((before, after))
    for step in years:
        stock += SOIL_CHANGE(
            stock_before=before, stock_after=after, years_over=over, years_over_next=over + step,
            soil_transition_years=20,
        )  # fmt: skip
        over += step
        assert low - 1e-9 <= stock <= high + 1e-9
        if over >= 20:
            assert stock == pytest.approx(after, abs=1e-9)


# fire


def test_fire_of_case_20():
    # 10 ha x 100 t/ha x 0.45 = 450 t burnt; CH4 4.7 g/kg = 2.115 t, N2O 0.26 g/kg = 0.117 t,
    # CO2 1569 g/kg = 706.05 t; AR5: 2.115 x 28 + 0.117 x 265 = 90.225 t CO2e
    found = gases(
        ROWS, np.array([10.0]), np.array([100.0]), combustion="temperate",
        factors="extratropical", warming="ar5",
    )  # fmt: skip
    assert found["ch4"] == pytest.approx(2.115)
    assert found["n2o"] == pytest.approx(0.117)
    assert found["co2"] == pytest.approx(706.05)
    assert found["non_co2"] == pytest.approx(90.225)
    # AR6: 2.115 x 27 + 0.117 x 273 = 89.046
    later = gases(
        ROWS, np.array([10.0]), np.array([100.0]), combustion="temperate",
        factors="extratropical", warming="ar6",
    )  # fmt: skip
    assert later["non_co2"] == pytest.approx(89.046)


def test_a_fire_without_a_combustion_factor_stops_and_names_it():
    with pytest.raises(ParameterMissing, match="combustion_factor' of mediterranean"):
        gases(
            ROWS, np.ones(1), np.ones(1), combustion="mediterranean", factors="tropical",
            warming="ar5",
        )  # fmt: skip


@given(area=amounts, fuel=amounts, burnt=shares, factor=shares, more=st.floats(0, 10))
def test_more_fire_emits_more(area, fuel, burnt, factor, more):
    small = FIRE(area_burnt=area, fuel=fuel, combustion_factor=burnt, fire_emission_factor=factor)
    large = FIRE(
        area_burnt=area + more, fuel=fuel + more, combustion_factor=burnt,
        fire_emission_factor=factor,
    )  # fmt: skip
    assert large >= small >= 0
    assert FIRE_CO2E(gas=large, global_warming_potential=28) >= FIRE_CO2E(
        gas=small, global_warming_potential=28
    )


# products


def test_products_of_case_20():
    # inflow 10 a year, half-life 35: 9.9016 after a year, in the end 10 x 35 / ln 2 = 504.943
    path = harvested_wood.stock_path(np.full(2000, 10.0), 35)
    assert path[1] == pytest.approx(9.9016, abs=5e-5)
    assert path[-1] == pytest.approx(504.943, abs=5e-4)


@given(half_life=st.integers(1, 80), pulse=amounts)
def test_a_pulse_halves_after_its_half_life(half_life, pulse):
    path = harvested_wood.stock_path(np.zeros(2 * half_life), half_life, pulse)
    assert path[half_life] == pytest.approx(pulse / 2)
    assert path[-1] == pytest.approx(pulse / 4)


@given(
    inflow=st.lists(amounts, min_size=1, max_size=30), half_life=st.floats(0.5, 100), start=amounts
)
def test_products_conserve_carbon_and_are_never_negative(inflow, half_life, start):
    path = harvested_wood.stock_path(np.array(inflow), half_life, start)
    lost = harvested_wood.decayed(np.array(inflow), path)
    assert (path >= 0).all()
    assert (lost >= -1e-9).all()
    assert start + sum(inflow) == pytest.approx(path[-1] + lost.sum(), rel=1e-9, abs=1e-9)


def test_half_lives_and_carbon_of_products():
    lives = [row("hwp_half_life", "ipcc-hwp", p) for p in ("sawnwood", "wood_panels", "paper")]
    assert lives == [35, 25, 2]
    # 1000 m3 of sawnwood x 0.225 t C/m3
    factor = row("hwp_carbon_factor", "ipcc-hwp", "sawnwood")
    assert harvested_wood.PRODUCT_CARBON(
        product_volume=1000, hwp_carbon_factor=factor
    ) == pytest.approx(225)


def test_products_of_two_kinds_of_wood_are_the_sum_of_both():
    # the double count of the code the factors are from: hardwood twice, softwood once
    softwood, hardwood = np.array([5.0, 7.0]), np.array([2.0, 1.0])
    whole = harvested_wood.stock_path(softwood + hardwood, 35)
    parts = harvested_wood.stock_path(softwood, 35) + harvested_wood.stock_path(hardwood, 35)
    np.testing.assert_allclose(whole, parts)


# harvest


def test_a_harvest_by_hand():
    # 100 m3: above 100 x 0.9 x 0.5 = 45, wood 100 x 0.4 x 0.5 = 20, roots 45 x 0.25 = 11.25
    cut = harvest.by_volume(*map(np.float64, (100, 0.9, 0.25, 0.4, 0.5)))
    assert (cut.removed, cut.slash_above, cut.slash_below) == pytest.approx((20, 25, 11.25))
    # eq. 2.12 and 2.22 say the same
    assert cut.live_loss == pytest.approx(56.25)
    assert cut.slash_above + cut.slash_below == pytest.approx(36.25)


def test_moso_culms_become_boards():
    # 8 t C of culms taken out, 62.57 % of it ends in boards: 5.0056 t C
    cut = harvest.by_share(np.array([10.0]), np.array([3.0]), np.array(1.0), np.array(0.8))
    share = row("bamboo_board_share", "zhou-2013", "mean")
    inflow = cut.into({"bamboo_board": share})
    assert inflow["bamboo_board"] == pytest.approx(5.0056)


@given(above=amounts, below=amounts, cut=shares, removed=shares)
def test_a_cut_moves_what_it_fells_and_no_more(above, below, cut, removed):
    found = harvest.by_share(np.array(above), np.array(below), np.array(cut), np.array(removed))
    assert found.live_loss == pytest.approx((above + below) * cut)
    assert found.live_loss <= (above + below) * (1 + 1e-12)
    assert min(found.removed, found.slash_above, found.slash_below) >= 0


def test_shares_of_products_above_one_are_refused():
    cut = harvest.by_share(np.array(10.0), np.array(3.0), np.array(1.0), np.array(0.8))
    with pytest.raises(ProjectError, match=r"sum to 1\.2"):
        cut.into({"sawnwood": 0.7, "paper": 0.5})


def test_more_than_the_whole_stand_cannot_be_cut():
    with pytest.raises(ProjectError, match=r"cut is 1\.5"):
        harvest.by_share(np.array(10.0), np.array(3.0), np.array(1.5), np.array(0.8))


def test_wood_denser_than_the_biomass_it_comes_from_is_refused():
    with pytest.raises(ProjectError, match="more wood is taken out than was felled"):
        harvest.by_volume(*map(np.float64, (100, 0.3, 0.25, 0.4, 0.5)))
