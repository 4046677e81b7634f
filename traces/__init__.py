"""Traces of SMCs: what one is, how it is read and written."""
