import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.errors import ParameterMissing
from data_catalog.parameters import bundled
from data_catalog.standards import Choice, Part, Standard
from data_catalog.units import conversion
from gep import choices
from gep.pricing import price
from gep.services import service
from gep.services.negative_air_ions import all_ions, beneficial_ions, generation
from tiles.binding import bind

IONS = service("negative_air_ions")
HECTARE = conversion("ion*m/(cm3*year) * ha", "ion/year")[0]


def given_off(model, numbers, height: float, lifetime: float, code: str = "12") -> float:
    found = numbers(model, "altai2021", code, ion_lifetime=lifetime)
    return float(model(canopy_height=height, **found))


def test_the_constant_of_the_norm_follows_from_the_units(numbers) -> None:
    # 1 ion/cm3 x 1 m x 1 ha / 1 minute: 1e6 cm3/m3 x 1e4 m2/ha x 525600 minutes = 5.256e15
    found = numbers(all_ions.VARIANT, "", ion_concentration=1.0, ion_lifetime=1.0)
    assert all_ions.VARIANT(canopy_height=1.0, **found) * HECTARE == pytest.approx(5.256e15)


def test_a_hectare_of_conifers_by_hand(numbers) -> None:
    # 1800 /cm3, 15 m high, 10 minutes: 5.256e15 x 1800 x 15 / 10 = 1.41912e19 ions
    assert given_off(all_ions.VARIANT, numbers, 15, 10) * HECTARE == pytest.approx(1.41912e19)
    # above 600: 5.256e15 x 1200 x 15 / 10 = 9.4608e18; at 5.8e-18 CNY each 54.87 CNY
    beneficial = given_off(beneficial_ions.VARIANT, numbers, 15, 10) * HECTARE
    assert beneficial == pytest.approx(9.4608e18)
    value = generation.ION_COST(physical=beneficial, ion_cost=5.8e-18)
    assert value == pytest.approx(54.87, abs=0.01)


def test_fewer_ions_than_the_threshold_are_worth_nothing_and_cost_nothing(numbers) -> None:
    found = numbers(beneficial_ions.VARIANT, "", ion_concentration=599.0, ion_lifetime=10.0)
    assert beneficial_ions.VARIANT(canopy_height=15.0, **found) == 0


@given(st.floats(0, 1e4), st.floats(0, 100), st.floats(0.1, 60))
def test_what_does_good_is_never_more_than_all(
    numbers, concentration: float, height: float, lifetime: float
) -> None:
    air = {"ion_concentration": concentration, "ion_lifetime": lifetime}
    both = [
        float(model(canopy_height=height, **numbers(model, "", **air)))
        for model in (all_ions.VARIANT, beneficial_ions.VARIANT)
    ]
    assert 0 <= both[1] <= both[0]


@pytest.mark.parametrize("variant", IONS.variants, ids=lambda v: v.id)
def test_the_lifetime_of_an_ion_is_left_to_the_user(variant) -> None:
    with pytest.raises(ParameterMissing, match="ion_lifetime"):
        bind(
            variant, id_="x", account=IONS.id, parameters=bundled(),
            set_of=lambda _: "altai2021", standard="ours",
        )  # fmt: skip


def standard(*variants: str) -> Standard:
    parts = tuple(Part(variant=name, classes=("1", "2")) for name in variants)
    choice = Choice(parts=parts, valuations=("ion_cost",))
    return Standard(
        id="ours", title_zh="本县", title_en="ours", source="DERIVED", default_set="altai2021",
        services={IONS.id: choice},
    )  # fmt: skip


def test_the_cost_of_an_ion_is_left_to_the_user() -> None:
    with pytest.raises(ParameterMissing, match="ion_cost"):
        price(generation.ION_COST, bundled(), standard("beneficial_ions"), IONS.id)


def test_all_ions_and_those_that_do_good_are_not_added() -> None:
    assert not list(choices.problems(standard("beneficial_ions")))
    assert list(choices.problems(standard("beneficial_ions", "all_ions")))
