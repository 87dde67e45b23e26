"""Which edition an overview is: for the house, with every figure and its cell, or for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thb_analysis.disclosure.release import Withheld

INTERNAL, PUBLIC = EDITIONS = ("internal", "public")


@dataclass(frozen=True)
class Edition:
    """An edition, the tables whose figures have no place named in it, and the breakdowns that it withholds."""

    name: str = INTERNAL
    protected: frozenset[str] = frozenset()
    withheld: tuple[Withheld, ...] = ()
    closed: tuple[str, ...] = ()  #: tables of which it has nothing
    rounded: Mapping[str, int] = field(default_factory=dict)  #: table → base
    is_draft: bool = False  #: a public one with figures that no release has recorded

    @property
    def is_public(self) -> bool:
        return self.name == PUBLIC

    def file(self, stem: str, lang: str) -> str:
        """The name of a file before its ending: `overview.lv`, `overview.public.lv`."""
        return f"{stem}.{lang}" if not self.is_public else f"{stem}.{PUBLIC}.{lang}"


def check_edition(name: str) -> str:
    """The name of an edition; ValueError for another."""
    if name not in EDITIONS:
        raise ValueError(f"no edition {name}; there are {', '.join(EDITIONS)}")
    return name


def comments_file(edition: Edition, lang: str) -> Path:
    """The analyst's paragraphs of an edition: those of one never reach the other."""
    return Path(f"{edition.file('comments', lang)}.md")
