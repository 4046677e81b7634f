"""What the model raises where it cannot tell."""

from __future__ import annotations


class Unknown(Exception):
    """The model cannot tell (a command not modelled, a page not captured); the text says why."""


class Open(Unknown, AttributeError):
    """The calls that were captured do not tell (`replay.rmm.partial`).

    To Python an attribute that nobody knows is one that is not set: so can what has
    some be copied.
    """
