"""A bank's policy: one TOML file that says how it values, caps, watches and limits.

    read_policy(path) -> Policy                 all that is wrong with the file at once
    Policy                                      frozen; `model_dump(mode="json")` and back
    example_policy(language) -> str             a template, marked as an example, never a default

The numbers are the bank's own: there is no policy without a file.
"""

from lending.policy.model import (
    HAIRCUTS,
    Caps,
    Concentration,
    Discount,
    Haircut,
    Ladder,
    Policy,
    Prices,
    Revaluation,
    RightRule,
    Warnings,
)
from lending.policy.reading import example_policy, read_policy

__all__ = [
    "HAIRCUTS",
    "Caps",
    "Concentration",
    "Discount",
    "Haircut",
    "Ladder",
    "Policy",
    "Prices",
    "Revaluation",
    "RightRule",
    "Warnings",
    "example_policy",
    "read_policy",
]
