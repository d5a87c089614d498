"""Reads a second of the REST API on SQLite: python -m tests.benchmarks.lending_api [PARCELS]."""

import json
import multiprocessing
import socket
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

import psutil

from lending import registry
from lending.api.app import make_app
from lending.api.limits import limits
from lending.api.serving import LOOPBACK, listening_at, server_of
from tests.lending.registry.world import furnished

SECONDS = 5
PATHS = (
    "/v1/me",
    "/v1/parcels/K1",
    "/v1/loans/L1",
    "/v1/pledges?limit=20",
    "/v1/parcels?limit=100",
)


def _serve(place: Path, listening: socket.socket) -> None:
    psutil.Process().cpu_affinity([0])
    plenty = replace(limits(), request_rate=1e9, request_burst=10**9)
    app = make_app(registry.open(place), limit=plenty)
    server_of(app).run(sockets=[listening])


def main() -> None:
    """Serve on one core, ask from another, and print the rates."""
    parcels = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "registry.db"
        world = furnished(place)
        for number in range(parcels):
            world.parcel(f"N{number:06d}", 100 + number * 0.0001)
        words = registry.issue_token(
            world.registry, "auditor.1", expires_at=datetime.now(UTC) + timedelta(days=1)
        )
        world.registry.close()
        listening = listening_at(LOOPBACK, 0)
        server = multiprocessing.get_context("fork").Process(
            target=_serve, args=(place, listening), daemon=True
        )
        server.start()
        for path in PATHS:
            _measure(path, listening.getsockname()[1], words, psutil.Process(server.pid))
        server.terminate()


def _measure(path: str, port: int, words: str, server: psutil.Process) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    times = []
    before = sum(server.cpu_times()[:2])
    until = time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        began = time.perf_counter()
        connection.request("GET", path, headers={"Authorization": f"Bearer {words}"})
        answer = connection.getresponse()
        body = answer.read()
        times.append(time.perf_counter() - began)
        if answer.status != 200:
            sys.exit(f"{path}: {answer.status} {json.loads(body)}")
    core = (sum(server.cpu_times()[:2]) - before) / len(times)
    times.sort()
    late = times[int(len(times) * 0.95)] * 1000
    print(
        f"{path:30} {len(times) / SECONDS:8.0f} requests/s   p95 {late:6.1f} ms   "
        f"{core * 1000:5.2f} ms of a core each, {1 / core:5.0f} a second"
    )


if __name__ == "__main__":
    main()
