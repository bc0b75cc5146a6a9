"""`llmserve bench`: flags, the printed lines and the JSON that people's scripts read."""

import json
from pathlib import Path

import pytest
from llmserve.bench.harness import percentile
from llmserve.cli import main

SMALL = ("--device", "cpu", "--max-model-len", "128", "--kv-cache-memory-bytes", "16MiB")


def test_latency(
    tiny_llama: Path, device: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "latency.json"
    flags = "--input-len 9 --output-len 5 --batch-size 3 --num-iters-warmup 1 --num-iters 4".split()
    engine = ("--model", str(tiny_llama), *SMALL, "--device", device)
    assert main(["bench", "latency", *engine, *flags, "--output-json", str(out)]) == 0
    results = json.loads(out.read_text())
    assert results["model_id"] == str(tiny_llama)
    assert len(results["latencies"]) == 4
    assert results["avg_latency"] == pytest.approx(sum(results["latencies"]) / 4)
    assert list(results["percentiles"]) == ["10", "25", "50", "75", "90", "99"]
    assert results["percentiles"]["10"] <= results["percentiles"]["99"]
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"Avg latency: {results['avg_latency']} seconds"
    assert lines[1].startswith("10% percentile latency: ")
    assert len(lines) == 7


def test_throughput(
    tiny_llama: Path, device: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "throughput.json"
    flags = "--input-len 9 --output-len 5 --num-prompts 7 --n 2 --disable-detokenize".split()
    # The model as vLLM's users may also give it: without its flag.
    engine = (str(tiny_llama), *SMALL, "--device", device)
    assert main(["bench", "throughput", *engine, *flags, "--output-json", str(out)]) == 0
    results = json.loads(out.read_text())
    assert results["num_requests"] == 7
    assert results["total_num_tokens"] == 7 * 9 + 7 * 2 * 5
    assert results["tokens_per_second"] == pytest.approx(133 / results["elapsed_time"])
    assert results["requests_per_second"] == pytest.approx(7 / results["elapsed_time"])
    printed = capsys.readouterr().out
    assert printed.startswith(f"Throughput: {results['requests_per_second']:.2f} requests/s, ")
    assert "Total num prompt tokens:  63\nTotal num output tokens:  70\n" in printed


def conversations(path: Path, pairs: list[tuple[str, str]]) -> str:
    entries = [{"conversations": [{"value": text} for text in pair]} for pair in pairs]
    path.write_text(json.dumps([*entries, {"conversations": [{"value": "alone"}]}]))
    return str(path)


def test_throughput_of_conversations(
    tiny_llama: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Too short ones are left out; an answer's length is its output's."""
    texts = [("the quick brown fox", "jumps over the lazy dog"), ("a", "b")] * 3
    dataset = conversations(tmp_path / "texts.json", texts)
    command = ["bench", "throughput", "--model", str(tiny_llama), *SMALL, "--dataset-path", dataset]
    assert main([*command, "--num-prompts", "3"]) == 0
    assert "Total num prompt tokens" in capsys.readouterr().out
    assert main([*command, "--num-prompts", "4"]) == 1
    assert "has 3 conversations of a usual length" in capsys.readouterr().err


def test_a_file_that_is_no_dataset(
    tiny_llama: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "broken.json"
    path.write_text('[{"conversations": 3}]')
    command = ["bench", "throughput", str(tiny_llama), *SMALL, "--dataset-path", str(path)]
    assert main(command) == 1
    assert f"{path} is no file of conversations" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("latency --batch-size 0", "'0' is no whole number of at least 1"),
        ("latency --bogus", "--bogus"),
        ("throughput --dataset-name sharegpt", "needs a --dataset-path"),
        ("throughput --dataset-name random --dataset-path x", "reads no file"),
        ("throughput --dataset-path x --input-len 3", "their own lengths"),
        ("throughput --max-num-seqs 0", "max_num_seqs is '0'"),
        ("latency --output-json /nowhere/at/all.json", "there is no folder"),
        ("speed", "speed"),
    ],
)
def test_wrong_flags(
    arguments: str, message: str, tiny_llama: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = arguments.split()
    try:
        status = main(["bench", *given, *(["--model", str(tiny_llama)] if len(given) > 1 else [])])
    except SystemExit as end:
        status = int(end.code or 0)
    assert status == 2
    assert message in capsys.readouterr().err


def test_what_the_engine_refuses_is_one_line(
    tiny_llama: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["bench", "latency", str(tiny_llama), *SMALL, "--input-len", "500"]
    assert main(command) == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("llmserve: error: ")
    assert "500" in error


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench"]) == 2
    assert "throughput" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["bench", "latency", "--help"])
    assert "--num-iters-warmup" in capsys.readouterr().out


def test_percentiles() -> None:
    assert percentile([3.0], 99) == 3.0
    assert percentile([4.0, 1.0, 2.0, 3.0], 50) == 2.5
    assert percentile([1.0, 2.0], 75) == 1.75
