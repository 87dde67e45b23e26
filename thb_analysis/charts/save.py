"""The one way of saving a chart: picture, data and text alternative, the same bytes at every run."""

from __future__ import annotations

import html
import io
import os
import re
import tempfile
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.image import imsave
from numpy.typing import NDArray

from thb_analysis.charts import style
from thb_analysis.charts.check import check

NO_SVG_STAMPS: Final = {"Date": None, "Creator": None, "Format": None, "Type": None}
NO_PNG_STAMPS: Final = {"Software": None}
PNG_PACKING: Final = 3  #: of 9: half the time of the usual 6, and for charts no larger


def save(figure: Figure, stem: Path, data: pd.DataFrame, alt: str) -> list[Path]:
    """Write NAME.svg, NAME.png, NAME.csv and NAME.alt.txt, where `stem` is the path ending in NAME.

    The SVG holds its text as outlines, so that it looks the same everywhere; it carries `role="img"`, the
    finding as its title and `alt` as its description.  The CSV is UTF-8 with `.` and line feeds.
    Each file is replaced at once.  Missing folders are made.
    Returns the paths.  Raises ChartError (nothing is written) when a point lies outside its axes or a label
    is cut or overlaps; ValueError when `alt` or `data` is empty.
    """
    if not alt.strip():
        raise ValueError(f"{stem.name}: a chart needs a text alternative")
    if data.empty:
        raise ValueError(f"{stem.name}: a chart needs the data that it shows")
    pixels = check(figure)
    with style.applied():
        contents = {
            ".svg": _svg(figure, alt),
            ".png": _png(pixels),
            ".csv": data.to_csv(index=False, lineterminator="\n").encode("utf-8"),
            ".alt.txt": (alt.strip() + "\n").encode("utf-8"),
        }
    stem.parent.mkdir(parents=True, exist_ok=True)
    paths = []
    for ending, content in contents.items():
        path = stem.with_name(stem.name + ending)
        _replace(path, content)
        paths.append(path)
    return paths


def _svg(figure: Figure, alt: str) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format="svg", metadata=NO_SVG_STAMPS)
    text = stream.getvalue().decode("utf-8").replace("\r\n", "\n")
    title = html.escape(getattr(figure, "finding", "") or alt.strip())
    described = f"<title>{title}</title>\n <desc>{html.escape(alt.strip())}</desc>"
    opening = re.compile(r"<svg ([^>]*)>")
    return opening.sub(lambda found: f'<svg role="img" {found[1]}>\n {described}', text, count=1).encode(
        "utf-8"
    )


def _png(pixels: NDArray[np.uint8]) -> bytes:
    """The picture that was checked, as it was checked: nothing is drawn twice."""
    stream = io.BytesIO()
    packing = {"compress_level": PNG_PACKING}
    imsave(stream, pixels, format="png", dpi=style.PNG_DPI, metadata=NO_PNG_STAMPS, pil_kwargs=packing)
    return stream.getvalue()


def _replace(path: Path, content: bytes) -> None:
    """Write beside the place, then move into it: a killed run leaves the last good file."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
