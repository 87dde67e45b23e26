"""What a study shows: words, tables and pictures, as a notebook displays them and as one page."""

from __future__ import annotations

import base64
import html
import io
import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from thb_analysis.charts import style
from thb_analysis.charts.sheet import Chart


@dataclass(frozen=True, slots=True)
class Table:
    """A table of words: a caption, the heads of the columns, and rows whose first cell names the row."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]

    def html(self) -> str:
        heads = "".join(f'<th scope="col">{html.escape(head)}</th>' for head in self.heads)
        body = []
        for first, *rest in self.rows:
            cells = "".join(f"<td>{html.escape(cell)}</td>" for cell in rest)
            body.append(f'<tr><th scope="row">{html.escape(first)}</th>{cells}</tr>')
        return (
            f"<table><caption>{html.escape(self.caption)}</caption>"
            f"<thead><tr>{heads}</tr></thead><tbody>{''.join(body)}</tbody></table>"
        )


@dataclass
class Picture:
    """A chart and its bytes as PNG: those that were saved, else drawn once."""

    chart: Chart
    saved: bytes = b""

    def png(self) -> bytes:
        if not self.saved:
            stream = io.BytesIO()
            with style.applied():
                self.chart.savefig(stream, format="png", dpi=style.PNG_DPI, metadata={"Software": None})
            self.saved = stream.getvalue()
        return self.saved


@dataclass
class Part:
    """One part of a study: what it is called, sentences, tables, charts.  A notebook shows it as it is."""

    title: str
    sentences: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)

    @property
    def charts(self) -> list[Chart]:
        """The charts of the part, in their order."""
        return [picture.chart for picture in self.pictures]

    def say(self, *sentences: str) -> None:
        self.sentences += [sentence for sentence in sentences if sentence]

    def table(self, caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Add a table, unless it has no rows."""
        made = [list(row) for row in rows]
        if made:
            self.tables.append(Table(caption, list(heads), made))

    def html(self) -> str:
        words = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in self.sentences)
        if len(self.sentences) == 1:
            words = f"<p>{html.escape(self.sentences[0])}</p>"
        elif words:
            words = f"<ul>{words}</ul>"
        pictures = "".join(_figure(picture) for picture in self.pictures)
        tables = "".join(table.html() for table in self.tables)
        return f"<section><h2>{html.escape(self.title)}</h2>{words}{pictures}{tables}</section>"

    def _repr_html_(self) -> str:
        return self.html()

    def __repr__(self) -> str:
        """The words alone, for where no HTML is shown."""
        lines = [self.title, *self.sentences]
        for table in self.tables:
            lines += [table.caption, " | ".join(table.heads), *(" | ".join(row) for row in table.rows)]
        return "\n".join([*lines, *(picture.chart.alt for picture in self.pictures)])


def _figure(picture: Picture) -> str:
    data = base64.b64encode(picture.png()).decode("ascii")
    alt = html.escape(picture.chart.alt, quote=True)
    width = round(style.WIDTH * 100)
    return f'<figure><img width="{width}" alt="{alt}" src="data:image/png;base64,{data}"></figure>'


STYLE = (
    "body{font-family:sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;line-height:1.45;color:#1a1a1a}"
    "table{border-collapse:collapse;margin:1rem 0}caption{text-align:left;font-weight:bold;padding:.3rem 0}"
    "th,td{border-bottom:1px solid #c8c8c8;padding:.25rem .6rem;text-align:left;vertical-align:top}"
    "figure{margin:1rem 0}img{max-width:100%;height:auto}"
)


def page(title: str, lang: str, lead: str, parts: Iterable[Part]) -> str:
    """A self-contained page of parts, the same bytes at every run."""
    body = "\n".join(part.html() for part in parts)
    return (
        f'<!doctype html>\n<html lang="{html.escape(lang)}">\n<head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{html.escape(title)}</title>'
        f"<style>{STYLE}</style></head>\n<body>\n<h1>{html.escape(title)}</h1>\n<p>{html.escape(lead)}</p>\n"
        f"{body}\n</body>\n</html>\n"
    )


def write(path: Path, text: str) -> Path:
    """Write beside the place, then move into it: a killed run leaves the last good file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(text.encode("utf-8"))
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return path
