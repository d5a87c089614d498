"""The age of stands whose age group alone is known: the middle of the group, evenly uncertain."""

import numpy as np

from data_catalog.forests import chain
from data_catalog.parameters import Parameters
from data_catalog.text import Text
from sinks.growth.curve import SERVICE, GrowthError
from sinks.rows import missing

__all__ = ["age_of_group"]

GROUPS = ("young", "middle", "near_mature", "mature", "over_mature")


def age_of_group(
    parameters: Parameters, chosen: str, *, origin: str, group: str, age_group: str, where: str = ""
) -> tuple[float, float]:
    """Return the age of stands of an age group and its standard error, years.

    The ages of a group are taken as evenly spread: the middle, plus or minus the width / sqrt(12).

    Parameters
    ----------
    chosen : str
        Set of the rows `age_group_limit` (the last age of a group): `guangxi-2017`.
    origin, group, age_group : str
        `planted` or `natural`, species group, `young` to `over_mature`.
    where : str
        What is told of them, such as the parcel.

    Raises
    ------
    GrowthError
        If they are over-mature: that group has no last age.
    ParameterMissing
        If the set has no limits for the species group of that origin.
    """
    place = GROUPS.index(age_group)
    if place == len(GROUPS) - 1:
        raise GrowthError(where=where or group, problem=Text(
            "过熟林没有上限年龄，不能由龄组推算林龄。请给出林龄。",
            "over-mature stands have no last age, so no age follows from the group. Give the age.",
        ))  # fmt: skip
    last = _limit(parameters, chosen, origin, group, GROUPS[place])
    before = _limit(parameters, chosen, origin, group, GROUPS[place - 1]) if place else 0.0
    # 11 to 20 years are the ten years that end with 11, ..., 20: from 10 to 20
    return (before + last) / 2, (last - before) / float(np.sqrt(3)) / 2


def _limit(parameters: Parameters, chosen: str, origin: str, group: str, age_group: str) -> float:
    for one in chain(group):
        row = parameters.find("age_group_limit", chosen, f"{origin}/{one}/{age_group}")
        if row is not None:
            return row.in_units("year")
    raise missing(SERVICE, "age_group_limit", chosen, f"{origin}/{group}/{age_group}")
