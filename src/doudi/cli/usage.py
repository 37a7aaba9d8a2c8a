"""What is wrong with how a command was written, and that it was broken off: said in Chinese before click says it in English."""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click


class Bilingual(click.Group):
    """A group whose usage errors are told in both languages; exit codes are click's."""

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        *,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        if not standalone_mode:
            return super().main(args, prog_name, standalone_mode=False, **extra)
        speak_chinese()
        try:
            code = super().main(args, prog_name, standalone_mode=False, **extra)
        except click.ClickException as error:
            _tell(error)
        except click.Abort:
            click.echo(
                "已中断，没有做完的不会被当作做完的 / Broken off; what is unfinished is not taken for finished",
                err=True,
            )
            sys.exit(1)
        sys.exit(code if isinstance(code, int) else 0)


def speak_chinese() -> None:
    """Start the process anew in UTF-8 where the locale (a Latin one, say) has no Chinese: neither words nor the names of files could be written."""
    codings = {sys.getfilesystemencoding(), locale.getencoding()}
    if not sys.flags.utf8_mode and not all(_holds(coding) for coding in codings):
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], os.environ | {"PYTHONUTF8": "1"})


def _holds(coding: str) -> bool:
    try:
        "户".encode(coding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _tell(error: click.ClickException) -> NoReturn:
    if isinstance(error, click.UsageError):
        command = error.ctx.command_path if error.ctx else "doudi"
        said = in_chinese(error)
        click.echo(f"{said}{'' if said.endswith('？') else '。'}写法见：{command} --help", err=True)
    error.show()
    sys.exit(error.exit_code)


def in_chinese(error: click.UsageError) -> str:
    """What is wrong, without how to mend it."""
    if isinstance(error, click.NoSuchOption):
        near = "、".join(error.possibilities or ())
        return f"没有选项“{error.option_name}”" + (f"；是不是想写“{near}”？" if near else "")
    name = _name(error)
    if isinstance(error, click.MissingParameter):
        return f"缺少{name}"
    if isinstance(error, click.BadParameter):
        # A message of our own says it in Chinese already.
        own = "" if error.message.isascii() else f"：{error.message.partition(' / ')[0]}"
        return f"{name}的值不对{own}"
    if isinstance(error, click.BadOptionUsage):
        return f"选项“{error.option_name}”写得不对"
    return "命令写得不对"


def _name(error: click.UsageError) -> str:
    parameter = getattr(error, "param", None)
    if not isinstance(parameter, click.Parameter):
        return "参数"
    return (
        f"“{parameter.opts[-1] if isinstance(parameter, click.Option) else parameter.make_metavar(error.ctx)}”"
        if error.ctx
        else "参数"
    )
