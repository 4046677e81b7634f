"""docs/commands.md: everything of a table is on its page, and Markdown leaves it whole."""

from __future__ import annotations

import re

from replay.spec.docs import page
from replay.spec.generate import FOLDERS, PAGE, read_file, tables
from replay.spec.grammar import parse_table

TABLE = """\
command RMI_B 0xC4000151 for 2.0-bet0
  unknown
command RMI_A 0xC4000150
  in    rd level:int64
  out   top
  gate  init
  optional
  let   p = Obj(rd)   before
  fail  one : rd | 1 == 3 => RMI_ERROR_RTT[level] with top == rd -- a *bit* | of <rd>
  fail  two : p.n == 1 => RMI_ERROR_REALM[0] -- the realm
  may   sbz : level == 1 => RMI_ERROR_INPUT -- it may refuse
  order one < two
  do    thing(rd)
  ok    it [works]
  stage end
  fail  late : rd == 2 => RMI_BUSY
  sequence late
  do    end()
"""

EXPECTED = r"""## RMM 2.0

### RMI_A, RMM 2.0

Function `0xC4000150`; inputs X1 `rd`, X2 `level` (signed); outputs X1 `top`.

Served before RMI_RMM_ACTIVATE only; afterwards RMI_ERROR_GLOBAL.

An implementation may lack it and answer -1.

* `p` is `Obj(rd)`, as it was before the call

| Condition | Holds if | Result | Meaning |
|---|---|---|---|
| `one` | `rd \| 1 == 3` | `RMI_ERROR_RTT[level]`, `top == rd` | a \*bit\* \| of \<rd\> |
| `two` | `p.n == 1` | `RMI_ERROR_REALM` | the realm |

Order: `one` before `two`.

Permitted as well:

| Case | Holds if | Result | Meaning |
|---|---|---|---|
| `sbz` | `level == 1` | `RMI_ERROR_INPUT` | it may refuse |

Success:

* it \[works\]

#### RMI_A, RMM 2.0: stage end

| Condition | Holds if | Result | Meaning |
|---|---|---|---|
| `late` | `rd == 2` | `RMI_BUSY` |  |

Order: the reference checks them as they stand here.

### RMI_B (2.0-bet0), RMM 2.0

Function `0xC4000151`; no inputs.

Known by name only: a call of it is reported as unknown.
"""


def test_a_page() -> None:
    text = page({"rmm-2.0": parse_table(TABLE, "t.rmi")})
    assert text[text.index("## RMM 2.0") :] == EXPECTED


def test_every_command_and_condition_is_on_the_page_that_is_committed() -> None:
    sections = re.split(r"^### ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    by_title = {section.partition("\n")[0]: section for section in sections}
    assert len(by_title) == len(sections)  # links to a command would be ambiguous
    count = 0
    for folder in FOLDERS:
        for path in tables(folder):
            for source in read_file(folder, path.name):
                variant = f" ({', '.join(source.versions)})" if source.versions else ""
                title = f"{source.name}{variant}, RMM {folder.removeprefix('rmm-')}"
                section = by_title[title]
                assert f"`0x{source.fid:X}`" in section
                for part in source.parts():
                    assert all(f"| `{row.id}` |" in section for row in part.rows)
                count += 1
    assert count == len(by_title)


def test_every_row_of_a_table_has_its_four_cells() -> None:
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) == 5, line
