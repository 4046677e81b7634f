"""`--thread`: what the reviewers of a series said, where, and what the linter says of it."""
