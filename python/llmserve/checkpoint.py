"""The weight files of a model folder, as one mapping from tensor names to bytes: a single file or
shards with an index, safetensors or PyTorch. Which tensor goes where is not known here.
"""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from .hf_config import read_json_object, shown
from .safetensors_file import SafetensorsFile

LOAD_FORMATS = ("auto", "safetensors", "pt", "bin", "dummy")  # bin: another name of pt

# What the core takes, by its name in safetensors files.
_CORE_DTYPES = {"F32": "float32", "BF16": "bfloat16", "F16": "float16"}


@dataclass(frozen=True)
class TensorInfo:
    """A tensor as stored. dtype: the core's name, or the file's own where the core has none."""

    dtype: str
    shape: tuple[int, ...]
    file: Path


class Checkpoint(Protocol):
    """An open set of weight files. Reading from several threads is safe."""

    kind: str  # safetensors or pt
    files: list[Path]
    tensors: Mapping[str, TensorInfo]

    def data(self, name: str) -> Any:
        """A tensor's bytes as an object with a contiguous buffer. Raises KeyError."""

    def will_need(self, file: Path) -> None:
        """Says that the tensors of a file are read next."""

    def close(self) -> None: ...


def open_checkpoint(folder: Path, load_format: str = "auto") -> Checkpoint | None:
    """Opens the weights of a model folder; None for load_format "dummy", which has none.

    load_format: auto (safetensors if there are such files, else PyTorch), safetensors, pt or dummy.
    Raises ValueError where files are missing or broken; all missing shards are named at once.
    """
    if load_format not in LOAD_FORMATS:
        raise ValueError(
            f"load_format is {shown(load_format)}; allowed: " + ", ".join(LOAD_FORMATS)
        )
    if load_format == "dummy":
        return None
    if load_format in ("auto", "safetensors"):
        files, weight_map = _find_files(folder, "model.safetensors", "*.safetensors")
        if files:
            return _SafetensorsCheckpoint(files, weight_map)
    if load_format != "safetensors":
        files, weight_map = _find_files(folder, "pytorch_model.bin", "pytorch_model*.bin")
        if files:
            return _TorchCheckpoint(files, weight_map)
    wanted = {"auto": "*.safetensors or pytorch_model*.bin", "safetensors": "*.safetensors"}
    raise ValueError(
        f"{folder} has no weights: looked for {wanted.get(load_format, 'pytorch_model*.bin')}"
    )


def _find_files(
    folder: Path, single: str, pattern: str
) -> tuple[list[Path], dict[str, str] | None]:
    """The weight files of one layout, and the index that says what they hold, if there is one."""
    if (folder / single).is_file():
        return [folder / single], None
    index = folder / f"{single}.index.json"
    if not index.is_file():
        # Mistral's own files, next to those that transformers reads, hold the same weights again.
        found = sorted(p for p in folder.glob(pattern) if not p.name.startswith("consolidated"))
        return found, None
    weight_map = read_json_object(index).get("weight_map")
    if not isinstance(weight_map, dict) or not weight_map:
        raise ValueError(f"{index} has no weight_map of tensor names to files")
    for tensor, name in weight_map.items():
        # A name with a folder in it could reach any file of the machine.
        if not isinstance(name, str) or Path(name).name != name or name in ("", ".", ".."):
            raise ValueError(f"{index} puts {shown(tensor)} into {shown(name)}, not a file name")
    files = [folder / name for name in sorted(set(weight_map.values()))]
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        raise ValueError(
            f"{folder} lacks {len(missing)} of the {len(files)} weight files in {index.name}: "
            + list_some(missing)
        )
    return files, weight_map


def list_some(names: list[str], limit: int = 10) -> str:
    """Names for an error message: all, or the first few and how many more."""
    more = len(names) - limit
    text = ", ".join(shown(name, 200)[1:-1] for name in names[:limit])
    return f"{text} and {more} more" if more > 0 else text


def _check_index(tensors: Mapping[str, TensorInfo], weight_map: dict[str, str] | None) -> None:
    misplaced = [
        name
        for name, file in (weight_map or {}).items()
        if name not in tensors or tensors[name].file.name != file
    ]
    if misplaced:
        raise ValueError(
            "the index of the checkpoint names tensors that its files do not hold: "
            + list_some(misplaced)
        )


def _add(tensors: dict[str, TensorInfo], name: str, info: TensorInfo) -> None:
    if name in tensors:
        raise ValueError(f"tensor {shown(name)} is in both {tensors[name].file} and {info.file}")
    tensors[name] = info


class _SafetensorsCheckpoint:
    kind = "safetensors"

    def __init__(self, files: list[Path], weight_map: dict[str, str] | None) -> None:
        self.files = files
        self._open: dict[Path, SafetensorsFile] = {}
        tensors: dict[str, TensorInfo] = {}
        try:
            for path in files:
                self._open[path] = SafetensorsFile(path)
                for name, entry in self._open[path].tensors.items():
                    dtype = _CORE_DTYPES.get(entry.dtype, entry.dtype)
                    _add(tensors, name, TensorInfo(dtype, entry.shape, path))
            _check_index(tensors, weight_map)
        except BaseException:
            self.close()
            raise
        self.tensors: Mapping[str, TensorInfo] = tensors

    def data(self, name: str) -> Any:
        return self._open[self.tensors[name].file].data(name)

    def will_need(self, file: Path) -> None:
        self._open[file].will_need()

    def close(self) -> None:
        for file in self._open.values():
            file.close()


class _TorchCheckpoint:
    """Files of torch.save. Only plain tensors are unpickled, never code."""

    kind = "pt"

    def __init__(self, files: list[Path], weight_map: dict[str, str] | None) -> None:
        self.files = files
        self._values: dict[str, Any] = {}
        tensors: dict[str, TensorInfo] = {}
        for path in files:
            for name, value in _torch_load(path).items():
                dtype = str(value.dtype).removeprefix("torch.")
                _add(tensors, name, TensorInfo(dtype, tuple(value.shape), path))
                self._values[name] = value
        _check_index(tensors, weight_map)
        self.tensors: Mapping[str, TensorInfo] = tensors

    def data(self, name: str) -> Any:
        import torch

        # numpy has no bfloat16, so the elements travel as bytes.
        return self._values[name].contiguous().reshape(-1).view(torch.uint8).numpy()

    def will_need(self, file: Path) -> None:
        pass  # torch has mapped or read the file by itself

    def close(self) -> None:
        self._values = {}


def _torch_load(path: Path) -> dict[str, Any]:
    import torch

    try:
        try:
            values = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
        except RuntimeError:  # the format before torch 1.6 cannot be mapped
            values = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        first_line = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ValueError(f"{path} cannot be read as tensors alone: {shown(first_line)}") from error
    if not isinstance(values, dict):
        raise ValueError(f"{path} holds {type(values).__name__}, not a dict of tensors")
    for name, value in values.items():
        if not isinstance(name, str) or not isinstance(value, torch.Tensor):
            raise ValueError(f"{path} holds {shown(name)}, which is not a named tensor")
    return values


def same_bytes(checkpoint: Checkpoint, first: str, second: str) -> bool:
    """Whether two tensors are equal bit by bit."""
    import numpy as np

    a, b = checkpoint.tensors[first], checkpoint.tensors[second]
    if (a.dtype, a.shape) != (b.dtype, b.shape):
        return False
    left = np.frombuffer(checkpoint.data(first), dtype=np.uint8)
    right = np.frombuffer(checkpoint.data(second), dtype=np.uint8)
    step = 16 << 20  # in pieces: unequal tensors differ early, and no large mask is made
    return all(
        np.array_equal(left[i : i + step], right[i : i + step]) for i in range(0, left.size, step)
    )


def main_dtype(checkpoint: Checkpoint) -> str | None:
    """The dtype of most elements of a checkpoint, for a config that names none."""
    totals: Counter[str] = Counter()
    for info in checkpoint.tensors.values():
        totals[info.dtype] += math.prod(info.shape)
    return max(totals, key=lambda dtype: totals[dtype]) if totals else None
