"""Trains the default model on what prepare.py wrote, and writes it as a checkpoint.

    python -m default_model.train FOLDER OUT [--steps N] ...

run in bench/. OUT becomes a folder that llmserve and transformers load; beside the model it gets
history.json, with the losses that plot.py draws. Takes six minutes on one H100; --device cpu is for
trying out.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

# Read by cuBLAS when it starts: a fixed workspace, so that sums are the same in every run.
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .network import Decoder, Shape, write_checkpoint

BOS, IM_END, PAD = 0, 2, 3  # ids of chat_format.SPECIAL_TOKENS
_IGNORE = -100
_TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")
_LOG_EVERY, _CHECK_EVERY = 20, 200


class Source:
    """Rows of a file of prepare.py on the device; drawn without repetition until all were seen."""

    def __init__(self, path: Path, device: str, seed: int) -> None:
        data = np.load(path)
        ids = data["ids"]
        counts = np.unpackbits(data["counts"], axis=1, count=ids.shape[1]).astype(bool)
        self.ids = torch.from_numpy(ids.astype(np.int32)).to(device)
        self.counts = torch.from_numpy(counts).to(device)
        self._random = np.random.default_rng(seed)
        self._order = np.empty(0, dtype=np.int64)

    def draw(self, count: int) -> tuple[Tensor, Tensor]:
        """Inputs and targets [count, tokens]; a target that does not count is _IGNORE."""
        while len(self._order) < count:
            fresh = self._random.permutation(len(self.ids))
            self._order = np.concatenate((self._order, fresh))
        chosen = torch.from_numpy(self._order[:count]).to(self.ids.device)
        self._order = self._order[count:]
        return self.split(self.ids[chosen], self.counts[chosen])

    def batches(self, count: int) -> Iterator[tuple[Tensor, Tensor]]:
        """All rows once, in order, as many at a time as fill whole batches."""
        for begin in range(0, len(self.ids) - count + 1, count):
            end = begin + count
            yield self.split(self.ids[begin:end], self.counts[begin:end])

    @staticmethod
    def split(ids: Tensor, counts: Tensor) -> tuple[Tensor, Tensor]:
        ids = ids.long()
        return ids[:, :-1], ids[:, 1:].masked_fill(~counts[:, 1:], _IGNORE)


def main(arguments: Sequence[str] | None = None) -> None:
    args = parse_arguments(arguments)
    torch.manual_seed(args.seed)
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cuda.matmul.allow_tf32 = True
    names = ("dialogue", "documents", "dialogue_held_out", "documents_held_out")
    sources = {
        name: Source(args.folder / f"{name}.npz", args.device, args.seed + i)
        for i, name in enumerate(names)
    }
    shape = Shape(**json.loads(args.shape))
    model = Decoder(shape).to(args.device)
    count = sum(parameter.numel() for parameter in model.parameters())
    print(f"{count / 1e6:.2f}M parameters on {args.device}", flush=True)
    history = train(model, sources, args)
    args.out.mkdir(parents=True, exist_ok=True)
    for file in _TOKENIZER_FILES:
        shutil.copy(args.folder / file, args.out / file)
    ends: list[int] = [IM_END, BOS]
    write_checkpoint(
        model, args.out, {"bos_token_id": BOS, "eos_token_id": ends, "pad_token_id": PAD}
    )
    generation = {"bos_token_id": BOS, "eos_token_id": ends, "pad_token_id": PAD}
    generation |= {"do_sample": True, "temperature": 0.3, "top_p": 0.9}
    (args.out / "generation_config.json").write_text(json.dumps(generation, indent=2) + "\n")
    (args.out / "history.json").write_text(json.dumps(history) + "\n")


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="written by prepare.py")
    parser.add_argument("out", type=Path, help="the checkpoint's folder")
    parser.add_argument("--steps", type=int, default=4500)
    parser.add_argument("--rows", type=int, default=64, help="rows of 2048 tokens in a step")
    parser.add_argument("--document-rows", type=int, default=1, help="of these, documentation")
    parser.add_argument("--learning-rate", type=float, default=4e-3, help="at its highest")
    parser.add_argument("--warmup", type=int, default=150, help="steps until it is reached")
    parser.add_argument("--weight-decay", type=float, default=0.1)
    parser.add_argument("--shape", default="{}", help="fields of Shape as JSON")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args(arguments)


def make_optimizer(model: Decoder, args: argparse.Namespace) -> torch.optim.Optimizer:
    """AdamW; norms do not decay."""
    matrices = [p for p in model.parameters() if p.dim() == 2]
    vectors = [p for p in model.parameters() if p.dim() != 2]
    groups = [
        {"params": matrices, "weight_decay": args.weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    fused = args.device == "cuda"
    return torch.optim.AdamW(groups, lr=args.learning_rate, betas=(0.9, 0.95), fused=fused)


def learning_rate(step: int, args: argparse.Namespace) -> float:
    """Up to its highest value in a straight line, then down to zero in another."""
    up = (step + 1) / max(1, args.warmup)
    down = (args.steps - step) / max(1, args.steps - args.warmup)
    return args.learning_rate * min(up, down)


def train(model: Decoder, sources: dict[str, Source], args: argparse.Namespace) -> dict[str, list]:
    """Trains the model in place. Returns the losses on the way, in nats per token."""
    optimizer = make_optimizer(model, args)
    on_gpu = args.device == "cuda"

    def loss_of(inputs: Tensor, targets: Tensor) -> Tensor:
        with torch.autocast(args.device, torch.bfloat16, enabled=on_gpu):
            logits = model(inputs)
        flat = logits.float().flatten(0, 1)
        return F.cross_entropy(flat, targets.flatten(), ignore_index=_IGNORE)

    compiled = torch.compile(loss_of) if on_gpu else loss_of
    history: dict[str, list] = {"train": [], "dialogue_held_out": [], "documents_held_out": []}
    begin = time.monotonic()
    for step in range(args.steps):
        parts = [
            sources["dialogue"].draw(args.rows - args.document_rows),
            sources["documents"].draw(args.document_rows),
        ]
        inputs, targets = (torch.cat(both) for both in zip(*parts, strict=True))
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, args)
        loss = compiled(inputs, targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        last = step + 1 == args.steps
        if step % _LOG_EVERY == 0 or last:
            history["train"].append((step + 1, loss.item()))
        if (step + 1) % _CHECK_EVERY == 0 or last:
            for name in ("dialogue_held_out", "documents_held_out"):
                held_out = mean_loss(compiled, sources[name], args.rows)
                history[name].append((step + 1, held_out))
            shown = ", ".join(f"{name} {points[-1][1]:.4f}" for name, points in history.items())
            speed = (step + 1) * inputs.numel() / (time.monotonic() - begin)
            print(f"step {step + 1}: {shown}; {speed / 1e6:.2f}M tokens/s", flush=True)
    history["seconds"] = [time.monotonic() - begin]
    return history


@torch.no_grad()
def mean_loss(loss_of, source: Source, rows: int) -> float:
    """Over all rows of the source, in batches of one size, as the compiled function wants them."""
    losses = [loss_of(*batch) for batch in source.batches(min(rows, len(source.ids)))]
    return torch.stack(losses).mean().item()


if __name__ == "__main__":
    main()
