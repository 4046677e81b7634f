"""SMCs: the conduit's macros, and the commands' own names where the series brings no wrapper.

An SMC is an event `smc` with the command's name, X0 and X1.., and what came back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from linter.witness.ctype import INT, ULONG, Pointer, Record
from linter.witness.firmware import Unanswerable
from linter.witness.kernel.state import Ram, state_of
from linter.witness.kernel.table import NOTHING, word
from linter.witness.outcome import Stop
from linter.witness.value import WORD, Unknown, Value, convert, integer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linter.witness.firmware import Firmware
    from linter.witness.run import Run
    from linter.witness.vocabulary import CallSite, Entry
    from replay.spec.table import Command

Some = Value | Unknown

_REGISTERS: Final = 18  # of struct arm_smccc_1_2_regs
_ANSWERED: Final = 8  # X0 to X7
_BASIC: Final = 4  # of struct arm_smccc_res


def issue(run: Run, fid: int, x: Sequence[int]) -> list[int]:
    """Issues an SMC and gives X0 to X7; Stop where the model cannot tell."""
    state = state_of(run)
    if state.firmware is None:
        raise Stop("an SMC, and there is no firmware")
    if state.firmware.host is None:
        state.firmware.host = Ram(state, run.memory)
    run.smc()
    command = state.firmware.command(fid)
    name = hex(fid) if command is None else command.name
    try:
        r = state.firmware.smc(fid, [value & WORD for value in x])
    except Unanswerable as error:
        raise Stop(str(error)) from None
    shown = len(x) if command is None else len(command.inputs)
    run.event("smc", name, fid=fid, x=list(x[:shown]), r=r)
    return r


def _inputs(run: Run, fid: int, args: Sequence[Some]) -> list[int]:
    """X1.. as numbers; those behind the command's inputs may be unknown, nobody looks at them."""
    state = state_of(run)
    command = None if state.firmware is None else state.firmware.command(fid)
    wanted = len(args) if command is None else len(command.inputs)
    names = () if command is None else command.inputs
    found = []
    for at, value in enumerate(args):
        value = run.settle(value)
        if isinstance(value, Unknown) and at >= wanted:
            found.append(0)
            continue
        what = f"`{names[at]}`" if at < len(names) else f"X{at + 1}"
        found.append(run.number(value, f"{what} of the SMC"))
    return found


# --- the conduit -----------------------------------------------------------------------------


@word("arm_smccc_1_1_invoke", "arm_smccc_1_1_smc", "arm_smccc_smc", "__arm_smccc_smc")
def smccc_1_1(run: Run, args: list[Some], site: CallSite) -> Some:
    """`(fid, x1.., &res)`: a0 to a3 of struct arm_smccc_res are written."""
    if not args:
        raise Stop(f"{site.name}() without arguments")
    *inputs, res = args
    if site.name.endswith("arm_smccc_smc"):
        inputs = inputs[:8]  # then the result, and a quirk
        res = args[8] if len(args) > 8 else res
    if not isinstance(res.ctype, Pointer) or not inputs:
        inputs, res = args, integer(0)  # without a result
    fid = run.number(inputs[0], "the function of the SMC") & WORD
    r = issue(run, fid, _inputs(run, fid, inputs[1:]))
    address = run.follow(res)
    if address:
        for number in range(_BASIC):
            run.store(address + 8 * number, ULONG, integer(r[number], ULONG))
    return NOTHING


@word("arm_smccc_1_2_smc", "arm_smccc_1_2_invoke", "arm_smccc_1_2_hvc")
def smccc_1_2(run: Run, args: list[Some], site: CallSite) -> Some:
    """`(&args, &res)`: a0 to a17; those behind X7 come back as they were."""
    if len(args) != 2:
        raise Stop(f"{site.name}() takes 2 arguments, not {len(args)}")
    source, to = run.follow(args[0]), run.follow(args[1])
    given = [run.load(source + 8 * n, ULONG, f"a{n}") for n in range(_REGISTERS)]
    fid = run.number(given[0], "the function of the SMC")
    r = issue(run, fid, _inputs(run, fid, given[1:_ANSWERED]))
    for number, old in enumerate(given):
        new = integer(r[number], ULONG) if number < _ANSWERED else old
        run.store(to + 8 * number, ULONG, new)
    return NOTHING


# --- commands by name ------------------------------------------------------------------------


def command_of(firmware: Firmware | None, name: str) -> Command | None:
    """The command that `rmi_rtt_create` stands for; None for another name."""
    if firmware is None or not name.startswith("rmi_"):
        return None
    return firmware.named(name.upper())


def wrapper(command: Command) -> Entry:
    """`rmi_foo_bar(a, b, &c)`: RMI_FOO_BAR with its inputs, then pointers for its outputs."""

    def entry(run: Run, args: list[Some], site: CallSite) -> Some:
        count = len(command.inputs)
        outs = args[count:]
        if len(args) < count or len(outs) > len(command.outputs):
            raise Stop(
                f"{site.name}() has {len(args)} arguments; {command.name} has {count} inputs and"
                f" {len(command.outputs)} outputs"
            )
        for out in outs:
            if not isinstance(out.ctype, Pointer):
                raise Stop(f"{site.name}(): {out} is no place for an output")
            if isinstance(out.ctype.to, Record):
                raise Stop(f"{site.name}(): outputs in a struct are not known")
        r = issue(run, command.fid, _inputs(run, command.fid, args[:count]))
        for number, out in enumerate(outs, 1):
            address = run.follow(out)
            assert isinstance(out.ctype, Pointer)
            if address:
                to = out.ctype.to
                run.store(address, to, convert(integer(r[number], ULONG), to))
        return integer(r[0], INT)

    return entry
