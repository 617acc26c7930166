"""Conversations with known truth, generated from the schemas of real tools."""
