"""Writes what train.py reads: the tokenizer, and token ids to train on and to hold out.

    python -m default_model.prepare FOLDER [--conversations N] [--documents FILE] ...

run in bench/. Equal arguments and documents give equal files. The documents are those of the
standard library of the Python that runs this, or of a file that stdlib_text.py wrote.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from . import stdlib_text
from .chat_format import render
from .conversation import conversations
from .corpus import Rows, dialogue_rows, document_rows
from .exchange import is_held_out
from .tokenizer import train_tokenizer, write_tokenizer

ROW = 2048 + 1  # tokens of a row: the model's context, and one more to predict
_TOKENIZER_CONVERSATIONS = 60_000
_VALIDATION_CONVERSATIONS = 4_000


def main(arguments: Sequence[str] | None = None) -> None:
    args = parse_arguments(arguments)
    args.folder.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()
    documents = read_documents(args.documents)
    train = [text for text in documents if not is_held_out("documents", text[:200])]
    held_out = [text for text in documents if is_held_out("documents", text[:200])]
    samples = min(args.conversations, _TOKENIZER_CONVERSATIONS)
    tokenizer = train_tokenizer(tokenizer_texts(train, samples, args.seed), args.vocab)
    write_tokenizer(tokenizer, args.folder, ROW - 1)
    file = str(args.folder / "tokenizer.json")
    say(begin, f"{len(documents)} documents, {len(held_out)} held out; {args.vocab} tokens")
    save(args.folder / "documents.npz", document_rows(file, train, ROW))
    save(args.folder / "documents_held_out.npz", document_rows(file, held_out, ROW))
    for name, count, apart in (
        ("dialogue", args.conversations, False),
        ("dialogue_held_out", min(args.conversations, _VALIDATION_CONVERSATIONS), True),
    ):
        rows = dialogue_rows(file, count, ROW, args.seed, apart, args.processes)
        save(args.folder / f"{name}.npz", rows)
        said = int(rows.counts.sum())
        say(begin, f"{name}: {count} conversations, {rows.ids.size} tokens, {said} said by us")


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="where to write")
    parser.add_argument("--conversations", type=int, default=2_000_000, help="to train on")
    parser.add_argument("--documents", type=Path, help="written by stdlib_text.py")
    parser.add_argument("--vocab", type=int, default=4096, help="tokens of the tokenizer")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)))
    return parser.parse_args(arguments)


def read_documents(file: Path | None) -> list[str]:
    if file is None:
        return list(stdlib_text.documents())
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def tokenizer_texts(documents: Sequence[str], count: int, seed: int) -> Iterator[str]:
    for one in conversations(random.Random(f"{seed} tokenizer"), count):
        yield render(one.messages, one.tools)
    yield from documents


def save(path: Path, rows: Rows) -> None:
    np.savez(path, ids=rows.ids, counts=np.packbits(rows.counts, axis=1))


def say(begin: float, text: str) -> None:
    print(f"{time.monotonic() - begin:6.1f} s  {text}", flush=True)


if __name__ == "__main__":
    main()
