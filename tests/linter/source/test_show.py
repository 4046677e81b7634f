"""What `python -m linter.source.show` prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from linter.source.show import main

SOURCE = """\
static void nothing(void)
{
}

int give(struct realm *r)
{
	unsigned long st = rmi_realm_destroy(r->rd);

	if (WARN_ON(st))
		return -EIO;
	switch (r->kind) {
	case ONE:
		r->n += 2;
	}
	return 0;
}
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    path = tmp_path / "give.c"
    path.write_text(SOURCE)
    return str(path)


def test_a_function_is_shown_point_by_point(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([path, "give"]) == 0
    head, *points = capsys.readouterr().out.splitlines()
    assert head == f"{path}:5: give(): gives errno, zero; reaches the RMM"
    assert [line.split(maxsplit=2)[:2] for line in points] == [
        ["7", "step"],
        ["9", "cond"],
        ["10", "return"],
        ["11", "switch"],
        ["13", "step"],
        ["15", "return"],
    ]
    assert "calls rmi_realm_destroy; sets st (init); reads r->rd" in points[0]
    assert "reads st" in points[1]
    assert "inside WARN_ON; if True -> 10; if False -> 11" in points[1]
    assert "if ONE -> 13; if no case -> 15" in points[3]
    assert "sets r->n (update)" in points[4]


def test_all_functions_are_shown(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([path]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{path}:1: nothing(): gives nothing known"
    assert sum(line.startswith(path) for line in lines) == 2


@pytest.mark.parametrize("more", [["absent"], ["give", "too many"]])
def test_what_cannot_be_shown_is_an_error(
    path: str, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([path, *more]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "absent.c")]) == 2
    assert "absent.c: No such file" in capsys.readouterr().err


def test_control_characters_do_not_reach_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "odd.c"
    path.write_text("int f(void)\n{\n\treturn rmi_x(a\x1b[31m);\n}\n")
    main([str(path)])
    assert "\x1b" not in capsys.readouterr().out
