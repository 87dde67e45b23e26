"""The set-up agrees with itself: pyproject, the locks and the conda environment name the same packages.

No YAML library is needed for `environment.yml`: it is a plain list, and kept so.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from importlib import metadata, resources
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "requirements-test.lock", "requirements-lab.lock")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA_NAMES = {"matplotlib-base": "matplotlib"}
needs_cli = pytest.mark.skipif(
    not (ROOT / "thb_analysis" / "cli.py").exists(), reason="the command line is not written yet"
)


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def wanted(*extras: str) -> dict[str, str]:
    """Direct dependencies by name, with their lower bound."""
    lines = [*PROJECT["dependencies"]]
    for extra in extras:
        lines += PROJECT["optional-dependencies"][extra]
    pairs = (re.fullmatch(r"([\w.-]+)>=([\d.]+)", line) for line in lines)
    return {normal(pair[1]): pair[2] for pair in pairs if pair}


def locked(name: str) -> dict[str, set[str]]:
    """Versions by package; more than one where they differ by Python or system."""
    versions: dict[str, set[str]] = {}
    for match in re.finditer(r"^([\w.-]+)==([^\s;\\]+)", (ROOT / name).read_text(encoding="utf-8"), re.M):
        versions.setdefault(normal(match[1]), set()).add(match[2])
    return versions


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def conda_environment(text: str) -> dict[str, str]:
    """Package → version asked for, of the list of `environment.yml`."""
    pairs = re.findall(r"^  - ([\w-]+) =([\d.]+)$", text, re.M)
    pairs += re.findall(r"^      - ([\w-]+) ==([\d.]+)\.\*$", text, re.M)  # those that conda has not
    return {CONDA_NAMES.get(name, name): version for name, version in pairs}


def disagreements(environment: dict[str, str], lock: dict[str, set[str]]) -> list[str]:
    """Packages whose version in the conda environment is not the start of one in the lock."""
    return [
        f"{name}: {version} is not in {sorted(lock.get(name, ()))}"
        for name, version in environment.items()
        if not any(f"{one}.".startswith(f"{version}.") for one in lock.get(name, ()))
    ]


def test_the_conda_environment_agrees_with_the_locks() -> None:
    environment = conda_environment((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python = environment.pop("python")
    assert numbers(python) >= numbers(PROJECT["requires-python"])
    assert set(environment) == set(wanted("lab")), "every direct dependency and no other"
    assert disagreements(environment, locked("requirements-lab.lock")) == []


def test_a_disagreement_is_seen() -> None:
    environment = conda_environment("  - pandas =3.1\n  - matplotlib-base =3.1\n  - scipy =1.18\n")
    lock = {"pandas": {"3.1.4"}, "matplotlib": {"3.11.2"}, "scipy": {"1.17.0", "1.18.1"}}
    assert [line.split(":")[0] for line in disagreements(environment, lock)] == ["matplotlib"]


@pytest.mark.parametrize(("name", "extra"), [*zip(LOCKS, ("", "test", "lab"), strict=True)])
def test_the_lock_holds_what_pyproject_asks_for(name: str, extra: str) -> None:
    versions = locked(name)
    asked = wanted(*filter(None, [extra]))
    assert len(asked) >= len(PROJECT["dependencies"])
    for package, bound in asked.items():
        assert package in versions, f"{package} is not locked: make lock"
        assert all(numbers(version) >= numbers(bound) for version in versions[package]), package


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_hashes_and_nothing_names_a_registry(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        assert re.fullmatch(r"[\w.-]+==[\w.+!]+( ; [^-]+?)?\s+(--hash=sha256:[0-9a-f]{64}\s*)+", line), line
    assert not re.search(r"https?:|file:|--index|--find-links|\bpypi\b", text)


@pytest.mark.parametrize("name", LOCKS[1:])
def test_the_larger_locks_hold_the_main_one_unchanged(name: str) -> None:
    larger = locked(name)
    assert {package: larger.get(package) for package in locked(LOCKS[0])} == locked(LOCKS[0])


def test_jupyterlab_stays_out_of_the_main_environment() -> None:
    for name in LOCKS[:2]:
        assert not {"jupyterlab", "notebook", "jupyter-server", "nbconvert"} & set(locked(name))
    assert "jupyterlab" in locked(LOCKS[2])


def test_what_is_installed_is_what_is_locked() -> None:
    """Only where the environment was set up from the lock; another one may hold other versions."""
    if not (Path(sys.prefix) / "test.stamp").exists():
        pytest.skip("this environment was not made by `make`")
    installed = {normal(d.metadata["Name"]): d.version for d in metadata.distributions()}
    for package, versions in locked("requirements-test.lock").items():
        assert installed.get(package) in {None, *versions}, package


def test_the_catalogue_travels_with_the_package() -> None:
    catalogue = resources.files("thb_analysis") / "catalogue"
    assert any(entry.name.endswith(".csv") for entry in (catalogue / "codes").iterdir())


def thb(*command: str) -> str:
    """What a command prints; it must succeed, from any folder."""
    environment = os.environ | {"PYTHONUTF8": "1"}
    done = subprocess.run(
        command, cwd=Path(sys.prefix), env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@needs_cli
def test_the_console_command_and_the_module_are_the_same() -> None:
    script = Path(sysconfig.get_path("scripts")) / ("thb.exe" if os.name == "nt" else "thb")
    if not script.exists():
        pytest.skip("the project is not installed in this environment")
    by_name = thb(str(script), "--help")
    assert "build" in by_name
    assert by_name == thb(sys.executable, "-m", "thb_analysis", "--help")
    assert thb(str(script), "--version").split() == ["thb", PROJECT["version"]]


@pytest.mark.skipif(os.name == "nt", reason="make and shell scripts are for the other systems")
def test_ci_runs_make_test() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "make test" in script.read_text(encoding="utf-8")
    plan = subprocess.run(
        ["make", "--dry-run", "test"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert plan.returncode == 0, plan.stderr
    for step in ("ruff check .", "ruff format --check .", "mypy", "pytest"):
        assert step in plan.stdout
