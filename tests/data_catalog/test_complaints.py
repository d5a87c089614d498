"""A refused value is told in the reader's language, whatever pydantic calls the mistake."""

import csv
import pickle
import re
import string
from datetime import date, datetime
from decimal import Decimal
from importlib import resources
from typing import Annotated, Literal, get_args

import pytest
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core.core_schema import ErrorType

from data_catalog.complaints import Refused, complaints
from data_catalog.text import Text

FILE = resources.files("data_catalog") / "complaints.csv"
ROWS = list(csv.DictReader(FILE.read_text("utf-8").splitlines()))
WORDS_OF_PROGRAMS = {"JSON", "UTF", "ASCII", "URL", "UUID", "true", "false", "YYYY", "MM", "DD",
                     "DDThh", "hh", "mm", "ss", "ssZ"}  # fmt: skip


class Everything(BaseModel):
    """A field for every kind of mistake that a file or a request can hold."""

    model_config = ConfigDict(extra="forbid")

    whole: int = 1
    share: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)] = 0
    amount: Annotated[Decimal, Field(gt=0, max_digits=6, decimal_places=2)] = Decimal(1)
    step: Annotated[int, Field(multiple_of=5, le=100)] = 5
    name: Annotated[str, Field(min_length=2, max_length=4, pattern="^[a-z]+$")] = "abc"
    day: date = date(2026, 1, 1)
    moment: AwareDatetime | None = None
    plain: datetime | None = None
    kind: Literal["income", "cost"] = "cost"
    told: bool = True
    several: Annotated[tuple[int, ...], Field(min_length=1, max_length=2)] = (1,)
    inner: "Everything | None" = None
    facts: dict[str, int] = {}

    @field_validator("facts")
    @classmethod
    def _few(cls, given: dict[str, int]) -> dict[str, int]:
        if len(given) > 1:
            raise Refused(Text("最多一项事实。", "has more than one fact."))
        return given


@pytest.mark.parametrize("row", ROWS, ids=[row["type"] for row in ROWS])
def test_a_row_names_a_mistake_of_pydantic_and_has_both_languages(row: dict[str, str]) -> None:
    assert row["type"] in get_args(ErrorType)
    named = [{name for _, name, _, _ in string.Formatter().parse(row[key]) if name}
             for key in ("zh", "en")]  # fmt: skip
    assert named[0] == named[1]
    assert re.search("[\u4e00-\u9fff]", row["zh"])
    assert row["en"]
    without_facts = re.sub(r"\{.*?\}", "", row["zh"].replace("{{...}}", ""))
    assert set(re.findall("[A-Za-z]+", without_facts)) <= WORDS_OF_PROGRAMS


@pytest.mark.parametrize(
    ("given", "place", "zh", "en"),
    [
        ({"whole": "x"}, "whole", "应为整数。", "must be a whole number."),
        ({"whole": 1.5}, "whole", "应为整数。", "must be a whole number."),
        ({"whole": None}, "whole", "应为整数。", "must be a whole number."),
        ({"share": -1}, "share", "应不小于 0。", "must be at least 0."),
        ({"share": 1}, "share", "应小于 1。", "must be less than 1."),
        ({"share": "nan"}, "share", "应为有限的数。", "must be a finite number."),
        ({"share": "much"}, "share", "应为数。", "must be a number."),
        ({"amount": 0}, "amount", "应大于 0。", "must be more than 0."),
        ({"amount": "0.001"}, "amount", "应至多有 2 位小数。",
         "must be a number of at most 2 decimals."),
        ({"amount": "x"}, "amount", "应为十进制数。", "must be a decimal number."),
        ({"step": 7}, "step", "应为 5 的倍数。", "must be a multiple of 5."),
        ({"step": 105}, "step", "应不大于 100。", "must be at most 100."),
        ({"name": "a"}, "name", "应为非空文字（至少 2 个字）。",
         "must be text that is not empty, 2 characters or more."),
        ({"name": 5}, "name", "应为文字（加引号）。", "must be text in quotation marks."),
        ({"name": "AB"}, "name", "应为普通文字（形如 ^[a-z]+$）。",
         "must be plain text of the form ^[a-z]+$."),
        ({"day": "2026-02-30"}, "day", "应为日历上有的日期（YYYY-MM-DD）。",
         "must be a date that there is, YYYY-MM-DD."),
        ({"moment": "2026-01-01T10:00:00"}, "moment",
         "应为带时区的时刻（YYYY-MM-DDThh:mm:ssZ）。",
         "must be a time with its zone, YYYY-MM-DDThh:mm:ssZ."),
        ({"kind": "gift"}, "kind", "应为 'income' 或 'cost'。", "must be 'income' or 'cost'."),
        ({"told": "perhaps"}, "told", "应为 true 或 false。", "must be true or false."),
        ({"several": ()}, "several", "应至少有 1 项。", "must be a list of 1 or more."),
        ({"several": 3}, "several", "应为方括号中的列表。", "must be a list in brackets."),
        ({"inner": 3}, "inner", "应为一节（[...]）或对象（{...}）。",
         "must be a section, [...], or an object, {...}."),
        ({"inner": {"whole": "x"}}, "inner.whole", "应为整数。", "must be a whole number."),
        ({"odd": 1}, "odd", "没有这一项。", "is not known here."),
        ({"facts": {"a": 1, "b": 2}}, "facts", "最多一项事实。", "has more than one fact."),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_both_languages(given: dict, place: str, zh: str, en: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Everything.model_validate(given)
    assert list(complaints(caught.value)) == [(place, Text(zh, en))]


def test_a_refusal_crosses_to_another_process_with_both_languages() -> None:
    again = pickle.loads(pickle.dumps(Refused(Text("不行。", "no."))))  # noqa: S301
    assert (again.text, str(again)) == (Text("不行。", "no."), "no.")
