"""What a realm does while its REC runs, and what the RMM must make of it.

`entry` completes what an earlier exit left open, `steps` goes through what the realm
did, `rsi`, `psci` and `aborts` say what each of its acts may lead to, `leave` keeps
what the exit leaves behind.  A realm may do what it likes; only what the RMM answers,
or tells the host, can be wrong.
"""
