"""Guards against double counting: named checks of an account's choices and results."""

from gep.guards.carbon import ONE_CARBON
from gep.guards.guard import Finding, Guard, Seen
from gep.guards.outside import FROM_OUTSIDE
from gep.guards.valuations import FAMILIES
from gep.guards.visitors import VISITORS
from gep.guards.water import MARSH_STORAGE, SAME_VOLUME

__all__ = ["GUARDS", "Finding", "Guard", "Seen", "findings"]

GUARDS: tuple[Guard, ...] = (
    SAME_VOLUME, VISITORS, MARSH_STORAGE, FAMILIES, ONE_CARBON, FROM_OUTSIDE,
)  # fmt: skip


def findings(seen: Seen) -> tuple[Finding, ...]:
    """Return what every guard finds in an account."""
    return tuple(guard.look(seen) for guard in GUARDS)
