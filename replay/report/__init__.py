"""What `replay` prints: `text` for people, `json` for programs."""
