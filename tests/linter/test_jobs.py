"""Work in other processes: order, streams without end, processes that die, options."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count, islice
from multiprocessing import active_children, get_start_method
from pathlib import Path

import pytest

from linter import jobs
from linter.jobs import check_options, code_id, in_order
from linter.shell import Failure

ROOT = Path(__file__).resolve().parents[2]
forked = pytest.mark.skipif(get_start_method() != "fork", reason="workers must know this module")


def slow_when_early(number: int) -> tuple[int, int]:
    time.sleep(0.05 if number < 2 else 0)
    return number * number, os.getpid()


def die_of_three(number: int) -> int:
    if number == 3:
        os._exit(9)
    return number


def fail_of_two(number: int) -> int:
    if number == 2:
        raise Failure("two")
    return number


@forked
@pytest.mark.parametrize("number", [1, 3])
def test_results_come_in_the_order_of_the_tasks(number: int) -> None:
    seen: list[int] = []
    done = [(t, r) for t, r in in_order(slow_when_early, range(9), number, look=seen.append) if r]
    assert [(task, result[0]) for task, result in done] == [(n, n * n) for n in range(9)]
    here = {result[1] == os.getpid() for _, result in done}
    assert here == {number == 1}
    assert seen == sorted(seen)
    assert seen[-1] == 9


@forked
def test_tasks_may_be_without_end() -> None:
    taken: list[int] = []

    def tasks() -> Iterator[int]:
        for number in count():
            taken.append(number)
            yield number

    results = in_order(fail_of_two, (n + 10 for n in tasks()), 2)
    assert [task for task, _ in islice(results, 20)] == list(range(10, 30))
    results.close()  # type: ignore[attr-defined]
    assert len(taken) <= 20 + 2 * 3 + 1  # three for each process, and those handed on
    end = time.monotonic() + 5
    while active_children() and time.monotonic() < end:
        time.sleep(0.01)
    assert not active_children()


@forked
def test_a_process_that_dies_takes_only_its_own_task_along() -> None:
    assert list(in_order(die_of_three, range(12), 2)) == [
        (n, None if n == 3 else n) for n in range(12)
    ]


@forked
@pytest.mark.parametrize("number", [1, 2])
def test_what_a_task_raises_is_raised_in_its_turn(number: int) -> None:
    results = in_order(fail_of_two, range(9), number)
    assert [next(results), next(results)] == [(0, 0), (1, 1)]
    with pytest.raises(Failure, match=r"^two$"):
        next(results)


PARENT = """
from linter.jobs import in_order
tasks = ["__import__('os').getpid()"] * 9 + ["__import__('time').sleep(9)"]
for _, pid in in_order(eval, tasks, 2):
    print(pid, flush=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_no_process_outlives_the_command() -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, env=environment
    ) as parent:
        assert parent.stdout is not None
        workers = {int(parent.stdout.readline()) for _ in range(9)}
        parent.kill()
    end = time.monotonic() + 5
    while any(map(_runs, workers)) and time.monotonic() < end:
        time.sleep(0.01)
    assert not any(map(_runs, workers))


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_no_task_no_result() -> None:
    assert list(in_order(abs, [], 4)) == []


@pytest.mark.parametrize("text", ["0", "-1", "two", "", "99999", "٣"])
def test_a_number_of_jobs_is_a_number(text: str) -> None:
    parser = argparse.ArgumentParser()
    jobs.add_options(parser)
    assert parser.parse_args(["--jobs", "12"]).jobs == 12
    with pytest.raises(SystemExit):
        parser.parse_args([f"--jobs={text}"])


@pytest.mark.parametrize("url", ["scheduler:8786", "tcp://scheduler:8786", "dask://", "file:///x"])
def test_an_executor_is_a_dask_scheduler(url: str) -> None:
    with pytest.raises(Failure, match=r"expected dask://HOST:PORT"):
        check_options(argparse.Namespace(executor=url, jobs=None))
    with pytest.raises(Failure, match="give one of them"):
        check_options(argparse.Namespace(executor="dask://scheduler:8786", jobs=2))


def test_a_worker_with_other_code_is_refused() -> None:
    assert jobs._on_worker(code_id(), abs, -3) == 3
    with pytest.raises(Failure, match=r"has rmilint .*, this is 0 \(12345678\); install the same"):
        jobs._on_worker("0 (12345678)", abs, -3)
