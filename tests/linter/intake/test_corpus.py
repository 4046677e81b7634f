"""The readers on real mails, held against other readers and against the mails by eye.

Line numbers of the seed files stand here instead of their text: which lines
are added, what an archive broke, was read in the files themselves.
"""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from unidiff.patch import PatchSet

from linter.intake.diff import Diffs, parse_diff
from linter.intake.mail import read_mails, read_path
from linter.intake.patch import DERIVED, EXACT, UNKNOWN, FileDiff, Hunk, Mail

MBOXES = ("v4", "v5", "v6", "v7", "v8", "v9", "v10", "v12", "v13")


@pytest.fixture(scope="session")
def corpus(shared: Path) -> dict[str, list[Mail]]:
    return {name: read_path(str(shared / "corpus" / f"cca-kvm-{name}.mbox")) for name in MBOXES}


@pytest.fixture(scope="session")
def patches(corpus: dict[str, list[Mail]]) -> list[tuple[Mail, Diffs]]:
    return [
        (mail, parse_diff(mail.body, mail.source, mail.body_line))
        for mails in corpus.values()
        for mail in mails
        if mail.subject.patch and not mail.subject.reply and mail.subject.index
    ]


def test_every_mail_is_found(shared: Path, corpus: dict[str, list[Mail]]) -> None:
    for name, mails in corpus.items():
        raw = (shared / "corpus" / f"cca-kvm-{name}.mbox").read_bytes()
        lines = raw.decode("utf-8", "surrogateescape").split("\n")
        starts = [k + 1 for k, line in enumerate(lines) if line.startswith("From mboxrd@z ")]
        assert [mail.line for mail in mails] == starts
        for mail in mails:
            assert mail.headers and mail.message_id and mail.sender and mail.date
            assert mail.body_exact and not mail.notes
            body = mail.body.split("\n")
            assert lines[mail.body_line - 1 : mail.body_line - 1 + len(body)][:-1] == body[:-1]
        # Each version numbers its patches 1..n.
        numbers = [m.subject.index for m in mails if m.subject.index and not m.subject.reply]
        totals = {m.subject.total for m in mails if m.subject.index and not m.subject.reply}
        assert numbers == list(range(1, len(numbers) + 1)) and totals == {len(numbers)}


def test_every_hunk_is_exact(patches: list[tuple[Mail, Diffs]]) -> None:
    assert len(patches) == 397
    for mail, diffs in patches:
        assert diffs.files and not diffs.notes, mail.subject.text
        for file in diffs.files:
            assert file.depth == 0 and not file.notes and file.hunks
            assert all(h.confidence == EXACT and not h.repairs for h in file.hunks)


def test_unidiff_agrees_line_for_line(patches: list[tuple[Mail, Diffs]]) -> None:
    for mail, diffs in patches:
        ours = [
            (
                file.path,
                [
                    (h.section, [(x.kind, x.text, x.old, x.new) for x in h.lines])
                    for h in file.hunks
                ],
            )
            for file in diffs.files
        ]
        theirs = [
            (
                file.path,
                [
                    (
                        h.section_header,
                        [
                            (x.line_type, x.value[:-1], x.source_line_no, x.target_line_no)
                            for x in h
                            if x.is_added or x.is_removed or x.is_context
                        ],
                    )
                    for h in file
                ],
            )
            for file in PatchSet(mail.body)
        ]
        assert ours == theirs, mail.subject.text
        places = [x.src for file in diffs.files for h in file.hunks for x in h.lines]
        body = mail.body.split("\n")
        texts = [x.kind + x.text for file in diffs.files for h in file.hunks for x in h.lines]
        assert [body[src - mail.body_line] for src in places] == texts


@pytest.mark.skipif(shutil.which("git") is None, reason="git is the oracle")
def test_git_agrees_on_the_counts(patches: list[tuple[Mail, Diffs]], tmp_path: Path) -> None:
    names = []
    for number, (mail, _) in enumerate(patches):
        names.append(f"{number:04}.patch")
        (tmp_path / names[-1]).write_bytes(mail.body.encode("utf-8", "surrogateescape"))
    done = subprocess.run(
        ["git", "apply", "--numstat", *names],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    git = [tuple(line.split("\t")) for line in done.stdout.splitlines()]
    ours = [
        (
            str(sum(len(h.added) for h in file.hunks)),
            str(sum(x.kind == "-" for h in file.hunks for x in h.lines)),
            file.path,
        )
        for _, diffs in patches
        for file in diffs.files
    ]
    assert ours == git


def test_replies(corpus: dict[str, list[Mail]]) -> None:
    """This archive keeps two lines of each quoted run: little may be called sure."""
    replies = [m for mails in corpus.values() for m in mails if m.subject.reply]
    assert len(replies) > 350
    unquoted = quoted = 0
    for mail in replies:
        diffs = parse_diff(mail.body, mail.source, mail.body_line)
        body = mail.body.split("\n")
        for file in diffs.files:
            for hunk in file.hunks:
                unquoted += file.depth == 0
                quoted += file.depth > 0
                for x in hunk.lines:
                    line = body[x.src - mail.body_line].replace("\xa0", " ")
                    assert line.count(">") >= file.depth
                    # An added line stands in the mail; a tail may be joined to it.
                    assert x.kind != "+" or ("+" + x.text).startswith(line.lstrip("> ").rstrip())
                if file.depth > 0 and hunk.added and hunk.old_count != hunk.new_count:
                    assert hunk.confidence != EXACT
    assert unquoted > 30 and quoted > 5


# --- the corpus, damaged -----------------------------------------------------


def wrap(line: str, width: int = 74) -> list[str]:
    at = line.rfind(" ", 0, width)
    if len(line) <= width or at < 20 or not line[:at].strip("+- \t*"):
        return [line]
    return [line[:at], *wrap(line[at + 1 :], width)]


def damaged(mail: Mail, diffs: Diffs, damage: str, mark: str) -> str:
    """What mailers and archives make of a patch; see the names in `DAMAGE`."""
    kinds = {x.src: x.kind for file in diffs.files for h in file.hunks for x in h.lines}
    out = []
    for src, line in enumerate(mail.body.split("\n"), mail.body_line):
        kind = kinds.get(src, "")
        if kind == " " and "lost" in damage and not line.strip():
            continue
        pieces = wrap(line) if "wrapped" in damage and (kind or line.startswith("@@")) else [line]
        if kind == " " and "bare" in damage:
            pieces[0] = pieces[0][1:]
        if kind == " " and "flat" in damage:
            pieces = [piece.lstrip() for piece in pieces]
        if kind and "nbsp" in damage:
            pieces = [piece.replace("\t", "\xa0 \xa0 ") for piece in pieces]
        out += [mark + piece for piece in pieces]
    return "\n".join(out)


# The share of added lines that may be lost or torn, and of lines whose number
# is wrong although it was called sure, in thousandths.
DAMAGE = {
    "nbsp": (0, 0),
    "lost": (0, 2),
    "bare": (1, 1),
    "wrapped": (2, 2),
    "wrapped lost": (2, 3),
    "flat": (2, 4),
    "flat lost": (3, 5),
    "wrapped flat": (6, 15),
}


@pytest.mark.parametrize("mark", ["", "> "], ids=["plain", "quoted"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_corpus(patches: list[tuple[Mail, Diffs]], damage: str, mark: str) -> None:
    def rows(diffs: Diffs, sure: bool) -> Counter[tuple[str, str, int | None]]:
        return Counter(
            (file.path, " ".join(x.text.replace("\xa0", " ").split()), x.new if sure else None)
            for file in diffs.files
            for hunk in file.hunks
            if not (sure and hunk.confidence == UNKNOWN)
            for x in hunk.added
        )

    lines = lost = wrong = unknown = hunks = 0
    for mail, diffs in patches:
        found = parse_diff(damaged(mail, diffs, damage, mark))
        wanted = rows(diffs, False)
        lines += wanted.total()
        lost += (wanted - rows(found, False)).total()
        wrong += (rows(found, True) - rows(diffs, True)).total()
        hunks += sum(len(file.hunks) for file in found.files)
        unknown += sum(h.confidence == UNKNOWN for file in found.files for h in file.hunks)
    assert lines == 33692
    assert lost * 1000 <= DAMAGE[damage][0] * lines
    assert wrong * 1000 <= DAMAGE[damage][1] * lines
    # It must not buy that by calling everything unknown.
    assert unknown < hunks / 8


# --- the five threads ---------------------------------------------------------


def seed(shared: Path, number: str) -> tuple[list[str], Diffs, Mail]:
    (path,) = (shared / "seeds").glob(f"{number}_*.txt")
    (mail,) = read_mails(path.read_bytes(), number)
    assert mail.body_line == 1
    return ["", *mail.body.split("\n")], parse_diff(mail.body, number), mail


def marked(lines: list[str], first: int, last: int, mark: str = "+") -> list[str]:
    """The lines first..last of the file whose diff mark is `mark`, without quote marks."""
    bare = [line.lstrip("> ").replace("\xa0", " ") for line in lines[first : last + 1]]
    return [text[1:] for text in bare if text.startswith(mark)]


def added(*hunks: Hunk) -> list[str]:
    return [x.text for hunk in hunks for x in hunk.added]


def sections(file: FileDiff) -> list[str]:
    return [hunk.section.partition("(")[0].split(" ")[-1].lstrip("*") for hunk in file.hunks]


def test_seed_000_every_copy_of_the_patch(shared: Path, patches: list[tuple[Mail, Diffs]]) -> None:
    """v13 10/48 flat, then quoted five times over, at depths 1, 2, 3, 1, 1 and 2."""
    lines, diffs, mail = seed(shared, "000")
    assert not mail.headers and mail.subject.text == ""
    copies = [f for f in diffs.files if f.new_blob == "80aedc85e94a"]
    assert [(f.src, f.depth) for f in copies] == [
        (12, 0),
        (146, 1),
        (342, 2),
        (562, 3),
        (775, 1),
        (933, 1),
        (1110, 2),
    ]
    names = ["", "rmi_check_version", "rmi_configure", "kvm_init_rmi"]
    (real,) = (
        d.files[0]
        for m, d in patches
        if m.subject.version == 13 and m.subject.index == 10 and m.subject.total == 48
    )
    assert sections(real) == names

    def flat(*hunks: Hunk) -> list[tuple[str, int | None]]:
        return [(" ".join(x.text.split()), x.new) for hunk in hunks for x in hunk.added]

    for copy in copies[:5]:
        assert sections(copy) == names
        assert {h.confidence for h in copy.hunks} == {DERIVED}
        # The list's own copy of this mail says what the lines and numbers are.
        assert flat(*copy.hunks) == flat(*real.hunks)
    # rmi_verify_memory_tracking() and its brace, by eye in the file:
    verify = [x for x in copies[0].hunks[2].added if 108 + 3 <= (x.new or 0) <= 108 + 3 + 21]
    assert [x.text for x in verify] == marked(lines, 43, 64)
    assert "rmi_verify_memory_tracking(" in verify[0].text and verify[-1].text == "}"
    for copy in copies[5:]:
        # A blank added line lost its quote marks to a comment: the rest is
        # there, but its numbers are not known from the first comment on.
        assert [h.confidence for h in copy.hunks] == [DERIVED] * 3 + [UNKNOWN, DERIVED]
        sure, rest = copy.hunks[2:4]
        assert flat(copy.hunks[0], copy.hunks[1], sure) == flat(*real.hunks)[: 1 + 12 + 1]
        texts = [text for text, _ in flat(rest)]
        wanted = [text for text, _ in flat(real.hunks[2])][1:]
        at = next(k for k, text in enumerate(wanted) if "rmi_gpt_l1_create" in text) + 1
        assert wanted[at] == "" and texts == wanted[:at] + wanted[at + 1 :]
        assert flat(copy.hunks[4]) == flat(real.hunks[3])
        assert any("not complete" in note.text for note in copy.notes)


def test_seed_000_diffs_of_the_reviewer(shared: Path) -> None:
    """A fix for Linux and one for the RMM, unquoted and quoted twice."""
    lines, diffs, _ = seed(shared, "000")
    linux = [f for f in diffs.files if f.new_blob == "21bfbbe2f047"]
    rmm = [f for f in diffs.files if f.path == "runtime/rmi/granule.c"]
    assert [(f.src, f.depth) for f in linux] == [(190, 0), (391, 1), (609, 2)]
    assert [(f.src, f.depth) for f in rmm] == [(218, 0), (424, 1), (639, 2)]
    for file in linux:
        assert sections(file) == ["rmi_configure", "rmi_verify_memory_tracking"]
        assert added(*file.hunks) == marked(lines, 195, 216)
        # 424 + 3 and 441 + 3: three lines of context stand before each change.
        assert [h.added[0].new for h in file.hunks] == [427, 444]
        assert {h.confidence for h in file.hunks} == {DERIVED}
    for file in rmm:
        assert sections(file) == ["smc_granule_tracking_get"]
        assert [(x.text, x.new) for x in file.hunks[0].added] == [("#if 0", 212), ("#endif", 216)]
        assert not any("likely" in x.text for x in file.hunks[0].lines)


def test_seed_001_quote_marks_lost_and_lines_wrapped(shared: Path) -> None:
    lines, diffs, mail = seed(shared, "001")
    subject = mail.subject
    assert (subject.version, subject.index, subject.total, subject.reply) == (14, 29, 44, True)
    assert mail.sender == "Suzuki K Poulose"
    patch, proposal = diffs.files
    assert patch.path == proposal.path == "arch/arm64/kvm/rmi.c"
    (hunk,) = patch.hunks
    # The header's tail is on line 83.
    assert hunk.section.endswith(lines[83]) and sections(patch) == ["realm_data_map_init"]
    # 80 lines of which 3 are tails; the last added line is 165.
    wanted = marked(lines, 86, 165)
    assert len(wanted) == 77
    texts = added(hunk)
    for head, tail in ((86, 87), (107, 108), (151, 152)):
        begin = lines[head].replace("\xa0", " ")[1:]
        wanted[wanted.index(begin)] = begin + " " + lines[tail].replace("\xa0", " ")
    assert texts == wanted
    assert hunk.confidence == DERIVED
    # Context is `return ret;`, `}` and a blank line that is lost.
    assert [x.new for x in hunk.added] == list(range(600, 677))
    # realm_map_protected() begins on line 122: two tails stand before it.
    assert "realm_map_protected(" in texts[122 - 86 - 2]
    assert any("not complete" in note.text and note.line == 165 for note in patch.notes)

    (hunk,) = proposal.hunks
    assert sections(proposal) == ["realm_map_protected"]
    assert added(hunk) == marked(lines, 182, 197)
    assert [x.text for x in hunk.lines if x.kind == "-"] == marked(lines, 182, 197, "-")
    # A blank line is lost between the changes, and no one can say where.
    assert hunk.confidence == UNKNOWN


def test_seed_002_quote_cut_by_comments(shared: Path) -> None:
    lines, diffs, mail = seed(shared, "002")
    assert (mail.subject.version, mail.subject.index, mail.subject.total) == (14, 9, 44)
    header, source = diffs.files
    assert header.path == "arch/arm64/include/asm/rmi_cmds.h" and header.depth == 1
    assert source.path == "arch/arm64/kernel/rmi.c"
    assert added(*header.hunks) == marked(lines, 35, 53)
    assert [x.new for x in header.hunks[0].added] == list(range(36, 49))
    (hunk,) = source.hunks
    assert added(hunk) == marked(lines, 59, 93)
    assert hunk.confidence == DERIVED
    numbers = {x.src: x.new for x in hunk.added}
    assert (numbers[85], numbers[93]) == (38, 43)
    assert any("not complete" in note.text for note in source.notes)


def test_seed_003_five_files(shared: Path) -> None:
    lines, diffs, mail = seed(shared, "003")
    assert (mail.subject.version, mail.subject.index, mail.subject.total) == (14, 14, 44)
    assert mail.sender == "Marc Zyngier"
    spans = {
        "arch/arm64/include/asm/kvm_emulate.h": (72, 105),
        "arch/arm64/include/asm/kvm_rmi.h": (110, 180),
        "arch/arm64/kvm/arm.c": (185, 217),
        "arch/arm64/kvm/mmu.c": (222, 268),
        "arch/arm64/kvm/rmi.c": (273, 330),
    }
    assert [file.path for file in diffs.files] == list(spans)
    for file in diffs.files:
        assert added(*file.hunks) == marked(lines, *spans[file.path])
        assert {h.confidence for h in file.hunks} == {DERIVED}
    assert sections(diffs.files[2]) == [
        "kvm_arch_init_vm",
        "kvm_arch_destroy_vm",
        "kvm_vm_ioctl_check_extension",
    ]
    assert sections(diffs.files[3])[1:] == ["kvm_init_stage2_mmu"] * 2 + ["kvm_free_stage2_pgd"]
    last = diffs.files[4].hunks[1]
    # Three lines of context stand before the first added line of 16,61.
    assert [x.new for x in last.added] == list(range(19, 19 + 45))


def test_seed_004_has_no_diff(shared: Path) -> None:
    _, diffs, mail = seed(shared, "004")
    assert diffs == ([], [])
    assert (mail.subject.version, mail.subject.index, mail.subject.total) == (10, 15, 43)
