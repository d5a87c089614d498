"""Errors of the registry, all of them foreseen and told in words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from data_catalog.errors import GepError
from data_catalog.text import Text
from lending.conflicts.telling import told_all

if TYPE_CHECKING:
    from lending.conflicts import Finding

__all__ = [
    "REGISTRY",
    "AgainstRecord",
    "ChainBroken",
    "ConflictsFound",
    "ImpossibleTransition",
    "NotAllowed",
    "RegistryBusy",
    "RegistryDown",
    "RegistryError",
]


REGISTRY = Text("登记库", "the registry")
"""Where a name was looked for."""


class RegistryError(GepError):
    """The registry cannot do what was asked."""

    template = Text("{where}：{problem}", "{where}: {problem}")


class AgainstRecord(RegistryError):  # noqa: N818
    """What is asked is well formed and goes against what is recorded: a name taken, tonnes gone."""


class RegistryDown(RegistryError):  # noqa: N818
    """The database cannot be reached, read or written; nobody's request is at fault."""


class RegistryBusy(RegistryError):  # noqa: N818
    """Others kept the registry busy for longer than we wait."""

    template = Text(
        "{where}：等待 {seconds} 秒后登记库仍被占用，什么也没有写入。请稍后重试。",
        "{where}: the registry was still busy after {seconds} s; nothing was written. "
        "Try again later.",
    )


class NotAllowed(RegistryError):  # noqa: N818
    """The user may not do this."""

    template = Text("{user}：{problem}", "{user}: {problem}")


class ImpossibleTransition(RegistryError):  # noqa: N818
    """A pledge in this state cannot take this step."""

    template = Text(
        "{pledge}：状态为“{state}”，不能{action}。可行的步骤：{possible}。",
        "{pledge}: is {state}; {action!r} does not follow. What may follow: {possible}.",
    )


class ConflictsFound(RegistryError):  # noqa: N818
    """A pledge that must not be registered: something would be pledged twice, or a paper lacks.

    Parameters
    ----------
    pledge : str
        The pledge that was refused.
    findings : sequence of Finding
        All that was found; at least one is a BLOCK.
    """

    template = Text(
        "{pledge}：未登记，{blocks} 项发现禁止登记：{listed}",
        "{pledge}: not registered; findings that bar it: {blocks}. {listed}",
    )

    def __init__(self, pledge: str, findings: "Sequence[Finding]") -> None:
        self.pledge, self.findings = pledge, tuple(findings)
        blocking = [f for f in self.findings if f.level == "BLOCK"]
        super().__init__(pledge=pledge, blocks=len(blocking), listed=told_all(blocking))

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        """Keep the findings when the error crosses to another process."""
        return ConflictsFound, (self.pledge, self.findings)


class ChainBroken(RegistryError):  # noqa: N818
    """The audit found a record that was altered."""

    template = Text("{where}：审计未通过。{problem}", "{where}: the audit failed. {problem}")
