"""What a declaration looks like to a program: plain values, labels in both languages."""

from dataclasses import fields, is_dataclass
from typing import Any

from data_catalog.parameters import Row
from data_catalog.text import Text

__all__ = ["as_record"]


def as_record(thing: object) -> Any:  # noqa: ANN401  (JSON: any of its kinds)
    """Return a dataclass, or many, as JSON takes it: a `Text` as `title_zh` and `title_en`."""
    if isinstance(thing, Row):
        return thing.record()
    if is_dataclass(thing):
        record: dict[str, Any] = {}
        for field in fields(thing):
            value = getattr(thing, field.name)
            if isinstance(value, Text):
                record |= {f"{field.name}_zh": value.zh, f"{field.name}_en": value.en}
            else:
                record[field.name] = as_record(value)
        return record
    if isinstance(thing, dict):
        return {key: as_record(value) for key, value in thing.items()}
    if isinstance(thing, tuple | list):
        return [as_record(one) for one in thing]
    return thing
