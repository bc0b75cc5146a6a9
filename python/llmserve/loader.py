"""From a model folder to filled weight slots: opens the checkpoint, compares all of it with the
slots of the engine before the first byte moves, and hands the tensors over from several threads.

Slicing for ranks, fusing and packing are the core's.
"""

import os
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from . import _core
from .checkpoint import (
    Checkpoint,
    TensorInfo,
    list_some,
    main_dtype,
    open_checkpoint,
    same_bytes,
)
from .hf_config import (
    GenerationConfig,
    load_config,
    load_generation_config,
    resolve_dtype,
)
from .models import find_family
from .models.parts import Placements, is_tied

__all__ = ["Model", "load_weights", "open_checkpoint", "open_model"]

_CORE_DTYPES = ("float32", "bfloat16", "float16")
_HEAD, _EMBEDDING = "lm_head.weight", "model.embed_tokens.weight"
_MAX_THREADS = 8  # reading is bound by disk and memory, not by cores


class Slot(Protocol):
    """A weight the engine waits for; _core.WeightSlot."""

    @property
    def name(self) -> str: ...
    @property
    def shape(self) -> tuple[int, ...]: ...


class WeightSink(Protocol):
    """The part of _core.Engine that loading needs."""

    def weight_slots(self) -> Sequence[Slot]: ...
    def load_weight(self, slot: str, data: Any, dtype: str, shape: Sequence[int]) -> None: ...
    def load_dummy_weights(self, seed: int) -> None: ...
    def missing_weights(self) -> Sequence[str]: ...


@dataclass
class Model:
    """All that is read of a model folder before an engine is made."""

    folder: Path
    config: dict[str, Any]
    generation_config: GenerationConfig
    spec: _core.ModelSpec
    placements: Placements
    checkpoint: Checkpoint | None  # None: dummy weights

    def load_into(self, engine: WeightSink, *, seed: int = 0, use_tqdm: bool = True) -> None:
        """Fills the engine's weight slots and closes the files. seed: of dummy weights."""
        try:
            load_weights(engine, self.checkpoint, self.placements, seed=seed, use_tqdm=use_tqdm)
        finally:
            self.close()

    def close(self) -> None:
        """Closes the weight files; for a model that is not loaded after all."""
        if self.checkpoint is not None:
            self.checkpoint.close()
            self.checkpoint = None


def open_model(
    folder: Path,
    *,
    dtype: str = "auto",
    load_format: str = "auto",
    overrides: Mapping[str, Any] | None = None,
) -> Model:
    """Reads the config of a folder and the headers of its weight files; no weight is read yet.

    dtype: auto takes the checkpoint's. load_format: as for open_checkpoint. overrides: values that
    replace those of config.json. Raises ValueError with one sentence that names field or file.
    """
    config = load_config(folder, overrides)
    family = find_family(config)
    generation_config = load_generation_config(folder, config)
    checkpoint = open_checkpoint(folder, load_format)
    try:
        stored = main_dtype(checkpoint) if checkpoint else None
        resolved = resolve_dtype(dtype, config, stored)
        own_head = checkpoint is not None and is_tied(config) and _has_own_head(checkpoint)
        if own_head:
            config = {**config, "tie_word_embeddings": False}
        spec = family.spec(config, resolved)
        placements = family.placements(config)
        if is_tied(config):
            placements.ignored += (_HEAD,)  # some tools store the embedding a second time
    except BaseException:
        if checkpoint is not None:
            checkpoint.close()
        raise
    return Model(folder, config, generation_config, spec, placements, checkpoint)


def _has_own_head(checkpoint: Checkpoint) -> bool:
    """Whether a checkpoint whose config says "tied" brings another head: the file wins."""
    names = checkpoint.tensors
    if _HEAD not in names or _EMBEDDING not in names:
        return _HEAD in names
    return not same_bytes(checkpoint, _HEAD, _EMBEDDING)


def load_weights(
    engine: WeightSink,
    checkpoint: Checkpoint | None,
    placements: Placements,
    *,
    seed: int = 0,
    use_tqdm: bool = True,
    num_threads: int | None = None,
) -> None:
    """Fills every weight slot of an engine.

    checkpoint: None fills the slots with random numbers drawn from `seed`. use_tqdm: a bar on
    stderr, if that is a terminal. num_threads: readers at once; default one per CPU, up to 8.
    Raises ValueError that names all missing, unknown and misshapen tensors at once; then nothing
    has been loaded.
    """
    if checkpoint is None:
        engine.load_dummy_weights(seed)
        return
    slots = {slot.name: tuple(slot.shape) for slot in engine.weight_slots()}
    problems = _compare(slots, checkpoint.tensors, placements)
    if problems:
        raise ValueError("the checkpoint does not fit the model: " + "; ".join(problems))
    # In the order of the files, so that the disk is read from front to back.
    names = [name for name in checkpoint.tensors if name in placements.slots]
    if num_threads is None:
        num_threads = min(_MAX_THREADS, len(os.sched_getaffinity(0)))
    _Transfer(engine, checkpoint, placements, names, use_tqdm).run(num_threads)
    missing = list(engine.missing_weights())
    if missing:
        raise RuntimeError("weights were loaded, yet these are missing: " + list_some(missing))


def _compare(
    slots: Mapping[str, tuple[int, ...]],
    tensors: Mapping[str, TensorInfo],
    placements: Placements,
) -> list[str]:
    """Everything that keeps these tensors from filling these slots, a phrase for each kind."""
    problems = []

    def note(what: str, names: Iterable[str]) -> None:
        found = list(names)
        if found:
            problems.append(f"{what} ({len(found)}): {list_some(found)}")

    placed = placements.slots
    note("missing tensors", (name for name in placed if name not in tensors))
    note(
        "unknown tensors",
        (name for name in tensors if name not in placed and not placements.ignores(name)),
    )
    filled = Counter(placed.values())
    note("slots that no tensor fills", (slot for slot in slots if slot not in filled))
    note("slots that the engine lacks", (slot for slot in filled if slot not in slots))
    note("slots filled twice", (slot for slot, count in filled.items() if count > 1))
    both = [(name, tensors[name], placed[name]) for name in placed if name in tensors]
    note(
        "wrong shapes",
        (
            f"{name} is {list(info.shape)} where {slot} is {list(slots[slot])}"
            for name, info, slot in both
            if slot in slots and info.shape != slots[slot]
        ),
    )
    note(
        "unsupported dtypes",
        (
            f"{name} for {slot} is {info.dtype}"
            for name, info, slot in both
            if info.dtype not in _CORE_DTYPES
        ),
    )
    return problems


class _Transfer:
    """One pass over the tensors of a checkpoint, by several threads; the first error ends it."""

    def __init__(
        self,
        engine: WeightSink,
        checkpoint: Checkpoint,
        placements: Placements,
        names: list[str],
        use_tqdm: bool,
    ) -> None:
        self._engine = engine
        self._checkpoint = checkpoint
        self._slots = placements.slots
        self._names = iter(names)
        self._left = Counter(checkpoint.tensors[name].file for name in names)
        self._started: set[Path] = set()
        self._lock = threading.Lock()
        self._stop = False
        self._bar = self._make_bar(use_tqdm)

    def _make_bar(self, use_tqdm: bool) -> Any:
        if not use_tqdm or not sys.stderr.isatty():
            return None
        from tqdm import tqdm

        return tqdm(
            total=len(self._left),
            desc=f"Loading {self._checkpoint.kind} checkpoint shards",
            file=sys.stderr,
            dynamic_ncols=True,
        )

    def run(self, num_threads: int) -> None:
        try:
            with ThreadPoolExecutor(num_threads, "llmserve-load") as pool:
                tasks = [pool.submit(self._work) for _ in range(num_threads)]
                try:
                    wait(tasks, return_when=FIRST_EXCEPTION)
                finally:
                    self._stop = True  # also on Ctrl-C: each thread ends with its tensor
            for task in tasks:
                task.result()
        finally:
            if self._bar is not None:
                self._bar.close()

    def _work(self) -> None:
        while not self._stop:
            name = self._take()
            if name is None:
                return
            info = self._checkpoint.tensors[name]
            data = self._checkpoint.data(name)
            self._engine.load_weight(self._slots[name], data, info.dtype, info.shape)
            del data  # the file can only be closed once no view of it is left
            self._count(info.file)

    def _take(self) -> str | None:
        with self._lock:
            name = next(self._names, None)
            if name is None:
                return None
            file = self._checkpoint.tensors[name].file
            if file not in self._started:
                self._started.add(file)
                self._checkpoint.will_need(file)
            return name

    def _count(self, file: Path) -> None:
        with self._lock:
            self._left[file] -= 1
            if self._left[file] == 0 and self._bar is not None:
                self._bar.update(1)
