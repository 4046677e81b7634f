"""Judges traces of SMCs against a model of the RMM."""
