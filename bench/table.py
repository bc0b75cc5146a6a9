"""Writes the tables of bench/README.md from the files in bench/results.

    python bench/table.py [--check]

What is read: peer-*-h100.json, engine-*-h100.json (rows of bench_engine), ops-*-h100.json
(compare_cuda.py), gpu-busy-*-h100.json, start-up-*-h100.json, and limits-h100.json, which says in
words what a row's time is lost to. Floors are what the device's own copy and product allow.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from model_sizes import SIZES
from random_checkpoint import tensor_shapes

RESULTS = Path(__file__).parent / "results"
README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- tables: written by table.py -->\n", "<!-- end of tables -->\n"
_BATCH = 256  # requests that an offline run has at once, at most
_DECODE_STEPS = 128  # of bench_engine

Row = dict[str, Any]


class Model:
    """What a decoder makes a device read and compute; in bytes and operations."""

    def __init__(self, size: str) -> None:
        self.sizes = SIZES[size]
        shapes = tensor_shapes(self.sizes)
        embedding = "model.embed_tokens.weight"
        head = embedding if self.sizes["tie_word_embeddings"] else "lm_head.weight"
        self.head = math.prod(shapes[head])
        self.layers = sum(
            math.prod(s) for name, s in shapes.items() if name not in (embedding, head)
        )
        kv_width = self.sizes["num_key_value_heads"] * self.sizes["head_dim"]
        self.kv_bytes = 2 * 2 * kv_width * self.sizes["num_hidden_layers"]  # of a token
        heads = self.sizes["num_attention_heads"] * self.sizes["head_dim"]
        self.pair_flops = 4 * heads * self.sizes["num_hidden_layers"]  # of a query with a key

    def decode(self, batch: int, context: float) -> tuple[float, float, float]:
        """A step: bytes of weights, bytes of keys and values, operations."""
        weights = 2.0 * (self.layers + self.head)
        flops = batch * (weights + context * self.pair_flops)
        return weights, batch * context * self.kv_bytes, flops

    def prefill(self, requests: int, prompt: int) -> float:
        """Operations, with one row of logits a request."""
        pairs = prompt * (prompt + 1) / 2
        tokens = 2.0 * prompt * self.layers + pairs * self.pair_flops + 2.0 * self.head
        return float(requests * tokens)


class Device:
    """What was reached by a copy and by a large product."""

    def __init__(self, ops: Iterable[Row]) -> None:
        self.bytes_per_s, self.flops_per_s = 3.0e12, 800e12  # where nothing has been measured
        for measured in ops:
            self.bytes_per_s = 1e9 * measured["copy_gb_s"]
            self.flops_per_s = 1e12 * measured["product_tflop_s"]

    def decode(self, model: Model, batch: int, context: float) -> tuple[float, str]:
        """Seconds of a step, and what takes them."""
        weights, kv, flops = model.decode(batch, context)
        by_bytes, by_flops = (weights + kv) / self.bytes_per_s, flops / self.flops_per_s
        if by_flops > by_bytes:
            return by_flops, "products"
        return by_bytes, f"weights {weights / (weights + kv):.0%}, KV {kv / (weights + kv):.0%}"

    def prefill(self, model: Model, requests: int, prompt: int) -> float:
        return model.prefill(requests, prompt) / self.flops_per_s

    def offline(self, model: Model, row: Row) -> tuple[float, str]:
        """Seconds of a run: all prompts, then steps of as many requests as run at once."""
        first = self.prefill(model, row["n"], row["prompt"])
        steps = row["output"] * row["n"] / min(_BATCH, row["n"])
        step, _ = self.decode(model, min(_BATCH, row["n"]), row["prompt"] + row["output"] / 2)
        return first + steps * step, f"prefill {first / (first + steps * step):.0%}, then decode"


def read(pattern: str) -> dict[str, Any]:
    return {path.name: json.loads(path.read_text()) for path in sorted(RESULTS.glob(pattern))}


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in (header, ["---"] * len(header), *rows)]
    return "\n".join(lines) + "\n"


def ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def measures_of(device: Device, model: Model, row: Row) -> list[tuple[str, float, float, str]]:
    """Of a row of bench_engine: name, milliseconds, floor in milliseconds, what the floor is."""
    if row["what"] == "decode":
        batch, prompt = row["batch"], row["prompt"]
        floor_s, why = device.decode(model, batch, prompt + _DECODE_STEPS / 2)
        prefill_s = device.prefill(model, batch, prompt)
        return [
            (f"decode {batch} x {prompt}", row["tpot_ms"], 1e3 * floor_s, why),
            (f"prefill {batch} x {prompt}", 1e3 * row["prefill_s"], 1e3 * prefill_s, "products"),
        ]
    if row["what"].startswith("offline"):
        floor_s, why = device.offline(model, row)
        name = f"{row['what']} {row['n']} x {row['prompt']} + {row['output']}"
        return [(name, 1e3 * row["s"], 1e3 * floor_s, why)]
    return []


def engine_table(size: str, device: Device, limits: dict[str, str]) -> str:
    """Steps and runs of one model beside floor and peer."""
    model = Model(size)

    def all_of(pattern: str, tag: str) -> dict[str, tuple[float, float, str]]:
        rows = [row for file in read(pattern).values() for row in file["rows"] if row["tag"] == tag]
        measures = [measure for row in rows for measure in measures_of(device, model, row)]
        return {name: (ms, floor_ms, why) for name, ms, floor_ms, why in measures}

    peers = all_of("peer-*-h100.json", f"vllm-{size}")
    ours = all_of(f"engine-{size}-h100.json", f"llmserve-{size}")
    lines = []
    for name in peers:
        peer_ms, floor_ms, why = peers[name]
        our_ms = ours[name][0] if name in ours else None
        # Small batches of a prompt: launches and weights, for which there is no simple floor.
        floor = f"{floor_ms:.2f}" if not name.startswith("prefill") or floor_ms > 5 else ""
        lines.append(
            [
                name,
                floor,
                f"{peer_ms:.2f}",
                "" if our_ms is None else f"{our_ms:.2f}",
                ratio(our_ms and peer_ms / our_ms),
                ratio(our_ms and floor_ms / our_ms) if floor else "",
                why if floor else "",
                limits.get(f"{size} {name}", ""),
            ]
        )
    header = ("ms", "floor", "peer", "llmserve", "peer / ours", "of floor", "the floor is", "limit")
    return f"### {size}, bfloat16\n\n" + markdown(header, lines)


def ops_table(files: dict[str, Any], limits: dict[str, str]) -> str:
    lines = []
    for row in (row for file in files.values() for row in file["rows"]):
        best = min(row["references"].items(), key=lambda item: item[1]["us"], default=None)
        lines.append(
            [
                row["name"],
                f"{row['us']:.1f}",
                f"{row['floor_us']:.1f}" if "floor_us" in row else "",
                ratio(row.get("of_floor")),
                "" if best is None else f"{best[0]} {best[1]['us']:.1f}",
                "" if best is None else ratio(best[1]["ratio"]),
                limits.get(row["name"], ""),
            ]
        )
    header = ("us", "llmserve", "floor", "of floor", "torch's best", "theirs / ours", "limit")
    return "### Single ops\n\n" + markdown(header, lines)


def busy_table(files: dict[str, Any]) -> str:
    lines = [
        [
            f"{row['model']} x {row['batch']}",
            f"{row['step_us']:.0f}",
            f"{row['profiled_step_us']:.0f}",
            f"{row['busy_us']:.0f}",
            ratio(row["busy_share"]),
            f"{row['gap_between_steps_us']:.1f}",
        ]
        for file in files.values()
        for row in file
        if "error" not in row
    ]
    header = ("decode", "step, us", "under the profiler", "GPU busy", "share", "gap between steps")
    return "### How busy the GPU is\n\n" + markdown(header, lines)


def start_up_table(files: dict[str, Any], peers: dict[str, Any]) -> str:
    lines = []
    for file in files.values():
        peer = [
            row["import_s"] + row["init_s"]
            for other in peers.values()
            for row in other["rows"]
            if row["what"] == "startup" and row["tag"] == f"vllm-{file['model']}"
        ]
        phases = file["median_round"]["phases_s"] | file["median_round"]["ledger_s"]
        slowest = sorted(phases.items(), key=lambda item: -item[1])
        shown = ", ".join(f"{name} {s:.2f}" for name, s in slowest if name != "LLM()" and s >= 0.05)
        lines.append(
            [
                file["model"],
                f"{peer[0]:.1f}" if peer else "",
                f"{file['median_s']:.2f}",
                f"{file['first_start_s']:.2f}",
                f"{file['load_gb_s']:.1f}",
                shown,
            ]
        )
    header = ("s", "peer, dummy weights", "llmserve", "its first start", "GB/s", "phases")
    return "### Process start to the first token\n\n" + markdown(header, lines)


def tables() -> str:
    ops = read("ops-*-h100.json")
    peers = read("peer-*-h100.json")
    busy, start_up = read("gpu-busy-*-h100.json"), read("start-up-*-h100.json")
    limits = json.loads((RESULTS / "limits-h100.json").read_text())
    device = Device(ops.values())
    parts = [engine_table(size, device, limits) for size in ("8b", "1b")]
    if ops:
        parts.append(ops_table(ops, limits))
    if busy:
        parts.append(busy_table(busy))
    if start_up:
        parts.append(start_up_table(start_up, peers))
    rates = (
        f"Floors by {device.bytes_per_s / 1e12:.2f} TB/s of a copy and "
        f"{device.flops_per_s / 1e12:.0f} TFLOP/s of an 8192^3 product"
        + ("." if ops else ", which stand for the figures of `compare_cuda.py`.")
    )
    return "\n".join([rates + "\n", *parts])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail where the page is out of date")
    args = parser.parse_args()
    text = README.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    new = before + BEGIN + "\n" + tables() + "\n" + END + after
    if args.check:
        sys.exit("bench/README.md is not what table.py writes" if new != text else 0)
    README.write_text(new)


if __name__ == "__main__":
    main()
