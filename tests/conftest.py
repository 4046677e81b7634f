"""Fixtures shared by all tests."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from html import unescape
from pathlib import Path
from shutil import which
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

Browse = Callable[..., Any]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real mails, traces and facts; skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is absent: the real corpus is not shipped with the project")
    return SHARED


@pytest.fixture(scope="session")
def browse(tmp_path_factory: pytest.TempPathFactory) -> Browse:
    """Opens a page in headless Chromium: `browse(page, script, width)`.

    `script` is the body of a function that runs in the page and returns what the test
    wants to know.  The page must be quiet: a message on the console, a request of any
    kind or a script that fails is an error.  Skips where there is no Chromium.
    """
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(which, names)), None)
    if program is None:
        pytest.skip("no Chromium here: how the pages look is not tested")

    def run(page: bytes, script: str = "return null;", width: int = 1200) -> Any:
        folder = tmp_path_factory.mktemp("page")
        file = folder / "page.html"
        file.write_bytes(page + _PROBE.replace("SCRIPT", script).encode())
        done = subprocess.run(
            [
                program,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--enable-logging=stderr",
                "--host-resolver-rules=MAP * ~NOTFOUND",
                f"--user-data-dir={folder / 'profile'}",
                f"--window-size={width},1000",
                "--dump-dom",
                file.as_uri(),
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        assert "CONSOLE" not in done.stderr
        found = re.search(r'<output id="probe">(.*?)</output>', done.stdout, re.S)
        assert found, done.stdout[-2000:]
        answer = json.loads(unescape(found[1]))
        assert answer["requests"] == []
        return answer["answer"]

    return run


_PROBE = """
<output id="probe"></output>
<script>
document.getElementById("probe").textContent = JSON.stringify({
  answer: (() => { SCRIPT })(),
  requests: performance.getEntriesByType("resource").map((entry) => entry.name),
});
</script>
"""
