"""Facts and policy files: what is wrong is told, nothing is assumed."""

from pathlib import Path
from typing import Any

import pytest

from data_catalog.errors import GepError
from data_catalog.parameters import bundled
from data_catalog.text import Language
from data_catalog.units import registry
from lending.policy import example_policy, read_policy
from lending.valuation.facts import example_facts, read_facts
from lending.valuation.input_titles import input_titles
from lending.valuation.models import MODELS


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_examples_are_whole_and_marked_as_such(lang: Language, tmp_path: Path) -> None:
    policy, facts = tmp_path / "bank.toml", tmp_path / "facts.toml"
    policy.write_text(example_policy(lang), encoding="utf-8")
    facts.write_text(example_facts(lang), encoding="utf-8")
    found = read_policy(policy)
    assert found.example
    assert all("example" in one.source for one in found.haircuts)
    assert "#zh" not in policy.read_text("utf-8") + facts.read_text("utf-8")
    assert read_facts(facts).costs.source.startswith("example")


WRONG_POLICY: list[tuple[str, str, str]] = [
    ("max_ltv = 0.60", "max_ltv = 1.60", "caps.max_ltv"),
    ("max_ltv = 0.60", "max_lvt = 0.60", "max_ltv"),
    ('haircut_mode = "multiplicative"', 'haircut_mode = "both"', "haircut_mode"),
    ('haircut_mode = "multiplicative"\n', "", "haircut_mode is missing"),
    ("rate = 0.06", "rate = nan", "discount.rate"),
    ("rate = 0.06\n", "", "rate or parts"),
    ("yellow_ltv = 0.60", "yellow_ltv = 0.90", "yellow_ltv"),
    ('kind = "liquidity"', 'kind = "price"', "given twice"),
    ("confidence = 0.90", "confidence = 1", "confidence"),
    # the bound of 10 % one-sided lies 1.28 standard errors above the estimate
    ("confidence = 0.90", "confidence = 0.10", "confidence"),
]


@pytest.mark.parametrize(("old", "new", "told"), WRONG_POLICY)
def test_a_wrong_policy_is_told(old: str, new: str, told: str, tmp_path: Path) -> None:
    text = example_policy("en")
    assert old in text
    file = tmp_path / "bank.toml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(GepError, match=told):
        read_policy(file)


WRONG_FACTS: list[tuple[str, str, str]] = [
    ("verification = 40000\n", "", "costs.verification is missing"),
    ("fee = 0.02", "fee = 2", "costs.fee"),
    ("area_mu = 10000", "area_mu = -1", "holding.area_mu"),
    ("area_mu = 10000", "area_mu = inf", "holding.area_mu"),
    ("crediting = 2036-03-10", "crediting = 1e9", "ends.crediting"),
    ("monitoring_months = 60", "monitoring_months = 0", "monitoring_months"),
    ("growth = 0.0", "points = [{ years = 2, price = 1 }, { years = 1, price = 1 }]", "rising"),
    ('model = "gbm"', 'model = "ou"', "ou needs reversion"),
    ("base_date = 2026-03-10", 'base_date = "soon"', "base_date"),
]


@pytest.mark.parametrize(("old", "new", "told"), WRONG_FACTS)
def test_wrong_facts_are_told(old: str, new: str, told: str, tmp_path: Path) -> None:
    text = example_facts("en")
    assert old in text
    file = tmp_path / "facts.toml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(GepError, match=told):
        read_facts(file)


def test_every_input_of_an_equation_has_its_words() -> None:
    needed: set[str] = {name for model in MODELS for name in model.inputs}
    assert needed == set(input_titles())


def test_kernels_follow_from_the_units_of_their_inputs() -> None:
    for model in MODELS:
        if model.empirical:
            continue
        given: dict[str, Any] = {
            name: registry.Quantity(1.0, declared.units) if declared.units != "1" else 0.5
            for name, declared in model.inputs.items()
        }
        found = model(**given)
        units = getattr(found, "units", registry.Unit("dimensionless"))
        assert units.is_compatible_with(registry.Unit(model.output.units)), model.id


def test_no_row_of_practice_is_without_its_case() -> None:
    cases = {
        row.set for row in bundled() if row.parameter in {"practice_ratio", "practice_multiple"}
    }
    assert "" not in cases
