import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.errors import ParameterMissing
from data_catalog.parameters import bundled
from data_catalog.units import conversion
from gep.services.sand_fixation import desertification, rweq, rweq_closed
from tiles.binding import bind

FORCE = {"weather_factor": 10, "soil_erodible_fraction": 0.5, "soil_crust_factor": 0.8,
         "roughness_factor": 0.9}  # fmt: skip
share = st.floats(0, 1)


def full(numbers, cover: float, length: float = 50, **force: float) -> float:
    found = numbers(rweq.VARIANT, "", field_length=length)
    return float(rweq.VARIANT(**(FORCE | force), wind_cover_factor=cover, **found))


def closed(numbers, cover: float, **force: float) -> float:
    found = numbers(rweq_closed.VARIANT, "")
    return float(rweq_closed.VARIANT(**(FORCE | force), wind_cover_factor=cover, **found))


def test_a_field_by_hand(numbers) -> None:
    # x = 10 x 0.5 x 0.8 x 0.9 = 3.6; Q = 109.8 x 3.6 = 395.28; s = 150.71 x 3.6^-0.3711 = 93.691
    # bare: 2 x 50 / 93.691^2 x 395.28 x exp(-(50/93.691)^2) = 0.0113921 x 395.28 x 0.752163
    #     = 3.38704 kg/m2
    # C 0.1: x = 0.36, Q = 39.528, s = 220.190: 0.00206255 x 39.528 x 0.949743 = 0.07743
    assert full(numbers, cover=0.1) == pytest.approx(3.38704 - 0.07743, abs=1e-4)


def test_the_closed_form_by_hand(numbers) -> None:
    # 0.1699 x 3.6^1.3711 x (1 - 0.1^1.3711) = 0.1699 x 5.79090 x 0.957450 = 0.942011 kg/m2
    assert closed(numbers, cover=0.1) == pytest.approx(0.942011, abs=1e-6)


def test_the_closed_form_is_the_full_one_at_a_fixed_share_of_the_critical_length(numbers) -> None:
    # with z = r s the full form is 2 r exp(-r^2) x 109.8 / 150.71 x^1.3711, and 0.1699 is that
    # at r = 0.11824: so the closed form is in kg/m2 as well
    s = 150.71 * 3.6**-0.3711
    potential = rweq.soil_moved(3.6, 0.11824 * s, 109.8, 150.71, -0.3711)
    assert potential == pytest.approx(closed(numbers, cover=0), rel=1e-4)


def test_a_kilogram_on_a_square_metre_is_a_thousand_tonnes_on_a_square_kilometre() -> None:
    assert conversion("kg/(m2*year)", "t/(km2*year)")[0] == pytest.approx(1000)


def test_beyond_the_peak_more_wind_moves_less_soil(numbers) -> None:
    # z / s = 1.53 is where x^1.7422 exp(-(z/s)^2) is greatest: (z/s)^2 = 1.7422 / 0.7422 = 2.347
    peak = math.sqrt(1.7422 / 0.7422) * 150.71 * 3.6**-0.3711

    def moved(times: float) -> float:
        return float(rweq.soil_moved(3.6 * times, peak, 109.8, 150.71, -0.3711))

    assert moved(1) == max(moved(times) for times in (0.5, 0.9, 1, 1.1, 2))
    assert full(numbers, cover=0.5, length=2 * peak) < 0


@given(st.floats(0, 500), share, share)
def test_denser_cover_never_fixes_less_sand(numbers, wind: float, c: float, denser: float) -> None:
    assert (
        0
        <= closed(numbers, c, weather_factor=wind)
        <= closed(numbers, c * denser, weather_factor=wind) * (1 + 1e-12)
    )


@given(st.floats(0, 500), st.floats(1, 1000))
def test_bare_ground_fixes_nothing(numbers, wind: float, length: float) -> None:
    assert full(numbers, 1, length, weather_factor=wind) == 0
    assert closed(numbers, 1, weather_factor=wind) == 0


def test_without_wind_nothing_moves(numbers) -> None:
    assert full(numbers, 0.1, weather_factor=0) == 0
    assert closed(numbers, 0.1, weather_factor=0) == 0


def test_the_field_length_is_left_to_the_user() -> None:
    with pytest.raises(ParameterMissing, match="field_length"):
        bind(
            rweq.VARIANT, id_="x", account="sand_fixation", parameters=bundled(),
            set_of=lambda _: "HJ1173", standard="hj1173",
        )  # fmt: skip


def test_garze_2010(case, numbers) -> None:
    # 779.42e4 t / (1.28 t/m3 x 0.1 m) = 6089.2e4 m2 = 60.89 km2; x 3.75 CNY/m2 = 2.2835e8 CNY
    row = next(r for r in case("garze_2010") if r["service_id"] == "reg_sand")
    found = numbers(desertification.CONTROL, "garze2017")
    value = desertification.CONTROL(physical=float(row["quantity"]) * 1e4, **found)
    assert value / found["sand_control_cost"] == pytest.approx(60.89e6, abs=5e3)
    assert value / 1e8 == pytest.approx(float(row["value_1e8_yuan"]), rel=2e-5)
