"""The age of stands whose age group alone is known: the middle of the group, evenly uncertain."""

import numpy as np

from data_catalog.errors import ParameterMissing
from data_catalog.names import suggestion
from data_catalog.parameters import Parameters
from data_catalog.text import Text
from sinks.growth.curve import GrowthError

__all__ = ["AGE_GROUPS", "age_of_group"]

AGE_GROUPS = {
    "young": Text("幼龄林", "young"),
    "middle": Text("中龄林", "middle-aged"),
    "near_mature": Text("近熟林", "near-mature"),
    "mature": Text("成熟林", "mature"),
    "over_mature": Text("过熟林", "over-mature"),
}
"""Age groups (龄组) in their order, by id."""


def age_of_group(
    parameters: Parameters, chosen: str, group: str, age_group: str
) -> tuple[float, float]:
    """Return the age of stands of an age group and its standard error, years.

    The ages of a group are taken as evenly spread: the middle, plus or minus the width / sqrt(12).

    Parameters
    ----------
    chosen : str
        Set of the rows `age_group_limit` (the last age of a group): `guangxi-2017-planted`.
    group : str
        Species group, `chinese_fir`.
    age_group : str
        An id of `AGE_GROUPS` or its Chinese name, with or without 龄林 / 林.

    Raises
    ------
    GrowthError
        If it is no age group, or over-mature: that group has no last age.
    ParameterMissing
        If the set has no limits for the species group.
    """
    names = list(AGE_GROUPS)
    place = names.index(_known(age_group))
    if place == len(names) - 1:
        raise GrowthError(where=group, problem=Text(
            "过熟林没有上限年龄，不能由龄组推算林龄。请给出年龄。",
            "over-mature stands have no last age, so none follows from the group. Give the age.",
        ))  # fmt: skip
    last = _limit(parameters, chosen, group, names[place])
    before = _limit(parameters, chosen, group, names[place - 1]) if place else 0.0
    # 11 to 20 years are the ten years that end with 11, ..., 20: from 10 to 20
    return (before + last) / 2, (last - before) / float(np.sqrt(3)) / 2


def _known(text: str) -> str:
    for name, title in AGE_GROUPS.items():
        if text.strip() in {name, title.en, title.zh, title.zh[0], title.zh[:-1], title.zh[:2]}:
            return name
    hint = suggestion(text, [*AGE_GROUPS, *(title.zh for title in AGE_GROUPS.values())])
    raise GrowthError(where="age_group", problem=Text(
        f"没有龄组“{text}”。{hint.zh}", f"{text!r} is no age group. {hint.en}"
    ))  # fmt: skip


def _limit(parameters: Parameters, chosen: str, group: str, age_group: str) -> float:
    row = parameters.find("age_group_limit", chosen, f"{group} {age_group}")
    if row is None:
        raise ParameterMissing(
            service="growth", standard=chosen, parameter="age_group_limit",
            key=Text(f"（{group} {age_group}）", f" of {group} {age_group}"),
        )  # fmt: skip
    return row.in_units("year")
