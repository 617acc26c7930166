"""WHEN to train what: entropy-aware, structured-first. Decides on plain values."""
