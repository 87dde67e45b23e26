"""Outputs by their parts: whatever is left of an earlier run, the outputs are those of a run from nothing."""

from __future__ import annotations

import os
import re
import shutil
import threading
import zipfile
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from pathlib import Path
from random import Random

import pytest
from tall import CATALOGUE, tall

from thb_analysis import rounds
from thb_analysis.ingest.files import Task
from thb_analysis.job import put_into_place, run_ingest
from thb_analysis.last import beside
from thb_analysis.outputs import Part, Standing, writing
from thb_analysis.shelf import BUNDLE, LEDGER, Card, Damaged, Place, Shelf
from thb_analysis.tidy.write import Writer

SEEDS = range(300, 308)


def outputs(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parts") / "raw"
    for seed in SEEDS:
        path = tall(folder, Random(seed))
        path.rename(path.with_name(f"{path.stem.partition('_')[0]}_t{seed}_{path.parent.name}.xlsx"))
    return folder


@pytest.fixture(scope="module")
def whole(source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The outputs of a run from nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("thb_analysis.tidy.settle.WORTH", 1_000)
        folder = tmp_path_factory.mktemp("whole") / "out"
        run_ingest(source, folder, CATALOGUE, "en", workers=2)
    return outputs(folder)


@pytest.fixture
def kept(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the folder that a test may change, ingested once, with large and small years in the tables."""
    monkeypatch.setattr("thb_analysis.tidy.settle.WORTH", 1_000)
    raw = tmp_path / "raw"
    shutil.copytree(source, raw)
    run_ingest(raw, tmp_path / "out", CATALOGUE, "en")
    yield raw


def again(raw: Path) -> list[str]:
    """What is read when the same folder is ingested again; the outputs are those of a run from nothing."""
    read: list[str] = []
    with pytest.MonkeyPatch.context() as patch:

        def guarded(
            work: Callable[..., object],
            items: Iterable[object],
            *_: object,
            then: Callable[[], None],
            **__: object,
        ) -> Iterator[object]:
            read.extend(item.file for item in items if isinstance(item, Task))
            then()
            return map(work, items)

        patch.setattr(rounds, "guarded", guarded)
        run_ingest(raw, raw.parent / "out", CATALOGUE, "en")
        needed = list(read)
        for name in ("anew", "empty"):
            shutil.rmtree(raw.parent / name, ignore_errors=True)
        run_ingest(raw, raw.parent / "anew", CATALOGUE, "en", shelf=raw.parent / "empty")
    assert outputs(raw.parent / "out") == outputs(raw.parent / "anew")
    return needed


def change(raw: Path) -> str:
    """One workbook takes the content of another."""
    first, *_, last = sorted(raw.rglob("*.xlsx"))
    first.write_bytes(last.read_bytes())
    return first.relative_to(raw).as_posix()


def test_a_changed_workbook_alone_is_read(kept: Path) -> None:
    changed = change(kept)
    assert again(kept) == [changed]
    assert again(kept) == []


def correct(raw: Path, by: int) -> Path:
    """A figure of one workbook is another, or the workbook is only packed again."""
    path = sorted(raw.rglob("*.xlsx"))[1]
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    *_, figure = re.finditer(rb'<c r="[A-Z]+\d+"(?: s="\d+")?><v>(\d+)</v>', parts[sheet])
    (start, end), number = figure.span(1), int(figure[1]) + by
    parts[sheet] = parts[sheet][:start] + str(number).encode() + parts[sheet][end:]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return path


@pytest.mark.parametrize("by", [0, 1])
def test_an_output_that_would_have_the_same_bytes_is_left_as_it_is(kept: Path, by: int) -> None:
    """A corrected figure changes its table; the ledger says the same of its cell."""
    out = kept.parent / "out"

    def files() -> dict[str, int]:
        return {path.name: path.stat().st_ino for path in out.iterdir() if path.suffix == ".csv"}

    before = files()
    path = correct(kept, by)
    assert again(kept) == [path.relative_to(kept).as_posix()]
    written = {name for name, number in files().items() if number != before[name]} - {"revisions.csv"}
    assert "ledger.csv" not in written and bool(written) == bool(by)
    assert again(kept) == []
    changed = change(kept)
    assert again(kept) == [changed]


def test_a_part_that_is_gone_from_the_end_is_gone(kept: Path) -> None:
    """All that is left is as it was: and yet the output is another."""
    sorted(kept.rglob("*.xlsx"))[-1].unlink()
    assert again(kept) == []
    assert again(kept) == []


@pytest.mark.parametrize("at", [0, 1 << 16, -1])
def test_a_byte_that_is_changed_is_seen(kept: Path, at: int) -> None:
    """Whatever the size and the time of a file say."""
    path = sorted(kept.rglob("*.xlsx"))[0]
    path = path.rename(path.with_name(f"{path.stem}_long.csv".replace("_t", "_u")))
    path.write_bytes(b"a;b\n" * 40_000)
    again(kept)
    known, content = path.stat(), bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(known.st_atime_ns, known.st_mtime_ns))
    assert again(kept) == [path.relative_to(kept).as_posix()]


def test_the_shelf_keeps_nothing_that_an_output_has(kept: Path) -> None:
    shelf = beside(kept.parent / "out")
    ledger = (kept.parent / "out" / "ledger.csv").stat().st_size
    bundles = [path for path in shelf.iterdir() if path.name not in ("known", "last")]
    assert bundles and all(path.suffix == BUNDLE for path in bundles)
    assert not any(b"title\n" in path.read_bytes() for path in bundles) and ledger > 0


def test_the_shelf_keeps_nothing_of_a_workbook_that_is_gone(kept: Path) -> None:
    shelf = beside(kept.parent / "out")

    def kept_bytes() -> int:
        content = [path.read_bytes() for path in shelf.iterdir() if path.suffix == BUNDLE]
        return sum(len(each) - each.count(0) for each in content)

    before = kept_bytes()
    first, *others = sorted(kept.rglob("*.xlsx"))
    first.unlink()
    assert again(kept) == []
    assert 0 < kept_bytes() < before
    for path in others:
        path.unlink()
    assert again(kept) == []
    assert kept_bytes() == 0
    assert [path.name for path in sorted(shelf.iterdir())] == ["known", "last"]


def test_a_parcel_that_is_cut_short_is_none(kept: Path) -> None:
    """A run killed while it read: what it has put down whole is not read again, also of several processes."""
    out, shelf = kept.parent / "out", beside(kept.parent / "out")
    shutil.rmtree(shelf)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("thb_analysis.rounds.sent_versions", killed)
        with pytest.raises(KeyboardInterrupt):
            run_ingest(kept, out, CATALOGUE, "en", workers=2)
    bundles = sorted(path for path in shelf.iterdir() if path.suffix == BUNDLE)
    assert len(bundles) == 2
    cards = Shelf(shelf, "").cards(())
    assert len(cards) == len(SEEDS)
    last = {card.bundle: card for card in cards.values()}
    os.truncate(bundles[0], bundles[0].stat().st_size - 1)
    os.truncate(bundles[1].with_suffix(LEDGER), bundles[1].with_suffix(LEDGER).stat().st_size - 1)
    assert set(again(kept)) == {card.file for card in last.values()}
    assert again(kept) == []


def killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("name", ["ledger.csv", "evidence.csv", "findings.lv.csv", "persons_convicted.csv"])
@pytest.mark.parametrize("changed", [False, True])
def test_an_output_edited_by_hand_is_no_source(kept: Path, name: str, changed: bool) -> None:
    """Also where the edit leaves its size as it was."""
    path = kept.parent / "out" / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    if changed:
        change(kept)
    read = again(kept)
    assert (len(read) == len(SEEDS)) == (name == "ledger.csv")


def test_an_output_cut_short_or_gone_is_made_anew(kept: Path) -> None:
    out = kept.parent / "out"
    os.truncate(out / "persons_convicted.parquet", 50)
    (out / "suspects.csv").unlink()
    (out / "findings.csv").unlink()
    assert again(kept) == []


def test_parcels_that_are_damaged_are_read_again(kept: Path) -> None:
    """What is known of them does not show it: it is seen when a year that they speak of is settled anew."""
    shelf = beside(kept.parent / "out")
    for path in shelf.iterdir():
        if path.name not in ("known", "last"):
            content = bytearray(path.read_bytes())
            content[60] ^= 1
            path.write_bytes(content)
    change(kept)
    again(kept)


@pytest.mark.parametrize("name", ["known", "last"])
@pytest.mark.parametrize("damage", [b"", b"\0\1\2\3", None])
def test_what_is_remembered_may_be_damaged(kept: Path, name: str, damage: bytes | None) -> None:
    path = beside(kept.parent / "out") / name
    path.write_bytes(path.read_bytes()[:-3] if damage is None else damage)
    change(kept)
    again(kept)


@pytest.mark.parametrize("step", ["ledger", "evidence", "findings", "revisions", "place"])
def test_a_run_that_is_killed_costs_time_only(kept: Path, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed while it writes, when some outputs are new and others old; what it has read is not read again."""
    changed = change(kept)
    with monkeypatch.context() as patch:
        if step == "place":
            patch.setattr("thb_analysis.afresh._in_place", killed)
        else:
            patch.setattr(f"thb_analysis.tidy.write.Writer.{step}", killed)
        with pytest.raises(KeyboardInterrupt):
            run_ingest(kept, kept.parent / "out", CATALOGUE, "en", workers=1)
    assert not [path for path in (kept.parent / "out").iterdir() if path.name.startswith(".")]
    assert changed not in again(kept)


def test_a_ledger_that_cannot_be_copied_is_made_anew(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where that is seen in a thread, beside other work."""
    changed = change(kept)
    ledger, failed = Writer.ledger, []

    def damaged(writer: Writer, cards: Sequence[Card], parts: Iterable[Part]) -> Generator[None]:
        for number, _ in enumerate(ledger(writer, cards, parts)):
            if number == len(cards) - 1 and not failed:
                failed.append(threading.current_thread() is not threading.main_thread())
                raise Damaged
            yield

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "ledger", damaged)
        assert changed in again(kept)
    assert failed == [True]


def test_outputs_made_aside_count_when_they_are_in_their_place(kept: Path) -> None:
    out, aside, shelf = kept.parent / "out", kept.parent / "aside", beside(kept.parent / "out")
    change(kept)

    def made() -> None:
        shutil.rmtree(aside, ignore_errors=True)
        run_ingest(kept, aside, CATALOGUE, "en", shelf=shelf, standing=out)

    made()
    shutil.rmtree(aside)  # thrown away: what is in its place is as it was
    made()
    for path in list(aside.iterdir()):
        if (out / path.name).read_bytes() != path.read_bytes():  # a file that did not change keeps its time
            path.replace(out / path.name)
    put_into_place(shelf, out)
    assert again(kept) == []
    change(kept)
    made()
    assert outputs(aside) == outputs(out)


def test_a_place_that_is_cut_short_is_not_taken_for_whole(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"0123456789" * 100)
    known: dict[str, object] = {}
    with writing(tmp_path / "out.csv", known) as out:  # type: ignore[arg-type]
        out.text(b"head\n")
        out.part("a", Place(tmp_path / "source", 10, 20))
        out.part("b", Place(tmp_path / "source", 30, 970))
        out.part("c", b"end")
        out.part("none", Place(tmp_path / "gone", 0, 0))
    assert (tmp_path / "out.csv").read_bytes() == b"head\n" + b"0123456789" * 99 + b"end"
    standing = Standing(tmp_path, known)  # type: ignore[arg-type]
    place = standing.part("out.csv", "b")
    assert place is not None and (place.offset, place.length) == (25, 970)
    assert standing.are("out.csv", ["a", "b", "c", "none"]) and not standing.are("out.csv", ["a"])
    for wrong in (Place(tmp_path / "source", 990, 20), Place(tmp_path / "gone", 0, 1)):
        with pytest.raises(Damaged), writing(tmp_path / "out.csv", {}) as out:
            out.part("d", wrong)
    assert (tmp_path / "out.csv").read_bytes().endswith(b"end")
    (tmp_path / "out.csv").write_bytes(b"0" * 998)  # changed by somebody while a run is at work
    with pytest.raises(Damaged), writing(tmp_path / "other.csv", {}) as out:
        out.part("b", place)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "source"]


def test_copying_does_without_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "source").write_bytes(bytes(range(256)) * 10_000)

    def refused(*_: object) -> int:
        raise OSError

    monkeypatch.setattr("thb_analysis.outputs._ROOM", 100_000)  # all but the first replace a file
    for way, room in ((refused, None), (lambda *_: 0, None), (refused, refused), (refused, None)):
        monkeypatch.setattr(os, "copy_file_range", way, raising=False)
        if room:
            monkeypatch.setattr(os, "posix_fallocate", room, raising=False)
        with writing(tmp_path / "out", {}) as out:
            out.text(b"x")
            out.part("a", Place(tmp_path / "source", 1, 2_000_000))
            out.part("b", b"y")
        assert (tmp_path / "out").read_bytes() == b"x" + (tmp_path / "source").read_bytes()[
            1:2_000_001
        ] + b"y"
