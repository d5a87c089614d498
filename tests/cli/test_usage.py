"""Words that are no command or option are answered in the language asked for, with exit code 2."""

import re
import sys

import pytest

from cli.main import main
from cli.usage import in_chinese

WRONG = {
    "loan quick x": "缺少选项 --amount。",
    "loan quik": "没有命令 quik。是否指 quick？",
    "compte": "没有命令 compte。",
    "compute": "缺少参数 PROJECT。",
    "compute p.toml --out o --workers": "选项 --workers 后须有值。",
    "compute p.toml --out o more": "多余的参数：more。",
    "compute p.toml --out o --workers two": "--workers 的值不对：two 不是范围内的整数。",
    "compute p.toml --out o --workers 0": "--workers 的值不对：0 不在范围 x>=1 之内。",
    "loan quick x --facs f": "没有选项 --facs。是否指其中之一：'--facts', '--fonts'？",
    "compute p.toml --lang fr": "--lang 的值不对：fr 不在可选之列：",
}


def said(words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(sys, "argv", ["gep", *words.split()])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(("words", "wanted"), WRONG.items())
def test_it_is_said_in_chinese(words, wanted, capsys, monkeypatch):
    monkeypatch.setenv("GEP_LANG", "zh")
    told = said(words, capsys, monkeypatch)
    assert wanted in told
    assert not re.search(r"Error|Usage|Missing|No such|Invalid|Try |Did you", told)


@pytest.mark.parametrize("words", WRONG)
def test_it_is_said_in_english(words, capsys, monkeypatch):
    monkeypatch.setenv("GEP_LANG", "en")
    told = said(words, capsys, monkeypatch)
    assert "Error: " in told
    assert not re.search("[一-鿿]", told)


def test_what_the_table_lacks_stays_as_it_is():
    assert in_chinese("The moon is full.") == "The moon is full."
