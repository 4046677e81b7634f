"""Every format of `--format`, as the command writes it: whole, alone on standard output."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from linter import cli
from linter.formats import WHOLE

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = str(ROOT / "samples" / "lend-v2.mbox")

# How much of the sample's seven findings in three patches each form must hold.
COUNTS: dict[str, tuple[Callable[[str], int], int]] = {
    "json": (lambda text: len(json.loads(text)["findings"]), 7),
    "html": (lambda text: text.count("</html>"), 1),
    "sarif": (lambda text: len(json.loads(text)["runs"][0]["results"]), 7),
    "github": (lambda text: text.count("\n"), 7),
    "junit": (lambda text: len(list(fromstring(text).iter("failure"))), 7),
    "patchwork": (lambda text: len(json.loads(text)), 3),
    "b4-json": (lambda text: len(json.loads(json.loads(text)[0]["details"])), 7),
}


def test_none_is_forgotten() -> None:
    assert set(COUNTS) == set(WHOLE)


@pytest.mark.parametrize("name", WHOLE)
def test_the_sample(name: str, capfdbinary: Any) -> None:
    count, wanted = COUNTS[name]
    assert cli.main(["--no-config", "--format", name, SAMPLE]) == 1
    out, err = capfdbinary.readouterr()
    assert err == b""
    assert count(out.decode()) == wanted


@pytest.mark.parametrize(
    ("name", "nothing"),
    [
        ("json", '"findings": []'),
        ("sarif", '"results": []'),
        ("github", ""),
        ("junit", 'failures="0"'),
        ("patchwork", "[]"),
        ("b4-json", "[]"),
    ],
)
def test_a_mail_without_a_patch(
    name: str, nothing: str, capfdbinary: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = "From: Ada <ada@example.org>\nSubject: Re: lunch\n\nAt noon?\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(mail.encode())))
    assert cli.main(["--no-config", "--format", name]) == 0
    out, err = capfdbinary.readouterr()
    assert nothing in out.decode()
    assert err == b""
    if name == "github":
        assert out == b""


def test_a_clean_patch_loads_no_format(tmp_path: Path) -> None:
    """The way that b4 takes once a patch."""
    program = (
        "import sys\nfrom linter.cli import main\nmain(['--no-config'])\n"
        "print(*sorted(m for m in sys.modules if m.startswith('linter.report.')))\n"
    )
    mail = Path(SAMPLE).read_text().split("\nFrom ")[3]
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=f"From {mail}".encode(),
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
    )
    assert done.stdout.decode().split() == ["linter.report.text"]
