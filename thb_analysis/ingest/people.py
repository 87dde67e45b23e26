"""Personal data: found by its form, so that it can be taken out before anything else sees it.

Forms: Latvian personal codes (old and new), e-mail addresses, phone numbers, dates of birth beside names.
Letterheads hold office phones and addresses too; those are found as well, since no form tells them apart.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache, lru_cache, partial
from importlib import resources
from unicodedata import category, digit, is_normalized, normalize

REDACTED = "■"  #: stands where personal data stood
SHORT = 200  #: characters of a text that is remembered
CODE, EMAIL, PHONE, BIRTH = "personal_code", "personal_email", "personal_phone", "personal_birth"


def personal(text: str, year: int | None = None) -> str | None:
    """The gravest kind of personal data that the text holds (also the code of its finding), or None.

    `year` is the one that the workbook is about: a date of that year or later beside a name is when somebody
    signed, unless a word says that it is a date of birth.
    """
    text = seen(text)
    if suspicious().search(text) is None:
        return None
    return next((kind for kind, _ in _found(text, year)), None)


def seen(text: str) -> str:
    """The text as a person sees it: letters with their marks, no characters that take no room, and plain digits."""
    if text.isascii():
        return text
    text = text if is_normalized("NFC", text) else normalize("NFC", text)
    if _UNSEEN.search(text) is None:
        return text
    return "".join(
        str(digit(character)) if character.isdecimal() else character
        for character in text
        if category(character) != "Cf"
    )


def masked(text: str) -> str:
    """The text with whatever is personal in it replaced by REDACTED."""
    return _short_masked(text) if len(text) < SHORT else _masked(text)


def _masked(text: str) -> str:
    plain = seen(text)
    while found := _found(plain):
        text = plain
        for start, end in sorted((span for _, span in found), reverse=True):
            text = text[:start] + REDACTED + text[end:]
        plain = text
    return text


_short_masked = lru_cache(maxsize=1_000)(_masked)  # sheets of many workbooks have the same names


def is_personal_number(value: int) -> bool:
    """Whether a number typed without its hyphen is a personal code; the leading zero may be lost."""
    digits = f"{value:011}"
    return 10**9 <= value < 10**11 and _is_code(digits[:6], digits[6:], hyphen=False)


def is_name(text: str) -> bool:
    """Whether the text reads as a person's name and nothing else: two or three capitalised words."""
    return _NAME_ONLY.fullmatch(text.strip()) is not None and _capitalised(text.split())


def is_birth_heading(text: str) -> bool:
    """Whether the text asks for a date of birth."""
    return len(text) < 60 and _birth_word().search(text) is not None


def names_unit(text: str) -> bool:
    """Whether a heading names what its amounts are counted in, and holds no number itself."""
    return len(text) < 60 and not _digits(text) and _unit().search(text) is not None


def asks_births(texts: Iterable[str]) -> bool:
    """Whether any of many texts may ask for a date of birth: a cheap first look."""
    return _birth_word_anywhere().search("\0".join(texts)) is not None


def may_be_birth(text: str) -> bool:
    """Whether a number can be a date of birth where one is asked for: its digits in a row, or a count of days."""
    return _BORN.fullmatch(text.strip()) is not None


def is_phone_heading(text: str) -> bool:
    """Whether the text asks for a phone number."""
    return len(text) < 60 and _phone_word().search(text) is not None


def is_date(text: str, year: int | None = None) -> bool:
    """Whether the text is a full date, before a year if one is given, and nothing else."""
    return _date().fullmatch(text.strip()) is not None and not _is_since(text, year)


def _is_since(date: str, year: int | None) -> bool:
    """Whether a date is of a year or later; one with two digits for its year, of that year or the next."""
    if year is None:
        return False
    found, short = _YEAR.search(date), _SHORT_YEAR.search(date)
    if found is None:
        return short is not None and int(short[0]) in (year % 100, (year + 1) % 100)
    return int(found[0]) >= year


def _found(text: str, year: int | None = None) -> list[tuple[str, tuple[int, int]]]:
    """Kind and place of everything personal in the text, by gravity; places do not overlap."""
    found: list[tuple[str, tuple[int, int]]] = []
    births = partial(_births, year=year)
    for kind, search in ((CODE, _codes), (BIRTH, births), (EMAIL, _emails), (PHONE, _phones)):
        for start, end in search(text):
            if all(end <= other[0] or start >= other[1] for _, other in found):
                found.append((kind, (start, end)))
    return found


def _codes(text: str) -> list[tuple[int, int]]:
    return [
        match.span()
        for match in _CODE.finditer(text)
        if _is_code(match[1].replace(".", ""), match[3], hyphen=_HYPHEN.search(match[2]) is not None)
    ]


def _is_code(first: str, last: str, hyphen: bool) -> bool:
    """A new code begins with 32; an old one with a date of birth, and then the century as 0, 1 or 2."""
    if first.startswith("32"):
        return True
    return 1 <= int(first[:2]) <= 31 and 1 <= int(first[2:4]) <= 12 and (hyphen or last[0] in "012")


def _emails(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _EMAIL.finditer(text)] if _AT.search(text) else []


def _phones(text: str) -> list[tuple[int, int]]:
    places = [match.span() for match in _PREFIXED.finditer(text) if 9 <= _digits(match[0]) <= 15]
    for match in _EIGHT.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        if _unit_before().search(before) or _unit_after().match(after):
            continue
        named = _phone_word().search(before) is not None
        if named or (match[0][0] in "26" and not _reads_otherwise(match[0])):
            places.append(match.span())
    return places


def _reads_otherwise(number: str) -> bool:
    """Whether eight digits that nothing names a phone are rather two years or a date."""
    groups = _SPACE.split(number)
    sizes = [len(group) for group in groups]
    if sizes == [4, 2, 2]:
        return True
    if sizes == [4, 4]:
        return all(_YEAR.fullmatch(group) for group in groups)
    return sizes == [8] and _COMPACT_DATE.fullmatch(number) is not None


def _births(text: str, year: int | None = None) -> list[tuple[int, int]]:
    places = []
    for match in _date().finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        words = _WORD.findall(before)[-3:]
        named = _NAME_BEFORE.search(before) is not None and _capitalised(words[-2:])
        named = named and not _is_since(match[0], year)
        if named or _birth_word().search(before) or _birth_word_after().match(after):
            places.append(match.span())
    return places


def _capitalised(words: list[str]) -> bool:
    parts = [part for word in words for part in word.split("-")]
    return len(words) > 1 and (all(map(str.istitle, parts)) or all(map(str.isupper, parts)))


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text)


@cache
def _words(kind: str) -> str:
    """The catalogue's words of a kind as one alternative of a regular expression."""
    path = resources.files("thb_analysis") / "catalogue" / "people.toml"
    words = tomllib.loads(path.read_text(encoding="utf-8"))[kind]
    return "|".join(
        re.escape(word.removesuffix("*")) + (r"\w*\.?" if word.endswith("*") else "") for word in words
    )


@cache
def suspicious() -> re.Pattern[str]:
    """A cheap first look, good for many texts at once (parted by what is no blank).

    Nothing personal is without one of an @ or what stands for it, eight digits in a row or nearly so, a date in
    figures or with the month in words.  One set of first characters for all of them: the search then skips over
    everything else at full speed.
    """
    return re.compile(
        rf"[0-9@(\[](?:(?<=@)|(?<=[(\[])at[)\]]|[{_BLANK}{_DASH}]?(?:[0-9][{_BLANK}()/_{_DASH}]*){{6}}[0-9]"
        r"|[./-] ?[0-9][0-9]?[./-] ?[0-9]"
        rf"|[0-9]{{5}}[{_BLANK}]?[{_DASH}]?\n[0-9]{{5}}"
        r"|(?<=[0-9])[0-9]{3}\.?\s*[^\W\d]+\.?\s*[0-9][0-9]?\.\s*[^\W\d]"
        rf"|\.?\s*(?:{_words('months')}),?\s+(?:19|20)[0-9][0-9])",
        re.IGNORECASE,
    )


@cache
def _date() -> re.Pattern[str]:
    return re.compile(_DATE.replace("MONTH", _words("months")), re.IGNORECASE)


@cache
def _birth_word() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_words('birth')})(?!\w)[^\d\n]{{0,25}}$", re.IGNORECASE)


@cache
def _birth_word_anywhere() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_words('birth')})(?!\w)", re.IGNORECASE)


@cache
def _birth_word_after() -> re.Pattern[str]:
    return re.compile(rf"[\s(,]{{0,3}}(?:{_words('birth')})(?!\w)", re.IGNORECASE)


@cache
def _phone_word() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_words('phone')})[\s.:(№-]{{0,6}}$", re.IGNORECASE)


@cache
def _unit() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_words('units')})(?!\w)", re.IGNORECASE)


@cache
def _unit_before() -> re.Pattern[str]:
    return re.compile(rf"(?:(?<!\w)(?:{_words('units')})[\s:]{{0,3}}|\d[.,])$", re.IGNORECASE)


@cache
def _unit_after() -> re.Pattern[str]:
    return re.compile(rf"(?:[.,]\d|\s{{0,3}}(?:{_words('units')})(?!\w))", re.IGNORECASE)


_DASH = r"\-‐‑‒–—−"
_BLANK = " \u00a0\u2007\u2009\u202f"
_SPACE = re.compile(f"[{_BLANK}{_DASH}]")
_CODE = re.compile(
    rf"(?<!\d)(\d{{6}}|\d\d\.\d\d\.\d\d)([{_BLANK}\n]?[{_DASH}/_]?[{_BLANK}\n]?)(\d{{5}})(?!\d)"
)
_HYPHEN = re.compile(f"[{_DASH}]")
_AT = re.compile(r"@|[(\[]at[)\]]", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]+ ?(?:@|[(\[]at[)\]]) ?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
#: What nobody sees in a text (soft hyphens, marks of direction, joiners), and digits of other writings.  Ranges wide
#: enough to be one set of characters, which the search skips through at full speed: what else is in them is left alone.
_UNSEEN = re.compile("[\xad\u0600-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3000-\U0010ffff]")
_PREFIXED = re.compile(rf"(?<![\d+])(?:\+|00(?=371))\d[\d{_BLANK}()/{_DASH}]{{6,18}}\d(?![\d])")
_EIGHT = re.compile(rf"(?<![\w.,{_DASH}])\d(?:[{_BLANK}{_DASH}]?\d){{7}}(?![{_BLANK}]?\d|[\w{_DASH}])")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SHORT_YEAR = re.compile(r"\d\d$")
_COMPACT_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
#: 19850312, 12031985, 120385, and a count of days such as 31118, that of the same day.
_BORN = re.compile(
    r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:(?:19|20)?\d\d)|[1-4]\d{4}"
)
_DATE = (
    r"(?<!\d)(?<!\d[./-])(?:"
    r"(?:0?[1-9]|[12]\d|3[01])(?:\. ?|[/-])(?:0?[1-9]|1[0-2])(?:\. ?|[/-])(?:19|20)\d\d(?!\d)"
    r"|(?:0?[1-9]|[12]\d|3[01])(?:\. ?|[/-])(?:0?[1-9]|1[0-2])(?:\. ?|[/-])\d\d(?!\d|[.,/-]\d)"
    r"|(?:19|20)\d\d(?:-|\. ?|/)(?:0?[1-9]|1[0-2])(?:-|\. ?|/)(?:0?[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?:19|20)\d\d\.?\s*[^\W\d]+\.?\s*\d{1,2}\.\s*[^\W\d]+"
    r"|(?:0?[1-9]|[12]\d|3[01])\.?\s*(?:MONTH),?\s+(?:19|20)\d\d(?!\d))"
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")
_NAME_BEFORE = re.compile(
    r"(?:[^\W\d_]{2,}\s+|(?<!\w)[^\W\d_]\.\s?)[^\W\d_]{2,}(?:-[^\W\d_]+)?\s*[,(–-]?\s*$"
)
_NAME_ONLY = re.compile(r"[^\W\d_]{2,}(?:\s+[^\W\d_]{2,}(?:-[^\W\d_]{2,})?){1,2}")
