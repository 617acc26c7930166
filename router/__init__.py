"""Which specialists answer: decides on plain values, runs no model."""
