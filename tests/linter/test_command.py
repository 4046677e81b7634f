"""`rmilint` as a whole, with the shipped rules: the samples, and what goes wrong around it."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linter import cli
from linter.finding import INFO

ROOT = Path(__file__).resolve().parents[2]
SERIES = str(ROOT / "samples" / "lend-v2.mbox")
ARCHIVE = str(ROOT / "samples" / "lend-v2-archive.txt")

COMMAND = "import sys; from linter.cli import main; sys.exit(main())"


def rmilint(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments],
        capture_output=True,
        env=environment | options.pop("env", {}),
        timeout=60,
        **options,
    )


def test_sample_series_holds_what_its_readme_promises(tmp_path: Path) -> None:
    done = rmilint("--format", "json", SERIES, cwd=tmp_path)
    assert done.stderr == b""
    assert done.returncode == 1
    report = json.loads(done.stdout)
    places = {(f["function"], f["line_text"].strip()) for f in report["findings"]}
    assert ("lend_probe", "first = ALIGN_DOWN(first, LEND_UNIT);") in places
    assert ("lend_start_realm", "return WARN_ON(res.a0);") in places
    assert ("lend_note_missing", "WARN_ON(level >= LEND_LEVELS);") in places
    assert {"lend_take_back", "lend_pool"} <= {function for function, _ in places}
    gone = [f for f in report["findings"] if f["removed_in"]]
    assert [(f["function"], f["removed_in"]["index"]) for f in gone] == [("lend_start_realm", 3)]
    assert report["summary"]["patches"] == 3


def test_mangled_archive_gives_the_findings_of_the_patch(tmp_path: Path) -> None:
    def of_patch_two(path: str) -> set[tuple[str, int, str]]:
        found = json.loads(rmilint("--format", "json", path, cwd=tmp_path).stdout)["findings"]
        return {
            (f["path"], f["line"], f["rule"])
            for f in found
            if f["patch"]["index"] == 2 and f["severity"] != INFO
        }

    expected = of_patch_two(SERIES)
    assert expected
    assert of_patch_two(ARCHIVE) == expected


def test_every_output_is_the_same_twice(tmp_path: Path) -> None:
    for arguments in (["--format", "json"], ["-v"], ["--color", "always"]):
        runs = [
            rmilint(*arguments, SERIES, cwd=tmp_path, env={"PYTHONHASHSEED": seed}).stdout
            for seed in ("1", "2")
        ]
        assert runs[0] == runs[1] != b""


def test_reader_that_leaves_is_no_fault(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, SERIES],
            stdout=write,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
            timeout=60,
        )
    finally:
        os.close(write)
    assert done.stderr == b""
    assert done.returncode == 141


def test_full_disk_is_2(tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, SERIES],
            stdout=full,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
            timeout=60,
        )
    assert done.returncode == 2
    assert done.stderr.startswith(b"rmilint: standard output: No space left")


def test_closed_output_is_2() -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "-c", COMMAND, SERIES],
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (2, b"rmilint: standard output is closed\n")


def test_a_line_names_its_patch_in_a_series_only(tmp_path: Path) -> None:
    """What b4 pipes in is one patch; a whole series needs to say which."""
    mails = Path(SERIES).read_bytes().split(b"\nFrom ")
    second = b"From " + next(m for m in mails if b"Subject: [PATCH v2 2/3]" in m)
    alone = rmilint(input=second, cwd=tmp_path).stdout.decode().splitlines()
    whole = rmilint(SERIES, cwd=tmp_path).stdout.decode().splitlines()
    assert alone
    assert all(row.endswith("]") for row in alone)
    assert whole
    assert all(re.search(r"\] \([123]/3(, gone in 3/3)?\)$", row) for row in whole)
    assert sum("gone in" in row for row in whole) == 1


def test_versions_in_one_input_come_one_after_the_other(tmp_path: Path) -> None:
    newer = Path(SERIES).read_bytes().replace(b"[PATCH v2", b"[PATCH v3")
    newer = newer.replace(b"@example.org>", b"@v3.example.org>")
    (tmp_path / "v3.mbox").write_bytes(newer)
    one = rmilint(SERIES, cwd=tmp_path).stdout.decode()
    both = rmilint(SERIES, "v3.mbox", cwd=tmp_path).stdout.decode()
    expected = [re.sub(r"\((?=[123]/3)", f"({v} ", one) for v in ("v2", "v3")]
    assert both == "".join(expected)
    page = rmilint("--color", "always", SERIES, "v3.mbox", cwd=tmp_path).stdout.decode()
    headings = re.findall(r"^\x1b\[1m\[PATCH (v\d [123])/3\]", page, re.MULTILINE)
    assert headings == sorted(set(headings))
    assert {heading[:2] for heading in headings} == {"v2", "v3"}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("    raise ValueError('one\\ntwo')\n", "ValueError: one"),
        ("    import sys\n    sys.exit(0)\n", "SystemExit: 0"),
        ("    return check(function)\n", "RecursionError"),
        ("    return None\n", "TypeError"),
    ],
)
def test_a_failing_rule_is_one_line_that_says_where(tmp_path: Path, body: str, error: str) -> None:
    rule = tmp_path / "rules" / "my-rule" / "rule.py"
    rule.parent.mkdir(parents=True)
    head = 'SEVERITY = "info"\nNEEDS = "function"\nTITLE = "t"\n'
    rule.write_text(f"{head}def check(function):\n{body}")
    done = rmilint("--rules", "rules", SERIES, cwd=tmp_path)
    said = done.stderr.decode()
    assert (done.returncode, done.stdout) == (2, b"")
    assert said.count("\n") == 1
    assert all(part in said for part in ("my-rule", error, "drivers/firmware/rmi_lend.c"))
    if "None" not in body:  # that fails in the caller
        line = 4 + body.count("\n")
        assert f"rules/my-rule/rule.py:{line}" in said


damage = st.lists(
    st.tuples(
        st.floats(0, 1),  # where, as a part of the whole
        st.integers(0, 60),  # how much goes
        st.binary(max_size=8)
        | st.sampled_from(
            [b"\n", b"\r\n", b"> ", b"@@ -1,9 +1,9 @@\n", b"{", b"\x1b[2J", b"\nFrom a\n"]
        ),
    ),
    max_size=6,
)


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(damage)
def test_a_damaged_series_is_linted_or_noted_never_a_crash(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[float, int, bytes]]
) -> None:
    data = Path(SERIES).read_bytes()
    for where, length, put in edits:
        at = int(where * len(data))
        data = data[:at] + put + data[at + length :]
    out, err = io.StringIO(), io.StringIO()
    plain_directory = str(tmp_path_factory.getbasetemp())
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        status = cli.main(["-v", "--tree", plain_directory, "-"])
    assert err.getvalue() == ""
    assert status in (0, 1)
    assert out.getvalue().replace("\n", "").isprintable()


def test_any_locale_can_print_any_finding(tmp_path: Path) -> None:
    series = Path(SERIES).read_bytes().replace(b"rmi_lend.c", "rmi_l\u00e4nd.c".encode())
    done = rmilint("-", input=series, cwd=tmp_path, env={"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"drivers/firmware/rmi_l\\xe4nd.c:18:2: ERROR: " in done.stdout
