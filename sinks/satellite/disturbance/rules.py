"""The numbers of the methods, out of the parameter rows; which of them were read."""

from collections.abc import Mapping

from data_catalog.errors import ProjectError
from data_catalog.parameters import Parameters, Row
from data_catalog.text import Text
from sinks.rows import needed
from sinks.satellite.disturbance.segmentation import Rules
from sinks.satellite.scenes.declared import DisturbanceEntry

__all__ = [
    "BURN_INDEX",
    "least_magnitude",
    "number",
    "row",
    "rows_read",
    "segment_rules",
    "severities",
]

SERVICE = "disturbance"
BURN_INDEX = "NBR"
"""The index that the severity classes are of."""


def row(parameters: Parameters, name: str, chosen: str, key: str = "") -> Row:
    """Return a parameter row.

    Raises
    ------
    ParameterMissing
        If there is none.
    """
    return needed(parameters, SERVICE, name, chosen, key)


def number(parameters: Parameters, name: str, chosen: str, units: str = "1") -> float:
    """Return a parameter's value in these units."""
    return row(parameters, name, chosen).in_units(units)


def segment_rules(parameters: Parameters, chosen: str = "landtrendr") -> Rules:
    """Return the rules of the segmentation."""

    def of(name: str, units: str = "1") -> float:
        return number(parameters, name, chosen, units)

    return Rules(
        most=int(of("segments_most")), overshoot=int(of("segments_vertex_overshoot")),
        spike=of("segments_spike_threshold"), p_of_fit=of("segments_p_of_fit"),
        recovery=of("segments_recovery_threshold", "1/year"),
        proportion=of("segments_best_model_proportion"),
        least_looks=int(of("segments_least_looks")),
    )  # fmt: skip


def rows_read(wanted: DisturbanceEntry, parameters: Parameters) -> list[Row]:
    """Return the rows that a job with these settings rests on."""
    of_method = {"segments": ("segments_", "disturbance_"), "classes": ("forest_classifier_",)}
    of_job = ("reflectance_", *of_method.get(wanted.method, ()))
    names = [n for n in parameters.names() if n.startswith(of_job)]
    if wanted.minimum_mapping_unit is None:
        names.append("minimum_mapping_unit")
    if wanted.index == BURN_INDEX and wanted.method != "classes":
        names.append("burn_severity_least_loss")
    return [found for name in sorted(names) for found in parameters if found.parameter == name]


def severities(parameters: Parameters, chosen: str = "usgs") -> Mapping[str, float]:
    """Return the least fall of NBR of each burn severity class, mildest first."""
    rows = parameters.of_set("burn_severity_least_loss", chosen)
    return {r.key: r.value for r in sorted(rows.values(), key=lambda r: r.value)}


def least_magnitude(wanted: DisturbanceEntry, parameters: Parameters) -> float:
    """Return the least change of the index that counts as a disturbance.

    Raises
    ------
    ProjectError
        If none is given and there are no classes of this index.
    """
    if wanted.least_magnitude is not None:
        return wanted.least_magnitude
    if wanted.index == BURN_INDEX:
        return min(severities(parameters).values())
    raise ProjectError(
        where="[disturbance] least_magnitude",
        problem=Text(
            f"{wanted.index} 没有公布的等级：请写明多大的变化算作干扰，如 least_magnitude = 0.2。",
            f"there are no published classes of {wanted.index}: write which change counts as a "
            "disturbance, such as least_magnitude = 0.2.",
        ),
    )
