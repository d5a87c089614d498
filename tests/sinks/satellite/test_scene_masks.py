"""Which pixels show the ground, by hand on a few codes."""

import numpy as np
import pytest

from data_catalog.errors import UnknownNameError
from data_catalog.quality_masks import quality_mask, quality_masks
from data_catalog.references import references
from sinks.satellite.scenes.masks import clear_pixels

SCL = quality_mask("sentinel2-scl", "test")
QA = quality_mask("landsat-c2-qa-pixel", "test")


def test_vegetation_soil_water_and_unclassified_of_sentinel_are_clear() -> None:
    codes = np.arange(12)
    assert list(codes[clear_pixels(codes, SCL)]) == [4, 5, 6, 7]


def test_what_is_clear_can_be_said_otherwise() -> None:
    assert list(clear_pixels(np.array([2, 4, 9]), SCL, {2, 4})) == [True, True, False]


def test_a_class_that_is_no_class_is_not_clear() -> None:
    assert not clear_pixels(np.array([-1, 12, 255]), SCL).any()


@pytest.mark.parametrize(
    ("bits", "clear"),
    [
        ((), True),  # nothing set
        ((6,), True),  # clear: 64
        ((6, 7), True),  # clear water: 64 + 128 = 192
        ((0,), False),  # fill: 1
        ((1, 6), False),  # dilated cloud: 2
        ((2,), False),  # cirrus: 4
        ((3,), False),  # cloud: 8
        ((4, 6), False),  # cloud shadow: 16
        ((5, 6), False),  # snow: 32
        ((6, 8, 9), True),  # confidences in the upper bits hide nothing: 64 + 256 + 512
    ],
)
def test_landsat_bits_one_by_one(bits: tuple[int, ...], clear: bool) -> None:
    code = sum(2**bit for bit in bits)
    assert clear_pixels(np.array([code]), QA)[0] == clear


def test_real_codes_of_landsat() -> None:
    # 21824 = 64 + 256 + 1024 + 4096 + 16384: clear land with low confidences of all clouds
    # 22280 = 8 + 256 + 512 + 1024 + 4096 + 16384: cloud of high confidence
    assert list(clear_pixels(np.array([21824, 22280, 1]), QA)) == [True, False, False]


def test_a_landsat_pixel_without_a_code_is_not_clear() -> None:
    assert not clear_pixels(np.array([-1]), QA)[0]


def test_snow_may_be_let_through_for_landsat() -> None:
    assert clear_pixels(np.array([32 + 64]), QA, {5, 6, 7})[0]


def test_every_kind_has_sources_and_words() -> None:
    import csv
    from importlib import resources

    text = (resources.files("data_catalog") / "quality_masks.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        assert row["source"] in references()
        assert row["where"]
    for mask in quality_masks().values():
        assert mask.clear < set(mask.titles)


def test_an_unknown_kind_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean sentinel2-scl"):
        quality_mask("sentinel-scl", "scenes.toml")
