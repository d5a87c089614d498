"""`gep lending`: what it prints."""

import json

import pytest
from click.testing import CliRunner

from cli.main import gep
from lending.api.endpoints import endpoints


@pytest.mark.parametrize(("lang", "word"), [("zh", "银行复核"), ("en", "bank checker")])
def test_access_lists_every_endpoint(lang: str, word: str) -> None:
    found = CliRunner().invoke(gep, ["--lang", lang, "lending", "access"])
    assert found.exit_code == 0
    lines = found.output.splitlines()
    assert word in lines[0]
    assert len(lines) == 2 + len(endpoints())
    approving = next(line for line in lines if "/approve " in line)
    assert approving.count("✓") == 1


def test_access_as_json_names_the_roles() -> None:
    found = json.loads(CliRunner().invoke(gep, ["lending", "access", "--json"]).output)
    by_path = {(one["method"], one["path"]): one["roles"] for one in found}
    assert by_path["POST", "/v1/pledges/{pledge_id}/approve"] == ["bank_checker"]


def test_the_document_is_printed() -> None:
    found = CliRunner().invoke(gep, ["lending", "openapi"])
    assert json.loads(found.output)["openapi"].startswith("3.1")


def test_a_registry_that_is_not_there_is_told() -> None:
    found = CliRunner().invoke(gep, ["lending", "serve", "--db", "nowhere.db"])
    assert found.exit_code == 1
    assert type(found.exception).__name__ == "RegistryError"
