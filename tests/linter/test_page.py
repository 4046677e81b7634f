"""The base of the HTML reports."""

from __future__ import annotations

import sys
from pathlib import Path

import jinja2
import pytest

from linter.page import render


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "own.html").write_text(
        '{% extends "page.html" %}'
        "{% block title %}{{ title }}{% endblock %}"
        "{% block style %}p { margin: 0; }{% endblock %}"
        "{% block body %}<p>{{ text }}</p>{% endblock %}"
        "{% block script %}const data = {{ data | tojson }};{% endblock %}"
    )
    return tmp_path


def test_a_report_fills_the_blocks(folder: Path) -> None:
    page = render(str(folder), "own.html", title="A & B", text="one\n\ttwo", data=[1]).decode()
    assert "<title>A &amp; B</title>" in page
    assert "<p>one\n\ttwo</p>" in page
    assert "const data = [1];" in page
    assert page.index("--violation:") < page.index("p { margin: 0; }")  # the shared style is first


def test_data_for_a_script_cannot_end_it(folder: Path) -> None:
    data = {"</script><b>": ["\udcff\u2028", "<!--"]}
    page = render(str(folder), "own.html", title="", text="", data=data).decode()
    assert page.count("</script>") == 1
    assert "<!--" not in page
    assert "\\udcff\\u2028" in page


def test_what_nobody_can_see_is_written_out(folder: Path) -> None:
    page = render(str(folder), "own.html", title="\u202e", text="a\x00b\r\u200d\udcfe", data=0)
    assert b"<title>\\u202e</title>" in page
    assert b"<p>a\\x00b\\r\\u200d\\xfe</p>" in page


def test_a_forgotten_value_is_an_error(folder: Path) -> None:
    with pytest.raises(jinja2.UndefinedError, match="text"):
        render(str(folder), "own.html", title="", data=0)


def test_the_template_engine_is_loaded_for_pages_alone() -> None:
    import subprocess

    code = (
        "import sys, linter.cli, replay.cli, linter.page; "
        "linter.cli.main(['--list-rules']); sys.exit('jinja2' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0
