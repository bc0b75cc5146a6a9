"""What the scripts of bench/ compute, where that needs no GPU."""

import json
import os
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


def test_device_check_runs_from_any_folder(tmp_path: Path) -> None:
    done = subprocess.run(
        ["../bench/device_check.sh", tmp_path, "smoke"],
        cwd=BENCH.parent / "tests",
        env=os.environ | {"PYTHON": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "passed" in (tmp_path / "summary.txt").read_text()


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
    device = Device({"copy_gb_s": 3000.0, "product_tflop_s": 800.0})
    assert device.decode(model, 1, 0) == pytest.approx(5.0e-3, rel=0.01)
    assert device.prefill(model, 1, 8192) == pytest.approx(0.165, rel=0.01)


# The peer's device: 5.01 ms a step of 8b, 206 ms for a prompt of 8192; ours: 3.34 ms and 165 ms.
PEER_CEILINGS = {"copy_gb_s": 3000.0, "product_tflop_s": 640.0}
OUR_CEILINGS = {"copy_gb_s": 4500.0, "product_tflop_s": 800.0}


def engine_files() -> dict[str, Any]:
    """8b on both sides; and an older file of ours from the peer's kind of device."""

    def rows(tag: str, step_ms: float, prefill_s: float) -> list[dict[str, Any]]:
        decode = {"tag": tag, "what": "decode", "batch": 1, "tpot_ms": step_ms}
        return [
            decode | {"prompt": 128, "prefill_s": 0.01},
            decode | {"prompt": 8192, "prefill_s": prefill_s},
        ]

    start = {"tag": "vllm-8b", "what": "startup", "import_s": 10.0, "init_s": 20.0}
    peer = {"peer": "vLLM x", "device": "one H100"}
    ours = {"device": "one H200", "commit": "abc1234", "command": "bench_engine"}
    offline = {"tag": "llmserve-8b", "what": "offline filtered", "n": 512, "prompt": 512}
    offline |= {"output": 128, "s": 10.0}
    return {
        "ceilings-h100": PEER_CEILINGS,
        "ceilings-h200": OUR_CEILINGS,
        "peer-x-h100": peer | {"rows": [*rows("vllm-8b", 6.0, 0.25), start]},
        "engine-8b-h200": ours | {"rows": [*rows("llmserve-8b", 5.0, 0.25), offline]},
        "engine-8b-h100": ours | {"commit": "old", "rows": rows("llmserve-8b", 1.23, 0.0123)},
    }


def write_tables(folder: Path, patch: pytest.MonkeyPatch, files: dict[str, Any]) -> str:
    import table

    patch.setattr(table, "RESULTS", folder)
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    return table.tables()


def test_each_side_is_held_against_its_own_device(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By hand: 3.34 / 5 is 0.67, 5.01 / 6 is 0.84, and (6 / 5) / (4500 / 3000) is 0.80: a raw time
    that is 1.2 times shorter on a memory 1.5 times faster is no win."""
    text = write_tables(tmp_path, monkeypatch, engine_files())
    assert "H200 by 4.50 TB/s of a copy and 800 TFLOP/s of a large product, on the peer's" in text
    assert "H100 by 3.00 TB/s of a copy and 640 TFLOP/s." in text
    assert "| decode 1 x 128 | 5.00 | 3.34 | 0.67 | 6.00 | 5.01 | 0.84 | 0.80 | 1.20 |  |" in text
    # Products: 164.9 / 250 is 0.66, 206.2 / 250 is 0.82, and of equal times 640 / 800 is 0.80.
    row = "| prefill 1 x 8192 | 250.00 | 164.94 | 0.66 | 250.00 | 206.17 | 0.82 | 0.80 | 1.00 |  |"
    assert row in text
    # A small prompt has no simple floor.
    assert "| prefill 1 x 128 | 10.00 |  |  | 10.00 |  |  |  | 1.00 |  |" in text
    # What the peer was not asked for.
    assert "| offline filtered 512 x 512 + 128 | 10000.00 | 6" in text
    assert "llmserve on one H200, commit abc1234. Peer: vLLM x, on one H100." in text
    assert "commit old" not in text and "1.23" not in text and "12.30" not in text


def test_tables_before_our_device_has_been_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = engine_files()
    del files["engine-8b-h200"]
    text = write_tables(tmp_path, monkeypatch, files)
    assert "| decode 1 x 128 |  | 3.34 |  | 6.00 | 5.01 | 0.84 |  |  |  |" in text
    assert "llmserve: not yet measured on the H200. Peer: vLLM x" in text
    # The peer's floors by anything but its own device would be wrong, so there is no stand-in.
    (tmp_path / "ceilings-h100.json").unlink()
    with pytest.raises(FileNotFoundError, match="ceilings-h100"):
        write_tables(tmp_path, monkeypatch, {})


def test_tables_of_all_kinds_of_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    op = {"name": "linear/8b/o/1", "us": 12.0, "bytes": 49.5e6, "flops": 1e6}
    refs = {name: {"us": us, "ratio": us / 12} for name, us in (("a", 24.0), ("b", 36.0))}
    ops = [op | {"references": refs}, op | {"name": "rope", "references": {}}]
    busy = {"model": "8b", "batch": 1, "step_us": 5500.0, "profiled_step_us": 5600.0}
    start_up = {"model": "8b", "median_s": 5.0, "first_start_s": 5.5, "load_gb_s": 8.0}
    phases = {"phases_s": {"LLM()": 4.0}, "ledger_s": {"load weights": 3.0}}
    files = engine_files() | {
        "ops-1-h200": {"rows": ops},
        "gpu-busy-8b-h200": {
            "rows": [busy | {"busy_us": 5450.0, "busy_share": 0.97, "gap_between_steps_us": 8.0}]
        },
        "start-up-8b-h200": start_up | {"median_round": phases},
        "limits-h200": {"8b decode 1 x 128": "the head", "linear/8b/o/1": "its start"},
    }
    closed = {"num": 8, "input": 64, "output": 16, "in_flight": 4, "offline": {"out_tok_s": 200.0}}
    http = {"output_throughput": 190.0, "median_ttft_ms": 8.0, "p99_ttft_ms": 9.4}
    http["median_tpot_ms"] = 1.5
    loads = [
        closed | {"http": http},
        {"num": 8, "input": 64, "output": 16, "rate": 3, "http": http},
    ]
    machine = {"gpu": "one H200", "commit": "abc1234"}
    files["http-8b-h200"] = {"model": "8b", "machine": machine, "loads": loads}
    load = {"tag": "vllm-http-8b", "n": 8, "inp": 64, "out": 16, "tpot_ms": {"50": 3.0}}
    load |= {"conc": 4, "rate": 0, "req_s": 5.0, "ttft_ms": {"50": 20.0, "99": 30.0}}
    run = {"tag": "vllm-8b", "what": "offline", "n": 8, "prompt": 64, "output": 16}
    files["peer-x-h100"]["rows"].append(run | {"s": 1.0, "out_tok_s": 100.0})
    files["peer-x-h100"]["http_rows"] = [load, {"tag": "vllm-http-8b", "what": "healthy_after_s"}]
    text = write_tables(tmp_path, monkeypatch, files)
    ours = "| 8 x 64 + 16, 4 in flight | 190 | 0.95 | 8, 9 | 1.50 |"
    assert f"{ours} 80 | 0.80 | 20, 30 | 3.00 |" in text
    assert "| 8 x 64 + 16, 3 per s | 190 |  | 8, 9 | 1.50 |  |  |  |  |" in text
    assert "| 0.80 | 1.20 | the head |" in text
    assert "| linear/8b/o/1 | 12.0 | 11.0 | 0.92 | a 24.0 | 2.00 | its start |" in text
    assert "| 8b x 1 | 5500 | 5600 | 5450 | 0.97 | 8.0 |" in text
    assert "| s | peer, dummy weights (H100) | llmserve (H200) |" in text
    assert "| 8b | 30.0 | 5.00 | 5.50 | 8.0 | load weights 3.00 |" in text


def test_server_load_counts_the_lag_of_its_rounds_only() -> None:
    from server_load import lag, user_seconds

    ticks = [[moment / 100, 0.001 * moment, 2.0 * moment] for moment in range(100)]
    assert user_seconds(ticks, (0.095, 0.205)) == 20.0
    found = lag(ticks, [(0.10, 0.19), (0.50, 0.50)])
    assert found["lag_samples"] == 11
    assert found["lag_p50_ms"] == pytest.approx(15)
    assert found["lag_max_ms"] == found["lag_p99_ms"] == pytest.approx(50)


@pytest.mark.slow
def test_server_load_measures_a_little(tmp_path: Path) -> None:
    figures, table = tmp_path / "figures.json", tmp_path / "table.txt"
    subprocess.run(
        [
            *(sys.executable, BENCH / "server_load.py", "--requests", "4", "--rounds", "1"),
            *("--out", figures, "--profile", table),
        ],
        capture_output=True,
        check=True,
        timeout=120,
    )
    result = json.loads(figures.read_text())
    for stream in result["streams"].values():
        assert stream["chunks"] > 100
        assert 1 < stream["chunk_us"] < 10_000
        assert 0 <= stream["chunk_user_us"]  # of so short a run the system may count none
        assert 0 <= stream["lag_p50_ms"] <= stream["lag_p99_ms"] <= stream["lag_max_ms"]
    assert all(value > 0 for name, value in result["overhead"].items() if "ratios" not in name)
    assert len(result["bars"]) == 3
    assert "http_guard.py" in table.read_text()
