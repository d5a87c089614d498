"""Growth curves fitted to records of stands: parameters, their covariance, and what is not known.

Weighted least squares within the limits of the parameters. What is known of a parameter beforehand
enters as one more observation of it, in units of its standard error. Records of stands of different
ages are no stand's history: they tell the asymptote badly, and the fit says so.

    minimise  sum_i w_i (y_i - f(t_i))^2 / s^2  +  sum_k ((p_k - m_k) / u_k)^2
    covariance  (J' W J / s^2 + U)^-1,   s^2 = sum_i w_i (y_i - f_i)^2 / (n - k)

References
----------
Seber, Wild 2003, Nonlinear regression, ch. 2 and 5 (intervals by linearisation).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares
from scipy.stats import t as student

from data_catalog.parameters import engine_number
from data_catalog.text import Text
from sinks.growth.curve import FormCurve, GrowthError
from sinks.growth.form import Form, Numbers, Values, gradient

__all__ = ["Fit", "Prior", "Records", "Spread", "fit"]

Spread: TypeAlias = Literal["constant", "proportional"]
Prior: TypeAlias = tuple[float, float]
"""What is known of a parameter beforehand: its mean and standard error."""


@dataclass(frozen=True, kw_only=True)
class Records:
    """Stands: age in years, stock in `units`, weight (1 where alike), site class; (n,) each."""

    units: str
    age: Numbers
    stock: Numbers
    weight: Numbers
    site: npt.NDArray[np.object_]
    source: str = ""

    def __len__(self) -> int:
        return len(self.age)


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A fitted curve and how well it is known.

    Parameters
    ----------
    curve : FormCurve
        That of the first site class; `curves` has one per class.
    residual_sd : float
        s, in the unit of the stock; of a proportional spread as a share of the stock.
    rmse, r2 : float
        Root of the mean squared residual, and the explained share of the variance; both
        unweighted, in the unit of the stock and as a fraction.
    at_limit : tuple of str
        Parameters that came to rest on a limit.
    """

    curve: FormCurve
    sites: tuple[str, ...]
    records: int
    residual_sd: float
    spread: Spread
    rmse: float
    r2: float
    at_limit: tuple[str, ...]

    @property
    def se(self) -> dict[str, float]:
        """Return the standard errors of the parameters."""
        errors = np.sqrt(np.diag(self.curve.covariance))
        return dict(zip(self.curve.parameters, errors.tolist(), strict=True))

    @property
    def freedom(self) -> int:
        """Return the degrees of freedom."""
        return self.records - len(self.curve.parameters)

    def confidence(self, age: Numbers, level: float) -> tuple[Numbers, Numbers]:
        """Return low and high of the mean stock at ages, at a level such as 0.9."""
        return self._around(age, self.curve.se(age), level)

    def prediction(self, age: Numbers, level: float) -> tuple[Numbers, Numbers]:
        """Return low and high of the stock of one more stand at ages, at a level such as 0.9."""
        scale = self.curve.value(age) if self.spread == "proportional" else 1.0
        return self._around(age, np.hypot(self.curve.se(age), self.residual_sd * scale), level)

    def curves(self) -> dict[str, FormCurve]:
        """Return the curve of each site class, `""` where there are none."""
        first = self.curve
        return {
            site: FormCurve(
                name=first.name, form=first.form, units=first.units, parameters=first.parameters,
                covariance=first.covariance, ages=first.ages, relative=first.relative,
                site=_multiplier(site) if place else "",
            )
            for place, site in enumerate(self.sites)
        }  # fmt: skip

    def remarks(self) -> Iterator[Text]:
        """Yield what a reader must know: limits that were hit, what the records do not tell."""
        for name in self.at_limit:
            title = self._title(name)
            yield Text(
                f"{title.zh}停在拟合上（下）限 {self.curve.parameters[name]:g}：记录不能确定它。",
                f"the {title.en} rests on its limit of {self.curve.parameters[name]:g}: the "
                "records do not determine it.",
            )
        for name, se in self.se.items():
            at = self.curve.parameters[name]
            if not se <= abs(at):
                title = self._title(name)
                yield Text(
                    f"{title.zh}无法识别：{at:.4g} ± {se:.4g}，标准误大于其值。"
                    "请补充老龄林记录或给出先验值。",
                    f"the {title.en} is not identifiable: {at:.4g} +- {se:.4g}, an error larger "
                    "than itself. Add records of old stands, or what is known beforehand.",
                )

    def _title(self, name: str) -> Text:
        known = self.curve.form.parameters.get(name)
        return known.title if known else Text(name, name)

    def _around(self, age: Numbers, error: Numbers, level: float) -> tuple[Numbers, Numbers]:
        middle = self.curve.value(age)
        half = float(student.ppf((1 + level) / 2, self.freedom)) * error
        return middle - half, middle + half


def fit(
    records: Records, form: Form, *, name: str, spread: Spread = "constant",
    priors: Mapping[str, Prior] | None = None,
    limits: Mapping[str, tuple[float, float]] | None = None,
) -> Fit:  # fmt: skip
    """Return the curve of a form that fits records of stands best.

    Parameters
    ----------
    name : str
        How people are told of the curve.
    spread : str
        Whether stands differ from the curve by as much at all ages, or in proportion to it.
    priors : mapping of parameter to (mean, standard error), optional
        In the parameter's own unit; that of an asymptote is the stock's.
    limits : mapping of parameter to (low, high), optional
        By default those of the form, and for the asymptote the engine's row
        `growth_asymptote_limit` times the largest record.

    Raises
    ------
    GrowthError
        If there are too few records or ages, or no start leads to a fit.
    """
    sites = _sites(records)
    names = (*form.parameters, *map(_multiplier, sites[1:]))
    _check(records, names, form, name, priors or {})
    low, high = _limits(form, names, records, limits or {})
    search = _Search(records, form, sites, low, high, _priors(names, priors or {}), spread)
    theta, sigma = search.best(name)
    fitted = search.stock(theta)
    left = records.stock - fitted
    # unknown only where all records are alike: then there is no variance to explain
    around = records.stock - records.stock.mean()
    curve = FormCurve(
        name=name, form=form, units=records.units, covariance=search.covariance(theta, sigma),
        parameters=dict(zip(names, theta.tolist(), strict=True)),
        ages=(float(records.age.min()), float(records.age.max())),
        relative=sigma if spread == "proportional" else sigma / float(records.stock.mean()),
    )  # fmt: skip
    resting = np.isclose(theta, low) | np.isclose(theta, high)
    return Fit(
        curve=curve, sites=sites, records=len(records), residual_sd=sigma, spread=spread,
        rmse=float(np.sqrt(np.mean(left**2))),
        r2=1 - float(left @ left / (around @ around)) if around.any() else np.nan,
        at_limit=tuple(n for n, rests in zip(names, resting, strict=True) if rests),
    )  # fmt: skip


@dataclass(frozen=True)
class _Search:
    """The search for the best parameters of one form on one set of records."""

    records: Records
    form: Form
    sites: tuple[str, ...]
    low: Numbers
    high: Numbers
    priors: tuple[Numbers, Numbers]
    spread: Spread

    def stock(self, theta: Values) -> Values:
        """Return the stock that parameters give each record."""
        own = len(self.form.parameters)
        found = self.form.value(self.records.age, *theta[:own])
        for place, site in enumerate(self.sites[1:], start=own):
            found = found * np.where(self.records.site == site, theta[place], 1)
        return np.asarray(found)

    def best(self, name: str) -> tuple[Numbers, float]:
        """Return the parameters and the residual standard deviation of the best of all starts."""
        found = [one for start in self._starts() if (one := self._from(start)) is not None]
        if not found:
            raise GrowthError(where=name, problem=Text(
                f"“{self.form.title.zh}”式无法拟合这 {len(self.records)} 条记录。请换一种形式，"
                "或检查年龄与蓄积。",
                f"the {self.form.title.en} form does not fit these {len(self.records)} records. "
                "Try another form, or check ages and stocks.",
            ))  # fmt: skip
        _, theta, sigma = min(found, key=lambda one: one[0])
        return theta, sigma

    def covariance(self, theta: Numbers, sigma: float) -> Numbers:
        """Return the covariance of the parameters; infinite where the records tell nothing."""
        weight = self._weight(theta)
        slope = gradient(self.stock, theta)
        known = (slope * weight) @ slope.T / sigma**2 + np.diag(1 / self.priors[1] ** 2)
        scale = np.sqrt(np.diag(known))
        if not (scale > 0).all():
            return np.full_like(known, np.inf)
        both = np.outer(scale, scale)
        try:
            return np.asarray(np.linalg.inv(known / both) / both)
        except np.linalg.LinAlgError:
            return np.full_like(known, np.inf)

    def _from(self, start: Numbers) -> tuple[float, Numbers, float] | None:
        """Return how unlikely, parameters and spread from a start; None where it leads nowhere."""
        theta, sigma = start, float(np.std(self.records.stock)) or 1.0
        if self.spread == "proportional":
            sigma = sigma / float(self.records.stock.mean())
        for _ in range(int(engine_number("growth_fit_rounds"))):
            before = sigma
            theta = self._step(theta, self._weight(theta), sigma)
            left = self.records.stock - self.stock(theta)
            free = len(self.records) - len(theta)
            sigma = float(np.sqrt(self._weight(theta) @ left**2 / free))
            if not np.isfinite(sigma) or sigma == 0:
                return None
            if np.isclose(sigma, before):
                break
        return self._unlikely(theta, sigma), theta, sigma

    def _step(self, start: Numbers, weight: Numbers, sigma: float) -> Numbers:
        mean, error = self.priors
        of_record = np.sqrt(weight) / sigma

        def residuals(theta: Numbers) -> Numbers:
            left = (self.stock(theta) - self.records.stock) * of_record
            return np.concatenate([left, (theta - mean) / error])

        def slopes(theta: Numbers) -> Numbers:
            of_stock = gradient(self.stock, theta) * of_record
            return np.vstack([of_stock.T, np.diag(1 / error)])

        exact = float(np.finfo(np.float64).eps) ** (1 / 2)
        found = least_squares(
            residuals, start, jac=slopes, bounds=(self.low, self.high), x_scale="jac",
            ftol=exact**2 * 2, xtol=exact, gtol=exact**2 * 2,
        )  # fmt: skip
        return np.asarray(found.x)

    def _unlikely(self, theta: Numbers, sigma: float) -> float:
        """Return the negative logarithm of the likelihood, but for what all fits have."""
        mean, error = self.priors
        scatter = len(self.records) * np.log(sigma) - np.log(self._weight(theta)).sum() / 2
        return float(scatter + (((theta - mean) / error) ** 2).sum() / 2)

    def _weight(self, theta: Numbers) -> Numbers:
        if self.spread == "constant":
            return self.records.weight
        fitted = self.stock(theta)
        return np.asarray(
            self.records.weight / np.where(fitted > 0, fitted, self.records.stock) ** 2
        )

    def _starts(self) -> Iterator[Numbers]:
        age, stock = float(self.records.age.mean()), float(self.records.stock.mean())
        most = float(self.records.stock.max())
        for more, pace in product((1, 2), (1 / 2, 1, 2)):
            asymptote = more * (most + stock)
            guess = {"asymptote": asymptote, "rate": float(pace)}
            guess |= self.form.start(stock / asymptote)
            in_years = {"year": age, "1/year": 1 / age}
            shapes = self.form.parameters.items()
            start = np.array([guess[n] * in_years.get(one.units, 1.0) for n, one in shapes])
            start = np.concatenate([start, np.ones(len(self.sites) - 1)])
            mean, error = self.priors
            start = np.where(np.isfinite(error), mean, start)
            # strictly within the limits, or the search could not move
            low, high = np.nextafter(self.low, np.inf), np.nextafter(self.high, -np.inf)
            yield np.clip(start, low, high)


def _sites(records: Records) -> tuple[str, ...]:
    """Return the site classes, that with the most records first; `""` where there are none."""
    sites, counts = np.unique(records.site.astype(str), return_counts=True)
    return tuple(str(s) for _, s in sorted(zip(-counts, sites, strict=True)))


def _multiplier(site: str) -> str:
    return f"site {site}"


def _priors(names: Iterable[str], priors: Mapping[str, Prior]) -> tuple[Numbers, Numbers]:
    found = [priors.get(name, (0.0, np.inf)) for name in names]
    return np.array([m for m, _ in found]), np.array([e for _, e in found])


def _limits(
    form: Form, names: tuple[str, ...], records: Records, given: Mapping[str, tuple[float, float]]
) -> tuple[Numbers, Numbers]:
    most = engine_number("growth_asymptote_limit") * float(records.stock.max())
    low, high = np.zeros(len(names)), np.full(len(names), np.inf)
    for place, name in enumerate(names):
        if name in form.parameters:
            low[place], high[place] = form.parameters[name].low, form.parameters[name].high
        if name == "asymptote":
            high[place] = most
        low[place], high[place] = given.get(name, (low[place], high[place]))
    return low, high


def _check(
    records: Records, names: tuple[str, ...], form: Form, where: str, priors: Mapping[str, Prior]
) -> None:
    numbers = np.stack([records.age, records.stock, records.weight])
    if not np.isfinite(numbers).all() or (records.age < 0).any() or (records.weight <= 0).any():
        raise GrowthError(where=where, problem=Text(
            "记录中的年龄、蓄积与权重须为数，年龄不为负，权重大于 0。",
            "ages, stocks and weights must be numbers, ages not negative, weights above 0.",
        ))  # fmt: skip
    ages = len(np.unique(records.age))
    if len(records) <= len(names) or ages < len(form.parameters):
        raise GrowthError(where=where, problem=Text(
            f"只有 {len(records)} 条记录、{ages} 个年龄；“{form.title.zh}”式有 {len(names)} "
            "个参数，需要更多记录，或换参数较少的形式。",
            f"has {len(records)} records of {ages} ages; the {form.title.en} form has "
            f"{len(names)} parameters. Give more records, or choose a form with fewer.",
        ))  # fmt: skip
    if not (records.stock > 0).any():
        raise GrowthError(where=where, problem=Text("所有记录的蓄积都为零。", "all stocks are 0."))
    for name, (_, error) in priors.items():
        if name not in form.parameters or not error > 0:
            known = ", ".join(form.parameters)
            raise GrowthError(where=where, problem=Text(
                f"先验 {name}：名称须为 {known} 之一，标准误须大于 0。",
                f"prior of {name}: its name must be one of {known}, its error above 0.",
            ))  # fmt: skip
