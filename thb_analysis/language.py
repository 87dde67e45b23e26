"""Words and numbers in a language: texts with plural forms, labels of codes, numbers as people write them.

All words live in `catalogue/texts/<language>/*.toml` and `catalogue/codes/*.csv`; here they are picked and
filled.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from numbers import Real
from pathlib import Path
from string import Formatter
from typing import Any, TypeAlias

from thb_analysis.edited import rows

Entry = str | dict[str, str]

PLURAL_FORMS = ("zero", "one", "two", "few", "many", "other")
"""The names that the Unicode plural rules give to plural forms; a table of nothing but these is one text."""

Number: TypeAlias = Real | Decimal | int | float

CATALOGUE = Path(__file__).parent / "catalogue"


class LanguageError(LookupError):
    """A text, a parameter or a label that does not exist; the message names it."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class Language:
    """One language of the reports: `Language("lv").text("overview.title", year=2023)`.

    `folder` holds `texts/` and `codes/`; it is the package's catalogue unless a test brings its own.
    """

    def __init__(self, lang: str, folder: Path | None = None) -> None:
        self.lang = lang
        self._folder = folder or CATALOGUE
        self._files = _files(self._folder, lang)

    def __repr__(self) -> str:
        return f"Language({self.lang!r})"

    # -- words ---------------------------------------------------------------------------------------------

    def keys(self) -> list[str]:
        """Every key that `text` answers to, sorted."""
        return sorted(self.in_order())

    def in_order(self) -> list[str]:
        """Every key, file by file, as the files have them."""
        return [key for stem in self._files for key in _texts(self._folder, self.lang, stem)]

    def has(self, key: str) -> bool:
        return key in self._of_file(key)

    def parameters(self, key: str) -> set[str]:
        """The names in braces over all forms of a text; `n` is among them when the text has plural forms."""
        entry = self._entry(key)
        forms = [entry] if isinstance(entry, str) else list(entry.values())
        names = {name for form in forms for _, name, _, _ in Formatter().parse(form) if name}
        return names if isinstance(entry, str) else names | {"n"}

    def text(self, key: str, **params: Any) -> str:
        """The text `file.section.name`, filled.

        A number is written by `number`, except in parameters named `year` or ending in `_year`; a string
        stands as it is.  The plural form is chosen by `n`.  A missing one raises `LanguageError`.
        """
        entry = self._entry(key)
        if isinstance(entry, dict):
            if "n" not in params:
                raise LanguageError(f"text {key} ({self.lang}): plural forms need the parameter n")
            form = self.plural(params["n"])
            template = entry.get(form, entry["other"])
        else:
            template = entry
        return self._fill(key, template, params)

    def label(self, dimension: str, code: str) -> str:
        """What a code is called by `codes/<dimension>.csv`; a combined code (`a+b`) by its parts."""
        labels = _labels(self._folder, dimension, self.lang)
        if code in labels:
            return labels[code]
        parts = code.split("+")
        if len(parts) > 1 and all(part in labels for part in parts):
            return " + ".join(labels[part] for part in parts)
        raise LanguageError(f"no label for the code {code!r} in codes/{dimension}.csv ({self.lang})")

    def short(self, dimension: str, code: str) -> str:
        """The short name of a code where the list has one (column `short`), else its label.

        A short name that ends in an ordinal full stop keeps it only in a language that writes one.
        """
        shorts = _labels(self._folder, dimension, "short")
        parts = [code] if code in shorts else code.split("+")
        if not all(part in shorts for part in parts):
            return self.label(dimension, code)
        ordinal = self.text("language.number.ordinal")
        names = [shorts[part] for part in parts]
        return " + ".join(name.removesuffix(".") + ordinal if name.endswith(".") else name for name in names)

    def enumeration(self, items: Iterable[str]) -> str:
        """Items joined as in running text: “a, b and c”."""
        words = list(items)
        if len(words) < 2:
            return "".join(words)
        return f"{', '.join(words[:-1])} {self.text('language.and')} {words[-1]}"

    def month(self, number: int) -> str:
        """The name of a month, 1 to 12."""
        return self.text(f"language.month.m{number:02d}")

    def codes(self, dimension: str) -> list[str]:
        """The codes of a list in its own order."""
        return list(_labels(self._folder, dimension, self.lang))

    # -- numbers -------------------------------------------------------------------------------------------

    def number(self, x: Number, decimals: int | None = None) -> str:
        """A number as people write it: decimal sign, groups of thousands from 1 000, a true minus sign.

        Without `decimals` as many as the number has.  A missing number (None, NaN) is refused: nothing has
        several kinds, and the caller knows which.
        """
        value = _decimal(x)
        if decimals is not None:
            value = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
        elif value == value.to_integral_value():
            value = value.to_integral_value()
        whole, _, fraction = format(abs(value), "f").partition(".")
        grouped = f"{int(whole):,}".replace(",", self.text("language.number.thousands"))
        text = grouped + (self.text("language.number.decimal") + fraction if fraction else "")
        return text if value >= 0 else self.text("language.number.minus") + text

    def signed(self, x: Number, decimals: int | None = None) -> str:
        """A difference: with its sign, zero without."""
        return ("+" if _decimal(x) > 0 else "") + self.number(x, decimals)

    def money(self, x: Number, decimals: int | None = None) -> str:
        """An amount of euro; cents are written when there are any, or as `decimals` says."""
        value = _decimal(x)
        if decimals is None:
            decimals = 0 if value == value.to_integral_value() else 2
        return self.text("language.number.money", amount=self.number(value, decimals))

    def percent(self, x: Number, decimals: int = 0) -> str:
        """A share given in per cent (12.5 is twelve and a half)."""
        return self.text("language.number.percent", amount=self.number(x, decimals))

    def interval(self, low: Number, high: Number, decimals: int | None = None) -> str:
        """From one number to another, joined by a dash."""
        return f"{self.number(low, decimals)}\N{EN DASH}{self.number(high, decimals)}"

    def plural(self, n: Number) -> str:
        """The plural form that this language wants after the number `n` (Unicode CLDR cardinal rules)."""
        try:
            rule = _PLURAL_RULES[self.lang]
        except KeyError:
            raise LanguageError(f"no plural rule for the language {self.lang!r}") from None
        value = abs(_decimal(n))
        if value == value.to_integral_value():
            return rule(int(value), 0, 0)
        fraction = format(value, "f").partition(".")[2]
        return rule(int(value), len(fraction), int(fraction))

    # -- inside --------------------------------------------------------------------------------------------

    def _entry(self, key: str) -> Entry:
        try:
            return self._of_file(key)[key]
        except KeyError:
            raise LanguageError(f"no text {key} ({self.lang})") from None

    def _of_file(self, key: str) -> Mapping[str, Entry]:
        """The texts of the file that a key begins with: a command that prints two lines reads no other."""
        stem = key.partition(".")[0]
        return _texts(self._folder, self.lang, stem) if stem in self._files else {}

    def _fill(self, key: str, template: str, params: Mapping[str, Any]) -> str:
        out = []
        for literal, name, _, _ in Formatter().parse(template):
            out.append(literal)
            if name is None:
                continue
            if name not in params:
                raise LanguageError(f"text {key} ({self.lang}): the parameter {name} is missing")
            out.append(self._written(key, name, params[name]))
        return "".join(out)

    def _written(self, key: str, name: str, value: Any) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, bool) or not isinstance(value, Real | Decimal):
            raise LanguageError(f"text {key} ({self.lang}): {name} is neither a text nor a number: {value!r}")
        if name == "year" or name.endswith("_year"):
            return str(int(_decimal(value)))
        return self.number(value)


def languages() -> list[str]:
    """The languages that have texts, sorted."""
    return sorted(entry.name for entry in (CATALOGUE / "texts").iterdir() if entry.is_dir())


def _latvian(i: int, v: int, f: int) -> str:
    """`i` whole part, `v` number of decimals, `f` the decimals as a number."""
    if v == 0:
        if i % 10 == 0 or 11 <= i % 100 <= 19:
            return "zero"
        return "one" if i % 10 == 1 else "other"
    if v == 2 and 11 <= f % 100 <= 19:
        return "zero"
    return "one" if f % 10 == 1 else "other"


def _english(i: int, v: int, f: int) -> str:
    return "one" if i == 1 and v == 0 else "other"


_PLURAL_RULES: dict[str, Callable[[int, int, int], str]] = {"lv": _latvian, "en": _english}


def _decimal(x: Any) -> Decimal:
    if isinstance(x, bool) or x is None:
        raise ValueError(f"not a number: {x!r}")
    if isinstance(x, Decimal):
        value = x
    elif isinstance(x, int):
        return Decimal(x)
    elif isinstance(x, Real) and not math.isnan(float(x)):
        value = Decimal(format(float(x), ".12g"))
    else:
        raise ValueError(f"not a number: {x!r}")
    if not value.is_finite():
        raise ValueError(f"not a number that can be written: {x!r}")
    return value


@cache
def _files(folder: Path, lang: str) -> tuple[str, ...]:
    texts = folder / "texts" / lang
    if not texts.is_dir():
        raise LanguageError(f"no texts for the language {lang!r}")
    return tuple(sorted(path.stem for path in texts.glob("*.toml")))


@cache
def _texts(folder: Path, lang: str, stem: str) -> dict[str, Entry]:
    path = folder / "texts" / lang / f"{stem}.toml"
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise LanguageError(f"texts/{lang}/{path.name} is not valid TOML: {error}") from error
    found: dict[str, Entry] = {}
    _flatten(stem, content, found, f"texts/{lang}/{path.name}")
    return found


def _flatten(prefix: str, table: Mapping[str, Any], into: dict[str, Entry], place: str) -> None:
    """Nested tables become dotted keys; tables of plural forms stay whole."""
    for name, value in table.items():
        key = f"{prefix}.{name}"
        if isinstance(value, str):
            into[key] = value
        elif isinstance(value, dict) and value and set(value) <= set(PLURAL_FORMS):
            if "other" not in value or not all(isinstance(form, str) for form in value.values()):
                raise LanguageError(f"{place}: {key} needs plural forms that are texts, and the form other")
            into[key] = value
        elif isinstance(value, dict):
            _flatten(key, value, into, place)
        else:
            raise LanguageError(f"{place}: {key} is neither a text nor a table of texts")


@cache
def _labels(folder: Path, dimension: str, lang: str) -> dict[str, str]:
    """The labels of a code list in a language, or its short names (`lang` is then `short`)."""
    path = folder / "codes" / f"{dimension}.csv"
    if not path.is_file():
        raise LanguageError(f"no code list codes/{dimension}.csv")
    column = lang if lang == "short" else f"label_{lang}"
    needed = ("code",) if column == "short" else ("code", column)
    return {row["code"].strip(): row[column].strip() for _, row in rows(path, needed) if row.get(column)}
