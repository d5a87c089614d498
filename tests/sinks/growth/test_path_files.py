"""Growth paths in files: what is read back is what was written, errors and all."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data_catalog.errors import OutputError, RunError
from sinks.estimates import Estimates
from sinks.growth.path_files import read_paths, write_paths
from sinks.uncertainty.fields import Field, Spread

PARCELS = Field(None, 1.0, None)


def paths() -> Estimates:
    """Return 10 and 20 t_C of one parcel, 5 of another: its age, the curve, and what is unknown."""
    keys = pd.DataFrame({
        "parcel_id": ["007", "007", "x"], "year": [2020, 2021, 2020], "pool": "above_ground",
    })  # fmt: skip
    rows, one = np.arange(3), np.ones(3, dtype=np.int64)
    return Estimates(
        keys=keys, value=np.array([10.0, 20.0, 5.0]), own=np.array([0.0, 0.0, 0.5]),
        shared={"growth_asymptote[a, b]": np.array([1.0, 2.0, -0.5]),
                "carbon_fraction[c]": np.array([0.0, 0.0, np.nan])},
        spatial={"age of the stand": Spread.gathered(
            PARCELS, 3, rows, np.array([7, 7, 8]), one, np.array([3.0, 4.0, 0.0]))},
    )  # fmt: skip


@pytest.mark.parametrize("name", ["paths.csv", "paths.parquet"])
def test_a_change_errs_the_same_before_and_after(tmp_path: Path, name: str):
    write_paths(paths(), tmp_path / name)
    found = read_paths(tmp_path / name)
    pd.testing.assert_frame_equal(found.keys, paths().keys, check_dtype=False)
    np.testing.assert_array_equal(found.value, paths().value)
    np.testing.assert_allclose(found.se, paths().se)
    # the year's change of 007: 2 - 1 of the asymptote and 4 - 3 of the age, not their squares' sum
    last, first = (found.chosen(np.arange(3) == row) for row in (1, 0))
    assert last.minus(first).se[0] == pytest.approx(np.hypot(1, 1))
    assert np.isnan(found.se[2])  # the error of its carbon fraction is not known


def test_a_file_that_is_not_there_or_cannot_be_written_is_named(tmp_path: Path):
    write_paths(paths(), tmp_path / "paths.csv")
    (tmp_path / "paths_errors.csv").unlink()
    with pytest.raises(RunError, match=r"paths_errors\.csv"):
        read_paths(tmp_path / "paths.csv")
    with pytest.raises(OutputError, match=r"paths\.csv"):
        write_paths(paths(), tmp_path / "nowhere" / "paths.csv")
