"""Generated from rmm-1.0/version.rmi by generate.py; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm import values as v
from replay.rmm.helpers import v1_0 as h
from replay.spec.table import Command, Condition, Judged, Rows

if TYPE_CHECKING:
    from replay.rmm.model import Rmm


def rmi_version(m: Rmm, x: Sequence[int]) -> Judged:
    req = x[0]
    held: Rows = []
    return held, (req,)


def rmi_features(m: Rmm, x: Sequence[int]) -> Judged:
    index = x[0]
    held: Rows = []
    return held, (index,)


COMMANDS = [
    Command(
        name="RMI_VERSION",
        fid=0xC4000150,
        inputs=("req",),
        outputs=("lower", "higher"),
        conditions=(),
        before=(),
        sequence=False,
        gate="any",
        judge=rmi_version,
        effect="version",
        success=(
            "a supported revision is compatible with req: SUCCESS, lower = req",
            "else, one below req is supported: ERROR_INPUT, lower = the highest of these",
            "else: ERROR_INPUT, lower = higher",
            "higher = the highest supported revision",
        ),
        any_status=True,
    ),
    Command(
        name="RMI_FEATURES",
        fid=0xC4000165,
        inputs=("index",),
        outputs=("value",),
        conditions=(),
        before=(),
        sequence=False,
        gate="any",
        judge=rmi_features,
        effect="features",
        success=(
            "value = the feature register; zero for every index but 0",
        ),
    ),
]
