"""Figures for Prometheus. Each process counts its own; gauges are read when they are asked for.

KEPT = metrics.counter("mails_kept", "Mails kept, by how they came", ["source"])
KEPT.labels("smtp").inc()

metrics.gauge("mails_parked", "Mails that could not be read", parked.count)
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import structlog
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily

CONTENT_TYPE = CONTENT_TYPE_LATEST
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

Reading = float | Mapping[tuple[str, ...], float]

logger = structlog.get_logger(__name__)
_registry = CollectorRegistry()
ProcessCollector(registry=_registry)
PlatformCollector(registry=_registry)


def counter(name: str, meaning: str, labels: Sequence[str] = ()) -> Counter:
    """Return a counter `ventanilla_<name>_total`. Call it once, at the module's top."""
    return Counter(f"ventanilla_{name}", meaning, labels, registry=_registry)


def histogram(
    name: str, meaning: str, labels: Sequence[str] = (), buckets: Sequence[float] = SECONDS
) -> Histogram:
    """Return a histogram `ventanilla_<name>`; its buckets suit seconds unless told otherwise."""
    return Histogram(f"ventanilla_{name}", meaning, labels, buckets=buckets, registry=_registry)


def gauge(name: str, meaning: str, read: Callable[[], Reading], labels: Sequence[str] = ()) -> None:
    """Show `ventanilla_<name>`, which `read` tells at each exposition.

    read   a number; or with labels, numbers by tuples of their values. Should take under 10 ms.
           If it raises, this gauge is left out and the log says why.
    """
    _registry.register(_Gauge(f"ventanilla_{name}", meaning, read, labels))


def expose() -> bytes:
    """Return all figures of this process as text, of type CONTENT_TYPE."""
    return generate_latest(_registry)


class _Gauge:
    def __init__(self, name: str, meaning: str, read: Callable[[], Reading], labels: Sequence[str]):
        self._name, self._meaning, self._read, self._labels = name, meaning, read, labels

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Say the name, for which the registry would otherwise read the gauge."""
        yield GaugeMetricFamily(self._name, self._meaning, labels=self._labels)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        family = GaugeMetricFamily(self._name, self._meaning, labels=self._labels)
        try:
            reading = self._read()
        except Exception:
            logger.exception("gauge_failed", gauge=self._name)
            return
        values = reading if isinstance(reading, Mapping) else {(): reading}
        for labels, value in values.items():
            family.add_metric(labels, value)
        yield family
