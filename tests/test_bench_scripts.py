"""What the scripts of bench/ compute, where that needs no GPU."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

BENCH = Path(__file__).parents[1] / "bench"


@pytest.fixture(autouse=True)
def bench_path() -> Iterator[None]:
    sys.path.insert(0, str(BENCH))
    yield
    sys.path.remove(str(BENCH))


def trace(steps: int) -> list[dict[str, Any]]:
    """A step a 100 us: 90 with kernels, two of which overlap, a copy that ends 5 us later."""
    events: list[dict[str, Any]] = [{"ph": "M", "name": "process_name"}]
    for begin in range(0, 100 * steps, 100):
        for cat, name, offset, duration in (
            ("kernel", "void expand_rows(int)", 0, 10),
            ("kernel", "a", 10, 50),
            ("kernel", "b", 50, 40),
            ("gpu_memcpy", "Memcpy DtoH", 85, 10),
            ("cuda_runtime", "cudaGraphLaunch", 90, 10),
        ):
            events.append({"cat": cat, "name": name, "ts": begin + offset, "dur": duration})
    return events


def test_gpu_busy_counts_overlapping_kernels_once() -> None:
    from gpu_busy import busy

    figures = busy(trace(50))
    assert figures["profiled_step_us"] == 100
    assert figures["busy_us"] == pytest.approx(90)
    assert figures["busy_share"] == pytest.approx(0.90)
    assert figures["busy_share_with_copies"] == pytest.approx(0.95)
    assert figures["kernels_per_step"] == 3
    assert figures["kernel_us_sum"] == pytest.approx(100)
    assert figures["gap_between_steps_us"] == pytest.approx(10)


def test_gpu_busy_says_what_it_saw_where_there_are_no_steps() -> None:
    from gpu_busy import busy

    with pytest.raises(ValueError, match="saw 3 kernels, of them 1 named expand_rows"):
        busy(trace(1))


def test_start_up_writes_a_checkpoint_that_opens(tmp_path: Path) -> None:
    from llmserve.loader import open_model
    from llmserve.tokenizer import Tokenizer
    from start_up import write_checkpoint

    num_bytes = write_checkpoint(tmp_path, "tiny")
    model = open_model(tmp_path)
    assert model.checkpoint is not None
    data = [model.checkpoint.data(name) for name in model.checkpoint.tensors]
    assert sum(memoryview(one).nbytes for one in data) == num_bytes
    assert any(bytes(memoryview(data[-1])[-64:]))
    del data
    model.close()
    tokenizer = Tokenizer.from_dir(tmp_path)
    assert tokenizer.vocab_size == 4096
    text = "Tell me a story: naïve 漢字."
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_the_page_shows_the_results() -> None:
    done = subprocess.run(
        [sys.executable, str(BENCH / "table.py"), "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr + "write it anew: python bench/table.py"


def test_floors() -> None:
    """By hand: 8 billion weights are 15 GB a step, a token of context is 128 KiB."""
    from table import Device, Model

    model = Model("8b")
    weights, kv, flops = model.decode(2, 1000)
    assert weights == pytest.approx(15.01e9, rel=1e-3)
    assert kv == 2 * 1000 * 131072
    assert flops == pytest.approx(2 * (15.01e9 + 1000 * 4 * 4096 * 32), rel=1e-3)
    measured = {"copy_gb_s": 3000.0, "product_tflop_s": 800.0}
    assert Device([measured]).decode(model, 1, 0)[0] == pytest.approx(5.0e-3, rel=0.01)
    assert Device([]).prefill(model, 1, 8192) == pytest.approx(0.165, rel=0.01)


def test_tables_of_all_kinds_of_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import table

    monkeypatch.setattr(table, "RESULTS", tmp_path)
    decode = {"what": "decode", "batch": 1, "prompt": 128, "prefill_s": 0.01, "tpot_ms": 6.0}
    start = {"what": "startup", "import_s": 10.0, "init_s": 20.0}
    op = {"name": "linear/8b/o/1", "us": 12.0, "floor_us": 11.0, "of_floor": 0.92}
    refs = {name: {"us": us, "ratio": us / 12} for name, us in (("a", 24.0), ("b", 36.0))}
    phases = {"phases_s": {"LLM()": 4.0}, "ledger_s": {"load weights": 3.0}}
    files: dict[str, Any] = {
        "peer-x-h100": {"rows": [{"tag": "vllm-8b"} | row for row in (decode, start)]},
        "engine-8b-h100": {"rows": [{"tag": "llmserve-8b"} | decode | {"tpot_ms": 5.5}]},
        "ops-1-h100": {
            "copy_gb_s": 3000.0,
            "product_tflop_s": 800.0,
            "rows": [op | {"references": refs}, op | {"name": "rope", "references": {}}],
        },
        "gpu-busy-8b-h100": [
            {"model": "8b", "batch": 1, "step_us": 5500.0, "profiled_step_us": 5600.0}
            | {"busy_us": 5450.0, "busy_share": 0.97, "gap_between_steps_us": 8.0}
        ],
        "start-up-8b-h100": {"model": "8b", "median_s": 5.0, "first_start_s": 5.5, "load_gb_s": 8.0}
        | {"median_round": phases},
        "limits-h100": {"8b decode 1 x 128": "the head", "linear/8b/o/1": "its start"},
    }
    for name, content in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    text = table.tables()
    assert "| decode 1 x 128 | 5.01 | 6.00 | 5.50 | 1.09 | 0.91 |" in text
    assert "| the head |" in text
    assert "| linear/8b/o/1 | 12.0 | 11.0 | 0.92 | a 24.0 | 2.00 | its start |" in text
    assert "| 8b x 1 | 5500 | 5600 | 5450 | 0.97 | 8.0 |" in text
    assert "| 8b | 30.0 | 5.00 | 5.50 | 8.0 | load weights 3.00 |" in text
