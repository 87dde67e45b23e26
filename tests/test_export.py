"""The exports of the shipped data: complete, described, safe to open, the same every time, and giving nobody away."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thb_analysis.cli import main
from thb_analysis.definitions import load_catalogue
from thb_analysis.disclosure.audit import Secret, Told, audit
from thb_analysis.disclosure.policy import load_policies
from thb_analysis.disclosure.registry import Published, read_registry, record
from thb_analysis.disclosure.release import prepare, protected_tables
from thb_analysis.export.fill import Filled, Source
from thb_analysis.export.resources import read_tables
from thb_analysis.export.safe import CsvStyle, csv_bytes, neutral, restore
from thb_analysis.job import IngestSummary
from thb_analysis.language import Language

RAW = Path(__file__).parent.parent / "raw"
Shipped = tuple[Path, IngestSummary]
Rows = list[dict[str, str]]


def rows(path: Path, delimiter: str = ",") -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=delimiter))


@pytest.fixture(scope="module")
def exported(shipped: Shipped, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exports")
    for profile in ("internal", "public", "eu"):
        assert export(shipped[0], folder / profile, folder, profile) == 0
    return folder


def export(processed: Path, out: Path, folder: Path, profile: str, *more: str) -> int:
    return main(
        [
            *("export", "--profile", profile, "--out", str(out), "--processed", str(processed)),
            *("--raw", str(RAW), "--registry", str(folder / "registry.csv"), "--lang", "en", *more),
        ]
    )


# --- safe to open ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "-1+1",
        "\t=1",
        "\r=1",
        " =1",
        "＝1",
        "x;=1+1",
        'a,"=1',
        "+10% (2012)",
    ],
)
def test_what_a_spreadsheet_would_run_is_neutralised(text: str) -> None:
    safe = neutral(text)
    file = csv_bytes(("a",), [(text,)], CsvStyle()).decode().removeprefix("a\n")
    for delimiter in ",;\t":
        for cell in next(csv.reader(io.StringIO(file, newline=""), delimiter=delimiter)):
            assert not cell.lstrip(' "').startswith(("=", "+", "-", "@", "\t", "\r", "＝"))
    assert restore(safe) == text


@pytest.mark.parametrize(
    "text", ["-5", "-1,5", "+12.5 %", "-", "–", "—", "--", "", "154.1", "<5", "35-70>", "a-b=c"]
)
def test_numbers_and_dashes_stay_as_they_are(text: str) -> None:
    assert neutral(text) == text == restore(text)


@given(st.text(alphabet="'=+-@,;\t\r\n \"a1–＝", max_size=12))
def test_nothing_is_lost(text: str) -> None:
    assert restore(neutral(text)) == text


def test_the_choices_for_latvian_excel() -> None:
    made = csv_bytes(("a", "value"), [("=x", "-1.5")], CsvStyle(";", ",", True), frozenset({"value"}))
    assert made == "\ufeffa;value\n'=x;-1,5\n".encode()


def test_a_file_for_latvian_excel_holds_the_same(shipped: Shipped, exported: Path, tmp_path: Path) -> None:
    assert (
        export(shipped[0], tmp_path, exported, "internal", "--bom", "--delimiter", ";", "--decimal", ",") == 0
    )
    assert (tmp_path / "victims.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert rows(tmp_path / "victims.csv", ";") == rows(exported / "internal" / "victims.csv")
    assert rows(tmp_path / "seized_assets.csv", ";")[0]["value"].count(",") == 1


def test_the_same_bytes_every_time(shipped: Shipped, exported: Path, tmp_path: Path) -> None:
    shutil.copy(exported / "registry.csv", tmp_path / "registry.csv")
    for profile in ("internal", "public", "eu"):
        assert export(shipped[0], tmp_path / profile, tmp_path, profile) == 0
        first = {
            p.relative_to(exported / profile): p.read_bytes()
            for p in sorted((exported / profile).rglob("*"))
            if p.is_file()
        }
        again = {
            p.relative_to(tmp_path / profile): p.read_bytes()
            for p in sorted((tmp_path / profile).rglob("*"))
            if p.is_file()
        }
        assert first == again
    assert (tmp_path / "registry.csv").read_bytes() == (exported / "registry.csv").read_bytes()


def test_what_an_export_no_longer_has_is_taken_away_and_nothing_else(
    shipped: Shipped, tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8", newline="")
    (tmp_path / "old.csv").write_text("x", encoding="utf-8", newline="")
    (tmp_path / "files.txt").write_text("old.csv\n../outside.csv\n", encoding="utf-8", newline="")
    assert export(shipped[0], tmp_path, tmp_path, "eu") == 0
    assert not (tmp_path / "old.csv").exists() and (tmp_path / "mine.txt").exists()


# --- described ------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["internal", "public", "eu"])
def test_the_package_passes_the_validator(exported: Path, profile: str) -> None:
    frictionless = pytest.importorskip("frictionless")
    report = frictionless.validate(str(exported / profile / "datapackage.json"))
    assert report.valid, report.flatten(["resourceName", "rowNumber", "type", "message"])[:5]


@pytest.mark.parametrize("profile", ["internal", "public", "eu"])
def test_the_package_describes_every_file(exported: Path, profile: str) -> None:
    """Without the validator too: paths, sizes, checksums, and every column with its type and title."""
    import hashlib

    folder = exported / profile
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    described = {each["path"] for each in package["resources"]}
    assert described == {p.relative_to(folder).as_posix() for p in folder.rglob("*.csv")}
    assert package["missingMeaning"]["codes"]["Z"]
    for each in package["resources"]:
        content = (folder / each["path"]).read_bytes()
        assert each["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}" and each["bytes"] == len(
            content
        )
        fields = each["schema"]["fields"]
        assert [f["name"] for f in fields] == next(csv.reader(io.StringIO(content.decode("utf-8"))))
        assert all(f["title"] and f["type"] for f in fields)


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_every_column_has_words(lang: str) -> None:
    words = Language(lang)
    for table in load_catalogue().tables.values():
        for name in table.columns:
            assert words.has(f"export.column.{name}.title") and words.has(f"export.column.{name}.meaning"), (
                name
            )


def test_internal_holds_every_table_source_and_warning(shipped: Shipped, exported: Path) -> None:
    package = json.loads((exported / "internal" / "datapackage.json").read_text(encoding="utf-8"))
    for name in load_catalogue().tables:
        assert rows(exported / "internal" / f"{name}.csv") == [
            {k: neutral(v) for k, v in row.items()} for row in rows(shipped[0] / f"{name}.csv")
        ]
    assert all(source["hash"].startswith("sha256:") for source in package["sources"])
    assert {w["severity"] for w in package["warnings"]} <= {"error", "warning"} and package["warnings"]


def test_the_database_holds_the_same_figures(exported: Path) -> None:
    with sqlite3.connect(exported / "internal" / "thb.sqlite") as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert base.execute("PRAGMA foreign_key_check").fetchall() == []
        query = (
            "SELECT year, value, sex_en FROM labelled_victims "
            "WHERE year = '2021' AND sex = 'M' AND exploitation_form = '_T'"
        )
        assert base.execute(query).fetchall() == [("2021", 49, "men")]
        views = {name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type='view'")}
        assert {"labelled_victims", "labelled_registered_offences"} <= views


def test_the_workbook_is_accessible(exported: Path) -> None:
    """The list of the UK Analysis Function, as far as a program can check it."""
    book = openpyxl.load_workbook(exported / "internal" / "statistics.xlsx")
    assert book.sheetnames[:3] == ["Cover", "Contents", "Notes"]
    contents = {row[0] for row in book["Contents"].iter_rows(min_row=4, values_only=True)}
    assert contents == set(book.sheetnames[2:])
    for sheet in book:
        assert sheet["A1"].value and sheet["A1"].font.bold
        assert not sheet.merged_cells.ranges
        assert len(sheet.tables) == (0 if sheet.title == "Cover" else 1)
        if sheet.title not in ("Cover", "Contents", "Notes"):
            head = next(iter(sheet.tables.values())).ref.split(":")[0]
            assert sheet.freeze_panes == sheet[head].offset(row=1).coordinate, "the head stays in view"
        for table in sheet.tables.values():
            assert all(cell.value not in (None, "") for line in sheet[table.ref] for cell in line)
        for line in sheet.iter_rows():
            assert line[0].value is not None, "no blank rows"
            assert all(cell.fill.fill_type is None for cell in line), "nothing by colour"
            assert all(not (isinstance(c.value, str) and c.data_type == "f") for c in line)


def test_the_dictionary_names_every_column(exported: Path) -> None:
    page = (exported / "internal" / "dictionary.html").read_text(encoding="utf-8")
    for table in load_catalogue().tables.values():
        assert f'id="{table.id}"' in page
        assert all(f"<code>{column}</code>" in page for column in table.columns)


# --- public ---------------------------------------------------------------------------------------


def test_public_holds_no_notes_no_free_text_no_places(exported: Path) -> None:
    gone = {"note", "source_file", "source_sheet", "source_cell", "raw_value", "responsible"}
    for path in (exported / "public").glob("*.csv"):
        assert not gone & set(next(csv.reader(path.read_text(encoding="utf-8").splitlines())))
    everything = b"".join(
        p.read_bytes() for p in (exported / "public").rglob("*") if p.is_file() and p.suffix != ".xlsx"
    )
    assert b".xlsx" not in everything.replace(b"statistics.xlsx", b"")


@pytest.mark.parametrize(
    "name", ["registered_offences", "cases_sent_to_court", "cases_adjudicated", "persons_convicted"]
)
def test_counts_by_article_are_public_as_they_are(shipped: Shipped, exported: Path, name: str) -> None:
    def told(path: Path) -> list[tuple[str, ...]]:
        return sorted(
            (r["year"], r["article"], r["value"], r["obs_status"]) for r in rows(path / f"{name}.csv")
        )

    assert told(exported / "public") == told(shipped[0])


def attack(
    public: Rows, truth: dict[tuple[str, str, str], int], known: dict[tuple[str, str, str], int]
) -> list[str]:
    """Every hidden figure of victims that can be worked out to less than 3 apart: own reading of the public file.

    One attribute at a time: its codes and a rest, adding up to the published total of the year.
    """
    dims = ("registered_by", "sex", "age_group", "citizenship", "exploitation_form", "place")
    found = []
    for year in sorted({row["year"] for row in public}):
        mine = [r for r in public if r["year"] == year and r["identification"] == "identified"]
        total = next(int(r["value"]) for r in mine if all(r[d] == "_T" for d in dims))
        for dim in dims:
            part = [r for r in mine if r[dim] != "_T"]
            assert all(r[d] == "_T" for r in part for d in dims if d != dim), "one attribute at most"
            codes = [r[dim] for r in part]
            atoms = {code: i for i, code in enumerate(codes)}
            values = {c: truth.get((year, dim, c)) for c in codes}
            rest = () if sum(v or 0 for v in values.values()) == total else (len(codes),)
            told = [Told((*atoms.values(), *rest), total, total)] if codes else []
            told += [Told((atoms[r[dim]],), int(r["value"]), int(r["value"])) for r in part if r["value"]]
            told += [
                Told((atoms[c],), v, v)
                for (y, d, c), v in known.items()
                if (y, d) == (year, dim) and c in atoms
            ]
            small = [c for c in codes if 0 < (values[c] or 0) < 3]
            assert all(r["obs_status"] == "Q" for r in part if r[dim] in small or not r["value"])
            secrets = [Secret(f"{year} {c}", (atoms[c],), 3) for c in small]
            secrets += [
                Secret(f"{year} {c} to {s}", (atoms[c],), 3, own=((atoms[s],), 1))
                for c in small
                for s in small
                if s != c and values[s] == 1
            ]
            if codes:
                found += [d.name for d in audit(len(codes) + 1, told, secrets)]
    return found


def true_parts(processed: Path) -> dict[tuple[str, str, str], int]:
    """What the public must not work out: figures of one attribute, and those that follow from crossed ones."""
    dims = ("registered_by", "sex", "age_group", "citizenship", "exploitation_form", "place")
    found: dict[tuple[str, str, str], int] = {}
    for row in rows(processed / "victims.csv"):
        crossed = [d for d in dims if row[d] != "_T"]
        if row["identification"] == "identified" and row["value"] and crossed:
            for dim in crossed:
                if len(crossed) == 1:
                    found[row["year"], dim, row[dim]] = int(row["value"])
    return found | {
        ("2017", "sex", "F"): 17,
        ("2017", "sex", "M"): 3,
        ("2017", "age_group", "adult"): 17,
        ("2017", "age_group", "child"): 3,
        ("2020", "age_group", "adult"): 46,
    }


def test_an_attacker_finds_nobody_in_the_public_export(shipped: Shipped, exported: Path) -> None:
    public = rows(exported / "public" / "victims.csv")
    hidden = [r for r in public if r["obs_status"] == "Q"]
    assert hidden and all(r["value"] == "" for r in hidden)
    assert attack(public, true_parts(shipped[0]), {}) == []


def test_the_attacker_would_find_somebody(shipped: Shipped, exported: Path) -> None:
    """Give the one secondary cell away, and the primary one follows."""
    known = {("2020", "exploitation_form", "sexual"): 10}
    public = rows(exported / "public" / "victims.csv")
    assert attack(public, true_parts(shipped[0]), known) == ["2020 sham_marriage"]


def test_nor_together_with_an_earlier_release(shipped: Shipped) -> None:
    """The secondary cell was published before: another one is hidden, or nothing is told."""
    catalogue = load_catalogue()
    cell = "identification=identified;registered_by=_T;sex=_T;age_group=_T;citizenship=_T"
    cell += ";exploitation_form=sexual;place=_T"
    earlier = [Published("1", "victims", "2020", cell, 10)]
    release = prepare(read_tables(shipped[0], catalogue), catalogue, earlier)
    known = {("2020", "exploitation_form", "sexual"): 10}
    assert attack(release.tables["victims"], true_parts(shipped[0]), known) == []
    hidden = {
        r["exploitation_form"]
        for r in release.tables["victims"]
        if r["year"] == "2020" and r["obs_status"] == "Q"
    }
    assert {"labour", "sham_marriage"} <= hidden


def test_a_revision_of_a_published_year_is_held_back(shipped: Shipped) -> None:
    catalogue = load_catalogue()
    tables = read_tables(shipped[0], catalogue)
    first = prepare(tables, catalogue)
    tables["victims"] = [
        dict(r, value="54")
        if r["year"] == "2021" and r["exploitation_form"] == "labour" and r["sex"] == "_T"
        else r
        for r in tables["victims"]
    ]
    tables["victims"] = [
        dict(r, value="62") if r["year"] == "2021" and r["exploitation_form"] == r["sex"] == "_T" else r
        for r in tables["victims"]
    ]
    earlier = [Published("1", *each.figure) for each in first.published]
    second = prepare(tables, catalogue, earlier)
    reasons = {(w.period, w.attributes): w.reason for w in second.withheld}
    assert reasons["2021", ("exploitation_form",)] == "revised"


def test_what_was_released_is_recorded_once(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    figures = [Published("", "victims", "2020", "sex=F", 12), Published("", "victims", "2020", "sex=M", 36)]
    assert record(path, read_registry(path), figures, "") == "1"
    before = path.read_bytes()
    assert record(path, read_registry(path), figures, "") == ""
    assert path.read_bytes() == before
    assert (
        record(path, read_registry(path), [Published("", "victims", "2021", "sex=F", 9)], "autumn")
        == "autumn"
    )
    assert [r.release for r in read_registry(path)] == ["1", "1", "autumn"]


def test_charts_can_take_the_protected_tables(shipped: Shipped, exported: Path, tmp_path: Path) -> None:
    from thb_analysis.tidy.store import load

    tables = protected_tables(shipped[0], tmp_path / "none.csv")
    assert set(tables) == set(load_catalogue().tables)
    for name, frame in tables.items():
        like = load(name, shipped[0])
        assert list(frame.columns) == list(like.columns)
        assert frame.dtypes.to_dict() == like.dtypes.to_dict()
    public = rows(exported / "public" / "victims.csv")
    victims = tables["victims"]
    assert len(victims) == len(public)
    assert victims["value"].isna().sum() == sum(not r["value"] for r in public)


def test_every_decision_has_an_owner() -> None:
    catalogue = load_catalogue()
    for name, policy in load_policies(catalogue).items():
        assert policy.owner in catalogue.codes["institution"], name
        assert policy.why["lv"] and policy.why["en"]


def test_a_table_without_a_decision_is_not_published(shipped: Shipped, tmp_path: Path) -> None:
    folder = tmp_path / "catalogue"
    shutil.copytree(load_catalogue().folder, folder)
    text = (folder / "disclosure.toml").read_text(encoding="utf-8")
    (folder / "disclosure.toml").write_text(
        text.replace("[tables.budget]", "[tables.nothing]"), encoding="utf-8", newline=""
    )
    assert export(shipped[0], tmp_path / "out", tmp_path, "public", "--catalogue", str(folder)) == 0
    assert not (tmp_path / "out" / "budget.csv").exists()


# --- eu -------------------------------------------------------------------------------------------


def eu_value(table: Rows, **codes: str) -> tuple[str, str]:
    found = [r for r in table if all(r[k] == v for k, v in codes.items())]
    assert len(found) == 1, (codes, len(found))
    assert (found[0]["obs_value"] == ":") <= bool(found[0]["reason"]), "what is missing has a reason"
    return found[0]["obs_value"], found[0]["reason"]


def test_the_eu_tables_from_2021_to_2023(exported: Path) -> None:
    sex = rows(exported / "eu" / "crim_thb_sex.csv")
    form = rows(exported / "eu" / "crim_thb_vexp.csv")
    for year, total in (("2021", "61"), ("2022", "26"), ("2023", "24")):
        assert eu_value(sex, leg_stat="PER_VICT", sex="T", time_period=year)[0] == total
        assert eu_value(sex, leg_stat="PER_SUSP", sex="T", time_period=year)[0] == ":"
    assert eu_value(sex, leg_stat="PER_VICT", sex="F", time_period="2021")[0] == "12"
    assert eu_value(sex, leg_stat="PER_VICT", sex="F", time_period="2022")[0] == ":"
    assert [
        eu_value(sex, leg_stat="PER_CNV", sex="T", time_period=y)[0] for y in ("2021", "2022", "2023")
    ] == ["1", "1", "6"]
    wanted = {"ICCS0204": "61", "ICCS02041": "7", "ICCS02042": "53", "ICCS02043_02044": "1"}
    assert {c: eu_value(form, iccs=c, time_period="2021")[0] for c in wanted} == wanted
    assert eu_value(form, iccs="ICCS02041", time_period="2023")[0] == ":"
    groups = rows(exported / "eu" / "crim_thb_vctz.csv")
    assert [
        eu_value(groups, citizen=c, time_period="2020")[0] for c in ("TOTAL", "NAT", "NEU27_2020_FOR")
    ] == ["48", "17", "31"]
    assert eu_value(groups, citizen="NAT", time_period="2021")[0] == ":"


def test_nothing_is_missing_without_a_reason_and_no_zero_is_invented(exported: Path) -> None:
    for path in (exported / "eu").glob("*.csv"):
        for row in rows(path):
            if "obs_value" in row:
                assert row["obs_value"]
                assert row["reason"] or row["obs_value"] != ":"
                assert row["obs_value"] != "0" or row["source"] or "make up the whole" in row["reason"]


def test_side_by_side_with_what_unodc_published(exported: Path) -> None:
    """UNODC has the same totals of victims, or the difference is shown."""
    table = rows(exported / "eu" / "unodc.csv")
    whole = {"sex": "T", "age": "TOTAL", "form": "TOTAL", "citizenship": "TOTAL"}
    beside = {
        (r["indicator"], r["time_period"]): (r["obs_value"], r["published_value"], r["difference"])
        for r in table
        if all(r[k] == v for k, v in whole.items()) and r["time_period"] in ("2021", "2022", "2023")
    }
    assert beside["Offences of trafficking in persons", "2021"] == ("4", "<5", "")
    for value, published, difference in beside.values():
        if value.isdigit() and published.isdigit():
            assert int(difference) == int(value) - int(published)
    assert all(r["article"] == "154.1" for r in table if r["indicator"] != "Detected trafficking victims")
    assert all(r["source"] for r in table if r["obs_value"] not in (":", "0"))


def test_the_table_in_the_docs_is_what_the_export_has(exported: Path) -> None:
    """Ours beside UNODC's for 2021 to 2023, as `docs/exports.md` prints it."""
    whole = ("T", "TOTAL", "_T")
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows(exported / "eu" / "unodc.csv"):
        parts = [row[c] for c in ("sex", "age", "citizenship", "form") if row[c] not in whole]
        beside = f"{row['obs_value']} / {row['published_value'] or '–'}"
        found.setdefault((row["indicator"], ", ".join(parts) or "total"), {})[row["time_period"]] = beside
    text = (RAW.parent / "docs" / "exports.md").read_text(encoding="utf-8")
    printed = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if " / " in line and line.startswith("|")
    ]
    assert len(printed) == 12
    for indicator, whom, *cells in printed:
        assert cells == [found[indicator, whom][year] for year in ("2021", "2022", "2023")], (indicator, whom)


def test_the_coverage_says_what_to_ask(exported: Path) -> None:
    coverage = rows(exported / "eu" / "coverage.csv")
    assert {r["output"] for r in coverage} >= {
        "article_19a",
        "crim_thb_sex",
        "crim_thb_vctz",
        "crim_thb_vexp",
        "unodc",
    }
    assert all(r["ask"] for r in coverage if r["filled"] != r["asked"])
    convicted = next(r for r in coverage if r["counted"] == "convicted" and r["attributes"].startswith("sex"))
    assert "Persons convicted" in convicted["ask"] and int(convicted["filled"]) < int(convicted["asked"])


def test_figures_of_several_institutions_are_called_a_sum_and_a_group_is_not_added_to_its_countries() -> None:
    table = load_catalogue().tables["suspects"]

    def row(citizenship: str, value: int, institution: str = "VP") -> dict[str, str]:
        codes = dict.fromkeys(("sex", "age_group", "exploitation_form"), "_T")
        place = {"source_file": "f", "source_sheet": "s", "source_cell": "c"}
        said = {"year": "2023", "article": "154.1", "citizenship": citizenship, "value": str(value)}
        return said | codes | place | {"obs_status": "A", "institution": institution}

    def asked(rows: list[dict[str, str]], wanted: dict[str, list[str]]) -> Filled:
        return Source(table, rows, {"article": "154.1"}, load_catalogue()).ask("2023", wanted)

    both = asked([row("_T", 9), row("_T", 2, "VRS")], {})
    assert both.value == 11 and both.added and not asked([row("_T", 9)], {}).added
    eu = {"citizenship": ["group:other_eu"]}
    countries = [row("LV", 3), row("LT", 2), row("PL", 4)]
    assert asked([row("_T", 9), *countries], eu).value == 6
    assert asked([row("_T", 9), *countries, row("eu", 6)], eu).value is None
