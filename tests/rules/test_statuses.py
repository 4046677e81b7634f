"""What rules about statuses and errnos say of hunks, and of comments: examples cannot show it."""

from __future__ import annotations

from pathlib import Path

import pytest

from linter.check import lint_files, lint_mails
from linter.intake.mail import read_path
from rules.registry import Rule, load

RULES = {rule.name: rule for rule in load()}

HEAD = """\
From: A B <a@b.c>
Date: Mon, 1 Jan 2024 10:00:00 +0000
Message-Id: <1@b.c>
Subject: [PATCH {index}/2] KVM: arm64: run a REC

text

---
diff --git a/arch/arm64/kvm/run.c b/arch/arm64/kvm/run.c
--- a/arch/arm64/kvm/run.c
+++ b/arch/arm64/kvm/run.c
"""

ENTER = """\
@@ -100,5 +100,8 @@ int run_loop(struct kvm_vcpu *v)
 \t\tbefore(v);
 \t\ttrace(v);
-\t\tcode = enter_guest(v);
+\t\tif (vcpu_is_rec(v))
+\t\t\tcode = kvm_rec_enter(v);
+\t\telse
+\t\t\tcode = enter_guest(v);
 \t\tafter(v);
 \t\tcount(v);
"""

READ = """\
@@ -120,5 +123,5 @@ int run_loop(struct kvm_vcpu *v)
 \t\tlong_before(v);
 \t\tshort_before(v);
-\t\tif (ARM_EXCEPTION_CODE(code) == 0)
+\t\tif (ARM_EXCEPTION_CODE(code) == ARM_EXCEPTION_IRQ)
 \t\t\ttake(v);
 \t\tmore(v);
"""


def series(tmp_path: Path, name: str, *bodies: str) -> list[tuple[int, int]]:
    """(patch, line) of what a rule says of a series of one patch a body."""
    for index, body in enumerate(bodies, 1):
        source = f"{HEAD.format(index=index)}{body}-- \n2.40\n"
        (tmp_path / f"{index}.patch").write_text(source, encoding="ascii")
    mails = [m for p in sorted(tmp_path.glob("*.patch")) for m in read_path(str(p))]
    found = lint_mails(mails, [RULES[name]]).findings
    return [(f.patch.index if f.patch else 0, f.line) for f in found]


def test_an_exit_code_is_read_in_another_hunk(tmp_path: Path) -> None:
    assert series(tmp_path, "status-as-exit-code", ENTER + READ) == [(1, 125)]


def test_a_hunk_of_another_function_tells_nothing(tmp_path: Path) -> None:
    other = READ.replace("run_loop", "run_other")
    assert series(tmp_path, "status-as-exit-code", ENTER + other) == []


def test_a_variable_that_is_set_again_is_no_status(tmp_path: Path) -> None:
    again = READ.replace("-\t\tif", "-\t\tunused();\n-\t\tif").replace(
        "short_before(v)", "code = 1"
    )
    again = again.replace("-120,5", "-120,6")
    assert series(tmp_path, "status-as-exit-code", ENTER + again) == []


def test_context_lines_are_not_reported(tmp_path: Path) -> None:
    context = READ.replace("-\t\tif", "-\t\tgone();\n ..if").replace("\n ..if", "\n \t\tif")
    lines = [line for line in context.splitlines() if not line.startswith(("+\t", "-\t"))]
    lines[0] = "@@ -120,5 +123,6 @@ int run_loop(struct kvm_vcpu *v)"
    lines.insert(2, "+\t\tnew(v);")
    assert series(tmp_path, "status-as-exit-code", ENTER + "\n".join(lines) + "\n") == []


FAULT = """\
@@ -10,3 +10,7 @@ static int fault(struct kvm_vcpu *v)
 \tint err;
 \tcount(v);
+\tif (differs(v)) {
+\t\tkvm_prepare_memory_fault_exit(v, 0, 1, 0, 0, 1);
+\t\treturn 0;
+\t}
 \terr = realm_map(v);
"""

IOCTL = """\
@@ -10,3 +10,5 @@ long ioctl(struct kvm *kvm, int nr)
 \tcase REALM_FILL:
+\t\tif (!kvm_is_realm(kvm))
+\t\t\treturn -EPERM;
 \t\treturn fill(kvm);
 \tdefault:
"""


@pytest.mark.parametrize(
    ("name", "body", "line"),
    [("memory-fault-return", FAULT, 14), ("eperm-for-vm-type", IOCTL, 12)],
)
def test_a_hunk_is_enough(tmp_path: Path, name: str, body: str, line: int) -> None:
    assert series(tmp_path, name, body) == [(1, line)]


BOTH = """\
{comment}
static long activate(struct realm *r)
{{
	if (!r->page)
		return -ENOMEM;
	return rmi_realm_activate(r->rd_pa);
}}
"""


@pytest.mark.parametrize(
    ("comment", "count"),
    [
        ("/* Returns 0, a positive RMI status or a negative errno. */", 0),
        ("/* Return: RMI return code, or -ENOMEM. */", 0),
        ("/* Activates the realm. */", 1),
        ("", 1),
    ],
)
def test_a_comment_may_promise_both(tmp_path: Path, comment: str, count: int) -> None:
    assert len(of_file(tmp_path, RULES["status-or-errno"], BOTH.format(comment=comment))) == count


def of_file(tmp_path: Path, rule: Rule, source: str) -> list[int]:
    path = tmp_path / "rmi.c"
    path.write_text(source, encoding="ascii")
    return [f.line for f in lint_files([str(path)], [rule]).findings]
