r"""Equations as one line of plain text: `\sum A (P - \alpha P)` as `Σ A (P - α P)`."""

import re
from collections.abc import Iterator

__all__ = ["plain"]

TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_&]|\s+|[^\\{}^_&\s]")
LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "Delta": "Δ", "theta": "θ", "lambda": "λ",
    "phi": "φ", "varphi": "φ", "rho": "ρ", "sigma": "σ", "partial": "∂", "sum": "Σ", "prod": "Π",
    "Phi": "Φ",
}  # fmt: skip
SIGNS = {
    "cdot": "·", "times": "×", "le": "≤", "ge": "≥", "quad": " ", "left": "", "right": "",
    ",": " ", ";": " ", ":": " ", " ": " ", "\\": "; ",
}  # fmt: skip
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
OF_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
LIMITS = re.compile(r"Σ_\((\w)=(\w)\)([⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
MACRON = "\u0304"


def plain(latex: str) -> str:
    """Return a formula or a symbol for reading as text; unknown commands by their name."""
    tokens = TOKEN.findall(latex)
    text = "".join(_pieces(iter(tokens)))
    text = LIMITS.sub(_sum_over, text)
    text = re.sub(r"([(\[∂Δ]) +| +(?=[)\],;])", r"\1", text)
    return " ".join(text.split())


def _pieces(tokens: Iterator[str], end: str = "") -> Iterator[str]:
    for sign in tokens:
        if sign == end:
            return
        yield _piece(sign, tokens)


def _piece(sign: str, tokens: Iterator[str]) -> str:
    if sign == "{":
        return "".join(_pieces(tokens, "}"))
    if sign == "_":
        return _script("_", _argument(tokens), SUBSCRIPTS)
    if sign == "^":
        return _script("^", _argument(tokens), SUPERSCRIPTS)
    if sign.startswith("\\"):
        return _command(sign[1:], tokens)
    return ", " if sign == "&" else sign


def _command(name: str, tokens: Iterator[str]) -> str:
    if name in {"frac", "tfrac"}:
        above, below = _argument(tokens), _argument(tokens)
        ratio = f"{_together(above)}/{_together(below)}"
        return f"({ratio})" if (above + below).isdecimal() else ratio
    if name == "sqrt":
        return f"√({_argument(tokens)})"
    if name == "text":
        return f" {_argument(tokens)} "
    if name == "bar":
        return _argument(tokens) + MACRON
    if name in {"begin", "end"}:
        _argument(tokens)
        return "{ " if name == "begin" else " }"
    return LETTERS.get(name, SIGNS.get(name, name))


def _argument(tokens: Iterator[str]) -> str:
    """Return the next group or sign, spaces before it left out."""
    sign = next((t for t in tokens if not t.isspace()), "")
    return _piece(sign, tokens).strip()


def _script(mark: str, text: str, digits: dict[int, int]) -> str:
    if re.fullmatch(r"-?\d+", text) and all(ord(sign) in digits for sign in text):
        return text.translate(digits)
    simple = re.fullmatch(r"[\w.,]+|\W", text)
    return f"{mark}{text}" if simple else f"{mark}({text})"


def _sum_over(limits: re.Match[str]) -> str:
    index, first, last = limits.groups()
    return f"Σ({index}={first}..{last.translate(OF_SUPERSCRIPTS)})"


def _together(text: str) -> str:
    return text if re.fullmatch(r"\w+", text) else f"({text})"
