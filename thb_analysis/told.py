"""Errors that people are told in their own language: of the command, not of a workbook.  Needs next to nothing."""

from __future__ import annotations

TYPE_CHECKING = False  # what the library has for it takes longer to import than all else here
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Told(Exception):
    """What went wrong, by its key in `texts/*/errors.toml`, and what it is about.  As a text it is in English."""

    def __init__(self, key: str, **about: object) -> None:
        self.key, self.about = key, about
        super().__init__(key)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[type[Told], str, dict[str, object]]]:
        return _again, (type(self), self.key, self.about)

    def in_words(self, lang: str) -> str:
        """The sentence in a language."""
        from thb_analysis.language import Language

        about = {name: value if isinstance(value, int) else str(value) for name, value in self.about.items()}
        return Language(lang).text(f"errors.{self.key}", **about)

    def __str__(self) -> str:
        return self.in_words("en")


class Missing(Told, FileNotFoundError):
    """A folder or a file that is not there."""


def _again(kind: type[Told], key: str, about: dict[str, object]) -> Told:
    return kind(key, **about)
