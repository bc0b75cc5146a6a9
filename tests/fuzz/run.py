"""Fuzzes the server for as long as one likes; what it finds, it prints with how to repeat it.

python tests/fuzz/run.py --minutes 15 [--only decoders|routes|coverage] [--target NAME] [--seed N]

decoders: Hypothesis over the targets of targets.py, in this process. routes: Schemathesis over a
server with a fake engine and over one of the default model. coverage: the same targets driven by
Atheris, which looks for inputs that reach new code (pip install atheris). All of them by default,
in equal shares of the time. Inputs that were found or were new are kept under build/fuzz.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
import traceback
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import hypothesis
from hypothesis.database import DirectoryBasedExampleDatabase

KEPT = Path(__file__).parents[2] / "build" / "fuzz"
KINDS = ("decoders", "routes", "coverage")
CASES = 500  # of a target, before it is the next one's turn


def fuzz_decoders(seconds: float, names: list[str], seed: int) -> int:
    """Rounds over all targets. Returns how many of them failed."""
    from fuzz.targets import TARGETS, Target, make_test

    settings = hypothesis.settings(
        max_examples=CASES,
        database=DirectoryBasedExampleDatabase(KEPT / "examples"),
        deadline=None,
        print_blob=True,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    cases: Counter[str] = Counter()
    failed: set[str] = set()

    def counting(name: str) -> Target:
        target = TARGETS[name]

        def check(case: Any) -> None:
            cases[name] += 1
            target.check(case)

        return Target(target.strategy, check, target.examples)

    end = time.monotonic() + seconds
    while time.monotonic() < end and failed != set(names):
        for name in names:
            if name in failed or time.monotonic() > end:
                continue
            seed += 1
            try:
                hypothesis.seed(seed)(make_test(counting(name), settings))()
            except Exception:
                failed.add(name)
                print(f"\n== {name}, seed {seed}:\n{traceback.format_exc()}", flush=True)
    shown = ", ".join(f"{name} {cases[name]}" for name in names)
    print(f"decoders: {cases.total()} cases ({shown}), failed: {sorted(failed) or 'none'}")
    return len(failed)


def fuzz_routes(seconds: float, seed: int) -> int:
    """Half of the time each server. Returns how many of the two runs failed."""
    from server_harness import FakeEngine, running_server
    from server_process import ServerProcess, stopped_cleanly

    from fuzz.routes import run_schemathesis

    folder = KEPT / "routes"
    folder.mkdir(parents=True, exist_ok=True)
    failed = 0

    def run(what: str, url: str) -> int:
        done = run_schemathesis(url, folder, seconds=max(int(seconds / 2), 1), seed=seed)
        lines = done.stdout.splitlines()
        print(f"routes, {what}: " + "".join(line for line in lines if " generated, " in line))
        if done.returncode:
            print(done.stdout, done.stderr, flush=True)
        return int(done.returncode != 0)

    engine = FakeEngine(max_model_len=128, step_seconds=0.0)
    with running_server(engine, enable_tokenizer_info_endpoint=True, dev_mode=True) as server:
        failed += run("fake engine", server.url)
        assert not engine.running
    flags = ["--max-model-len", "256", "--enable-tokenizer-info-endpoint"]
    with stopped_cleanly(ServerProcess(*flags)) as process:
        failed += run("llmserve-mini", process.url)
        assert process.is_idle()
    return failed


def fuzz_coverage(seconds: float, names: list[str]) -> int:
    """Each target in a process of its own. Returns how many of them failed."""
    if find_spec("atheris") is None:
        print("coverage: left out, as Atheris is not installed")
        return 0
    failed = 0
    program = Path(__file__).with_name("by_coverage.py")
    for name in names:
        corpus = KEPT / "corpus" / name.replace(" ", "-")
        corpus.mkdir(parents=True, exist_ok=True)
        share = str(max(int(seconds / len(names)), 1))
        done = subprocess.run(
            [sys.executable, str(program), name, share, str(corpus)],
            capture_output=True,
            text=True,
            check=False,
        )
        figures = [line for line in done.stderr.splitlines() if line.startswith("stat::number_of")]
        print(f"coverage: {name}: {' '.join(figures)}", flush=True)
        if done.returncode:
            failed += 1
            print(done.stdout[-20_000:], done.stderr[-20_000:], flush=True)
    return failed


def main() -> int:
    from fuzz.targets import TARGETS

    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--minutes", type=float, default=15, help="in all; default: 15")
    parser.add_argument("--only", choices=KINDS, action="append", help="repeat it for several")
    parser.add_argument("--target", choices=list(TARGETS), action="append", help="of targets.py")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    kinds = args.only or KINDS
    names = args.target or list(TARGETS)
    share = 60 * args.minutes / len(kinds)
    failed = 0
    if "decoders" in kinds:
        failed += fuzz_decoders(share, names, args.seed)
    if "routes" in kinds:
        failed += fuzz_routes(share, args.seed)
    if "coverage" in kinds:
        failed += fuzz_coverage(share, names)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
