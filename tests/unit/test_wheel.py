"""The wheel holds all that Doudi needs at run time, the policy packs above all, and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


def test_wheel_holds_the_package_and_its_packs(wheel: set[str]) -> None:
    files = {p.relative_to(SOURCE).as_posix() for p in (SOURCE / "doudi").rglob("*") if p.is_file()}
    expected = {f for f in files if "__pycache__" not in f}
    held = {name for name in wheel if ".dist-info/" not in name}
    assert held == expected


def test_wheel_carries_the_licence_and_the_command(wheel: set[str]) -> None:
    rest = {name.partition(".dist-info/")[2] for name in wheel if ".dist-info/" in name}
    assert {"licenses/LICENSE", "entry_points.txt"} <= rest
