"""The catalogue as the only place of knowledge: a new spelling is one cell, a new table one file."""

from __future__ import annotations

import csv
import io
import re
import shutil
from difflib import SequenceMatcher
from pathlib import Path

import openpyxl
import pytest
from drafts import Draft, Page, write
from reading import PAGE, PARTS, page_with_messages

from thb_analysis.cli import main
from thb_analysis.definitions import SHIPPED, load_catalogue
from thb_analysis.edited import CatalogueError
from thb_analysis.findings import Finding, column_names, wordings
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.near import NEAR, bare, suggestions
from thb_analysis.job import run_ingest

ROOT = Path(__file__).parents[1]
CONTRACT = {
    "registered_offences",
    "criminal_proceedings",
    "suspects",
    "persons_prosecuted",
    "prosecution_decisions",
    "cases_sent_to_court",
    "cases_adjudicated",
    "court_judgments",
    "persons_convicted",
    "seized_assets",
    "victims",
    "rehabilitation_clients",
    "inspections",
    "activities",
    "international",
    "plan_measures",
    "indicators",
    "measure_tallies",
    "budget",
}
#: What the law asks for and no table of the contract holds.
BEYOND_CONTRACT = {"cases_adjudicated_by_registration", "use_of_services"}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def workbook(path: Path, cells: dict[str, object], sheet: str = "Dati") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for place, value in cells.items():
        page[place] = value
    book.save(path)
    return path


def test_every_table_of_the_contract_is_defined_and_comes_out(tmp_path: Path) -> None:
    assert set(load_catalogue().tables) >= CONTRACT
    (tmp_path / "raw").mkdir()
    run_ingest(tmp_path / "raw", tmp_path / "out", load_catalogue(), "en")
    for name in CONTRACT | BEYOND_CONTRACT:
        (header,) = (tmp_path / "out" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        assert header.startswith("year,")


def test_labels_and_meanings_are_there_in_both_languages() -> None:
    catalogue = load_catalogue()
    for table in catalogue.tables.values():
        assert table.label["lv"] and table.label["en"] and table.meaning["lv"] and table.meaning["en"]
    for members in catalogue.codes.values():
        for member in members.values():
            assert member.label["lv"] and member.label["en"]


def test_no_spelling_stands_for_two_members_of_a_list() -> None:
    for table in load_catalogue().tables:
        vocabulary(load_catalogue(), table)


def test_a_spelling_given_to_two_members_is_refused(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path / "catalogue")
    codes = tmp_path / "catalogue" / "codes" / "sex.csv"
    codes.write_text(codes.read_text(encoding="utf-8").replace("vīr.", "sieviete"), encoding="utf-8")
    with pytest.raises(CatalogueError, match="sieviete"):
        vocabulary(load_catalogue(tmp_path / "catalogue"), "victims")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("SIVA,x,x,,,,", "SIVA stands twice"),
        (",x,x,,,,", "there is no code"),
        ("NEW,x,x,,01.07.2004,,", "01.07"),
    ],
)
def test_a_line_that_cannot_stand_in_a_list_is_named(tmp_path: Path, line: str, told: str) -> None:
    shutil.copytree(SHIPPED, tmp_path / "catalogue")
    with (tmp_path / "catalogue" / "codes" / "institution.csv").open("a", encoding="utf-8") as codes:
        codes.write(f"{line}\n")
    with pytest.raises(CatalogueError, match=rf"institution.csv, line \d+: .*{told}"):
        load_catalogue(tmp_path / "catalogue")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A copy of the catalogue, to be edited."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "catalogue"))


def ingested(catalogue: Path, lang: str = "lv") -> tuple[int, Path]:
    """`thb ingest` of the shipped workbooks of one institution by a catalogue: its exit code and the tables."""
    place = catalogue.parent
    for file in sorted((ROOT / "raw").rglob("TA_*.xlsx")):
        (place / "raw" / file.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copy(file, place / "raw" / file.parent.name)
    folders = ["--raw", str(place / "raw"), "--processed", str(place / "processed")]
    return main(["ingest", *folders, "--catalogue", str(catalogue), "--lang", lang]), place / "processed"


@pytest.mark.parametrize(
    ("encoding", "delimiter", "ending"),
    [("utf-8-sig", ";", "\r\n"), ("utf-16", "\t", "\r\n"), ("cp1257", ";", "\r\n"), ("utf-8", ",", "\n")],
)
def test_lists_are_read_as_spreadsheet_programs_save_them(
    own: Path, encoding: str, delimiter: str, ending: str
) -> None:
    """All of them, with the empty lines and fields that such programs leave behind."""
    _, shipped = ingested(own)
    before = {path.name: path.read_bytes() for path in shipped.glob("*.csv")}
    for path in [*(own / "codes").glob("*.csv"), own / "corrections.csv", own / "large_cases.csv"]:
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
        width = len(rows[0])
        out = io.StringIO(newline="")
        quoting = csv.QUOTE_ALL if encoding == "utf-8-sig" else csv.QUOTE_MINIMAL
        csv.writer(out, delimiter=delimiter, lineterminator=ending, quoting=quoting).writerows(
            [*[[*row, ""] for row in rows], [""] * width]
        )
        lossless = out.getvalue() == out.getvalue().encode(encoding, errors="replace").decode(encoding)
        path.write_bytes(out.getvalue().encode(encoding if lossless else "utf-8-sig"))
    _, edited = ingested(own)
    assert {path.name: path.read_bytes() for path in edited.glob("*.csv")} == before


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (
            "corrections.csv",
            "file,sheet",
            "fails,lapa",
            "corrections.csv: pirmajā rindā nav visu kolonnu file,",
        ),
        (
            "corrections.csv",
            "reason\n",
            "reason\na,b,c,d,1,e, f\n",
            "corrections.csv, 2. rinda: lauku ir vairāk",
        ),
        ("corrections.csv", "reason\n", 'reason\n"a,b\n', "Datni corrections.csv nevar nolasīt"),
        ("codes/sex.csv", "vīr.", "sieviete", "“sieviete” apzīmē gan"),
        ("words.toml", "[", "[[", "Datni words.toml nevar nolasīt"),
        ("tables/victims.toml", 'unit = "persons"', "", "victims.toml: trūkst 'unit'"),
    ],
)
def test_what_is_wrong_in_the_catalogue_ends_the_run_and_is_told(
    own: Path, file: str, old: str, new: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not of each workbook that it is not understood: the workbooks are in order."""
    path = own / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    code, tables = ingested(own)
    assert code == 3 and told in capsys.readouterr().err and not (tables / "findings.csv").exists()


def test_a_table_of_another_catalogue_is_read_told_and_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `docs/catalogue.md` has it: a file in `tables/`, and a line for the institution that sends it."""
    shutil.copytree(SHIPPED, tmp_path / "catalogue")
    table = (tmp_path / "catalogue" / "tables" / "cases_sent_to_court.toml").read_text(encoding="utf-8")
    for old, new in (
        ('id = "cases_sent_to_court"', 'id = "permits"'),
        ('["Prokuratura"]', '["AAA"]'),
        ('unit = "cases"', 'unit = "persons"'),
        (
            table[table.index("titles = [") : table.index("# Words that may")],
            'titles = ["izsniegtās atļaujas"]\n',
        ),
        (table[table.index("headings = [") : table.index("# Topics")], ""),
        (
            'name = "article"\ncodes = "article"\nrequired = true',
            'name = "sex"\ncodes = "sex"\ndefault = "_T"',
        ),
    ):
        assert old in table
        table = table.replace(old, new)
    (tmp_path / "catalogue" / "tables" / "permits.toml").write_text(table, encoding="utf-8")
    with (tmp_path / "catalogue" / "codes" / "institution.csv").open("a", encoding="utf-8") as codes:
        codes.write("AAA,Atļauju aģentūra,Permit Agency,,2004-01-01,,\n")
    page = Page("Lapa1")
    for row, line in enumerate(("Izsniegtās atļaujas 2023. gadā", ("Sievietes", 4), ("Vīrieši", 3)), 1):
        for column, value in enumerate([line] if isinstance(line, str) else line, 1):
            page.put((row, column), value)
    path = write(Draft("2023/AAA_2023.xlsx", [page]), tmp_path / "raw")
    out = ["--processed", str(tmp_path / "out"), "--catalogue", str(tmp_path / "catalogue")]
    assert main(["check", str(path), *out]) == 0
    assert "2 figures, 0 findings" in capsys.readouterr().out
    assert main(["ingest", "--raw", str(tmp_path / "raw"), *out]) == 0
    capsys.readouterr()
    assert main(["explain", "permits", "year=2023", "sex=F", *out]) == 0
    assert "stands: 4 persons" in capsys.readouterr().out


def test_every_finding_is_worded_in_both_languages() -> None:
    for code, entry in wordings().items():
        assert entry["severity"] in ("error", "warning", "info"), code
        for lang in ("lv", "en"):
            assert {"message", "expected", "suggestion"} <= set(entry[lang]), code


def test_a_misspelt_label_is_refused_with_the_right_suggestion_first(tmp_path: Path) -> None:
    workbook(
        tmp_path / "raw" / "2024" / "IeM_upuri_2024.xlsx",
        {
            "A1": "Cilvēku tirdzniecības upuri 2024. gadā",
            "A3": "Ekspluatācijas veids",
            "B3": "Skaits",
            "A4": "seksuala ekspluatacija",
            "B4": 7,
            "A5": "darbaspēka ekspluatācija",
            "B5": 3,
        },
    )
    summary = run_ingest(tmp_path / "raw", tmp_path / "out", load_catalogue(), "en")
    found = rows(tmp_path / "out" / "victims.csv")
    assert [(row["exploitation_form"], row["value"]) for row in found] == [("labour", "3")]
    codes = {finding.code: finding for finding in summary.findings if finding.severity == "error"}
    assert set(codes) == {"label_unknown", "number_unread"}
    assert codes["label_unknown"].cell == "A4" and codes["number_unread"].cell == "B4"
    unknown, _, near = codes["label_unknown"].hint.partition(" | ")
    assert unknown == "“seksuala”, “ekspluatacija”"
    assert near.startswith("“seksuālā ekspluatācija” (exploitation_form=sexual)")
    assert near.count("“") <= 3
    told = codes["label_unknown"].worded("en")["suggestion"]
    assert "Words not known: “seksuala”, “ekspluatacija”. Near to it: “seksuālā ekspluatācija”" in told


def test_a_new_spelling_is_one_cell_of_a_code_list(tmp_path: Path) -> None:
    cells = {"A1": "Upuri 2024. gadā", "A2": "seksuālais bizness", "B2": 7}
    workbook(tmp_path / "raw" / "2024" / "IeM_upuri_2024.xlsx", cells)
    before = run_ingest(tmp_path / "raw", tmp_path / "out", load_catalogue(), "en")
    assert before.failed
    shutil.copytree(SHIPPED, tmp_path / "catalogue")
    codes = tmp_path / "catalogue" / "codes" / "exploitation_form.csv"
    text = codes.read_text(encoding="utf-8")
    assert "seksuālā izmantošana|" in text
    codes.write_text(
        text.replace("seksuālā izmantošana|", "seksuālā izmantošana|seksuālais bizness|"), encoding="utf-8"
    )
    after = run_ingest(tmp_path / "raw", tmp_path / "out", load_catalogue(tmp_path / "catalogue"), "en")
    assert not after.failed
    (row,) = rows(tmp_path / "out" / "victims.csv")
    assert (row["exploitation_form"], row["value"], row["source_cell"]) == ("sexual", "7", "B2")


NEW_TABLE = """
id = "hotline_calls"
unit = "persons"
values = "count"
senders = ["MARTA"]
by_institution = false

[label]
lv = "Zvani uzticības tālrunim"
en = "Calls to the hotline"

[meaning]
lv = "Personas, kas zvanīja uzticības tālrunim."
en = "Persons who called the hotline."

[words]
titles = ["zvani uzticības tālrunim", "uzticības tālruņa zvani"]
headings = ["zvanītāji"]

[[dimensions]]
name = "sex"
codes = "sex"
default = "_T"
"""


def test_a_new_table_is_one_file(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path / "catalogue")
    (tmp_path / "catalogue" / "tables" / "hotline_calls.toml").write_text(NEW_TABLE, encoding="utf-8")
    workbook(
        tmp_path / "raw" / "2024" / "MARTA_2024.xlsx",
        {
            "B2": "Uzticības tālruņa zvani",
            "C4": 2023,
            "D4": 2024,
            "B5": "Sievietes",
            "C5": 31,
            "D5": 40,
            "B6": "Vīrieši",
            "C6": 8,
            "D6": 9,
            "B7": "Kopā",
            "C7": 39,
            "D7": 49,
        },
    )
    summary = run_ingest(tmp_path / "raw", tmp_path / "out", load_catalogue(tmp_path / "catalogue"), "en")
    assert not summary.failed
    found = {(row["year"], row["sex"]): row["value"] for row in rows(tmp_path / "out" / "hotline_calls.csv")}
    assert found == {
        ("2023", "F"): "31",
        ("2024", "F"): "40",
        ("2023", "M"): "8",
        ("2024", "M"): "9",
        ("2023", "_T"): "39",
        ("2024", "_T"): "49",
    }


def test_suggestions_are_few_and_near() -> None:
    catalogue = load_catalogue()
    assert len(suggestions(catalogue, ("victims",), "fiktivas laulibas")) <= 3
    assert suggestions(catalogue, ("victims",), "fiktivas laulibas")[0].endswith(
        "(exploitation_form=sham_marriage)"
    )
    assert suggestions(catalogue, ("victims",), "krāsns apkure") == ()


def test_a_note_of_half_a_year_is_an_error_and_a_date_of_signing_is_none(tmp_path: Path) -> None:
    table = {"A1": "Reģistrētie noziedzīgie nodarījumi 2024. gadā", "A3": "154.1", "B3": 2}
    for note, expected in (
        ("Dati par periodu no 01.01.2024. līdz 30.06.2024.", {"note_part_of_year"}),
        ("2024. gada I pusgads", {"note_part_of_year"}),
        ("Dati par 2024. gada pirmo pusgadu", {"note_part_of_year"}),
        ("Dati par 2024. gada pirmajiem sešiem mēnešiem", {"note_part_of_year"}),
        ("Data of the first half of 2024", {"note_part_of_year"}),
        ("Periods: 01.01.2024. – 31.12.2024.", set()),
        ("Dati atlasīti 14.01.2025.", set()),
    ):
        workbook(tmp_path / "raw" / "2024" / "IC_2024.xlsx", {**table, "A6": note})
        summary = run_ingest(tmp_path / "raw", tmp_path / "out", load_catalogue(), "en")
        assert {f.code for f in summary.findings if f.severity == "error"} == expected, note


def test_what_was_found_may_end_with_the_full_stop() -> None:
    told = Finding("number_unread", "VP_2023.xlsx", "Lapa1", "A2", "12.03.2023.")
    assert told.worded("en")["message"].endswith(" 12.03.2023.")
    assert told.worded("lv")["message"].endswith(" 12.03.2023.")
    other = Finding("number_unread", "VP_2023.xlsx", "Lapa1", "A2", "12, 13")
    assert other.worded("en")["message"].endswith(" 12, 13.")


def test_the_page_on_reading_lists_every_finding_as_it_is_worded() -> None:
    """`python -m tests.reading` brings the page up to date."""
    assert PAGE.read_text(encoding="utf-8") == page_with_messages()
    folder = Path(PAGE).parent.parent / "thb_analysis" / "catalogue" / "findings"
    assert {path.stem for path in folder.glob("*.toml")} == set(PARTS)


def test_the_page_on_reading_names_no_finding_that_is_not() -> None:
    prose = PAGE.read_text(encoding="utf-8").split("## What the messages say")[0]
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", prose))
    assert named <= set(wordings()), named - set(wordings())
    assert len(named) > 20


@pytest.mark.parametrize(
    "text", ["Aizdomas turētie", "izvešana Latvija", "nepilngadgas sievetes", "vvvv", "Lietuva"]
)
def test_what_is_suggested_is_what_comparing_with_every_phrase_comes_to(text: str) -> None:
    catalogue = load_catalogue()
    tables = ("persons_prosecuted", "victims", "suspects")
    wanted, best = bare(text), dict[str, tuple[float, str]]()
    for table in sorted(tables):
        for phrase, meaning in vocabulary(catalogue, table).spelled.items():
            if meaning.kind in ("member", "composite", "title"):
                stands_for = f"{meaning.name}={meaning.code}" if meaning.kind == "member" else table
                score = SequenceMatcher(None, bare(phrase), wanted, autojunk=False).ratio()
                if score >= NEAR and score > best.get(stands_for, (0.0, ""))[0]:
                    best[stands_for] = score, phrase
    nearest = sorted(best.items(), key=lambda item: (-item[1][0], item[0]))[:3]
    assert suggestions(catalogue, tables, text) == tuple(
        f"“{phrase}” ({code})" for code, (_, phrase) in nearest
    )


def test_a_list_that_lacks_the_same_throughout_is_told_of_once_at_its_title(tmp_path: Path) -> None:
    lines = {
        f"{'AB'[at]}{row}": value for row, line in enumerate(LACKING, 2) for at, value in enumerate(line)
    }
    path = tmp_path / "raw" / "2024" / "VP_2024.xlsx"
    workbook(path, {"A1": "Aizdomās turētās personas 2024. gadā", **lines})
    summary = run_ingest(tmp_path / "raw", tmp_path / "out", load_catalogue(), "lv")
    told = [finding for finding in summary.findings if finding.code == "heading_missing"]
    assert [(finding.cell, finding.expected) for finding in told] == [("A1", "article")]
    lv, en = (told[0].worded(lang) for lang in ("lv", "en"))
    assert lv["message"] == "Skaitlim nav noteikts: pants."
    assert "piemēram, “154.1”" in lv["suggestion"] and "such as “154.1”" in en["suggestion"]
    assert rows(tmp_path / "out" / "suspects.csv") == []


LACKING = [
    ("Valsts", "Skaits"),
    ("Latvija", 5),
    ("Ukraina", 3),
    ("Uzbekistāna", 2),
    ("Indija", 1),
    ("Kopā", 11),
]


def test_every_column_of_the_tables_has_a_latvian_name_in_findings() -> None:
    columns = {name for table in load_catalogue().tables.values() for name in table.dimension_names}
    assert columns <= set(column_names()["lv"])
