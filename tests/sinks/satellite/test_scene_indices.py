"""Indices through spyndex agree with the formulas written out."""

import numpy as np
import pytest

from data_catalog.errors import ProjectError, UnknownNameError
from sinks.satellite.scenes.indices import bands_of, index_values

BLUE, RED, NIR, SWIR2 = (
    np.array(v) for v in ([0.02, 0.05], [0.03, 0.08], [0.4, 0.15], [0.06, 0.2])
)


def test_ndvi_is_the_difference_over_the_sum() -> None:
    # (0.40 - 0.03) / (0.40 + 0.03) = 0.37 / 0.43
    found = index_values("NDVI", {"N": NIR, "R": RED})
    assert found == pytest.approx([0.37 / 0.43, 0.07 / 0.23])


def test_nbr_is_the_difference_over_the_sum() -> None:
    found = index_values("NBR", {"N": NIR, "S2": SWIR2})
    assert found == pytest.approx([0.34 / 0.46, -0.05 / 0.35])


def test_evi_has_the_constants_of_the_list() -> None:
    # 2.5 (N - R) / (N + 6 R - 7.5 B + 1)
    found = index_values("EVI", {"N": NIR, "R": RED, "B": BLUE})
    assert found == pytest.approx(2.5 * (NIR - RED) / (NIR + 6 * RED - 7.5 * BLUE + 1))


def test_nothing_over_nothing_is_missing_and_no_warning() -> None:
    found = index_values("NDVI", {"N": np.zeros(1), "R": np.zeros(1)})
    assert np.isnan(found).all()


def test_bands_go_by_their_common_names_or_by_letters() -> None:
    assert bands_of("NBR", ["nir", "swir22", "red"]) == {"N": "nir", "S2": "swir22"}
    assert bands_of("NBR", ["N", "S2"]) == {"N": "N", "S2": "S2"}
    assert bands_of("NDVI", ["nir08", "red"]) == {"N": "nir08", "R": "red"}


def test_an_unknown_index_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean NDVI"):
        bands_of("NDVl", ["nir", "red"])


def test_a_band_that_is_lacking_is_named_with_what_is_there() -> None:
    with pytest.raises(ProjectError, match="NBR needs swir22, and the scenes have nir, red"):
        bands_of("NBR", ["nir", "red"])
