"""`--since`: what is fixed, still there, moved and new between two versions of a series."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linter import cli, since
from linter.check import lint_mails
from linter.finding import INFO, WARNING, Finding, PatchRef, Report
from linter.intake.mail import read_path
from linter.since import Changes, compare

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "samples" / "lend-v2.mbox"


# -- hand-made reports -------------------------------------------------------------


def finding(
    print_: str, function: str = "f", line: str = "a();", title: str = "x: one", **values: Any
) -> Finding:
    made = Finding("some-rule", WARNING, "a.c", 1, 1, (1, 2), "is wrong")
    made.fingerprint, made.function, made.line_text = print_, function, f"\t{line}"
    made.patch = PatchRef(1, 2, f"[PATCH 1/2] {title}", "1@x")
    for name, value in values.items():
        setattr(made, name, value)
    return made


def report(*findings: Finding) -> Report:
    made = Report()
    made.findings = list(findings)
    return made


def told(changes: Changes) -> list[tuple[str, ...]]:
    """What became of each finding, as (list, fingerprint, what changed ...)."""
    rows: list[tuple[str, ...]] = [("fixed", f.fingerprint) for f in changes.fixed]
    for name, pairs in (("still", changes.still), ("moved", changes.moved)):
        rows += [(name, pair.new.fingerprint, *pair.changed) for pair in pairs]
    return rows + [("new", f.fingerprint) for f in changes.new]


@pytest.mark.parametrize(
    ("old", "new", "rows"),
    [
        (finding("1"), finding("1"), [("still", "1")]),
        (finding("1"), finding("2", "g", "b();"), [("fixed", "1"), ("new", "2")]),
        # the number and the subsystem of a patch may change
        (finding("1", title="arm64: RME: One"), finding("1", title="RMI: one"), [("still", "1")]),
        (finding("1"), finding("1", title="x: two"), [("moved", "1", "patch")]),
        # a function that has another name now, a statement that only looks different
        (finding("1"), finding("2", "g"), [("moved", "2", "function")]),
        (finding("1", line="a(b,  c);"), finding("2", line="a(b, c);"), [("still", "2")]),
        # rewritten, and the only one of its rule in the function
        (finding("1"), finding("2", line="b();"), [("still", "2", "line")]),
        # of another rule
        (finding("1"), finding("2", rule="other"), [("fixed", "1"), ("new", "2")]),
        # a file that is called otherwise now
        (finding("1"), finding("1", path="b.c"), [("still", "1")]),
    ],
)
def test_one_finding(old: Finding, new: Finding, rows: list[tuple[str, ...]]) -> None:
    assert told(compare(report(old), report(new))) == rows


def test_equal_statements_of_functions_that_both_versions_have_are_not_one() -> None:
    """One `return ret;` was mended and another one spoilt: nothing has moved."""
    series = lint_mails(read_path(str(SAMPLE)), []).series
    old, new = report(finding("1", "lend_probe")), report(finding("2", "lend_pool"))
    old.series = new.series = series
    assert told(compare(old, new)) == [("fixed", "1"), ("new", "2")]
    new.findings[0].function = "lend_helper"  # which the series do not have
    assert told(compare(old, new)) == [("moved", "2", "function")]


def test_findings_go_to_the_file_and_patch_that_had_them() -> None:
    one, two = finding("1", path="a.c"), finding("1", path="b.c", title="x: two")
    again = finding("1", path="b.c", title="x: two"), finding("1", path="a.c")
    changes = compare(report(one, two), report(*again))
    assert [(p.old.path, p.new.path) for p in changes.still] == [("b.c", "b.c"), ("a.c", "a.c")]
    assert not changes.moved


def test_one_of_two_that_are_alike_is_fixed() -> None:
    changes = compare(report(finding("1"), finding("2")), report(finding("2")))
    assert told(changes) == [("fixed", "1"), ("still", "2")]


def test_several_of_a_function_are_not_taken_for_rewritten() -> None:
    old = report(finding("1", message="a"), finding("2", line="b();", message="b"))
    changes = compare(old, report(finding("3", line="c();", message="c")))
    assert told(changes) == [("fixed", "1"), ("fixed", "2"), ("new", "3")]


def test_what_counts_for_the_exit_status() -> None:
    assert not compare(report(finding("1")), report()).above_info
    assert compare(report(), report(finding("1"))).above_info
    assert compare(report(finding("1")), report(finding("1"))).above_info
    assert not compare(report(), report(finding("1", severity=INFO))).above_info
    # accepted in the meantime
    assert not compare(report(finding("1")), report(finding("1", severity=INFO))).above_info


FINDINGS = st.lists(
    st.builds(
        finding,
        st.sampled_from("1234"),
        st.sampled_from(["f", "g", ""]),
        st.sampled_from(["a();", "b();", ""]),
        st.sampled_from(["x: one", "x: two"]),
        path=st.sampled_from(["a.c", "b.c"]),
        message=st.sampled_from(["m", "n"]),
    ),
    max_size=12,
)


@given(FINDINGS, FINDINGS)
def test_every_finding_is_told_once(old: list[Finding], new: list[Finding]) -> None:
    changes = compare(report(*old), report(*new))
    pairs = [*changes.still, *changes.moved]
    assert sorted(map(id, old)) == sorted(map(id, [*changes.fixed, *(p.old for p in pairs)]))
    assert sorted(map(id, new)) == sorted(map(id, [*changes.new, *(p.new for p in pairs)]))
    assert all({*pair.changed} <= {"line"} for pair in changes.still)


@given(FINDINGS)
def test_a_version_is_itself(findings: list[Finding]) -> None:
    changes = compare(report(*findings), report(*findings))
    assert not changes.fixed and not changes.new


# -- the real series -----------------------------------------------------------------


Lint = Callable[[Path], Report]


# What the reviews and the mails say of hazards in two versions, by catalogue and function.
KNOWN = [
    ("v12", "v13", "FREED-NOT-NULLED", "kvm_create_rec", "fixed"),
    ("v12", "v13", "WARN-NORETURN", "realm_destroy_private_granule", "fixed"),
    ("v12", "v13", "WARN-NORETURN", "realm_create_protected_data_granule", "fixed"),
    ("v12", "v13", "WARN-NORETURN", "realm_map_protected", "still"),
    ("v12", "v13", "RETURN0-ON-RMI-FAILURE", "realm_map_protected", "still"),
    ("v12", "v13", "RMI-ERR-IGNORED", "realm_map_non_secure", "still"),
    ("v12", "v13", "OUT-ON-ERROR", "realm_set_ipa_state", "still"),
    ("v12", "v13", "END-OR-BIT", "realm_unmap_shared_range", "still"),
    ("v12", "v13", "IGNORED-TOPUP", "kvm_complete_ripas_change", "still"),
    # v13 is the first for RMM 2.0, whose memory is tracked in regions
    ("v12", "v13", "RMI-RANGE-WIDEN", "rmi_verify_memory_tracking", "new"),
    # rme.c became rmi.c, and what was in 15/43 came with 17/46 then
    ("v10", "v12", "FREED-NOT-NULLED", "kvm_create_rec", "still"),
    ("v10", "v12", "WARN-NORETURN", "realm_destroy_private_granule", "moved"),
    ("v10", "v12", "END-OR-BIT", "realm_unmap_shared_range", "moved"),
]


def test_what_is_known_of_the_real_series(shared: Path, linted: Lint) -> None:
    wrong = []
    for old, new, catalogue, function, said in KNOWN:
        changes = compare(*(linted(shared / "corpus" / f"cca-kvm-{v}.mbox") for v in (old, new)))
        lists = {
            "fixed": changes.fixed,
            "still": [pair.new for pair in changes.still],
            "moved": [pair.new for pair in changes.moved],
            "new": changes.new,
        }
        found = {
            name
            for name, findings in lists.items()
            for f in findings
            if catalogue in f.catalogue and f.function == function
        }
        if found != {said}:
            wrong.append((old, new, catalogue, function, found))
    assert not wrong


def test_functions_that_are_gone_are_told(shared: Path, linted: Lint) -> None:
    changes = compare(*(linted(shared / "corpus" / f"cca-kvm-{v}.mbox") for v in ("v12", "v13")))
    functions = {f.function for f in changes.fixed if f.fingerprint in changes.dropped}
    assert functions == {
        "realm_destroy_private_granule",
        "realm_create_protected_data_granule",
    }


# -- the command -----------------------------------------------------------------------


def variants(folder: Path) -> tuple[str, str]:
    """The sample as v1, and as v2 with one hazard mended and another brought."""
    text = SAMPLE.read_text(encoding="utf-8")
    old, new = folder / "v1.mbox", folder / "v2.mbox"
    old.write_text(text.replace("[PATCH v2 ", "[PATCH "), encoding="utf-8")
    mended = text.replace("\n+\tlast = ALIGN(last, LEND_UNIT);", "\n+\t(void)LEND_UNIT;")
    assert mended != text
    new.write_text(mended.replace("+\t\tbase = next;", "+\t\tbase = next; "), encoding="utf-8")
    return str(old), str(new)


def run(*options: str) -> int:
    return cli.main(["--no-config", *options])


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = variants(tmp_path)
    assert run("--since", old, new) == 1
    out = capsys.readouterr().out.splitlines()
    at = out.index("Fixed since v1 (1)")
    assert out[at + 1].startswith("drivers/firmware/rmi_lend.c:19:2: error: `last` is rounded up")
    assert out[at + 1].endswith("[widened-range] (1/3)")
    assert out[at + 3] == "Still there (6)"
    # below lend_probe() in the same patch
    assert out[at + 5].endswith("[warn-as-status] (1/3, 1/3 in v1, gone in 3/3)")
    assert out[-1] == "1 fixed, 6 still there"


def test_a_fixed_series_is_a_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = variants(tmp_path)
    select = ("--select", "widened-range")
    Path(new).write_text(Path(new).read_text().replace("ALIGN_DOWN(first, LEND_UNIT)", "first"))
    assert run(*select, "--since", old, new) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "2 fixed"


def test_what_a_baseline_holds_is_not_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = variants(tmp_path)
    known = str(tmp_path / "known")
    assert run("--write-baseline", known, old) == 0
    capsys.readouterr()
    assert run("--baseline", known, "--since", old, new) == 0
    assert capsys.readouterr().out == "nothing found\n"


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = variants(tmp_path)
    assert run("--format", "json", "--since", old, new) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["format"] == "rmilint-since/1"
    assert (found["old"]["version"], found["new"]["version"]) == ("v1", "v2")
    assert found["summary"] == {"fixed": 1, "still_there": 6, "moved": 0, "added": 0}
    (fixed,) = found["fixed"]
    assert (fixed["line"], fixed["rule"], fixed["function_gone"]) == (19, "widened-range", False)
    assert len(found["still_there"]) == 6 and found["moved"] == found["added"] == []
    assert all(pair["old"]["rule"] == pair["new"]["rule"] for pair in found["still_there"])


def test_mail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = variants(tmp_path)
    folder = str(tmp_path / "drafts")
    assert run("--format", "mail", "--out-dir", folder, "--since", old, new) == 1
    path = Path(capsys.readouterr().out.strip())
    assert path.name == "0000-re-firmware-rmi-lend-lend-memory-to-realms.eml"
    text = path.read_text(encoding="utf-8")
    assert text.startswith(
        "Subject: Re: [PATCH v2 0/3] firmware: rmi_lend: Lend memory to realms\n"
    )
    assert "In-Reply-To: <20260302120000.0-ada@example.org>\n" in text
    assert "Compared with v1, as far as rmilint can tell: 1 fixed, 6 still there.\n" in text


def test_patches_that_are_missing_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = variants(tmp_path)
    mails = Path(new).read_text().split("\nFrom ")
    Path(new).write_text("\nFrom ".join([*mails[:2], *mails[3:]]))
    run("--since", old, new)
    assert "rmilint: v2: only 2 of 3 patches are here: firmware:" in capsys.readouterr().err


def test_versions_that_are_numbered_alike_are_called_by_their_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, new = variants(tmp_path)
    assert run("--since", str(SAMPLE), new) == 1
    assert "Fixed since lend-v2.mbox (1)\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--diff"], "--since does not go with --diff"),
        (["--write-baseline", "x"], "--since does not go with --write-baseline"),
        (["--format", "html"], "--since writes text, json, mail, not html"),
    ],
)
def test_options_that_do_not_go_together(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--since", str(SAMPLE), *options, str(SAMPLE)) == 2
    assert capsys.readouterr().err == f"rmilint: {said}\n"


def test_an_old_version_that_holds_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "old").write_text("From: A <a@x.org>\nSubject: hello\n\nhow are you\n")
    assert run("--since", str(tmp_path / "old"), str(SAMPLE)) == 2
    err = capsys.readouterr().err.splitlines()
    assert err == [
        f"rmilint: {tmp_path / 'old'}: no patch in it",
        "rmilint: --since: nothing to compare with",
    ]
    assert run("--since", str(tmp_path / "absent"), str(SAMPLE)) == 2
    assert "absent: No such file" in capsys.readouterr().err


def test_titles() -> None:
    def title(subject: str) -> str:
        return since.title(PatchRef(1, 2, subject, ""))

    assert title("[PATCH v10 10/43] arm64: RME: RTT tear down") == "rtt tear down"
    assert title("[PATCH v12 10/46] arm64: RMI: RTT tear down.") == "rtt tear down"
    assert since.title(None) == ""
