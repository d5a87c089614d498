"""Densities by age group as a curve of age, in the place of a growth curve."""

import numpy as np
import pytest

from data_catalog.errors import ParameterMissing
from data_catalog.parameters import bundled
from sinks.routes.age_group import step_curve
from tests.sinks.routes.conftest import Stands


def test_the_steps_are_the_densities_of_the_age_groups() -> None:
    # planted fir: to 10 years 9.87, to 20 22.16, to 25 31.76, to 35 26.63, then 35.09
    curve, rows = step_curve(
        bundled(), "planted", "chinese_fir", densities="zhejiang-2016", limits="guangxi-2017"
    )
    value, effects = curve(np.array([1.0, 10.0, 10.5, 20.0, 25.0, 35.0, 36.0, 90.0]))
    assert value.tolist() == [9.87, 9.87, 22.16, 22.16, 31.76, 26.63, 35.09, 35.09]
    assert len(rows) == 5
    # the paper prints no errors: unknown where a density counts, none where another does
    young = effects["age_group_carbon_density[zhejiang-2016, planted/chinese_fir/young]"]
    assert np.isnan(young).tolist() == [True, True] + [False] * 6


def test_as_a_curve_it_gives_what_the_route_by_age_group_gives(stand: Stands) -> None:
    curve, _ = step_curve(
        bundled(), "planted", "chinese_fir", densities="zhejiang-2016", limits="guangxi-2017"
    )
    one = {"species": "杉木", "origin": "人工", "age": 18.0}
    by_curve = stand("age_curve", curves={"planted/chinese_fir": curve}, **one)
    by_group = stand("age_group", **one)
    assert by_curve.pools.value == pytest.approx(by_group.pools.value)


def test_a_stand_of_an_age_that_the_curve_has_not_is_refused(stand: Stands) -> None:
    def to_forty(age: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        return np.where(age <= 40, 2 * age, np.nan), {}

    found = stand("age_curve", species="杉木", age=[30.0, 50.0], parcel_id=["a", "b"],
                  curves={"chinese_fir": to_forty})  # fmt: skip
    assert found.total.value == pytest.approx([60])
    assert [r.parcel_id for r in found.refused] == ["b"]
    assert "no stock at 50 years" in found.refused[0].reason.say("en")


def test_without_limits_of_the_species_it_stops() -> None:
    curve, _ = step_curve(
        bundled(), "natural", "oak", densities="zhejiang-2016", limits="guangxi-2017"
    )
    with pytest.raises(ParameterMissing, match="age_group_limit"):
        curve(np.array([12.0]))
