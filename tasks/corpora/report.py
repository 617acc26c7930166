"""What reading a data set kept, and what it left out for which reason."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One record that gave nothing, and why; a reader yields it in place of what it could not read."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """Counts of one reading.

    Attributes:
        kept: source -> kind -> how many conversations.
        left_out: source -> reason -> how many records.
    """

    kept: Mapping[str, Counter[str]] = field(default_factory=dict)
    left_out: Mapping[str, Counter[str]] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """One line a source, for a log or a screen."""
        return [
            f"source={source} kept={kinds.total()} {_counts(kinds)} left_out={_counts(self.left_out[source]) or 0}"
            for source, kinds in self.kept.items()
        ]


def _counts(counter: Counter[str]) -> str:
    return " ".join(f"{name.replace(' ', '_')}={count}" for name, count in counter.most_common())
