"""What the sums of a line on which children stand apart tell of the rest of it, be some figures not stated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from thb_analysis.ingest.recognition.judge import Reading

#: What the rest of a line are: with the children among them, or without; or the sums tell of something else.
ALL, ADULTS, UNSURE = "all", "adults", "unsure"
NOTHING = Decimal(0)


class _Sums(NamedTuple):
    """What the figures of a line come to."""

    rest: Decimal
    apart: Decimal
    total: Decimal | None
    totals: frozenset[Decimal]  #: the total, or what other breakdowns of the line add to

    @property
    def among(self) -> bool | None:
        """Whether the total shows that the children are among the rest, or that they are not."""
        inner, outer = self.rest in self.totals, self.rest + self.apart in self.totals
        return inner if inner != outer else None


@dataclass
class WithApart:
    """A line on which children stand apart."""

    axis: int
    apart: list[Reading]  #: the children
    rest: list[Reading]  #: the men and women
    parts: list[Reading]  #: those on the line that are “of whom …”
    total: Decimal | None
    lacking: int  #: what numbers come to that were refused among its parts
    totals: frozenset[Decimal]
    open_totals: list[tuple[Decimal, Reading]]  #: what they are at least that have a blank, each with it
    first: bool  #: the children are one figure that stands before the rest

    @cached_property
    def sums(self) -> list[_Sums]:
        """What the figures come to; where some were not stated, one for each way in which that may come out."""
        least = _Sums(_sum(self.rest), _sum(self.apart), self.total, self.totals)
        return list(dict.fromkeys(self._may_be(least))) if self.blank is not None else [least]

    def _may_be(self, least: _Sums) -> Iterator[_Sums]:
        """What the figures may come to: what makes a sum of them, and what makes none."""
        most, others = max(self.totals, default=None), _sum(self.parts)
        known = sorted(self.totals)
        aparts, rests = [least.apart], [least.rest]
        if unstated(self.apart) is not None:
            more = (least.apart + 1, least.rest, *(total - least.rest for total in known))
            aparts = _between(least.apart, (*aparts, *more), most)
        for apart in aparts:
            if unstated(self.rest) is not None:
                more = (apart, *known, *(total - apart - rest for total in known for rest in (0, others)))
                rests = _between(least.rest, (least.rest, *more), most)
            for rest in rests:
                told, outer = least._replace(rest=rest, apart=apart), rest + apart
                yield told
                for at_least, blank in self.open_totals if told.among is None else ():
                    for total in _between(at_least, (at_least, rest, outer, outer + others, outer + 1), None):
                        stated = total if self.axis in blank.claim.total else None
                        yield _Sums(rest, apart, stated, self.totals | {total})

    @cached_property
    def blank(self) -> Reading | None:
        """A figure that was not stated and would have told, the total first."""
        return next((one for _, one in self.open_totals), None) or unstated((*self.apart, *self.rest))

    @cached_property
    def shown(self) -> bool | None:
        """Whether the sums show that the children are among the rest, or are not, whatever the blanks held."""
        shown = {sums.among for sums in self.sums}
        return shown.pop() if len(shown) == 1 else None

    @property
    def year(self) -> int | None:
        """The year of the children on it."""
        return self.apart[0].claim.year

    @cached_property
    def verdicts(self) -> set[str]:
        """All that the sums may say by themselves."""
        return {self.verdict(sums, False) for sums in self.sums}

    @cached_property
    def childless(self) -> bool:
        """Whether the rest are all, be they called adults or not: there are no children, or the total is theirs."""
        if unstated(self.apart) is None:
            return not _sum(self.apart)
        return unstated(self.rest) is None and self.total == _sum(self.rest)

    @property
    def decides(self) -> bool:
        """Whether a blank may have shown that the children are among the rest, of whom some were stated."""
        stated = any(one.figure.number is not None for one in self.rest)
        return stated and self.blank is not None and any(sums.among for sums in self.sums)

    def verdict(self, sums: _Sums, as_beside: bool) -> str:
        """`as_beside`: on a line beside it the children are among the rest; so they are where no sum tells.

        A line without children, of which the total is the sum either way, tells nothing.
        """
        outer, total = sums.rest + sums.apart, sums.total
        if sums.among or (as_beside and (outer != total or not sums.apart)):
            return ALL
        if self._of_total(sums):
            return UNSURE
        if total is not None and self._alone and outer != total and outer + self.lacking != total:
            return UNSURE if self.lacking else ALL  # women and minors of a whole that has others, too
        if total is None and self.first and sums.rest == sums.apart:
            return UNSURE  # “minors 7, women 5, men 2” may be the minors by sex
        return ADULTS

    @property
    def doubted(self) -> list[Reading]:
        """The figures that are in doubt where the line says by itself that it is not sure."""
        return [*self.rest, *(self.parts if self._of_total(self.sums[0]) else ())]

    def _of_total(self, sums: _Sums) -> bool:
        """Whether “of whom women” are a part of the total, and not of the minors before them."""
        outer = sums.rest + sums.apart
        return bool(self.parts) and outer != sums.total == outer + _sum(self.parts)

    @cached_property
    def _alone(self) -> bool:
        """Whether the rest are of one kind only: then each is counted by itself."""
        return len({tuple(sorted(one.claim.dims.items())) for one in self.rest}) == 1


@dataclass
class Side:
    """What the lines of one part of a sheet show that run beside each other."""

    shown: set[bool] = field(default_factory=set)  #: whether the children are among the rest
    blank: Reading | None = None  #: a figure that was not stated, and may have shown that they are
    by_year: dict[int | None, set[bool]] = field(default_factory=dict)  #: what those of one year show

    def add(self, line: WithApart) -> None:
        """Take account of what a line shows."""
        if line.shown is not None:
            self.shown.add(line.shown)
            self.by_year.setdefault(line.year, set()).add(line.shown)
        if self.blank is None and line.decides:
            self.blank = line.blank

    def verdict(self, line: WithApart) -> tuple[str, Reading | None]:
        """What the rest of a line are, and the blank for the sake of which that is not sure.

        Lines of one year were counted in one way: where their totals contradict each other, one of these is wrong.
        """
        if len(self.by_year.get(line.year, ())) > 1 and not line.childless:
            return UNSURE, None
        among = True in self.shown
        if len(line.verdicts) > 1:
            could, blank = line.verdicts, line.blank
            if self.shown == {among} and line.sums[0].among in (among, None) and not line.childless:
                return (ALL if among else ADULTS), None
        else:
            blank = None if self.shown or line.childless else self.blank
            could = {line.verdict(line.sums[0], told) for told in {among, among or blank is not None}}
        if len(could) == 1:
            return could.pop(), None
        return (ALL, None) if line.childless else (UNSURE, blank)


def unstated(readings: Iterable[Reading]) -> Reading | None:
    """The first figure that was not stated."""
    return next((r for r in readings if r.figure.number is None and r.figure.status != "Z"), None)


def _between(least: Decimal, numbers: Iterable[Decimal | int], most: Decimal | None) -> list[Decimal]:
    """The numbers that are not less than one, nor more than another."""
    fit = (Decimal(n) for n in numbers if n >= least and (most is None or n <= most))
    return list(dict.fromkeys(fit))


def _sum(readings: Sequence[Reading]) -> Decimal:
    return sum((r.figure.number or NOTHING for r in readings), NOTHING)
