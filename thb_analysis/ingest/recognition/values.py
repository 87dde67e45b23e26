"""What a figure's cell says: a number, a mark that stands for nothing, or a text that is kept and not guessed at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from thb_analysis.definitions import Catalogue, Table
from thb_analysis.ingest.cells import Cell
from thb_analysis.ingest.shown import is_faithful, rounded, shown
from thb_analysis.ingest.words.article_numbers import SUPERSCRIPTS
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.footnotes import mark_of
from thb_analysis.ingest.words.labels import Vocabulary

_PLAIN = re.compile(r"^\d+$")
_GROUPED = re.compile(r"^\d{1,3}(?: {1,2}\d{3})+(?:[.,]\d{1,2})?$")
_COMMA = re.compile(r"^\d+,\d{1,2}$")
_POINT = re.compile(r"^\d+\.\d{1,2}$")
_POINTS_COMMA = re.compile(r"^\d{1,3}(?:\.\d{3})+,\d{1,2}$")
_COMMAS_POINT = re.compile(r"^\d{1,3}(?:,\d{3})+\.\d{1,2}$")
_POINTS = re.compile(r"^\d{1,3}(?:\.\d{3}){2,}$")
_YEAR = re.compile(r"(?:19|20)\d\d\.?")
_EITHER = re.compile(r"^\d{1,3}[.,]\d{3}$")
_NUMBER = r"\d[\d .,]*"
#: What is like a number and is none: signs, ranges, bounds, percentages, a remark in brackets behind it.
_SHARED = re.compile(r"(?<=\d)\s*\(\s*\d{1,3}(?:[.,]\d+)?\s?%\s*\)$")  #: “5 (71 %)”
_LIKE = re.compile(
    rf"^[<>≤≥~±+\-]?\s*{_NUMBER}\s*(?:-\s*{_NUMBER})?\s*[%<>+]?\s*(?:\([^()]*\))?$|^{_NUMBER}/\s*{_NUMBER}$"
)
_NUMERIC = re.compile(r"[\d.-]")  #: what a number or a mark before its unit has at least one of
_IN_WORDS = re.compile(r"(\d{1,2})\s?\(([^()\d]+)\)")  #: “5 (five)”
_ORDINAL = re.compile(r"^\s*\d{1,2}[.)]\s+([^\W\d_])")
_FOOTNOTED = re.compile(r"^(?P<figure>.*\d)\s*(?P<mark>[⁰¹²³⁴⁵⁶⁷⁸⁹]+[⁾)]?|\*+\)?|[†‡]+|\s\d\))$")
_MARKS = tuple("*)⁾†‡⁰¹²³⁴⁵⁶⁷⁸⁹")  #: with what these marks end
_UNIT_FOOTNOTED = re.compile(r"^(?P<figure>.*[^\W\d_]|.*[€$£])\s*(?P<mark>\*+\)?|[†‡]+)$")

LONGEST_SHOWN = 8  #: characters that a format adds and a finding tells: what is longer may be anybody's name
TOO_MANY = 10_000_000  #: of anything that is counted: so large is the number of a case, or of a person


class Figure(NamedTuple):
    """What a figure's cell says.

    `status` is empty for a number, else the letter that says why there is none.  `problem` is the code of a
    finding, `expected` and `hint` its particulars.  `raw` is the text as a person reads it.
    """

    number: Decimal | None
    status: str
    raw: str
    problem: str = ""
    hint: str = ""
    mark: str = ""  #: a footnote's mark
    low: Decimal | None = None
    high: Decimal | None = None
    relative_to: int | None = None
    note: str = ""


@cache
def _marks(catalogue: Catalogue) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for status, texts in catalogue.words["marks"].items():
        for text in texts:
            found[fold(text)] = status
    return found


def mark_status(catalogue: Catalogue, text: str) -> str:
    """The letter of a mark that stands for nothing (Z, L), or "" if the text is none."""
    return _marks(catalogue).get(fold(text), "")


class _Units(NamedTuple):
    """Spellings of units, longest first, with the codes each may mean; which end and which begin with a letter."""

    spelled: tuple[tuple[str, frozenset[str]], ...]
    texts: tuple[str, ...]
    ending: Mapping[str, tuple[int, ...]]
    beginning: Mapping[str, tuple[int, ...]]


@cache
def _units(catalogue: Catalogue) -> _Units:
    codes: dict[str, set[str]] = {}
    for member in catalogue.codes["unit"].values():
        for text in member.spellings:
            codes.setdefault(fold(text), set()).add(member.code)
    spelled = sorted(codes, key=lambda text: (-len(text), text))
    ending: dict[str, tuple[int, ...]] = {}
    beginning: dict[str, tuple[int, ...]] = {}
    for number, text in enumerate(spelled):
        ending[text[-1]] = (*ending.get(text[-1], ()), number)
        beginning[text[0]] = (*beginning.get(text[0], ()), number)
    known = tuple((text, frozenset(codes[text])) for text in spelled)
    return _Units(known, tuple(spelled), ending, beginning)


def split_unit(catalogue: Catalogue, text: str) -> tuple[str, frozenset[str]]:
    """A figure's text without its unit, and the units that the word could mean."""
    spelled, texts, ending, beginning = _units(catalogue)
    plain = text.removesuffix(".")
    if not (plain.endswith(texts) or text.endswith(texts) or text.startswith(texts)):
        return text, frozenset()
    near = {*ending.get(plain[-1:], ()), *ending.get(text[-1:], ()), *beginning.get(text[:1], ())}
    for spelling, codes in [spelled[number] for number in sorted(near)]:
        for whole in (plain, text):
            if whole.endswith(spelling) and whole != spelling:
                rest = whole[: -len(spelling)].rstrip()
                if rest and (rest[-1].isdigit() or rest[-1] in ".-"):
                    return rest, codes
        if text.startswith(spelling):
            rest = text[len(spelling) :].lstrip()
            if (
                rest and (rest[0].isdigit() or rest == "-") and not _YEAR.fullmatch(rest)
            ):  # “offences 2023” is a title
                return rest, codes
    return text, frozenset()


def says_unit(words: Vocabulary, text: str) -> bool:
    """Whether a label has the unit of its table among its words."""
    units = words.catalogue.codes["unit"][words.table.unit].spellings
    return not set(re.findall(r"\w+|€", fold(text))).isdisjoint(map(fold, units))


def number_of(text: str) -> tuple[Decimal | None, str]:
    """A number as typed in Latvia, and the finding's code when two readings fit or none does."""
    if _PLAIN.match(text):
        return Decimal(text), ""
    if _GROUPED.match(text) or _COMMA.match(text):
        return Decimal(text.replace(" ", "").replace(",", ".")), ""
    if _POINTS_COMMA.match(text):
        return Decimal(text.replace(".", "").replace(",", ".")), ""
    if _COMMAS_POINT.match(text):
        return Decimal(text.replace(",", "")), ""
    if _POINTS.match(text):
        return Decimal(text.replace(".", "")), ""
    if _EITHER.match(text):
        return None, "number_ambiguous"
    if _POINT.match(text):
        return Decimal(text), ""
    return None, "number_as_text"


def looks_like_figure(catalogue: Catalogue, text: str) -> bool:
    """Whether a text stands where a number would: digits with signs, units, words of approximation."""
    if not _NUMERIC.search(folded := fold(text)):
        return folded in catalogue.words["numbers"]
    counted = _ORDINAL.match(text)
    if counted and counted.group(1).isupper():
        return False  # “1. Lietas” counts the headings, and is no figure with its unit
    plain, units, _ = _taken_apart(catalogue, text)
    if units and mark_status(catalogue, plain):
        return True
    if _LIKE.match(plain):
        return True
    if plain in catalogue.words["numbers"]:
        return True
    for word in catalogue.words["about"]:
        if plain.startswith(word + " ") and _LIKE.match(plain[len(word) :].strip()):
            return True
    return False


def read_figure(catalogue: Catalogue, table: Table, unit: str, cell: Cell) -> Figure:
    """What the cell says as a figure of the table; never raises, never guesses."""
    raw = cell.text.strip()
    if cell.kind == "":
        return Figure(None, "M", f"={cell.formula}", "formula_not_calculated")
    if cell.struck:
        return Figure(None, "M", raw, "value_struck")
    if cell.kind == "error":
        return Figure(None, "M", raw, "value_error")
    if cell.kind in ("date", "bool") or isinstance(cell.value, date):
        return Figure(None, "M", raw, "value_not_number")
    if table.values == "indicator":
        return _indicator(catalogue, cell)
    if cell.kind == "number":
        number = Decimal(cell.text)
        figure = _checked(table, number, raw, cell.number_format)
        if figure.problem or is_faithful(cell.number_format):
            return figure
        return _as_shown(catalogue, table, unit, figure, cell.number_format)
    return _typed_text(catalogue, table, unit, raw)


def _as_shown(catalogue: Catalogue, table: Table, unit: str, figure: Figure, code: str) -> Figure:
    """A stored number, unless its cell shows something else: that is what a person reads."""
    stored = figure.number
    if stored is None:
        return figure
    text = shown(code, stored)
    if text is None:
        return figure
    if stored == 0 and (not text or mark_status(catalogue, text) == "Z"):  # not one for what nobody collected
        return figure._replace(problem="zero_as_mark" if text else "zero_unseen", hint=text)
    read = _typed_text(catalogue, table, unit, text)
    if read.problem == "unit_differs":
        return read
    if read.number is not None and read.number == rounded(code, stored):
        return figure._replace(mark=read.mark)
    if read.problem == "number_ambiguous":
        return figure  # its decimals are the format's
    seen = f"{figure.raw} ({text})" if text and len(text) - len(figure.raw) < LONGEST_SHOWN else figure.raw
    return Figure(None, "M", seen, "shown_otherwise", note=seen)


@cache
def _pieces(catalogue: Catalogue) -> re.Pattern[str]:
    """Words behind a number that are the unit of anything counted: “2 pcs”."""
    return re.compile(
        rf"(?<=\d)\s*(?:{'|'.join(map(re.escape, catalogue.words['pieces']))})\.?\s*$", re.IGNORECASE
    )


def _typed_text(catalogue: Catalogue, table: Table, unit: str, raw: str) -> Figure:
    status = mark_status(catalogue, raw)
    if status:
        return Figure(None, status, raw)
    counted = _pieces(catalogue).sub("", raw) if table.values == "count" else raw
    plain, units, mark = _taken_apart(catalogue, counted)
    status = mark_status(catalogue, plain) if units else ""
    if status:
        return Figure(None, status, raw)
    if units and unit not in units:
        return Figure(None, "M", raw, "unit_differs", hint=unit, note=raw)
    number, problem = number_of(plain)
    if number is None:
        return _kept_text(catalogue, plain, raw, problem)
    figure = _checked(table, number, raw, "")
    return Figure(figure.number, figure.status, raw, figure.problem, figure.hint, mark)


def _taken_apart(catalogue: Catalogue, raw: str) -> tuple[str, frozenset[str], str]:
    """A figure's text without its unit and its footnote's mark, which may stand before the unit or behind it."""
    plain, mark, units = _without_words(catalogue, fold(raw)), "", frozenset[str]()
    for _ in range(2):
        marked = not mark and plain.endswith(_MARKS)
        noted = _FOOTNOTED.match(plain) if marked else None
        behind = _UNIT_FOOTNOTED.match(plain) if marked and not noted else None
        if noted:
            plain, mark = noted.group("figure").strip(), mark_of(noted.group("mark"))
        elif behind and split_unit(catalogue, behind.group("figure").strip())[1]:
            plain, mark = behind.group("figure").strip(), mark_of(behind.group("mark"))
        if not units:
            plain, units = split_unit(catalogue, plain)
        plain = plain.removesuffix(",-").removesuffix(".-")
    return plain, units, mark


@lru_cache(maxsize=20_000)
def amount(catalogue: Catalogue, text: str) -> Decimal | None:
    """The number that a text is, whatever it counts; None for any other."""
    plain = text.strip()
    if not plain or plain.isdecimal():
        return Decimal(plain) if plain else None
    return number_of(_taken_apart(catalogue, _pieces(catalogue).sub("", plain))[0])[0]


def _without_words(catalogue: Catalogue, plain: str) -> str:
    """A number without itself in words, or its share, in brackets behind it."""
    plain = _SHARED.sub("", plain) if plain.endswith(")") else plain
    found = _IN_WORDS.match(plain)
    same = found is not None and catalogue.words["numbers"].get(found[2].strip()) == int(found[1])
    return plain[: found.end(1)] + plain[found.end() :] if found and same else plain


def _kept_text(catalogue: Catalogue, plain: str, raw: str, problem: str) -> Figure:
    if problem == "number_ambiguous":
        joined = plain.replace(".", "").replace(",", "")
        return Figure(None, "M", raw, problem, hint=f"{joined} / {plain.replace('.', ',')}", note=raw)
    if re.match(r"^[<≤]\s*\d+$", plain):
        return Figure(None, "Q", raw, "number_as_text", note=raw)
    word = catalogue.words["numbers"].get(plain)
    return Figure(None, "M", raw, "number_as_text", hint="" if word is None else str(word), note=raw)


def _checked(table: Table, number: Decimal, raw: str, number_format: str) -> Figure:
    if number < 0:
        return Figure(None, "M", raw, "number_negative", note=raw)
    if table.values == "count":
        if "%" in number_format:
            return Figure(None, "M", raw, "number_percent", note=raw)
        if number != number.to_integral_value():
            return Figure(None, "M", raw, "number_fraction", note=raw)
        if number >= TOO_MANY:
            return Figure(None, "M", raw, "number_too_large", note=raw)
        return Figure(number.quantize(Decimal(1)), "", raw)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -2:
        return Figure(None, "M", raw, "number_fraction", note=raw)
    return Figure(number, "", raw)


def _indicator(catalogue: Catalogue, cell: Cell) -> Figure:
    """An indicator's cell: a number, a share, a range with an open end, or a change against a named year."""
    raw = cell.text.strip()
    status = mark_status(catalogue, raw)
    if status:
        return Figure(None, status, raw)
    if cell.kind == "number":
        return Figure(Decimal(cell.text), "", raw)
    plain = fold(raw)
    behind = re.search(r"\(([^()]*)\)\s*$", plain)
    relative = None
    if behind:
        years = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", behind.group(1))
        relative = int(years[0]) if len(years) == 1 else None
        plain = plain[: behind.start()].strip()
    between = re.match(rf"^({_NUMBER}?)\s*-\s*({_NUMBER}?)\s*(>?)$", plain)
    if between:
        low, high = number_of(between.group(1).strip())[0], number_of(between.group(2).strip())[0]
        if low is not None and high is not None:
            return Figure(None, "", raw, low=low, high=None if between.group(3) else high)
    number = number_of(plain.removeprefix("+").removesuffix("%").strip())[0]
    if number is not None:
        return Figure(number, "", raw, relative_to=relative)
    return Figure(None, "M", raw, "number_as_text", note=raw)


def plain_digits(text: str) -> str:
    """Superscript digits as plain ones."""
    return text.translate(SUPERSCRIPTS)


def count_of(catalogue: Catalogue, text: str) -> int | None:
    """The count that a text is; a mark for nothing counts as none."""
    text = text.strip()
    if text.isdecimal():
        return int(text)
    return 0 if mark_status(catalogue, text) == "Z" else None
