"""A label in both languages of the product."""

from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Literal, TypeAlias

__all__ = ["Language", "Text", "in_language"]

Language: TypeAlias = Literal["zh", "en"]
MARKS = ("#zh", "#en")
"""How a line of a template begins that only one language shows."""


@dataclass(frozen=True, slots=True)
class Text:
    """A label or a message in Chinese and in English."""

    zh: str
    en: str

    def __getitem__(self, language: Language) -> str:
        """Return the label in one language."""
        return self.zh if language == "zh" else self.en


def in_language(file: Traversable, language: Language, mark: str = "# ") -> str:
    """Return a template with the lines of one language: `#zh ...` and `#en ...` begin them.

    What begins the line instead is the mark: a comment's, or nothing.
    """
    lines = []
    for line in file.read_text(encoding="utf-8").splitlines():
        first, _, rest = line.partition(" ")
        if first == f"#{language}":
            lines.append(mark + rest)
        elif first not in MARKS:
            lines.append(line)
    return "\n".join(lines) + "\n"
