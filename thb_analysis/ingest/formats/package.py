"""Zip packages (xlsx, xlsm, ods): a guarded look at the directory, and parts fed to a guarded XML parser.

Nothing is inflated before the directory has been found sane, and never more than it declares.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.parsers import expat

from thb_analysis.ingest.formats.refused import Refused
from thb_analysis.ingest.formats.zipped import Entry, directory

MAX_PARTS = 10_000  #: entries in the directory
MAX_PART_BYTES = 300_000_000  #: one inflated part; a list of 100,000 rows by 20 columns has about 100 MB
MAX_READ_BYTES = 400_000_000  #: all parts that are read from one package
MAX_RATIO = 300  #: inflated to packed, where a part is large; sheets as written by people stay below 100
RATIO_MATTERS_FROM = 5_000_000  #: smaller parts do no harm at any ratio
CHUNK = 1 << 20

_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError)

#: id → (last word of the type, target part or address, external)
Relations = Mapping[str, tuple[str, str, bool]]
Start = Callable[[str, dict[str, str]], Any]
End = Callable[[str], Any]
Text = Callable[[str], Any]


class Package:
    """An open zip package whose parts are looked up by name without regard to case, as Excel does.

    `content` is the whole file where it is small enough to be held; then what is plain in it is read without zipfile.
    Raises Refused: `file_damaged`, `file_bomb`.
    """

    def __init__(self, path: Path, content: bytes | None = None) -> None:
        self._content = content
        self._path = path
        self._opened: zipfile.ZipFile | None = None
        entries: Sequence[Entry | zipfile.ZipInfo] | None = None if content is None else directory(content)
        if entries is None:
            entries = self._zip.infolist()
        if len(entries) > MAX_PARTS:
            self.close()
            raise Refused("file_bomb", found=f"{len(entries)} parts", expected=f"≤ {MAX_PARTS} parts")
        self._entries = {entry.filename.replace("\\", "/").lstrip("/").lower(): entry for entry in entries}
        if len(self._entries) < len(
            entries
        ):  # which of two parts of one name counts, programs decide differently
            self.close()
            raise Refused("file_damaged", found="zip")
        self._read = 0

    @property
    def _zip(self) -> zipfile.ZipFile:
        if self._opened is None:
            try:
                self._opened = zipfile.ZipFile(
                    self._path if self._content is None else BytesIO(self._content)
                )
            except (*_DAMAGE, OverflowError) as error:
                raise Refused("file_damaged", found="zip") from error
        return self._opened

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._entries

    def names(self) -> list[str]:
        """The parts' names in lower case."""
        return list(self._entries)

    def parse(self, name: str, start: Start | None, end: End | None = None, text: Text | None = None) -> None:
        """Run one part through expat.  Handlers get qualified names as written, attributes as a dict.

        Raises Refused: `part_missing`, `file_bomb`, `xml_doctype`, `xml_damaged`, `file_encrypted`.
        """
        with self.guarded(name):
            parse(self.chunks(name), start, end, text)

    def content(self, name: str) -> bytes:
        """One part as a whole.  Raises Refused as `parse` does."""
        entry = self._entries.get(name.lower())
        if self._content is not None and isinstance(entry, Entry):
            self._admit(name, entry)
            inflated = entry.inflated(self._content)
            if inflated is not None:
                return inflated
            self._read -= entry.file_size
        with self.guarded(name):
            return b"".join(self.chunks(name))

    def size(self, name: str) -> int:
        """How long a part says that it is, inflated; 0 for one that is not there."""
        entry = self._entries.get(name.lower())
        return 0 if entry is None else entry.file_size

    @contextmanager
    def guarded(self, name: str) -> Iterator[None]:
        """What goes wrong inside is refused in words: raises Refused as `parse` does."""
        try:
            yield
        except expat.ExpatError as error:
            raise Refused("xml_damaged", found=f"{name}, {error.lineno}:{error.offset}") from error
        except LookupError as error:  # an encoding that no one knows
            raise Refused("xml_damaged", found=name) from error
        except (*_DAMAGE, OSError) as error:
            raise Refused("file_damaged", found=name) from error
        except RuntimeError as error:  # zipfile's word for a password
            raise Refused("file_encrypted") from error

    def chunks(self, name: str) -> Iterator[bytes]:
        """One part, inflated piece by piece, once its size has been found sane.  Use it within `guarded`."""
        entry = self._entries.get(name.lower())
        if entry is None:
            raise Refused("part_missing", found=name)
        self._admit(name, entry)
        with self._zip.open(entry if isinstance(entry, zipfile.ZipInfo) else entry.filename) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk

    def _admit(self, name: str, entry: Entry | zipfile.ZipInfo) -> None:
        """Refuse a part that is too large or locked, before any of it is inflated."""
        size = entry.file_size
        self._read += size
        if size > MAX_PART_BYTES or self._read > MAX_READ_BYTES:
            limit = f"≤ {MAX_PART_BYTES // 1_000_000} MB"
            raise Refused("file_bomb", found=f"{name}: {size // 1_000_000} MB", expected=limit)
        if size > RATIO_MATTERS_FROM and size > MAX_RATIO * max(entry.compress_size, 1):
            ratio = size // max(entry.compress_size, 1)
            raise Refused("file_bomb", found=f"{name}: 1 : {ratio}", expected=f"≤ 1 : {MAX_RATIO}")
        if entry.flag_bits & 1:
            raise Refused("file_encrypted")


def parse(
    chunks: Iterable[bytes], start: Start | None, end: End | None = None, text: Text | None = None
) -> None:
    """Run a document through expat.  Handlers get qualified names as written, attributes as a dict."""
    parser = guarded_parser()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    for chunk in chunks:
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def guarded_parser() -> expat.XMLParserType:
    """An expat parser that refuses a document type, and with it every entity but XML's own five."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_: object) -> None:
    raise Refused("xml_doctype")


def local(name: str) -> str:
    """A qualified name without its prefix."""
    return name.rpartition(":")[2]


def relations(package: Package, part: str) -> Relations:
    """The relationships of a part."""
    folder, slash, base = part.rpartition("/")
    name = f"{folder}{slash}_rels/{base}.rels"
    if name not in package:
        return {}
    content = package.content(name)
    with package.guarded(name):
        return _relations(content, folder)


@lru_cache(maxsize=256)
def _relations(content: bytes, folder: str) -> Relations:
    found: dict[str, tuple[str, str, bool]] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "Relationship":
            kind = attributes.get("Type", "").rpartition("/")[2]
            target = attributes.get("Target", "").replace("\\", "/")
            external = attributes.get("TargetMode") == "External"
            place = target if external else _resolve(folder, target)
            found[attributes.get("Id", "")] = kind, place, external

    parse([content], start)
    return found


def _resolve(folder: str, target: str) -> str:
    """A relationship's target as a part name: relative to the folder, or absolute with a leading slash."""
    pieces = [] if target.startswith("/") or not folder else folder.split("/")
    for piece in target.split("/"):
        if piece == "..":
            del pieces[-1:]
        elif piece not in ("", "."):
            pieces.append(piece)
    return "/".join(pieces)
