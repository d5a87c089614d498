"""Crediting methodologies as data: what is eligible, which pools, what is deducted, what we know.

One TOML file each. Numbers are parameter rows of the set `set`; how a rule is known (`read`,
`part`, `recalled`, `unknown` ...) stands beside it. Where no number is known there is no row, and a
claim stops at the parameter by name.
"""

import csv
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from data_catalog.errors import GepError, ProjectError, UnknownNameError, raise_all
from data_catalog.methodologies.facts import facts
from data_catalog.names import suggestion
from data_catalog.standards.registry import Known
from data_catalog.text import Text
from data_catalog.toml_files import checked, content_of, read_toml

__all__ = ["FORMS", "TESTS", "Methodology", "Rule", "bundled", "methodology", "unknown_titles"]

Test: TypeAlias = Literal["at_least", "at_most", "below", "is", "one_of", "none_of", "by", "after"]
TESTS: dict[Test, Text] = {
    "at_least": Text("{fact} 不小于 {want}", "{fact} is at least {want}"),
    "at_most": Text("{fact} 不大于 {want}", "{fact} is at most {want}"),
    "below": Text("{fact} 小于 {want}", "{fact} is below {want}"),
    "is": Text("{fact}：{want}", "{fact}: {want}"),
    "one_of": Text("{fact} 为 {want} 之一", "{fact} is one of {want}"),
    "none_of": Text("{fact} 不为 {want}", "{fact} is none of {want}"),
    "by": Text("{fact} 不晚于 {want}", "{fact} is {want} or earlier"),
    "after": Text("{fact} 晚于 {want}", "{fact} is later than {want}"),
}
"""What a rule asks of a fact."""
BaselineForm: TypeAlias = Literal["zero", "given", "unknown"]
LeakageForm: TypeAlias = Literal["zero", "given", "displaced", "unknown"]
Permanence: TypeAlias = Literal["none", "share", "nprt", "product", "temporary", "unknown"]
FORMS: dict[str, Text] = {
    "zero": Text("取 0", "zero"),
    "given": Text("由项目给出（表或每公顷参数）", "given by the project (a table, or per hectare)"),
    "displaced": Text("AR-TOOL15：被转移的农业活动", "AR-TOOL15: activities that are displaced"),
    "none": Text("无", "none"),
    "share": Text("固定比例", "a fixed share"),
    "nprt": Text("VCS 非持久性风险工具 v4.2", "VCS non-permanence risk tool 4.2"),
    "product": Text("1 − Π(1 − r_i)", "1 − Π(1 − r_i)"),
    "temporary": Text("临时信用（tCER、lCER），不设缓冲",
                      "temporary credits (tCER, lCER), no buffer"),
    "unknown": Text("未知，须由用户给出参数", "not known: the parameter has to be given"),
}  # fmt: skip


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class When(_Strict):
    """When a rule applies: a fact that is a date, or is one of some texts."""

    fact: str
    by: date | None = None
    after: date | None = None
    one_of: tuple[str, ...] = ()


class Rule(_Strict):
    """One rule of eligibility: a fact of the project or a parcel, and what it must be.

    `parameter` names the row of the methodology's set that holds the number; `want` what is no
    number: a flag, texts, a date. `when` restricts the rule.
    """

    id: str
    fact: str
    test: Test
    parameter: str = ""
    key: str = ""
    want: bool | date | tuple[str, ...] | None = None
    when: When | None = None
    status: Known
    source: str
    where: str = ""


class Pools(_Strict):
    """Which pools are counted: always, if the project wishes, never."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    status: Known


class Baseline(_Strict):
    """What would have happened; a baseline that `falls` adds to the claim."""

    form: BaselineForm
    falls: bool = False
    status: Known
    note_zh: str = ""
    note_en: str = ""


class Leakage(_Strict):
    """What is moved elsewhere, and what the project itself emits."""

    form: LeakageForm
    status: Known
    note_zh: str = ""
    note_en: str = ""


class Uncertainty(_Strict):
    """The rule of `sinks.credits.deductions` and the row of its confidence level."""

    rule: str
    confidence: str = ""
    of: Literal["change", "change and baseline", "stock"] = "change"
    exempt_ex_ante: bool = False
    status: Known


class NonPermanence(_Strict):
    """What is set aside against reversals."""

    form: Permanence
    status: Known
    note_zh: str = ""
    note_en: str = ""


class Methodology(_Strict):
    """A named methodology; `status` is how we know what it says.

    `unknown` names what its text says and we do not know: parameters without a row. `average` says
    whether a stand that is harvested claims its long-term average at most.
    """

    id: str
    title_zh: str
    title_en: str
    source: str
    status: Known
    set: str
    pools: Pools
    baseline: Baseline
    leakage: Leakage
    uncertainty: Uncertainty
    non_permanence: NonPermanence
    average: bool = False
    eligibility: tuple[Rule, ...] = ()
    unknown: tuple[str, ...] = ()
    note_zh: str = ""
    note_en: str = ""

    @property
    def title(self) -> Text:
        """Return the title in both languages."""
        return Text(self.title_zh, self.title_en)

    @property
    def note(self) -> Text:
        """Return the note in both languages."""
        return Text(self.note_zh, self.note_en)


@cache
def bundled() -> dict[str, Methodology]:
    """Return the methodologies that come with the toolkit, by id."""
    folder = resources.files("data_catalog.methodologies")
    names = sorted(f.name for f in folder.iterdir() if f.name.endswith(".toml"))
    found = (
        checked(Methodology, content_of((folder / n).read_text(encoding="utf-8"), n), n)
        for n in names
    )
    return {one.id: one for one in found}


def methodology(name: str) -> Methodology:
    """Return a methodology by id, or read one from a TOML file.

    Raises
    ------
    UnknownNameError
        If it is neither.
    ProjectError or Problems
        All that is wrong with the file at once.
    """
    if name in bundled():
        return bundled()[name]
    if name.endswith(".toml"):
        found = checked(Methodology, read_toml(Path(name), name), name)
        raise_all(_problems(found, name))
        return found
    raise UnknownNameError(
        where="--methodology",
        kind=Text("方法学", "methodology"),
        name=name,
        hint=suggestion(name, bundled()),
    )


def _problems(found: Methodology, where: str) -> Iterator[GepError]:
    """Yield what a methodology of one's own says that would be passed over in silence."""
    if found.id in bundled():
        yield ProjectError(where=where, problem=Text(
            f"id “{found.id}”是内置方法学的名称，请另取一个。",
            f"id {found.id!r} is that of a methodology that comes with gep. Choose another.",
        ))  # fmt: skip
    for rule in found.eligibility:
        for fact in (rule.fact, *((rule.when.fact,) if rule.when else ())):
            if fact not in facts():
                yield UnknownNameError(
                    where=f"{where}: {rule.id}", kind=Text("事实", "fact"), name=fact,
                    hint=suggestion(fact, facts()),
                )  # fmt: skip
        if (rule.want is None) == (not rule.parameter):
            yield ProjectError(where=f"{where}: {rule.id}", problem=Text(
                "须写明 parameter 或 want 之一。", "give one of parameter and want.",
            ))  # fmt: skip


@cache
def unknown_titles() -> dict[str, Text]:
    """Return what is asked of a person where a methodology's text is not known, by parameter."""
    file = resources.files("data_catalog.methodologies") / "unknown.csv"
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return {row["parameter"]: Text(row["zh"], row["en"]) for row in rows}
