"""Reports: how findings are shown, one module a format."""
