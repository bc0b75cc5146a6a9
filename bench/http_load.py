"""What a server gives over HTTP, next to the same engine without it.

    python bench/http_load.py [--model 8b] [--device cuda] [--json OUT] [--sweep OUT]

Weights are random, the tokenizer has the model's size. First `llmserve bench throughput` runs the
requests in one process, then a server is started and `llmserve bench serve` sends it the same
loads; with --sweep a sweep of loads follows, which draw_sweep.py draws. Needs numpy, tokenizers and
aiohttp.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from machine import cpu, gpu
from model_sizes import SIZES, write_config
from start_up import write_tokenizer

# Requests, tokens of each prompt and of each output; in flight (closed loop) or per second (open).
LOADS: list[dict[str, Any]] = [
    {"num": 20, "input": 128, "output": 16, "in_flight": 1},
    {"num": 20, "input": 1024, "output": 16, "in_flight": 1},
    {"num": 512, "input": 128, "output": 256, "in_flight": 256},
    {"num": 512, "input": 512, "output": 128, "in_flight": 256},
    {"num": 8, "input": 8000, "output": 64, "in_flight": 8},
]
OPEN_LOADS = {  # some two thirds of what the engine can do, of a model of this size
    "8b": {"num": 400, "input": 512, "output": 128, "rate": 30},
    "1b": {"num": 800, "input": 512, "output": 128, "rate": 100},
}
SWEEP = {"input": 512, "output": 128}
SWEEP_SECONDS = 12


def llmserve(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "llmserve", *arguments], check=True)


def offline(load: dict[str, Any], engine: Sequence[str], folder: Path) -> dict[str, Any]:
    """The requests of a load, all there from the start, as many at once as the load has."""
    out = folder / "offline.json"
    llmserve(
        *("bench", "throughput", *engine, "--num-prompts", str(load["num"])),
        *("--input-len", str(load["input"]), "--output-len", str(load["output"])),
        *("--max-num-seqs", str(load["in_flight"]), "--output-json", str(out)),
    )
    found = json.loads(out.read_text())
    tokens = load["num"] * load["output"]
    return {"req_s": found["requests_per_second"], "out_tok_s": tokens / found["elapsed_time"]}


@contextlib.contextmanager
def server(engine: Sequence[str]) -> Iterator[str]:
    """A server that answers; gives its URL."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "llmserve", "serve", *engine, "--served-model-name", "random"]
    process = subprocess.Popen([*command, "--host", "127.0.0.1", "--port", str(port)])
    try:
        url = f"http://127.0.0.1:{port}"
        while process.poll() is None:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{url}/health", timeout=1).close()
                break
        yield url
    finally:
        process.terminate()
        process.wait()


def over_http(load: dict[str, Any], url: str, processes: int, folder: Path) -> dict[str, Any]:
    flags = ["--num-prompts", str(load["num"]), "--random-input-len", str(load["input"])]
    flags += ["--random-output-len", str(load["output"]), "--num-processes", str(processes)]
    if "rate" in load:
        flags += ["--request-rate", str(load["rate"])]
    else:
        flags += ["--max-concurrency", str(load["in_flight"])]
    common = ["--base-url", url, "--temperature", "0", "--num-warmups", "4", "--disable-tqdm"]
    saving = ["--metric-percentiles", "50,99", "--save-result", "--result-dir", str(folder)]
    llmserve("bench", "serve", *common, *flags, *saving, "--result-filename", "load.json")
    found = json.loads((folder / "load.json").read_text())
    names = ["request_throughput", "output_throughput", "failed", "client_cpu_share"]
    figures = ["ttft", "tpot", "itl", "e2el"]
    names += [f"{p}_{figure}_ms" for figure in figures for p in ("median", "p99")]
    return {name: found[name] for name in names}


def sweep(url: str, args: argparse.Namespace) -> Any:
    """Returns the knees. The figures of each run go into the file."""
    flags = ["--random-input-len", str(SWEEP["input"]), "--random-output-len", str(SWEEP["output"])]
    flags += ["--sweep-request-rate", *args.rates.split()]
    flags += ["--sweep-max-concurrency", *args.in_flight.split()]
    flags += ["--num-prompts", "4000", "--max-seconds", str(SWEEP_SECONDS)]
    flags += ["--base-url", url, "--temperature", "0"]
    flags += ["--num-processes", str(args.processes), "--disable-tqdm"]
    flags += ["--save-result", "--result-filename", str(args.sweep)]
    llmserve("bench", "serve", *flags)
    return json.loads(args.sweep.read_text())["knee"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--model", choices=SIZES, default="8b")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--processes", type=int, default=max(1, (os.cpu_count() or 2) // 4))
    parser.add_argument("--json", type=Path)
    parser.add_argument("--sweep", type=Path, help="sweep loads, too, into this file")
    parser.add_argument("--rates", default="2 5 10 20 30 40 50 60")
    parser.add_argument("--in-flight", default="1 4 16 64 128 256 512")
    args = parser.parse_args()
    machine = gpu() if args.device == "cuda" else cpu()
    results: dict[str, Any] = {"machine": machine, "model": args.model}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_config(folder, args.model)
        write_tokenizer(folder, SIZES[args.model]["vocab_size"])
        engine = ["--model", str(folder), "--load-format", "dummy", "--device", args.device]
        engine += ["--max-model-len", "16384", "--max-num-batched-tokens", "8192"]
        loads = [dict(load) for load in [*LOADS, *filter(None, [OPEN_LOADS.get(args.model)])]]
        for load in loads:
            if load.get("in_flight", 1) > 8:
                load["offline"] = offline(load, engine, folder)
        with server([*engine, "--max-num-seqs", "512"]) as url:
            for load in loads:
                load["http"] = over_http(load, url, args.processes, folder)
                if "offline" in load:
                    rate = load["http"]["output_throughput"]
                    load["ratio"] = round(rate / load["offline"]["out_tok_s"], 3)
                print(json.dumps(load), flush=True)
            results["loads"] = loads
            if args.sweep:
                results["knee"] = sweep(url, args)
    if args.json:
        args.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
