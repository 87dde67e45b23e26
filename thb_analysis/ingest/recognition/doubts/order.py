"""All doubts, in the order in which they are heard: of two about one figure, the later one is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.doubts import (
    blanks,
    gaps,
    hidden,
    partners,
    slips,
    strangers,
    totals,
    unknown,
    years,
)
from thb_analysis.ingest.recognition.doubts.astray import slid_on_line
from thb_analysis.ingest.recognition.doubts.bare import bare_headings, bare_sections
from thb_analysis.ingest.recognition.doubts.case import Case
from thb_analysis.ingest.recognition.doubts.doubles import beside_doubles, like_doubles, of_blank
from thb_analysis.ingest.recognition.doubts.heard import heard_by_some
from thb_analysis.ingest.recognition.doubts.legends import standing_for_none
from thb_analysis.ingest.recognition.doubts.minors import (
    all_or_adults,
    beside_younger,
    minors_lost,
    minors_pasted,
)
from thb_analysis.ingest.recognition.doubts.misnamed import of_another_title, of_two_titles, under_name_apart
from thb_analysis.ingest.recognition.doubts.mixed import mixed_lines
from thb_analysis.ingest.recognition.doubts.parted import parted
from thb_analysis.ingest.recognition.doubts.scaled import (
    counting_else,
    how_many,
    scaled_aside,
    shares_aside,
    shares_below,
)
from thb_analysis.ingest.recognition.doubts.sections import in_sections, of_group_or_all
from thb_analysis.ingest.recognition.doubts.stray import (
    labels_for_figures,
    labels_of_lost,
    years_for_figures,
)
from thb_analysis.ingest.recognition.doubts.titled import of_titles, titled_by_pasted
from thb_analysis.ingest.recognition.grid import Grid, Place
from thb_analysis.ingest.recognition.keys import Refusal
from thb_analysis.ingest.recognition.rivals import RegionReading

#: What is to be doubted, and why; what each looks for its docstring says.
Doubt = Callable[[Case], dict[Place, Refusal]]

DOUBTS: tuple[Doubt, ...] = (
    of_another_title,
    under_name_apart,
    of_two_titles,
    in_sections,
    of_blank,
    beside_doubles,
    gaps.beside_name,
    slips.two_ways,
    totals.parts_of_lost,
    totals.totals_amid_lost,
    totals.of_other_articles,
    totals.parts_of_others,
    hidden.under_hidden_title,
    hidden.below_hidden,
    hidden.struck,
    hidden.overlaid,
    scaled_aside,
    how_many,
    counting_else,
    shares_aside,
    shares_below,
    standing_for_none,
    bare_headings,
    bare_sections,
    gaps.beside_blank_label,
    gaps.beside_idle,
    gaps.before_groups,
    gaps.bare_beside_headed,
    gaps.under_lost,
    years.under_dates,
    unknown.after_announced,
    minors_lost,
    all_or_adults,
    beside_younger,
    strangers.among_offices,
    unknown.among_unknown,
    unknown.under_title_only,
    unknown.rest_of_another,
    gaps.under_total,
    gaps.lacking_alike,
    gaps.headings_again,
    unknown.beyond_title,
    unknown.beside_masked,
    partners.of_institutions,
    partners.parts_of_others,
    partners.from_others,
    totals.some_beside_whole,
    partners.letters,
    partners.places_named,
    partners.under_division,
    partners.under_strange_name,
    partners.of_reporting,
    years.beside_parts,
    totals.totals_of_no_years,
    totals.of_part_of_year,
    totals.under_contradicted,
    slips.before_twin,
    totals.totals_of_only_twins,
    unknown.named_among_members,
    gaps.twins_of_lost,
    gaps.twice_on_line,
    totals.totals_in_doubt,
    gaps.parted_headings,
    gaps.alike_lost,
    gaps.labelled_elsewhere,
    slips.slid,
    slips.headings_slid,
    slips.slid_alone,
    mixed_lines,
    blanks.below_blank_lines,
    blanks.past_blank_lines,
    of_group_or_all,
    years.lacking_year,
    years.amid_titled,
    years.below_title,
    years.amid_years,
    years.beside_empty_years,
    years.years_in_a_row,
    years.behind_lost_years,
    years.over_one_part,
    years.out_of_order,
)


#: The same once these are heard: what hangs on figures that were refused for any reason.
AFTER: tuple[Doubt, ...] = (
    totals.parts_of_doubted,
    strangers.below_strangers,
    strangers.parts_elsewhere,
    strangers.totals_of_senders,
)


def doubted(case: Case) -> dict[Place, Refusal]:
    """The figures that must not be taken although their headings give them a key, and why."""
    found: dict[Place, Refusal] = {}
    for doubt in DOUBTS:
        found |= doubt(case)
    rest = case.without(found)
    for doubt in AFTER if rest.claims and rest.refusals else ():
        found |= doubt(rest)
    return found


def refuse_on_sheet(grid: Grid, catalogue: Catalogue, readings: Sequence[RegionReading]) -> None:
    """Refuse what must not be taken for the sake of other parts of a sheet, and labels in the place of figures."""
    astray = (
        of_titles(grid, catalogue, readings)
        | titled_by_pasted(grid, readings)
        | parted(grid, catalogue, readings)
        | years.lone_years(grid, readings)
        | years.beside_title_of_years(grid, catalogue, readings)
        | like_doubles(grid, readings)
        | totals.totals_of_more(grid, readings)
        | heard_by_some(grid, catalogue, readings)
    )
    for reading in readings:
        _refuse(reading, {place: astray[place] for place in reading.claims.keys() & astray})
    slid = slid_on_line(grid, catalogue, readings)
    labels: dict[Place, Refusal] = {}
    for reading in readings:
        _refuse(reading, {place: slid[place] for place in reading.claims.keys() & slid})
        pasted = labels_for_figures(reading, grid, catalogue)
        labels |= {place: refusal for place, refusal in pasted.items() if place == refusal.place}
        labels |= labels_of_lost(reading, grid, catalogue)
        _refuse(reading, pasted)
        _refuse(reading, minors_pasted(reading, pasted, catalogue))
        reading.refusals |= years_for_figures(reading, grid, catalogue)
    for reading in readings if labels else ():
        titled = {
            place: labels[cell]
            for place, claim in reading.claims.items()
            for _, cell in claim.headings
            if cell in labels
        }
        _refuse(reading, titled)


def _refuse(reading: RegionReading, refused: dict[Place, Refusal]) -> None:
    for place in reading.claims.keys() & refused.keys():
        del reading.claims[place]
    reading.refusals |= refused
