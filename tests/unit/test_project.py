"""The shape of the project: what it is installed from, what its rooms hold, which imports its contracts refuse."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "doudi"
MAX_LINES = 400

# Modules that may pass MAX_LINES, each with the reason why cutting it up would make it harder to read.
LONG_MODULES: dict[str, str] = {}


@pytest.fixture(scope="module")
def lock() -> dict[str, Any]:
    return tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def locked_versions(lock: dict[str, Any]) -> dict[str, str]:
    versions: dict[str, str] = {}
    for package in lock["package"]:
        # Two versions of one package could not both stand in constraints.txt.
        assert package["name"] not in versions, package["name"]
        versions[package["name"]] = package["version"]
    del versions["doudi"]
    return versions


def test_lock_names_no_host_but_the_public_index() -> None:
    urls = set(re.findall(r"[a-z+]+://[^/\"'\s]+(?:/simple\b)?", (ROOT / "uv.lock").read_text(encoding="utf-8")))
    assert urls == {"https://pypi.org/simple", "https://files.pythonhosted.org"}


def test_lock_takes_everything_from_the_public_index(lock: dict[str, Any]) -> None:
    for package in lock["package"]:
        expected = {"editable": "."} if package["name"] == "doudi" else {"registry": "https://pypi.org/simple"}
        assert package["source"] == expected, package["name"]


def test_lock_is_of_this_project(lock: dict[str, Any]) -> None:
    """Someone added a dependency and did not lock it: `uv lock` mends this."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (package,) = (p for p in lock["package"] if p["name"] == "doudi")
    declared = {(_normal(r), "") for r in project["dependencies"]}
    for extra, requirements in project["optional-dependencies"].items():
        declared |= {(_normal(r), f"extra == '{extra}'") for r in requirements}
    assert package["version"] == project["version"]
    locked = {(_locked_name(r) + r["specifier"], r.get("marker", "")) for r in package["metadata"]["requires-dist"]}
    assert locked == declared


def test_constraints_hold_no_address() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    # Nor options: a line such as --index-url would bring an index in by the back door.
    assert not re.search(r"://|@|^\s*-", text, re.MULTILINE)


def test_constraints_agree_with_the_lock(locked_versions: dict[str, str]) -> None:
    """`tools/lock.sh` makes both."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line.partition(";")[0].strip().split("==") for line in lines]
    assert len(pins) == len(locked_versions)
    assert dict(pins) == locked_versions


def test_policies_hold_no_python() -> None:
    assert not [path for path in (SOURCE / "policies").rglob("*") if path.suffix in {".py", ".pyc", ".pyi", ".so"}]


def test_modules_are_short() -> None:
    lengths = {p.relative_to(SOURCE).as_posix(): _lines(p) for p in SOURCE.rglob("*.py")}
    assert lengths, "no module found"
    too_long = {name: n for name, n in lengths.items() if n > MAX_LINES}
    assert too_long.keys() <= LONG_MODULES.keys(), f"split by verb, or give a reason in LONG_MODULES: {too_long}"
    assert LONG_MODULES.keys() <= too_long.keys(), "no longer long, or gone: take it off the list"
    assert all(reason.strip() for reason in LONG_MODULES.values())


@pytest.mark.parametrize(
    ("module", "line", "kept"),
    [
        ("cli", "import doudi.rules", True),
        ("screening", "import doudi.packs", True),
        ("packs", "import pathlib", True),
        ("rules", "import datetime", True),
        ("rules", "import doudi.packs", False),
        ("rules", "import pathlib", False),
        ("rules", "from os import path", False),
        ("rules", "import io", False),
        ("rules", "import time", False),
        ("rules", "import duckdb", False),
        ("rules", "import yaml", False),
        ("packs", "import doudi.screening", False),
        ("screening", "import doudi.cli", False),
        ("packs", "from django.db import models", False),
        ("screening", "import django", False),
        ("rules", "import django", False),
        ("screening", "import doudi.server", False),
        ("server/exchange", "import doudi.screening", True),
        ("server/registry", "import doudi.server.areas.actions", True),
        ("server/registry", "import doudi.server.areas.models", False),
        ("server/registry", "import doudi.server.decisions", False),
        ("server/areas", "import doudi.server.accounts", False),
        ("server/exchange", "import doudi.server.config.settings", False),
        ("server/newapp", "", False),
        ("newroom", "", False),
    ],
)
def test_import_contracts(tmp_path: Path, module: str, line: str, kept: bool) -> None:
    """The contracts refuse what they are there to refuse, tried on an empty house with one import put in."""
    apps = {f"server/{p.name}" for p in (SOURCE / "server").iterdir() if (p / "__init__.py").exists()}
    for room in {"cli", "server", "screening", "packs", "rules", *apps, module}:
        (tmp_path / "doudi" / room).mkdir(parents=True, exist_ok=True)
        (tmp_path / "doudi" / room / "__init__.py").touch()
    for models in ROOT.glob("src/doudi/server/*/models*"):
        (tmp_path / "doudi" / models.relative_to(SOURCE).with_suffix(".py")).touch()
    (tmp_path / "doudi/server/areas/actions.py").touch()
    (tmp_path / "doudi/server/config/settings.py").touch()
    (tmp_path / "doudi" / "__init__.py").touch()
    (tmp_path / "doudi" / module / "thing.py").write_text(line + "\n")
    shutil.copy(ROOT / ".importlinter", tmp_path)
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Contracts" in run.stdout, run.stdout + run.stderr
    assert (run.returncode == 0) == kept, run.stdout


def _locked_name(requirement: dict[str, Any]) -> str:
    extras = ",".join(requirement.get("extras", ()))
    return f"{requirement['name']}[{extras}]" if extras else str(requirement["name"])


def _normal(requirement: str) -> str:
    """`types-PyYAML>=6` as the lock writes it."""
    name, operator, version = requirement.partition(">=")
    return re.sub(r"[-_.]+", "-", name.strip()).lower() + operator + version.strip()


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())
