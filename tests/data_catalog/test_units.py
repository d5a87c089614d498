"""Units: what converts, and what must never."""

from itertools import permutations

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.units import conversion, registry, same_kind

APART = ("t", "t_dm", "t_C", "t_CO2e", "t_O2", "CNY")


@pytest.mark.parametrize(("got", "want"), list(permutations(APART, 2)))
def test_tonnes_of_one_thing_are_not_tonnes_of_another(got: str, want: str) -> None:
    assert not same_kind(got, want)
    with pytest.raises(pint.DimensionalityError):
        conversion(got, want)
    with pytest.raises(pint.DimensionalityError):
        registry.Quantity(1.0, got) + registry.Quantity(1.0, want)


def test_carbon_becomes_co2_only_by_a_factor_with_units() -> None:
    # 3 t C x 44/12 t CO2e per t C = 11 t CO2e
    factor = registry.Quantity(44 / 12, "t_CO2e/t_C")
    assert (registry.Quantity(3.0, "t_C") * factor).to("t_CO2e").magnitude == pytest.approx(11)


def test_rain_over_an_area_is_a_volume() -> None:
    # 1000 mm over 1 ha: 1 m x 10 000 m2 = 10 000 m3
    volume = registry.Quantity(1000.0, "mm/year") * registry.Quantity(10_000.0, "m2")
    assert volume.to("m3/year").magnitude == pytest.approx(10_000)
    assert conversion("mm/year*m2", "m3/year") == pytest.approx((1e-3, 0))


def test_fifteen_mu_are_a_hectare() -> None:
    assert conversion("ha", "亩")[0] == pytest.approx(15)
    assert conversion("亩", "m2")[0] == pytest.approx(10_000 / 15)
    assert registry.Unit("mu_land") == registry.Unit("亩")


def test_yuan_has_three_names() -> None:
    assert registry.Unit("CNY") == registry.Unit("元") == registry.Unit("yuan")
    assert conversion("元/亩", "CNY/ha")[0] == pytest.approx(15)


def test_degrees_celsius_become_kelvin_by_an_offset() -> None:
    assert conversion("degC", "K") == pytest.approx((1, 273.15))


def test_a_difference_of_temperatures_has_no_offset() -> None:
    assert conversion("delta_degC", "K") == pytest.approx((1, 0))


@pytest.mark.parametrize(
    ("got", "want", "factor"),
    [
        ("g_C/m2/year", "t_C/ha/year", 1e-2),
        ("kg_C/m2", "t_C/ha", 10),
        ("g_dm/m2", "t_dm/ha", 1e-2),
        ("kg_dm", "t_dm", 1e-3),
        ("kg_O2", "t_O2", 1e-3),
        ("percent", "1", 1e-2),
        ("m3/ha", "m3/亩", 1 / 15),
        ("mm/month", "mm/year", 12),
    ],
)
def test_a_factor_by_hand(got: str, want: str, factor: float) -> None:
    assert conversion(got, want) == pytest.approx((factor, 0))


@pytest.mark.parametrize("pair", [("mm", "mm/year"), ("kg", "t_C"), ("ha", "no_such_unit")])
def test_what_does_not_convert_is_not_the_same_kind(pair: tuple[str, str]) -> None:
    assert not same_kind(*pair)


@given(
    st.floats(-1e6, 1e6),
    st.sampled_from([("degC", "K"), ("亩", "ha"), ("g_C/m2", "t_C/ha"), ("mm", "m")]),
)
def test_there_and_back_is_where_we_were(number: float, pair: tuple[str, str]) -> None:
    (there, offset), (back, back_offset) = conversion(*pair), conversion(*pair[::-1])
    returned = (number * there + offset) * back + back_offset
    assert returned == pytest.approx(number, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize(
    ("got", "want", "times"),
    [
        ("km2", "m2", 1e6), ("hm2", "ha", 1), ("cm2", "m2", 1e-4), ("mm2", "m2", 1e-6),
        ("dm2", "m2", 1e-2), ("km3", "m3", 1e9), ("cm3", "m3", 1e-6), ("dm3", "L", 1),
        ("mm3", "m3", 1e-9), ("t/hm2", "t/km2", 100),
    ],
)  # fmt: skip
def test_a_prefixed_length_is_squared_with_its_prefix(got: str, want: str, times: float) -> None:
    # 1 km2 is (1000 m)2 = 1e6 m2; a hectometre squared is a hectare, as Chinese tables write it
    assert conversion(got, want)[0] == pytest.approx(times, rel=1e-12)
