"""`--format mail`: which files are written, and when none is."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from linter import cli

ROOT = Path(__file__).resolve().parents[2]
SERIES = str(ROOT / "samples" / "lend-v2.mbox")
FEW = ["--no-config", "--select", "warn-as-status", "--format", "mail"]


def test_a_file_a_patch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "new" / "drafts"
    assert cli.main(["--no-config", "--format", "mail", "--out-dir", str(folder), SERIES]) == 1
    printed = capsys.readouterr().out.splitlines()
    assert printed == sorted(str(path) for path in folder.iterdir())
    assert [Path(path).name[:7] for path in printed] == ["0001-re", "0002-re"]


def test_a_draft_that_is_there_is_not_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--no-config", "--format", "mail", "--out-dir", str(tmp_path), SERIES]
    assert cli.main(arguments) == 1
    first, second = sorted(tmp_path.iterdir())
    first.unlink()
    second.write_text("edited")
    capsys.readouterr()
    assert cli.main(arguments) == 2
    assert capsys.readouterr() == (
        "",
        f"rmilint: {second}: is there already, and may have been edited\n",
    )
    assert second.read_text() == "edited" and not first.exists()  # all or nothing


def test_one_reply_is_printed(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert cli.main([*FEW, SERIES]) == 1
    out = capfdbinary.readouterr().out
    assert out.startswith(b"Subject: Re: [PATCH v2 1/3] ") and out.endswith(b"(warn-as-status)\n")


def test_several_replies_need_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--no-config", "--format", "mail", SERIES]) == 2
    assert capsys.readouterr().err == "rmilint: 2 replies: name a folder for them with --out-dir\n"


def test_a_clean_series_makes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "drafts"
    options = ["--no-config", "--select", "null-kvm", "--format", "mail", "--out-dir", str(folder)]
    assert cli.main([*options, SERIES]) == 0
    assert capsys.readouterr() == ("", "")
    assert not folder.exists()


def test_a_folder_that_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    folder = tmp_path / "file" / "drafts"
    assert cli.main([*FEW, "--out-dir", str(folder), SERIES]) == 2
    assert capsys.readouterr().err == f"rmilint: {folder}: Not a directory\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--out-dir", "x", SERIES], "--out-dir is for --format mail"),
        (["--format", "mail", "--diff", SERIES], "--diff writes a diff and nothing else"),
        (["--format", "mail", "--all", "x.c"], "--format mail answers patches; --all reads files"),
    ],
)
def test_options_that_do_not_go_together(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--no-config", *options]) == 2
    assert capsys.readouterr().err == f"rmilint: {said}\n"


def test_what_could_not_be_checked_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Silence would say that the patch is clean."""
    text = (
        "From: A <a@example.org>\nSubject: [PATCH] x\n\n---\n"
        "--- a/x.c\n+++ b/x.c\n@@ -9,2 +9,3 @@ int f(void)\n \t}\n+\trmi_x(%(\n \t}\n"
    )
    stdin = io.TextIOWrapper(io.BytesIO(text.encode()))
    monkeypatch.setattr("sys.stdin", stdin)
    assert cli.main(["--no-config", "--format", "mail", "--out-dir", str(tmp_path)]) == 0
    assert "names RMI, but nothing of it could be checked" in capsys.readouterr().err


def test_a_reply_that_cannot_thread_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = str(ROOT / "samples" / "lend-v2-archive.txt")
    assert cli.main(["--no-config", "--format", "mail", "--out-dir", str(tmp_path), archive]) == 1
    said = "rmilint: a mail has no Message-ID: the reply begins a thread of its own\n"
    assert capsys.readouterr().err == said
    (path,) = tmp_path.iterdir()
    assert "In-Reply-To" not in path.read_text()


def test_the_email_package_is_loaded_for_replies_alone() -> None:
    code = (
        "import sys; from linter import cli; cli.main(sys.argv[1:]); "
        "print('email' in sys.modules, 'linter.report.letter' in sys.modules, file=sys.stderr)"
    )
    for options, loaded in ((["--no-config"], b"False False\n"), (FEW, b"True True\n")):
        done = subprocess.run(
            [sys.executable, "-c", code, *options, SERIES], capture_output=True, cwd=ROOT
        )
        assert done.stderr == loaded
