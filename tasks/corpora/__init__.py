"""Public data sets read into conversations with known truth."""
