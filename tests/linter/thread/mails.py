"""A small thread, written for the tests: two patches of a toy driver, and what is said of them."""

from __future__ import annotations

from linter.check import lint_mails
from linter.finding import Report
from linter.intake.mail import read_mails
from linter.thread.read import Thread, read
from rules.registry import load

SOURCE = """\
// SPDX-License-Identifier: GPL-2.0
#include <linux/memblock.h>
#include <asm/rmi_cmds.h>

#define TOY_REGION\tSZ_1G

int toy_give(phys_addr_t start, phys_addr_t end)
{
\tunsigned long top;
\tint ret;

\tstart = ALIGN_DOWN(start, TOY_REGION);

\tret = rmi_granule_range_delegate(start, end, &top);
\tif (ret)
\t\treturn -EIO;
\treturn 0;
}
""".splitlines()

FIRST = "[PATCH 1/2] firmware: toy: Give memory"
SECOND = "[PATCH 2/2] firmware: toy: Say hello"


def mail(number: int, subject: str, body: str, parent: int = 0, name: str = "Ada Author") -> str:
    """One mail of the mbox; its Message-ID is `<number>@toy`."""
    answers = f"In-Reply-To: <{parent}@toy>\n" if parent else ""
    return (
        "From mboxrd@z Thu Jan  1 00:00:00 1970\n"
        f"From: {name} <{name.split()[0].lower()}@example.org>\n"
        f"Subject: {subject}\nMessage-ID: <{number}@toy>\n{answers}\n{body}\n"
    )


def quoted(lines: list[str], marks: str = "> ") -> str:
    """Lines as a mailer quotes them."""
    return "".join(f"{marks}{line}".rstrip() + "\n" for line in lines)


# The first patch as it was mailed: line n of the file is line n + 6 of this.
DIFF = [
    "diff --git a/drivers/firmware/toy.c b/drivers/firmware/toy.c",
    "new file mode 100644",
    "index 000000000000..1111111111aa",
    "--- /dev/null",
    "+++ b/drivers/firmware/toy.c",
    f"@@ -0,0 +1,{len(SOURCE)} @@",
    *(f"+{line}" for line in SOURCE),
]

# The second one adds a function behind the first: 18 lines were there.
HELLO = [
    "diff --git a/drivers/firmware/toy.c b/drivers/firmware/toy.c",
    "index 1111111111aa..2222222222bb 100644",
    "--- a/drivers/firmware/toy.c",
    "+++ b/drivers/firmware/toy.c",
    "@@ -16,3 +16,8 @@ int toy_give(phys_addr_t start, phys_addr_t end)",
    " \t\treturn -EIO;",
    " \treturn 0;",
    " }",
    "+",
    "+int toy_hello(void)",
    "+{",
    "+\treturn 0;",
    "+}",
]

PATCHES = (
    mail(1, "[PATCH 0/2] firmware: toy", "A toy.\n")
    + mail(2, FIRST, "Give it.\n---\n" + "\n".join(DIFF) + "\n-- \n2.43.0\n", 1)
    + mail(3, SECOND, "Say it.\n---\n" + "\n".join(HELLO) + "\n-- \n2.43.0\n", 1)
)


def lines(first: int, last: int) -> list[str]:
    """Lines of the first patch's file as the patch has them, 1-based, both included."""
    return DIFF[first + 5 : last + 6]


def linted(text: str) -> Report:
    return lint_mails(read_mails(text.encode(), "thread.mbox"), load())


def thread(*replies: str) -> Thread:
    """The thread of the two patches and these replies."""
    return read(0, linted(PATCHES + "".join(replies)), load(), None)


def reply(body: str, *, number: int = 9, parent: int = 2, name: str = "Rita Reviewer") -> str:
    """A reply to the first patch, unless `parent` says otherwise."""
    subject = SECOND if parent == 3 else FIRST
    return mail(number, f"Re: {subject}", body, parent, name)
