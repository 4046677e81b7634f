"""A witness: the function that a finding is about, run against the model of the RMM."""
