"""Every sentence with a number in it is right in Latvian for 0, 1, 2, 11, 21 and 101."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from thb_analysis.analysis import statements
from thb_analysis.analysis.counts import compare
from thb_analysis.analysis.measures import STATUSES
from thb_analysis.analysis.scorecard import STATES
from thb_analysis.analysis.sentences import quantity, sentence
from thb_analysis.analysis.slopes import slope
from thb_analysis.analysis.support import rehabilitation
from thb_analysis.analysis.trends import trend
from thb_analysis.language import Language

LV = Language("lv")
NUMBERS = (0, 1, 2, 11, 21, 101)
FORMS = ("zero", "one", "other", "zero", "one", "one")
ROOMS = ("analysis", "charts", "evaluation", "international", "quality", "studies")

UNITS = {
    "offences": ("noziedzīgu nodarījumu", "noziedzīgs nodarījums", "noziedzīgi nodarījumi"),
    "proceedings": ("kriminālprocesu", "kriminālprocess", "kriminālprocesi"),
    "persons": ("personu", "persona", "personas"),
    "cases": ("lietu", "lieta", "lietas"),
    "decisions": ("lēmumu", "lēmums", "lēmumi"),
    "judgments": ("nolēmumu", "nolēmums", "nolēmumi"),
    "checks": ("pārbaužu", "pārbaude", "pārbaudes"),
    "activities": ("pasākumu", "pasākums", "pasākumi"),
    "measures": ("pasākumu", "pasākums", "pasākumi"),
    "percent": ("procentu", "procents", "procenti"),
    "victims": ("upuru", "upuris", "upuri"),
    "clients": ("klientu", "klients", "klienti"),
    "years": ("gadu", "gads", "gadi"),
}


@pytest.mark.parametrize("unit", UNITS)
def test_a_number_with_its_unit(unit: str) -> None:
    forms = dict(zip(("zero", "one", "other"), UNITS[unit], strict=True))
    for number, form in zip(NUMBERS, FORMS, strict=True):
        assert quantity(number, unit, LV) == f"{number} {forms[form]}"


def test_every_unit_is_here() -> None:
    assert {f"analysis.unit.{unit}" for unit in (*UNITS, "count")} == {
        key for key in LV.in_order() if key.startswith("analysis.unit.")
    }


def plural_keys() -> Iterator[str]:
    for key in LV.in_order():
        forms = LV._entry(key)
        if key.split(".")[0] in ROOMS and isinstance(forms, dict):
            yield key


@pytest.mark.parametrize("key", list(plural_keys()))
def test_every_plural_text_has_the_three_latvian_forms(key: str) -> None:
    forms: Any = LV._entry(key)
    assert set(forms) == {"zero", "one", "other"}
    for number, form in zip(NUMBERS, FORMS, strict=True):
        params = dict.fromkeys(LV.parameters(key), 5) | {"n": number}
        written = LV.text(key, **params)
        assert str(number) in written
        assert written == LV._fill(key, forms[form], params)


def two_years(old: int, new: int, unit: str = "persons") -> pd.DataFrame:
    rows = [
        {"year": year, "article": "154.1", "value": float(value), "unit": unit, "obs_status": "A", "note": ""}
        | dict.fromkeys(("institution", "source_file", "source_sheet", "source_cell"), "")
        for year, value in ((2022, old), (2023, new))
    ]
    return pd.DataFrame(rows).astype({"year": "Int64"})


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (0, "2023. gadā 0 personu, par 5 mazāk nekā 2022. gadā (5); droša izmaiņa nav"),
        (1, "2023. gadā 1 persona, par 4 mazāk nekā 2022. gadā (5); droša izmaiņa nav"),
        (2, "2023. gadā 2 personas, par 3 mazāk nekā 2022. gadā (5); droša izmaiņa nav"),
        (11, "2023. gadā 11 personu, par 6 vairāk nekā 2022. gadā (5); droša izmaiņa nav"),
        (21, "2023. gadā 21 persona, par 16 vairāk nekā 2022. gadā (5); pieaugums ir statistiski nozīmīgs."),
        (
            101,
            "2023. gadā 101 persona, par 96 vairāk nekā 2022. gadā (5); pieaugums ir statistiski nozīmīgs.",
        ),
    ],
)
def test_the_change_of_a_year(new: int, expected: str) -> None:
    assert sentence(trend(two_years(5, new)).iloc[1], LV).startswith(expected)
    assert compare(5, new).difference == new - 5


def test_a_change_from_nothing_and_to_the_same() -> None:
    assert sentence(trend(two_years(0, 0)).iloc[1], LV) == "2023. gadā 0 personu, tāpat kā 2022. gadā."
    assert sentence(trend(two_years(21, 21)).iloc[1], LV) == "2023. gadā 21 persona, tikpat, cik 2022. gadā."


@pytest.mark.parametrize(("n", "years"), [(0, "0 gadu"), (1, "1 gads"), (2, "2 gadi")])
def test_a_series_too_short(n: int, years: str) -> None:
    found = slope(range(2020, 2020 + n), [3.0] * n)
    assert sentence(found, LV) == (
        f"Tendences noteikšanai datu rinda ir par īsu: {years} (vajadzīgi vismaz 5)."
    )


@pytest.mark.parametrize(
    ("clients", "said", "left"),
    [
        (0, "0 klientu", "0 klientu"),
        (1, "1 klients", "1 klients"),
        (2, "2 klienti", "2 klienti"),
        (11, "11 klientu", "11 klientu"),
        (21, "21 klients", "21 klients"),
        (101, "101 klients", "101 klients"),
    ],
)
def test_clients_and_leavers(clients: int, said: str, left: str) -> None:
    rows = [
        (2022, "previous_year", 0), (2022, "this_year", clients), (2022, "_T", clients),
        (2023, "previous_year", 0), (2023, "this_year", 1), (2023, "_T", 1),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["year", "started", "value"]).astype(
        {"year": "Int64", "value": "float64"}
    )
    frame["unit"], frame["obs_status"] = "persons", "A"
    for column in ("institution", "source_file", "source_sheet", "source_cell", "note"):
        frame[column] = ""
    told = sentence(rehabilitation(frame).iloc[0], LV)
    assert told.startswith(f"2022. gadā {said}: 0 no iepriekšējā gada un {clients} no jauna.")
    assert told.endswith(f"Līdz 2023. gadam pakalpojumu beidza saņemt {left}.")


@pytest.mark.parametrize(
    ("n", "indicators", "measures", "times"),
    [
        (0, "0 rādītāju.", "0 pasākumu.", "0 gadījumu –"),
        (1, "1 rādītājs.", "1 pasākums.", "1 gadījums –"),
        (2, "2 rādītāji.", "2 pasākumi.", "2 gadījumi –"),
        (11, "11 rādītāju.", "11 pasākumu.", "11 gadījumu –"),
        (21, "21 rādītājs.", "21 pasākums.", "21 gadījums –"),
        (101, "101 rādītājs.", "101 pasākums.", "101 gadījums –"),
    ],
)
def test_the_evaluations_sentences(n: int, indicators: str, measures: str, times: str) -> None:
    card = {"plan": "2021-2023", "year": 2023, "total": n, **dict.fromkeys(STATES, n)}
    assert indicators in statements.summary(card, LV)
    tally = {"total": n, **dict.fromkeys(STATUSES, n)}
    assert measures in statements.measures(tally, "2021-2023", LV)
    finding = {"severity": "warning", "number": n, "message": "kaut kas."}
    assert statements.finding(finding, LV) == f"Brīdinājums: {times} kaut kas."


@pytest.mark.parametrize(
    ("n", "left", "right"),
    [
        (0, "0 kriminālprocesu", "0 noziedzīgu nodarījumu"),
        (1, "1 kriminālprocess", "1 noziedzīgs nodarījums"),
        (2, "2 kriminālprocesi", "2 noziedzīgi nodarījumi"),
        (11, "11 kriminālprocesu", "11 noziedzīgu nodarījumu"),
        (21, "21 kriminālprocess", "21 noziedzīgs nodarījums"),
        (101, "101 kriminālprocess", "101 noziedzīgs nodarījums"),
    ],
)
def test_two_institutions_side_by_side(n: int, left: str, right: str) -> None:
    row = {
        "rule": "linked_within_registered", "year": 2023, "each": "", "code": "", "verdict": "holds",
        "left_value": float(n), "left_unit": "proceedings", "right_value": float(n), "right_unit": "offences",
    }  # fmt: skip
    assert f": {left}, viss kopā – {right}; saskan." in statements.reconciliation(row, LV).replace(
        ", 2023. gads", ""
    )
