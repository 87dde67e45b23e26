"""What the title of a list says of figures whose own lines name their tables: its year and its article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.keys import Refusal, tables_named
from thb_analysis.ingest.recognition.keys import readings as readings_of
from thb_analysis.ingest.recognition.naming import since_own_year
from thb_analysis.ingest.recognition.nested import is_part
from thb_analysis.ingest.recognition.scene import LEFT, UP
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.meanings import Reading
from thb_analysis.ingest.words.readers import readers

if TYPE_CHECKING:
    from thb_analysis.ingest.recognition.hearing import Hearing

FEW = 2  #: lines that name their tables below a title of another


def of_list(hearing: Hearing, cell: Place, text: str) -> Refusal | bool:
    """What the title of a list says of all its figures, where its own table stands beside the figure's.

    “Proceedings in 2023 (154.1)” over “Proceedings started”, “Suspects”: the suspects are of that article and year.  So
    they are where every line of the list names a table, and none the title's; or the title but what is counted.  Gives
    whether it says anything of them.
    """
    words, key, over = hearing.words, hearing.key, hearing.over
    if hearing.own != {words.table.id}:
        return False
    titled = _titles(hearing, cell, text)
    if len(titled) != 1:
        return False
    ((other, said),) = titled.items()
    if len(said) != 1:
        return hearing.not_understood(cell)
    title = since_own_year(hearing.source, said[0])
    articles = vocabulary(words.catalogue, other).articles
    table = words.catalogue.tables[other]
    for name, code in title.dims:
        member = words.catalogue.member(table, name, code) if name != articles else None
        if member is not None and not any(map(words.read, member.spellings)):
            return hearing.not_understood(cell)  # of whom or what the table does not know
    if title.scaled or not (dict(title.dims).keys() - {articles}).isdisjoint(words.table.dimension_names):
        return hearing.not_understood(cell)
    article = dict(title.dims).get(articles, "")
    if article and words.articles and not _knows(hearing, article):
        return hearing.not_understood(cell)  # of several articles together
    if words.table.subject and not any(article in text for text in words.table.subject):
        return hearing.not_understood(cell)  # victims of another article
    over.worded.update((n, code) for n, code in title.dims if n == words.articles)
    over.aside = over.aside or title.period or title.share
    if title.years:
        over.spans.append((title.years[0], title.years[-1]))
        over.ranged = over.ranged or (cell if len(title.years) > 1 and key.year is None else None)
    if hearing.add(title._replace(dims=(), sender="")):
        over.year_from, hearing.dated = "title", cell
    return True


def _knows(hearing: Hearing, article: str) -> bool:
    """Whether the figure's table keeps an article as it is: several together only where it keeps those."""
    words = hearing.words
    single = words.catalogue.member(words.table, words.articles, article) is not None
    return single or words.table.dimension(words.articles).combined


def _titles(hearing: Hearing, cell: Place, text: str) -> dict[str, list[Reading]]:
    """How a title is read by the tables that it names and that the lines of its list name, too.

    Where all these name others, by the one that it names, or that reads it as what is counted.
    """
    catalogue = hearing.words.catalogue
    named = tables_named(hearing.source, text)
    titled = {other: [r for r in readings_of(catalogue, other, text) if r.title] for other in named}
    beside = {other: said for other, said in titled.items() if said and other in _named_beside(hearing)}
    if beside or not _all_named(hearing, cell):
        return beside
    if named:
        return {other: said for other, said in titled.items() if said}
    nouns = {
        words.table.id: [r for r in words.read(text) if r.dims and not r.title]
        for words in readers(catalogue, text)
    }
    return dict([(other, said) for other, said in sorted(nouns.items()) if said][:1])


def _all_named(hearing: Hearing, cell: Place) -> bool:
    """Whether a title stands over lines, or columns, of which several name their tables, and none but parts name none.

    No other line stands between it and them.
    """
    scene = hearing.scene
    between = (other for other in scene.loose if other > cell and other not in hearing.corners)
    if not scene.heads_region(cell) or any(between):
        return False
    return any(_name_tables(hearing, axis, nearest) for axis, nearest in ((LEFT, 0), (UP, -1)))


def _name_tables(hearing: Hearing, axis: int, nearest: int) -> bool:
    """Whether the nearest headings of all figures along an axis, or the farthest, name tables."""
    scene, full = hearing.scene, hearing.grid.full
    lines = {stack[nearest] for place in scene.figures if (stack := scene.own_stack(place, axis))}
    named = {
        line
        for line in lines
        if hearing.around.named((line,)) or tables_named(hearing.source, full.get(line, ""))
    }
    whole = {line for line in lines if not is_part(scene.catalogue, scene.grid.text(line))}
    return len(named) >= FEW and whole <= named | full.keys()


def _named_beside(hearing: Hearing) -> frozenset[str]:
    """The tables that the headings on a figure's lines name."""
    bands = tuple(hearing.scene.band(hearing.place, axis) for axis in (UP, LEFT))
    memo = ("named on lines", bands)
    if memo not in hearing.axes.known:
        levels = (hearing.scene.level_map(hearing.place, axis).values() for axis in (UP, LEFT))
        cells = {cell for level in levels for heads in level for cell in heads.values()}
        hearing.axes.known[memo] = hearing.around.named(tuple(sorted(cells)))
    found: frozenset[str] = hearing.axes.known[memo]
    return found
