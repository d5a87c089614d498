"""The service over a furnished registry, and a token for each role."""

import itertools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from lending import registry
from lending.api.app import make_app
from lending.api.limits import limits
from lending.policy import example_policy, read_policy
from tests.lending.registry.conftest import (  # noqa: F401  (fixtures)
    database,
    furnished_place,
    new_place,
    postgres_address,
    postgres_template,
    quick_folder,
    sqlite_template,
)
from tests.lending.registry.world import ROLES, World, opened


@dataclass
class Service:
    """A service, its registry, and what its users ask with."""

    world: World
    app: FastAPI
    client: TestClient
    tokens: dict[str, str]

    def headers(self, role: str, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[role]}", **more}

    def ask(self, role: str, method: str, path: str, **options):
        more = options.pop("headers", {})
        return self.client.request(method, path, headers=self.headers(role, **more), **options)

    def get(self, role: str, path: str, **options):
        return self.ask(role, "GET", path, **options)

    def post(self, role: str, path: str, json=None, **options):
        return self.ask(role, "POST", path, json=json, **options)


def in_days(days: float) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


@pytest.fixture(scope="session")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("policies")
    (folder / "example.toml").write_text(example_policy("en"), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def serving(policies: Path) -> Callable[[str | Path], Service]:
    def make(place: str | Path, **changed) -> Service:
        world = opened(place)
        tokens = {
            role: registry.issue_token(world.registry, f"{role}.1", expires_at=in_days(1))
            for role in ROLES
        }
        known = {"example": read_policy(policies / "example.toml")}
        plenty = {"request_rate": 1e6, "request_burst": 10**6, "stranger_burst": 10**6}
        app = make_app(
            world.registry, policies=known, limit=replace(limits(), **{**plenty, **changed})
        )
        client = TestClient(app, raise_server_exceptions=False)
        return Service(world, app, client, tokens)

    return make


@pytest.fixture
def service(serving, furnished_place: Callable[[], str]) -> Iterator[Service]:  # noqa: F811
    """On SQLite and on PostgreSQL."""
    made = serving(furnished_place())
    with made.client:
        yield made
    made.world.registry.close()


@pytest.fixture(scope="module")
def desk(serving, copied: Callable[[], Path]) -> Iterator[Service]:
    """On SQLite alone, one for a file of tests: what has nothing to do with the database."""
    made = serving(copied())
    with made.client:
        yield made
    made.world.registry.close()


@pytest.fixture(scope="session")
def copied(sqlite_template: Path, quick_folder: Path) -> Callable[[], Path]:  # noqa: F811
    """Make a furnished registry on SQLite."""
    numbers = itertools.count(1)

    def make() -> Path:
        place = quick_folder / f"service-{next(numbers)}.db"
        shutil.copyfile(sqlite_template, place)
        return place

    return make
