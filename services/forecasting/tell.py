"""The words of a forecast: an explanation whose every number is proven to be in the forecast."""

from divisi.services.forecasting.adjust import Settled
from divisi.tasks.forecasting.explanation import Told, check_explanation, explain
from divisi.tasks.forecasting.frequency import Dates, as_dates, read_frequency, shown_date


def tell(
    settled: Settled, ahead: Dates, freq: str | int, *, name: str, unit: str, repairs: int
) -> tuple[str, tuple[str, ...]]:
    """The explanation, and what its checker found wrong with it; nothing, as long as code writes it."""
    frequency = read_frequency(freq)
    level = min(settled.bands)
    low, high = settled.bands[level]
    told = Told(
        name=name,
        unit=unit,
        dates=tuple(shown_date(date, frequency) for date in as_dates(ahead)),
        pool=settled.pool.tolist(),
        final=settled.final.tolist(),
        low=low.tolist(),
        high=high.tolist(),
        level=int(level) if level == int(level) else level,
        outcomes=settled.outcomes,
        models=tuple(model for model, weight in settled.weights.items() if weight),
        repairs=repairs,
    )
    text = explain(told)
    return text, tuple(
        f"the explanation fails its check: {problem}" for problem in check_explanation(text, told).problems
    )
