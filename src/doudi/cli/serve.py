"""``doudi serve``: the server, and the worker of its background jobs."""

from __future__ import annotations

import click

from doudi.cli.common import console, lang_option, refused, said


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 / address to listen on")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="端口 / port")
@click.option(
    "--processes", type=click.IntRange(1, 64), default=2, show_default=True, help="服务进程数 / serving processes"
)
@click.option("--no-worker", is_flag=True, help="不带后台任务进程 / without the worker of background jobs")
@lang_option
def command(host: str, port: int, processes: int, no_worker: bool, lang: str) -> None:
    """启动服务。设置见环境变量（docs/reference/settings.md），启动时逐项检查。

    Start the server. Settings are environment variables (docs/reference/settings.md), checked at start.
    """
    with refused(lang):
        from doudi.server.config.installation import bring_up_sqlite
        from doudi.server.lib.environment import read

        environment = read()
        if not environment.postgresql:
            bring_up_sqlite()
        from doudi.server.config.start import start

        start()
        from doudi.server.config.serving import check, keep_pack, serve

        check(environment, host, port)
        keep_pack()
        scheme = "https" if environment.https else "http"
        console.print(
            said(f"兜底在 {scheme}://{host}:{port} ，按 Ctrl-C 停止。", f"Doudi is at {scheme}://{host}:{port}; Ctrl-C stops it.", lang),
            highlight=False,
        )  # fmt: skip
        if environment.https:
            console.print(
                said(
                    "请在前面放一个提供 HTTPS 的反向代理；只在本机试用可设 DOUDI_HTTPS=off。",
                    "Put a proxy with HTTPS before it; to try it on this machine only, set DOUDI_HTTPS=off.",
                    lang,
                ),
                highlight=False,
            )
        serve(host, port, processes=processes, worker=not no_worker)
