"""The overview says what the tables say, in one language, with every number leading to its cell."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import overview_frames
import pandas as pd
import pytest

from thb_analysis.language import Language
from thb_analysis.publish import html
from thb_analysis.publish.document import typeset
from thb_analysis.publish.overview import ORDER, Overview, read_tables

PROCESSED = Path(__file__).parent.parent / "processed"
VOID = {"meta", "img", "br", "link", "input", "hr"}


class Page(HTMLParser):
    """Reads a page strictly: every element closed in turn, ids once; collects what the tests ask for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.cited: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.headings: list[int] = []
        self.scopeless = 0
        self.captions = self.tables = 0
        self._citing: dict[str, str] = {}
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "a":
            self.links.append(str(given["href"]))
            self._citing = {"title": str(given.get("title", "")), "href": str(given["href"])}
        if tag == "data":
            self.cited.append((str(given["value"]), self._citing["title"], self._citing["href"]))
        if tag == "img":
            self.images.append(given)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.scopeless += tag == "th" and "scope" not in given
        self.tables += tag == "table"
        self.captions += tag == "caption"
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)


def _overview(lang: str = "lv", year: int = 2023, figures: Path | None = None) -> Overview:
    made = Overview.of(
        overview_frames.tables(),
        overview_frames.findings(lang),
        overview_frames.revisions(),
        year,
        2021,
        lang,
        figures,
    )
    made.all_sections()
    return made


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {lang: _overview(lang).page() for lang in ("lv", "en")}


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_page_is_well_made(pages: dict[str, str], lang: str) -> None:
    page = Page(pages[lang])
    assert f'<html lang="{lang}">' in pages[lang]
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert page.images and all(image.get("alt") for image in page.images)
    assert page.tables == page.captions and page.scopeless == 0
    assert page.headings[0] == 1 and page.headings.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(page.headings, page.headings[1:], strict=False))


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_page_stands_alone(pages: dict[str, str], lang: str) -> None:
    text = pages[lang]
    assert "<script" not in text and "<link" not in text and "url(" not in text and "@import" not in text
    assert not re.search(r'(src|href)="(?!#|data:)', text)


def test_every_number_on_the_page_equals_the_table(pages: dict[str, str]) -> None:
    known: dict[str, set[str]] = {}
    for name, frame in overview_frames.tables().items():
        for row in frame.to_dict("records"):
            place = f"{Path(row['source_file']).name}, {row['source_sheet']}, {row['source_cell']}"
            value = row["status"] if name == "plan_measures" else f"{row['value']:.2f}"
            known.setdefault(place, set()).add(value)
    cited = Page(pages["lv"]).cited
    assert len(cited) > 60
    for value, place, target in cited:
        if target.startswith("#calc-"):
            assert place.startswith("Aprēķināts (") and ".xlsx" in place
            continue
        place = place.partition(";")[0]
        written = value if value.isidentifier() else f"{float(value):.2f}"
        assert written in known[place], (value, place)


class Unlinked(HTMLParser):
    """The words of each section that lead nowhere."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[bool] = []
        self.section = ""
        self.words: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "section":
            self.section = str(given["id"])
        if tag not in VOID:
            self.words[self.section] = self.words.get(self.section, "") + ("" if tag == "a" else "\n")
            self.open.append(tag == "style" or (tag == "a" and "q" in str(given.get("class", "")).split()))

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        shown = " " if any(self.open) else data
        self.words[self.section] = self.words.get(self.section, "") + shown


ABOUT_THE_WORKBOOKS = {"annex", "sources"}
"""Sections whose own subject are the cells: where they stand, how many there are."""


def _declared(lang: str) -> list[str]:
    """Texts with numbers that are none of the data's: rules of method, names of articles, of plans, of results."""
    language = Language(lang)
    texts = [language.text(key) for key in language.in_order() if not language.parameters(key)]
    labels = [
        language.label(name, code)
        for name in ("article", "direction", "member", "plan", "result", "indicator")
        for code in language.codes(name)
    ]
    articles = [
        language.text("overview.words.article", article=language.short("article", code))
        for code in (*language.codes("article"), "195+285.2", "275+285.2")
    ]
    flag = language.text("analysis.percent.small_base", percent="|", base=50).partition("|")[2]
    marks = sorted(
        {f"\n{measure}" for measure in pd.read_csv(PROCESSED / "plan_measures.csv", dtype=str)["measure"]}
    )
    found = {
        text
        for text in (*texts, *labels, *articles, *marks, flag)
        if re.search(r"\d", text) and len(text) > 2
    }
    return sorted({*found, *(text[:1].upper() + text[1:] for text in found)}, key=len, reverse=True)


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_every_number_leads_somewhere_or_is_declared_a_text(lang: str) -> None:
    made = Overview.open(PROCESSED, 2023, 2017, lang)
    made.all_sections()
    sections = Unlinked(made.page()).words
    assert set(sections) >= {name.replace("_", "-") for name in ORDER}
    for name, words in sections.items():
        if name in ABOUT_THE_WORKBOOKS:
            continue
        words = re.sub(r"[\w/-]+\.(xlsx|csv)(, [^,;]+, [A-Z]+\d+)?", " ", words)
        words = re.sub(r"\b(19|20)\d\d\b|<5", " ", words)  # years, and how a publisher writes a small number
        words = words.replace("\u00a0", " ")
        for declared in _declared(lang):
            words = words.replace(declared.replace("\u00a0", " "), " ")
        if name == "definitions":
            words = words.replace(Language(lang).text("overview.marks.zero"), " ")
        assert not re.findall(r".{0,40}\d.{0,40}", words), (name, re.findall(r".{0,40}\d.{0,40}", words))


def test_every_figure_of_the_year_is_there(pages: dict[str, str]) -> None:
    places = {place for _, place, _ in Page(pages["lv"]).cited}
    for name in ("registered_offences", "cases_sent_to_court", "persons_convicted", "seized_assets"):
        frame = overview_frames.tables()[name]
        for row in frame[frame["value"].notna()].to_dict("records"):
            assert f"{Path(row['source_file']).name}, {row['source_sheet']}, {row['source_cell']}" in places


def test_the_kinds_of_nothing_stay_apart(pages: dict[str, str]) -> None:
    text = pages["lv"]
    assert '<data value="0">0</data>' in text
    assert 'class="absent Z" title="nav attiecināms">–<' in text
    assert 'class="absent M" title="nav norādīts">nav norādīts<' in text
    assert 'class="absent L" title="nav datu">nav datu<' in text
    assert 'class="absent none" title="nav saņemts">nav saņemts<' in text


def test_numbers_are_written_as_in_the_language(pages: dict[str, str]) -> None:
    assert "512\u00a0294,47\u00a0euro" in pages["lv"] and "1\u00a0193" in pages["lv"]
    assert "EUR\u00a0512,294.47" in pages["en"] and "1,193" in pages["en"]
    assert "154.¹ pants" in pages["lv"] and "Section 154.¹" in pages["en"]
    assert not re.search(r"[{}]", "".join(Page(pages["lv"]).words))


def test_text_of_workbooks_is_escaped(pages: dict[str, str]) -> None:
    assert "Dati &amp; &lt;izziņa&gt;" in pages["lv"] and "<izziņa>" not in pages["lv"]


def test_one_language_a_page(pages: dict[str, str]) -> None:
    """No phrase of one language's texts stands on the page of the other."""
    words = {lang: " ".join(" ".join(Page(pages[lang]).words).split()) for lang in pages}
    for sheet in {sheet for frame in overview_frames.tables().values() for sheet in frame["source_sheet"]}:
        words = {
            lang: text.replace(f"{sheet},", "") for lang, text in words.items()
        }  # as the workbook names it
    texts = {lang: Language(lang) for lang in pages}
    for key in texts["lv"].in_order():
        if not key.startswith("overview.") or texts["lv"].parameters(key):
            continue
        lv, en = texts["lv"].text(key), texts["en"].text(key)
        if lv != en and len(lv) > 8 and len(en) > 8:
            assert en not in words["lv"] and lv not in words["en"], key
    assert not re.search(r"\b(the|of|and|year|persons|not)\b", words["lv"])
    assert not re.search(r"\b(gadā|pants|nav|kopā|personas)\b", words["en"])


def test_same_bytes_twice(pages: dict[str, str]) -> None:
    assert _overview("lv").page() == pages["lv"]


def test_a_year_without_data_says_so(tmp_path: Path) -> None:
    made = Overview.of({}, pd.DataFrame(), pd.DataFrame(columns=["table", "key"]), 2023, 2021, "lv")
    sections = made.all_sections()
    assert len(sections) == len(ORDER)
    assert "nav saņemti" in html.section(sections[2])
    Page(made.page())


def test_revisions_and_findings_are_told(pages: dict[str, str]) -> None:
    assert "SIVA_2022.xlsx, Soc., B4" in pages["lv"] and "Formula nav aprēķināta." in pages["lv"]
    assert "Saglabājiet vēlreiz." not in pages["lv"], "what to do is for the analyst, not for readers"
    assert "2023/IC_2023.xlsx, IC, B5" in pages["lv"]


def test_findings_of_one_kind_are_one_row_where_the_texts_have_words_for_it() -> None:
    """Two of a worded kind are told together; two of a kind without words keep their own."""
    one = overview_frames.findings("lv").iloc[:1]
    found = pd.concat(
        one.assign(code=code, source_cell=cell)
        for code in ("parts_exceed_total", "x")
        for cell in ("B4", "B5")
    )
    made = Overview.of(overview_frames.tables(), found, overview_frames.revisions(), 2023, 2021, "lv")
    text = html.section(made.sources())
    assert text.count("Formula nav aprēķināta.") == 2 and "SIVA_2022.xlsx, Soc., B4–B5" in text
    assert Language("lv").text("overview.quality.code.parts_exceed_total", n=2) in text


def test_breakdowns_whose_totals_nobody_published_need_no_chart() -> None:
    """Nothing can be drawn over the years, and the page is made all the same."""
    tables = overview_frames.tables()
    victims = tables["victims"]
    parts = victims[victims["sex"] != "_T"]
    victims = pd.concat(parts.assign(year=year) for year in (2022, 2023))
    made = Overview.of(
        tables | {"victims": victims},
        overview_frames.findings("lv"),
        overview_frames.revisions(),
        2023,
        2021,
        "lv",
    )
    text = html.section(made.victims())
    assert "figure-victims" not in text and "<table" in text


def _with_victims(victims: pd.DataFrame) -> Overview:
    tables = overview_frames.tables() | {"victims": victims}
    return Overview.of(tables, overview_frames.findings("lv"), overview_frames.revisions(), 2023, 2021, "lv")


def test_the_victims_of_one_organization_are_not_all_victims() -> None:
    """Nobody else has sent any yet: that makes them no total, on the first card no more than in a sentence."""
    victims = overview_frames.tables()["victims"]
    said = (victims["sex"] == "_T") & (victims["identification"] == "identified")
    whole = victims[said & (victims["registered_by"] == "_T")]
    made = _with_victims(whole.assign(registered_by="DM"))
    cards, text = html.section(made.key_results()), html.section(made.victims())
    assert Language("lv").text("overview.key_results.victims") not in cards
    told = text.replace("\u00a0", " ")
    assert "skaitu norādījis viens reģistrētājs" in told and "gadā identificēt" not in told


def test_nothing_is_added_over_organizations_that_may_have_counted_the_same_person() -> None:
    victims = overview_frames.tables()["victims"]
    row = victims[victims["identification"] == "identified"].iloc[:1].assign(year=2023, sex="_T")
    parts = [
        row.assign(registered_by=who, sex=sex, value=value)
        for who, sex, value in (("DM", "F", 7), ("DM", "M", 15), ("MARTA", "F", 6))
    ]
    made = _with_victims(pd.concat([row.assign(registered_by="DM", value=22), *parts]))
    text = html.section(made.victims())
    assert ">13<" not in text and "victims-sex" not in text
    told = re.sub("<[^>]+>", "", text).replace("\u00a0", " ")
    assert "22; vēl 1 reģistrētājs norādījis tikai dalījumu" in told and "vismaz 22." in told


def test_no_line_ends_within_an_ordinal_or_before_a_dash() -> None:
    assert typeset("2023. gadā 165.¹ pants – 2") == "2023.\u00a0gadā 165.¹\u00a0pants\u00a0– 2"
    assert typeset("mazāks par 20. Izkliede 2–3") == "mazāks par 20. Izkliede 2–3"


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_a_large_case_is_named_where_the_catalogue_names_it(
    lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _overview(lang).what_changed()
    title = Language(lang).text("overview.what_changed.cases")
    assert title not in html.section(made), "no case is invented"
    named = {"case_lv": "lieta A", "case_en": "case A", "source": "IeM", "where": "identification=identified"}
    case = pd.DataFrame([{"table": "victims", "year": "2021", "value": "49", **named}])
    monkeypatch.setattr("thb_analysis.publish.changes.named_cases", lambda: case)
    text = html.section(_overview(lang).what_changed())
    assert title in text and named[f"case_{lang}"] in text
    said = text[text.index(title) :]
    assert re.search(r'href="#src[^"]*"[^>]*><data value="61">', said), "the figure leads to its cell"
    assert '<data value="49">' in said and '<data value="12">' in said


def test_years_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(ValueError, match="2024"):
        Overview.of({}, pd.DataFrame(), pd.DataFrame(), 2023, 2024)


def test_publish_writes_the_page_and_the_charts(tmp_path: Path) -> None:
    made = _overview("lv", figures=tmp_path / "figures")
    [path] = made.publish(tmp_path / "reports")
    assert path == tmp_path / "reports" / "2023" / "overview.lv.html"
    assert path.read_text(encoding="utf-8") == made.page() and b"\r" not in path.read_bytes()
    assert (tmp_path / "figures" / "victims.lv.svg").is_file()
    assert [entry.name for entry in path.parent.iterdir()] == ["overview.lv.html"]


def test_codes_stay_text_when_tables_are_read(tmp_path: Path) -> None:
    for name, frame in overview_frames.tables().items():
        frame.to_csv(tmp_path / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
    (tmp_path / "ledger.csv").write_text("role\n", encoding="utf-8")
    read, found, _ = read_tables(tmp_path)
    assert set(read) == set(overview_frames.tables()) and found.empty
    assert set(read["registered_offences"]["article"]) == {"154.1", "165", "165.1", "285.2"}
    with pytest.raises(FileNotFoundError, match="ingest"):
        read_tables(tmp_path / "nothing")
