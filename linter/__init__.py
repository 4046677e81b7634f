"""Finds hazards of the Arm CCA host code in patch series for Linux."""

__version__ = "0.1.0"  # of the project, and so of both commands
