"""Seconds from the start of a process to the first token of a model as safetensors, by phase.

    python bench/start_up.py [--model 8b] [--rounds 3] [--folder F] [--json OUT]

Writes a checkpoint of random weights with a tokenizer of its size (or takes the one in F), so that
its files are in the page cache, then starts a Python process ROUNDS times that makes an LLM and
asks for one token. The first start finds no choices of earlier ones, the others do. Needs numpy and
tokenizers.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from machine import gpu
from model_sizes import SIZES, model_config, write_config

_BLOCK_BYTES = 64 << 20
_WRITERS = 8
_PROMPT = "Tell me a story."


def write_checkpoint(folder: Path, size: str) -> int:
    """A model folder; returns the bytes of its weights."""
    write_config(folder, size)
    write_tokenizer(folder, SIZES[size]["vocab_size"])
    return write_weights(folder / "model.safetensors", model_config(size))


def write_weights(path: Path, config: dict[str, Any]) -> int:
    """One block of random numbers again and again: quick, and nothing depends on the values."""
    import numpy as np
    from random_checkpoint import tensor_shapes, to_bytes

    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, shape in tensor_shapes(config).items():
        begin, end = end, end + 2 * int(np.prod(shape, dtype=np.int64))
        header[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [begin, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # so that the data is aligned
    values = np.random.default_rng(0).standard_normal(_BLOCK_BYTES // 2, dtype=np.float32)
    block = to_bytes(values * np.float32(config["hidden_size"] ** -0.5), "bfloat16")
    data = 8 + len(text)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        file.truncate(data + end)

        def write(begin: int) -> None:
            rest = memoryview(block)[: end - begin]
            while rest:
                written = os.pwrite(file.fileno(), rest, data + begin)
                begin, rest = begin + written, rest[written:]

        with ThreadPoolExecutor(_WRITERS) as pool:
            list(pool.map(write, range(0, end, _BLOCK_BYTES)))
    return end


def write_tokenizer(folder: Path, vocab_size: int) -> None:
    """A byte-level BPE of any size: what takes time to load is the number of its merges, and these
    join any two tokens that there are, the shortest first."""
    from random_checkpoint import CHAT_TEMPLATE, SPECIAL_TOKENS
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = [*SPECIAL_TOKENS, *letters]
    merges: list[tuple[str, str]] = []
    known = set(tokens)
    place = len(SPECIAL_TOKENS)
    while len(tokens) < vocab_size:
        for letter in letters[: vocab_size - len(tokens)]:
            if (joined := tokens[place] + letter) not in known:
                known.add(joined)
                tokens.append(joined)
                merges.append((tokens[place], letter))
        place += 1
    vocab = {token: i for i, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(list(SPECIAL_TOKENS))
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "chat_template": CHAT_TEMPLATE}
    (folder / "tokenizer_config.json").write_text(json.dumps(config) + "\n")


def read_all(path: Path) -> float:
    """Reads a file, so that it is in the page cache; seconds that it took."""
    begin = time.monotonic()
    with path.open("rb", buffering=0) as file, memoryview(bytearray(_BLOCK_BYTES)) as buffer:
        while file.readinto(buffer):
            pass
    return time.monotonic() - begin


def child(args: argparse.Namespace) -> None:
    """What is measured. Its clock is the parent's: the machine's monotonic one."""
    marks = [("start Python", time.monotonic())]
    from llmserve import LLM, SamplingParams

    marks.append(("import llmserve", time.monotonic()))
    llm = LLM(str(args.folder), device=args.device, max_model_len=args.max_model_len)
    marks.append(("LLM()", time.monotonic()))
    params = SamplingParams(temperature=0.0, max_tokens=1, ignore_eos=True)
    output = llm.generate(_PROMPT, params, use_tqdm=False)[0]
    marks.append(("first token", time.monotonic()))
    assert len(output.outputs[0].token_ids) == 1
    begin, phases = args.begin, {}
    for name, end in marks:
        phases[name], begin = end - begin, end
    assert llm._client is not None and llm._client.ledger is not None
    ledger = dict(llm._client.ledger.phases)
    total = marks[-1][1] - args.begin
    print(json.dumps({"total_s": total, "phases_s": phases, "ledger_s": ledger}), flush=True)
    begin = time.monotonic()
    llm.close()
    print(json.dumps({"close_s": time.monotonic() - begin}), flush=True)


def one_round(args: argparse.Namespace, folder: Path, cache: Path) -> dict[str, Any]:
    command = [sys.executable, __file__, "--folder", str(folder), "--device", args.device]
    command += ["--max-model-len", str(args.max_model_len)]
    done = subprocess.run(
        [*command, "--begin", repr(time.monotonic())],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"LLMSERVE_CACHE_DIR": str(cache)},
        check=True,
    )
    result: dict[str, Any] = {}
    for line in done.stdout.splitlines():
        result |= json.loads(line)
    return result


def find_room(size: str) -> Path:
    """Where a checkpoint of this size fits: memory if it does, else the disk."""
    from random_checkpoint import tensor_shapes

    num_bytes = sum(2 * math.prod(shape) for shape in tensor_shapes(model_config(size)).values())
    for folder in (Path("/dev/shm"), Path(tempfile.gettempdir())):
        if folder.is_dir() and shutil.disk_usage(folder).free > num_bytes + (1 << 30):
            return folder
    sys.exit(f"there is no room for {num_bytes >> 20} MiB")


def measure(args: argparse.Namespace, folder: Path) -> dict[str, Any]:
    weights = folder / "model.safetensors"
    read_s = read_all(weights)
    with tempfile.TemporaryDirectory() as cache:
        rounds = [one_round(args, folder, Path(cache)) for _ in range(args.rounds)]
    later = rounds[1:] or rounds
    middle = statistics.median(result["total_s"] for result in later)
    chosen = min(later, key=lambda result: abs(result["total_s"] - middle))
    num_bytes = weights.stat().st_size
    return {
        "model": args.model,
        "bytes": num_bytes,
        "page_cache_gb_s": num_bytes / read_s / 1e9,  # by one thread
        "first_start_s": rounds[0]["total_s"],
        "median_s": middle,
        "all_s": [result["total_s"] for result in rounds],
        "load_gb_s": num_bytes / chosen["ledger_s"]["load weights"] / 1e9,
        "median_round": chosen,
    }


def show(result: dict[str, Any]) -> None:
    chosen = result["median_round"]
    print(f"{'process start to first token':32}{result['median_s']:8.3f} s")
    for name, seconds in chosen["phases_s"].items():
        print(f"  {name:30}{seconds:8.3f} s")
        if name == "LLM()":
            for part, part_s in chosen["ledger_s"].items():
                print(f"    {part:28}{part_s:8.3f} s")
    print(f"weights at {result['load_gb_s']:.1f} GB/s")
    print(f"the first start {result['first_start_s']:.3f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", choices=tuple(SIZES), default="8b")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--max-model-len", type=int, default=16384)
    parser.add_argument("--folder", type=Path, help="a checkpoint; made and kept if there is none")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    parser.add_argument("--begin", type=float, help=argparse.SUPPRESS)  # the child's
    args = parser.parse_args()
    if args.begin is not None:
        child(args)
        return
    room = None if args.folder else tempfile.mkdtemp(dir=find_room(args.model))
    folder = args.folder or Path(room or "")
    try:
        if not (folder / "config.json").exists():
            begin = time.monotonic()
            num_bytes = write_checkpoint(folder, args.model)
            print(f"wrote {num_bytes / 1e9:.2f} GB in {time.monotonic() - begin:.1f} s", flush=True)
        result = measure(args, folder)
    finally:
        if room:
            shutil.rmtree(room)
    show(result)
    if args.json:
        args.json.write_text(json.dumps({"machine": gpu()} | result, indent=1) + "\n")


if __name__ == "__main__":
    main()
