"""``doudi``: one command a module, each imported only when it is called, so that ``doudi --help`` answers at once."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from doudi.cli.usage import Bilingual

# What is imported, and the rules once compiled, live as long as the process: looking through all of it again and again finds nothing.
gc.set_threshold(50_000, 50, 100)
# Read by Arrow when it is first imported: its own pools keep what parts leave behind, a quarter of all memory; the system's gives it back.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
# Nothing here multiplies matrices: the threads that NumPy would start for it when imported cost more than they ever do.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("doudi.cli.demo:command", "在合成的县里跑一遍，看全县 / Screen a synthetic county and see it at a glance"),
    "generate": ("doudi.cli.generate:command", "生成一个合成的县 / Make a synthetic county"),
    "explain": ("doudi.cli.explain:command", "说明一户的每个答案 / Explain a household's answers"),
    "simulate": (
        "doudi.cli.simulate:command",
        "改一个标准，看费用、覆盖面、谁多谁少 / Change a standard and see what it does",
    ),
    "check-pack": (
        "doudi.cli.check_pack:check_pack",
        "查一个规则包：写法、依据、案例 / Check a pack: its text, citations and cases",
    ),
    "screen": (
        "doudi.cli.screen:screen",
        "筛查一本台账，写出结果和问题清单 / Screen a ledger: results and a report of faults",
    ),
    "template": ("doudi.cli.template:template", "生成空白台账 / A blank ledger with explanations and drop-downs"),
    "serve": ("doudi.cli.serve:command", "启动服务 / Start the server"),
    "migrate": ("doudi.cli.migrate:command", "升级数据库 / Bring the database up to this version"),
    "backup": ("doudi.cli.backup:backup", "备份 / Back up database and data folder"),
    "restore": ("doudi.cli.backup:restore", "恢复备份 / Restore a backup"),
    "audit": ("doudi.cli.audit:command", "校验、锚定、查阅操作记录 / Verify, anchor and search the record of acts"),
    "keys": ("doudi.cli.keys:command", "生成、核对、更换密钥 / Make, check and change the keys"),
    "worker": ("doudi.cli.worker:command", "执行后台任务 / Run the background jobs"),
    "officials": ("doudi.cli.officials:command", "开立和恢复账号 / Open and recover accounts"),
    "policy": ("doudi.cli.policy:command", "规则包的版本和施行日 / Versions of packs, and which is in force"),
    "import": ("doudi.cli.importing:command", "预览、导入台账和名单 / Look at ledgers and lists, import them"),
    "export": ("doudi.cli.exporting:command", "导出名册 / Export a list"),
    "compare": ("doudi.cli.comparing:command", "名单与台账比对 / Compare a list with a ledger"),
    "coverage": ("doudi.cli.coverage:coverage", "文件逐条落实情况 / What of each document is implemented"),
}
"""Command to where it is (``module:function``) and its one line of help."""


class _Lazy(Bilingual):
    """A group whose commands are imported when they are needed; the list of commands needs none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        found = COMMANDS.get(cmd_name)
        if found is None:
            return None
        module, _, name = found[0].partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows: Sequence[tuple[str, str]] = [(name, COMMANDS[name][1]) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="doudi")
def main() -> None:
    """兜底：民政社会救助系统 / Doudi: the social-assistance system of a civil-affairs department"""
    atexit.register(_leave)


def _leave() -> None:
    """What is loaded ends with the process: the collector need not go through all of it once more, which takes a tenth of a small command."""
    # DuckDB looks then for what was not collected, and complains of it.
    if "_duckdb" not in sys.modules:
        gc.freeze()


if __name__ == "__main__":
    main()
