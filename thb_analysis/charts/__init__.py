"""One style and one way of saving for every picture."""

from thb_analysis.charts.check import ChartError, check
from thb_analysis.charts.flow import flow
from thb_analysis.charts.rows import amounts, bars
from thb_analysis.charts.save import save
from thb_analysis.charts.sheet import Chart
from thb_analysis.charts.stages import stage_table
from thb_analysis.charts.trends import trend_panels

__all__ = [
    "Chart",
    "ChartError",
    "amounts",
    "bars",
    "check",
    "flow",
    "save",
    "stage_table",
    "trend_panels",
]
