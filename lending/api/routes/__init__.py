"""What is done at each endpoint, a module for each part of the registry."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

from lending.api.routes import (
    account,
    auditing,
    batches,
    claims,
    lending,
    parcels,
    pledges,
    subjects,
    valuations,
)

__all__ = ["operations"]

MODULES: tuple[ModuleType, ...] = (
    account, subjects, parcels, batches, lending, valuations, claims, pledges, auditing,
)  # fmt: skip


def operations() -> dict[str, Callable[..., Any]]:
    """Return the functions by the operation's name in api_endpoints.csv."""
    return {name: getattr(module, name) for module in MODULES for name in module.__all__}
