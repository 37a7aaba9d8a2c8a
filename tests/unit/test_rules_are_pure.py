"""What import contracts cannot see: nothing in `doudi.rules` opens a file, reads the clock or asks the machine."""

import ast
from pathlib import Path

import pytest

RULES = Path(__file__).parents[2] / "src" / "doudi" / "rules"

IMPURE_CALLS = {"open", "input", "print", "__import__", "eval", "exec"}
IMPURE_METHODS = {"now", "utcnow", "today", "open", "read_text", "write_text", "fromfile", "tofile", "memmap"}


def impurities(source: str) -> list[str]:
    """Calls that give another answer on another day or another machine."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in IMPURE_CALLS:
                found.append(f"line {node.lineno}: {name}()")
            case ast.Call(func=ast.Attribute(attr=name)) if name in IMPURE_METHODS:
                found.append(f"line {node.lineno}: .{name}()")
            case ast.Attribute(value=ast.Name(id="np" | "numpy"), attr="random"):
                found.append(f"line {node.lineno}: {ast.unparse(node)}")
            case _:
                pass
    return found


@pytest.mark.parametrize(
    "line",
    [
        "date.today()",
        "datetime.datetime.now(tz)",
        "open('facts.csv')",
        "Lark.open('grammar.lark')",
        "np.random.default_rng(1)",
        "print('decided')",
    ],
)
def test_the_detector_detects(line: str) -> None:
    assert impurities(f"def f():\n    return {line}\n")


def test_the_detector_lets_pure_code_pass() -> None:
    assert not impurities("def f(today: date) -> date:\n    return max(today, date(2016, 12, 16))\n")


def test_rules_are_pure() -> None:
    modules = sorted(RULES.rglob("*.py"))
    assert modules, "no module found"
    found = {m.name: bad for m in modules if (bad := impurities(m.read_text(encoding="utf-8")))}
    assert not found
