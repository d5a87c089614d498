import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.errors import ParameterMissing
from data_catalog.parameters import bundled
from data_catalog.standards import Choice, Part, Standard
from gep import choices
from gep.services import service
from gep.services.species_conservation import habitat_quality, irreplaceability, shannon, values
from tiles.binding import bind

SPECIES = service("species_conservation")


def shares(numbers, index: float) -> list[float]:
    return [float(v(shannon_index=index, **numbers(v, ""))) for v in shannon.VARIANTS]


def value_per_ha(numbers, index: float) -> float:
    found = [numbers(v, "lyt1721")["value_per_area"] for v in shannon.VALUATIONS]
    return float(np.dot(shares(numbers, index), found))


@pytest.mark.parametrize(
    ("index", "value"),
    [(7.2, 50000), (6, 50000), (5.99, 40000), (5, 40000), (4, 30000), (3, 20000), (2, 10000),
     (1, 5000), (0.99, 3000), (0, 3000)],
)  # fmt: skip
def test_the_classes_of_the_shannon_index(numbers, index: float, value: float) -> None:
    assert value_per_ha(numbers, index) == value


@given(st.floats(0, 10))
def test_every_place_is_in_exactly_one_class(numbers, index: float) -> None:
    found = shares(numbers, index)
    assert sorted(found) == [0, 0, 0, 0, 0, 0, 1]


@given(st.floats(0, 10), st.floats(0, 10))
def test_more_diverse_is_never_worth_less(numbers, index: float, more: float) -> None:
    assert value_per_ha(numbers, index) <= value_per_ha(numbers, index + more)


def test_altai_2014(case, numbers) -> None:
    # fir 9868.95 ha x 5000 = 49.34e6 CNY; larch x 10000; stone pine x 30000; elm, willow x 3000
    classes = {"Siberian larch": 2.5, "Siberian stone pine": 4.5, "elm": 0.5, "willow": 0.5}
    *stands, total = case("altai_2014_species")
    slip = 0.0
    for row in stands:
        worth = float(row["area_ha"]) * value_per_ha(numbers, classes.get(row["stand"], 1.5)) / 1e6
        printed = float(row["biodiversity_1e6_yuan"])
        if row["stand"] == "poplar":
            # 4647.33 ha x 5000 = 23.24e6; the paper prints 24.56e6, 5284.75 CNY/ha, of no class
            assert worth == pytest.approx(23.24, abs=0.005)
            slip = printed - worth
        else:
            assert worth == pytest.approx(printed, abs=0.00501)
    whole = sum(
        float(r["area_ha"]) * value_per_ha(numbers, classes.get(r["stand"], 1.5)) for r in stands
    )
    assert whole / 1e6 + slip == pytest.approx(float(total["biodiversity_1e6_yuan"]), abs=0.01)


def test_gaotianyan_2014(numbers) -> None:
    # 99.10 / 21.63 x 4.51 x 449.10 x 606.70 / 493.60 x 4750 ha = 5417.88e4 CNY
    value = values.EQUIVALENT(physical=4750, **numbers(values.EQUIVALENT, "gaotian2017"))
    assert value / 1e4 == pytest.approx(5417.88, abs=0.005)
    # the paper prints 5417.84e4: it must have rounded on the way
    assert value / 1e4 == pytest.approx(5417.84, abs=0.05)


def test_jiaozhou_bay(case, numbers) -> None:
    # the areas are not printed; the total over its mean per hectare gives 383, 360 and 323 km2,
    # x 15000 CNY/km2: 0.574, 0.540 and 0.484e7 CNY, as printed up to one in the last digit
    found = numbers(values.SPENDING, "jiaozhou2018")
    for row in case("jiaozhou_bay"):
        hectares = float(row["total_1e7_yuan"]) * 1e3 / float(row["mean_1e4_yuan_per_ha"])
        value = values.SPENDING(physical=hectares, **found)
        assert value / 1e7 == pytest.approx(float(row["habitat_1e7_yuan"]), abs=0.01)


def test_the_mean_of_the_index_is_its_amount_over_the_area() -> None:
    # 10 ha at 80 percent and 30 ha at 40 percent: 8 + 12 = 20 ha of 40 ha, on average 50 percent
    amount = 10 * irreplaceability.irreplaceable(0.8) + 30 * irreplaceability.irreplaceable(0.4)
    assert amount / 40 == pytest.approx(0.5)


def test_habitat_at_half_saturation_is_half_as_good(numbers) -> None:
    # D = k: 1 - k^z / (k^z + k^z) = 0.5, of a suitability of 0.8
    found = numbers(habitat_quality.VARIANT, "", half_saturation=0.3)
    made = habitat_quality.VARIANT(habitat_suitability=0.8, habitat_degradation=0.3, **found)
    assert made == pytest.approx(0.4)


@given(st.floats(0, 1), st.floats(0, 5), st.floats(0, 5), st.floats(0.01, 1))
def test_more_threats_never_make_a_better_habitat(
    numbers, suitability: float, threats: float, more: float, k: float
) -> None:
    found = numbers(habitat_quality.VARIANT, "", half_saturation=k)
    less, worse = (
        float(
            habitat_quality.VARIANT(habitat_suitability=suitability, habitat_degradation=d, **found)
        )
        for d in (threats, threats + more)
    )
    assert 0 <= worse <= less <= suitability


def test_the_half_saturation_is_left_to_the_user() -> None:
    with pytest.raises(ParameterMissing, match="half_saturation"):
        bind(
            habitat_quality.VARIANT, id_="x", account=SPECIES.id, parameters=bundled(),
            set_of=lambda _: "invest", standard="ours",
        )  # fmt: skip


def standard(variants: tuple[str, ...], valuations: tuple[str, ...]) -> Standard:
    parts = tuple(Part(variant=name, classes=("1", "2")) for name in variants)
    return Standard(
        id="ours", title_zh="本县", title_en="ours", source="DERIVED", default_set="lyt1721",
        services={SPECIES.id: Choice(parts=parts, valuations=valuations)},
    )  # fmt: skip


def test_a_standard_takes_all_seven_classes_together_but_no_second_value() -> None:
    variants = tuple(v.id for v in shannon.VARIANTS)
    valuations = tuple(v.id for v in shannon.VALUATIONS)
    assert not list(choices.problems(standard(variants, valuations)))
    assert list(choices.problems(standard(variants, (*valuations, "protection_spending"))))
    assert list(choices.problems(standard((*variants, "habitat_area"), valuations)))


def test_the_index_may_be_reported_without_a_value() -> None:
    assert not list(choices.problems(standard(("irreplaceability",), ())))
