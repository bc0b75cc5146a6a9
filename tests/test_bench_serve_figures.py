"""What `llmserve bench serve` makes of answers: metrics, the printed block, the knee, plots."""

import math
from pathlib import Path
from typing import Any

import pytest
from llmserve.bench.serve import flags
from llmserve.bench.serve.metrics import max_concurrent, percentile_name, summarize
from llmserve.bench.serve.report import block, failures
from llmserve.bench.serve.schedule import Load
from llmserve.bench.serve.sweep import knees
from llmserve.bench.serve.wire import Outcome


def outcome(index: int, start: float, ttft: float, itls: list[float], **fields: Any) -> Outcome:
    """A request whose tokens came one by one."""
    fields = {"prompt_tokens": 10, "output_tokens": len(itls) + 1, **fields}
    return Outcome(index, start, ttft=ttft, latency=ttft + sum(itls), itls=itls, **fields)


OUTCOMES = [
    outcome(0, 100.0, 0.1, [0.01, 0.03]),
    outcome(1, 100.5, 0.3, [0.02] * 4),
    outcome(2, 100.2, 0.2, []),
    Outcome(3, 101.0, latency=0.5, error="HTTP 500: Broken."),
]


def test_metrics() -> None:
    found = summarize(OUTCOMES, 2.0, (50.0, 99.9), {"ttft": 250, "e2el": 400})
    assert (found["completed"], found["failed"]) == (3, 1)
    assert (found["total_input_tokens"], found["total_output_tokens"]) == (30, 9)
    assert found["request_throughput"] == pytest.approx(1.5)
    assert found["output_throughput"] == pytest.approx(4.5)
    assert found["total_token_throughput"] == pytest.approx(19.5)
    assert found["request_goodput"] == pytest.approx(1.0)  # the second is too late
    assert found["mean_ttft_ms"] == pytest.approx(200)
    assert found["median_ttft_ms"] == found["p50_ttft_ms"] == pytest.approx(200)
    assert found["std_ttft_ms"] == pytest.approx(math.sqrt(20000 / 3))
    assert found["p99.9_ttft_ms"] == pytest.approx(299.8)
    # One token alone has no time per further token.
    assert found["mean_tpot_ms"] == pytest.approx((20 + 20) / 2)
    assert found["mean_itl_ms"] == pytest.approx((10 + 30 + 4 * 20) / 6)
    assert found["mean_e2el_ms"] == pytest.approx((140 + 380 + 200) / 3)
    assert found["max_output_tokens_per_s"] == pytest.approx(9)
    assert found["max_concurrent_requests"] == 1


def test_metrics_of_nothing() -> None:
    found = summarize(OUTCOMES[3:], 0.0)
    assert (found["completed"], found["failed"], found["request_goodput"]) == (0, 1, None)
    assert found["p99_ttft_ms"] == found["request_throughput"] == 0


def test_tokens_are_counted_by_usage_and_not_by_chunks() -> None:
    """Chunks may hold several tokens."""
    several = outcome(0, 0.0, 0.5, [0.5, 0.5], output_tokens=9)
    found = summarize([several], 2.0)
    assert found["total_output_tokens"] == 9
    assert found["mean_tpot_ms"] == pytest.approx(1000 / 8)
    assert found["mean_itl_ms"] == pytest.approx(500)
    assert found["max_output_tokens_per_s"] == pytest.approx(6)  # the chunks at 1.0 and 1.5 s


def test_max_concurrent() -> None:
    spans = [(0.0, 1.0), (0.5, 1.0), (1.0, 2.0), (1.2, 0.1), (4.0, 1.0)]
    assert max_concurrent([Outcome(0, start, latency=length) for start, length in spans]) == 3


def test_percentile_names() -> None:
    assert [percentile_name(p) for p in (99.0, 99.9, 50.0)] == ["p99", "p99.9", "p50"]


BLOCK = """\
============ Serving Benchmark Result ============
Successful requests:                     3
Failed requests:                         1
Maximum request concurrency:             4
Request rate configured (RPS):           8.00
Benchmark duration (s):                  2.00
Total input tokens:                      30
Total generated tokens:                  9
Request throughput (req/s):              1.50
Request goodput (req/s):                 1.00
Output token throughput (tok/s):         4.50
Peak output token throughput (tok/s):    9.00
Peak concurrent requests:                1.00
Total token throughput (tok/s):          19.50
---------------Time to First Token----------------
Mean TTFT (ms):                          200.00
Median TTFT (ms):                        200.00
P50 TTFT (ms):                           200.00
P99.9 TTFT (ms):                         299.80
-----Time per Output Token (excl. 1st token)------
Mean TPOT (ms):                          20.00
Median TPOT (ms):                        20.00
P50 TPOT (ms):                           20.00
P99.9 TPOT (ms):                         20.00
----------------End-to-end Latency----------------
Mean E2EL (ms):                          240.00
Median E2EL (ms):                        200.00
P50 E2EL (ms):                           200.00
P99.9 E2EL (ms):                         379.64
=================================================="""


def test_the_printed_block() -> None:
    line = "--percentile_metrics ttft,tpot,e2el --metric-percentiles 50,99.9 --goodput ttft:250"
    args = flags.make_parser("bench").parse_args(flags.normalize(line.split()))
    flags.check(args)
    found = summarize(OUTCOMES, 2.0, args.metric_percentiles, args.goodput | {"e2el": 400})
    lines = block(found, Load(8.0, max_concurrency=4), args).splitlines()
    assert [line.rstrip() for line in lines] == BLOCK.splitlines()
    # As "{:<40} {:<10}" makes them, down to the spaces at the end.
    assert {len(line) for line in lines} == {50, 51}
    plain = block(found | {"request_goodput": None}, Load(), args)
    assert not any(word in plain for word in ("goodput", "configured", "Maximum"))


def test_failures_are_told_by_kind() -> None:
    errors = ["a", "b", "", "b", "c", "d", "e"]
    told = failures([Outcome(i, 0.0, error=error) for i, error in enumerate(errors)])
    assert told.splitlines() == [
        "2 of 7 requests failed: b",
        "1 of 7 requests failed: a",
        "1 of 7 requests failed: c",
        "2 of 7 requests failed in other ways",
    ]
    assert failures(OUTCOMES[:3]) == ""


def points(concurrency: bool) -> list[dict[str, Any]]:
    """Throughput grows to its limit, and then only latency does."""
    figures = [(1, 1.0, 100.0), (2, 1.9, 110.0), (8, 6.0, 160.0), (16, 6.5, 400.0)]
    return [
        {
            "request_rate": "inf" if concurrency else float(load),
            "max_concurrency": load if concurrency else None,
            "completed": 5,
            "request_throughput": throughput,
            "mean_e2el_ms": latency,
        }
        | {f"{k}_{m}_ms": latency / 3 for k in ("median", "p99") for m in ("ttft", "itl")}
        for load, throughput, latency in figures
    ]


def test_the_knee() -> None:
    assert knees(points(False)) == {"open_loop": 8.0, "closed_loop": None}
    assert knees(points(True)[::-1]) == {"open_loop": None, "closed_loop": 8}
    # Two points have no bend, and where nothing was answered there is no point.
    failed = [point | {"completed": 0} for point in points(True)]
    assert knees(points(True)[:2] + failed[2:])["closed_loop"] is None


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_plots(tmp_path: Path, suffix: str) -> None:
    from llmserve.bench.serve.plot import draw

    at_once = points(False)[-1] | {"request_rate": "inf"}
    files = [tmp_path / f"{name}.{suffix}" for name in "ab"]
    for path in files:
        draw(path, [*points(False), at_once, *points(True)], "a model")
    data = files[0].read_bytes()
    assert data[:4] == b"\x89PNG" if suffix == "png" else b"<svg" in data
    assert data == files[1].read_bytes()
    draw(files[0], [point | {"completed": 0} for point in points(True)], "nothing")
