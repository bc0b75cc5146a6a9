"""`llmserve bench serve` from its flags to its files, against servers that tests can break."""

import http.server
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from llmserve.bench.serve import main
from llmserve.errors import QueueFullError
from server_harness import FakeEngine, Server, running_server, wait_until

PROG = "llmserve bench serve"
METRIC_KEYS = {
    f"{statistic}_{metric}_ms"
    for statistic in ("mean", "median", "std", "p50", "p99")
    for metric in ("ttft", "tpot", "itl", "e2el")
}
KEYS = METRIC_KEYS | set(
    "date endpoint_type backend label model_id tokenizer_id num_prompts request_rate burstiness "
    "max_concurrency duration completed failed total_input_tokens total_output_tokens "
    "request_throughput request_goodput output_throughput total_token_throughput "
    "max_output_tokens_per_s max_concurrent_requests client_cpu_share".split()
)
DETAIL_KEYS = set("input_lens output_lens ttfts itls start_times generated_texts errors".split())


class WatchedEngine(FakeEngine):
    """Keeps how many requests were ever unanswered at once, and refuses the first ones if told to.

    A request counts up to its last output, as its client may go on before the server has tidied up.
    """

    num_unanswered = 0
    most_unanswered = 0
    num_to_refuse = 0

    async def generate(self, *arguments: Any, **options: Any) -> AsyncIterator[Any]:
        if self.num_to_refuse:
            self.num_to_refuse -= 1
            raise QueueFullError("not yet")
        self.num_unanswered += 1
        self.most_unanswered = max(self.most_unanswered, self.num_unanswered)
        async for output in super().generate(*arguments, **options):
            self.num_unanswered -= output.finished
            yield output


@pytest.fixture(scope="module")
def shared_server() -> Iterator[Server]:
    with running_server(WatchedEngine()) as server:
        yield server


@pytest.fixture
def server(shared_server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Fresh for each test."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    shared_server.engine.__dict__.update(vars(WatchedEngine()))
    return shared_server


def bench(url: str, line: str, *more: str) -> int:
    return main(PROG, ["--base-url", url, "--disable-tqdm", *line.split(), *more])


def saved(folder: Path) -> dict[str, Any]:
    (path,) = folder.iterdir()
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def test_completions(server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = (
        "--num-prompts 12 --random-input-len 30 --random-output-len 8 --random-range-ratio 0.5 "
        "--num-processes 2 --request-rate 60 --burstiness 2 --metric-percentiles 50,99 --seed 5 "
        "--goodput ttft:60000 e2el:60000 --save-result --save-detailed --label mine "
        "--metadata commit=abc run=3 --temperature 0.5 --num-warmups 3 --request-id-prefix me-"
    )
    assert bench(server.url, line, "--result-dir", str(tmp_path)) == 0
    found = saved(tmp_path)
    assert set(found) == KEYS | DETAIL_KEYS | {"commit", "run", "p99_send_delay_ms"}
    (name,) = os.listdir(tmp_path)
    assert name == f"mine-60.0qps-model-{found['date']}.json"
    told = {key: found[key] for key in ("model_id", "request_rate", "burstiness", "commit", "run")}
    assert told == {
        "model_id": "fake/model",
        "request_rate": 60.0,
        "burstiness": 2.0,
        "commit": "abc",
        "run": "3",
    }
    assert (found["completed"], found["failed"], found["max_concurrency"]) == (12, 0, None)
    assert found["request_goodput"] == pytest.approx(12 / found["duration"])

    # The engine saw the prompts that were drawn, the warm-ups first, and gave what was asked for.
    calls = server.engine.calls
    assert len(calls) == 15
    counted = calls[3:]
    assert sorted(found["input_lens"]) == sorted(len(call["ids"]) for _, call in counted)
    assert set(found["input_lens"]) <= set(range(15, 46))
    assert sorted(found["output_lens"]) == sorted(params.max_tokens for params, _ in counted)
    assert found["total_output_tokens"] == sum(found["output_lens"])
    assert all(params.ignore_eos and params.temperature == 0.5 for params, _ in counted)
    assert len({tuple(call["ids"]) for _, call in calls}) == 15

    # The last request came no earlier than it was meant to: after 12 / 60 s, give or take the
    # millisecond in which timers count.
    assert found["duration"] > 0.198
    assert len(found["start_times"]) == 12
    assert all(ttft > 0 for ttft in found["ttfts"])
    for itls, output_len in zip(found["itls"], found["output_lens"], strict=True):
        assert 0 < len(itls) < output_len
    assert found["errors"] == [""] * 12
    assert all("word" in text for text in found["generated_texts"])
    printed = capsys.readouterr().out
    assert printed.startswith("============ Serving Benchmark Result ============\n")
    assert f"{'Total generated tokens:':<40} {found['total_output_tokens']:<10}\n" in printed


def test_chat(server: Server, tmp_path: Path) -> None:
    line = (
        "--backend openai-chat --tokenizer llmserve-mini --model fake/model --num-prompts 6 "
        "--input-len 12 --output-len 9 --num-processes 2 --max-concurrency 3 --append-result "
        "--metric-percentiles 50,99 --result-filename all.jsonl --percentile-metrics e2el"
    )
    for _ in range(2):
        assert bench(server.url, line, "--result-dir", str(tmp_path)) == 0
    lines = (tmp_path / "all.jsonl").read_text().splitlines()
    results = [json.loads(line) for line in lines]
    assert len(results) == 2
    for found in results:
        assert set(found) == KEYS
        assert (found["completed"], found["total_output_tokens"]) == (6, 54)
        assert (found["request_rate"], found["max_concurrency"]) == ("inf", 3)
        assert found["tokenizer_id"] == "llmserve-mini"
        assert found["max_concurrent_requests"] <= 3
        # The fake model's tokens are bytes: what counts is what the server says.
        assert found["total_input_tokens"] > 6 * 12
    assert len(server.engine.tokenizer.templates) == 12


def test_prompts_of_a_file(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "prompts.jsonl"
    path.write_text(
        '{"prompt": "one", "output_tokens": 3}\n{"prompt": "three", "output_tokens": 4}'
    )
    line = (
        "--backend vllm --dataset-name custom --skip-chat-template --custom-output-len -1 "
        "--num-prompts 4 --disable-shuffle --no-oversample --save-result --save-detailed"
    )
    folder = tmp_path / "results"
    arguments = ("--dataset-path", str(path), "--result-dir", str(folder))
    assert bench(server.url, line, *arguments) == 0
    found = saved(folder)
    assert found["num_prompts"] == found["completed"] == 2
    assert (found["input_lens"], found["output_lens"]) == ([4, 6], [3, 4])  # with a BOS
    assert not any(params.ignore_eos for params, _ in server.engine.calls)


def test_max_concurrency_is_never_exceeded(server: Server) -> None:
    line = "--num-prompts 24 --input-len 4 --output-len 20 --max-concurrency 5 --num-processes 2"
    assert bench(server.url, line) == 0
    assert len(server.engine.calls) == 24
    assert 2 <= server.engine.most_unanswered <= 5


def test_max_seconds(server: Server, tmp_path: Path) -> None:
    """What was sent in time is waited for; the rest is not sent."""
    server.engine.step_seconds = 0.1
    line = "--num-prompts 1000 --input-len 4 --output-len 4 --max-concurrency 1 --max-seconds 1.5"
    assert bench(server.url, f"{line} --save-result", "--result-dir", str(tmp_path)) == 0
    found = saved(tmp_path)
    assert 1 <= found["completed"] == found["num_prompts"] == len(server.engine.calls) <= 4


def test_a_sweep_and_its_plot(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = (
        "--num-prompts 6 --input-len 4 --output-len 4 --sweep-request-rate 40 inf "
        "--sweep-max-concurrency 1 2 4 --metric-percentiles 50 --save-result --num-processes 2"
    )
    folder, plot = tmp_path / "results", tmp_path / "sweep.svg"
    assert bench(server.url, line, "--result-dir", str(folder), "--plot", str(plot)) == 0
    found = saved(folder)
    loads = [(point["request_rate"], point["max_concurrency"]) for point in found["sweep"]]
    assert loads == [(40.0, None), ("inf", None), ("inf", 1), ("inf", 2), ("inf", 4)]
    assert all(point["completed"] == 6 and METRIC_KEYS <= set(point) for point in found["sweep"])
    assert found["knee"]["open_loop"] is None  # of two points
    assert found["knee"]["closed_loop"] in (1, 2, 4)
    assert len({tuple(call["ids"]) for _, call in server.engine.calls}) == 30
    assert b"<svg" in plot.read_bytes()
    printed = capsys.readouterr().out
    assert printed.count("Serving Benchmark Result") == 5
    assert printed.count("  knee\n") == 1


# --- Failures.


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        ({"max_running": 0}, "HTTP 429: "),
        ({"crash_after": 0}, "HTTP 500: "),
        ({"crash_after": 3}, "Internal server error."),
    ],
)
def test_all_requests_fail(
    server: Server,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    broken: dict[str, int],
    error: str,
) -> None:
    server.engine.__dict__.update(broken)
    line = "--num-prompts 4 --input-len 4 --output-len 8 --save-result --save-detailed"
    assert bench(server.url, line, "--result-dir", str(tmp_path)) == 1
    found = saved(tmp_path)
    assert (found["completed"], found["failed"], found["total_output_tokens"]) == (0, 4, 0)
    assert all(each.startswith(error) for each in found["errors"])
    printed = capsys.readouterr()
    assert f"{'Failed requests:':<40} {4:<10}\n" in printed.out
    assert f"4 of 4 requests failed: {error}" in printed.err


def test_some_requests_fail(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    server.engine.num_to_refuse = 2
    assert bench(server.url, "--num-prompts 5 --input-len 4 --output-len 4") == 0
    printed = capsys.readouterr()
    assert f"{'Successful requests:':<40} {3:<10}\n" in printed.out
    assert "2 of 5 requests failed: HTTP 429: " in printed.err


def test_the_server_may_need_its_time(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    server.engine.num_to_refuse = 1
    line = "--num-prompts 2 --input-len 4 --output-len 4 --ready-check-timeout-sec 30"
    assert bench(server.url, line) == 0
    assert capsys.readouterr().err == ""
    assert len(server.engine.calls) == 3
    server.engine.max_running = 0
    assert bench(server.url, line.replace("30", "1")) == 1
    assert "answers no request after --ready-check-timeout-sec 1: HTTP 429" in (
        capsys.readouterr().err
    )


def test_no_server(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench("http://127.0.0.1:9", "") == 1
    assert capsys.readouterr().err == (
        "llmserve: error: no server can be reached at http://127.0.0.1:9: Connection refused\n"
    )


def test_a_key(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    line = "--num-prompts 2 --input-len 4 --output-len 4"
    with running_server(api_keys=("secret",)) as server:
        monkeypatch.setenv("OPENAI_API_KEY", "secret")
        assert bench(server.url, line) == 0
        monkeypatch.setenv("OPENAI_API_KEY", "wrong")
        assert bench(server.url, line) == 1
        assert "--model must be given" in capsys.readouterr().err
        assert bench(server.url, f"{line} --model fake/model") == 1
        assert "2 of 2 requests failed: HTTP 401: " in capsys.readouterr().err


class _Scripted(http.server.BaseHTTPRequestHandler):
    """Answers each POST with the bytes of its server, and then closes."""

    def do_GET(self) -> None:
        self.send_response(404)
        self.end_headers()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        if self.server.length is not None:
            self.send_header("Content-Length", str(self.server.length))
        self.end_headers()
        self.wfile.write(self.server.events)

    def log_message(self, *arguments: Any) -> None:
        pass


@contextmanager
def scripted(events: bytes, length: int | None = None) -> Iterator[str]:
    """length: what the head promises."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Scripted) as server:
        server.events, server.length = events, length
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


WORD = b'data: {"choices":[{"index":0,"text":" word","finish_reason":null}]}\n\n'
END = b'data: {"choices":[{"index":0,"text":" word","finish_reason":"length"}]}\n\ndata: [DONE]\n\n'


@pytest.mark.parametrize(
    ("events", "length", "error"),
    [
        (WORD, None, "the stream broke off before the end of the answer"),
        (WORD, 1000, "Response payload is not completed"),
        (WORD + END, None, "the answer came without usage"),
    ],
    ids=("no end", "cut off", "no usage"),
)
def test_answers_that_are_not_whole(
    events: bytes, length: int | None, error: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = "--model m --num-prompts 2 --input-len 4"
    with scripted(events, length) as url:
        assert bench(url, line) == 1
        assert f"2 of 2 requests failed: {error}" in capsys.readouterr().err
        assert bench(url, "--num-prompts 2") == 1
        assert "--model must be given, since http" in capsys.readouterr().err


def test_a_tokenizer_counts_where_the_server_does_not(tmp_path: Path) -> None:
    line = "--model m --num-prompts 2 --input-len 4 --tokenizer llmserve-mini --save-result"
    with scripted(WORD * 2 + END) as url:
        assert bench(url, line, "--result-dir", str(tmp_path)) == 0
    found = saved(tmp_path)
    assert found["completed"] == 2
    assert found["total_input_tokens"] == 8
    assert found["total_output_tokens"] >= 6


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_end_in_the_middle_leaves_nothing(server: Server, number: signal.Signals) -> None:
    server.engine.hold = True
    command = [sys.executable, "-m", "llmserve", "bench", "serve", "--base-url", server.url]
    flags = "--num-prompts 4 --input-len 4 --request-rate 50 --num-processes 2".split()
    # An open loop: all arrive, though none is answered.
    with subprocess.Popen([*command, *flags], stderr=subprocess.PIPE, text=True) as process:
        assert wait_until(lambda: len(server.engine.running) == 4, 30)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        assert len(children) == 2
        process.send_signal(number)
        _, printed = process.communicate(timeout=20)
    assert process.returncode == (130 if number == signal.SIGINT else -signal.SIGKILL)
    assert printed == ""
    assert wait_until(lambda: not any(map(_runs, children)), 20)
    assert wait_until(lambda: not server.engine.running, 20)


def _runs(pid: str) -> bool:
    """Zombies do not: with nobody to wait for them, they stay where process 1 does not care."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


# --- Flags.


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--dataset-name sonnet", "invalid choice: 'sonnet'"),
        ("--backend tgi", "invalid choice: 'tgi'"),
        ("--dataset-name sharegpt", "needs a --dataset-path"),
        ("--dataset-path x", "--dataset-name random does not use it"),
        ("--sharegpt-output-len 3", "--sharegpt-output-len is given, but --dataset-name random"),
        ("--input-len 3 --random-input-len 4", "--input-len and --random-input-len are the same"),
        ("--dataset-name prefix_repetition --input-len 3", "has lengths of its own"),
        ("--random-range-ratio 1", "'1' is no number from 0 to below 1"),
        ("--backend openai-chat --random-prompt-format token_ids", "messages are text"),
        ("--backend openai-chat --endpoint /v1/completions", "must end in /chat/completions"),
        ("--endpoint /v1/chat/completions", "must end in /completions"),
        ("--base-url localhost:8000", "must begin with http://"),
        ("--request-rate 0", "'0' is not a number above 0 or inf"),
        ("--request-rate nan", "'nan' is not a number"),
        ("--burstiness inf", "'inf' is not a number above 0"),
        ("--burstiness 2", "without a request rate all arrive at once"),
        ("--max-concurrency 0", "'0' is no whole number of at least 1"),
        ("--num-prompts -3", "'-3' is no whole number"),
        ("--ramp-up-strategy linear", "need each other"),
        (
            "--ramp-up-strategy linear --ramp-up-start-rps 1 --ramp-up-end-rps 2 --request-rate 3",
            "a ramp has rates of its own",
        ),
        ("--goodput ttfb:3", "--goodput is 'ttfb:3'"),
        ("--goodput ttft:x", "--goodput is 'ttft:x'"),
        ("--percentile-metrics ttft,speed", "'speed' is none of ttft, tpot, itl, e2el"),
        ("--metric-percentiles 50,101", "no list of numbers from 0 to 100"),
        ("--extra-body [1]", "'[1]' is no JSON object"),
        ("--header x", "--header is 'x'; it must be like NAME=VALUE"),
        ("--save-detailed", "nothing is saved without --save-result"),
        ("--save-result --append-result", "exclude each other"),
        ("--plot x.svg", "--plot needs --sweep-request-rate"),
        ("--sweep-request-rate 1 --request-rate 3", "the sweep sets the load"),
        ("--sweep-max-concurrency 1 --plot x.jpg", "must end in .svg or .png"),
        ("--sweep-max-concurrency 1 --plot /nowhere/x.svg", "there is no folder"),
        ("--profile", "--profile"),
    ],
)
def test_wrong_flags(line: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        status = main("llmserve bench serve", line.split())
    except SystemExit as end:
        status = int(end.code or 0)
    assert status == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.startswith("llmserve: error: ") and error.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "missing", "message"),
    [
        ("", {"aiohttp"}, "needs aiohttp: pip install 'llmserve[bench]'"),
        ("--sweep-request-rate 1 --plot x.svg", {"matplotlib"}, "needs matplotlib: pip install"),
    ],
)
def test_what_the_extra_brings_is_asked_for(
    line: str,
    missing: set[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("llmserve.bench.serve.find_spec", lambda name: name not in missing or None)
    assert main("llmserve bench serve", line.split()) == 2
    assert message in capsys.readouterr().err
