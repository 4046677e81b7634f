"""What was said in a thread about which lines of which patch, and what was answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.thread.listing import Listing, squeeze
from linter.thread.reply import Reply, Row, joined, sender, span, voices, words, wrote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from linter.finding import Finding
    from linter.intake.patch import FileDiff, Mail, Patch, Series
    from linter.thread.fixes import Outcome
    from linter.thread.listing import Spot

MAX_REMARKS = 2000  # of a thread; more are only counted
MAX_BLOCK = 20  # quoted lines above a remark that it is about, at most
_KEPT, _MANY_RUNS = 2, 20  # lines of a quote that an archive keeps; quotes that show it
_BACK = 12  # quoted lines above an answer that are looked at for what it answers


class Answer(NamedTuple):
    """What somebody said below a remark."""

    who: str
    words: str
    message_id: str


class Remark:
    """Words of a reviewer below quoted lines of a patch, or a diff proposed by one.

    `block` are the lines quoted right above, at most MAX_BLOCK: the last one is where
    the remark stands; empty for a proposal that stands below none.  `sure` is False if
    the line itself is lost and only one above it is known.  `function`, `outcome` and
    `found` are filled by `read`.
    """

    __slots__ = (
        "anchor",
        "answers",
        "block",
        "fixes",
        "found",
        "function",
        "mail",
        "outcome",
        "patch",
        "src",
        "sure",
        "who",
        "words",
    )

    def __init__(self, mail: Mail, patch: Patch | None, who: str, text: str, src: int) -> None:
        self.mail = mail
        self.patch = patch
        self.who = who
        self.words = text  # on one line, cut
        self.src = src  # the 1-based line of the input
        self.block: list[Spot] = []
        self.anchor: Spot | None = None  # the last line that is quoted above it
        self.sure = True
        self.answers: list[Answer] = []
        self.fixes: list[FileDiff] = []
        self.function = ""
        self.found: list[Finding] = []
        self.outcome: Outcome | None = None

    @property
    def spot(self) -> Spot | None:
        return self.block[-1] if self.block else None

    def places(self) -> list[tuple[str, int]]:
        """What an answer in the same place has in common with it, the best first."""
        spots = (("at", self.spot), ("below", self.anchor))
        return [(how, id(spot)) for how, spot in spots if spot is not None]


class Talk:
    """All that was said in the thread of one series.

    `remarks` are those about lines of a patch, in the order of the input;
    `elsewhere` counts the others: on commit messages, on the cover letter, beyond MAX_REMARKS.
    """

    def __init__(self, series: Series) -> None:
        self.remarks: list[Remark] = []
        self.elsewhere = 0
        self._said: dict[tuple[int, str], Remark] = {}  # by patch and text, for answers
        self._here: dict[tuple[str, int], Remark] = {}  # by spot, for answers too
        self._listings: dict[int, Listing] = {}
        plain = [patch for patch in series.patches if patch.kind == "patch"]
        self._by_id = {p.mail.message_id: p for p in plain if p.mail.message_id}
        self._only = plain[0] if len(plain) == 1 else None
        self._own: dict[Mail, list[Patch]] = {}  # by the mail that a patch was found in
        self._by_index: dict[int | None, Patch] = {}
        for patch in series.patches:
            self._own.setdefault(patch.mail, []).append(patch)
        for patch in plain or series.patches:
            self._by_index.setdefault(patch.mail.subject.index, patch)
        mails = dict.fromkeys(series.replies)
        mails |= dict.fromkeys(p.mail for p in series.patches if _talks(p))
        self.cut = _is_cut(mails)
        depths = _depths(list(mails))
        for mail in sorted(mails, key=depths.__getitem__):  # no answer before its question
            self._read(mail)
        order = {mail: number for number, mail in enumerate(mails)}
        self.remarks.sort(key=lambda remark: (order[remark.mail], remark.src))

    def _read(self, mail: Mail) -> None:
        own = self._own.get(mail, [])
        patch = self._reviewed(mail, own)
        reply = Reply(mail, own)
        who = sender(mail)
        people = [name for name in (who, *reply.names) if name]
        heard: dict[str, str] = {}
        if reply.flat and reply.names:
            who = "one of " + ", ".join(dict.fromkeys(people))
        elif not mail.headers:
            heard = voices(reply.rows, people)
        _Reader(self, reply, patch, who, heard).run()

    def _reviewed(self, mail: Mail, own: list[Patch]) -> Patch | None:
        """The patch that a mail talks about; None for a cover letter."""
        for patch in own:
            if patch.kind == "patch":
                return patch
        for name in (mail.in_reply_to, *reversed(mail.references)):
            if name in self._by_id:
                return self._by_id[name]
        if mail.subject.index is None and self._only:
            return self._only
        return own[0] if own and not self._by_id else self._by_index.get(mail.subject.index)

    def listing(self, patch: Patch) -> Listing:
        found = self._listings.get(id(patch))
        if found is None:
            found = self._listings[id(patch)] = Listing(patch)
        return found

    def answered(self, remark: Remark, said: _Said) -> Remark | None:
        """The remark that this one answers: text of that one is quoted above it.

        Where that text is lost or was wrapped anew, code that is quoted twice tells that
        somebody said something in the same place.
        """
        for text in reversed(said.above[-_BACK:]):
            found = self._said.get((id(remark.patch), squeeze(text)))
            if found is not None:
                return found
        if said.depth > 1:
            for key in remark.places():
                found = self._here.get(key)
                if found is not None and found.mail is not remark.mail:
                    return found
        return None

    def add(self, remark: Remark, rows: list[Row]) -> None:
        """A new remark; the rows are its words."""
        self.remarks.append(remark)
        for key in remark.places():
            self._here.setdefault(key, remark)
        self.say(remark.patch, rows, remark)

    def say(self, patch: Patch | None, rows: list[Row], remark: Remark) -> None:
        """Remember the rows as words of the remark, or of an answer to it."""
        for row in rows:
            self._said.setdefault((id(patch), squeeze(row.text)), remark)


class _Said(NamedTuple):
    """What a reply says in one place."""

    rows: list[Row]
    fixes: list[FileDiff]
    block: list[int]  # spots of the lines quoted above it, since it said something last
    above: list[str]  # quoted text between them and it that the patch does not have
    last: int | None  # the last spot quoted before it
    depth: int  # how often text quoted above it is quoted, at most
    next: int | None = None  # the first spot quoted behind it


class _Reader:
    """One run over the rows of a reply."""

    def __init__(
        self, talk: Talk, reply: Reply, patch: Patch | None, who: str, heard: dict[str, str]
    ) -> None:
        self.talk = talk
        self.reply = reply
        self.patch = patch
        self.who = who
        self.heard = heard
        self.spots = talk.listing(patch).spots if patch else []
        self.in_fix = {src for file in reply.fixes for src in span(file)}

    def run(self) -> None:
        for said in self._parts():
            own = [row for row in said.rows if row.src not in self.in_fix]
            rows = words(own, self.reply)
            if rows or said.fixes:
                self._take(said, rows)

    def _parts(self) -> list[_Said]:
        """The mail's own words and diffs, with what is quoted around them."""
        reply = self.reply
        quoted = {row.src for row in reply.quoted}
        places: dict[int, int | None] = {}
        if self.patch:
            found = self.talk.listing(self.patch).find([row.text for row in reply.quoted])
            places = {row.src: at for row, at in zip(reply.quoted, found, strict=True)}
        fixes = {src: file for file in reply.fixes for src in span(file)}
        parts: list[_Said] = []
        block: list[int] = []
        above: list[str] = []
        last: int | None = None
        depth = 0
        talking = fresh = False
        for row in reply.rows:
            if not row.text.strip():
                continue
            if row.src not in quoted:
                if not talking:
                    parts.append(_Said([], [], block, above, last, depth))
                    block, above, depth, talking = [], [], 0, True
                parts[-1].rows.append(row)
                # In a text of several mails the next one begins here.
                fresh = fresh or (not reply.mail.headers and bool(wrote(row.text)))
                file, proposed = fixes.get(row.src), parts[-1].fixes
                if file and (not proposed or proposed[-1] is not file):
                    proposed.append(file)
                continue
            if talking and not words(parts[-1].rows, reply):
                block, above, _, depth = parts.pop()[2:6]  # a greeting, a mark of a cut
            if fresh:
                block, above, last, depth, fresh = [], [], None, 0, False
            talking, depth = False, max(depth, row.depth)
            place = places.get(row.src)
            if place is None:
                above.append(row.text)
                continue
            if parts and parts[-1].next is None and parts[-1].depth:
                deep = max(parts[-1].depth, row.depth)
                parts[-1] = parts[-1]._replace(next=place, depth=deep)
            block.append(place)
            above, last = [], place
        return parts

    def _take(self, said: _Said, rows: list[Row]) -> None:
        """Add a remark, or an answer to one."""
        mail, talk, patch = self.reply.mail, self.talk, self.patch
        first = rows[0] if rows else said.rows[0]
        who = self.heard.get(first.text.strip()) or self.who
        block = self._lost(said) if talk.cut else _tail(said.block) or _tail([said.last])
        remark = Remark(mail, patch, who, joined(rows), first.src)
        remark.fixes = said.fixes
        remark.block = [
            s for at in block if (s := self.spots[at]).hunk is self.spots[block[-1]].hunk
        ]
        remark.anchor = None if said.last is None else self.spots[said.last]
        remark.sure = not talk.cut or said.next is not None
        parent = talk.answered(remark, said)
        lines = rows + [row for row in said.rows if row.src in self.in_fix]
        if parent is not None and not said.fixes:
            parent.answers.append(Answer(who, remark.words, mail.message_id))
            talk.say(patch, lines, parent)
        elif (block or said.fixes) and len(talk.remarks) < MAX_REMARKS:
            talk.add(remark, lines)
        else:
            talk.elsewhere += mail.headers

    def _lost(self, said: _Said) -> list[int]:
        """The lines above in a mail of which an archive kept the first lines of each quote.

        They end where the next quoted line begins.
        """
        first = 0 if said.last is None else said.last
        if said.next is not None and said.next > first:
            return [*range(max(first, said.next - MAX_BLOCK), said.next)]
        return [] if said.last is None else [said.last]


def _tail(places: list[int] | list[int | None]) -> list[int]:
    """The quoted lines right above: as far as none is left out."""
    block = [at for at in places if at is not None]
    if not block:
        return []
    first = len(block) - 1
    while first and block[first - 1] == block[first] - 1 and len(block) - first < MAX_BLOCK:
        first -= 1
    return block[first:]


def _talks(patch: Patch) -> bool:
    """Does the mail of a patch hold replies as well?"""
    return patch.kind == "reply" or not patch.mail.headers


def _is_cut(mails: Iterable[Mail]) -> bool:
    """Has an archive cut the quotes to their first two lines?"""
    runs = longest = 0
    for mail in mails:
        run = 0
        for line in mail.body.split("\n"):
            run = run + 1 if line.startswith(">") else 0
            runs += run == 1
            longest = max(longest, run)
    return longest == _KEPT and runs >= _MANY_RUNS


def _depths(mails: list[Mail]) -> dict[Mail, int]:
    """How many of the mails stand above each in its thread."""
    by_id = {mail.message_id: mail for mail in mails if mail.message_id}
    result: dict[Mail, int] = {}
    for mail in mails:
        chain: dict[Mail, None] = {}
        at: Mail | None = mail
        while at is not None and at not in result and at not in chain:
            chain[at] = None
            at = by_id.get(at.in_reply_to)
        depth = -1 if at is None else result.get(at, -1)
        for one in reversed(chain):
            depth += 1
            result[one] = depth
    return result
