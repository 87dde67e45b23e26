"""The last ingest as the shelf keeps it: what it was asked for, and what it came to.  Looked at in no time."""

from __future__ import annotations

import hashlib
import marshal
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from thb_analysis.stamps import about

TYPE_CHECKING = False  # what the library has for it takes longer to import than all else here
if TYPE_CHECKING:
    from thb_analysis.findings import Finding

FOLDER, FINDINGS = "folder", "findings"  #: in the words of a summary, between zeros
LAST = "last"  #: on the shelf: for what is unchanged


class IngestSummary:
    """What an ingest came to."""

    __slots__ = ("cells", "figures", "files", "severities", "told", "words")

    def __init__(
        self,
        files: int,
        figures: int,
        cells: int,
        severities: Mapping[str, int],
        told: tuple[bytes, ...],
        words: str,
    ) -> None:
        self.files, self.figures, self.cells = files, figures, cells
        self.severities: Counter[str] = Counter(severities)
        self.told = told  #: findings, packed
        self.words = (
            words  #: the same in lines for people; FOLDER and FINDINGS stand for where the tables are
        )

    def lines(self, processed: Path) -> str:
        """What was read and found, in two lines in the language of the run."""
        places = {FOLDER: str(processed), FINDINGS: str(processed / "findings.csv")}
        return "".join(places.get(part, part) for part in self.words.split("\0"))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that was found."""
        from thb_analysis.findings import unpack

        return tuple(dict.fromkeys(finding for packed in self.told for finding in unpack(packed)))

    @property
    def failed(self) -> bool:
        """Whether findings of severity error exist."""
        return self.severities["error"] > 0


class Last:
    """What the last ingest was asked for, what it came to, and the outputs as it left them."""

    __slots__ = ("asked", "outputs", "seen", "summary")

    def __init__(
        self, asked: str, seen: str, summary: IngestSummary, outputs: dict[str, tuple[int, int]]
    ) -> None:
        self.asked, self.seen, self.summary, self.outputs = asked, seen, summary, outputs

    def stands(self, processed: Path) -> bool:
        """Whether the outputs are there as they were made."""
        return bool(self.outputs) and all(
            about(f"{processed}/{name}") == known for name, known in self.outputs.items()
        )

    def packed(self) -> bytes:
        """As it is kept, behind its own checksum."""
        s = self.summary
        said = (s.files, s.figures, s.cells, dict(s.severities), s.told, s.words)
        content = marshal.dumps((self.asked, self.seen, said, self.outputs))
        return hashlib.sha256(content).digest() + content

    @classmethod
    def kept(cls, shelf: Path) -> Last | None:
        """The last ingest onto a shelf; None where there was none, or what is kept of it is damaged."""
        try:
            content = (shelf / LAST).read_bytes()
            whole = hashlib.sha256(content[32:]).digest() == content[:32]
            return cls.unpacked(content) if whole else None
        except Exception:  # whatever is wrong with it, it is made anew
            return None

    @classmethod
    def unpacked(cls, content: bytes) -> Last:
        """As it was packed."""
        asked, seen, said, outputs = marshal.loads(content[32:])
        return cls(asked, seen, IngestSummary(*said), outputs)


def beside(processed: Path) -> Path:
    """Where the shelf of a folder of tables stands: beside it, or in it where nothing can be put beside it."""
    processed = processed.absolute()
    place = processed.with_name(f".{processed.name}.shelf")
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError:
        place = processed / ".shelf"
        place.mkdir(parents=True, exist_ok=True)
    return place
