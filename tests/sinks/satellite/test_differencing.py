"""Index differencing at values redone by hand."""

import numpy as np
import pytest

from data_catalog.errors import ProjectError
from data_catalog.parameters import bundled
from sinks.satellite.disturbance.differencing import confidence_of_fall, fall, severity
from sinks.satellite.disturbance.rules import least_magnitude, severities
from sinks.satellite.scenes.declared import DisturbanceEntry

LIMITS = list(severities(bundled()).values())


def test_dnbr_is_before_less_after() -> None:
    # forest NBR = (0.40 - 0.06) / 0.46 = 0.739; burnt (0.15 - 0.20) / 0.35 = -0.143
    before, after = np.array([0.34 / 0.46]), np.array([-0.05 / 0.35])
    assert fall(before, after)[0] == pytest.approx(0.73913 + 0.142857, abs=1e-5)


def test_the_classes_are_those_of_the_rows() -> None:
    assert severities(bundled()) == {
        "low": 0.1, "moderate_low": 0.27, "moderate_high": 0.44, "high": 0.66
    }  # fmt: skip


@pytest.mark.parametrize(
    ("dnbr", "place"),
    [(-0.3, 0), (0.0999, 0), (0.1, 1), (0.2699, 1), (0.27, 2), (0.44, 3), (0.65, 3), (0.66, 4),
     (1.3, 4)],
)  # fmt: skip
def test_a_class_begins_at_its_limit(dnbr: float, place: int) -> None:
    assert severity(np.array([dnbr]), LIMITS)[0] == place


def test_missing_has_no_class() -> None:
    assert np.isnan(severity(np.array([np.nan]), LIMITS)[0])


def test_confidence_is_the_share_of_quiet_land_that_fell_less() -> None:
    # falls of a standard normal: median 0, MAD 0.6745, so s = 1 and Phi(1.96) = 0.975
    quiet = np.random.default_rng(1).normal(size=200_000)
    found = confidence_of_fall(np.append(quiet, [1.96, np.nan]))
    assert found[-2] == pytest.approx(0.975, abs=0.002)
    assert np.isnan(found[-1])


def test_a_few_disturbed_cells_do_not_hide_each_other() -> None:
    falls = np.append(np.random.default_rng(2).normal(0, 0.02, 1000), np.full(200, 0.5))
    assert (confidence_of_fall(falls)[-200:] > 0.999).all()


def test_land_that_is_all_alike_has_no_doubt() -> None:
    assert list(confidence_of_fall(np.array([0.0, 0.0, 0.0, 0.4]))) == [0, 0, 0, 1]


def test_an_index_without_classes_must_say_what_counts() -> None:
    assert least_magnitude(DisturbanceEntry(index="NBR"), bundled()) == 0.1
    assert least_magnitude(DisturbanceEntry(index="NDVI", least_magnitude=0.3), bundled()) == 0.3
    with pytest.raises(ProjectError, match="no published classes of NDVI"):
        least_magnitude(DisturbanceEntry(index="NDVI"), bundled())
