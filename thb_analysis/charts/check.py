"""What may not leave the house: a point outside its axes, a label that is cut or lies upon another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from thb_analysis.charts import style

TOLERANCE = 1e-6
"""How far outside its axes a point may lie, as a share of their length (rounding)."""

PIXEL = style.PNG_DPI / 100
"""How far labels may reach over an edge or into each other, in pixels: a hundredth of an inch."""


class ChartError(ValueError):
    """A chart that would mislead or be unreadable; the message says which point or label, and where."""


def check(figure: Figure) -> NDArray[np.uint8]:
    """Raise ChartError when a point lies outside its axes, or a label is cut or lies upon another.

    Gives the picture that was looked at, as rows of pixels at the resolution of saved ones.
    """
    own, dpi = figure.canvas, figure.dpi
    canvas = FigureCanvasAgg(figure)
    try:
        figure.dpi = style.PNG_DPI
        with style.applied():
            canvas.draw()
            for place, axes in enumerate(figure.axes, start=1):
                _check_points(axes, place)
            _check_labels(figure, canvas)
        return np.array(canvas.buffer_rgba())
    finally:
        figure.dpi = dpi
        figure.set_canvas(own)


def _check_points(axes: Axes, place: int) -> None:
    x_low, x_high = sorted(axes.get_xlim())
    y_low, y_high = sorted(axes.get_ylim())
    low = np.array([x_low, y_low]) - TOLERANCE * np.array([x_high - x_low, y_high - y_low])
    high = np.array([x_high, y_high]) + TOLERANCE * np.array([x_high - x_low, y_high - y_low])
    for points in _data_points(axes):
        points = points[np.isfinite(points).all(axis=1)]
        outside = points[((points < low) | (points > high)).any(axis=1)]
        if len(outside):
            x, y = outside[0]
            raise ChartError(
                f"panel {place}: the point ({x:g}, {y:g}) lies outside its axes "
                f"(x {x_low:g} to {x_high:g}, y {y_low:g} to {y_high:g})"
            )


def _data_points(axes: Axes) -> Iterator[NDArray[np.float64]]:
    """All that is placed by data: points of lines, marks, segments, corners of bars."""
    for line in axes.lines:
        if line.get_transform() == axes.transData:
            yield np.asarray(line.get_xydata(), dtype=float).reshape(-1, 2)
    for collection in axes.collections:
        if isinstance(collection, LineCollection) and collection.get_transform() == axes.transData:
            for segment in collection.get_segments():
                yield np.asarray(segment, dtype=float).reshape(-1, 2)
        elif collection.get_offset_transform() == axes.transData:
            yield np.ma.filled(collection.get_offsets(), np.nan).astype(float).reshape(-1, 2)
    for patch in axes.patches:
        corners = patch.get_path().transformed(patch.get_patch_transform()).vertices
        if Artist.get_transform(patch) == axes.transData:
            yield np.asarray(corners, dtype=float).reshape(-1, 2)


def _check_labels(figure: Figure, canvas: FigureCanvasAgg) -> None:
    renderer = canvas.get_renderer()
    page = figure.bbox
    seen: list[tuple[str, Bbox]] = []
    for label in _labels(figure):
        box = label.get_window_extent(renderer)
        words = " ".join(label.get_text().split())
        if (
            box.x0 < page.x0 - PIXEL
            or box.y0 < page.y0 - PIXEL
            or box.x1 > page.x1 + PIXEL
            or box.y1 > page.y1 + PIXEL
        ):
            raise ChartError(f"the label “{words}” is cut by the edge of the figure")
        clip = label.get_clip_box() if label.get_clip_on() else None
        if clip is not None and (box.x0 < clip.x0 - PIXEL or box.x1 > clip.x1 + PIXEL):
            raise ChartError(f"the label “{words}” is cut by the edge of its panel")
        seen.append((words, box))
    for (one, first), (other, second) in combinations(seen, 2):
        wide = min(first.x1, second.x1) - max(first.x0, second.x0)
        high = min(first.y1, second.y1) - max(first.y0, second.y0)
        if wide > PIXEL and high > PIXEL:
            raise ChartError(f"the labels “{one}” and “{other}” overlap")


def _labels(figure: Figure) -> Iterator[Text]:
    """Every text that is drawn; ticks outside the view exist, but are not."""
    hidden = {
        id(label)
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in (*axis.majorTicks, *axis.minorTicks)
        if not axes.get_visible() or not _in_view(tick.get_loc(), axis.get_view_interval())
        for label in (tick.label1, tick.label2)
    }
    for label in figure.findobj(Text):
        if label.get_visible() and label.get_text().strip() and id(label) not in hidden:
            yield label


def _in_view(place: float, view: NDArray[np.float64]) -> bool:
    slack = TOLERANCE * abs(view[1] - view[0])
    return bool(min(view) - slack <= place <= max(view) + slack)
