"""Small tidy tables for tests of the overview: every kind of nothing, a revision, a finding, awkward text."""

from __future__ import annotations

from typing import Any

import pandas as pd

DEMOGRAPHY = {"sex": "_T", "age_group": "_T", "citizenship": "_T", "exploitation_form": "_T"}


def _row(
    year: int, codes: dict[str, str], value: float | str, unit: str, who: str, sheet: str, cell: str
) -> dict[str, Any]:
    """A row of a tidy table; a text in place of the value is the status of a figure that is not there."""
    absent = isinstance(value, str)
    return {
        "year": year,
        **codes,
        "value": None if absent else float(value),
        "unit": unit,
        "obs_status": value if absent else "A",
        "institution": who,
        "source_file": f"{year}/{who}_{year}.xlsx",
        "source_sheet": sheet,
        "source_cell": cell,
        "note": "",
    }


def tables() -> dict[str, pd.DataFrame]:
    """Three years of a small country."""
    article = [("154.1", "B"), ("165", "C"), ("165.1", "D"), ("285.2", "E")]
    offences: dict[int, list[float | str]] = {2021: [4, 13, 3, 48], 2022: [10, 1, 0, 5], 2023: [2, 2, 0, 13]}
    sent: dict[int, list[float | str]] = {2021: [2, 2, 1, 8], 2022: [2, 3, 2, 3], 2023: [2, 1, "Z", 5]}
    convicted: dict[int, list[float | str]] = {
        2021: [1, "M", 3, 5],
        2022: [1, 15, 2, 11],
        2023: [6, 13, "L", 5],
    }
    rows: dict[str, list[dict[str, Any]]] = {
        "registered_offences": [],
        "cases_sent_to_court": [],
        "persons_convicted": [],
    }
    for year in offences:
        for place, (code, column) in enumerate(article):
            rows["registered_offences"].append(
                _row(
                    year,
                    {"article": code},
                    offences[year][place],
                    "offences",
                    "IC",
                    "Dati & <izziņa>",
                    f"{column}5",
                )
            )
            rows["cases_sent_to_court"].append(
                _row(
                    year, {"article": code}, sent[year][place], "cases", "Prokuratura", "Lapa1", f"{column}6"
                )
            )
            rows["persons_convicted"].append(
                _row(
                    year,
                    {"article": code, **DEMOGRAPHY},
                    convicted[year][place],
                    "persons",
                    "TA",
                    "Notiesātie",
                    f"{column}7",
                )
            )
    money = {2021: 512294.47, 2022: 291609.0, 2023: 6000.0}
    rows["seized_assets"] = [
        _row(year, {"article": "154.1"}, value, "EUR", "VP", "1 Arestētie līdzekļi", "B4")
        for year, value in money.items()
    ]
    clients = {2021: (23, 56, 79), 2022: (44, 21, 65), 2023: (14, 21, 35)}
    rows["rehabilitation_clients"] = [
        _row(year, {"started": code}, value, "persons", "SIVA", "Soc. rehabilitācija", f"B{4 + place}")
        for year, values in clients.items()
        for place, (code, value) in enumerate(zip(("previous_year", "this_year", "_T"), values, strict=True))
    ]
    rows["inspections"] = [
        _row(2022, {"measure": "joint_checks"}, 8, "checks", "VP", "2 Pārbaudes", "B4"),
        _row(2023, {"measure": "joint_checks"}, 10, "checks", "VP", "2 Pārbaudes", "B4"),
        _row(2022, {"measure": "checks"}, 1193, "checks", "VRS", "Pārbaudes", "B3"),
    ]
    rows["victims"] = _victims()
    measures = [("1.1", "done"), ("1.2", "not_done"), ("2.1", "partly_done")]
    rows["plan_measures"] = [
        {
            "year": 2023,
            "plan": "2021-2023",
            "measure": measure,
            "direction": measure[0],
            "responsible": "IeM",
            "status": status,
            "unit": "measures",
            "obs_status": "A",
            "institution": "IeM",
            "source_file": "2023/IeM_plans_2023.xlsx",
            "source_sheet": "Pasākumi",
            "source_cell": f"C{5 + place}",
            "note": "",
        }
        for place, (measure, status) in enumerate(measures)
    ]
    return {name: pd.DataFrame(found) for name, found in rows.items()}


def _victims() -> list[dict[str, Any]]:
    def victim(year: int, value: float, cell: str, **codes: str) -> dict[str, Any]:
        every = {"identification": "identified", "registered_by": "_T", **DEMOGRAPHY, "place": "_T"} | codes
        return _row(year, every, value, "persons", "IeM", "Upuri", cell)

    return [
        victim(2021, 61, "D8"),
        victim(2021, 49, "C5", sex="M", exploitation_form="labour"),
        victim(2021, 4, "B5", sex="F", exploitation_form="labour"),
        victim(2021, 8, "B6", sex="F", exploitation_form="sexual"),
        victim(2021, 0, "C6", sex="M", exploitation_form="sexual"),
        victim(2022, 26, "B1"),
        victim(2022, 20, "B3", registered_by="NGO"),
        victim(2022, 8, "B4", registered_by="VP"),
        victim(2022, 2, "B5", registered_by="VP", identification="overlap"),
        victim(2023, 24, "B1"),
    ]


def findings(lang: str) -> pd.DataFrame:
    """One warning to show and one note to count."""
    words = {
        "lv": ("Formula nav aprēķināta.", "Saglabājiet vēlreiz."),
        "en": ("Formula never computed.", "Save again."),
    }
    message, suggestion = words[lang]
    place = {"code": "x", "source_file": "2022/SIVA_2022.xlsx", "source_sheet": "Soc.", "source_cell": "B4"}
    texts = {"found": "=SUM(B5:B6)", "expected": "", "message": message, "suggestion": suggestion}
    return pd.DataFrame([{"severity": "warning", **place, **texts}, {"severity": "info", **place, **texts}])


def revisions() -> pd.DataFrame:
    """One figure that a later workbook gave anew."""
    return pd.DataFrame(
        [
            {
                "table": "registered_offences",
                "key": "year=2022;article=154.1",
                "old_value": "9",
                "old_source": "2022/IC_2022.xlsx, Dati, C5",
                "new_value": "10",
                "new_source": "2023/IC_2023.xlsx, IC, B5",
            }
        ]
    )
