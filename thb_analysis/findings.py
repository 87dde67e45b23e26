"""What was noticed: one record a finding, worded from `catalogue/findings/*.toml` in either language.

A finding knows its code, its place and the particulars; severity, wording and advice are data.
"""

from __future__ import annotations

import csv
import io
import pickle
import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from string import Formatter
from typing import Any, NamedTuple

from thb_analysis.kept import kept

SEVERITIES = ("error", "warning", "info")
LANGUAGES = ("lv", "en")


class Finding(NamedTuple):
    """One thing noticed.

    `code` names an entry of one of `catalogue/findings/*.toml`.  `found` is what stood there (never personal data).
    `expected` and `hint` are particulars that need no translation: a sum, a code, a line to add to the catalogue.
    What stands before a bar in `hint` is worded apart, as {words}: words that nobody knows.
    """

    code: str
    file: str = ""
    sheet: str = ""
    cell: str = ""
    found: str = ""
    expected: str = ""
    hint: str = ""

    def __reduce__(self) -> tuple[type[Finding], tuple[str, ...]]:
        """For pickle: the general way takes several times as long."""
        return Finding, tuple(self)

    @property
    def severity(self) -> str:
        return str(wordings()[self.code]["severity"])

    def worded(self, lang: str) -> dict[str, str]:
        """The finding as a row of `processed/findings.csv` in the given language."""
        entry = wordings()[self.code]
        particulars = {
            "file": self.file,
            "sheet": self.sheet,
            "cell": self.cell,
            "found": self.found,
            "expected": self.expected,
            "hint": self.hint,
        }
        text, particulars = entry[lang], _named(entry[lang], particulars, lang)
        return {
            "severity": self.severity,
            "code": self.code,
            "source_file": self.file,
            "source_sheet": self.sheet,
            "source_cell": self.cell,
            "found": self.found,
            "expected": _fill(text["expected"], particulars),
            "message": _fill(text["message"], particulars),
            "suggestion": _fill(text["suggestion"], particulars),
        }


def pack(findings: Iterable[Finding]) -> bytes:
    """Findings, to be kept."""
    return pickle.dumps(list(map(tuple, findings)), protocol=5)


def unpack(content: bytes) -> list[Finding]:
    """Findings that were packed."""
    return [Finding(*fields) for fields in pickle.loads(content)]


FINDING_COLUMNS = (
    "severity",
    "code",
    "source_file",
    "source_sheet",
    "source_cell",
    "found",
    "expected",
    "message",
    "suggestion",
)


@cache
def wordings() -> dict[str, Any]:
    """Every code's severity and its wording in Latvian and English."""
    return kept("findings", _wordings)


def _wordings() -> dict[str, Any]:
    import tomllib
    from importlib import resources

    folder = resources.files("thb_analysis") / "catalogue" / "findings"
    merged: dict[str, Any] = {}
    for path in sorted(folder.iterdir(), key=lambda entry: entry.name):
        for code, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if code in merged:
                raise ValueError(f"{path.name}: the finding {code} is worded twice")
            merged[code] = entry
    return merged


def by_severity(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Findings of one file as `findings.csv` has them: the gravest first, then by place; each once."""
    return once_by_severity(dict.fromkeys(findings))


def once_by_severity(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """The same of findings of which none comes twice."""
    found: dict[str, list[Finding]] = {severity: [] for severity in SEVERITIES}
    for finding in findings:
        found[finding.severity].append(finding)
    for own in found.values():
        own.sort(key=lambda f: (f.sheet, _by_cell(f.cell), f.code, f.found))
    return {severity: own for severity, own in found.items() if own}


@lru_cache(maxsize=1 << 12)
def _by_cell(cell: str) -> tuple[int, int, str]:
    first = cell.split(":")[0]
    digits = "".join([c for c in first if c.isdigit()])
    return (int(digits or 0), len(first), first)


def csv_lines(findings: Iterable[Finding], lang: str) -> bytes:
    """Findings as lines of `findings.csv`."""
    lines = []
    for f in findings:
        start = _start(f.code, lang)
        if start:
            end = _end(f.code, lang, f.found, f.expected, f.hint)
            lines.append(f"{start},{_place(f.file, f.sheet)},{_field(f.cell)},{end}")
        else:
            lines.append(_row(f.worded(lang).values()))
    return "".join(lines).encode()


_WORDED = ("expected", "message", "suggestion")


@cache
def _start(code: str, lang: str) -> str:
    """What stands before the place in a line; nothing where the wording names the place."""
    text = wordings()[code][lang]
    named = {name for part in _WORDED for name, is_name in _pieces(text[part]) if is_name}
    told = {"found", "expected", "hint", "words"}
    return f"{wordings()[code]['severity']},{code}" if named <= told else ""


@lru_cache(maxsize=1 << 12)
def _end(code: str, lang: str, found: str, expected: str, hint: str) -> str:
    """What stands behind it: the same is found in many places."""
    text = wordings()[code][lang]
    particulars = _named(text, {"found": found, "expected": expected, "hint": hint}, lang)
    return _row([found, *[_fill(text[part], particulars) for part in _WORDED]])


@lru_cache(maxsize=1 << 6)
def _place(file: str, sheet: str) -> str:
    """The first fields of a place: many findings are about one sheet."""
    return f"{_field(file)},{_field(sheet)}"


@lru_cache(maxsize=1 << 12)
def _field(text: str) -> str:
    """One field of a line."""
    return _row([text, ""])[:-2]


def _row(fields: Iterable[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerow(fields)
    return out.getvalue()


BAR = " | "  #: in a hint, between words that are not known and what is near to the whole
_OPTIONAL = re.compile(r"<([^<>]*)>")


def _named(text: Mapping[str, Any], particulars: dict[str, str], lang: str) -> dict[str, str]:
    """Particulars in which tables, columns and codes have the names that people call them by."""
    return {**particulars, **{key: in_words(particulars[key], lang) for key in text.get("coded", ())}}


@lru_cache(maxsize=1 << 12)
def in_words(text: str, lang: str) -> str:
    """Tables, columns and codes in words: “victims: sex=F; age_group=_T” without what is not divided (`_T`)."""
    names = text.split(", ")
    if all(name in column_names()["lv"] for name in names):
        return ", ".join(column_names()[lang].get(name, name) for name in names)
    if text.islower() and not set(names) <= _tables(lang).keys():
        for labels in _labels(lang).values():
            if set(names) <= labels.keys():
                return ", ".join(labels[name] for name in names)
    if "=" in text:
        if not _CODED.fullmatch(text):  # what parts it from others is said even where it is the whole
            text = _WHOLE.sub("", text)
        text = _CODED.sub(lambda found: _labelled(found[1], found[2], lang), text)
    return _TABLE.sub(lambda found: _tables(lang).get(found[0], found[0]), text)


def _labelled(name: str, code: str, lang: str) -> str:
    """A code of a column, in words; as it stands where nobody knows the column."""
    if name == "year":
        return f"{code}. gads" if lang == "lv" else f"year {code}"
    labels = _labels(lang).get(name)
    if labels is None:
        return f"{name}={code}"
    return f"{column_names()[lang].get(name, name)}: {labels.get(code, code)}"


@cache
def _labels(lang: str) -> dict[str, dict[str, str]]:
    """What the codes of each column are called."""
    from thb_analysis.definitions import load_catalogue

    catalogue = load_catalogue()
    found: dict[str, dict[str, str]] = {}
    for table in catalogue.tables.values():
        for dimension in table.dimensions:
            members = catalogue.codes.get(dimension.codes, {})
            found.setdefault(dimension.name, {}).update(
                (code, member.label[lang]) for code, member in members.items() if member.label[lang]
            )
    return found


@cache
def _tables(lang: str) -> dict[str, str]:
    """What the tables are called, as a title."""
    from thb_analysis.definitions import load_catalogue

    return {table.id: f"“{table.label[lang]}”" for table in load_catalogue().tables.values()}


_CODED = re.compile(r"\b([a-z_]+)=([^\s;/,:()]+)")
_WHOLE = re.compile(r"(?:;\s[a-z_]+=_T(?=[;\s]|$)|(?<![a-z_])[a-z_]+=_T;\s)")
_TABLE = re.compile(r"(?:(?<=^)|(?<= / )|(?<=, )|(?<=\())[a-z_]+(?=:\s|$|\s/\s|,\s|\))")


@cache
def column_names() -> dict[str, dict[str, str]]:
    """By language what findings call the columns of the tables."""
    import tomllib
    from importlib import resources

    path = resources.files("thb_analysis") / "catalogue" / "columns.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _fill(template: str, particulars: dict[str, str]) -> str:
    """Replace {name}; a text that holds braces itself is not read again.  What stands in <> needs its particulars."""
    words, _, hint = particulars["hint"].rpartition(BAR)
    if "{words}" in template:
        particulars = {**particulars, "words": words, "hint": hint}
    pieces: list[str] = []
    for number, part in enumerate(_OPTIONAL.split(template)):
        filled = [(particulars[text], True) if named else (text, False) for text, named in _pieces(part)]
        if number % 2 == 0 or all(text for text, named in filled if named):
            for text, _ in filled:
                doubled = pieces and pieces[-1].endswith(".") and text.startswith(".")
                pieces.append(text[1:] if doubled else text)  # what was found may end with the full stop
    return "".join(pieces).strip()


@cache
def _pieces(template: str) -> tuple[tuple[str, bool], ...]:
    """A template as texts and names."""
    pieces: list[tuple[str, bool]] = []
    for literal, name, _, _ in Formatter().parse(template):
        pieces.append((literal, False))
        if name is not None:
            pieces.append((name, True))
    return tuple(pieces)
