"""Work on a list of items in several processes, results in the order of the items.

Threads wait for each other at Python's lock between any two Arrow or NumPy calls; processes do not. Workers are forked, so that they begin with
everything that is loaded and share its memory, and the process that asks works as one of them. Where forking is not safe (other threads of
Python are running, or the system is not Linux) threads do it.

A number goes round in a pipe: who reads it works on the item of that number and puts back the next one. Results must be small or few: those
done out of turn wait here.
"""

from __future__ import annotations

import ctypes
import fcntl
import gc
import os
import pickle
import select
import signal
import struct
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

from doudi.rules.block.ahead import ahead

T = TypeVar("T")
R = TypeVar("R")

PIPE = 1 << 20
"""Bytes of results that a worker may be ahead of the process that asks; the most that Linux gives to anybody."""

KEPT = 32 << 20
"""Bytes: blocks up to this size, and as much again several times over, stay with the process when they are freed."""
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3

_NUMBER = struct.Struct("=q")
_HEAD = struct.Struct("=qq")
"""Before each result: the item's number and the result's size."""


class WorkerEnded(Exception):
    """A worker ended before its work was done: killed, or out of memory. ``zh`` and ``en`` say so."""

    def __init__(self, how: str) -> None:
        self.zh = f"一个工作进程意外结束（{how}），这一次的结果不算数，请重新运行；内存不够时用 --threads 1。"
        self.en = f"A worker process ended before its time ({how}); nothing of this run counts. Run again; --threads 1 if memory is short."
        super().__init__(f"{self.zh} / {self.en}")


def in_order(work: Callable[[T], R], items: Sequence[T], workers: int) -> Generator[R, None, None]:
    """``map(work, items)`` in ``workers`` processes, each with one item in hand.

    What ``work`` raises is raised at the item's turn, in its own type; what it gives back has to be picklable. Raises WorkerEnded where a
    process is killed. Whatever ends this early ends the other processes too, at the latest after the item that each has in hand.
    """
    workers = min(workers, len(items))
    if workers <= 1:
        yield from map(work, items)
    elif may_fork():
        yield from _Crew(work, items, workers).results()
    else:
        yield from ahead(work, items, workers)


def may_fork() -> bool:
    """A forked process has only the thread that forked it: a lock that another one held would stay held for ever.

    Arrow and OpenBLAS see to the threads of their own; macOS has libraries that do not.
    """
    return sys.platform == "linux" and threading.active_count() == 1


@dataclass(frozen=True)
class _Failed:
    """What ``work`` raised."""

    error: BaseException


class _Crew:
    """This process and those it forks."""

    def __init__(self, work: Callable[[Any], Any], items: Sequence[Any], workers: int) -> None:
        self.work, self.items, self.workers = work, items, workers
        self.next, self.next_put = os.pipe()
        # Whoever finds the number gone looks at everything else again instead of waiting for it: it may never come back.
        os.set_blocking(self.next, False)
        # Only this process holds the other end: however it ends, the others see it here.
        self.life, self.life_end = os.pipe()
        self.pids: dict[int, int] = {}
        """Of the processes forked, by the pipe that their results come from."""
        self.done: dict[int, Any] = {}

    def results(self) -> Generator[Any, None, None]:
        try:
            self._put(0)
            self._fork()
            more = True
            for number in range(len(self.items)):
                while number not in self.done:
                    mine = self._wait(more=more)
                    if mine is None:
                        continue
                    more = mine < len(self.items)
                    if more:
                        self.done[mine] = self._one(mine)
                        # After a failure nothing more is begun here; what was begun before it may still fail first.
                        more = not isinstance(self.done[mine], _Failed)
                result = self.done.pop(number)
                if isinstance(result, _Failed):
                    raise result.error
                yield result
        finally:
            self._end()

    def _fork(self) -> None:
        keep_freed()
        # What is loaded by now stays until the end. The collector's marks would copy every page of it that is shared.
        gc.freeze()
        for _ in range(self.workers - 1):
            results, put = os.pipe()
            if hasattr(fcntl, "F_SETPIPE_SZ"):
                with suppress(OSError):
                    fcntl.fcntl(put, fcntl.F_SETPIPE_SZ, PIPE)
            with warnings.catch_warnings():
                # Later Pythons warn of any thread, those of Arrow and OpenBLAS too.
                warnings.simplefilter("ignore", DeprecationWarning)
                pid = os.fork()
            if pid == 0:
                self._child(put, [results, self.life_end, *self.pids])
            os.close(put)
            self.pids[results] = pid

    def _one(self, number: int) -> Any:
        try:
            return self.work(self.items[number])
        except Exception as error:  # noqa: BLE001 whatever it is, it is raised when its turn comes
            return _Failed(error)

    def _put(self, number: int) -> None:
        os.write(self.next_put, _NUMBER.pack(number))

    def _take(self) -> int | None:
        """The number of the next item; None where another was quicker."""
        try:
            (number,) = _NUMBER.unpack(os.read(self.next, _NUMBER.size))
        except BlockingIOError:
            return None
        self._put(min(number + 1, len(self.items)))
        return int(number)

    def _wait(self, *, more: bool) -> int | None:
        """Takes in what others have done, or else the number of the next item if ``more`` is wanted."""
        ready, _, _ = select.select([*self.pids, *([self.next] if more else [])], [], [])
        if ready == [self.next]:
            return self._take()
        for pipe in ready:
            if pipe != self.next:
                self._hear(pipe)
        return None

    def _hear(self, pipe: int) -> None:
        """Takes in one result."""
        head = _exactly(pipe, _HEAD.size)
        number, size = (0, 0) if head is None else _HEAD.unpack(head)
        body = _exactly(pipe, size)
        if head is not None and body is not None:
            self.done[number] = _loaded(body)
            return
        os.close(pipe)
        _, status = os.waitpid(self.pids.pop(pipe), 0)
        # One that finds no item left ends well; any other end is a failure, whatever it had in hand.
        if code := os.waitstatus_to_exitcode(status):
            raise WorkerEnded(signal.Signals(-code).name if code < 0 else str(code))

    def _end(self) -> None:
        # Else the interpreter ends without having collected what others look for then.
        gc.unfreeze()
        for pipe, pid in self.pids.items():
            os.close(pipe)
            # What it had to say is here, or does not count any more.
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        self.pids = {}
        for end in (self.next, self.next_put, self.life, self.life_end):
            os.close(end)

    def _child(self, put: int, not_ours: Sequence[int]) -> NoReturn:
        """Never returns, and cleans up nothing that is the parent's: its buffers, its temporary files."""
        code = 1
        try:
            for end in not_ours:
                os.close(end)
            # An interrupt reaches every process of a terminal; the parent says what follows from it.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            self._serve(put)
            code = 0
        finally:
            os._exit(code)

    def _serve(self, put: int) -> None:
        while True:
            ready, _, _ = select.select([self.next, self.life], [], [])
            if self.life in ready:
                return
            number = self._take()
            if number is None:
                continue
            if number >= len(self.items):
                return
            result = self._one(number)
            body = _dumped(result)
            _write(put, _HEAD.pack(number, len(body)) + body)
            if isinstance(result, _Failed):
                return


def keep_freed() -> None:
    """Columns of one part are as large as those of the next. Left alone, the C library gives their memory back to the system and fetches it
    again page by page: a good part of what the system does for a run."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(_MMAP_THRESHOLD, KEPT)
        libc.mallopt(_TRIM_THRESHOLD, 4 * KEPT)


def _dumped(result: Any) -> bytes:
    if not isinstance(result, _Failed):
        return pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
    error = result.error
    error.add_note("".join(traceback.format_exception(error)))
    # Pickle makes an exception from its ``args``, which are not what a constructor of ours asks for.
    try:
        return pickle.dumps(_Raised(type(error), error.args, error.__dict__), pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, TypeError, AttributeError):
        return pickle.dumps(_Raised(RuntimeError, (f"{type(error).__name__}: {error}",), {}))


def _loaded(body: bytes) -> Any:
    result = pickle.loads(body)
    return _Failed(result.error()) if isinstance(result, _Raised) else result


@dataclass(frozen=True)
class _Raised:
    """An exception on its way to another process."""

    type: type[BaseException]
    args: tuple[Any, ...]
    state: dict[str, Any]

    def error(self) -> BaseException:
        error = self.type.__new__(self.type, *self.args)
        error.__dict__.update(self.state)
        return error


def _exactly(pipe: int, size: int) -> bytes | None:
    """So many bytes; None where the pipe ends before."""
    found = bytearray()
    while len(found) < size:
        more = os.read(pipe, size - len(found))
        if not more:
            return None
        found += more
    return bytes(found)


def _write(pipe: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view) :]
