"""Small zip files read from memory: as zipfile reads them, or left to it."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from books import codes, read

from thb_analysis.ingest import book
from thb_analysis.ingest.formats.package import Package
from thb_analysis.ingest.formats.refused import Refused
from thb_analysis.ingest.formats.zipped import directory


def packed(**options: object) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("a.xml", b"<a/>" * 500)
        package.writestr("b.xml", b"<b/>", compress_type=zipfile.ZIP_STORED)
        package.writestr("empty", b"")
        if "comment" in options:
            package.comment = b"x"
        if "name" in options:
            package.writestr(str(options["name"]), b"c")
        if "method" in options:
            package.writestr("c", b"c" * 100, compress_type=int(str(options["method"])))
    return stream.getvalue()


def test_parts_are_what_zipfile_gives() -> None:
    content = packed()
    entries = directory(content)
    assert entries is not None
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert [entry.filename for entry in entries] == package.namelist()
        for entry in entries:
            assert entry.inflated(content) == package.read(entry.filename)


@pytest.mark.parametrize(
    "content",
    [
        packed(comment=True), packed(name="ā.xml"), b"x" + packed(), packed() + b"x", packed()[:-1], b"",
        packed()[:-10], bytes(22),
    ],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_zipfile(content: bytes) -> None:
    assert directory(content) is None


def test_another_way_of_packing_is_left_to_zipfile(tmp_path: Path) -> None:
    content = packed(method=zipfile.ZIP_BZIP2)
    entries = directory(content)
    assert entries is not None and entries[-1].inflated(content) is None
    package = Package(tmp_path / "none", content)
    assert package.content("c") == b"c" * 100


def test_a_part_that_is_longer_than_it_says_is_refused(tmp_path: Path) -> None:
    content = packed()
    size = (2_000).to_bytes(4, "little")
    assert content.count(size) == 2
    content = content.replace(size, (1_999).to_bytes(4, "little"))
    entries = directory(content)
    assert entries is not None and entries[0].inflated(content) is None
    with pytest.raises(Refused, match="file_damaged"):
        Package(tmp_path / "none", content).content("a.xml")


def test_damaged_files_are_read_as_from_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    made = xlsxwriter.Workbook(str(path))
    sheet = made.add_worksheet()
    for row in range(20):
        sheet.write_row(row, 0, [f"{row}. rinda", row, row / 7])
    made.close()
    whole, dice, sound = path.read_bytes(), random.Random(11), 0
    for number in range(400):
        damaged = bytearray(whole)
        tail = number % 2  # the directory is small and matters most
        for _ in range(dice.choice((1, 1, 3))):
            at = dice.randrange(len(damaged) - 900 if tail else 0, len(damaged))
            if dice.random() < 0.7:
                damaged[at] = dice.randrange(256)
            else:
                del damaged[at : at + dice.choice((1, 4))]
        path.write_bytes(damaged)
        held = read(path)
        with monkeypatch.context() as patch:
            patch.setattr(book, "HELD_BYTES", -1)
            other = read(path)
        assert held.sheets == other.sheets
        assert codes(held) == codes(other)
        assert held.sha256 == other.sha256
        sound += bool(held.sheets)
    assert sound > 20
