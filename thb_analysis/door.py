"""The researcher's door: tables as plain DataFrames, a trend, a chart, and the way back to a cell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thb_analysis.definitions import TOTAL, Catalogue, Table, load_catalogue
from thb_analysis.language import Language, LanguageError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

PROCESSED = "processed"
MOST_SHOWN = 20
WHENCE = ("year from file", "year from sheet")  #: in the evidence, where no heading tells the year
ROLES = ("title", "column", "row", "year", "record", "sentence", "form")  #: of what the evidence names


def tables(lang: str = "en", catalogue: Catalogue | None = None) -> pd.DataFrame:
    """Which tidy tables there are: id, label, meaning, unit, dimensions."""
    import pandas as pd

    known = catalogue or load_catalogue()
    return pd.DataFrame(
        {
            "table": table.id,
            "label": table.label[lang],
            "meaning": table.meaning[lang],
            "unit": table.unit,
            "dimensions": ", ".join(table.dimension_names),
        }
        for table in known.tables.values()
    )


def load(table: str, processed: str | Path = PROCESSED) -> pd.DataFrame:
    """A tidy table as a plain DataFrame, with its evidence in the last columns.

    Columns: `year` (Int64, missing for a published total over several years), the dimensions as codes, `value`
    (float, missing where there is no number, then `obs_status` says why), `unit`, `obs_status`, `institution`,
    `source_file`, `source_sheet`, `source_cell`, `note`.
    Raises KeyError for a name that is no table, FileNotFoundError where nothing has been ingested yet.
    """
    from thb_analysis.tidy.store import load as read

    _table(table)
    return read(table, Path(processed))


def trend(
    table: str | pd.DataFrame,
    by: tuple[str, ...] = ("article",),
    processed: str | Path = PROCESSED,
    **where: Any,
) -> pd.DataFrame:
    """Counts by year with exact intervals, the difference to the year before and what it is worth.

    `table` is a name or a frame as `load` gives it; `where` picks codes, such as `article="154.1"`.
    See `thb_analysis.analysis.trends.trend` for the columns and the methods.
    """
    from thb_analysis.analysis.trends import trend as compute

    return compute(_picked(table, processed, where), by=by)


def trend_chart(
    table: str | pd.DataFrame,
    by: tuple[str, ...] = ("article",),
    lang: str = "lv",
    processed: str | Path = PROCESSED,
    **where: Any,
) -> Figure:
    """The trend as small multiples on one scale: a matplotlib Figure, with its alt text as `.alt`."""
    from thb_analysis.charts.trends import trend_panels
    from thb_analysis.language import Language

    subject = load_catalogue().tables[table].label[lang] if isinstance(table, str) else ""
    return trend_panels(trend(table, by, processed, **where), Language(lang), subject)


def justice_chain(first_year: int, year: int, processed: str | Path = PROCESSED) -> pd.DataFrame:
    """Stages of the justice chain by year and article, each with its unit: never a funnel, never a rate."""
    import pandas as pd

    from thb_analysis.analysis.justice_chain import stages

    catalogue = load_catalogue()
    frames = {
        name: load(name, processed) for name, table in load_catalogue().tables.items() if _has_article(table)
    }
    articles = pd.DataFrame({"code": m.code, "group": m.group} for m in catalogue.codes["article"].values())
    return stages(frames, articles, first_year, year)


def _has_article(table: Table) -> bool:
    return "article" in table.dimension_names


def _picked(table: str | pd.DataFrame, processed: str | Path, where: dict[str, Any]) -> pd.DataFrame:
    frame = load(table, processed) if isinstance(table, str) else table
    for name, value in where.items():
        if name not in frame:
            raise KeyError(f"there is no column {name}; there are {', '.join(map(str, frame.columns))}")
        frame = frame[frame[name].astype(str) == str(value)]
    return frame


def _table(name: str, catalogue: Catalogue | None = None) -> Table:
    known = (catalogue or load_catalogue()).tables
    if name not in known:
        raise KeyError(f"there is no table {name}; there are {', '.join(known)}")
    return known[name]


# explain -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Saying:
    """What one workbook says of a figure."""

    value: str
    status: str
    file: str
    sheet: str
    cell: str
    text: str
    headings: str
    stands: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """The way back from a figure: its key, and every workbook that says something of it, the standing one first."""

    table: str
    key: str
    unit: str
    sayings: tuple[Saying, ...]

    def __str__(self) -> str:
        return self.told(Language("en"))

    def told(self, words: Language) -> str:
        """The whole way in lines, in a language."""
        return "\n".join(
            [
                f"{self.table}: {self.key}",
                *(line for each in self.sayings for line in self._lines(each, words)),
            ]
        )

    def _lines(self, saying: Saying, words: Language) -> list[str]:
        status = saying.status
        if saying.value:
            value = words.text("explain.figure", value=saying.value, unit=_label(words, "unit", self.unit))
        else:
            value = words.text("explain.none")
        said = {"value": value, "status": status, "meaning": _label(words, "obs_status", status)}
        lead = words.text("explain.stands" if saying.stands else "explain.also", **said)
        where = {"file": saying.file, "sheet": saying.sheet, "cell": saying.cell, "text": saying.text}
        headings = (_heading(heading, words) for heading in saying.headings.split("; ") if heading)
        return [
            f"  {lead}",
            f"    {words.text('explain.place', **where)}",
            *(f"    {each}" for each in headings),
        ]


def _label(words: Language, dimension: str, code: str) -> str:
    """What a code is called; itself where only another catalogue has it."""
    try:
        return words.label(dimension, code)
    except LanguageError:
        return code


def _heading(heading: str, words: Language) -> str:
    """A heading of the evidence, its role in a language; a cell of a record has none."""
    if heading in WHENCE:
        return words.text(f"explain.{heading.replace(' ', '_')}")
    role, space, rest = heading.partition(" ")
    return f"{words.text(f'explain.role.{role}')} {rest}" if role in ROLES and space else heading


def explain(
    table: str, processed: str | Path = PROCESSED, catalogue: Catalogue | None = None, **key: Any
) -> Explanations:
    """Where a figure came from: its cell, the headings that gave it its meaning, and what other workbooks said.

    `key` picks the figure, such as `year=2023, article="154.1"`; dimensions left out are taken as total where
    the table has that row, else every figure that fits is explained.
    Raises KeyError for a column that the table lacks, LookupError where no figure fits.
    """
    from thb_analysis.tidy.evidence import told_of
    from thb_analysis.tidy.store import rows_of

    definition = _table(table, catalogue)
    unknown = set(key) - set(definition.key_columns) - {"institution"}
    if unknown:
        raise KeyError(
            f"{table} has no {', '.join(sorted(unknown))}; it has {', '.join(definition.key_columns)}"
        )
    rows = rows_of(Path(processed) / f"{table}.csv")
    fitting = [row for row in rows if all(row[name] == str(value) for name, value in key.items())]
    plain = [
        row
        for row in fitting
        if all(_is_default(definition, row, name, key) for name in definition.key_columns)
    ]
    chosen = plain or fitting
    if not chosen:
        told = ", ".join(f"{name}={value}" for name, value in key.items())
        raise LookupError(f"{table} has no figure with {told}")
    said = told_of(Path(processed), definition, chosen)
    return Explanations(tuple(_explained(definition, row, said) for row in chosen))


class Explanations(tuple[Explanation, ...]):
    """One or more explanations; printed one under the other."""

    __slots__ = ()

    def __new__(cls, items: tuple[Explanation, ...]) -> Explanations:
        return super().__new__(cls, items)

    def __str__(self) -> str:
        return self.told(Language("en"))

    def told(self, words: Language) -> str:
        """The first of them, and how many more there are, in a language."""
        rest = len(self) - MOST_SHOWN
        more = [words.text("explain.more", n=rest)] if rest > 0 else []
        return "\n".join([*(item.told(words) for item in self[:MOST_SHOWN]), *more])

    __repr__ = __str__


def _is_default(table: Table, row: dict[str, str], name: str, key: dict[str, Any]) -> bool:
    if name in key or name in ("year", "institution"):
        return True
    dimension = table.dimension(name)
    return row[name] == (dimension.default or TOTAL)


def _explained(table: Table, row: dict[str, str], said: dict[str, list[dict[str, str]]]) -> Explanation:
    from thb_analysis.tidy.evidence import key_of_row

    key = key_of_row(row, table)
    ordered = sorted(
        said[key], key=lambda e: (e["stands"] != "yes", -int(e["vintage"] or 0), e["source_file"])
    )
    sayings = [
        Saying(
            value=entry["value"],
            status=entry["obs_status"],
            file=entry["source_file"],
            sheet=entry["source_sheet"],
            cell=entry["source_cell"],
            text=entry["text"],
            headings=entry["headings"],
            stands=entry["stands"] == "yes",
        )
        for entry in ordered
    ]
    if not sayings:
        sayings = [
            Saying(
                row.get("value", row.get("status", "")),
                row["obs_status"],
                row["source_file"],
                row["source_sheet"],
                row["source_cell"],
                row.get("value", "") or row["note"],
                "",
                True,
            )
        ]
    return Explanation(table.id, key.replace(";", ", "), row["unit"], tuple(sayings))
