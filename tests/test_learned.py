"""What is learned of the catalogue's words is kept for the next start, and changes nothing of what comes out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

#: Every phrase of every table and whatever else is learned, in an order that no seed of hashes decides.
SAID = """
from dataclasses import replace
from thb_analysis.definitions import figures, load_catalogue
from thb_analysis.ingest import filenames, pipeline
from thb_analysis.ingest.words import labels, telling, written_out

def plain(value):
    if isinstance(value, (set, frozenset)):
        return sorted(map(repr, map(plain, value)))
    if isinstance(value, dict):
        return [(plain(key), plain(one)) for key, one in value.items()]
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value

catalogue = load_catalogue()
pipeline.learn(catalogue)
for table in figures(catalogue):
    words = labels.vocabulary(catalogue, table.id)
    assert words.table is table and words.catalogue is catalogue
    print(table.id, plain(words.phrases), plain(words.known), words.articles, sorted(words.joint))
    print([words.read(text) for text in ("Sievietes", "154.1 pants", "Kopā 2023. gada 1. janvārī", "Zilas vīzas")])
print(plain(telling._telling(catalogue)), plain(written_out._forms(catalogue)))
print(sorted(map(repr, plain(filenames._members(catalogue)))))
"""

NOT_AGAIN = """
from thb_analysis.ingest.words import labels
def learn(self):
    raise AssertionError("learned again")
labels.Vocabulary._learn = learn
"""

#: The catalogue with a word that is nobody's.
ANOTHER = """
from dataclasses import replace
from thb_analysis.definitions import load_catalogue
from thb_analysis.ingest.words.labels import vocabulary
shipped = load_catalogue()
women = shipped.codes["sex"]["F"]
codes = {**shipped.codes, "sex": {**shipped.codes["sex"], "F": replace(women, spellings=("Zilas",))}}
print(bool(vocabulary(replace(shipped, codes=codes), "victims").read("Zilas")))
"""


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A place of its own for byte code, and what is kept beside it."""
    return tmp_path / "byte code"


def python(kept: Path, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPYCACHEPREFIX": str(kept), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


def learned(kept: Path) -> Path:
    (found,) = kept.rglob("words.*.kept")
    return found


@pytest.mark.slow
def test_what_is_kept_is_what_is_learned(kept: Path) -> None:
    said = python(kept, "-c", SAID)
    assert python(kept, "-c", NOT_AGAIN + SAID) == said
    whole = learned(kept).read_bytes()
    for damaged in (b"", whole[:-1], whole[:100], b"\0" * 32 + whole[32:], whole[:70] + b"\0" + whole[71:]):
        learned(kept).write_bytes(damaged)
        assert python(kept, "-c", SAID) == said
        assert learned(kept).read_bytes()[:32] == whole[:32], "it is not kept again"


@pytest.mark.slow
def test_nothing_is_kept_of_another_catalogue(kept: Path) -> None:
    python(kept, "-c", SAID)
    before = learned(kept).read_bytes()
    assert python(kept, "-c", ANOTHER) == "True\n"
    assert learned(kept).read_bytes() == before


@pytest.mark.slow
def test_an_ingest_comes_to_the_same(kept: Path, tmp_path: Path) -> None:
    def outputs(name: str) -> dict[str, bytes]:
        python(kept, "-m", "thb_analysis", "ingest", "--raw", "raw", "--processed", str(tmp_path / name))
        return {path.name: path.read_bytes() for path in sorted((tmp_path / name).glob("*.*"))}

    first = outputs("learns")
    assert learned(kept).exists()
    assert outputs("knows") == first
    learned(kept).unlink()
    assert outputs("learns again") == first


def test_where_python_writes_no_byte_code_nothing_is_kept(kept: Path) -> None:
    python(kept, "-B", "-c", SAID)
    assert not list(kept.rglob("*.kept"))
