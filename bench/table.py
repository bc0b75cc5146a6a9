"""Writes the tables of bench/README.md from the files in bench/results.

    python bench/table.py [--check]

What is read, of our device: engine-*-h200.json (rows of bench_engine), ops-*-h200.json
(compare_cuda.py), gpu-busy-*-h200.json, start-up-*-h200.json, http-*-h200.json (http_load.py), and
limits-h200.json, which says in words what a row's time is lost to. Of the peer's:
peer-*-h100.json. Floors are what a device's own copy and product allow (ceilings-*.json), so that
each side is judged by its own device.
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

OUR_TAG, PEER_TAG = "h200", "h100"  # devices, in the names of the result files
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

    def __init__(self, ceilings: Row) -> None:
        self.bytes_per_s: float = 1e9 * ceilings["copy_gb_s"]
        self.flops_per_s: float = 1e12 * ceilings["product_tflop_s"]

    def floor(self, num_bytes: float, flops: float) -> float:
        """Seconds."""
        return max(num_bytes / self.bytes_per_s, flops / self.flops_per_s)

    def decode(self, model: Model, batch: int, context: float) -> float:
        """Seconds of a step."""
        weights, kv, flops = model.decode(batch, context)
        return self.floor(weights + kv, flops)

    def prefill(self, model: Model, requests: int, prompt: int) -> float:
        return model.prefill(requests, prompt) / self.flops_per_s

    def offline(self, model: Model, row: Row) -> float:
        """Seconds of a run: all prompts, then steps of as many requests as run at once."""
        first = self.prefill(model, row["n"], row["prompt"])
        steps: float = row["output"] * row["n"] / min(_BATCH, row["n"])
        context = row["prompt"] + row["output"] / 2
        return first + steps * self.decode(model, min(_BATCH, row["n"]), context)

    def rates(self) -> str:
        tb_s, tflop_s = self.bytes_per_s / 1e12, self.flops_per_s / 1e12
        return f"{tb_s:.2f} TB/s of a copy and {tflop_s:.0f} TFLOP/s"


def read(pattern: str) -> dict[str, Any]:
    return {path.name: json.loads(path.read_text()) for path in sorted(RESULTS.glob(pattern))}


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in (header, ["---"] * len(header), *rows)]
    return "\n".join(lines) + "\n"


def ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def measures_of(device: Device, model: Model, row: Row) -> list[tuple[str, float, float]]:
    """Of a row of bench_engine: name of the load, milliseconds, floor in milliseconds."""
    if row["what"] == "decode":
        batch, prompt = row["batch"], row["prompt"]
        step_s = device.decode(model, batch, prompt + _DECODE_STEPS / 2)
        prefill_s = device.prefill(model, batch, prompt)
        return [
            (f"decode {batch} x {prompt}", row["tpot_ms"], 1e3 * step_s),
            (f"prefill {batch} x {prompt}", 1e3 * row["prefill_s"], 1e3 * prefill_s),
        ]
    if row["what"].startswith("offline"):
        name = f"{row['what']} {row['n']} x {row['prompt']} + {row['output']}"
        return [(name, 1e3 * row["s"], 1e3 * device.offline(model, row))]
    return []


def engine_line(
    name: str, ours: tuple[float | None, float], peer: tuple[float | None, float], limit: str
) -> list[str]:
    """A load; of each side milliseconds, if measured, and the floor of its own device."""
    (our_ms, our_floor), (peer_ms, peer_floor) = ours, peer
    # Small batches of a prompt: launches and weights, for which there is no simple floor.
    has_floor = not name.startswith("prefill") or min(our_floor, peer_floor) > 5
    our_share = our_floor / our_ms if our_ms and has_floor else None
    peer_share = peer_floor / peer_ms if peer_ms and has_floor else None
    return [
        name,
        ratio(our_ms),
        ratio(our_floor if has_floor else None),
        ratio(our_share),
        ratio(peer_ms),
        ratio(peer_floor if has_floor else None),
        ratio(peer_share),
        ratio(our_share / peer_share if our_share and peer_share else None),
        ratio(peer_ms / our_ms if our_ms and peer_ms else None),
        limit,
    ]


def engine_table(size: str, our_device: Device, peer_device: Device, limits: dict[str, str]) -> str:
    """Steps and runs of one model: each side beside its device's floor, then the two compared."""
    model = Model(size)
    our_files = list(read(f"engine-{size}-{OUR_TAG}.json").values())
    peer_files = list(read(f"peer-*-{PEER_TAG}.json").values())

    def all_of(files: list[Any], tag: str, device: Device) -> dict[str, tuple[float, float]]:
        rows = [row for file in files for row in file["rows"] if row["tag"] == tag]
        measures = [measure for row in rows for measure in measures_of(device, model, row)]
        return {name: (ms, floor_ms) for name, ms, floor_ms in measures}

    ours = all_of(our_files, f"llmserve-{size}", our_device)
    peers = all_of(peer_files, f"vllm-{size}", peer_device)
    # A load's floor on a device stands on the page before that side has measured it.
    both = (peer_files, f"vllm-{size}"), (our_files, f"llmserve-{size}")
    floors = [
        {k: f for files, tag in both for k, (_, f) in all_of(files, tag, device).items()}
        for device in (our_device, peer_device)
    ]
    lines = [
        engine_line(
            name,
            (ours.get(name, (None,))[0], floors[0][name]),
            (peers.get(name, (None,))[0], floors[1][name]),
            limits.get(f"{size} {name}", ""),
        )
        for name in floors[0]
    ]
    header = (
        "load",
        f"llmserve ms ({OUR_TAG.upper()})",
        f"floor ms ({OUR_TAG.upper()})",
        "ours of floor",
        f"peer ms ({PEER_TAG.upper()})",
        f"floor ms ({PEER_TAG.upper()})",
        "peer of floor",
        "of floor: ours / peer",
        "raw ms, devices differ: peer / ours",
        "limit",
    )
    sources = [f"llmserve on {file['device']}, commit {file['commit']}." for file in our_files]
    sources = sources or [f"llmserve: not yet measured on the {OUR_TAG.upper()}."]
    sources += [f"Peer: {file['peer']}, on {file['device']}." for file in peer_files]
    return f"### {size}, bfloat16\n\n" + " ".join(sources) + "\n\n" + markdown(header, lines)


def ops_table(files: dict[str, Any], device: Device, limits: dict[str, str]) -> str:
    lines = []
    for row in (row for file in files.values() for row in file["rows"]):
        floor_us = 1e6 * device.floor(row["bytes"], row["flops"])
        best = min(row["references"].items(), key=lambda item: item[1]["us"], default=None)
        lines.append(
            [
                row["name"],
                f"{row['us']:.1f}",
                f"{floor_us:.1f}",
                ratio(floor_us / row["us"]),
                "" if best is None else f"{best[0]} {best[1]['us']:.1f}",
                "" if best is None else ratio(best[1]["ratio"]),
                limits.get(row["name"], ""),
            ]
        )
    header = ("us", "llmserve", "floor", "of floor", "torch's best", "theirs / ours", "limit")
    about = f"llmserve and torch in turn on the same {OUR_TAG.upper()}.\n\n"
    return "### Single ops\n\n" + about + markdown(header, lines)


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
        for row in file["rows"]
        if "error" not in row
    ]
    header = ("decode", "step, us", "under the profiler", "GPU busy", "share", "gap between steps")
    return f"### How busy the {OUR_TAG.upper()} is\n\n" + markdown(header, lines)


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
    header = (
        "s",
        f"peer, dummy weights ({PEER_TAG.upper()})",
        f"llmserve ({OUR_TAG.upper()})",
        "its first start",
        "GB/s",
        "phases",
    )
    return "### Process start to the first token\n\n" + markdown(header, lines)


def load_key(row: Row) -> tuple[Any, ...]:
    """What makes a load over HTTP: ours or the peer's."""
    if "inp" in row:  # the peer's
        how = ("rate", row["rate"]) if row["rate"] else ("in flight", row["conc"])
        return row["n"], row["inp"], row["out"], *how
    how = ("rate", row["rate"]) if "rate" in row else ("in flight", row["in_flight"])
    return row["num"], row["input"], row["output"], *how


def http_line(load: Row, peer: Row | None, peer_offline: float | None) -> list[str]:
    num, prompt, output, kind, value = load_key(load)
    name = f"{num} x {prompt} + {output}, {value} {'per s' if kind == 'rate' else kind}"
    http, offline = load["http"], load.get("offline", {}).get("out_tok_s")
    line = [name, f"{http['output_throughput']:.0f}"]
    line.append(ratio(http["output_throughput"] / offline if offline else None))
    line.append(f"{http['median_ttft_ms']:.0f}, {http['p99_ttft_ms']:.0f}")
    line.append(ratio(http["median_tpot_ms"]))
    if peer is None:
        return [*line, "", "", "", ""]
    rate = peer.get("out_tok_s") or peer["req_s"] * peer["out"]
    line.append(f"{rate:.0f}")
    line.append(ratio(rate / peer_offline if peer_offline and "rate" not in load else None))
    line.append(f"{peer['ttft_ms']['50']:.0f}, {peer['ttft_ms']['99']:.0f}")
    return [*line, ratio(peer["tpot_ms"]["50"])]


def http_table(files: dict[str, Any], peers: dict[str, Any]) -> str:
    """Servers: tokens per second, how much that is of the same engine's offline run, latencies."""
    parts = [f"### Over HTTP, {OUR_TAG.upper()} and {PEER_TAG.upper()}\n"]
    parts += [f"Peer: {other['http_note']}.\n" for other in peers.values() if "http_note" in other]
    for file in files.values():
        tag = file["model"]
        rows = [
            row for other in peers.values() for row in other.get("http_rows", []) if "inp" in row
        ]
        theirs = {load_key(row): row for row in rows if row["tag"] == f"vllm-http-{tag}"}
        runs = [row for other in peers.values() for row in other["rows"]]
        offline = {
            (row["n"], row["prompt"], row["output"]): row["out_tok_s"]
            for row in runs
            if row["tag"] == f"vllm-{tag}" and row["what"] == "offline"
        }
        lines = [
            http_line(load, theirs.get(load_key(load)), offline.get(load_key(load)[:3]))
            for load in file["loads"]
        ]
        header = [
            f"{tag}, requests x prompt + output",
            *("tokens/s", "of offline", "TTFT p50, p99 ms", "TPOT p50 ms"),
            *("peer: tokens/s", "of its offline", "TTFT p50, p99 ms", "TPOT p50 ms"),
        ]
        machine = file["machine"]
        about = f"llmserve on {machine['gpu']}, commit {machine['commit']}: `http_load.py`.\n"
        parts += [about, markdown(header, lines)]
    return "\n".join(parts)


def tables() -> str:
    ops = read(f"ops-*-{OUR_TAG}.json")
    peers = read(f"peer-*-{PEER_TAG}.json")
    busy, start_up = read(f"gpu-busy-*-{OUR_TAG}.json"), read(f"start-up-*-{OUR_TAG}.json")
    limits = read(f"limits-{OUR_TAG}.json").get(f"limits-{OUR_TAG}.json", {})
    our_device, peer_device = (
        Device(json.loads((RESULTS / f"ceilings-{tag}.json").read_text()))
        for tag in (OUR_TAG, PEER_TAG)
    )
    parts = [engine_table(size, our_device, peer_device, limits) for size in ("8b", "1b")]
    if ops:
        parts.append(ops_table(ops, our_device, limits))
    if busy:
        parts.append(busy_table(busy))
    if start_up:
        parts.append(start_up_table(start_up, peers))
    if http := read(f"http-*-{OUR_TAG}.json"):
        parts.append(http_table(http, peers))
    rates = (
        f"Floors on our {OUR_TAG.upper()} by {our_device.rates()} of a large product, "
        f"on the peer's {PEER_TAG.upper()} by {peer_device.rates()}."
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
