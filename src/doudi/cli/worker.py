"""``doudi worker``: runs the jobs that others began, one after the other, until it is told to stop."""

from __future__ import annotations

import click

from doudi.cli.common import console, lang_option, refused, said


@click.command()
@click.option("--once", is_flag=True, help="队列空了就结束 / end when the queue is empty")
@lang_option
def command(once: bool, lang: str) -> None:
    """在后台执行筛查、导入、导出等任务；可同时启动多个。收到停止信号后在下一步停下，未完的任务以后接着做。

    Run screenings, imports, exports and other jobs; several workers may run at once. Told to stop, it stops at the next step; what is
    unfinished goes on later from there.
    """
    with refused(lang):
        from doudi.server.config.start import start

        start()
        from django.conf import settings

        from doudi.server.jobs.worker import Worker
        from doudi.server.lib.refusals import Refused
        from doudi.server.operations.daily import begin_day
        from doudi.server.operations.health import health

        for part in health(settings.ENVIRONMENT.home):
            if part.state == "down":
                raise Refused(part.code, part.zh, part.en)
        worker = Worker(once=once, hourly=begin_day)
        console.print(
            said("后台任务进程已启动，按 Ctrl-C 停止。", "The worker is running; Ctrl-C stops it.", lang),
            highlight=False,
        )
        worker.run()
