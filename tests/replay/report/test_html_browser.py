"""The page in a browser: what is drawn where, what a click and a key do, how it scales."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any

import pytest

from replay.record import PLAIN, Call, Change, Life, Name, Record
from replay.report.html import render
from replay.result import TraceResult
from replay.rmm.values import DATA, DELEGATED, RD, REC_AUX, RTT, UNDELEGATED
from replay.run import Options, run_trace
from tests.replay import make_samples as samples
from tests.replay.make_samples import RAM, Script
from traces.event import PAGE, Header

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
    "--window-size=1400,1000",
)
HOSTILE = "</script><img src=x onerror='window.pwned=1'>"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    chromium, driver = which("chromium"), which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("no chromium and chromedriver here: the drawing is not tested")
    webdriver = pytest.importorskip("selenium.webdriver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    from selenium.webdriver.chrome.service import Service

    started = webdriver.Chrome(options=options, service=Service(driver))
    started.get("about:blank")
    for log in ("browser", "performance"):  # what it did for itself
        started.get_log(log)
    yield started
    started.quit()


class Page:
    """A page that is open, by what a reader of it can do and see."""

    def __init__(self, browser: Chrome, file: Path) -> None:
        self.browser = browser
        browser.get(file.as_uri())

    def run(self, script: str) -> Any:
        return self.browser.execute_script(script)

    def drawn(self) -> None:
        """Wait until what was asked for is drawn."""
        self.browser.execute_async_script(
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done))"
        )

    def row(self, words: str) -> dict[str, float]:
        """Where the row with these words in its label is: y, h."""
        found: dict[str, float] = self.run(
            "const row = rows.find(row => row.label.includes(arguments[0]));"
            "return row && {y: row.y, h: row.h};".replace("arguments[0]", json.dumps(words))
        )
        assert found, words
        return found

    def colour(self, words: str, number: float, part: float = 0.5) -> str:
        """What is drawn in a row at a call, `part` of the row's height down."""
        row = self.row(words)
        x = self.run(f"return xOf({number}, view)")
        y = row["y"] + row["h"] * part
        pixel = self.run(  # of a copy: reading back from the picture itself makes it slow
            "const copy = document.createElement('canvas').getContext('2d');"
            "const ratio = devicePixelRatio, picture = document.getElementById('picture');"
            f"copy.drawImage(picture, -Math.round({x} * ratio), -Math.round({y} * ratio));"
            "return [...copy.getImageData(0, 0, 1, 1).data];"
        )
        return "#" + "".join(f"{value:02x}" for value in pixel[:3])

    def state_colour(self, state: int) -> str:
        style = "getComputedStyle(document.documentElement)"
        colour: str = self.run(f"return {style}.getPropertyValue('--s{state}').trim()")
        return colour

    def point(self, words: str, number: float, *, click: bool = False) -> None:
        """Move the pointer to a row at a call, and click there."""
        from selenium.webdriver.common.actions.action_builder import ActionBuilder

        row = self.row(words)
        x, y = self.run(
            "window.scrollTo(0, 0);"
            "const box = document.getElementById('picture').getBoundingClientRect();"
            f"return [box.left + xOf({number}, view), box.top + {row['y'] + row['h'] / 2}];"
        )
        actions = ActionBuilder(self.browser)
        actions.pointer_action.move_to_location(round(x), round(y))  # type: ignore[no-untyped-call]
        if click:
            actions.pointer_action.click()
        actions.perform()
        self.drawn()

    def click(self, words: str, number: float) -> None:
        self.point(words, number, click=True)

    def keys(self, *keys: str) -> None:
        from selenium.webdriver import ActionChains

        ActionChains(self.browser).send_keys(*keys).perform()
        self.drawn()

    def choose(self, select: str, text: str) -> None:
        from selenium.webdriver.common.by import By
        from selenium.webdriver.support.ui import Select

        Select(self.browser.find_element(By.ID, select)).select_by_visible_text(text)
        self.drawn()

    def text(self, element: str = "call") -> str:
        text: str = self.run(f"return document.getElementById('{element}').innerText")
        return text

    def quiet(self) -> None:
        """Nothing on the console, nothing asked for but the page itself."""
        assert self.browser.get_log("browser") == []  # type: ignore[no-untyped-call]
        asked = []
        for entry in self.browser.get_log("performance"):  # type: ignore[no-untyped-call]
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                asked.append(message["params"]["request"]["url"])
        pages = {url for url in asked if url.startswith(("file:", "data:", "about:"))}
        assert set(asked) == pages


Show = Callable[..., Page]


@pytest.fixture
def show(browser: Chrome, tmp_path: Path) -> Iterator[Show]:
    """Opens the page of a script, or of a result; in the end it must have been quiet."""
    opened: list[Page] = []

    def open_page(trace: Script | TraceResult, name: str = "a.jsonl") -> Page:
        if isinstance(trace, Script):
            options = Options(record=True, every=True)
            trace = run_trace(BytesIO(trace.text()), name, options)
        file = tmp_path / "page.html"
        file.write_bytes(render(trace))
        page = Page(browser, file)
        page.drawn()
        opened.append(page)
        return page

    yield open_page
    for page in opened:
        page.quiet()


def test_memory_is_drawn_as_the_story_goes(show: Show) -> None:
    page = show(samples.planted())
    # The page is in the middle of a call: see test_recorder for what each call does.
    story = [
        (f"{samples.DATA1:#x}", [(5, UNDELEGATED), (12, DELEGATED), (18, DATA)]),
        (f"{samples.RD:#x}", [(2, UNDELEGATED), (6, DELEGATED), (16, RD)]),
        (f"{samples.L3:#x}", [(8, DELEGATED), (17, RTT)]),
        (f"{samples.AUX1:#x}", [(18, DELEGATED), (20, REC_AUX)]),
    ]
    for label, moments in story:
        # The realm's row has the same address; memory's has the size.
        for number, state in moments:
            assert page.colour(f"{label}  4K", number + 0.4) == page.state_colour(state)
    assert len({page.state_colour(n) for n in range(16)}) == 16


def test_of_a_mixed_lane_each_state_has_its_share(show: Show) -> None:
    s = Script("1.0")
    pages = 200  # more than there are lanes
    for n in range(pages):
        s.call("GRANULE_DELEGATE", RAM.base + n * PAGE)
    page = show(s)
    label = page.run("return rows.find(row => row.kind === 'lane').label")
    lane = page.run("return {base: lanes[0].base, granules: lanes[0].granules}")
    assert lane["base"] == RAM.base // PAGE and 2 <= lane["granules"] <= 8
    half = lane["granules"] // 2 + 0.4  # in the call that delegated the half of its pages
    page.keys("\ue010")  # End: the chosen call, which is tinted, is another one
    page.run("show(1, 9)")
    page.drawn()
    assert page.colour(label, half, 0.15) == page.state_colour(UNDELEGATED)
    assert page.colour(label, half, 0.8) == page.state_colour(DELEGATED)
    page.run("show(1, total + 1)")
    page.click(label, -10)  # left of where calls begin, on the label
    assert page.run("return lanes[0].parts.length") == lane["granules"]
    assert page.colour(f"    {RAM.base:#x}  4K", pages / 2) == page.state_colour(DELEGATED)


def test_a_click_on_its_mark_tells_of_a_violation(show: Show) -> None:
    page = show(samples.planted())
    page.keys("\ue011")  # Home: the first call
    assert "Call 1 ok" in page.text() and "RMI_VERSION" in page.text()
    page.click("violation", 21.5)
    told = page.text()
    for words in ("Call 21 violation", "line 27", "permitted: ERROR_INPUT", "gran_state"):
        assert words in told
    assert f"addr {samples.DATA1:#x} DATA → UNDELEGATED" in told
    assert "line 21: RMI_DATA_CREATE" in told


def test_the_pointer_is_told_what_it_is_on(show: Show) -> None:
    page = show(samples.planted())
    page.point(f"{samples.DATA0:#x}  4K", 18.5)
    told = page.text("tip")
    assert f"{samples.DATA0:#x} to {samples.DATA1:#x}\nafter call 18: DATA" in told
    page.point(f"realm {samples.RD:#x}", 20.5)
    assert f"realm {samples.RD:#x}, ACTIVE\nfrom call 12, lives to the end" in page.text("tip")


def test_keys_go_from_call_to_call_and_to_violations(show: Show) -> None:
    s = samples.planted()
    s.call("GRANULE_DELEGATE", samples.DATA1)
    s.call("GRANULE_DELEGATE", samples.DATA1)  # again, and let: call 23 is a violation
    page = show(s)
    assert "Call 21 violation" in page.text()  # where it begins
    page.keys("n")
    assert "Call 23 violation" in page.text()
    page.keys("n")
    assert "Call 23 violation" in page.text()
    page.keys("\ue012", "\ue012")  # arrow left
    assert "Call 21 violation" in page.text()
    page.keys("\ue014")  # arrow right
    assert "Call 22 ok" in page.text()
    page.keys("p")
    assert "Call 21 violation" in page.text()
    page.keys("+", "+")
    assert page.run("return view.to - view.from") < 10
    page.keys("0")
    assert page.run("return [view.from, view.to]") == [1, 24]


def test_filters_leave_what_passes_them(show: Show) -> None:
    page = show(samples.planted())
    page.choose("by-command", "RMI_GRANULE_DELEGATE")
    assert page.text("matching") == "9 calls"
    page.run("document.activeElement.blur()")  # else keys are the list's
    page.keys("\ue011")
    assert "Call 3 ok" in page.text()
    page.keys("\ue014")
    assert "Call 4 ok" in page.text()
    page.choose("by-command", "all")
    page.choose("by-verdict", "violation")
    assert page.text("matching") == "1 calls"
    page.choose("by-verdict", "all")
    page.choose("by-realm", f"{samples.RD:#x}")
    # Made in call 12; every later one names it or its REC, but for the fault's.
    assert page.text("matching") == "9 calls"


def test_tables_lead_to_the_call(show: Show) -> None:
    from selenium.webdriver.common.by import By

    page = show(samples.planted())
    page.keys("\ue011")
    page.browser.find_element(By.CSS_SELECTOR, "#violations a").click()
    assert "Call 21 violation" in page.text()
    cell = "#commands tr[data-command=RMI_RTT_CREATE] td[data-kind=ok]"
    page.browser.find_element(By.CSS_SELECTOR, cell).click()
    assert page.text("matching") == "2 calls" and "Call 13 ok" in page.text()


def test_text_of_a_trace_is_shown_as_text(show: Show) -> None:
    s = samples.planted()
    s.header.source = HOSTILE
    s.items[0].fields["text"] = HOSTILE  # type: ignore[union-attr]
    s.items[-1].fid, s.items[-1].name = 0xC400_FFFF, HOSTILE[:40]  # type: ignore[union-attr]
    page = show(s, HOSTILE)
    page.keys("\ue010")  # End: the call with that name
    assert HOSTILE[:40] in page.text()
    assert page.run("return document.title") == f"replay: {HOSTILE.rpartition('/')[2]}"
    assert page.run("return document.images.length") == 0
    assert page.run("return window.pwned") is None
    assert HOSTILE in page.run("return document.body.innerText")


def test_the_dark_theme_is_drawn_in_its_own_colours(show: Show) -> None:
    page = show(samples.planted())
    label = f"{samples.DATA1:#x}  4K"
    light = page.colour(label, 18.4)
    dark = {"media": "", "features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    try:
        page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", dark)
        page.drawn()
        assert page.colour(label, 18.4) == page.state_colour(DATA) != light
    finally:
        page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def long_result(count: int) -> TraceResult:
    """A trace of so many calls that put pages to and fro, and a violation at its end."""
    pages = 2048
    header = Header(rmi="1.0", granule_size=4096, pa_width=48, memory=(RAM,))
    record = Record(header, UNDELEGATED, names=[Name("RMI_GRANULE_DELEGATE", ("addr",), ())])
    record.realms = [Life(samples.RD, 1, states=[(1, "NEW")])]
    for number in range(1, count + 1):
        turn, page = divmod(number, pages)
        base = RAM.base + page * PAGE
        before, after = (DELEGATED, UNDELEGATED) if turn % 2 else (UNDELEGATED, DELEGATED)
        record.changes.append(Change(number, base, base + PAGE, before, after))
        kind = int(number == count)
        record.calls.append(Call(number, number + 1, 0, kind, PLAIN, 0, -1, 0, 0, (base,), (0,)))
    return TraceResult("long.jsonl", rmi="1.0", calls=count, record=record)


def costs(page: Page) -> tuple[float, float]:
    """Milliseconds: until the page was there, and to draw it once."""
    loaded = page.run("return performance.getEntriesByType('navigation')[0].domComplete")
    drawn = page.run(
        "const begin = performance.now();"
        "for (let n = 0; n < 3; n++) { draw(view, chosen, matches); drawOverview(view); }"
        "return (performance.now() - begin) / 3"
    )
    return loaded, drawn


def test_a_hundred_thousand_calls_open_in_proportion(show: Show) -> None:
    small = costs(show(long_result(1_000)))
    page = show(long_result(100_000))
    large = costs(page)
    assert (page.browser.current_url or "").endswith("page.html")
    # A hundred times the calls; all but a part of the cost is the browser's own.
    assert large[0] < 50 * small[0]
    assert large[1] < 50 * small[1]
    page.keys("n")
    assert "Call 100,000 violation" in page.text()
    assert page.colour("violation", 100_000.5, 0.7) != page.colour("violation", 50_000)
    assert len(render(long_result(100_000))) < 15_000_000
