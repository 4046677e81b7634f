"""A compiler beside the interpreter: what gcc makes of a text is what must come out."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path

import pytest

# Sizes and signs as arm64 Linux has them; DEFINE_FREE as linux/cleanup.h has it, by name.
PRELUDE = """
#include <stdbool.h>
#include <stddef.h>
#define fallthrough __attribute__((__fallthrough__))
#define __free(name) __attribute__((cleanup(__free_##name)))
#define DEFINE_FREE(name, type, body) static void __free_##name(type *p) { type _T = *p; body; }
typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32;
typedef unsigned long long u64; typedef signed char s8; typedef short s16; typedef int s32;
typedef long long s64;
"""


class Compiler:
    def __init__(self, path: Path, folder: Path) -> None:
        self._gcc = path
        self._folder = folder
        self._count = 0

    def __call__(self, source: str) -> ctypes.CDLL:
        """The functions of a C text."""
        self._count += 1
        out = self._folder / f"{self._count}.so"
        flags = ["-shared", "-fPIC", "-O0", "-w", "-funsigned-char", "-fwrapv", "-std=gnu11"]
        subprocess.run(
            [str(self._gcc), *flags, "-x", "c", "-", "-o", str(out)],
            input=(PRELUDE + source).encode(),
            check=True,
        )
        return ctypes.CDLL(str(out))


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compiler:
    gcc = shutil.which("gcc")
    if gcc is None or ctypes.sizeof(ctypes.c_long) != 8:
        pytest.skip("no gcc for a machine with 64 bits")
    return Compiler(Path(gcc), tmp_path_factory.mktemp("gcc"))
