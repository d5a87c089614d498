"""Bamboo by the age of its culms, organ by organ."""

import numpy as np
import pandas as pd

from data_catalog.errors import ParameterMissing
from data_catalog.spec import Citation, Column, Factor, Model, Output, Pixels
from data_catalog.text import Text
from sinks.routes.route import Choices, Part, Refuse, Route
from tiles.rows import Lookup

MASS = "bamboo_culm_mass"
BELOW = frozenset({"fibril_root", "lateral_root", "rhizome", "stump"})
"""The organs of a culm under the ground; all others are above it."""


def organ_carbon(culms: Pixels, bamboo_culm_mass: Pixels, bamboo_carbon_fraction: Pixels) -> Pixels:
    """Return the carbon of one organ of all culms of an age; as the culms, never negative."""
    return culms * bamboo_culm_mass * bamboo_carbon_fraction


def _parts(frame: pd.DataFrame, choices: Choices, at: Lookup, refuse: Refuse) -> list[Part]:  # noqa: ARG001
    organs: dict[str, list[str]] = {}
    for key in at.parameters.of_set(MASS, at.set_of(MASS)):
        age, organ = key.split("/")
        organs.setdefault(age, []).append(organ)
    for row, age in zip(frame["row"], frame["culm_age"], strict=True):
        if age not in organs:
            where = Text(f"（竹龄 {age}）", f" (culm_age = {age})")
            refuse(row, ParameterMissing(
                service=at.service, parameter=MASS, standard=at.set_of(MASS), key=where
            ))  # fmt: skip
    parts: list[Part] = []
    for pool, model in ROUTE.pools.items():
        for organ in dict.fromkeys(o for found in organs.values() for o in found):
            if (organ in BELOW) == (pool == "below_ground"):
                has = frame["culm_age"].map(lambda age, o=organ: o in organs.get(age, ()))
                rows = frame[has.to_numpy(dtype=bool)]
                keys = np.array([f"{age}/{organ}" for age in rows["culm_age"]], dtype=object)
                parts.append((pool, model, rows.assign(culm_organ=keys), at))
    return parts


MODEL = Model(
    id="bamboo_organ",
    title=Text("某龄毛竹某器官的碳储量", "Carbon of an organ of culms of an age"),
    formula=r"C = N_a w_{a,o} \cdot CF_a",
    source=Citation("cao_2017_taojiang", "Tables 3 and 8"),
    inputs={
        "culms": Column(symbol="N_a", units="culm/ha"),
        MASS: Factor(symbol="w_{a,o}", units="t_dm/culm", by="culm_organ"),
        "bamboo_carbon_fraction": Factor(symbol="CF_a", units="t_C/t_dm", by="culm_age"),
    },
    kernel=organ_carbon,
    output=Output(name="carbon", units="t_C/ha", total="t_C", low=0, high=1000),
)
ROUTE = Route(
    id="bamboo_culm_age",
    title=Text("毛竹分龄株数法", "Bamboo by age of culms"),
    when=Text(
        "有分龄立竹数（度）的毛竹林；逐器官计算。IV 度以上没有参数，须在 [tables] parameters "
        "中给出。",
        "Moso bamboo with culms by age (du), organ by organ. From du IV on there are no numbers: "
        "give them in [tables] parameters.",
    ),
    kinds=frozenset({"bamboo", ""}),
    main="taojiang-2017",
    table="bamboo",
    parts=_parts,
    pools={"above_ground": MODEL, "below_ground": MODEL},
)
