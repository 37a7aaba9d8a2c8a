"""One progress bar, with time spent and time left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from doudi.cli.common import console


@contextmanager
def bar(title: str, total: int) -> Iterator[Callable[[int], None]]:
    """Gives a function that moves the bar on by so many."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    # A thread that draws the bar would keep the work from being shared out among processes: it is drawn at each step.
    with Progress(*columns, console=console, auto_refresh=False) as progress:
        task = progress.add_task(title, total=total)
        yield lambda n: progress.update(task, advance=n, refresh=True)


@contextmanager
def bar_to(title: str, total: int) -> Iterator[Callable[[int], None]]:
    """The same, but the function is told how many are done in all."""
    with bar(title, total) as step:
        before = 0

        def to(done: int) -> None:
            nonlocal before
            step(done - before)
            before = done

        yield to
