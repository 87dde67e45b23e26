"""A year of a table by columns: the lines that the csv module writes, and Parquet pieces that make one file."""

from __future__ import annotations

import csv
import io
import pickle
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tall import CATALOGUE

from thb_analysis.definitions import Table
from thb_analysis.observations import Observation, Plate
from thb_analysis.shelf import Section
from thb_analysis.tidy import parquet
from thb_analysis.tidy.parquet import encoded, from_csv, joined
from thb_analysis.tidy.reconcile import reconcile
from thb_analysis.tidy.settle import settle
from thb_analysis.tidy.store import csv_bytes, evidence_row, table_row
from thb_analysis.tidy.wholes import wholes_below

TABLE = CATALOGUE.tables["persons_convicted"]
BUDGET = CATALOGUE.tables["budget"]
PEOPLE, FORMS = ("LV", "LT", "EE", "foreign"), ("sexual", "labour", "begging")
MARKS = (("", "M"), ("-", "Z"), ("n/a", "L"), ('say "no", or not', "Q"))


def one(year: int | None, file: str, **dims: str) -> Observation:
    every = {
        "article": "154.1",
        "sex": "_T",
        "age_group": "_T",
        "citizenship": "LV",
        "exploitation_form": "sexual",
    }
    said = tuple((every | dims).items())
    return Observation(
        TABLE.id,
        year,
        said,
        Decimal(3),
        "A",
        "persons",
        "TA",
        file,
        "Dati",
        "B",
        2022,
        note='a "note", with; all',
    )


def plate(dice: Random, year: int | None, file: str, sexes: Sequence[str]) -> Plate:
    people = dice.sample(PEOPLE, dice.randint(1, 4))
    rows = [(person, form) for person in people for form in FORMS]
    texts = [str(number) for number in range(9)] + [mark for mark, _ in MARKS]
    return Plate(
        tuple(
            one(year, file, sex=sex)._replace(cell=letter) for letter, sex in zip("BCD", sexes, strict=False)
        ),
        ("citizenship", "exploitation_form"),
        tuple(sorted(dice.sample(range(4, 40), len(rows)))),
        tuple(zip(*rows, strict=True)),
        "\n".join(dice.choices(texts, k=len(rows) * len(sexes))),
        MARKS,
    )


def repeated(known: Plate, dice: Random, number: int) -> Plate:
    """The same figures in another workbook, in a later one, or elsewhere in the same; some of them are others."""
    source = dice.choice(
        [
            ("2022/TA_2022.xlsx", "Vēl", 2022),
            ("2021/TA_2021.xlsx", "Dati", 2021),
            ("2023/TA_x.xlsx", "D, 2", 2023),
        ]
    )
    file, sheet, vintage = source
    rows, figures = list(range(len(known.rows))), [list(own) for own in known.figures]
    if dice.random() < 0.5:
        figures[0][0] = dice.choice(["17", ""])
    if dice.random() < 0.5:
        dice.shuffle(rows)
    return replace(
        known,
        templates=tuple(
            t._replace(file=file, sheet=sheet, vintage=vintage, cell=f"{'AHZ'[number]}{t.cell}")
            for t in known.templates
        ),
        rows=tuple(sorted(dice.sample(range(40, 90), len(rows)))),
        codes=tuple(tuple(codes[row] for row in rows) for codes in known.codes),
        text="\n".join(own[row] for own in figures for row in rows),
    )


def each_text_once(table: Table, groups: list[pa.Table]) -> parquet.Piece:
    for group in groups:
        for column in group.columns:
            if pa.types.is_dictionary(column.type):
                texts = column.chunk(0).dictionary.to_pylist()
                assert len(set(texts)) == len(texts)
    return encoded(table, groups)


def lines(rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


@pytest.mark.parametrize("seed", range(120))
def test_columns_are_what_figures_one_by_one_are(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any plates and observations of one year: the same rows, the same findings, the same Parquet."""
    monkeypatch.setattr("thb_analysis.tidy.settle.WORTH", 0)
    monkeypatch.setattr("thb_analysis.tidy.settle.encoded", each_text_once)
    dice = Random(seed)
    year = dice.choice((2022, None))
    files = ("2022/TA_2022.xlsx", '2022/TA_"otra",_2022.xlsx')
    plates = [
        plate(dice, year, file, ("F", "M", "_T")[: dice.randint(1, 3)])
        for file in files[: dice.randint(1, 2)]
    ]
    plates += [repeated(each, dice, n) for each in plates for n in range(dice.choice((0, 0, 1, 3)))]
    dice.shuffle(plates)
    loose = [
        one(year, files[0], sex=dice.choice("FM"), citizenship=dice.choice(PEOPLE))._replace(
            cell=f"K{number}"
        )
        for number in range(dice.choice((0, 0, 2)))
    ]
    every = [*loose, *(o for each in plates for o in each.observations())]
    tidy = reconcile(every, CATALOGUE, [])
    assert pickle.loads(pickle.dumps(plates)) == plates
    found = settle(Section(loose, plates), TABLE, CATALOGUE)
    text = b"".join(found.lines)
    assert text == lines([table_row(o, TABLE) for o in tidy.standing[TABLE.id]])
    said = [*tidy.findings, *wholes_below(TABLE, tidy.standing[TABLE.id])]
    assert sorted(map(repr, found.said.findings)) == sorted(map(repr, said))
    assert found.said.rows == len(tidy.standing[TABLE.id])
    own = [evidence_row(o, stands, TABLE) for o, stands in tidy.evidence]
    plain = [
        row for row in csv.reader(io.StringIO(found.evidence.decode(), newline="")) if "=*" not in row[1]
    ]
    assert all(row in own for row in plain)
    tellers = Counter(row[1] for row in own)
    assert [row for row in plain if tellers[row[1]] > 1] == [row for row in own if tellers[row[1]] > 1]
    assert found.parquet is not None
    head = csv_bytes(TABLE.columns, ())
    again = table_of([found.parquet])
    assert again.equals(table_of([from_csv(TABLE, head, text)]))


def table_of(pieces: Sequence[parquet.Piece]):  # type: ignore[no-untyped-def]
    content = parquet.MAGIC + b"".join(piece.body for piece in pieces)
    return pq.read_table(io.BytesIO(content + joined([(piece.footer, len(piece.body)) for piece in pieces])))


def test_pieces_of_parquet_make_one_file() -> None:
    head = csv_bytes(BUDGET.columns, ())
    texts = [
        "".join(
            f"{year},plan,IC,planned,{n},EUR,A,2022/IC_2022.xlsx,Dati,B{n},\n" for n in range(size)
        ).encode()
        for year, size in ((2020, 3), (2021, 900), ("_T", 20), (2022, 1))
    ]
    pieces = [from_csv(BUDGET, head, text) for text in texts]
    whole = table_of(pieces)
    assert whole.schema == parquet.schema(BUDGET)
    assert whole.equals(table_of([from_csv(BUDGET, head, b"".join(texts))]))
    assert whole["year"].null_count == 20
    one = joined([(pieces[1].footer, len(pieces[1].body))])
    assert parquet.footer_of(one[:-8]) == pieces[1].footer
    with pytest.raises(ValueError, match="same columns"):
        joined([(pieces[0].footer, 1), (encoded(TABLE, []).footer, 1)])
    many = table_of(pieces * 30)
    assert many.num_rows == 30 * whole.num_rows
    assert many.slice(whole.num_rows * 29).equals(whole)


def test_a_table_without_rows_is_parquet_too() -> None:
    none = encoded(BUDGET, [])
    assert table_of([none]).num_rows == 0
    assert table_of([none]).schema == parquet.schema(BUDGET)
