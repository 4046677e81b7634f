"""The page without a browser: its data, its tables, and that a trace's text stays text."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from replay import recorder
from replay.cli import main
from replay.report import html
from replay.rmm.values import GRANULE_NAME
from replay.run import Options, run_trace
from tests.replay import make_samples as samples
from tests.replay.make_samples import RAM, Script
from traces.event import Smc

HOSTILE = "</script><img src=x onerror=alert(1)>\u202e&amp;\u2028'\""


class Page(HTMLParser):
    """The elements of a page, the text of each table's rows, and the data."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self._data = ""
        self._inside = ""
        self.feed(page.decode("utf-8"))

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._data)
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._inside = "data" if ("id", "data") in attrs else tag
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = "" if tag in ("script", "style", "td") else self._inside

    def handle_data(self, data: str) -> None:
        if self._inside == "data":
            self._data += data
        elif self._inside not in ("script", "style"):
            self.text += data
            if self.rows and self.rows[-1] and self._inside:
                self.rows[-1][-1] += data


def page_of(script: Script, name: str = "a.jsonl", extra: bytes = b"") -> Page:
    options = Options(record=True, every=True)
    return Page(html.render(run_trace(BytesIO(script.text() + extra), name, options)))


def test_tables_say_what_the_text_report_says() -> None:
    page = page_of(samples.planted())
    violation = next(row for row in page.rows if row and row[0] == "27")
    assert violation[1:4] == ["RMI_GRANULE_UNDELEGATE", "SUCCESS", "ERROR_INPUT"]
    assert "gran_state" in violation[4]
    assert ["RMI_GRANULE_DELEGATE", "9", ""] in page.rows
    assert ["RMI_GRANULE_UNDELEGATE", "", "1"] in page.rows


def test_columns_can_be_put_together_again() -> None:
    data = page_of(samples.planted()).data
    calls = data["calls"]
    sizes = {key: len(calls[key]) for key in ("number", "line", "name", "kind", "result", "nx")}
    assert set(sizes.values()) == {21}
    assert sum(calls["line"]) == 27  # the steps to the last line
    assert sum(calls["nx"]) == len(calls["x"]) and sum(calls["nr"]) == len(calls["r"])
    last = [data["words"][place] for place in calls["x"][-calls["nx"][-1] :]]
    assert last == [f"{samples.DATA1:#x}"]
    assert calls["results"][calls["result"][-1]] == "SUCCESS"
    # Nine pages, each delegated in a call of its own: nine lanes of one granule.
    assert data["lanes"] == [[0x80100 + n, 0x80101 + n, 1] for n in range(9)]
    assert data["states"][: len(GRANULE_NAME)] == list(GRANULE_NAME)


def test_text_of_a_trace_ends_no_script_and_makes_no_element() -> None:
    s = samples.planted()
    clean = page_of(samples.planted()).tags
    s.header.source = HOSTILE
    s.items[-1] = Smc(0, 0xC400_FFFF, [RAM.base], [1], seq=90, name=HOSTILE[:37])
    s.say(HOSTILE)
    s.call("GRANULE_DELEGATE", RAM.base)
    page = page_of(s, HOSTILE)
    assert "img" not in page.tags
    assert page.tags.count("script") == clean.count("script")
    assert HOSTILE[:30] in page.text
    shown = HOSTILE.replace("\u202e", "\\u202e").replace("\u2028", "\\u2028")
    assert page.data["notes"][-1][2] == shown
    assert any(name[0] == HOSTILE[:37] for name in page.data["names"])


def test_a_trace_that_was_not_judged_is_a_page_that_says_why() -> None:
    result = run_trace(BytesIO(b'{"format":"rmi-trace/9"}\n'), "a.jsonl", Options(record=True))
    assert result.error
    page = Page(html.render(result))
    assert result.error in page.text
    assert "canvas" not in page.tags


def test_what_was_left_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "MOST_CALLS", 4)
    monkeypatch.setattr(recorder, "MOST_CHANGES", 3)
    page = page_of(samples.planted(), extra=b"{\n")
    assert "all calls before call 5; after it only 1 whose verdict is not ok" in page.text
    assert "Memory is drawn to call 6" in page.text
    assert "could not be read or judged: 1" in page.text
    assert page.data["drawn_until"] == 6
    assert "left" not in page_of(samples.planted()).text


def test_the_page_asks_for_nothing_from_elsewhere() -> None:
    page = html.render(run_trace(BytesIO(samples.planted().text()), "a", Options(record=True)))
    assert b"default-src 'none'" in page
    for word in (b"http:", b"https:", b"src=", b"@import", b"url("):
        assert word not in page


def test_the_command_writes_the_page_beside_its_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trace, out = tmp_path / "a.jsonl", tmp_path / "a.html"
    trace.write_bytes(samples.planted().text())
    assert main([str(trace)]) == 1
    alone = capsys.readouterr()
    assert main([str(trace), "--html", str(out)]) == 1
    assert capsys.readouterr() == alone
    assert Page(out.read_bytes()).data["total"] == 21


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trace = tmp_path / "a.jsonl"
    trace.write_bytes(samples.planted().text())
    assert main([str(trace), "--html", str(tmp_path / "no" / "a.html")]) == 2
    assert "a.html: No such file or directory" in capsys.readouterr().err
    assert main([str(trace), str(trace), "--html", str(tmp_path / "a.html")]) == 2
    assert "one trace" in capsys.readouterr().err
    assert not (tmp_path / "a.html").exists()


def test_a_result_without_a_record_still_has_its_tables() -> None:
    result = run_trace(BytesIO(samples.planted().text()), "a.jsonl", Options())
    assert result.record is None
    page = Page(html.render(result))
    assert ["RMI_GRANULE_DELEGATE", "9", ""] in page.rows
    assert "canvas" not in page.tags
