"""Traces of SMCs: what one is (`event`), how it is read and written (`formats`)."""
