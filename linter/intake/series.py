"""Sorts mails into series: patches in order, cover letter, replies.

The subject and an unquoted diff decide what a mail is.  The version and total
of its subject and its thread (the mail its In-Reply-To chain starts at)
decide which series a patch is of; series without a thread are put together in
the order of arrival.  Their senders do not count: a file that git or b4 wrote
names the author, and a series has several.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from linter.intake.diff import Diffs, parse_diff
from linter.intake.patch import Mail, Patch, Series
from linter.lazy import regex

_DIFF = regex(r"^(?:diff --git |Index: |--- \S.*\n\+\+\+ \S)", re.MULTILINE)
_QUOTE = regex(r"^>", re.MULTILINE)
_BASE = regex(r"^base-commit: ([0-9a-f]{7,64})\s*$", re.MULTILINE)


class _Sorted(NamedTuple):
    """Mails by what they are, each list in the order of the input."""

    patches: list[Mail]
    covers: list[Mail]  # also any other mail that answers nothing
    replies: list[Mail]
    copies: int  # mails that were in the input twice
    any_diff: bool  # one of `patches` holds a diff


class _Group:
    """The mails of one series, at most one patch for each index."""

    __slots__ = ("again", "cover", "patches", "replies", "threads", "total", "version")

    def __init__(self, version: int, total: int) -> None:
        self.version = version
        self.total = total
        self.threads: set[str] = set()
        self.again = False  # its thread had these patches before
        self.patches: dict[int, Mail] = {}
        self.cover: Mail | None = None
        self.replies: list[Mail] = []


def group(mails: list[Mail]) -> list[Series]:
    """The series in `mails`, in the order of their first patch.

    Diffs in replies become patches (kind 'reply') only if the mails hold no
    plain patch; else replies are kept unread.  What is missing, comes twice or
    belongs nowhere is told in `Series.notes` and `Patch.notes`.
    """
    kinds = _sort(mails)
    threads = _threads(mails)
    if not kinds.any_diff:
        series = _from_replies(kinds, threads)
        if series:
            return series
    groups = _gather(kinds.patches, threads)
    strays = _hang(groups, kinds, threads)
    met: set[tuple[int, int, int, str]] = set()
    result = [_series(group, met) for group in groups]
    if result and strays:
        text = f"{strays} mails belong to no series here and were not read"
        result[0].notes.append(result[0].patches[0].mail.note(0, text))
    if result and kinds.copies:
        text = f"{kinds.copies} mails are here twice and were read once"
        result[0].notes.append(result[0].patches[0].mail.note(0, text))
    return result


def _sort(mails: list[Mail]) -> _Sorted:
    kinds = _Sorted([], [], [], 0, False)
    copies = 0
    any_diff = False
    seen: set[tuple[str, str, str]] = set()
    for mail in mails:
        if mail.message_id:
            itself = (mail.message_id, mail.subject.text, mail.body)
            if itself in seen:
                copies += 1
                continue
            seen.add(itself)
        has_diff = _DIFF.search(mail.body) is not None
        if _is_reply(mail, has_diff):
            kinds.replies.append(mail)
        elif mail.subject.index == 0:
            kinds.covers.append(mail)
        elif has_diff or mail.subject.index is not None:
            kinds.patches.append(mail)
            any_diff = any_diff or has_diff
        else:
            kinds.covers.append(mail)
    return kinds._replace(copies=copies, any_diff=any_diff)


def _is_reply(mail: Mail, has_diff: bool) -> bool:
    subject = mail.subject
    if subject.reply or subject.index == 0:
        return subject.reply
    if not _QUOTE.search(mail.body):
        return False
    # Archives drop the `Re:`; commit messages quote, too.
    return not has_diff if subject.patch else bool(mail.in_reply_to)


def _threads(mails: list[Mail]) -> dict[Mail, str]:
    """For each mail the Message-ID that its thread starts at (not always in `mails`)."""
    by_id = {mail.message_id: mail for mail in reversed(mails) if mail.message_id}
    result: dict[Mail, str] = {}
    for number, mail in enumerate(mails):
        chain: dict[Mail, None] = {}
        at: Mail | None = mail
        start = ""
        while at is not None and at not in result and at not in chain:
            chain[at] = None
            start = at.message_id or f"#{number}"
            names = [name for name in (at.in_reply_to, *reversed(at.references)) if name]
            parent = next((by_id[name] for name in names if name in by_id), None)
            if names and (parent is None or parent is at):
                start = names[-1]
            at = parent
        if at is not None:
            start = result.get(at, start)
        result.update(dict.fromkeys(chain, start))
    return result


def _gather(patches: list[Mail], threads: dict[Mail, str]) -> list[_Group]:
    """The patches of each series; several series may have the same version and total."""
    groups: dict[tuple[int, int, str, int], _Group] = {}
    times: dict[tuple[int, int, str, int], int] = {}  # how often an index was met
    for mail in patches:
        subject = mail.subject
        index, total, thread = subject.index, subject.total or 1, threads[mail]
        if index is None:  # unnumbered patches of one thread are series of their own
            index, total, thread = 1, 1, f"{thread} {len(groups)}"
        key = (subject.version, total, thread, index)
        time = times[key] = times.get(key, -1) + 1
        part = groups.setdefault((*key[:3], time), _Group(subject.version, total))
        part.patches[index] = mail
        part.threads.add(threads[mail])
        part.again = time > 0
    return _join(list(groups.values()))


def _join(groups: list[_Group]) -> list[_Group]:
    """Put the parts of series together that were posted without a thread.

    Of one version and total, the first patch 2 goes with the first patch 1,
    the second with the second.
    """
    result: list[_Group] = []
    joined: dict[tuple[int, int, str, int], _Group] = {}
    times: dict[tuple[int, int, str, int], int] = {}
    for part in groups:
        if part.again or len(part.patches) >= part.total:
            result.append(part)
            continue
        kind = (part.version, part.total, _poster(part))
        time = max(times.get((*kind, index), 0) for index in part.patches)
        times.update(((*kind, index), time + 1) for index in part.patches)
        whole = joined.setdefault((*kind, time), part)
        if whole is part:
            result.append(part)
        else:
            whole.patches |= part.patches
            whole.threads |= part.threads
    return result


def _poster(part: _Group) -> str:
    """Who posted a thread of which mails are missing; '' if the mails form no thread."""
    mails = part.patches.values()
    return next((mail.sender for mail in mails if mail.in_reply_to or mail.references), "")


def _hang(groups: list[_Group], kinds: _Sorted, threads: dict[Mail, str]) -> int:
    """Hang covers and replies on their groups; returns how many belong to none."""
    # Each key leads to the groups that a cover with it may be of, first one last.
    wanting: dict[tuple[object, ...], list[_Group]] = {}
    by_number: dict[tuple[object, ...], _Group] = {}
    by_title: dict[tuple[int, str], _Group] = {}
    by_thread: dict[str, _Group] = {}
    for part in reversed(groups):
        wanting.setdefault((part.version, part.total, _poster(part)), []).append(part)
        for thread in part.threads:
            by_thread[thread] = part
            for key in ((thread,), (part.version, part.total, thread)):
                by_number[key] = part
                wanting.setdefault(key, []).append(part)
        for mail in part.patches.values():
            by_title[part.version, mail.subject.title] = part

    strays = 0
    for mail in kinds.covers:
        subject, thread = mail.subject, threads[mail]
        keys: list[tuple[object, ...]] = [(thread,)]
        if subject.index == 0:
            number = (subject.version, subject.total or 1)
            keys = [(*number, thread), (*number, ""), (*number, mail.sender)]
        elif mail.in_reply_to:
            keys = []  # it talks
        home = next(filter(None, (_without_cover(wanting.get(key, [])) for key in keys)), None)
        if home is not None:
            home.cover = mail
        elif thread in by_thread:
            by_thread[thread].replies.append(mail)
        else:
            strays += 1
    for mail in kinds.replies:
        subject, thread = mail.subject, threads[mail]
        home = (
            by_number.get((subject.version, subject.total or 1, thread))
            or by_thread.get(thread)
            or by_title.get((subject.version, subject.title))
        )
        if home is None:
            strays += 1
        else:
            home.replies.append(mail)
    return strays


def _without_cover(queue: list[_Group]) -> _Group | None:
    while queue and queue[-1].cover is not None:
        queue.pop()
    return queue[-1] if queue else None


def _series(part: _Group, met: set[tuple[int, int, int, str]]) -> Series:
    """A group as a series; `met` are the patches of the series before it."""
    mails = [part.patches[index] for index in sorted(part.patches)]
    first = mails[0]
    series = Series((part.cover or first).subject.title, part.version, part.total)
    series.cover = part.cover
    series.replies = part.replies
    for mail in mails:
        patches = _patches(mail, reply=False)
        if not patches:
            patches = [Patch(mail, [])]
            patches[0].notes.append(mail.note(mail.line, "no diff in this patch"))
        title = mail.subject.title
        number = (part.version, part.total, patches[0].index, title)
        if title and number in met:
            text = f"patch {patches[0].index}/{part.total} is here again: {title}"
            patches[0].notes.append(mail.note(mail.line, text))
        met.add(number)
        series.patches += patches
    if part.cover and _DIFF.search(part.cover.body):
        text = "the cover letter holds a diff that was not read"
        series.notes.append(part.cover.note(part.cover.line, text))
    missing = _gaps(sorted(part.patches), part.total)
    if missing and len(mails) > 1:  # one alone was chosen; b4 gives them one by one
        text = f"patches missing of {part.total}: {missing}"
        series.notes.append(first.note(first.line, text))
    texts = ([part.cover] if part.cover else []) + mails
    found = (_BASE.search(mail.body) for mail in texts if "base-commit: " in mail.body)
    series.base_commit = next((match[1] for match in found if match), None)
    return series


def _from_replies(kinds: _Sorted, threads: dict[Mail, str]) -> list[Series]:
    """What replies quote and propose, one series a posting, sorted by patch.

    A diff elsewhere, in a cover letter or too damaged to be seen at once, is a
    series of its own.
    """
    found: dict[tuple[int, int, str], Series] = {}
    for mail in kinds.replies:
        patches = _patches(mail, reply=True)
        if patches:
            subject = mail.subject
            key = (subject.version, subject.total or 1, threads[mail])
            series = found.setdefault(key, Series(subject.title, *key[:2]))
            series.patches += patches
    result = list(found.values())
    for series in result:
        series.patches.sort(key=lambda patch: patch.index)
    for mail in kinds.covers + kinds.patches:
        patches = _patches(mail, reply=False)
        if patches:
            series = Series(mail.subject.title, mail.subject.version, mail.subject.total or 1)
            series.patches += patches
            result.append(series)
    return result


def _patches(mail: Mail, reply: bool) -> list[Patch]:
    """The diffs of one mail, each occurrence of a patch by itself.

    A text from a web archive may hold a patch, its quoted copies and what the
    reviewers proposed in one.  The notes are on the first patch.
    """
    diffs = parse_diff(mail.body, mail.source, mail.body_line)
    if not mail.located:
        _unlocate(diffs)
    result: list[Patch] = []
    at_depth: dict[int, Patch] = {}  # the patch being read at each quote depth
    paths: dict[int, set[str]] = {}
    quoted = False
    for file in diffs.files:
        depth = file.depth
        if depth == 0 and result and result[-1] is not at_depth.get(0):
            at_depth.pop(0, None)  # a quoted diff stands between: not the same patch
        if depth not in at_depth or file.path in paths[depth]:
            quoted = quoted or depth > 0
            main = mail.subject.patch and 0 not in paths
            kind = "patch" if depth == 0 and not reply and (main or not quoted) else "reply"
            at_depth[depth] = Patch(mail, [], kind)
            paths[depth] = set()
            result.append(at_depth[depth])
        at_depth[depth].files.append(file)
        paths[depth].add(file.path)
    if result:
        result[0].notes += diffs.notes
    return result


def _unlocate(diffs: Diffs) -> None:
    """Let the notes on a commit name the file instead of a line that nobody has."""
    diffs.notes[:] = [note._replace(line=0) for note in diffs.notes]
    for file in diffs.files:
        named = f"{file.path}: "
        file.notes = [
            note._replace(line=0, text=named + note.text.removeprefix(named)) for note in file.notes
        ]


def _gaps(present: list[int], total: int) -> str:
    """The numbers of 1..total that are not in `present`, as '2, 5-7'."""
    gaps: list[str] = []
    expected = 1
    for index in [*present, total + 1]:
        if index > expected:
            gaps.append(f"{expected}" if index == expected + 1 else f"{expected}-{index - 1}")
        expected = max(expected, index + 1)
    return ", ".join(gaps)
