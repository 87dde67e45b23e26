"""Many files at once: each within its bounds, in order, whatever the number of workers."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from books import codes, raw_xlsx

from thb_analysis.ingest.book import read_book, read_books
from thb_analysis.ingest.guard import Stopped, guarded

RAW = Path(__file__).parents[1] / "raw"


def work(item: str) -> str:
    """Does what the item says."""
    if item == "sleep":
        time.sleep(60)
    elif item == "wait":
        time.sleep(1)
    elif item == "turn":
        while True:
            pass
    elif item == "abort":
        os.abort()
    elif item == "exit":
        os._exit(3)
    elif item == "grow":
        bytearray(2_000_000_000)
    elif item == "raise":
        raise ValueError("personas kods")
    elif item == "large":
        return "x" * 3_000_000
    return item.upper()


@pytest.mark.parametrize("workers", [1, 3])
def test_what_goes_wrong_costs_one_item(workers: int) -> None:
    items = ["a", "sleep", "b", "abort", "exit", "large", "raise", *"cdefghij"]
    results = list(guarded(work, items, workers, seconds=1.5))
    assert [r.code if isinstance(r, Stopped) else r[:1] for r in results] == [
        *("A", "file_slow", "B", "file_broke_reader", "file_broke_reader", "x", "file_broke_reader"),
        *"CDEFGHIJ",
    ]
    assert "kods" not in str(results)


@pytest.mark.skipif(sys.platform != "linux", reason="work is told from waiting where the system can")
def test_who_waits_for_a_turn_is_not_stopped_as_one_who_works_is() -> None:
    slow = Stopped("file_slow", expected="0.5 s")
    assert list(guarded(work, ["wait", "turn", "sleep", "b"], 1, seconds=0.5)) == ["WAIT", slow, slow, "B"]


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded where the system can")
def test_memory_is_bounded() -> None:
    results = list(guarded(work, ["a", "grow", "b"], 1))
    assert results == ["A", Stopped("file_heavy", expected="500 MB"), "B"]


def test_nothing_to_do_needs_no_worker() -> None:
    done: list[str] = []
    assert list(guarded(work, [], 2, then=lambda: done.append("then"))) == []
    assert done == ["then"]


def test_long_items_do_not_wait_for_long_results() -> None:
    """Who is given the next item while it sends the last result might wait for ever, and be waited for."""
    items = [letter * 1_000_000 for letter in "abcdefgh"]
    assert list(guarded(work, items, 2, seconds=10)) == [item.upper() for item in items]


def who(item: str) -> tuple[str, int]:
    time.sleep(0.05)
    return item, os.getpid()


def test_what_has_most_in_common_goes_to_one_worker() -> None:
    """Only one of the two takes from the other's once its own are done; all come in order, before what is done then."""
    items = [f"{kind}{number}" for number, kind in enumerate("aabbaabbabab")]
    done: list[str] = []
    results = list(guarded(who, items, 2, kind=lambda item: item[0], then=lambda: done.append("then")))
    assert [item for item, _ in results] == items  # type: ignore[misc]
    assert len({(item[0], process) for item, process in results}) <= 3  # type: ignore[misc]
    assert done == ["then"]


def test_a_reader_who_stops_early_leaves_no_process_behind() -> None:
    results = guarded(work, ["a", "sleep", "sleep"], 2, seconds=30)
    assert next(results) == "A"
    results.close()


def test_books_are_the_same_for_any_number_of_workers(tmp_path: Path) -> None:
    files = [(path, path.relative_to(RAW).as_posix()) for path in sorted(RAW.rglob("*.xlsx"))]
    files.insert(3, (raw_xlsx(tmp_path / "a.xlsx", parts={"xl/workbook.xml": None}), "2021/a.xlsx"))
    alone = [read_book(path, file) for path, file in files]
    assert list(read_books(files, 1)) == alone
    assert list(read_books(files, 3)) == alone
    assert codes(alone[3]) == ["workbook_missing"]
