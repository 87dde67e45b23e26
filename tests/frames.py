"""Tidy tables as the ingest leaves them, built from figures written out here: no file is read."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from thb_analysis.analysis.victims import DIMENSIONS

ABSENT = {"": "M", "-": "Z", "n/a": "L", "X": "X"}
COMMON = ["value", "unit", "obs_status", "institution", "source_file", "source_sheet", "source_cell", "note"]
VICTIM_DIMENSIONS = ["identification", *DIMENSIONS]
ARTICLES = ("154.1", "164", "165", "165.1", "285.2")
YEARS = (2021, 2022, 2023)


def tidy(
    rows: Iterable[tuple[object, ...]], dimensions: list[str], unit: str, status: str = "A"
) -> pd.DataFrame:
    """Rows of year, dimensions and value (a number, or a sign for nothing) as a table of the contract."""
    records = []
    for place, (year, *rest) in enumerate(rows, start=2):
        *codes, value = rest
        records.append(
            {
                "year": year,
                **dict(zip(dimensions, codes, strict=True)),
                "value": float("nan") if isinstance(value, str) else value,
                "unit": unit,
                "obs_status": ABSENT[value] if isinstance(value, str) else status,
                "institution": "ZZ",
                "source_file": f"{year}/ZZ_{year}.xlsx",
                "source_sheet": "Data",
                "source_cell": f"B{place}",
                "note": "",
            }
        )
    frame = pd.DataFrame(records, columns=["year", *dimensions, *COMMON])
    return frame.astype({"year": "Int64", "value": "float64"})


def by_article(figures: dict[str, tuple[object, ...]], unit: str, first_year: int = 2021) -> pd.DataFrame:
    """One series an article, from `first_year` on."""
    rows = [
        (first_year + step, article, value)
        for article, values in figures.items()
        for step, value in enumerate(values)
    ]
    return tidy(rows, ["article"], unit)


def registered_offences() -> pd.DataFrame:
    figures = {
        "154.1": (4, 10, 2),
        "164": (12, 5, 9),
        "165": (13, 1, 2),
        "165.1": (3, 0, 0),
        "285.2": (48, 5, 13),
    }
    return by_article(figures, "offences")


def cases_sent_to_court() -> pd.DataFrame:
    figures = {
        "154.1": (2, 2, 2),
        "164": (1, 3, 3),
        "165": (2, 3, 1),
        "165.1": (1, 2, "-"),
        "285.2": (8, 3, 5),
    }
    return by_article(figures, "cases")


def cases_adjudicated() -> pd.DataFrame:
    figures = {
        "154.1": (1, 4, 1),
        "164": ("", 2, 3),
        "165": (1, 6, 7),
        "165.1": (2, 3, 1),
        "285.2": (9, 5, 6),
    }
    frame = by_article(figures, "cases")
    frame.insert(2, "instance", "first")
    return frame


def persons_convicted() -> pd.DataFrame:
    figures = {
        "154.1": (1, 1, 6),
        "164": ("", 1, 2),
        "165": (3, 15, 13),
        "165.1": (3, 2, 2),
        "285.2": (5, 11, 5),
    }
    frame = by_article(figures, "persons")
    for place, dimension in enumerate(("sex", "age_group", "citizenship", "exploitation_form"), start=2):
        frame.insert(place, dimension, "_T")
    return frame


def seized_assets() -> pd.DataFrame:
    rows = [(2021, "154.1", 512294.47), (2022, "154.1", 291609.0), (2023, "154.1", 6000.0)]
    return tidy([*rows, (pd.NA, "154.1", 809903.47)], ["article"], "EUR")


def rehabilitation_clients() -> pd.DataFrame:
    figures = {2021: (23, 56, 79), 2022: (44, 21, 65), 2023: (14, 21, 35)}
    started = ("previous_year", "this_year", "_T")
    rows = [
        (year, code, v) for year, values in figures.items() for code, v in zip(started, values, strict=True)
    ]
    return tidy(rows, ["started"], "persons")


def victim(year: int, value: object, identification: str = "identified", **codes: str) -> tuple[object, ...]:
    return (year, identification, *(codes.get(name, "_T") for name in VICTIM_DIMENSIONS[1:]), value)


def victims() -> pd.DataFrame:
    """Victims of 2017, 2018, 2020 and 2021 to 2023 in the breakdowns that were published."""
    rows = [victim(2017, 20)]
    rows += [
        victim(2017, value, sex=sex, age_group=age)
        for sex, age, value in (("F", "adult", 15), ("F", "child", 2), ("M", "adult", 2), ("M", "child", 1))
    ]
    rows += [victim(2017, 16, registered_by="NGO"), victim(2017, 4, registered_by="VP")]
    rows += [victim(2017, 15, place="abroad"), victim(2017, 5, place="LV")]
    rows += [victim(2017, 18, citizenship="LV"), victim(2017, 2, citizenship="foreign")]
    rows += [victim(2018, 23), victim(2018, 12, sex="F"), victim(2018, 11, sex="M")]
    for registrar, values in (("NGO", (13, 9, 4)), ("VP", (5, 3, 2)), ("foreign_authority", (7, 1, 6))):
        for sex, value in zip(("_T", "F", "M"), values, strict=True):
            rows.append(victim(2018, value, registered_by=registrar, sex=sex))
    for sex, value in (("_T", 2), ("F", 1), ("M", 1)):
        rows.append(victim(2018, value, "overlap", registered_by="VP", sex=sex))
    rows += [victim(2019, 39), victim(2020, 50, "presumed"), victim(2020, 48)]
    rows += [victim(2020, 15, registered_by="VP"), victim(2020, 2, age_group="child")]
    rows += [victim(2020, 34, sex="M", age_group="adult"), victim(2020, 12, sex="F", age_group="adult")]
    for country, value in (("TJ", 18), ("LV", 17), ("IN", 7), ("UZ", 6)):
        rows.append(victim(2020, value, citizenship=country))
    rows.append(victim(2021, 61))
    for form, women, men in (("labour", 4, 49), ("sexual", 7, 0), ("sham_marriage", 1, 0)):
        rows += [
            victim(2021, women, sex="F", exploitation_form=form),
            victim(2021, men, sex="M", exploitation_form=form),
        ]
    rows += [victim(2022, 26), victim(2023, 24)]
    return tidy(rows, VICTIM_DIMENSIONS, "persons")


def articles() -> pd.DataFrame:
    groups = ("trafficking", "related", "related", "related", "linked")
    return pd.DataFrame({"code": ARTICLES, "group": groups})
