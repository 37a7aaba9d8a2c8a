"""``doudi backup`` and ``doudi restore``."""

from __future__ import annotations

from pathlib import Path

import click

from doudi.cli.common import console, lang_option, refused, said


@click.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@lang_option
def backup(target: Path, lang: str) -> None:
    """把数据库和数据目录写成一个备份文件；密钥不在其中，请另行保管。可以在服务运行时做。

    Write database and data folder to one file. Keys are not in it: keep them elsewhere. The server may go on running.
    """
    with refused(lang):
        from doudi.server.config.installation import back_up

        manifest = back_up(target)
    mib = target.stat().st_size / (1 << 20)
    console.print(
        said(f"已备份 {len(manifest.files)} 个文件，{mib:.1f} MiB：{target}", f"Backed up {len(manifest.files)} files, {mib:.1f} MiB: {target}", lang),
        highlight=False,
    )  # fmt: skip


@click.command()
@click.argument("source", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="替换现有数据 / put it in the place of the data that are there")
@lang_option
def restore(source: Path, replace: bool, lang: str) -> None:
    """从备份恢复，先停掉服务。备份先完整读过、核对过，才动现有的数据；原来的数据目录改名保留。

    Restore a backup, with the server stopped. It is read and held against its hashes before anything is touched; the old data folder
    is kept under another name.
    """
    with refused(lang):
        from doudi.server.config.installation import put_back

        manifest = put_back(source, replace=replace)
    when = str(manifest.about.get("made_at", ""))
    console.print(said(f"已恢复到 {when} 的备份。", f"Restored the backup of {when}.", lang), highlight=False)
