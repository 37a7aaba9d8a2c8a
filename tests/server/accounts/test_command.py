"""``doudi officials``."""

from __future__ import annotations

from click.testing import CliRunner, Result

from doudi.cli.officials import command
from doudi.server.accounts import selectors
from tests.server import cast
from tests.server.said import said


def run(*words: str) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(command, list(words))


def test_first_list_unlock_reset(committed: dict[str, str]) -> None:
    made = run("first", "liangguan", "--name", "梁管")
    assert made.exit_code == 0, made.output
    assert "liangguan 的临时密码" in made.output
    again = run("first", "other", "--name", "韦管", "--lang", "en")
    assert again.exit_code == 2
    assert "There is an administrator here already" in again.output
    listed = run("list").output
    assert "liangguan" in listed
    assert "全国 系统管理岗" in listed
    assert run("unlock", "liangguan").exit_code == 0
    assert run("reset", "nobody", "--why", "x").exit_code == 2
    password = run("reset", "liangguan", "--why", "忘记密码").output.strip().rpartition("：")[2]
    who = selectors.by_username(cast.SYSTEM, "liangguan")
    assert who.temporary
    assert len(password) == 19
    assert said("accounts.password-reset") == [
        f"系统重设了账号 {who.id}的密码，理由：忘记密码（来自 doudi officials reset）。"
    ]
