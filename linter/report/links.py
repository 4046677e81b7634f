"""Where a mail, or what a finding rests on, can be read: addresses in the archive of the lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex

if TYPE_CHECKING:
    from linter.intake.patch import Mail

_LORE = "https://lore.kernel.org/r/"
_ID = regex(r"<?([^\s<>@]{1,200}@[^\s<>@]{1,200})>?")
_URL = regex(r"https://[^\s<>\"']+[^\s<>\"'.,;:)]")


def lore(mail: Mail | None) -> str:
    """Where the list's archive has a mail; '' if that cannot be known."""
    return _archived(mail.message_id) if mail is not None else ""


def evidence(text: str) -> str:
    """What an evidence points to: a Message-ID or an address in it; '' without one."""
    url = _URL.search(text)
    return url.group() if url else _archived(text)


def _archived(message_id: str) -> str:
    from urllib.parse import quote

    found = _ID.fullmatch(message_id)
    return _LORE + quote(found.group(1), safe="@", errors="replace") if found else ""
