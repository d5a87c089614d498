"""What tests of whole runs share: projects to compute, and ways to compute them."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.county import make_county
from tests.madagascar import DATA, make_madagascar

# the same examples each time; `make torture` looks for new ones
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("GEP_EXAMPLES", "steady"))

TABLES = ("account.parquet", "parcels.parquet", "carbon.parquet", "carbon_errors.parquet")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs the real data where there is none."""
    if not DATA.is_dir():
        reason = f"the real data folder is absent: {DATA} (set GEP_SHARED_DATA)"
        for item in (i for i in items if i.get_closest_marker("shared")):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the project file of a small synthetic county."""
    return make_county(tmp_path_factory.mktemp("county"))


@pytest.fixture(scope="session")
def madagascar(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the project file of Madagascar under 1,200 irregular parcels, with all maps."""
    return make_madagascar(tmp_path_factory.mktemp("madagascar"), parcels=1200, maps="all")


@pytest.fixture(scope="session")
def computed() -> Callable[..., dict[str, Any]]:
    """Compute a project in this process; return the manifest."""
    from cli.accounts import accounts_of
    from tiles.compute import compute
    from tiles.project import read_project
    from tiles.run import How

    def run(
        project: Path, out: Path, *, tile: int = 128, workers: int = 1,
        scheduler: str = "threads", resume: bool = False, overwrite: bool = False,
    ) -> dict[str, Any]:  # fmt: skip
        wanted = read_project(project)
        how = How(tile=tile, workers=workers, scheduler=scheduler)
        return compute(wanted, accounts_of(wanted), out, how, resume=resume, overwrite=overwrite)

    return run


@pytest.fixture(scope="session")
def digests() -> Callable[[Path], dict[str, str]]:
    """Return the digests of a run's tables by name."""

    def of(run: Path, names: tuple[str, ...] = TABLES) -> dict[str, str]:
        return {n: hashlib.sha256((run / n).read_bytes()).hexdigest() for n in names}

    return of


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Return a place for a run folder."""
    return tmp_path / "run"
