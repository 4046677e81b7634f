"""Work in other processes, of this machine or of a Dask cluster: `--jobs` and `--executor`.

Both are executors of `concurrent.futures`.  Only so many tasks are under way at a time, so
the tasks may be a stream of any length; what comes back keeps their order.
"""

from __future__ import annotations

import os
from _thread import allocate_lock  # `threading` is dear, and has the same
from functools import lru_cache
from typing import TYPE_CHECKING

from linter import __version__
from linter.shell import Failure

if TYPE_CHECKING:
    import argparse
    from argparse import _ActionsContainer
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future, ProcessPoolExecutor
    from typing import Any, Protocol, TypeVar

    T = TypeVar("T")
    R = TypeVar("R")

    class _Pool(Protocol):
        """Where work is done."""

        ahead: int  # tasks that may be under way

        def submit(self, work: Callable[[T], R], task: T) -> Future[R]: ...

        def killed(self, error: Exception) -> bool:
            """Does the error say that a process has died, perhaps of another task?"""

        def again(self, work: Callable[[T], R], task: T) -> R | None:
            """Once more after such an error; None if it was the task's."""

        def close(self) -> None: ...

        def abandon(self) -> None:
            """Leave what is under way."""


DASK = "dask://"
MOST_SENT = 256 << 20  # bytes of one input that are sent to a worker

_LOOK = 0.2  # seconds between two looks at the work that is done elsewhere
_AHEAD = 3  # tasks under way for each process: one works, the others wait for it
_PATIENCE = 20  # seconds to reach a scheduler, and to see a worker there
# A worker may have threads; parsers and caches are not made for them.
_ONE_AT_A_TIME = allocate_lock()
_PACKAGES = ("linter", "rules", "traces", "replay")


def add_options(p: _ActionsContainer) -> None:
    """`--jobs` and `--executor`, the same for both commands."""
    p.add_argument(
        "--jobs",
        type=_count,
        metavar="N",
        help="work on several inputs in N processes; default: as many as there are cores",
    )
    p.add_argument(
        "--executor",
        metavar="dask://HOST:PORT",
        help="work on a Dask cluster; the address is that of its scheduler",
    )


def _count(text: str) -> int:
    import argparse

    if not (text.isascii() and text.isdigit() and 0 < len(text) < 5 and int(text)):
        raise argparse.ArgumentTypeError(f"expected a number, 1 or more, got {text!r}")
    return int(text)


def check_options(options: argparse.Namespace) -> None:
    """Raises Failure if `--jobs` and `--executor` do not make sense."""
    if options.executor is None:
        return
    if not options.executor.startswith(DASK) or not options.executor.removeprefix(DASK):
        raise Failure(f"--executor {options.executor}: expected {DASK}HOST:PORT")
    if options.jobs is not None:
        raise Failure("--jobs is for this machine, --executor for others: give one of them")


def cores() -> int:
    """How many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1


def in_order(
    work: Callable[[T], R],
    tasks: Iterable[T],
    jobs: int,
    executor: str | None = None,
    look: Callable[[int], None] | None = None,
) -> Iterator[tuple[T, R | None]]:
    """Each task with what `work` makes of it, in the order of `tasks`.

    None stands for the result of a task whose process was killed.  `executor` is a URL
    (`dask://HOST:PORT`); without one there are `jobs` processes here, and one job is done in
    this process.  `work` is a function of a module; it and the tasks are pickled.  `look` is
    told now and then how many tasks are done.  What `work` raises is raised here, for the
    first task that it fails for.  Errors: Failure if the cluster cannot be used.
    """
    if executor is None and jobs == 1:
        for count, task in enumerate(tasks, 1):
            yield task, work(task)
            if look is not None:
                look(count)
        return
    pool: _Pool = _Processes(jobs) if executor is None else _Dask(executor)
    try:
        yield from _through(pool, work, iter(tasks), look)
    except BaseException:
        # Whoever presses Ctrl-C does not want to wait for the work under way.
        pool.abandon()
        raise
    pool.close()


def _through(
    pool: _Pool,
    work: Callable[[T], R],
    tasks: Iterator[T],
    look: Callable[[int], None] | None,
) -> Iterator[tuple[T, R | None]]:
    from collections import deque
    from concurrent.futures import wait

    under_way: deque[tuple[T, Future[R]]] = deque()
    handed_on = 0
    while True:
        for task in tasks:
            under_way.append((task, pool.submit(work, task)))
            if len(under_way) >= pool.ahead:
                break
        if not under_way:
            return
        task, future = under_way.popleft()
        waiting = True
        while waiting:
            waiting = bool(wait([future], timeout=_LOOK).not_done)
            if look is not None:
                look(handed_on + future.done() + sum(other.done() for _, other in under_way))
        result: R | None
        try:
            result = future.result()
        except Exception as error:
            if not pool.killed(error):
                raise
            result = pool.again(work, task)
            for at, (other, lost) in enumerate(under_way):
                if not lost.done() or lost.exception() is not None:
                    under_way[at] = (other, pool.submit(work, other))
        handed_on += 1
        yield task, result


class _Processes:
    """Processes of this machine."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self.ahead = jobs * _AHEAD
        self.pool = _processes(jobs)

    def submit(self, work: Callable[[T], R], task: T) -> Future[R]:
        from concurrent.futures import BrokenExecutor

        try:
            return self.pool.submit(work, task)
        except BrokenExecutor:  # it is told by what was under way as well
            self.pool.shutdown()
            self.pool = _processes(self.jobs)
            return self.pool.submit(work, task)

    def killed(self, error: Exception) -> bool:
        from concurrent.futures import BrokenExecutor

        return isinstance(error, BrokenExecutor)

    def again(self, work: Callable[[T], R], task: T) -> R | None:
        # One process that dies takes all tasks of its pool along: alone it shows whose it was.
        from concurrent.futures import BrokenExecutor

        self.pool.shutdown()
        self.pool = _processes(self.jobs)
        with _processes(1) as alone:
            try:
                return alone.submit(work, task).result()
            except BrokenExecutor:
                return None

    def close(self) -> None:
        self.pool.shutdown()

    def abandon(self) -> None:
        from multiprocessing import active_children

        self.pool.shutdown(wait=False, cancel_futures=True)
        for child in active_children():
            child.terminate()


def _processes(jobs: int) -> ProcessPoolExecutor:
    from concurrent.futures import ProcessPoolExecutor

    return ProcessPoolExecutor(jobs, initializer=_begin)


def _begin() -> None:
    """In a worker: Ctrl-C is the parent's matter, and without the parent there is no work."""
    import signal
    from multiprocessing import parent_process
    from threading import Thread

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(parent: int) -> None:
    from multiprocessing.connection import wait

    wait([parent])
    os._exit(1)


class _Dask:
    """A Dask cluster, through the executor of its client."""

    def __init__(self, url: str) -> None:
        from importlib import import_module

        try:
            distributed: Any = import_module("distributed")
        except ImportError:
            raise Failure("--executor needs Dask: pip install 'rmilint[dask]'") from None
        address = "tcp://" + url.removeprefix(DASK)
        try:
            self.client = distributed.Client(address, timeout=_PATIENCE, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise Failure(f"--executor {url}: {error}") from None
        try:
            self.client.wait_for_workers(1, timeout=_PATIENCE)
        except (OSError, TimeoutError):
            self.client.close()
            raise Failure(f"--executor {url}: the cluster has no worker") from None
        self.url = url
        self.ahead = _AHEAD * sum(self.client.nthreads().values())
        self.pool = self.client.get_executor(pure=False)

    def submit(self, work: Callable[[T], R], task: T) -> Future[R]:
        import warnings

        with warnings.catch_warnings():
            # An input is as large as it is.
            warnings.filterwarnings("ignore", message="Sending large graph")
            future: Future[R] = self.pool.submit(_on_worker, code_id(), work, task)
        return future

    def killed(self, error: Exception) -> bool:
        name = type(error).__name__
        if isinstance(error, ImportError) or "deserializ" in str(error):
            raise Failure(f"--executor {self.url}: rmilint is not installed on its workers")
        return name == "KilledWorker"  # Dask has tried several times

    def again(self, work: Callable[[T], R], task: T) -> R | None:
        return None

    def close(self) -> None:
        self.pool.shutdown()
        self.client.close()

    def abandon(self) -> None:
        self.pool.shutdown(wait=False)
        self.client.close()


def _on_worker(code: str, work: Callable[[T], R], task: T) -> R:
    """Does the work if this worker has the code that the user's command has."""
    if code != code_id():
        import socket

        text = f"{socket.gethostname()} has rmilint {code_id()}, this is {code}"
        raise Failure(f"--executor: the worker on {text}; install the same on both")
    with _ONE_AT_A_TIME:
        return work(task)


@lru_cache(maxsize=1)
def code_id() -> str:
    """The version, and eight hex digits that change when any code of the project does."""
    from hashlib import sha256

    top = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    digest = sha256()
    for package in _PACKAGES:
        for folder, below, names in os.walk(os.path.join(top, package)):
            below.sort()
            for name in sorted(names):
                if name.endswith(".py"):
                    path = os.path.join(folder, name)
                    digest.update(os.path.relpath(path, top).encode() + b"\0")
                    with open(path, "rb") as file:
                        digest.update(file.read())
    return f"{__version__} ({digest.hexdigest()[:8]})"
