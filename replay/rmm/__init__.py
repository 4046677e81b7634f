"""The RMM as a model: its state, and what each command does to it."""
