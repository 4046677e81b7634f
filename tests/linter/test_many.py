"""Many series: the same report from any number of processes, a cluster, an archive."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from multiprocessing import get_start_method
from pathlib import Path
from typing import Any

import pytest

from linter import check, jobs, many
from linter.cli import main
from linter.intake.patch import Series
from linter.shell import Failure
from tests.linter.intake.test_public_inbox import archive

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "samples" / "lend-v2.mbox"
TRACES = sorted((ROOT / "traces" / "samples").glob("*.jsonl"))

forked = pytest.mark.skipif(get_start_method() != "fork", reason="a patch must reach the process")


def mails() -> list[bytes]:
    """The mails of the sample: cover letter, three patches, a reply."""
    data = SAMPLE.read_bytes()
    starts = [found.start() for found in re.finditer(rb"^From \w+ \w{3} \w{3} ", data, re.M)]
    return [data[a:b] for a, b in zip(starts, [*starts[1:], len(data)], strict=True)]


def renamed(data: bytes, number: int) -> bytes:
    """The same mail of another posting: other Message-IDs, and a file of its own."""
    data = re.sub(rb"<([^<>@\s]+)@", rb"<\g<1>.%d@" % number, data)
    return data.replace(b"lend.c", b"lend%d.c" % number)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three postings, each in an mbox of its own; the last is in two, the reply in a third."""
    sample = mails()
    for number in range(2):
        text = b"".join(renamed(mail, number) for mail in sample)
        (tmp_path / f"{number}.mbox").write_bytes(text)
    halves = [renamed(mail, 2) for mail in sample]
    (tmp_path / "2.mbox").write_bytes(b"".join(halves[:2]))
    (tmp_path / "3.mbox").write_bytes(b"".join(halves[2:4]))
    (tmp_path / "4.mbox").write_bytes(b"".join(halves[4:]))
    return tmp_path


def output(capfd: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main(["--no-config", *map(str, arguments)]) == 1
    out, err = capfd.readouterr()
    assert err == ""
    return out


@pytest.mark.parametrize("form", [["--format", "json"], ["-v"], ["--color", "always"]])
def test_the_number_of_processes_makes_no_difference(
    folder: Path, capfd: pytest.CaptureFixture[str], form: list[str]
) -> None:
    one, two, seven = (
        output(capfd, *form, "--jobs", number, "--tree", folder, folder) for number in (1, 2, 7)
    )
    assert one == two == seven
    assert one.count("lend2.c") == one.count("lend0.c") > 0


def test_patches_of_several_files_are_one_series(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    report = json.loads(output(capfd, "--format", "json", "--jobs", 2, folder))
    alone = json.loads(output(capfd, "--format", "json", SAMPLE))
    prints = [f["fingerprint"] for f in alone["findings"]]
    for number in range(3):
        found = [f for f in report["findings"] if f["series"] == number]
        assert [f["fingerprint"] for f in found] == prints
    assert report["summary"]["patches"] == 9


def test_one_series_needs_no_other_process(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "in_order", None)
    assert output(capfd, "--jobs", 4, SAMPLE) == output(capfd, SAMPLE)


@forked
def test_a_fault_in_a_process_is_2_and_says_what(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("no such thing")

    monkeypatch.setattr(check, "lint_series", fail)
    assert main(["--jobs", "2", str(folder)]) == 2
    assert "internal error: ValueError: no such thing" in capfd.readouterr().err
    monkeypatch.setattr(check, "lint_series", lambda *_: os._exit(9))
    assert main(["--jobs", "2", str(folder)]) == 2
    assert "the process that linted it was killed" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--after", "2026-01-01", "x"], "--after is for --public-inbox"),
        (["--public-inbox", "x", "--after", "yesterday"], "expected a date"),
        (["--public-inbox", "x", "y"], "takes no further input"),
        (["--public-inbox", "x", "--git", "A..B"], "takes no further input"),
        (["--public-inbox", "x", "--thread"], "--public-inbox and --thread do not go together"),
        (["--public-inbox", "x", "--since", "2026-01-01"], "with --public-inbox use --after"),
        (["--public-inbox", "x", "--witness"], "--public-inbox and --witness do not go"),
        (["--executor", "dask://h:1", "--diff"], "--executor and --diff do not go together"),
        (["--executor", "dask://h:1", "--all", "x"], "--executor and --all do not go together"),
        (["--public-inbox", "/none/such"], "/none/such: not a directory"),
    ],
)
def test_what_does_not_go_together_is_said(
    arguments: list[str], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["--no-config", *arguments]) == 2
    assert said in capfd.readouterr().err


# -- an archive


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """Two postings of the sample among mails that are about something else."""
    other = b"From: B <b@x.org>\nSubject: [PATCH] %d\nMessage-ID: <o%d@x>\n\ndiff --git a/o b/o\n"
    commits = []
    for number in range(2):
        for mail in mails():
            commits.append(("m", renamed(mail, number).partition(b"\n")[2]))
            commits.append(("m", other % (len(commits), len(commits))))
    archive(tmp_path / "inbox" / "git" / "0.git", commits[:7])
    archive(tmp_path / "inbox" / "git" / "1.git", commits[7:])
    return tmp_path / "inbox"


def test_an_archive_gives_the_findings_of_its_series(
    inbox: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    alone = json.loads(output(capfd, "--format", "json", SAMPLE))["findings"]
    one = output(capfd, "--public-inbox", inbox, "--jobs", 1, "--format", "json")
    assert one == output(capfd, "--public-inbox", inbox, "--jobs", 2, "--format", "json")
    report = json.loads(one)
    prints = [f["fingerprint"] for f in alone]
    assert [f["fingerprint"] for f in report["findings"]] == prints * 2
    newest = {f["patch"]["message_id"] for f in report["findings"][: len(prints)]}
    assert all(".1@" in name for name in newest)
    assert report["summary"]["patches"] == 6  # the others name no RMI


def test_a_line_of_an_archive_names_the_mail(
    inbox: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = output(capfd, "--public-inbox", inbox).splitlines()
    assert lines
    ids = {found[1] for line in lines if (found := re.search(r"\(v2 \d/3.*\) <(\S+)>$", line))}
    assert {name.rpartition("@")[0][-2:] for name in ids} == {".0", ".1"}
    assert len([line for line in lines if line.endswith(">")]) == len(lines)


def test_of_an_archive_what_came_since(inbox: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--public-inbox", str(inbox), "--after", "2030-01-01"]) == 0
    out, err = capfd.readouterr()
    assert (out, err) == ("", f"rmilint: {inbox}: no mail in it\n")


def test_the_pages_of_an_archive_have_its_series(
    inbox: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    page = output(capfd, "--public-inbox", inbox, "--format", "html")
    assert "lend0.c" in page
    assert "lend1.c" in page


@forked
@pytest.mark.parametrize("number", ["1", "2"])
def test_a_series_that_fails_costs_no_other(
    inbox: Path, number: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = check.lint_series

    def fail(series: Any, *rest: Any) -> None:
        if ".1@" in series.patches[0].mail.message_id:
            raise ValueError("no such thing")
        whole(series, *rest)

    monkeypatch.setattr(check, "lint_series", fail)
    assert main(["--public-inbox", str(inbox), "--jobs", number]) == 2
    out, err = capfd.readouterr()
    assert "lend0.c" in out
    assert "lend1.c" not in out
    assert re.match(r"rmilint: \S+\.1@\S+: internal error: ValueError: no such thing \(", err)


# -- a cluster

CLUSTER = """
import sys
from distributed import LocalCluster

with LocalCluster(
    n_workers=2, processes=True, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
) as cluster:
    print(cluster.scheduler_address, flush=True)
    sys.stdin.read()
"""
RMILINT = "import sys; from linter.cli import main; sys.exit(main())"
REPLAY = "import sys; from replay.cli import main; sys.exit(main())"


def copied(source: Path, target: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("linter", "rules", "traces", "replay"):
        shutil.copytree(source / name, target / name, ignore=ignored)
    return target


@pytest.fixture(scope="module")
def top(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project that nobody edits meanwhile: the cluster compares its code."""
    return copied(ROOT, tmp_path_factory.mktemp("top"))


@pytest.fixture(scope="module")
def cluster(top: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a cluster of two processes that work in another folder than the command."""
    if find_spec("distributed") is None:
        pytest.skip("distributed is not installed: no cluster to test")
    away = tmp_path_factory.mktemp("cluster")
    with subprocess.Popen(
        [sys.executable, "-c", CLUSTER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=away,
        env=os.environ | {"PYTHONPATH": str(top), "DASK_TEMPORARY_DIRECTORY": str(away)},
        text=True,
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("tcp://127.0.0.1:")
        yield address.replace("tcp://", "dask://")
        process.stdin.close()


def run(top: Path, command: str, *arguments: object, **options: Any) -> tuple[str, str, int]:
    done = subprocess.run(
        [sys.executable, "-c", command, *map(str, arguments)],
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(top)},
        text=True,
        timeout=60,
        **options,
    )
    return done.stdout, done.stderr, done.returncode


def test_a_cluster_makes_no_difference(folder: Path, top: Path, cluster: str) -> None:
    asked = ["--format", "json", "."]
    away = run(top, RMILINT, "--executor", cluster, *asked, cwd=folder)
    assert away == run(top, RMILINT, *asked, cwd=folder)
    assert away[1:] == ("", 1)


def test_an_archive_on_a_cluster(inbox: Path, top: Path, cluster: str) -> None:
    asked = ["--public-inbox", "inbox"]
    away = run(top, RMILINT, "--executor", cluster, *asked, cwd=inbox.parent)
    assert away == run(top, RMILINT, *asked, cwd=inbox.parent)
    assert away[1:] == ("", 1)


def test_traces_on_a_cluster(tmp_path: Path, top: Path, cluster: str) -> None:
    names = [path.name for path in TRACES[:4]]
    for path in TRACES[:4]:
        shutil.copy(path, tmp_path)
    asked = ["--coverage", "--format", "json", *names, "none.jsonl"]
    away = run(top, REPLAY, "--executor", cluster, *asked, cwd=tmp_path)
    assert away == run(top, REPLAY, *asked, cwd=tmp_path)
    assert away[2] == 2  # for none.jsonl
    assert len(json.loads(away[0])["traces"]) == 5


def test_a_cluster_with_other_code_is_refused(tmp_path: Path, top: Path, cluster: str) -> None:
    copied(top, tmp_path)
    with (tmp_path / "rules" / "no-progress" / "rule.py").open("a") as file:
        file.write("# a change\n")
    for command, input_ in ((RMILINT, SAMPLE), (REPLAY, TRACES[0])):
        out, err, status = run(tmp_path, command, "--executor", cluster, input_, cwd=tmp_path)
        assert (out, status) == ("", 2)
        assert re.search(r": --executor: the worker on \S+ has rmilint \S+ \(\w{8}\), this is", err)


def test_a_worker_with_other_rules_refuses() -> None:
    task = many._Task(Series("x", 1, 1), (), ("no-progress",), "", None)
    assert many.lint(task).findings == []
    task.ruleset = "00000000"
    with pytest.raises(Failure, match=r"a worker has other rules \(\w{8}\) than 00000000"):
        many.lint(task)


def test_no_cluster_is_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if find_spec("distributed") is None:
        pytest.skip("distributed is not installed")
    patience = "from linter import jobs; jobs._PATIENCE = 1; "
    out, err, status = run(ROOT, patience + RMILINT, "--executor", "dask://127.0.0.1:9", SAMPLE)
    assert (out, status) == ("", 2)
    assert err.startswith("rmilint: --executor dask://127.0.0.1:9: ")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(Failure, match=r"needs Dask: pip install 'rmilint\[dask\]'"):
        next(jobs.in_order(abs, [1], 1, "dask://127.0.0.1:9"))
