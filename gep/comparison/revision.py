"""What two runs did differently, read from their manifests: method, prices, data."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from data_catalog.text import Text
from data_catalog.variables import find_variable
from gep.comparison.accounts import RunAccount
from tiles.lineage import name_of

__all__ = ["REVISIONS", "Difference", "Revision", "differences", "hidden_differences",
           "revision"]  # fmt: skip

Kind: TypeAlias = Literal["method", "price", "settings", "data"]
Revision: TypeAlias = Literal["method", "data", "method_and_data"]
REVISIONS: tuple[Revision, ...] = ("method", "data", "method_and_data")
"""What the difference between two accounts of one year is."""
SOFTWARE = "gep-toolkit"
ROW_TABLES = ("parameters", "prices")
"""Tables of a project that hold parameter rows: method, not data."""
NOT_SETTINGS = {"path", "year", "note"}
"""Keys of a layer that say nothing of its numbers but where they are."""
CONTENT = {"value", "table", "column", "scale_to"}
"""Keys of a layer that are its content rather than how a file is read."""
PLACES: dict[str, tuple[Text, Kind]] = {
    "parcels": (Text("宗地边界", "the parcels"), "settings"),
    "region": (Text("核算区边界", "the region"), "settings"),
}
"""Files of what is accounted for, which ought to be the same in every year."""
CURRENCY = "CNY"
NOTHING = Text("无", "none")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two runs did differently.

    `kind` is `method` (standard, variants, parameters, grid, software), `price` (rows in CNY),
    `settings` (how a layer's file is read, and which parcels) or `data` (the files themselves).
    """

    kind: Kind
    what: Text


def differences(one: RunAccount, other: RunAccount) -> tuple[Difference, ...]:
    """Return all that two runs did differently as far as it decides the account's numbers."""
    return tuple(
        d for find in (_standard, _services, _rows, _modelled, _grid, _software, _settings, _files)
        for d in find(one, other)
    )  # fmt: skip


def hidden_differences(one: RunAccount, other: RunAccount) -> tuple[Difference, ...]:
    """Return what two runs of different years should have done alike; it shows in the effects.

    Prices and data of another year are no such differences: they are what changed.
    """
    return tuple(d for d in differences(one, other) if d.kind in {"method", "settings"})


def revision(found: Iterable[Difference]) -> Revision:
    """Return what a difference between two accounts of one year is called.

    One run cannot tell method from data where both differ; nor can it where the manifests name
    nothing.
    """
    kinds = {"method" if d.kind in {"method", "price"} else "data" for d in found}
    if kinds == {"method"}:
        return "method"
    return "data" if kinds == {"data"} else "method_and_data"


def _standard(one: RunAccount, other: RunAccount) -> Iterator[Difference]:
    yield from _changed("method", Text("标准", "standard"), one.standard, other.standard)


def _services(one: RunAccount, other: RunAccount) -> Iterator[Difference]:
    """Yield the services whose variants, valuations or place in the total differ."""
    for name, record in one.records.items():
        if name not in other.records:
            continue
        what = Text(f"{record['title_zh']}的方法", f"how {record['title_en'].lower()} is computed")
        yield from _changed("method", what, *(_how(r.records[name]) for r in (one, other)))
    left = one.measured ^ other.measured
    for name in sorted(left):
        known = one.records.get(name) or other.records.get(name) or {}
        here = "1" if name in one.measured else "2"
        yield Difference("method", Text(
            f"服务“{known.get('title_zh', name)}”只在第 {here} 个账户中",
            f"{known.get('title_en', name).lower()}: in account {here} only",
        ))  # fmt: skip
    for name in sorted((one.counted ^ other.counted) - left):
        known = one.records.get(name) or other.records.get(name) or {}
        yield Difference("method", Text(
            f"服务“{known.get('title_zh', name)}”是否计入总值",
            f"whether {known.get('title_en', name).lower()} is counted",
        ))  # fmt: skip


def _how(record: Mapping[str, Any]) -> str:
    """Return the variants with their classes and the valuations, as text."""
    variants = [f"{v['id']}[{' '.join(v['classes'])}]" for v in record["variants"]]
    return " + ".join([*variants, *(v["id"] for v in record["valuations"])])


def _rows(one: RunAccount, other: RunAccount) -> Iterator[Difference]:
    """Yield the parameter rows that differ, one line for each parameter."""
    rows = [_by_parameter(a) for a in (one, other)]
    for parameter in sorted(rows[0].keys() & rows[1].keys()):
        before, after = (r[parameter] for r in rows)
        keys = [k for k in sorted(before.keys() & after.keys()) if before[k] != after[k]]
        if not keys:
            continue
        key = f"[{keys[0]}]" if keys[0] else ""
        old, new = before[keys[0]], after[keys[0]]
        kind: Kind = "price" if CURRENCY in old else "method"
        zh, en = f"{parameter}{key} {old} → {new}", f"{parameter}{key} {old} -> {new}"
        if len(keys) > 1:
            zh, en = f"{zh} 等 {len(keys)} 行", f"{en} and {len(keys) - 1} more rows"
        yield Difference(kind, Text(zh, en))


def _by_parameter(account: RunAccount) -> dict[str, dict[str, str]]:
    """Return the values with their units, as text, by parameter and key, whatever the set.

    The manifest lists those of all the run's standards: what other ones alone rest on is left out.
    """
    found: dict[str, dict[str, str]] = {}
    sections = (account.manifest, *account.manifest.get("other_standards", {}).values())
    others = {name for section in sections for name in _rests_on(section)}
    others -= _rests_on(account.section)
    for row in account.manifest.get("parameters", []):
        if name_of(row) in others:
            continue
        keys = found.setdefault(row["parameter"], {})
        said = f"{row['value']:.10g} {row['units']}"
        keys[row["key"]] = ", ".join(filter(None, [keys.get(row["key"]), said]))
    return found


def _rests_on(section: Mapping[str, Any]) -> set[str]:
    """Return the names of the rows that a standard's services rest on."""
    return {name for record in section.get("services", []) for name in record.get("rests_on", ())}


def _modelled(one: RunAccount, other: RunAccount) -> Iterator[Difference]:
    models = [
        {m["variable"]: m["model"] for m in a.manifest.get("modelled", [])} for a in (one, other)
    ]
    layers = _layers(one) | _layers(other)
    for name in sorted(layers & (models[0].keys() | models[1].keys())):
        given = Text("给定图层", "a given layer")
        old, new = (m.get(name, given) for m in models)
        yield from _changed("method", _layer_title(name), old, new)


def _grid(one: RunAccount, other: RunAccount) -> Iterator[Difference]:
    def said(account: RunAccount) -> str:
        grid = account.manifest["grid"]
        width = abs(grid["transform"][0])
        return f"{grid['rows']} x {grid['cols']} x {width:.10g}, {grid['crs']}"

    grids = [a.manifest["grid"] for a in (one, other)]
    if any(grids[0][k] != grids[1][k] for k in ("crs", "transform", "rows", "cols")):
        old, new = said(one), said(other)
        where = Text("网格", "grid")
        if old != new:
            yield from _changed("method", where, old, new)
        else:
            yield Difference("method", Text("网格的原点不同", "the grids begin at other points"))


def _software(one: RunAccount, other: RunAccount) -> Iterator[Difference]:
    old, new = (a.manifest["software"].get(SOFTWARE, "") for a in (one, other))
    yield from _changed("method", Text("软件", "software"), old, new)


def _settings(one: RunAccount, other: RunAccount) -> Iterator[Difference]:
    """Yield the layers whose files are read differently: units, scale, classes ..."""
    entries = [a.manifest["project"]["layers"] for a in (one, other)]
    for name in _both(one, other, entries):
        old, new = ({k: v for k, v in e[name].items() if k not in NOT_SETTINGS} for e in entries)
        for key in sorted(old.keys() | new.keys()):
            title = _layer_title(name)
            what = Text(f"图层“{title.zh}”的 {key}", f"{key} of layer {title.en}")
            kind: Kind = "data" if key in CONTENT else "settings"
            yield from _changed(kind, what, old.get(key, NOTHING), new.get(key, NOTHING))


def _files(one: RunAccount, other: RunAccount) -> Iterator[Difference]:
    """Yield the layers, parcels and tables whose content differs."""
    digests = [_digests(a) for a in (one, other)]
    for name in sorted(digests[0].keys() | digests[1].keys()):
        if digests[0].get(name) != digests[1].get(name):
            title, kind = PLACES.get(name) or (_layer_title(name), "data")
            yield Difference(kind, Text(f"{title.zh}的内容", f"the content of {title.en}"))


def _digests(account: RunAccount) -> dict[str, str]:
    """Return the digests of what decides the account, by layer, table or kind of input."""
    project, layers = account.manifest["project"], _layers(account)
    found = {}
    for record in account.manifest.get("inputs", []):
        name = record.get("layer") or _role(project, record["path"])
        if name in ROW_TABLES or ("layer" in record and name not in layers):
            continue
        found[name] = record["sha256"]
    return found


def _role(project: Mapping[str, Any], path: str) -> str:
    """Return what a file of the project that is no layer is for."""
    tables = {file: name for name, file in project.get("tables", {}).items()}
    if path in tables:
        return str(tables[path])
    return "parcels" if path == project.get("parcels", {}).get("path") else "region"


def _layers(account: RunAccount) -> set[str]:
    """Return the layers that the account's services read, those behind modelled ones included."""
    names = {
        given["name"]
        for record in account.records.values()
        for variant in record["variants"]
        for given in variant["inputs"]
        if given["kind"] == "layer"
    } | {"land_cover"}
    for model in reversed(account.manifest.get("modelled", [])):
        if model["variable"] in names:
            names |= set(model["from"])
    return names


def _both(one: RunAccount, other: RunAccount, entries: list[Mapping[str, Any]]) -> list[str]:
    """Return the layers that both projects give and one of the accounts reads."""
    used = _layers(one) | _layers(other)
    return [name for name in entries[0] if name in entries[1] and name in used]


def _layer_title(name: str) -> Text:
    known = find_variable(name)
    return known.title if known else Text(name, name)


def _changed(kind: Kind, what: Text, old: object, new: object) -> Iterator[Difference]:
    if old != new:
        before, after = (x if isinstance(x, Text) else Text(f"{x}", f"{x}") for x in (old, new))
        yield Difference(kind, Text(
            f"{what.zh}：{before.zh} → {after.zh}", f"{what.en}: {before.en} -> {after.en}"
        ))  # fmt: skip
