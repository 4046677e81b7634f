"""A check a patch, as Patchwork's REST API takes it (`/api/patches/ID/checks/`).

A list with an object a patch: `state`, `context`, `description` and `target_url` are the
API's, which passes over the others; `msgid` finds the patch (`/api/patches/?msgid=`).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from linter.finding import ERROR, WARNING
from linter.plain import plain
from linter.report.patches import by_patch, worst
from linter.report.text import UNCHECKED, tally

if TYPE_CHECKING:
    from linter.finding import Report
    from linter.report.patches import Checked

CONTEXT = "rmilint"
MOST = 255  # characters of a description
_STATES = {ERROR: "fail", WARNING: "warning"}


def render(report: Report) -> str:
    """JSON text with a final newline; diffs inside replies have no checks."""
    checks = [_check(patch) for patch in by_patch(report) if patch.ref and not patch.reply]
    return json.dumps(checks, indent=1) + "\n"


def _check(patch: Checked) -> dict[str, Any]:
    assert patch.ref is not None
    return {
        "msgid": plain(patch.ref.message_id),
        "subject": plain(patch.ref.subject),
        "state": "warning"
        if patch.unchecked
        else _STATES.get(worst(patch.findings) or "", "success"),
        "context": CONTEXT,
        "description": _description(patch),
        "target_url": None,
    }


def _description(patch: Checked) -> str:
    """How much was found, and the rules; cut where Patchwork would refuse it."""
    if patch.unchecked:
        return UNCHECKED
    text = tally(patch.findings)
    if patch.findings:
        text += f": {', '.join(dict.fromkeys(plain(f.rule) for f in patch.findings))}"
    return text if len(text) <= MOST else f"{text[: MOST - 3]}..."
