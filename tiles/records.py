"""Models as a manifest has them: formula, source, inputs, and the parameter rows of each input."""

from collections.abc import Iterable
from typing import Any

from data_catalog.derived import GridLayer
from data_catalog.parameters import Row
from data_catalog.spec import Coefficients, Column, Factor, Input, Model
from data_catalog.variables import find_variable

__all__ = ["model_record"]


def model_record(model: Model, rows: Iterable[Row] = ()) -> dict[str, Any]:
    """Return what a model is and what it read.

    Parameters
    ----------
    rows : iterable of Row
        All that it read; the record has them by name, those of each input with the input.
    """
    names: dict[str, dict[str, None]] = {}
    for row in rows:
        names.setdefault(row.parameter, {})[row.name()] = None
    return {
        "id": model.id,
        "title_zh": model.title.zh,
        "title_en": model.title.en,
        "formula": model.formula,
        "source": model.source.key,
        "where": model.source.where,
        "note_zh": model.note.zh,
        "note_en": model.note.en,
        "inputs": [_input_record(name, given, names) for name, given in model.inputs.items()],
    }


def _input_record(name: str, given: Input, rows: dict[str, dict[str, None]]) -> dict[str, Any]:
    if isinstance(given, Coefficients):
        return {"name": name, "kind": "coefficients", "parameter": given.table,
                "rows": list(rows.get(given.table, ()))}  # fmt: skip
    record = {"name": name, "symbol": given.symbol, "units": given.units}
    if isinstance(given, Factor):
        parameter = given.table or name
        return record | {"kind": "parameter", "parameter": parameter, "by": given.by or "",
                         "rows": list(rows.get(parameter, ()))}  # fmt: skip
    if isinstance(given, Column):
        return record | {"kind": "column"}
    if isinstance(given, GridLayer):
        return record | {"kind": "grid"}
    known = find_variable(name)
    if known is None:
        return record | {"kind": name}
    title = known.title
    return record | {"kind": "layer", "title_zh": title.zh, "title_en": title.en}
