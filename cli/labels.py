"""Words for what the declarations name by id: groups, methods, grades, parameters, sources."""

from data_catalog.classes import ecosystems
from data_catalog.parameter_titles import parameter_title
from data_catalog.references import references
from data_catalog.text import Language, Text
from gep.service import GROUPS

__all__ = [
    "BANDS",
    "EPOCHS",
    "GRADES",
    "GROUPS",
    "LOCALITIES",
    "class_title",
    "key_title",
    "listed",
    "number",
    "parameter_title",
    "reference",
    "titled",
]

GRADES = {
    "standard": Text("规范", "standard"),
    "literature": Text("文献", "literature"),
    "local": Text("本地", "local"),
    "recalled": Text("凭记忆（未核对）", "recalled (not checked)"),
    "estimate": Text("估计", "estimate"),
}
"""In the order in which they are trusted."""
BANDS = {
    "one": Text("单波段", "one band"),
    "sum": Text("单波段，或逐月波段（求和）", "one band, or monthly bands (summed)"),
    "mean": Text("单波段，或多波段（求平均）", "one band, or several (averaged)"),
    "series": Text("逐日波段", "a band a day"),
}
EPOCHS = {
    "account": Text("核算年", "accounting year"),
    "baseline": Text("基期", "baseline year"),
}
LOCALITIES = {
    "pixel": Text("逐像元计算", "computed pixel by pixel"),
    "series": Text("需要逐月或逐日波段", "needs a band a month or a day"),
    "neighbours": Text("需要相邻像元", "needs neighbouring cells"),
}


def class_title(code: str) -> Text | None:
    """Return the label of an ecosystem class of level I or II; None for any other key."""
    for known in ecosystems().values():
        if code == known.code:
            return known.title
        if code == known.level1:
            return known.level1_title
    return None


def key_title(key: str, language: Language) -> str:
    """Return a row's key for people: a class with its name, another key as it is."""
    title = class_title(key)
    return f"{key} {title[language]}" if title else key


def number(value: float | None) -> str:
    """Return a number without digits that say nothing; empty where there is none."""
    return "" if value is None or value != value else f"{value:.10g}"  # noqa: PLR0124  (NaN)


def reference(key: str) -> str:
    """Return a source with its title and where to find it; the key alone if it is not listed."""
    known = references().get(key)
    return f"{known.title}. {known.locator}" if known else key


def titled(title: Text, name: str, language: Language) -> str:
    """Return a title with the id it has in files and commands."""
    return f"{title.zh}（{name}）" if language == "zh" else f"{title.en} ({name})"


def listed(items: list[str], language: Language) -> str:
    """Return a list as one sentence has it."""
    return ("、" if language == "zh" else ", ").join(items)
