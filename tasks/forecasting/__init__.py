"""Forecasting in the stages of Nexus: series, the text about them, and small decisions that code turns into numbers."""
