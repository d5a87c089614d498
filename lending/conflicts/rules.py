"""What conflicts with what, as tables: rights, their matrix, states, checks, thresholds.

The tables are data_catalog/lending/*.csv. A bank that judges a pair of rights in another way gives
a matrix of its own, with the same columns; a right or a check that no table has is refused.
"""

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal, TypeAlias, cast

from data_catalog.errors import UnknownNameError
from data_catalog.names import suggestion
from data_catalog.text import Text
from lending.conflicts.claim import ClaimError, Level

__all__ = [
    "Check", "DeclaredCheck", "FactName", "Meeting", "PairRule", "Right", "Rules", "State",
    "Threshold", "Verdict", "bundled_rules",
]  # fmt: skip

Meeting: TypeAlias = Literal["ground", "tonnes", "serial", "instrument"]
"""What two claims must have in common: ground and years; the same units where both have serials
of one project, else ground and years; serials alone; the number of a permit or policy."""
LEVELS: tuple[Level, ...] = ("BLOCK", "FLAG", "INFO")


@dataclass(frozen=True, kw_only=True, slots=True)
class Right:
    """A right that can lie on a parcel: where it is registered, and on what law it is security.

    A standing one is over land or trees themselves, which no years divide; others are over income,
    units or claims of some years.
    """

    code: str
    standing: bool
    title: Text
    registered: Text
    basis: Text
    source: str
    grade: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """An answer of the matrix; compatible has no level."""

    name: str
    level: Level | None
    lifted_level: Level | None
    title: Text


@dataclass(frozen=True, kw_only=True, slots=True)
class PairRule:
    """What is said of two rights on the same ground, or of a right and what lies on its tonnes."""

    verdict: str
    check: str
    meets: Meeting
    lifted_by: str
    rule: Text
    source: str
    grade: str


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """A state of a claim: whether it bars others, and by which rule if by none of the matrix."""

    name: str
    bars: Literal["yes", "told", "no"]
    rights: frozenset[str]
    rule: PairRule | None
    title: Text

    @property
    def counts(self) -> bool:
        """Return whether its tonnes are taken: all but free ones, and those of a whole project."""
        return self.bars != "no" and (self.rule is None or self.rule.meets != "ground")


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One check of the list."""

    id: str
    level: Level
    title: Text
    rule: Text
    source: str
    grade: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DeclaredCheck:
    """A check of what is declared: a fact, a relation, and what it is held against."""

    check: str
    fact: str
    relation: str
    against: str
    margin: str
    rights: frozenset[str]
    past: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FactName:
    """A fact that can be declared, or a quantity that the claim has of its own."""

    name: str
    kind: Literal["yes_no", "date", "number", "text", "names", "own"]
    units: str
    title: Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Threshold:
    """A number of the checks, in `units`."""

    name: str
    value: float
    units: str
    title: Text
    source: str
    grade: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """All tables, and which checks are made."""

    rights: Mapping[str, Right]
    matrix: Mapping[tuple[str, str], PairRule]
    verdicts: Mapping[str, Verdict]
    states: Mapping[str, State]
    checks: Mapping[str, Check]
    declared: tuple[DeclaredCheck, ...]
    facts: Mapping[str, FactName]
    thresholds: Mapping[str, Threshold]

    def pair(self, right: str, other: str) -> PairRule:
        """Return the rule for two rights, whichever is named first."""
        return self.matrix[(right, other) if (right, other) in self.matrix else (other, right)]

    def by_instrument(self, right: str) -> bool:
        """Return whether two claims of this right meet by the number of a permit or policy."""
        return self.pair(right, right).meets == "instrument"

    def only(self, names: Collection[str]) -> "Rules":
        """Return the rules with these checks alone, by id (G3) or by family (G).

        Raises
        ------
        UnknownNameError
            If there is no such check.
        """
        families = {check[0] for check in self.checks}
        for name in names:
            if name not in self.checks and name not in families:
                raise UnknownNameError(
                    where="--checks", name=name, kind=Text("检查", "check"),
                    hint=suggestion(name, self.checks),
                )  # fmt: skip
        kept = {k: c for k, c in self.checks.items() if k in names or k[0] in names}
        return replace(
            self, checks=kept, declared=tuple(d for d in self.declared if d.check in kept)
        )

    def with_matrix(self, file: Path) -> "Rules":
        """Return the rules with pairs replaced by those of a CSV file with the same columns.

        Raises
        ------
        ClaimError
            If a right, a verdict, a check or a meeting of the file is not known, or it is no
            such table.
        """
        try:
            lines = csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines(), restval="")
            rows = list(lines)
        except (OSError, UnicodeDecodeError) as error:
            raise ClaimError(where=file, problem=UNREADABLE) from error
        changed = {}
        for line, row in enumerate(rows, 2):
            try:
                changed[row["right"], row["other"]] = _pair_rule(row)
            except KeyError as error:
                raise ClaimError(where=file, problem=NO_MATRIX) from error
            self._refuse_unknown(file, line, row)
        swapped = {(b, a): rule for (a, b), rule in changed.items()}
        kept = {key: swapped.get(key, rule) for key, rule in self.matrix.items()}
        return replace(self, matrix=kept | {k: r for k, r in changed.items() if k in kept})

    def _refuse_unknown(self, file: Path, line: int, row: dict[str, str]) -> None:
        known: dict[str, Collection[str]] = {
            "right": self.rights, "other": self.rights, "verdict": self.verdicts,
            "check": bundled_rules().checks, "meets": ("ground", "tonnes", "serial", "instrument"),
            "lifted_by": ("", *self.facts),
        }  # fmt: skip
        for column, names in known.items():
            if row[column] not in names:
                hint = suggestion(row[column], [n for n in names if n])
                raise ClaimError(
                    where=file,
                    problem=Text(
                        f"第 {line} 行 {column} 为“{row[column]}”，没有这样的值。{hint.zh}",
                        f"line {line}: {column} is {row[column]!r}, which is not known. {hint.en}",
                    ),
                )


UNREADABLE = Text("无法作为 UTF-8 文本读取。", "cannot be read as UTF-8 text.")
NO_MATRIX = Text(
    "不是权利矩阵：需要列 right、other、verdict、check、meets、lifted_by、zh、en、source、where、"
    "grade。",
    "is no matrix of rights: the columns right, other, verdict, check, meets, lifted_by, zh, en, "
    "source, where, grade are needed.",
)  # fmt: skip


@cache
def bundled_rules() -> Rules:
    """Return the rules of the toolkit."""
    return Rules(
        rights={row["code"]: _right(row) for row in _rows("rights.csv")},
        matrix={(r["right"], r["other"]): _pair_rule(r) for r in _rows("rights_matrix.csv")},
        verdicts={row["verdict"]: _verdict(row) for row in _rows("rights_verdicts.csv")},
        states={row["state"]: _state(row) for row in _rows("claim_states.csv")},
        checks={row["check"]: _check(row) for row in _rows("checks.csv")},
        declared=tuple(_declared(row) for row in _rows("declared_checks.csv")),
        facts={row["fact"]: _fact(row) for row in _rows("claim_facts.csv")},
        thresholds={row["threshold"]: _threshold(row) for row in _rows("conflict_thresholds.csv")},
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    file = resources.files("data_catalog.lending") / name
    yield from csv.DictReader(file.read_text(encoding="utf-8").splitlines())


def _title(row: dict[str, str]) -> Text:
    return Text(row["zh"], row["en"])


def _cited(row: dict[str, str]) -> str:
    return f"[{row['source']}] {row['where']}"


def _level(text: str) -> Level | None:
    return cast("Level", text) if text else None


def _right(row: dict[str, str]) -> Right:
    return Right(
        code=row["code"],
        standing=row["standing"] == "1",
        title=_title(row),
        registered=Text(row["registered_zh"], row["registered_en"]),
        basis=Text(row["basis_zh"], row["basis_en"]),
        source=_cited(row),
        grade=row["grade"],
    )


def _pair_rule(row: dict[str, str]) -> PairRule:
    return PairRule(
        verdict=row["verdict"],
        check=row["check"],
        meets=cast("Meeting", row["meets"]),
        lifted_by=row["lifted_by"],
        rule=_title(row),
        source=_cited(row),
        grade=row["grade"],
    )


def _verdict(row: dict[str, str]) -> Verdict:
    return Verdict(
        name=row["verdict"],
        level=_level(row["level"]),
        lifted_level=_level(row["lifted_level"]),
        title=_title(row),
    )


def _state(row: dict[str, str]) -> State:
    rule = None
    if row["check"]:
        rule = PairRule(
            verdict="forbidden",
            check=row["check"],
            meets=cast("Meeting", row["meets"]),
            lifted_by="",
            rule=Text(row["rule_zh"], row["rule_en"]),
            source=_cited(row),
            grade=row["grade"],
        )
    return State(
        name=row["state"],
        bars=cast("Literal['yes', 'told', 'no']", row["bars"]),
        rights=frozenset(row["rights"].split()),
        rule=rule,
        title=_title(row),
    )


def _check(row: dict[str, str]) -> Check:
    return Check(
        id=row["check"],
        level=cast("Level", row["level"]),
        title=_title(row),
        rule=Text(row["rule_zh"], row["rule_en"]),
        source=_cited(row),
        grade=row["grade"],
    )


def _declared(row: dict[str, str]) -> DeclaredCheck:
    return DeclaredCheck(
        check=row["check"],
        fact=row["fact"],
        relation=row["relation"],
        against=row["against"],
        margin=row["margin"],
        rights=frozenset(row["rights"].split()),
        past=row["when"] == "past",
    )


def _fact(row: dict[str, str]) -> FactName:
    kind = cast("Literal['yes_no', 'date', 'number', 'text', 'names', 'own']", row["kind"])
    return FactName(name=row["fact"], kind=kind, units=row["units"], title=_title(row))


def _threshold(row: dict[str, str]) -> Threshold:
    return Threshold(
        name=row["threshold"],
        value=float(row["value"]),
        units=row["units"],
        title=_title(row),
        source=_cited(row),
        grade=row["grade"],
    )
