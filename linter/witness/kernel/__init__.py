"""The kernel around a patch: functions, macros, constants that a series uses and does not define.

`linux.Linux` is all of it, as the interpreter asks for it (`vocabulary.Kernel`).  What C says
best is C (`prelude.h`); what the interpreter must know by itself is a few lines of Python each,
by topic.  What stands nowhere here is not known, and stops a run.
"""
