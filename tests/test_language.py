"""Numbers, plural forms and labels as people write them; both languages say the same things."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from thb_analysis.language import Language, LanguageError, languages

LV, EN = Language("lv"), Language("en")


@pytest.mark.parametrize(
    ("value", "lv", "en"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (1000, "1\u00a0000", "1,000"),
        (512294.47, "512\u00a0294,47", "512,294.47"),
        (-12, "\u221212", "\u221212"),
        (np.int64(61), "61", "61"),
        (np.float64(3.0), "3", "3"),
        (0.1 + 0.2, "0,3", "0.3"),
        (Decimal("2.50"), "2,50", "2.50"),
    ],
)
def test_numbers(value: float, lv: str, en: str) -> None:
    assert LV.number(value) == lv
    assert EN.number(value) == en


def test_decimals_are_rounded_half_up() -> None:
    assert LV.number(2.345, 2) == "2,35"
    assert LV.number(-0.001, 2) == "0,00"
    assert EN.signed(0) == "0" and EN.signed(3) == "+3"


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), True, "3"])
def test_no_number_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        LV.number(value)  # type: ignore[arg-type]


def test_money() -> None:
    assert LV.money(6000) == "6\u00a0000\u00a0euro"
    assert EN.money(512294.47) == "EUR\u00a0512,294.47"


@pytest.mark.parametrize(
    ("n", "form"),
    [
        (0, "zero"), (1, "one"), (2, "other"), (10, "zero"), (11, "zero"), (19, "zero"), (20, "zero"),
        (21, "one"), (22, "other"), (101, "one"), (111, "zero"), (0.1, "one"), (1.5, "other"), (0.11, "zero"),
    ],
)  # fmt: skip
def test_plural_forms_of_latvian(n: float, form: str) -> None:
    assert LV.plural(n) == form


def _language(folder: Path, text: str) -> Language:
    (folder / "texts" / "lv").mkdir(parents=True)
    (folder / "texts" / "lv" / "language.toml").write_text(
        '[number]\ndecimal = ","\nthousands = " "\nminus = "-"\n', encoding="utf-8"
    )
    (folder / "texts" / "lv" / "some.toml").write_text(text, encoding="utf-8")
    return Language("lv", folder)


def test_text_picks_the_plural_and_writes_numbers(tmp_path: Path) -> None:
    text = 'a = { zero = "{n} lietu {year}", one = "{n} lieta {year}", other = "{n} lietas {year}" }'
    words = _language(tmp_path, text)
    assert words.text("some.a", n=1021, year=2023) == "1 021 lieta 2023"
    assert words.text("some.a", n=12, year=2023) == "12 lietu 2023"


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    words = _language(tmp_path, 'a = "{x}"\nb = { other = "{n}" }')
    with pytest.raises(LanguageError, match=r"some\.c"):
        words.text("some.c")
    with pytest.raises(LanguageError, match=r"some\.a .*parameter x"):
        words.text("some.a")
    with pytest.raises(LanguageError, match=r"some\.b .*parameter n"):
        words.text("some.b")
    with pytest.raises(LanguageError, match="other"):
        _language(tmp_path / "second", 'a = { one = "{n}" }').text("some.a", n=1)


def test_both_languages_have_the_same_keys_and_parameters() -> None:
    assert languages() == ["en", "lv"]
    assert LV.keys() == EN.keys()
    for key in LV.in_order():
        assert LV.parameters(key) == EN.parameters(key), key


def test_labels() -> None:
    assert LV.label("article", "154.1").startswith("154.¹")
    assert LV.short("article", "275+285.2") == "275. + 285.²"
    assert EN.short("article", "164") == "164"
    with pytest.raises(LanguageError, match="Q"):
        LV.label("sex", "Q")
    with pytest.raises(LanguageError, match="nothing"):
        LV.label("nothing", "Q")


def test_every_code_has_a_label_in_both_languages() -> None:
    folder = Path(__file__).parent.parent / "thb_analysis" / "catalogue" / "codes"
    for path in sorted(folder.glob("*.csv")):
        assert LV.codes(path.stem) == EN.codes(path.stem), path.name
