"""What the tests of the services share: published cases and parameter rows."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from data_catalog.parameters import bundled
from data_catalog.spec import Model

CASES = Path(__file__).parent / "cases"


@pytest.fixture
def case() -> Callable[[str], list[dict[str, str]]]:
    """Read the rows of a published case."""

    def read(name: str) -> list[dict[str, str]]:
        text = (CASES / f"{name}.csv").read_text(encoding="utf-8")
        return list(csv.DictReader(text.splitlines()))

    return read


@pytest.fixture
def numbers() -> Callable[..., dict[str, float]]:
    """Look up a model's factors, in the model's units: those given, else rows of one set."""

    def look_up(model: Model, chosen: str, ecosystem: str = "", **given: float) -> dict[str, float]:
        found = {}
        for name, factor in model.factors().items():
            if name not in given:
                parameter = factor.table or name
                row = bundled().of_ecosystem(parameter, factor.choose or chosen, ecosystem)
                assert row is not None, f"{name}[{chosen}, {ecosystem}]"
                found[name] = row.in_units(factor.units)
        return found | given

    return look_up
