"""Which language a request asks for."""

from data_catalog.text import Language

__all__ = ["language_of"]

DEFAULT: Language = "zh"
LANGUAGES: tuple[Language, ...] = ("zh", "en")


def language_of(accepted: str | None) -> Language:
    """Return the language that an Accept-Language header prefers.

    Examples
    --------
    >>> language_of("en-GB,en;q=0.9,zh;q=0.5")
    'en'
    >>> language_of(None)
    'zh'
    """
    weights = dict.fromkeys(LANGUAGES, 0.0)
    for part in (accepted or "").split(","):
        tag, _, quality = part.strip().lower().partition(";")
        weight = _weight(quality)
        for language in LANGUAGES:
            if tag.split("-")[0] == language:
                weights[language] = max(weights[language], weight)
    best = max(LANGUAGES, key=lambda language: weights[language])
    return best if weights[best] else DEFAULT


def _weight(quality: str) -> float:
    name, _, value = quality.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
