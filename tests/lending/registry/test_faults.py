"""Killed at any moment, or on a full disk: the registry opens, the chain holds, nothing is half."""

import itertools
import os
import random
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from lending import registry
from lending.registry import RegistryError
from tests.lending.registry import postgres
from tests.lending.registry.conftest import Shown
from tests.lending.registry.processes import CONTEXT, WAIT, address
from tests.lending.registry.world import World, furnished, of_batch, opened

LOTS = {
    "registered": "pledged", "drawn": "pledged", "monitored": "pledged", "repaid": "pledged",
    "released": "released", "withdrawn": "released",
}  # fmt: skip
"""The state of a pledge's lots by its own; reserved in all others."""
NOT_REGISTERED = {"applied", "screened", "due_diligence", "approved", "signed", "withdrawn"}


def work_for_ever(place: str, begun: int, at_work: Event | None = None) -> None:
    """Pledge, draw, repay and release one loan after another, until killed."""
    world = opened(place)
    number = begun
    while True:
        number += 1
        world.loan(f"W{number}")
        if at_work:
            at_work.set()
        pledge = world.apply(f"W{number}", "K1", of_batch("B1", "100"))
        world.until("released", pledge)


def killed_at_random(place: str, begun: int, longest: float) -> None:
    at_work = CONTEXT.Event()
    worker = CONTEXT.Process(target=work_for_ever, args=(place, begun, at_work))
    worker.start()
    at_work.wait(WAIT)
    time.sleep(random.uniform(0, longest))  # noqa: S311
    assert worker.pid
    os.kill(worker.pid, signal.SIGKILL)
    worker.join()


def nothing_is_half(place: str) -> int:
    """Return the number of events of a registry that must be whole."""
    world = opened(place)
    report = registry.audit(world.registry)
    assert report.fault is None
    with world.registry.reading() as session:
        for pledge in registry.pledges(session):
            lots = {lot.state for lot in registry.lots_of(session, pledge.pledge_id)}
            assert lots == {LOTS.get(pledge.state, "reserved")}
            assert (pledge.registered_at is None) == (pledge.state in NOT_REGISTERED)
    # whoever comes next can go on
    for pledge_id in _unfinished(world):
        state = world.state(pledge_id)
        if state in NOT_REGISTERED:
            registry.withdraw(world.registry, world.maker, pledge_id)
            continue
        if state in {"drawn", "monitored"}:
            registry.repay(world.registry, world.maker, pledge_id)
        registry.release(world.registry, world.checker, pledge_id)
    world.registry.close()
    return report.events


def _unfinished(world: World) -> list[str]:
    with world.registry.reading() as session:
        return [
            pledge.pledge_id
            for pledge in registry.pledges(session)
            if pledge.state not in {"released", "withdrawn"}
        ]


def campaign(place: str, kills: int) -> int:
    """Kill as often; return how many events the registry has then."""
    lived = 0
    for turn in range(kills):
        killed_at_random(place, turn * 1000, longest=0.3)
        lived = max(lived, nothing_is_half(place))
    assert lived > kills
    return lived


def test_killed_at_random_moments(world: World) -> None:
    campaign(address(world), kills=5)


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_killed_at_two_hundred_random_moments(world: World, shown: Shown) -> None:
    began = time.monotonic()
    lived = campaign(address(world), kills=200)
    shown(f"200 kills of the client, {lived} events, {time.monotonic() - began:.0f} s")


def work_until_it_is_gone(place: str, begun: int, told) -> None:
    """Work until the server does not answer any more; say what was said."""
    try:
        work_for_ever(place, begun)
    except RegistryError as error:
        told.put(error.say("en"))


def server_campaign(kills: int) -> int:
    """Kill the server under a client, its head and one of its processes by turns."""
    if postgres.programs() is None:
        pytest.skip("there is no PostgreSQL")
    lived = 0
    with postgres.mortal_server() as server:
        place = postgres.new_database(server.address, "registry_mortal")
        furnished(place).registry.close()
        staying = opened(place)
        for turn in range(kills):
            told = CONTEXT.SimpleQueue()
            worker = CONTEXT.Process(target=work_until_it_is_gone, args=(place, turn * 1000, told))
            worker.start()
            until = time.monotonic() + random.uniform(0.5, 1.5)  # noqa: S311
            while time.monotonic() < until or (turn % 2 and not server.kill_a_backend()):
                time.sleep(0.01)
            if turn % 2 == 0:
                server.kill()
                assert "does not answer" in told.get()
                server.start()
            worker.kill()  # between two acts it may not have noticed that a backend was lost
            worker.join()
            lived = max(lived, nothing_is_half(_answering(place)))
            assert staying.events() >= lived  # who kept the registry open goes on
        staying.registry.close()
    return lived


def _answering(place: str) -> str:
    """Wait until a server that lost a process serves again."""
    for _ in range(600):
        try:
            registry.open(place).close()
        except RegistryError:
            time.sleep(0.1)
        else:
            break
    return place


def test_the_server_killed_at_random_moments() -> None:
    server_campaign(kills=2)


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_the_server_killed_at_many_random_moments(shown: Shown) -> None:
    began = time.monotonic()
    lived = server_campaign(kills=60)
    shown(f"30 kills of the postmaster, 30 of a backend, {lived} events, "
          f"{time.monotonic() - began:.0f} s")  # fmt: skip


def _address(world: World) -> str:
    return world.registry.engine.url.render_as_string(hide_password=False)


def fill(place: str, room: int, told: object) -> None:
    """Work under a limit on the size of files until it is met; say what was said."""
    size = max(file.stat().st_size for file in Path(place).parent.glob(f"{Path(place).name}*"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + room, size + room))
    try:
        work_for_ever(place, room)
    except RegistryError as error:
        told.put(error.say("en"))


def on_a_full_disk(place: str, rooms: list[int]) -> None:
    for room in rooms:
        told = CONTEXT.SimpleQueue()
        worker = CONTEXT.Process(target=fill, args=(place, room, told))
        worker.start()
        words = told.get()
        worker.join()
        assert "the disk is full or cannot be written; nothing was written" in words
        nothing_is_half(place)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_sqlite_on_a_full_disk(furnished_place: Callable[[], str]) -> None:
    on_a_full_disk(furnished_place(), [5_000, 40_000, 77_777])


@pytest.mark.torture
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_sqlite_on_a_disk_full_at_many_moments(furnished_place: Callable[[], str]) -> None:
    on_a_full_disk(furnished_place(), [4096 * k + 17 * k for k in range(1, 60)])


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """Mount a file system of its own size; only root may, and not in every container."""
    folder.mkdir()
    size = f"size={kilobytes}k"
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip(f"no file system can be mounted here: {made.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill_all(place: str, begun: int, told) -> None:
    """Work until the disk is full; say what was said."""
    try:
        work_for_ever(place, begun)
    except RegistryError as error:
        told.put(error.say("en"))


BALLAST = 400_000
"""Bytes that are taken away again, for those who come next."""


def really_full(template: Path, folder: Path, rooms: list[int]) -> int:
    """Fill small disks; on each, a registry must open and hold once there is room again."""
    lived = 0
    for room in rooms:
        with small_disk(folder / f"disk-{room}", room) as disk:
            ballast, place = disk / "ballast", disk / "registry.db"
            ballast.write_bytes(bytes(BALLAST))
            shutil.copyfile(template, place)
            told = CONTEXT.SimpleQueue()
            worker = CONTEXT.Process(target=fill_all, args=(str(place), 0, told))
            worker.start()
            assert "the disk is full or cannot be written; nothing was written" in told.get()
            worker.join()
            full = opened(place).registry
            assert registry.audit(full).fault is None
            full.close()
            ballast.unlink()
            lived = max(lived, nothing_is_half(str(place)))
    return lived


def test_sqlite_on_a_small_disk(sqlite_template: Path, tmp_path: Path) -> None:
    really_full(sqlite_template, tmp_path, [1400, 1800])


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_sqlite_on_many_small_disks(sqlite_template: Path, tmp_path: Path, shown: Shown) -> None:
    began, rooms = time.monotonic(), list(range(1300, 2200, 15))
    lived = really_full(sqlite_template, tmp_path, rooms)
    shown(f"{len(rooms)} full disks, up to {lived} events, {time.monotonic() - began:.0f} s")


def valuations_without_end(world: World, pledge: str) -> None:
    for number in itertools.count():
        form = registry.ValuationForm(
            valuation_id=f"V{number}", pledge_id=pledge, basis_date="2026-01-01",
            document={"noise": random.randbytes(200_000).hex()},  # noqa: S311
        )  # fmt: skip
        registry.record_valuation(world.registry, world.maker, form)


def test_postgresql_on_a_full_disk() -> None:
    """The server can make no file above 3 MB; valuations of 400 kB meet the limit soon."""
    if postgres.programs() is None:
        pytest.skip("there is no PostgreSQL")
    with postgres.server(largest_file=3_000_000) as address:
        place = postgres.new_database(address, "small")
        world = furnished(place)
        pledge = world.until("signed", world.apply("L1", "K1", of_batch("B1", "60")))
        with pytest.raises(RegistryError, match="the disk is full or cannot be written"):
            valuations_without_end(world, pledge)
        assert registry.audit(world.registry).fault is None
        assert world.state(pledge) == "signed"
        registry.register(world.registry, world.maker, pledge, "N1")
        world.registry.close()
