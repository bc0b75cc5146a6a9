"""What the server costs: its event loop's lag, the CPU time of a chunk, and its overhead over the
engine alone, for many requests at once.

python bench/server_load.py [--model M] [--requests N] [--rounds N] [--out FILE] [--profile FILE]

Everything has a process of its own: the server, the offline engine and the client. Rounds of the
compared loads go in turn, and ratios are medians of the rounds' ratios. Prompts are random token
ids and new in every round; no prefix is cached. All three share the machine's cores, so seconds of
CPU are given beside seconds: those of a client or an engine do not count as the server's.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import machine

HERE = Path(__file__).parent
COMPLETIONS, CHAT = "/v1/completions", "/v1/chat/completions"
PROMPT_TOKENS = OUTPUT_TOKENS = 128
FEW_TOKENS = 16
FLAGS = ["--no-enable-prefix-caching", "--max-num-seqs", "256"]
MAX_CHUNK_US, MAX_LAG_MS, MAX_OVERHEAD = 25.0, 20.0, 0.15
_ABOUT_PROFILES = """\
cProfile makes Python slower, most of all small functions, and its seconds are those of a clock, so
that waiting for the lock or for a core counts: read shares, not times. tottime of the first row is
waiting for events.
"""
Window = tuple[float, float]  # seconds of the machine's monotonic clock
_TICKS = os.sysconf("SC_CLK_TCK")


def bodies(path: str, count: int, seed: int, max_tokens: int, stream: bool) -> list[dict[str, Any]]:
    """Requests whose prompts nobody has sent before."""
    draw = random.Random(seed)
    shared = {"max_tokens": max_tokens, "ignore_eos": True, "temperature": 0, "stream": stream}
    if path == CHAT:
        texts = [f"Tell me about {draw.randrange(10**9)} boats." for _ in range(count)]
        return [{"messages": [{"role": "user", "content": text}], **shared} for text in texts]
    return [{"prompt": prompt, **shared} for prompt in prompts(count, seed)]


def prompts(count: int, seed: int) -> list[list[int]]:
    draw = random.Random(seed)
    return [[draw.randrange(4, 4000) for _ in range(PROMPT_TOKENS)] for _ in range(count)]


class Process:
    """A process under measurement."""

    def __init__(self, popen: subprocess.Popen[str]) -> None:
        self.popen = popen
        self.port = 0

    def cpu_seconds(self) -> float:
        """Of all its threads."""
        stat = Path(f"/proc/{self.popen.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(stat[11]) + int(stat[12])) / _TICKS

    def loop_seconds(self) -> float:
        """CPU time of its first thread, which runs the event loop."""
        pid = self.popen.pid
        return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()[0]) / 1e9


@contextmanager
def server(model: str, ticks: Path, profile: Path | None = None) -> Iterator[Process]:
    """A server that listens; TICKS and profile are written at its end."""
    options = ["--profile", str(profile)] if profile is not None else []
    command = [sys.executable, str(HERE / "server_probe.py"), str(ticks), *options, "--"]
    flags = ["--model", model, "--host", "127.0.0.1", "--port", "0", *FLAGS]
    with subprocess.Popen(
        [*command, *flags], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as popen:
        assert popen.stdout is not None
        seen = (re.search(r"llmserve serves .* at http://\S+:(\d+)", line) for line in popen.stdout)
        port = next((match[1] for match in seen if match), None)
        if port is None:
            sys.exit("the server did not start")
        process = Process(popen)
        process.port = int(port)
        yield process
        popen.terminate()
        popen.stdout.read()


@contextmanager
def offline(model: str) -> Iterator[Process]:
    """An engine without a server, which runs a load for each line that it is sent."""
    command = [sys.executable, str(HERE / "server_load.py"), "--offline", "--model", model]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as popen:
        assert popen.stdout is not None
        if popen.stdout.readline() != "ready\n":
            sys.exit("the engine did not start")
        yield Process(popen)
        assert popen.stdin is not None
        popen.stdin.close()


def serve_offline(model: str) -> None:
    from llmserve import LLM, SamplingParams

    flags: dict[str, Any] = {"enable_prefix_caching": False, "max_num_seqs": 256}
    with LLM(model, **flags) as llm:
        print("ready", flush=True)
        params = SamplingParams(temperature=0, max_tokens=OUTPUT_TOKENS, ignore_eos=True)
        for line in sys.stdin:
            count, seed = map(int, line.split())
            tokens: Any = prompts(count, seed)
            begin = time.perf_counter()
            outputs = llm.generate(tokens, params, use_tqdm=False)
            seconds = time.perf_counter() - begin
            assert all(len(one.outputs[0].token_ids) == OUTPUT_TOKENS for one in outputs)
            print(seconds, flush=True)


def run_offline(process: Process, count: int, seed: int) -> dict[str, float]:
    popen = process.popen
    assert popen.stdin is not None and popen.stdout is not None
    cpu = process.cpu_seconds()
    popen.stdin.write(f"{count} {seed}\n")
    popen.stdin.flush()
    seconds = float(popen.stdout.readline())
    return {"seconds": seconds, "cpu_seconds": process.cpu_seconds() - cpu}


def run_load(process: Process, path: str, load: list[dict[str, Any]]) -> dict[str, float]:
    """One load by a client of its own. Its events are those of streams, [DONE] among them."""
    cpu, loop, begin = process.cpu_seconds(), process.loop_seconds(), time.monotonic()
    done = subprocess.run(
        [sys.executable, str(HERE / "stream_client.py"), str(process.port), path],
        input=json.dumps(load),
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, float] = json.loads(done.stdout)
    assert answer["finished"] == len(load), answer
    return {
        **answer,
        "cpu_seconds": process.cpu_seconds() - cpu,
        "loop_cpu_seconds": process.loop_seconds() - loop,
        "begin": begin,
        "end": time.monotonic(),
    }


def measure_chunks(model: str, count: int, rounds: int, ticks: Path) -> dict[str, Any]:
    """CPU time of the event loop by chunk, and its lag meanwhile, for both endpoints."""
    rows: dict[str, list[dict[str, float]]] = {COMPLETIONS: [], CHAT: []}
    windows: dict[str, list[tuple[Window, Window]]] = {COMPLETIONS: [], CHAT: []}
    with server(model, ticks) as process:
        run_load(process, COMPLETIONS, bodies(COMPLETIONS, count, 0, FEW_TOKENS, True))
        for number in range(1, rounds + 1):
            for path, found in rows.items():
                few = run_load(process, path, bodies(path, count, -number, FEW_TOKENS, True))
                many = run_load(process, path, bodies(path, count, number, OUTPUT_TOKENS, True))
                windows[path].append(((few["begin"], few["end"]), (many["begin"], many["end"])))
                more = many["loop_cpu_seconds"] - few["loop_cpu_seconds"]
                found.append(
                    {
                        "chunk_us": 1e6 * many["loop_cpu_seconds"] / many["events"],
                        "further_chunk_us": 1e6 * more / (many["events"] - few["events"]),
                        "chunks": many["events"],
                        "further_chunks": many["events"] - few["events"],
                        "chunks_per_second": many["events"] / many["seconds"],
                        "client_cpu_seconds": many["client_cpu_seconds"],
                    }
                )
    found_ticks = json.loads(ticks.read_text())
    for path, found in rows.items():
        for row, (few, many) in zip(found, windows[path], strict=True):
            own, more = user_seconds(found_ticks, few), user_seconds(found_ticks, many)
            row["chunk_user_us"] = 1e6 * more / row["chunks"]
            row["further_chunk_user_us"] = 1e6 * (more - own) / row["further_chunks"]
    late = {path: lag(found_ticks, [many for _, many in windows[path]]) for path in rows}
    return {path: {**medians(rows[path]), **late[path]} for path in rows}


def user_seconds(ticks: list[list[float]], window: Window) -> float:
    """What the loop's thread computed itself: Python, its event loop, no system calls."""
    inside = [user for moment, _, user in ticks if window[0] <= moment <= window[1]]
    return inside[-1] - inside[0]


def medians(rows: list[dict[str, float]]) -> dict[str, Any]:
    """The median of each figure, and all of them."""
    return {
        **{name: statistics.median(row[name] for row in rows) for name in rows[0]},
        "rounds": rows,
    }


def lag(ticks: list[list[float]], windows: list[Window]) -> dict[str, float]:
    """Quantiles of how late the loop was, over all rounds."""
    late = sorted(
        1e3 * seconds
        for moment, seconds, _ in ticks
        if any(begin <= moment <= end for begin, end in windows)
    )
    return {
        "lag_p50_ms": late[len(late) // 2],
        "lag_p99_ms": late[int(0.99 * len(late))],
        "lag_max_ms": late[-1],
        "lag_samples": len(late),
    }


def measure_overhead(model: str, count: int, rounds: int, ticks: Path) -> dict[str, Any]:
    """Offline, streamed and whole, in turn and from another beginning in each round."""
    rows: list[dict[str, dict[str, float]]] = []
    with offline(model) as engine, server(model, ticks) as process:

        def run(kind: str, seed: int) -> dict[str, float]:
            if kind == "offline":
                return run_offline(engine, count, seed)
            load = bodies(COMPLETIONS, count, seed, OUTPUT_TOKENS, kind == "streamed")
            return run_load(process, COMPLETIONS, load)

        kinds = ["offline", "streamed", "whole"]
        for kind in kinds:
            run(kind, 0)
        for number in range(1, rounds + 1):
            kinds.append(kinds.pop(0))
            rows.append({kind: run(kind, number) for kind in kinds})
    figures: dict[str, Any] = {
        "offline_seconds": statistics.median(row["offline"]["seconds"] for row in rows),
        "offline_cpu_seconds": statistics.median(row["offline"]["cpu_seconds"] for row in rows),
    }
    for kind in ("streamed", "whole"):
        for name in ("seconds", "cpu_seconds"):
            ratios = [row[kind][name] / row["offline"][name] for row in rows]
            figures[f"{kind}_{name}_ratio"] = statistics.median(ratios)
            figures[f"{kind}_{name}_ratios"] = ratios
    return figures


def write_profile(model: str, count: int, ticks: Path, out: Path) -> None:
    with server(model, ticks, out) as process:
        answer = run_load(process, COMPLETIONS, bodies(COMPLETIONS, count, 1, OUTPUT_TOKENS, True))
    table = out.read_text()
    table = re.sub(r"\S*/(python/llmserve|site-packages|python3\.\d+)/", r"\1/", table)
    head = (
        f"The event loop's thread while {count} completions were streamed in "
        f"{answer['events']:.0f} chunks, under cProfile.\n{_ABOUT_PROFILES}"
        f"{json.dumps(machine.cpu())}\n"
    )
    out.write_text(head + table)


def bars(result: dict[str, Any]) -> dict[str, bool]:
    chunks, overhead = result["streams"], result["overhead"]
    return {
        f"a chunk at most {MAX_CHUNK_US:g} us, without system calls": all(
            one["further_chunk_user_us"] <= MAX_CHUNK_US for one in chunks.values()
        ),
        f"99 % of the lag under {MAX_LAG_MS:g} ms": all(
            one["lag_p99_ms"] < MAX_LAG_MS for one in chunks.values()
        ),
        f"overhead under {MAX_OVERHEAD:.0%}": all(
            overhead[f"{kind}_seconds_ratio"] < 1 + MAX_OVERHEAD for kind in ("streamed", "whole")
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", 1)[0])
    parser.add_argument("--model", default="llmserve-mini", help="Default: %(default)s.")
    parser.add_argument("--requests", type=int, default=256, help="Default: %(default)s.")
    parser.add_argument("--rounds", type=int, default=5, help="Default: %(default)s.")
    parser.add_argument("--out", type=Path, help="Where the figures go, as JSON.")
    parser.add_argument("--profile", type=Path, help="Where the table of functions goes.")
    parser.add_argument("--offline", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.offline:
        serve_offline(args.model)
        return
    with tempfile.TemporaryDirectory() as folder:
        ticks = Path(folder) / "ticks.json"
        load = (args.model, args.requests, args.rounds, ticks)
        result: dict[str, Any] = {
            "command": "python bench/server_load.py " + " ".join(sys.argv[1:]),
            "machine": machine.cpu(),
            "model": args.model,
            "requests": args.requests,
            "prompt_tokens": PROMPT_TOKENS,
            "output_tokens": OUTPUT_TOKENS,
            "streams": measure_chunks(*load),
            "overhead": measure_overhead(*load),
        }
        result["bars"] = bars(result)
        if args.profile is not None:
            write_profile(args.model, args.requests, ticks, args.profile)
    shown = json.dumps(result, indent=1)
    print(shown)
    if args.out is not None:
        args.out.write_text(shown + "\n")


if __name__ == "__main__":
    main()
