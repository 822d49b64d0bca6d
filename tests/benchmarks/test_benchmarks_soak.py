"""The soak by itself: a few things done, with everything it looks at, and what it would complain of."""

from __future__ import annotations

from collections import Counter

import pytest
from support import MODELS

from benchmarks.section import as_markdown
from benchmarks.soak import MOST_GROWTH, Seen, growth, leaks, section_of, soak


def test_a_few_things_go_without_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions, streams, uploads, deletions, faults: answers hold to the contract, and it ends by itself."""
    monkeypatch.setenv("QA_MODELS_DIR", str(MODELS))
    seen = soak(minutes=5, users=2, seed=3, most_acts=40)
    assert seen.wrong == []
    assert sum(seen.counts[act] for act in ("ask", "stream", "leave", "bring", "take_out", "bother")) == 40
    assert seen.counts["answered"] > 5
    assert seen.counts["bring"] > 0
    assert seen.looks
    assert "| errors outside them | 0 | 0 |" in as_markdown(section_of(seen, 0.1))


def test_what_grows_is_called_a_leak() -> None:
    """From the second quarter to the last; what was taken to warm up is none."""
    steady = [dict.fromkeys(MOST_GROWTH, 10.0) for _ in range(12)]
    steady[0] = dict.fromkeys(MOST_GROWTH, 0.0)
    assert leaks(Seen(Counter(), looks=steady)) == []
    growing = [{name: number * MOST_GROWTH[name] for name in MOST_GROWTH} for number in range(12)]
    assert [line.split()[0] for line in leaks(Seen(Counter(), looks=growing))] == list(MOST_GROWTH)
    assert growth(growing)["threads"] == (4 * MOST_GROWTH["threads"], 10 * MOST_GROWTH["threads"])
