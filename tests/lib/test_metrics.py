from itertools import count

import pytest

from ventanilla.lib import metrics

names = (f"test_{number}" for number in count())


@pytest.fixture
def name() -> str:
    """A name of its own: figures last as long as the process."""
    return next(names)


def shown(name: str) -> list[str]:
    return [line for line in metrics.expose().decode().splitlines() if line.startswith(name)]


def test_a_counter_is_shown_with_its_labels(name):
    kept = metrics.counter(name, "Mails kept", ["source"])

    kept.labels("smtp").inc()
    kept.labels("smtp").inc()

    assert f'ventanilla_{name}_total{{source="smtp"}} 2.0' in shown("ventanilla_")


def test_a_histogram_counts_into_buckets_of_seconds(name):
    took = metrics.histogram(name, "Time to answer")

    took.observe(0.3)

    assert f'ventanilla_{name}_bucket{{le="0.25"}} 0.0' in shown("ventanilla_")
    assert f'ventanilla_{name}_bucket{{le="0.5"}} 1.0' in shown("ventanilla_")


def test_a_gauge_is_read_at_each_exposition(name):
    readings = iter([3, 4])
    metrics.gauge(name, "Mails waiting", lambda: next(readings))

    assert shown(f"ventanilla_{name}") == [f"ventanilla_{name} 3.0"]
    assert shown(f"ventanilla_{name}") == [f"ventanilla_{name} 4.0"]


def test_a_gauge_may_have_labels(name):
    metrics.gauge(name, "Waiting", lambda: {("mail",): 2, ("chat",): 0}, labels=["lane"])

    assert shown(f"ventanilla_{name}") == [
        f'ventanilla_{name}{{lane="mail"}} 2.0',
        f'ventanilla_{name}{{lane="chat"}} 0.0',
    ]


def test_a_gauge_that_fails_is_left_out_and_the_others_stay(name, capsys):  # R60
    def broken():
        raise RuntimeError("the database is away")

    other = next(names)
    metrics.gauge(name, "Broken", broken)
    metrics.gauge(other, "Whole", lambda: 1)

    assert shown(f"ventanilla_{name} ") == []
    assert shown(f"ventanilla_{other} ") == [f"ventanilla_{other} 1.0"]
    assert "the database is away" in capsys.readouterr().err


def test_the_process_itself_is_measured():
    assert shown("process_resident_memory_bytes")
