"""One folder a hazard; `registry` finds and loads them."""
