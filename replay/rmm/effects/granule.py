"""Delegation of granules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replay.rmm.effects import OK, Expected, Got
from replay.rmm.values import DELEGATED, UNDELEGATED

if TYPE_CHECKING:
    from replay.rmm.model import Rmm


def granule_delegate(m: Rmm, addr: int, got: Got) -> Expected:
    """GRANULE_DELEGATE (1.0): into the Realm PAS."""
    m.put(addr, DELEGATED)
    return OK


def granule_undelegate(m: Rmm, addr: int, got: Got) -> Expected:
    """GRANULE_UNDELEGATE (1.0): back to the host, Non-secure again."""
    m.put(addr, UNDELEGATED)
    m.pas.pop(addr, None)
    return OK
