"""The rules of the house, held by reading the source: each rule is a function that returns what breaks it.

Every rule is also shown a bad example, so that a rule which finds nothing is known to be able to find.
"""

from __future__ import annotations

import ast
import csv
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "thb_analysis"
MODULES = sorted((ROOT / PACKAGE).rglob("*.py"))
LONGEST_MODULE = 450

#: What each room must not know, though it lies one door away.
ABOVE = {"notebooks", "cli", "__main__"}
UNKNOWN_TO = {
    "ingest": {"tidy", "analysis", "disclosure", "charts", "forms", "publish", "export"} | ABOVE,
    "tidy": {"analysis", "disclosure", "charts", "forms", "publish", "export"} | ABOVE,
    "analysis": {"ingest", "disclosure", "charts", "forms", "publish", "export"} | ABOVE,
    "disclosure": {"ingest", "analysis", "charts", "forms", "publish", "export"} | ABOVE,
    "charts": {"ingest", "tidy", "disclosure", "forms", "publish", "export"} | ABOVE,
    "forms": {"disclosure", "charts", "publish", "export"} | ABOVE,
    "publish": {"export"} | ABOVE,
    "export": {"ingest", "analysis", "charts", "forms", "publish"} | ABOVE,
}
#: The same within the room that reads workbooks, from the inmost to the outmost of its own rooms.
WITHIN_INGEST = ("formats", "words", "recognition", "alike")
#: Packages that read spreadsheets; only the rooms that meet workbooks know them.
FORMATS = {"openpyxl", "xlrd", "xlsxwriter", "zipfile"}
STRANGERS = {
    "tidy": FORMATS | {"matplotlib", "papermill"},
    "analysis": FORMATS | {"matplotlib", "papermill"},
    "charts": FORMATS | {"papermill"},
    "disclosure": FORMATS | {"matplotlib", "papermill"},
    "export": {"openpyxl", "xlrd", "matplotlib", "papermill"},
    "ingest": {"matplotlib", "papermill"},
}

#: (module, word) → why this word may stand in code all the same.
ALLOWED_WORDS: dict[tuple[str, str], str] = {
    ("thb_analysis/ingest/numerals.py", "1904"): "where a Macintosh workbook starts to count its days",
    ("thb_analysis/ingest/formats/xlsx_parts.py", "AM"): "the forenoon in built-in clock formats",
}


# --- 1. arrows point down -------------------------------------------------------------------------


def module_name(path: Path) -> str:
    """`thb_analysis/ingest/book.py` → `thb_analysis.ingest.book`."""
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(source: str, module: str, is_package: bool = False) -> set[str]:
    """Every dotted name that a module imports, wherever in it: `from a import b` counts as `a.b`."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = node.module or ""
            if node.level:
                steps = node.level - is_package
                base = module.split(".")[: -steps or None]
                origin = ".".join([*base, origin] if origin else base)
            names.update(f"{origin}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and "import_module" in ast.unparse(node.func):
            names.update(
                a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
            )
    return names


def room_of(name: str) -> str:
    """`thb_analysis.ingest.book` → `ingest`; the package itself → the empty string."""
    return [*name.split("."), ""][1]


def arrows_upward(imports: dict[str, set[str]]) -> list[str]:
    """Imports that a room must not have, its own or through the modules outside the rooms that it uses.

    `imports` holds, by module name, what each module imports.
    """
    format_modules = {m for m, names in imports.items() if {n.split(".")[0] for n in names} & FORMATS}
    wrong = []
    for start in sorted(imports):
        room = room_of(start)
        if room not in UNKNOWN_TO:
            continue
        seen, waiting = {start}, [(start, start)]
        while waiting:
            module, way = waiting.pop()
            for name in sorted(imports[module]):
                step = f"{way} → {name}"
                if name.split(".")[0] in STRANGERS.get(room, ()):
                    wrong.append(step)
                if name.split(".")[0] != PACKAGE:
                    continue
                target = name if name in imports else name.rpartition(".")[0]
                if target in (PACKAGE, "") or room_of(target) in UNKNOWN_TO[room]:
                    wrong.append(step)  # the package's own names are the researcher's door, above every room
                elif room == "tidy" and room_of(target) == "ingest" and target in format_modules:
                    wrong.append(step)
                elif room_of(target) not in UNKNOWN_TO and target in imports and target not in seen:
                    seen.add(target)
                    waiting.append((target, step))
    return wrong


def test_import_arrows_point_down() -> None:
    graph = {
        module_name(path): imported(
            path.read_text(encoding="utf-8"), module_name(path), path.name == "__init__.py"
        )
        for path in MODULES
    }
    assert arrows_upward(graph) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("ingest.read", "from thb_analysis.tidy import store"),
        ("ingest.read", "def f():\n    import thb_analysis.analysis.trends"),
        ("ingest.read", "from ..charts import style"),
        ("ingest.read", "from thb_analysis.helper import bridge"),
        ("tidy.store", "from thb_analysis.ingest.book import read"),
        ("tidy.store", "from openpyxl import load_workbook"),
        ("analysis.trends", "from thb_analysis import load"),
        ("analysis.trends", "import matplotlib.pyplot as plt"),
        ("analysis.trends", "importlib.import_module('thb_analysis.publish')"),
        ("charts.lines", "from thb_analysis.tidy.store import load"),
        ("forms.letter", "from thb_analysis.publish.document import page"),
        ("publish.page", "from thb_analysis.cli import main"),
    ],
)
def test_an_arrow_upward_is_seen(module: str, source: str) -> None:
    graph: dict[str, set[str]] = {
        PACKAGE: set(),
        f"{PACKAGE}.ingest": set(),
        f"{PACKAGE}.ingest.book": {"openpyxl.load_workbook"},
        f"{PACKAGE}.helper": {f"{PACKAGE}.analysis.bridge"},
    }
    graph[f"{PACKAGE}.{module}"] = imported(source, f"{PACKAGE}.{module}")
    assert arrows_upward(graph)


def test_an_arrow_downward_is_let_be() -> None:
    below = {PACKAGE: set(), f"{PACKAGE}.ingest.cells": set(), f"{PACKAGE}.findings": {"tomllib"}}
    below[f"{PACKAGE}.tidy.store"] = imported(
        "from thb_analysis.ingest.cells import Cell\nfrom ..findings import Finding", f"{PACKAGE}.tidy.store"
    )
    below[f"{PACKAGE}.ingest"] = imported("from .cells import Cell", f"{PACKAGE}.ingest", is_package=True)
    assert below[f"{PACKAGE}.ingest"] == {f"{PACKAGE}.ingest.cells.Cell"}
    assert arrows_upward(below) == []


def arrows_outward(imports: dict[str, set[str]]) -> list[str]:
    """Imports within the reading room that go from a room of it to one farther out, or from words to formats."""
    wrong = []
    for module, names in sorted(imports.items()):
        room, *_ = [*module.split(".")[2:], ""]
        if room_of(module) != "ingest" or room not in WITHIN_INGEST:
            continue
        outer = {"formats", *WITHIN_INGEST[WITHIN_INGEST.index(room) + 1 :]} - {room}
        wrong += [f"{module} → {name}" for name in sorted(names) if set(name.split(".")[2:3]) & outer]
    return wrong


def test_within_the_reading_room_arrows_point_inward() -> None:
    assert (
        arrows_outward(
            {module_name(p): imported(p.read_text(encoding="utf-8"), module_name(p)) for p in MODULES}
        )
        == []
    )


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("words.labels", "recognition.grid"),
        ("recognition.scene", "alike.thin"),
        ("words.near", "formats.ods"),
    ],
)
def test_an_arrow_outward_is_seen(module: str, name: str) -> None:
    base = f"{PACKAGE}.ingest"
    assert arrows_outward({f"{base}.{module}": {f"{base}.{name}"}})


# --- 2. the catalogue names things, the code does not ---------------------------------------------

ADDRESS = re.compile(r"(?:https?://|urn:)\S+")  # names of formats; some hold a year
YEAR = re.compile(r"(?<![^\W_])(?<!\.)(?:19|20)\d\d(?![^\W_]|\.\d)")
LATVIAN = re.compile(r"[āčēģīķļņšūž]", re.IGNORECASE)


def codes(name: str) -> list[str]:
    """The codes of one code list, `_T` and the like left out."""
    with (ROOT / PACKAGE / "catalogue" / "codes" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [row["code"] for row in csv.DictReader(file) if not row["code"].startswith("_")]


def literals(source: str) -> Iterator[tuple[int, str, bool]]:
    """Line, text and whether it is a string, for every string and number that is not a docstring.

    A number written with an underscore (`2_000`) is a quantity, not a year.
    """
    tree = ast.parse(source)
    documentation = {
        id(statement.value)
        for node in ast.walk(tree)
        if isinstance(body := getattr(node, "body", None), list)
        for statement in body
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in documentation:
            continue
        if isinstance(node.value, str):
            yield node.lineno, ADDRESS.sub(" ", node.value), True
        elif isinstance(node.value, int | float) and not isinstance(node.value, bool):
            yield node.lineno, ast.get_source_segment(source, node) or str(node.value), False


def words_of_the_catalogue(
    source: str, institutions: list[str], articles: list[str]
) -> Iterator[tuple[int, str]]:
    """Line and word, for each year, institution, article and Latvian text that code names."""
    named = "|".join(map(re.escape, sorted(institutions, key=len, reverse=True)))
    institution = re.compile(rf"(?<![^\W_])(?:{named})(?![^\W_])")
    numbered = "|".join(map(re.escape, sorted(articles, key=len, reverse=True)))
    article = re.compile(rf"(?<![\w.#-])(?:{numbered})(?!\.?\w)")
    for line, text, is_string in literals(source):
        found = [*YEAR.findall(text)]
        if is_string:
            found += institution.findall(text) + article.findall(text)
            found += [text.strip()] if LATVIAN.search(text) else []
        elif "." in text:
            found += article.findall(text)
        for word in found:
            yield line, word


def test_no_module_names_what_the_catalogue_names() -> None:
    institutions, articles = codes("institution"), codes("article")
    wrong, used = [], set()
    for path in MODULES:
        place = path.relative_to(ROOT).as_posix()
        for line, word in words_of_the_catalogue(path.read_text(encoding="utf-8"), institutions, articles):
            if (place, word) in ALLOWED_WORDS:
                used.add((place, word))
            else:
                wrong.append(f"{place}:{line}: {word!r} belongs in the catalogue")
    assert wrong == []
    assert set(ALLOWED_WORDS) - used == set(), "allowed, but not needed any more"
    assert all(ALLOWED_WORDS.values()), "a word is allowed with a reason only"


@pytest.mark.parametrize(
    "source",
    [
        "first = 2017",
        "first = '2017'",
        "name = f'{x}_2023.xlsx'",
        "if code == 'IC': pass",
        "path = 'IeM_upuri'",
        "article = '154.1'",
        "article = '275+285.2'",
        "article = 154.1",
        "label = 'cietušie (upuri) un aizdomās turētie'",
        "label = 'soda m\\u0113rs'",
        "def f():\n    '''Docstring.'''\n    return ['kopā']",
    ],
)
def test_a_word_of_the_catalogue_is_seen(source: str) -> None:
    assert list(words_of_the_catalogue(source, ["IC", "IeM"], ["154.1", "275", "285.2"]))


@pytest.mark.parametrize(
    "source",
    [
        "'''Read since 2017, for the IC and pants 154.1, ā.'''",
        "class A:\n    x: int = 1\n    '''The year, such as 2017.'''",
        "rows = 2_000  # since 2017, kopā",
        "name = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'",
        "text = 'PICTURE, topic, VPN'",
        "colour = '#275285'; width = '1154.15'; size = 275; version = '2.285.2'",
        "numbers = (12017, '20170', '8859-1', '3.2017')",
    ],
)
def test_other_words_are_let_be(source: str) -> None:
    assert list(words_of_the_catalogue(source, ["IC", "VP"], ["154.1", "275", "285.2"])) == []


# --- 3. short modules -----------------------------------------------------------------------------


def too_long(source: str) -> bool:
    return len(source.splitlines()) > LONGEST_MODULE


def test_no_module_is_too_long() -> None:
    long = [p.relative_to(ROOT).as_posix() for p in MODULES if too_long(p.read_text(encoding="utf-8"))]
    assert long == []


def test_a_long_module_is_seen() -> None:
    assert too_long("x = 1\n" * (LONGEST_MODULE + 1))
    assert not too_long("x = 1\n" * LONGEST_MODULE)


# --- 4. notebooks come clean ----------------------------------------------------------------------


def tree() -> list[str]:
    """Every file of the project, as a path with forward slashes: what is committed or could be."""
    if (ROOT / ".git").exists():
        listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
        return sorted({name for name in names if name and (ROOT / name).is_file()})
    made = {"processed", "figures", "reports", "build", "dist", "__pycache__"}
    return sorted(
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*")
        if path.is_file()
        and not any(part in made or part.startswith(".") for part in path.relative_to(ROOT).parts)
    )


def traces_of_a_run(notebook: str) -> list[str]:
    """Outputs, execution counts and papermill's own notes in a notebook's JSON."""
    content = json.loads(notebook)
    traces = [f"metadata.{key}" for key in ("papermill", "widgets") if key in content.get("metadata", {})]
    for number, cell in enumerate(content["cells"], start=1):
        if cell.get("outputs"):
            traces.append(f"cell {number}: outputs")
        if cell.get("execution_count") is not None:
            traces.append(f"cell {number}: execution count")
    return traces


def test_notebooks_hold_no_traces_of_a_run() -> None:
    traces = {
        name: traces_of_a_run((ROOT / name).read_text(encoding="utf-8"))
        for name in tree()
        if name.endswith(".ipynb")
    }
    assert {name: found for name, found in traces.items() if found} == {}


def test_a_trace_of_a_run_is_seen() -> None:
    clean = {"cell_type": "code", "source": [], "outputs": [], "execution_count": None}
    assert traces_of_a_run(json.dumps({"cells": [clean]})) == []
    assert traces_of_a_run(json.dumps({"cells": [clean | {"execution_count": 3}]}))
    assert traces_of_a_run(json.dumps({"cells": [clean | {"outputs": [{"output_type": "stream"}]}]}))


# --- 5. no developer's machine --------------------------------------------------------------------


def own_places() -> list[str]:
    """Where this checkout, this Python and this user live, as far as the names are telling."""
    places = [ROOT, Path.home(), Path(sys.prefix)]
    return [str(place) for place in places if len(place.parts) > 2]


def machine_paths(text: str, places: list[str]) -> list[str]:
    """Absolute paths of somebody's machine that a text names."""
    homes = re.findall(r"(?<![\w.:/])/(?:home|Users)/\w[\w.-]*|(?<![\w./])/root/\w+", text)
    homes += re.findall(r"\b[A-Za-z]:\\{1,2}(?:Users|Documents and Settings)\\{1,2}\w+", text)
    return homes + [place for place in places if re.search(re.escape(place) + r"(?![\w-])", text)]


def test_no_file_names_a_developers_machine() -> None:
    places = own_places()
    wrong = {}
    for name in tree():
        content = (ROOT / name).read_bytes()
        if name == "tests/test_house.py" or b"\0" in content:
            continue
        if found := machine_paths(content.decode("utf-8", errors="replace"), places):
            wrong[name] = found
    assert wrong == {}


@pytest.mark.parametrize(
    "text",
    [
        "see /home/anna/thb",
        "'/Users/anna/x'",
        r"C:\Users\anna",
        r'"C:\\Users\\anna"',
        "in /srv/a/b/raw",
        "/root/x",
    ],
)
def test_a_developers_machine_is_seen(text: str) -> None:
    assert machine_paths(text, ["/srv/a/b"])


@pytest.mark.parametrize(
    "text", ["https://example.org/home/page", "raw/2023/x.xlsx", "/srv/a/bc", "docs/root/x"]
)
def test_other_paths_are_let_be(text: str) -> None:
    assert machine_paths(text, ["/srv/a/b"]) == []


# --- 6. the same on Windows -----------------------------------------------------------------------

#: Calls that differ between systems unless these arguments are named.
MUST_NAME = {
    "read_text": {"encoding"},
    "write_text": {"encoding", "newline"},
    "to_csv": {"lineterminator"},
}


def calls_that_differ_on_windows(source: str) -> list[str]:
    """Text files opened without an encoding or written without a line ending.

    Elsewhere than on Linux the defaults are another code page and CR LF: other bytes from the same data.
    """
    wrong = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        given = {keyword.arg for keyword in node.keywords}
        if None in given:
            continue
        needed = MUST_NAME.get(name, set())
        if name == "open" and ast.unparse(node.func) != "os.open":
            texts = [*node.args[:2], *(k.value for k in node.keywords if k.arg == "mode")]
            values = [a.value for a in texts if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            modes = [m for m in values if re.fullmatch(r"[rwaxbt+]{1,3}", m)]
            opens_file = isinstance(node.func, ast.Name) or bool(modes) or not node.args
            if opens_file and not any("b" in mode for mode in modes):
                needed = {"encoding"} | ({"newline"} if any(set(m) & set("wax") for m in modes) else set())
        if needed - given:
            wrong.append(f"line {node.lineno}: {name} without {', '.join(sorted(needed - given))}")
    return wrong


def test_code_reads_and_writes_the_same_on_windows() -> None:
    wrong = {
        path.relative_to(ROOT).as_posix(): calls_that_differ_on_windows(path.read_text(encoding="utf-8"))
        for path in MODULES
    }
    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.mark.parametrize(
    "source",
    [
        "path.read_text()",
        "path.write_text(x, encoding='utf-8')",
        "open(path)",
        "path.open('w', encoding='utf-8')",
        "path.open()",
        "frame.to_csv(path)",
    ],
)
def test_what_differs_on_windows_is_seen(source: str) -> None:
    assert calls_that_differ_on_windows(source)


@pytest.mark.parametrize(
    "source",
    [
        "path.read_text(encoding='utf-8')",
        "open(path, 'rb')",
        "path.open('w', encoding='utf-8', newline='')",
        "archive.open(name)",
        "frame.to_csv(path, lineterminator='\\n')",
    ],
)
def test_what_is_the_same_everywhere_is_let_be(source: str) -> None:
    assert calls_that_differ_on_windows(source) == []


WINDOWS_DEVICES = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)),
}


def names_windows_refuses(names: list[str]) -> list[str]:
    """Paths that cannot be checked out on Windows, or two that fall together there."""
    wrong = [
        name
        for name in names
        if len(name) > 150
        or any(
            re.search(r'[<>:"\\|?*\x00-\x1f]|[. ]$', part) or part.split(".")[0].lower() in WINDOWS_DEVICES
            for part in PurePosixPath(name).parts
        )
    ]
    lower = [name.lower() for name in names]
    return wrong + [name for name in names if lower.count(name.lower()) > 1]


def test_every_file_name_works_on_windows() -> None:
    assert names_windows_refuses(tree()) == []


def test_a_name_that_windows_refuses_is_seen() -> None:
    for names in (["a:b.csv"], ["aux.py"], ["x/dot."], ["A.csv", "a.csv"], ["a" * 200]):
        assert names_windows_refuses(names), names
    assert names_windows_refuses(["raw/2023/IC_2023.xlsx", "auxiliary.py"]) == []


def test_the_pages_link_to_what_a_clone_has() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    kept = set(listed.stdout.splitlines())
    if not kept:
        pytest.skip("no checkout: nothing tells what a clone has")
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    broken = []
    for page in pages:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            if ":" in target:
                continue
            path = (page.parent / target).resolve()
            name = path.relative_to(ROOT).as_posix()
            if name not in kept and not any(one.startswith(f"{name}/") for one in kept):
                broken.append(f"{page.relative_to(ROOT).as_posix()}: {target}")
    assert broken == []
