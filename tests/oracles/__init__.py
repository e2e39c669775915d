"""Published and exactly computed answers, held against the public API."""
