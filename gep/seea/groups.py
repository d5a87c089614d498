"""Extent by functional group of the IUCN Global Ecosystem Typology."""

from collections.abc import Iterable, Mapping

import pandas as pd

from data_catalog.classes.iucn_get import candidates, functional_groups
from data_catalog.errors import GepError, ProjectError, UnknownNameError, raise_all
from data_catalog.names import suggestion
from data_catalog.parameters import GRADES
from data_catalog.text import Text
from gep.seea.extent import UNIT, extent, whole
from gep.seea.labels import TOTAL, in_order, title_of

OR = "/"
"""Between the candidates of an ecosystem whose group is not decided."""


def checked_groups(table: pd.DataFrame, source: str = "iucn_groups") -> dict[str, str]:
    """Return the user's choice of groups by ecosystem.

    Parameters
    ----------
    table : DataFrame
        ecosystem (HJ 1166 code), group (`T2.4`). Optional: line, the row's number in the file.
    source : str
        What the table is called in messages.

    Raises
    ------
    UnknownNameError, ProjectError or Problems
        If a code or a group is not known, or an ecosystem is there twice: all rows at once.
    """
    errors: list[GepError] = []
    chosen: dict[str, str] = {}
    pairs = zip(table["ecosystem"].astype(str), table["group"].astype(str), strict=True)
    lines = table["line"] if "line" in table else range(2, len(table) + 2)
    for line, (code, group) in zip(lines, pairs, strict=True):
        where = f"{source}:{line}"
        for name, known, kind in (
            (code, list(candidates()), Text("生态系统代码", "ecosystem code")),
            (group, list(functional_groups()), Text("IUCN 功能群", "IUCN functional group")),
        ):
            if name not in known:
                hint = suggestion(name, known)
                errors.append(UnknownNameError(where=where, kind=kind, name=name, hint=hint))
        if code in chosen:
            problem = Text(
                f"生态系统 {code} 出现了两次，请只留一行。",
                f"ecosystem {code} is there twice. Keep one row.",
            )
            errors.append(ProjectError(where=where, problem=problem))
        chosen[code] = group
    raise_all(errors)
    return chosen


def group_of(code: str, chosen: Mapping[str, str]) -> str:
    """Return a class's group, the user's choice first, or its candidates as `T2.1/T7.3`."""
    return chosen.get(code) or OR.join(c.group for c in candidates().get(code, ()))


def group_table(areas: pd.DataFrame, chosen: Mapping[str, str]) -> pd.DataFrame:
    """Return extent_iucn_get.csv: the extent by functional group.

    Ecosystems with the same undecided candidates share a row. A move between two ecosystems of one
    row is no change.

    Parameters
    ----------
    areas : DataFrame
        As for `gep.seea.extent.extent`.
    chosen : dict
        Group by HJ 1166 class, where the user decided.
    """
    sides = [name for name in ("ecosystem", "ecosystem_from") if name in areas]
    codes = in_order(code for side in sides for code in areas[side].astype(str))
    groups = {code: group_of(code, chosen) for code in codes}
    grouped = areas.assign(**{side: areas[side].astype(str).map(groups) for side in sides})
    rows = whole(extent(grouped)).rename(columns={"ecosystem": "group"})
    members = {group: [c for c in codes if groups[c] == group] for group in rows["group"]}
    labels = pd.DataFrame([_labels(group, members[group], chosen) for group in rows["group"]])
    return pd.concat([labels, rows.drop(columns="group").assign(unit=UNIT)], axis=1)


def _labels(group: str, members: list[str], chosen: Mapping[str, str]) -> dict[str, str]:
    possible = [c for code in members if code not in chosen for c in candidates().get(code, ())]
    grades = [c.grade for c in possible] + ["local" for code in members if code in chosen]
    title, biome = _title(group), _biome(group)
    return {
        "group": group,
        "group_zh": title.zh,
        "group_en": title.en,
        "biome_zh": biome.zh,
        "biome_en": biome.en,
        "ecosystems": " ".join(members),
        "decided_by_zh": _each(c.decided_by.zh for c in possible if OR in group),
        "decided_by_en": _each(c.decided_by.en for c in possible if OR in group),
        "grade": max(grades, key=GRADES.index, default=""),
        "note_zh": _each(c.note.zh for c in possible),
        "note_en": _each(c.note.en for c in possible),
    }


def _title(group: str) -> Text:
    if group == TOTAL:
        return title_of(TOTAL)
    names = [functional_groups()[code].title for code in group.split(OR) if code]
    if not names:
        return Text("无对应功能群", "no functional group")
    if len(names) == 1:
        return names[0]
    return Text(
        "未定：" + " 或 ".join(n.zh for n in names),
        "undecided: " + " or ".join(n.en for n in names),
    )


def _biome(group: str) -> Text:
    known = functional_groups()
    biomes = {known[code].biome_title for code in group.split(OR) if code in known}
    return biomes.pop() if len(biomes) == 1 else Text("", "")


def _each(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))
