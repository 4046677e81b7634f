"""Results as one JSON object (`replay/1`), for programs.

The text is ASCII and the same for the same traces.  Counts are of everything;
lists are bounded (see `replay.result`), and a list that was cut is shorter than
its count.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from replay.result import KINDS

if TYPE_CHECKING:
    from replay.coverage import Coverage
    from replay.result import Hazard, Listed, TraceResult, Violation

FORMAT = "replay/1"


def render(results: list[TraceResult], coverage: Coverage | None = None) -> str:
    """The results as JSON text with a final newline."""
    whole: dict[str, Any] = {"format": FORMAT, "traces": [trace(result) for result in results]}
    if coverage is not None:
        whole["coverage"] = _coverage(coverage)
    return json.dumps(whole, indent=1, allow_nan=False) + "\n"


def trace(result: TraceResult) -> dict[str, Any]:
    """One trace; every key is always there, but `state`, which is asked for."""
    verdicts = result.verdicts
    found: dict[str, Any] = {
        "path": result.path,
        "rmi": result.rmi,
        "error": result.error or None,
        "error_line": result.error_line or None,
        "calls": result.calls,
        "verdicts": {kind: verdicts[kind] for kind in KINDS},
        "commands": {
            name: {kind: counts[kind] for kind in KINDS if counts[kind]}
            for name, counts in sorted(result.by_command.items())
        },
        "unknown": [
            {"command": command, "why": why, "calls": count}
            for (command, why), count in sorted(result.unknown.items())
        ],
        "assumed": [
            {"command": command, "why": why, "calls": count}
            for (command, why), count in sorted(result.assumed.items())
        ],
        "checkpoints": {
            "equal": result.checkpoints_equal,
            "different": result.checkpoints_different,
        },
        "differences": _listed(result.differences),
        "violations": [violation(v) for v in sorted(_full(result), key=lambda v: v.line)],
        "hazards": [hazard(h) for h in sorted(_hazards(result), key=lambda h: h.line)],
        "hazard_count": result.hazard_count,
        "notes": [
            {"line": note.line, "command": note.command, "text": note.text}
            for note in sorted((n for g in result.notes for n in g.full), key=lambda n: n.line)
        ],
        "note_count": result.note_count,
        "unreadable": _listed(result.unread),
        "unreadable_count": result.unread_count,
    }
    if result.state:
        found["state"] = result.state
    return found


def violation(v: Violation) -> dict[str, Any]:
    """One violation."""
    return {
        "line": v.line,
        "seq": v.seq,
        "command": v.command,
        "arguments": {name: f"{value:#x}" for name, value in v.arguments},
        "got": v.got,
        "permitted": list(v.permitted),
        "conditions": [
            {"id": c.id, "when": c.when, "meaning": c.meaning, "result": c.result}
            for c in v.conditions
        ],
        "why": v.why,
        "notes": list(v.notes),
        "view": list(v.view),
        "story": list(v.story),
    }


def hazard(h: Hazard) -> dict[str, Any]:
    """One hazard; `line` is one of `lines`."""
    return {
        "line": h.line,
        "seq": h.seq,
        "rule": h.rule,
        "severity": h.severity,
        "message": h.message,
        "lines": sorted({*h.lines, h.line}),
    }


def _hazards(result: TraceResult) -> list[Hazard]:
    return [h for group in result.hazards for h in group.full]


def _full(result: TraceResult) -> list[Violation]:
    return [v for group in result.violations for v in group.full]


def _listed(lines: list[Listed]) -> list[dict[str, Any]]:
    return [{"line": item.line, "text": item.text} for item in lines]


def _coverage(coverage: Coverage) -> list[dict[str, Any]]:
    return [
        {
            "rmi": row.rmi,
            "command": row.command,
            "calls": row.calls,
            "free": row.free,
            "conditions": [
                {"id": name, "held": held, "alone": alone} for name, held, alone in row.conditions
            ],
        }
        for row in coverage.rows()
    ]
