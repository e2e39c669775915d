"""The invented program behind `sample:`: who works in it, what they do, and what goes wrong."""
