"""Warnings, bugs, messages.

A WARN that fires is an event `warn` with its condition as written; the run goes on, as the
kernel does without panic_on_warn.  What only prints evaluates nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.witness.ctype import BOOL, INT
from linter.witness.kernel.table import NOTHING, raw
from linter.witness.outcome import Fault, Stop
from linter.witness.value import Unknown, Value, integer

if TYPE_CHECKING:
    from linter.witness.run import Run
    from linter.witness.vocabulary import CallSite, Entry

Some = Value | Unknown

_PRINTS = regex(
    r"^(?:pr|dev|kvm|vcpu|netdev)_(?:emerg|alert|crit|err|warn|notice|info|debug|dbg|cont|unimpl"
    r"|pr_unimpl)(?:_once|_ratelimited)?$|^_?printk|^trace_(?!.*_enabled$)"
)


@raw("WARN_ON", "WARN_ON_ONCE", "WARN", "WARN_ONCE", "WARN_RATELIMIT", "WARN_ON_RATELIMIT",
     "WARN_TAINT", "WARN_TAINT_ONCE", "VM_WARN_ON", "VM_WARN_ON_ONCE", "WARN_ON_SMP",
     "KVM_MMU_WARN_ON", "KVM_BUG_ON", "KVM_BUG", "VM_BUG_ON", "lockdep_WARN_ON")  # fmt: skip
def warn(run: Run, args: list[Some], site: CallSite) -> Some:
    """The truth of the condition; if it is true, a warning."""
    if not site.raw:
        raise Stop(f"{site.name}() without a condition")
    condition = " ".join(site.texts[0].split())
    true = run.truth(run.evaluate(site.raw[0]), condition)
    if true:
        message = next((t for t in site.texts[1:] if t.startswith('"')), "")
        run.event("warn", f"{site.name}({condition})", condition=condition, message=message)
    return integer(true, BOOL if site.name.startswith("KVM_BUG") else INT)


@raw("BUG_ON")
def bug_on(run: Run, args: list[Some], site: CallSite) -> Some:
    condition = " ".join(site.texts[0].split())
    if run.truth(run.evaluate(site.raw[0]), condition):
        raise Fault(f"BUG_ON({condition})")
    return NOTHING


@raw("BUG", "panic", "BUILD_BUG", "nmi_panic")
def bug(run: Run, args: list[Some], site: CallSite) -> Some:
    raise Fault(f"{site.name}({', '.join(site.texts[:1])})")


@raw("BUILD_BUG_ON", "BUILD_BUG_ON_MSG", "static_assert", "BUILD_BUG_ON_NOT_POWER_OF_2",
     "dump_stack", "add_taint", "WARN_ON_FUNCTION_MISMATCH", "kasan_unpoison_range")  # fmt: skip
def compiled(run: Run, args: list[Some], site: CallSite) -> Some:
    """What the compiler has decided (it compiled), or what leaves no mark here."""
    return NOTHING


@raw("__ratelimit", "printk_ratelimit")
def ratelimit(run: Run, args: list[Some], site: CallSite) -> Some:
    return run.unknown(INT, f"{site.name}()")


def printer(name: str) -> Entry | None:
    """The entry for what only prints: `pr_err`, `kvm_info`, `trace_x`; None for other names."""
    return _print if _PRINTS.search(name) else None


def _print(run: Run, args: list[Some], site: CallSite) -> Some:
    message = next((t for t in site.texts if t.startswith('"')), "")
    run.event("print", message, by=site.name)
    return NOTHING
