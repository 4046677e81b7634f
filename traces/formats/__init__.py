"""One module a format: bytes to calls and events, and back."""
