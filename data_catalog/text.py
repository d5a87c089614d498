"""A label in both languages of the product."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """A label or a message in Chinese and in English."""

    zh: str
    en: str

    def __getitem__(self, language: Language) -> str:
        """Return the label in one language."""
        return self.zh if language == "zh" else self.en
