"""Documents as PDF: what is said is on the page, and can be taken from it again."""

import pytest

from data_catalog.errors import OutputError
from lending.paper import (
    Bullets,
    Document,
    Figures,
    Grid,
    Heading,
    Lines,
    Pairs,
    Piece,
    Words,
    typeset,
)
from tests.lending.loan_file.made_up import pages, squeezed

PIECES: tuple[Piece, ...] = (
    Figures((("谨慎价值", "71,896.70 元", "折扣后"),)),
    Heading("一、宗地与权属"),
    Words("没有比对任何登记簿：是否已有质押未知。", loud=True),
    Words("本页不是资产评估报告。"),
    Pairs((("面积", "1,030.00 亩"), ("树种", "毛竹")), wide=True),
    Grid(
        ("步骤", "结果"), (("年毛碳汇量", "401.7"), ("单侧下限", "0.807767")), ("1fr", "auto"), (1,)
    ),
    Bullets(("不证明权属。", "不设立质权。")),
    Lines(("经办人签字、日期",)),
)


def document(pieces: tuple[Piece, ...] = PIECES, *, one_page: bool = False) -> Document:
    return Document(
        language="zh", title="碳汇质押小额贷款自评估", subtitle="宗地 AJ-001", banner="示例",
        foot="gep", pieces=pieces, one_page=one_page,
    )  # fmt: skip


def test_every_text_of_a_document_is_found_in_its_pdf() -> None:
    one = document()
    (text,) = pages(typeset(one))
    said = [t for t in one.texts() if t not in {"zh", "1fr", "auto"}]
    assert len(said) > 15
    assert [t for t in said if squeezed(t) not in squeezed(text)] == []


def test_the_same_document_gives_the_same_bytes() -> None:
    assert typeset(document()) == typeset(document())


def test_what_must_stand_on_one_page_is_set_tighter_until_it_does() -> None:
    rows = tuple(("步骤", f"{number}") for number in range(50))
    many = (Grid(("步骤", "结果"), rows, ("1fr", "auto")),)
    assert len(pages(typeset(document(many)))) == 2
    assert len(pages(typeset(document(many, one_page=True)))) == 1


def test_what_cannot_stand_on_one_page_is_refused_in_words() -> None:
    rows = tuple(("步骤", f"{number}") for number in range(500))
    with pytest.raises(OutputError, match="does not fit one page") as found:
        typeset(document((Grid(("步骤", "结果"), rows, ("1fr", "auto")),), one_page=True))
    assert "一页放不下" in found.value.say("zh")


def test_a_character_that_the_font_lacks_is_named_and_nothing_is_set() -> None:
    with pytest.raises(OutputError, match=r"U\+20BB7") as found:
        typeset(document((Words("借款人：𠮷某"),)))
    assert "𠮷" in found.value.say("zh")
