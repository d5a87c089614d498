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


def test_without_limits_of_the_species_it_stops() -> None:
    curve, _ = step_curve(
        bundled(), "natural", "oak", densities="zhejiang-2016", limits="guangxi-2017"
    )
    with pytest.raises(ParameterMissing, match="age_group_limit"):
        curve(np.array([12.0]))
