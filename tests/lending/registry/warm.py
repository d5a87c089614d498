"""What a process that is forked many times should have done once: imports and first queries."""

import tempfile
from pathlib import Path

import psycopg  # noqa: F401

from tests.lending.registry.world import furnished

with tempfile.TemporaryDirectory() as folder:
    _world = furnished(Path(folder) / "warm.db")
    _world.until("released", _world.apply("L1", "K1"))
    _world.registry.close()
