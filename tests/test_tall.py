"""Tall tables: read by some of their rows, they come to what they come to when every row is read."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pandas as pd
import pytest
import xlsxwriter
from tall import CATALOGUE, labels, tall

from thb_analysis.ingest.alike import mould, twins
from thb_analysis.ingest.outcome import WorkbookReading
from thb_analysis.ingest.pipeline import ingest, read_file
from thb_analysis.job import run_ingest
from thb_analysis.observations import Observation
from thb_analysis.tidy.evidence import told
from thb_analysis.tidy.reconcile import reconcile
from thb_analysis.tidy.store import evidence_row, table_row

SEEDS = 60
FILES = 12


def observed(reading: WorkbookReading) -> list[Observation]:
    """Every figure; the text of its headings is told only where every row is read."""
    rows = [*reading.observations, *(o for plate in reading.plates for o in plate.observations())]
    return sorted((row._replace(headings="") for row in rows), key=repr)


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[WorkbookReading, WorkbookReading]]:
    """Workbooks read by some of their rows, and in full."""
    found = []
    for seed in range(SEEDS):
        folder = tmp_path_factory.mktemp("tall")
        path = tall(folder, Random(seed))
        file = path.relative_to(folder).as_posix()
        found.append((read_file(path, file, CATALOGUE, thin=True), read_file(path, file, CATALOGUE)))
    return found


def test_rows_left_out_change_nothing(readings: list[tuple[WorkbookReading, WorkbookReading]]) -> None:
    for some, every in readings:
        assert observed(some) == observed(every), every.file
        assert sorted(some.findings, key=repr) == sorted(every.findings, key=repr)
        assert list(some.ledger_rows()) == list(every.ledger_rows())


def forget() -> None:
    """Forget all that sheets came to: the next are recognised by themselves."""
    mould.forget()
    twins.forget()


def whole_reading(reading: WorkbookReading) -> tuple[object, ...]:
    """All that a workbook came to, to the letter."""
    ledger, cells = reading.ledger_text()
    return reading.observations, reading.plates, sorted(reading.findings, key=repr), ledger, cells


@pytest.mark.parametrize("short", [False, True])
def test_what_was_read_before_changes_nothing(tmp_path: Path, short: bool) -> None:
    """Each workbook alone, again, and after others that are written in the same way with years and articles changed."""
    files = []
    for seed in range(SEEDS, 2 * SEEDS):
        path = tall(tmp_path / str(seed), Random(seed), Random(seed % 7), short)
        files.append((path, path.relative_to(tmp_path / str(seed)).as_posix()))
    alone = []
    for path, file in files:
        forget()
        alone.append(whole_reading(read_file(path, file, CATALOGUE, thin=True)))
        assert whole_reading(read_file(path, file, CATALOGUE, thin=True)) == alone[-1], path
    forget()
    for (path, file), expected in zip(files, alone, strict=True):
        assert whole_reading(read_file(path, file, CATALOGUE, thin=True)) == expected, path


@pytest.mark.parametrize("odd", [2019, "Kopā", None])
def test_a_row_apart_keeps_the_label_that_is_merged_over_it(tmp_path: Path, odd: object) -> None:
    """A row that is no part of its group, because of a number like a year or as a total, under the group's label.

    With None the group's first row has a blank, so that another one stands for it.
    """
    forget()
    for number, form in enumerate(labels("exploitation_form")[:5]):
        path = tmp_path / str(number) / "2022" / "TA_2022.xlsx"
        path.parent.mkdir(parents=True)
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet("Tabula")
            sheet.write(0, 0, "Notiesātās personas: 154.1. pants, 2022. gads")
            sheet.write_row(1, 0, ["Ekspluatācijas veids", "Valstspiederība", "Sievietes", "Vīrieši"])
            for row, person in enumerate(labels("citizenship")[:16], start=2):
                sheet.write_string(row, 1, person)
                blank = odd is None and row == 2
                figure = 2019 if row == 12 and odd != "Kopā" else row + number
                sheet.write_row(row, 2, [None if blank else figure, 1])
            if odd == "Kopā":
                sheet.write_row(18, 1, ["Kopā", sum(range(2, 18)) + 16 * number, 16])
            sheet.merge_range(2, 0, 18 if odd == "Kopā" else 17, 0, form)
        file = path.relative_to(tmp_path / str(number)).as_posix()
        some, every = read_file(path, file, CATALOGUE, thin=True), read_file(path, file, CATALOGUE)
        assert some.plates
        assert some.observations
        assert observed(some) == observed(every), form
        assert list(some.ledger_rows()) == list(every.ledger_rows())
        told = {o.cell: o.headings for o in every.observations}
        assert all(o.headings == told[o.cell] for o in some.observations)


def test_a_mark_on_two_lines_is_told_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "2022" / "TA_2022.xlsx"
    path.parent.mkdir(parents=True)
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Tabula")
        sheet.write(0, 0, "Notiesātās personas: 154.1. pants, 2022. gads")
        sheet.write_row(1, 0, ["Valstspiederība", "Sievietes", "Vīrieši"])
        for row, person in enumerate(labels("citizenship")[:30], start=2):
            sheet.write_row(row, 0, [person, row, "nav\ndatu" if row == 9 else 1])
    some, every = (read_file(path, "2022/TA_2022.xlsx", CATALOGUE, thin=thin) for thin in (True, False))
    assert some.plates
    assert observed(some) == observed(every)
    assert [o.status for o in observed(some) if o.text == "nav\ndatu"] == ["L"]


NUMBERS = ("165", "164", "1541", "1651", "195", "275", "2852")


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_figures_written_like_the_number_of_an_article(tmp_path: Path, columns: int) -> None:
    """Alone, side by side, one over the other, in most cells, in all of a row or a column; beside marks and blanks."""
    forget()
    left = 0
    for seed in range(SEEDS):
        dice = Random(seed)
        path = tmp_path / str(seed) / "2022" / "TA_2022.xlsx"
        path.parent.mkdir(parents=True)
        share, chosen = dice.choice((0.02, 0.02, 0.1, 0.5, 0.9)), dice.sample(NUMBERS, dice.choice((1, 2, 5)))
        full = dice.choice((None, "row", "column"))
        line = dice.randrange(14 if full == "row" else columns)
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet("Tabula")
            sheet.write(0, 0, "Notiesātās personas, 2022. gads" + dice.choice(("", ": 154.1. pants")))
            heads = ["Sievietes", "Vīrieši", "Kopā"][:columns] if columns > 1 else ["Skaits"]
            sheet.write_row(1, 0, ["Valstspiederība", *heads])
            for row, person in enumerate(dice.sample(labels("citizenship"), 14), start=2):
                sheet.write_string(row, 0, person)
                for column in range(columns):
                    whole = {"row": row - 2, "column": column}.get(full or "") == line
                    if whole or dice.random() < share:
                        sheet.write_number(row, column + 1, int(dice.choice(chosen)))
                    elif dice.random() < 0.9:
                        sheet.write_number(row, column + 1, dice.randrange(50))
                    elif dice.random() < 0.5:
                        sheet.write_string(row, column + 1, "-")
        file = path.relative_to(tmp_path / str(seed)).as_posix()
        some, every = read_file(path, file, CATALOGUE, thin=True), read_file(path, file, CATALOGUE)
        assert observed(some) == observed(every), seed
        assert sorted(some.findings, key=repr) == sorted(every.findings, key=repr), seed
        assert list(some.ledger_rows()) == list(every.ledger_rows()), seed
        left += any(text in NUMBERS for plate in some.plates for own in plate.figures for text in own)
    assert (left > 0) == (columns > 1)  # in one column none stands beside a figure


@pytest.mark.parametrize(
    ("beyond", "left_out"),
    [({}, 50), ({14: "Kopā"}, 0), ({20: 7}, 30), ({20: "precizēts"}, 48), ({16: 5, 18: 6}, 0)],
)
def test_tables_of_which_one_has_fewer_columns(
    tmp_path: Path, beyond: dict[int, object], left_out: int
) -> None:
    """Rows of the narrow table are left out as well; not where a heading, or figures, stand `beyond` it."""
    forget()
    path = tmp_path / "2022" / "TA_2022.xlsx"
    path.parent.mkdir(parents=True)
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Tabula")
        for start, article, heads in (
            (0, "164", ["Sievietes", "Vīrieši", "Kopā"]),
            (13, "165", ["Sievietes", "Vīrieši"]),
        ):
            sheet.write(start, 0, f"Notiesātās personas: {article}. pants, 2022. gads")
            sheet.write_row(start + 1, 0, ["Valstspiederība", *heads])
            for row, person in enumerate(labels("citizenship")[:10], start=start + 2):
                sheet.write_row(row, 0, [person, row, 1, row + 1][: len(heads) + 1])
        for row, value in beyond.items():
            sheet.write(row, 3, value)
    some, every = (read_file(path, "2022/TA_2022.xlsx", CATALOGUE, thin=thin) for thin in (True, False))
    assert observed(some) == observed(every)
    assert sorted(some.findings, key=repr) == sorted(every.findings, key=repr)
    assert list(some.ledger_rows()) == list(every.ledger_rows())
    assert sum(len(plate) for plate in some.plates) == left_out


def test_a_sheet_that_repeats_another_comes_to_what_it_comes_to_by_itself(tmp_path: Path) -> None:
    """Short tables: each workbook read in full, then by what others of its plan came to, then by its own."""
    forget()
    for seed in range(3 * SEEDS):
        path = tall(tmp_path / str(seed), Random(seed), Random(seed % 9), short=True)
        file = path.relative_to(tmp_path / str(seed)).as_posix()
        every = read_file(path, file, CATALOGUE)
        for some in (
            read_file(path, file, CATALOGUE, thin=True),
            read_file(path, file, CATALOGUE, thin=True),
        ):
            assert observed(some) == observed(every), path
            assert some.plates or sorted(some.observations, key=repr) == sorted(every.observations, key=repr)
            assert sorted(some.findings, key=repr) == sorted(every.findings, key=repr), path
            assert list(some.ledger_rows()) == list(every.ledger_rows()), path


def test_many_rows_are_left_out(readings: list[tuple[WorkbookReading, WorkbookReading]]) -> None:
    plates = sum(len(plate) for some, _ in readings for plate in some.plates)
    figures = sum(len(every.observations) for _, every in readings)
    assert figures > 5_000
    assert plates > figures / 3
    assert not any(every.plates for _, every in readings)


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of tall workbooks of several senders and years, some of them about the same figures."""
    folder = tmp_path_factory.mktemp("collection") / "raw"
    for seed in range(200, 200 + FILES):
        path = tall(folder, Random(seed))
        path.rename(path.with_name(f"{path.stem.partition('_')[0]}_t{seed}_{path.parent.name}.xlsx"))
    return folder


def outputs(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


@pytest.fixture(scope="module")
def whole(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The outputs of a first ingest."""
    folder = tmp_path_factory.mktemp("whole") / "out"
    summary = run_ingest(raw, folder, CATALOGUE, "en", workers=1)
    assert summary.files == FILES
    assert summary.figures > 500
    return outputs(folder)


def test_the_tables_are_those_of_every_row_read(raw: Path, whole: dict[str, bytes], tmp_path: Path) -> None:
    read = ingest(raw, CATALOGUE)
    tidy = reconcile(read.observations, CATALOGUE)
    for name, table in CATALOGUE.tables.items():
        rows = [table_row(observation, table) for observation in tidy.standing[name]]
        assert rows_of(whole[f"{name}.csv"])[1:] == rows
    for name, content in whole.items():
        (tmp_path / name).write_bytes(content)
    said = [list(line.values()) for line in told(tmp_path, CATALOGUE.tables)]
    assert len(said) > len(rows_of(whole["evidence.csv"])) + 500
    every = [evidence_row(o, stands, CATALOGUE.tables[o.table]) for o, stands in tidy.evidence]
    assert sorted(row[:-1] for row in said) == sorted(row[:-1] for row in every)
    ledger = [[row.file, row.sheet, row.cell, row.role, row.table] for row in read.ledger]
    assert rows_of(whole["ledger.csv"])[1:] == ledger


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def test_the_tables_do_not_depend_on_who_does_the_work(
    raw: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    run_ingest(raw, tmp_path / "three", CATALOGUE, "en", workers=3)
    assert outputs(tmp_path / "three") == whole
    with ThreadPoolExecutor(2) as executor:
        run_ingest(raw, tmp_path / "executor", CATALOGUE, "en", executor=executor)
    assert outputs(tmp_path / "executor") == whole


def test_dask_gives_the_same_bytes(raw: Path, whole: dict[str, bytes], tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        run_ingest(raw, tmp_path / "out", CATALOGUE, "en", executor=client.get_executor())
    assert outputs(tmp_path / "out") == whole


def test_a_figure_that_two_tall_tables_give_is_a_contradiction(raw: Path, whole: dict[str, bytes]) -> None:
    rows = pd.read_csv(pd.io.common.BytesIO(whole["persons_convicted.csv"]), dtype=str, keep_default_na=False)
    keys = ["year", "article", "sex", "age_group", "citizenship", "exploitation_form"]
    assert not rows.duplicated(keys).any()
    contradicted = [name for name in whole if name.endswith(".csv") and b",X," in whole[name]]
    assert contradicted


@pytest.fixture
def kept(raw: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the folder that a test may change, ingested once."""
    folder = tmp_path / "raw"
    for path in raw.rglob("*.xlsx"):
        copy = folder / path.relative_to(raw)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    run_ingest(folder, tmp_path / "out", CATALOGUE, "en")
    yield folder


def test_one_changed_workbook_gives_what_a_rebuild_gives(
    kept: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    first, *_, last = sorted(kept.rglob("*.xlsx"))
    first.write_bytes(last.read_bytes())
    run_ingest(kept, tmp_path / "out", CATALOGUE, "en")
    run_ingest(kept, tmp_path / "anew", CATALOGUE, "en")
    changed = outputs(tmp_path / "out")
    assert changed == outputs(tmp_path / "anew")
    assert changed != whole


def test_a_workbook_that_is_gone_is_gone(kept: Path, tmp_path: Path) -> None:
    sorted(kept.rglob("*.xlsx"))[0].unlink()
    run_ingest(kept, tmp_path / "out", CATALOGUE, "en")
    run_ingest(kept, tmp_path / "anew", CATALOGUE, "en")
    assert outputs(tmp_path / "out") == outputs(tmp_path / "anew")


def test_an_output_that_was_changed_is_made_anew(kept: Path, whole: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / "out" / "persons_convicted.csv").write_text("nothing\n", encoding="utf-8", newline="\n")
    (tmp_path / "out" / "ledger.csv").unlink()
    run_ingest(kept, tmp_path / "out", CATALOGUE, "en")
    assert outputs(tmp_path / "out") == whole


def test_nothing_is_done_where_nothing_changed(kept: Path, tmp_path: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()}
    told: list[str] = []
    run_ingest(kept, tmp_path / "out", CATALOGUE, "en", told.append)
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()} == before
    assert told == []


def test_where_nothing_changed_nothing_is_imported(kept: Path, tmp_path: Path) -> None:
    """Not even what the library has for classes and types, which takes as long as all the rest."""
    code = (
        "import sys\nfrom thb_analysis.cli import main\n"
        "main(['ingest', '--raw', sys.argv[1], '--processed', sys.argv[2]])\n"
        "print({'thb_analysis.rounds', 'pyarrow', 'dataclasses', 'typing'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code, str(kept), str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[0].startswith(f"Read {len(list(kept.rglob('*.xlsx')))} files")
    assert done.stdout.splitlines()[-1] == "set()"


def test_a_shelf_that_cannot_be_read_is_made_anew(
    kept: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    shelf = tmp_path / ".out.shelf"
    for number, path in enumerate(sorted(shelf.iterdir())):
        path.write_bytes(b"" if number % 2 else os.urandom(100))
    run_ingest(kept, tmp_path / "out", CATALOGUE, "en")
    assert outputs(tmp_path / "out") == whole


def test_a_mark_without_a_note_is_told_however_often_such_a_sheet_was_read(tmp_path: Path) -> None:
    forget()
    for year in (2021, 2022, 2023):
        path = tmp_path / str(year) / f"TA_{year}.xlsx"
        path.parent.mkdir()
        with xlsxwriter.Workbook(str(path)) as book:
            page = book.add_worksheet("Lapa1")
            page.write_row(0, 0, [f"Notiesātās personas, 154.1. pants, {year}. gadā"])
            page.write_row(1, 0, ["Valsts", "Skaits"])
            for row, person in enumerate(labels("citizenship")[:40], 2):
                page.write_row(row, 0, [person, "4 *" if row == 20 else row])
        found = read_file(path, f"{year}/TA_{year}.xlsx", CATALOGUE, thin=True).findings
        assert [(one.code, one.cell) for one in found] == [("mark_unexplained", "B21")]
