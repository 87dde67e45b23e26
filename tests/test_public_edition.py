"""The public edition gives nobody away: an attacker reads the page, its pictures, their data and their words."""

from __future__ import annotations

import base64
import csv
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from scipy.optimize import LinearConstraint, milp

from thb_analysis.cli import main
from thb_analysis.job import IngestSummary
from thb_analysis.language import Language
from thb_analysis.publish.edition import Edition
from thb_analysis.publish.overview import Overview, read_tables

Shipped = tuple[Path, IngestSummary]
DIMENSIONS = ("registered_by", "sex", "age_group", "citizenship", "exploitation_form", "place")
LANGUAGES = ("lv", "en")
SIGN = ":"


class Tables(HTMLParser):
    """Own reading of a page: tables as rows of texts, pictures as their texts, and all words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.alts: list[str] = []
        self.drawings: list[str] = []
        self.titles: list[str] = []
        self.words: list[str] = []
        self._rows: list[list[str]] | None = None
        self._in_cell = self._in_style = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._in_style = tag == "style"
        if given.get("title"):
            self.titles.append(str(given["title"]))
        if tag == "table":
            self._rows = self.tables.setdefault(str(given.get("id")), [])
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])
        elif tag in ("td", "th") and self._rows:
            self._rows[-1].append("")
            self._in_cell = True
        elif tag == "img":
            self.alts.append(str(given["alt"]))
            self.drawings.append(base64.b64decode(str(given["src"]).partition(",")[2]).decode("utf-8"))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._in_cell = False
        elif tag == "table":
            self._rows = None

    def handle_data(self, data: str) -> None:
        if not self._in_style:
            self.words.append(data)
        if self._in_cell and self._rows:
            self._rows[-1][-1] += data


@pytest.fixture(scope="module")
def editions(shipped: Shipped, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The public edition in both languages: the folder of pages and that of figures."""
    folder = tmp_path_factory.mktemp("public")
    for lang in LANGUAGES:
        made = publish(shipped[0], folder, lang)
        assert made == [folder / "reports" / "2023" / f"overview.public.{lang}.html"]
    return {"reports": folder / "reports" / "2023", "figures": folder / "figures" / "2023"}


def publish(processed: Path, folder: Path, lang: str, **more: Any) -> list[Path]:
    options = {"edition": "public", "registry": folder / "none.csv", **more}
    overview = Overview.open(processed, 2023, 2017, lang, folder / "figures", **options)
    overview.all_sections()
    return overview.publish(folder / "reports")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def truth(processed: Path) -> dict[tuple[int, str, str], int]:
    """Figures of victims identified by one attribute; of crossed ones the sums, where they are complete."""
    found: dict[tuple[int, str, str], int] = {}
    crossed: dict[tuple[int, str, str], int] = {}
    for row in rows(processed / "victims.csv"):
        parts = [d for d in DIMENSIONS if row[d] != "_T"]
        if row["identification"] != "identified" or not row["value"]:
            continue
        for part in parts:
            key = (int(row["year"]), part, row[part])
            if len(parts) == 1:
                found[key] = int(row["value"])
            elif set(parts) == {"sex", "age_group"}:
                crossed[key] = crossed.get(key, 0) + int(row["value"])
    totals = {(2017, 20), (2020, 48)}
    assert totals <= {
        (int(r["year"]), int(r["value"])) for r in rows(processed / "victims.csv") if r["value"]
    }
    return {**crossed, **found} | {(2020, "age_group", "adult"): 46}


def told(page: Tables, lang: str) -> dict[tuple[int, str, str], str]:
    """What the page's tables of victims by one attribute say, by code."""
    language = Language(lang)
    found: dict[tuple[int, str, str], str] = {}
    for dimension in DIMENSIONS:
        table = page.tables.get(
            "victims-registered-by" if dimension == "registered_by" else f"victims-{dimension}", []
        )
        names = {language.label(dimension, code).lower(): code for code in language.codes(dimension)}
        for row in table[1:]:
            for year, cell in zip(table[0][1:], row[1:], strict=True):
                if row[0].lower() in names:
                    found[int(year), dimension, names[row[0].lower()]] = cell.strip()
    return found


def bounds(parts: dict[str, str], total: int, code: str) -> tuple[int, int]:
    """Least and greatest value of a hidden part, from what is shown and the total: an integer programme."""
    names = list(parts)
    fixed = [int(parts[name]) if parts[name].isdigit() else None for name in names]
    ends = []
    for sign in (1, -1):
        solved = milp(
            [sign * (name == code) for name in names],
            integrality=[1] * len(names),
            constraints=[
                LinearConstraint([[1] * len(names)], total, total),
                LinearConstraint(
                    [[name == other for other in names] for name in names],
                    [0 if value is None else value for value in fixed],
                    [total if value is None else value for value in fixed],
                ),
            ],
        )
        ends.append(round(sign * solved.fun))
    return ends[0], ends[1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_attacker_finds_nobody_on_the_page(shipped: Shipped, editions: dict[str, Path], lang: str) -> None:
    page = Tables((editions["reports"] / f"overview.public.{lang}.html").read_text(encoding="utf-8"))
    known = truth(shipped[0])
    public = told(page, lang)
    hidden = {key for key, cell in public.items() if cell == SIGN}
    assert {(2020, "exploitation_form", "sham_marriage"), (2021, "exploitation_form", "sexual")} <= hidden
    assert all(public[key] == SIGN for key, value in known.items() if key in public and 0 < value < 3)
    years = page.tables["victims-by-year"]
    totals = dict(zip(map(int, years[0][1:]), map(int, years[1][1:]), strict=True))
    for year, dimension, code in hidden:
        parts = {c: cell for (y, d, c), cell in public.items() if (y, d) == (year, dimension)}
        parts = {c: cell for c, cell in parts.items() if cell == SIGN or cell.isdigit()}
        low, high = bounds(parts, totals[year], code)
        assert low <= known.get((year, dimension, code), low) <= high
        assert high - low >= 3, (year, dimension, code, low, high)


def test_the_attacker_would_see_a_figure(editions: dict[str, Path]) -> None:
    """Had only the small figure been hidden, subtraction would give it."""
    assert bounds({"labour": "37", "sexual": "10", "sham_marriage": SIGN}, 48, "sham_marriage") == (1, 1)


def words_of(folder: dict[str, Path], lang: str) -> Iterator[tuple[str, str]]:
    """Every text of the edition in which a figure could stand, with where it was found."""
    page = Tables((folder["reports"] / f"overview.public.{lang}.html").read_text(encoding="utf-8"))
    yield "page", " ".join(page.words)
    yield "titles", " ".join(page.titles)
    for alt in page.alts:
        yield "alt", alt
    for drawing in page.drawings:
        yield "drawing", " ".join(re.findall(r"<(?:title|desc|text)[^>]*>([^<]*)", drawing))
    for path in sorted(folder["figures"].glob(f"*.public.{lang}.*")):
        if path.suffix != ".png":
            text = path.read_text(encoding="utf-8")
            found = (
                re.findall(r"<(?:title|desc|text)[^>]*>([^<]*)", text) if path.suffix == ".svg" else [text]
            )
            yield path.name, " ".join(found)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_words_and_no_picture_tell_a_hidden_figure(
    shipped: Shipped, editions: dict[str, Path], lang: str
) -> None:
    """Near the name of a hidden part, or of another publisher's, no text has its figure; none names a place."""
    language = Language(lang)
    names = {
        language.label(dimension, code).lower(): value
        for (year, dimension, code), value in truth(shipped[0]).items()
        if (year, dimension, code)
        in {
            (2020, "exploitation_form", "sham_marriage"),
            (2020, "age_group", "child"),
            (2017, "citizenship", "foreign"),
        }
    }
    seen = 0
    for place, text in words_of(editions, lang):
        seen += 1
        for name, value in names.items():
            for found in re.finditer(re.escape(name), text.lower()):
                near = text[found.end() : found.end() + 12]
                assert not re.match(rf"\s*[:,–(]?\s*{value}\b", near), (place, name, near)
        assert "IeM_upuri" not in text and "Notiesātie" not in text, place
    assert seen > 10


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_data_of_every_chart_are_those_of_the_public_tables(
    shipped: Shipped, editions: dict[str, Path], lang: str
) -> None:
    """Charts of persons have no place of a figure in their data, and no figure by attribute that is not public."""
    paths = sorted(editions["figures"].glob(f"*.public.{lang}.csv"))
    assert {path.name.partition(".")[0] for path in paths} >= {
        "victims",
        "persons_convicted",
        "rehabilitation_clients",
    }
    for path in paths:
        for row in rows(path):
            about_persons = path.name.split(".")[0] in (
                "victims",
                "persons_convicted",
                "rehabilitation_clients",
            )
            assert not about_persons or not any(
                row[c] for c in ("source_file", "source_sheet", "source_cell")
            )
            assert all(row.get(d, "_T") == "_T" for d in DIMENSIONS)


def test_internal_words_do_not_reach_the_public_edition(shipped: Shipped, tmp_path: Path) -> None:
    """Paragraphs are read from a file of the edition's own; findings and revisions of persons stay inside."""
    folder = tmp_path / "reports" / "2023"
    folder.mkdir(parents=True)
    for name, text in (("comments.lv.md", "IEKŠĒJS vārds"), ("comments.public.lv.md", "PUBLISKS vārds")):
        (folder / name).write_text(f"## victims\n\n{text}\n", encoding="utf-8", newline="")
    publish(shipped[0], tmp_path, "lv", comments=tmp_path / "reports")
    page = (folder / "overview.public.lv.html").read_text(encoding="utf-8")
    assert "PUBLISKS vārds" in page and "IEKŠĒJS" not in page
    assert Language("lv").text("edition.revisions") in page
    assert 'id="findings"' not in page


def test_every_number_still_leads_to_a_row_of_the_annex(editions: dict[str, Path]) -> None:
    text = (editions["reports"] / "overview.public.en.html").read_text(encoding="utf-8")
    ids = set(re.findall(r'\bid="([^"]+)"', text))
    links = set(re.findall(r'href="#([^"]+)"', text))
    assert links <= ids and "src-victims" in links
    assert "not received" not in re.findall(r"Persons convicted \(persons\)</th>(.*?)</tr>", text)[0]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_heading_and_no_table_stands_over_nothing(editions: dict[str, Path], lang: str) -> None:
    """What is hidden as a whole takes its heading with it."""
    text = (editions["reports"] / f"overview.public.{lang}.html").read_text(encoding="utf-8")
    text = re.sub(r"<style.*?</style>", "", text, flags=re.DOTALL)
    levels, bodies = zip(
        *re.findall(r"<h([1-4])\b.*?</h\1>(.*?)(?=<h[1-4]\b|\Z)", text, re.DOTALL), strict=True
    )
    following = (*map(int, levels[1:]), 0)
    assert len(levels) > 20
    for level, body, after in zip(map(int, levels), bodies, following, strict=True):
        assert "<img" in body or re.sub(r"<[^>]*>|\s", "", body) or after > level
    for name, lines in Tables(text).tables.items():
        assert any("".join(line[1:]).strip() for line in lines[1:]), name


def test_what_an_edition_does_not_have_is_said(shipped: Shipped) -> None:
    """A table that nobody decided on, and one that is rounded."""
    tables, findings, revisions = read_tables(shipped[0], "en")
    del tables["budget"]
    edition = Edition("public", closed=("budget",), rounded={"victims": 5})
    overview = Overview.of(tables, findings, revisions, 2023, 2017, "en", edition=edition)
    overview.all_sections()
    page = overview.page()
    assert "Funding: nobody has decided yet" in page
    assert "Victims of trafficking: figures are rounded to multiples of 5." in page


def test_the_command_makes_the_edition_that_is_asked_for(tmp_path: Path) -> None:
    """From workbooks to the page: the public edition alone, a draft until its figures are released."""
    raw = Path(__file__).parent.parent / "raw"
    folders = [f"--{name}={tmp_path / name}" for name in ("processed", "reports", "figures")]
    registry = tmp_path / "registry.csv"
    asked = [
        "--year=2023",
        "--edition=public",
        "--format=html",
        f"--raw={raw}",
        f"--registry={registry}",
        *folders,
    ]
    made = tmp_path / "reports" / "2023"
    drafts = []
    for release in (False, True):
        if release:
            out = ["--profile=public", f"--out={tmp_path / 'out'}", f"--processed={tmp_path / 'processed'}"]
            assert main(["export", *out, f"--raw={raw}", f"--registry={registry}"]) == 0
        assert main(["overview", *asked]) in (0, 1)
        assert [path.name for path in made.glob("*.html")] == ["overview.public.lv.html"]
        page = (made / "overview.public.lv.html").read_text(encoding="utf-8")
        drafts.append("melnraksts" in page)
    assert drafts == [True, False]


def test_figures_hidden_anywhere_are_drawn_on_the_axis(shipped: Shipped, tmp_path: Path) -> None:
    """Clients hidden in one year: the picture has its mark, its data and words have no figure."""
    processed = tmp_path / "processed"
    processed.mkdir()
    for path in shipped[0].glob("*.csv"):
        (processed / path.name).write_bytes(path.read_bytes())
    text = (processed / "rehabilitation_clients.csv").read_text(encoding="utf-8")
    text = text.replace("2022,previous_year,44", "2022,previous_year,2").replace(
        "2022,this_year,21", "2022,this_year,63"
    )
    (processed / "rehabilitation_clients.csv").write_text(text, encoding="utf-8", newline="")
    publish(processed, tmp_path, "en")
    figures = tmp_path / "figures" / "2023"
    drawn = rows(figures / "rehabilitation_clients.public.en.csv")
    row = next(row for row in drawn if row["year"] == "2022")
    assert (row["carried_over"], row["new"], row["parts"], row["total"]) == ("", "", "", "65")
    assert row["withheld"] == "carried_over+new"
    assert next(row for row in drawn if row["year"] == "2021")["leavers"] == "", "65 − 2 would tell"
    alt = (figures / "rehabilitation_clients.public.en.alt.txt").read_text(encoding="utf-8")
    assert "63" not in alt and "77" not in alt
    page = Tables((tmp_path / "reports" / "2023" / "overview.public.en.html").read_text(encoding="utf-8"))
    table = page.tables["rehabilitation"]
    assert [line[2] for line in table[1:]] == [SIGN, SIGN, "65", "51"]
    assert table[-1][1] == SIGN
