"""Forecasts as a service: the doors, the stages in their order, the numbers of many series, the picture."""
