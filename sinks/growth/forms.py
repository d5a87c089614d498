"""The forms of growth curves: Richards, Chapman-Richards, logistic, Gompertz, Schumacher."""

import numpy as np

from data_catalog.errors import UnknownNameError
from data_catalog.names import suggestion
from data_catalog.spec import Citation
from data_catalog.text import Text
from sinks.growth.form import Form, Shape, Values

__all__ = ["FORMS", "form"]

ASYMPTOTE = Shape(symbol="A", title=Text("渐近值（最大蓄积）", "asymptote"), units="stock")
RATE = Shape(symbol="K", title=Text("生长速率", "rate of growth"), units="1/year")


# Richards


def richards(age: Values, asymptote: Values, scale: Values, rate: Values, shape: Values) -> Values:
    """Return the stock at an age; none before 1 - B e^(-K t) is above zero (where B > 1)."""
    grown = 1 - scale * np.exp(-rate * age)
    begun = np.real(grown) > 0
    return np.where(begun, asymptote * np.where(begun, grown, 1) ** (1 / (1 - shape)), 0)


def richards_increment(
    age: Values, asymptote: Values, scale: Values, rate: Values, shape: Values
) -> Values:
    """Return the current annual increment; none before the stand has any stock."""
    left = scale * np.exp(-rate * age)
    begun = np.real(left) < 1
    power = 1 / (1 - shape)
    slope = asymptote * power * np.where(begun, 1 - left, 1) ** (power - 1) * rate * left
    return np.where(begun, slope, 0)


def richards_age(
    stock: Values, asymptote: Values, scale: Values, rate: Values, shape: Values
) -> Values:
    """Return the age of a stock; NaN at and above the asymptote, and below the first stock."""
    left = (1 - _share(stock, asymptote) ** (1 - shape)) / scale
    return _not_negative(-np.log(np.where(left > 0, left, np.nan)) / rate)


# Chapman-Richards


def chapman_richards(age: Values, asymptote: Values, rate: Values, shape: Values) -> Values:
    """Return the stock at an age: the power is of the bracket alone, not of the asymptote."""
    grown = -np.expm1(-rate * age)
    begun = np.real(grown) > 0
    return np.where(begun, asymptote * np.where(begun, grown, 1) ** shape, 0)


def chapman_richards_increment(
    age: Values, asymptote: Values, rate: Values, shape: Values
) -> Values:
    """Return the current annual increment."""
    grown = -np.expm1(-rate * age)
    with np.errstate(divide="ignore"):  # without limit at age 0, where the shape is below 1
        return np.asarray(asymptote * shape * grown ** (shape - 1) * rate * (1 - grown))


def chapman_richards_age(stock: Values, asymptote: Values, rate: Values, shape: Values) -> Values:
    """Return the age of a stock; NaN at and above the asymptote."""
    return np.asarray(-np.log1p(-(_share(stock, asymptote) ** (1 / shape))) / rate)


# Logistic


def logistic(age: Values, asymptote: Values, scale: Values, rate: Values) -> Values:
    """Return the stock at an age; A / (1 + k) at age 0, which is not zero."""
    return np.asarray(asymptote / (1 + scale * np.exp(-rate * age)))


def logistic_increment(age: Values, asymptote: Values, scale: Values, rate: Values) -> Values:
    """Return the current annual increment."""
    left = scale * np.exp(-rate * age)
    return np.asarray(asymptote * rate * left / (1 + left) ** 2)


def logistic_age(stock: Values, asymptote: Values, scale: Values, rate: Values) -> Values:
    """Return the age of a stock; NaN at and above the asymptote, and below the stock at age 0."""
    left = (1 / _share(stock, asymptote) - 1) / scale
    return _not_negative(-np.log(left) / rate)


# Gompertz


def gompertz(age: Values, asymptote: Values, scale: Values, rate: Values) -> Values:
    """Return the stock at an age; A e^(-b) at age 0, which is not zero."""
    return np.asarray(asymptote * np.exp(-scale * np.exp(-rate * age)))


def gompertz_increment(age: Values, asymptote: Values, scale: Values, rate: Values) -> Values:
    """Return the current annual increment."""
    left = scale * np.exp(-rate * age)
    return np.asarray(asymptote * np.exp(-left) * rate * left)


def gompertz_age(stock: Values, asymptote: Values, scale: Values, rate: Values) -> Values:
    """Return the age of a stock; NaN at and above the asymptote, and below the stock at age 0."""
    return _not_negative(-np.log(-np.log(_share(stock, asymptote)) / scale) / rate)


# Schumacher


def schumacher(age: Values, asymptote: Values, scale: Values) -> Values:
    """Return the stock at an age; none at age 0."""
    begun = np.real(age) > 0
    return np.where(begun, asymptote * np.exp(-scale / np.where(begun, age, 1)), 0)


def schumacher_increment(age: Values, asymptote: Values, scale: Values) -> Values:
    """Return the current annual increment."""
    begun = np.real(age) > 0
    since = np.where(begun, age, 1)
    return np.where(begun, asymptote * np.exp(-scale / since) * scale / since**2, 0)


def schumacher_age(stock: Values, asymptote: Values, scale: Values) -> Values:
    """Return the age of a stock; NaN at and above the asymptote."""
    return np.asarray(-scale / np.log(_share(stock, asymptote)))


def _share(stock: Values, asymptote: Values) -> Values:
    """Return the stock as a share of the asymptote, NaN where no age has it."""
    share = np.asarray(stock) / asymptote
    return np.where((share > 0) & (share < 1), share, np.nan)


def _not_negative(age: Values) -> Values:
    return np.where(age >= 0, age, np.nan)


def _bracket_power(share: float) -> float:
    """Return p of (1 - 1/e)^p = share: the bracket where rate x age is 1."""
    return float(np.log(share) / np.log(-np.expm1(-1)))


FORMS = (
    Form(
        id="richards",
        title=Text("理查兹", "Richards"),
        formula=r"V = A \, (1 - B e^{-K t})^{1 / (1 - m)}",
        source=Citation("zhang_2017_hebei", "Table 1"),
        parameters={
            "asymptote": ASYMPTOTE,
            "scale": Shape(symbol="B", title=Text("位置参数", "scale"), units="1"),
            "rate": RATE,
            "shape": Shape(symbol="m", title=Text("形状参数", "shape"), units="1", high=1),
        },
        value=richards,
        increment=richards_increment,
        age=richards_age,
        start=lambda share: {"scale": 1.0, "shape": max(0.0, 1 - 1 / _bracket_power(share))},
        note=Text(
            "B 大于 1 时，括号内为负的年龄没有蓄积。"
            "m = 1 - 1/b_2、B = 1 时即 Chapman-Richards 式。",
            "Where B is above 1, there is no stock at ages with a negative bracket. With B = 1 and "
            "m = 1 - 1/b_2 it is the Chapman-Richards form.",
        ),
    ),
    Form(
        id="chapman_richards",
        title=Text("查普曼-理查兹", "Chapman-Richards"),
        formula=r"V = b_0 \, (1 - e^{-b_1 t})^{b_2}",
        source=Citation("chapman_richards_form", "the form alone"),
        parameters={
            "asymptote": Shape(symbol="b_0", title=ASYMPTOTE.title, units="stock"),
            "rate": Shape(symbol="b_1", title=RATE.title, units="1/year"),
            "shape": Shape(symbol="b_2", title=Text("形状参数", "shape"), units="1"),
        },
        value=chapman_richards,
        increment=chapman_richards_increment,
        age=chapman_richards_age,
        start=lambda share: {"shape": _bracket_power(share)},
        note=Text("乘方只作用于括号，不作用于 b_0。", "The power is of the bracket, not of b_0."),
    ),
    Form(
        id="logistic",
        title=Text("逻辑斯蒂", "Logistic"),
        formula=r"B = w / (1 + k e^{-a t})",
        source=Citation("xu_2010_logistic", "the form alone"),
        parameters={
            "asymptote": Shape(symbol="w", title=ASYMPTOTE.title, units="stock"),
            "scale": Shape(symbol="k", title=Text("位置参数", "scale"), units="1"),
            "rate": Shape(symbol="a", title=RATE.title, units="1/year"),
        },
        value=logistic,
        increment=logistic_increment,
        age=logistic_age,
        start=lambda share: {"scale": float((1 / share - 1) * np.exp(1))},
        note=Text("0 年时的值为 w/(1+k)，不为零。", "At age 0 it is w/(1+k), not zero."),
    ),
    Form(
        id="gompertz",
        title=Text("冈珀茨", "Gompertz"),
        formula=r"V = A \exp(-b e^{-c t})",
        source=Citation("gompertz_form", "the form alone"),
        parameters={
            "asymptote": ASYMPTOTE,
            "scale": Shape(symbol="b", title=Text("位置参数", "scale"), units="1"),
            "rate": Shape(symbol="c", title=RATE.title, units="1/year"),
        },
        value=gompertz,
        increment=gompertz_increment,
        age=gompertz_age,
        start=lambda share: {"scale": float(-np.log(share) * np.exp(1))},
        note=Text("0 年时的值为 A e^{-b}，不为零。", "At age 0 it is A e^(-b), not zero."),
    ),
    Form(
        id="schumacher",
        title=Text("舒马赫", "Schumacher"),
        formula=r"V = A e^{-b / t}",
        source=Citation("schumacher_form", "the form alone"),
        parameters={
            "asymptote": ASYMPTOTE,
            "scale": Shape(symbol="b", title=Text("生长迟缓（年）", "slowness"), units="year"),
        },
        value=schumacher,
        increment=schumacher_increment,
        age=schumacher_age,
        start=lambda share: {"scale": float(-np.log(share))},
    ),
)  # fmt: skip


def form(name: str) -> Form:
    """Return a form by its id.

    Raises
    ------
    UnknownNameError
        If there is none; with the nearest name.
    """
    known = {one.id: one for one in FORMS}
    if name not in known:
        raise UnknownNameError(
            where="growth", kind=Text("生长曲线形式", "form of growth curve"), name=name,
            hint=suggestion(name, known),
        )  # fmt: skip
    return known[name]
