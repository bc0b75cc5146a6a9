"""A checked reader of safetensors files: the header is validated as a whole before any tensor can
be asked for, and tensors are views of the mapped file, so that nothing is copied here.

The layout: 8 bytes with the length of the header (little endian), a JSON object, then the data.
"""

import json
import mmap
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .hf_config import shown

MAX_HEADER_BYTES = 100_000_000  # the limit of the reference implementation
_MAX_DIMS = 16
_MAX_INT64 = (1 << 63) - 1
_LENGTH_BYTES = 8

# Bytes of an element. A type that is not here cannot be checked against its range: refused.
_ELEMENT_BYTES = {
    **dict.fromkeys(("BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2", "F8_E8M0"), 1),
    **dict.fromkeys(("U16", "I16", "F16", "BF16"), 2),
    **dict.fromkeys(("U32", "I32", "F32"), 4),
    **dict.fromkeys(("U64", "I64", "F64", "C64"), 8),
}


@dataclass(frozen=True)
class TensorEntry:
    """One tensor of a file. begin and end are bytes from the start of the data."""

    dtype: str  # as written in the file: F32, BF16, ...
    shape: tuple[int, ...]
    begin: int
    end: int


class SafetensorsFile:
    """An open safetensors file. Raises ValueError with one sentence if the file breaks the format.

    Views from data() keep the mapping alive; close() waits for nobody and needs no order.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                if size < _LENGTH_BYTES:
                    raise ValueError(f"it has {size} bytes, fewer than the length of a header")
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            # The size of the mapping is the truth from here on, whatever becomes of the file.
            self._data_begin, header = _read_header(self._map)
            self.tensors = _read_tensors(header, len(self._map) - self._data_begin)
        except ValueError as error:
            raise ValueError(f"{path} is not a valid safetensors file: {error}") from None
        self._view = memoryview(self._map)

    def data(self, name: str) -> memoryview:
        """The bytes of a tensor, as a view of the file. Raises KeyError."""
        entry = self.tensors[name]
        return self._view[self._data_begin + entry.begin : self._data_begin + entry.end]

    def will_need(self) -> None:
        """Asks the system to read the file ahead."""
        self._map.madvise(mmap.MADV_WILLNEED)

    def close(self) -> None:
        """Gives the mapping back, at once or with the last view of it."""
        self._view.release()
        try:
            self._map.close()
        except BufferError:
            pass  # a view is still in use; the mapping goes with it


def _read_header(data: mmap.mmap) -> tuple[int, dict[str, Any]]:
    """Where the tensors' data begins, and the header as JSON."""
    length = int.from_bytes(data[:_LENGTH_BYTES], "little")
    if length > MAX_HEADER_BYTES:
        raise ValueError(f"its header has {length} bytes; allowed: up to {MAX_HEADER_BYTES}")
    begin = _LENGTH_BYTES + length
    if begin > len(data):
        raise ValueError(f"its header has {length} bytes, but the file only {len(data)}")
    try:
        text = data[_LENGTH_BYTES:begin].decode("utf-8")
        header = json.loads(text, object_pairs_hook=_unique_keys)
    except UnicodeDecodeError:
        raise ValueError("its header is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"its header is not JSON ({error})") from None
    except RecursionError:
        raise ValueError("its header is nested too deeply") from None
    if not isinstance(header, dict):
        raise ValueError("its header is not a JSON object")
    return begin, header


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise ValueError(f"its header has the key {shown(key)} twice")
            seen.add(key)
    return result


def _read_tensors(header: dict[str, Any], data_bytes: int) -> dict[str, TensorEntry]:
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
        raise ValueError("its __metadata__ is not an object of strings")
    tensors = {name: _read_entry(name, entry, data_bytes) for name, entry in header.items()}
    _check_ranges(tensors.items(), data_bytes)
    return tensors


def _read_entry(name: str, entry: Any, data_bytes: int) -> TensorEntry:
    where = f"tensor {shown(name)}"
    if not isinstance(entry, dict) or entry.keys() != {"dtype", "shape", "data_offsets"}:
        raise ValueError(f"{where} must have dtype, shape and data_offsets, nothing else")
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str) or dtype not in _ELEMENT_BYTES:
        raise ValueError(f"{where} has dtype {shown(dtype)}; known: {', '.join(_ELEMENT_BYTES)}")
    if not _are_sizes(shape) or len(shape) > _MAX_DIMS:
        raise ValueError(f"{where} has shape {shown(shape)}; it must be up to {_MAX_DIMS} sizes")
    if not _are_sizes(offsets) or len(offsets) != 2:
        raise ValueError(f"{where} has data_offsets {shown(offsets)}; they must be begin and end")
    begin, end = offsets
    if not begin <= end <= data_bytes:
        raise ValueError(
            f"{where} lies at bytes {begin} to {end}, outside the {data_bytes} bytes of data"
        )
    num_bytes = _ELEMENT_BYTES[dtype]
    for size in shape:
        num_bytes *= size
        # Beyond 64 bits every other reader would wrap around, even where a later size is zero.
        if num_bytes > _MAX_INT64:
            raise ValueError(f"{where} has shape {shown(shape)}, more than 64 bits can count")
    if num_bytes != end - begin:
        raise ValueError(
            f"{where} of {dtype} {shown(shape)} needs {num_bytes} bytes, but its data_offsets span "
            f"{end - begin}"
        )
    return TensorEntry(dtype, tuple(shape), begin, end)


def _are_sizes(values: Any) -> bool:
    # type(), not isinstance(): true is no size.
    return isinstance(values, list) and all(type(v) is int and 0 <= v <= _MAX_INT64 for v in values)


def _check_ranges(tensors: Iterable[tuple[str, TensorEntry]], data_bytes: int) -> None:
    """The tensors, in order of their bytes, must cover the data without a hole or an overlap."""
    position = 0
    for name, entry in sorted(tensors, key=lambda item: (item[1].begin, item[1].end)):
        if entry.begin != position:
            what = "overlaps the one before it" if entry.begin < position else "follows a hole"
            raise ValueError(
                f"tensor {shown(name)} at bytes {entry.begin} to {entry.end} {what}; it must begin "
                f"at {position}"
            )
        position = entry.end
    if position != data_bytes:
        raise ValueError(f"its tensors end at byte {position} of {data_bytes} bytes of data")
