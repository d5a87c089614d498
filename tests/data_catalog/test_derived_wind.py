"""The layers of wind erosion that are made from others: by hand and by law."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.derived import (
    makers_of,
    roughness_factor,
    soil_crust_factor,
    soil_erodible_fraction,
    soil_organic_matter,
    wind_cover_factor,
    wind_cover_factor_ndvi,
)
from data_catalog.parameters import bundled

EF = soil_erodible_fraction.DERIVATION
EF_WITHOUT = soil_erodible_fraction.WITHOUT_LIME
SCF = soil_crust_factor.DERIVATION
K = roughness_factor.DERIVATION
C = wind_cover_factor.DERIVATION
C_NDVI = wind_cover_factor_ndvi.DERIVATION
content = st.floats(0, 100)


def made(model, **layers: float) -> float:
    pixels = {name: np.array([[value]], dtype=np.float64) for name, value in layers.items()}
    return float(model(**pixels, **model.coefficients(bundled()))[0, 0])


def soil(sand: float, silt: float, clay: float, organic: float) -> dict[str, float]:
    return {"sand": sand, "silt": silt, "clay": clay, "soil_organic_matter": organic}


def roughness(window: list[list[float]], dx: float = 30, dy: float = 30) -> float:
    cells = np.array(window, dtype=np.float64)[:, :, np.newaxis, np.newaxis]
    size = np.ones((1, 1))
    numbers = K.coefficients(bundled())
    return float(K(elevation=cells, cell_width=dx * size, cell_height=dy * size, **numbers)[0, 0])


def cover_factor(code: str, cover: float) -> float:
    row = bundled().of_ecosystem("wind_cover_coefficient", "HJ1173", code)
    assert row is not None
    coefficient = row.in_units("1/percent")
    return float(C(fractional_vegetation_cover=cover, wind_cover_coefficient=coefficient))


def test_the_erodible_fraction_of_a_loam_by_hand() -> None:
    # 29.09 + 0.31*40 + 0.17*40 + 0.33*40/20 - 2.59*2 - 0.95*5 = 39.02 percent
    assert made(EF, **soil(40, 40, 20, 2), calcium_carbonate=5) == pytest.approx(0.3902)
    # without lime 39.02 + 4.75 = 43.77 percent
    assert made(EF_WITHOUT, **soil(40, 40, 20, 2)) == pytest.approx(0.4377)


def test_soil_without_clay_is_all_erodible_and_peat_not_at_all() -> None:
    assert made(EF_WITHOUT, **soil(100, 0, 0, 0)) == 1
    assert made(EF_WITHOUT, **soil(10, 40, 50, 60)) == 0


def test_lime_is_taken_into_account_where_there_is_a_layer_of_it() -> None:
    assert [maker.id for maker in makers_of("soil_erodible_fraction")] == [EF.id, EF_WITHOUT.id]


@given(content, content, st.floats(0, 60), st.floats(0, 40))
def test_organic_matter_never_makes_soil_more_erodible(
    a: float, b: float, organic: float, more: float
) -> None:
    low, high = sorted((a, b))
    less, most = (
        made(EF_WITHOUT, **soil(low, high - low, 100 - high, o)) for o in (organic + more, organic)
    )
    assert 0 <= less <= most <= 1


def test_the_crust_of_a_loam_by_hand() -> None:
    # 1 / (1 + 0.0066 * 20^2 + 0.021 * 2^2) = 1 / 3.724 = 0.268528
    assert made(SCF, clay=20, soil_organic_matter=2) == pytest.approx(0.268528, abs=1e-6)
    assert made(SCF, clay=0, soil_organic_matter=0) == 1


@given(content, content, content)
def test_more_clay_never_makes_a_weaker_crust(clay: float, more: float, organic: float) -> None:
    weaker = made(SCF, clay=clay, soil_organic_matter=organic)
    assert 0 < made(SCF, clay=clay + more, soil_organic_matter=organic) <= weaker <= 1


def test_organic_matter_from_carbon_by_hand() -> None:
    # 1.724 * 1.5 percent = 2.586 percent
    made_of = soil_organic_matter.DERIVATION
    got = made_of(soil_organic_carbon=1.5, organic_matter_per_carbon=1.724)
    assert got == pytest.approx(2.586)


def test_cover_of_half_a_forest_by_hand() -> None:
    # exp(-0.1535 * 50) = 0.000464
    assert cover_factor("11", 50) == pytest.approx(0.000464, abs=5e-7)
    assert cover_factor("51", 0) == 1


def test_cover_against_wind_is_known_for_the_classes_of_the_norm_alone() -> None:
    def known(code: str) -> bool:
        return bundled().of_ecosystem("wind_cover_coefficient", "HJ1173", code) is not None

    assert all(map(known, ("11", "23", "34", "51", "52", "71", "72", "82")))
    assert not any(map(known, ("41", "42", "61", "73", "81")))


@given(st.sampled_from(["11", "21", "31", "51", "72", "82"]), content, content)
def test_more_cover_never_leaves_more_to_the_wind(code: str, cover: float, more: float) -> None:
    assert 0 <= cover_factor(code, cover + more) <= cover_factor(code, cover) <= 1


def test_cover_from_ndvi_by_hand() -> None:
    # 0.5^0.7366 = exp(-0.7366 * 0.693147) = 0.600171; exp(-5.614 * 0.600171) = 0.034415
    assert made(C_NDVI, ndvi=0.5) == pytest.approx(0.034415, abs=1e-6)
    assert made(C_NDVI, ndvi=-0.2) == 1


def test_a_slope_s_roughness_by_hand() -> None:
    # 6 m over 60 m: Kr = 0.2 * 36 / 60 = 0.12; 1.86 * 0.12 - 2.41 * 0.12^0.934
    # = 0.2232 - 2.41 * 0.138024 = -0.109438; exp = 0.896337
    assert roughness([[0, 3, 6]] * 3) == pytest.approx(0.896337, abs=1e-6)


def test_a_plain_is_smooth_at_any_height() -> None:
    assert roughness([[4321] * 3] * 3) == 1


def test_roughness_is_held_where_the_printed_equation_would_turn_up_again() -> None:
    # d/dKr (1.86 Kr - 2.41 Kr^0.934) = 0 at Kr = (1.86 / (2.41 * 0.934))^(1 / -0.066) = 18.00;
    # exp(1.86 * 18 - 2.41 * 18^0.934) = 0.09385; a drop of 300 m would give e^32 and not less
    assert roughness([[0, 150, 300]] * 3) == pytest.approx(0.09385, abs=1e-5)


@given(st.lists(st.floats(-500, 500), min_size=9, max_size=9), st.floats(1, 3))
def test_rougher_ground_never_leaves_more_to_the_wind(steps: list[float], times: float) -> None:
    window = np.array(steps).reshape(3, 3)
    smooth, rough = roughness(window.tolist()), roughness((times * window).tolist())
    assert 0 < rough <= smooth * (1 + 1e-9)
    assert smooth <= 1 + 1e-12


def test_missing_inputs_make_missing_layers() -> None:
    nan = math.nan
    assert math.isnan(roughness([[1, 2, 3], [1, nan, 3], [1, 2, 3]]))
    assert roughness([[nan, 3, 6], [0, 3, 6], [0, 3, 6]]) == roughness([[0, 3, 6]] * 3)
    assert math.isnan(made(C_NDVI, ndvi=nan))
    for name in ("sand", "silt", "clay", "soil_organic_matter"):
        assert math.isnan(made(EF_WITHOUT, **(soil(40, 40, 20, 2) | {name: nan})))
