"""The launcher `./doudi`, tried on a made-up project that needs nothing from the network.

Python, venv and pip are the real ones; the project is built by a backend that lies in its own folder. uv, which need
not be on the machine, is stood in for by a script that records how it was called and makes just enough of an
environment.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# All that the launcher may lean on, besides a Python.
TOOLS = ["sh", "cat", "cksum", "dirname", "head", "mv", "readlink", "rm", "tail"]
OPTIONAL_TOOLS = ["flock"]

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "doudi"
"""

BACKEND = '''
"""Builds an editable wheel whose `doudi` script shows its arguments; waits first when told to."""
import os, time, zipfile
from pathlib import Path

INFO = "doudi-0.1.0.dist-info"
FILES = {
    "doudi_stub.py": "import sys\\ndef main():\\n print(sys.argv[1:])\\n return 7 if 'seven' in sys.argv else 0\\n",
    f"{INFO}/METADATA": "Metadata-Version: 2.1\\nName: doudi\\nVersion: 0.1.0\\nProvides-Extra: dev\\n",
    f"{INFO}/WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    f"{INFO}/entry_points.txt": "[console_scripts]\\ndoudi = doudi_stub:main\\n",
}

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    if os.environ.get("STALL"):
        Path(os.environ["STALL"]).touch()
        time.sleep(600)
    if os.environ.get("BREAK"):
        raise RuntimeError("broken on purpose")
    name = "doudi-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(Path(wheel_directory) / name, "w") as wheel:
        for path, text in FILES.items():
            wheel.writestr(path, text)
        wheel.writestr(f"{INFO}/RECORD", "".join(f"{path},,\\n" for path in [*FILES, f"{INFO}/RECORD"]))
    return name
'''

FAKE_UV = """#!/bin/sh
echo "$UV_PROJECT_ENVIRONMENT: $*" >>"$UV_LOG"
[ -z "${UV_BREAK-}" ] || exit 2
/bin/mkdir -p "$UV_PROJECT_ENVIRONMENT/bin"
printf '#!/bin/sh\\necho "by uv: $*"\\n' >"$UV_PROJECT_ENVIRONMENT/bin/doudi"
printf '#!/bin/sh\\n' >"$UV_PROJECT_ENVIRONMENT/bin/python"
/bin/chmod +x "$UV_PROJECT_ENVIRONMENT/bin/doudi" "$UV_PROJECT_ENVIRONMENT/bin/python"
"""


@dataclass
class Clone:
    """A clone in a folder whose name has a space and Chinese in it, and a PATH that holds only what is put there."""

    folder: Path
    bin: Path

    @property
    def venv(self) -> Path:
        return self.folder / ".venv"

    def env(self, extra: Mapping[str, str]) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("UV_", "DOUDI_", "VIRTUAL_ENV", "PYTHON"))}
        return {**kept, "PATH": str(self.bin), **extra}

    def run(
        self, *words: str, launcher: Path | None = None, cwd: Path | None = None, **env: str
    ) -> subprocess.CompletedProcess[str]:
        command = [str(launcher or self.folder / "doudi"), *words]
        return subprocess.run(
            command, cwd=cwd or self.folder, env=self.env(env), capture_output=True, text=True, check=False, timeout=120
        )

    def add_program(self, name: str, text: str) -> None:
        (self.bin / name).write_text(text, encoding="utf-8")
        (self.bin / name).chmod(0o755)

    def add_python(self, name: str = "python3.11") -> None:
        base = getattr(sys, "_base_executable", sys.executable)
        self.add_program(name, f'#!/bin/sh\nexec "{base}" "$@"\n')

    def change_dependencies(self) -> None:
        with (self.folder / "constraints.txt").open("a", encoding="utf-8") as file:
            file.write("# changed\n")


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    folder, programs = tmp_path / "兜 底", tmp_path / "bin"
    (folder / "tools").mkdir(parents=True)
    programs.mkdir()
    shutil.copy(ROOT / "doudi", folder)
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "backend.py").write_text(BACKEND)
    (folder / "uv.lock").touch()
    (folder / "constraints.txt").touch()
    for tool in TOOLS + OPTIONAL_TOOLS:
        found = shutil.which(tool)
        assert found or tool in OPTIONAL_TOOLS, f"{tool} is missing on this machine"
        if found:
            (programs / tool).symlink_to(found)
    made = Clone(folder, programs)
    made.add_program("../兜 底/tools/test.sh", '#!/bin/sh\necho "tests: $*"\nexit 3\n')
    return made


def test_life_of_a_clone(clone: Clone, tmp_path: Path) -> None:
    clone.add_python()

    # The first run installs, says so apart from the output, and hands over arguments and exit code, whatever the folder
    # it is called from and whatever links lead to it.
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "first").symlink_to(Path("..") / clone.folder.name / "doudi")
    (elsewhere / "second").symlink_to(elsewhere / "first")
    first = clone.run("explain", "两 个词", "seven", launcher=elsewhere / "second", cwd=tmp_path)
    assert first.returncode == 7, first.stderr
    assert first.stdout == "['explain', '两 个词', 'seven']\n"
    assert "首次运行" in first.stderr
    assert "First run" in first.stderr
    assert (clone.venv / "doudi-stamp").read_text(encoding="utf-8").endswith("extras none\n")

    # The second has nothing to do and nothing to say.
    again = clone.run()
    assert (again.returncode, again.stdout, again.stderr) == (0, "[]\n", "")

    # `test` adds the dev extra to the same environment, then runs the checks.
    (clone.venv / "mark").touch()
    tests = clone.run("test", "-k", "some thing")
    assert (tests.returncode, tests.stdout) == (3, "tests: -k some thing\n")
    assert (clone.venv / "doudi-stamp").read_text(encoding="utf-8").endswith("extras dev\n")

    # A plain command is content with that; changed dependencies are installed again, and the dev extra stays.
    assert clone.run().stderr == ""
    clone.change_dependencies()
    assert "Bringing .venv up to date" in clone.run().stderr
    assert clone.run("test").stderr == ""
    assert (clone.venv / "mark").exists(), "the environment was rebuilt without need"

    # A folder that was moved is built anew: the scripts in it hold the old path.
    moved = Clone(clone.folder.rename(tmp_path / "moved"), clone.bin)
    assert moved.run("here").stdout == "['here']\n"
    assert not (moved.venv / "mark").exists()


@pytest.mark.parametrize("when", ["first run", "later change"])
def test_killed_half_way(clone: Clone, tmp_path: Path, when: str) -> None:
    clone.add_python()
    if when == "later change":
        assert clone.run().returncode == 0
        clone.change_dependencies()
    started = tmp_path / "started"
    process = subprocess.Popen(
        [clone.folder / "doudi"],
        env=clone.env({"STALL": str(started)}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not started.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert started.exists()
    assert (clone.venv / "bin" / "python").exists(), "not killed half-way, but before"
    (clone.venv / "mark").touch()

    mended = clone.run("on")
    assert (mended.returncode, mended.stdout) == (0, "['on']\n"), mended.stderr
    assert "making .venv anew" in mended.stderr
    assert not (clone.venv / "mark").exists(), "the half environment was kept"


def test_failed_installation(clone: Clone) -> None:
    clone.add_python()
    failed = clone.run(BREAK="yes")
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert "broken on purpose" in failed.stderr
    assert "did not finish" in failed.stderr
    assert "ready" not in failed.stderr
    assert not (clone.venv / "doudi-stamp").exists()


def test_two_at_once(clone: Clone) -> None:
    if not (clone.bin / "flock").exists():
        pytest.skip("flock is not on this machine")
    clone.add_program("uv", FAKE_UV.replace("[ -z", "/bin/sleep 1; [ -z"))
    log = clone.folder / "log"
    runs = [
        subprocess.Popen(
            [clone.folder / "doudi", str(n)],
            env=clone.env({"UV_LOG": str(log)}),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for n in range(2)
    ]
    assert [run.communicate(timeout=60)[0] for run in runs] == ["by uv: 0\n", "by uv: 1\n"]
    assert len(log.read_text(encoding="utf-8").splitlines()) == 1, "installed twice"


def test_uv_is_preferred(clone: Clone) -> None:
    clone.add_program("uv", FAKE_UV)
    log = clone.folder / "log"
    run = clone.run("a", UV_LOG=str(log), UV_PROJECT_ENVIRONMENT="/nowhere")
    assert (run.returncode, run.stdout) == (0, "by uv: a\n"), run.stderr
    clone.run("test", UV_LOG=str(log))
    clone.change_dependencies()
    clone.run(UV_LOG=str(log), DOUDI_PYTHON="mine")
    assert log.read_text(encoding="utf-8").splitlines() == [
        f"{clone.venv}: sync --frozen --inexact",
        f"{clone.venv}: sync --frozen --inexact --extra dev",
        f"{clone.venv}: sync --frozen --inexact --extra dev --python mine",
    ]


def test_pip_when_uv_fails(clone: Clone) -> None:
    clone.add_program("uv", FAKE_UV)
    clone.add_python()
    run = clone.run("b", UV_LOG=str(clone.folder / "log"), UV_BREAK="yes")
    assert (run.returncode, run.stdout) == (0, "['b']\n"), run.stderr
    assert "trying pip" in run.stderr


def test_no_python(clone: Clone) -> None:
    for name in ("python3", "python3.12"):
        clone.add_program(name, "#!/bin/sh\nexit 1\n")  # too old
    run = clone.run()
    assert run.returncode == 1
    assert "没有找到 Python 3.11" in run.stderr
    assert "No Python 3.11 or newer was found" in run.stderr
    assert not clone.venv.exists()


NO_VENV = "#!/bin/sh\ncase $2 in *ensurepip*) exit 1 ;; *) exit 0 ;; esac\n"


def test_no_venv_module(clone: Clone) -> None:
    clone.add_program("python3", NO_VENV)
    run = clone.run()
    assert run.returncode == 1
    assert "python3 缺少 venv 模块" in run.stderr
    assert "apt install python3-venv" in run.stderr


def test_a_python_further_on_will_do(clone: Clone) -> None:
    """The first has no venv module, the second is too old, the third serves."""
    clone.add_program("python3.11", NO_VENV)
    clone.add_program("python3", "#!/bin/sh\nexit 1\n")
    clone.add_python("python")
    run = clone.run("c")
    assert run.stdout == "['c']\n", run.stderr
    assert "Making .venv with python\n" in run.stderr
