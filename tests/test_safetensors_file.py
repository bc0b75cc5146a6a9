"""The safetensors reader: what it returns for good files, and that every broken one is refused with
one sentence before a tensor can be asked for."""

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from llmserve.safetensors_file import MAX_HEADER_BYTES, SafetensorsFile


def write(path: Path, header: Any, data: bytes = b"", length: int | None = None) -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    stated = len(text) if length is None else length
    path.write_bytes(stated.to_bytes(8, "little") + text + data)
    return path


def entry(shape: Any, begin: Any, end: Any, dtype: Any = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def test_reads_what_the_reference_writes(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    rng = np.random.default_rng(0)
    arrays = {
        "a": rng.standard_normal((3, 5)).astype(np.float32),
        "b.half": rng.standard_normal(7).astype(np.float16),
        "c.long": rng.integers(-9, 9, (2, 2, 2)),
        "d.bytes": rng.integers(0, 255, 11).astype(np.uint8),
        "e.scalar": np.array(4.0, dtype=np.float64),
        "f.empty": np.zeros((0, 4), dtype=np.float32),
    }
    save_file(arrays, tmp_path / "x.safetensors", metadata={"format": "np"})
    file = SafetensorsFile(tmp_path / "x.safetensors")
    assert file.tensors.keys() == arrays.keys()
    for name, array in arrays.items():
        assert file.tensors[name].shape == array.shape
        assert bytes(file.data(name)) == array.tobytes()
    assert {file.tensors[n].dtype for n in arrays} == {"F32", "F16", "I64", "U8", "F64"}
    file.close()


def test_a_view_outlives_the_file_object(tmp_path: Path) -> None:
    path = write(tmp_path / "x", {"t": entry([2], 0, 8)}, bytes(range(8)))
    file = SafetensorsFile(path)
    view = file.data("t")
    file.close()
    assert bytes(view) == bytes(range(8))
    with pytest.raises(ValueError):
        file.data("t")


def test_padding_after_the_header_and_unsorted_entries_are_fine(tmp_path: Path) -> None:
    header = {"z": entry([1], 4, 8), "a": entry([1], 0, 4)}
    path = write(tmp_path / "x", json.dumps(header).encode() + b"   ", b"aaaazzzz")
    file = SafetensorsFile(path)
    assert bytes(file.data("z")) == b"zzzz"
    file.close()


HUGE = (1 << 63) - 1
BROKEN: dict[str, tuple[Any, bytes, str]] = {
    "no object": ([1, 2], b"", "not a JSON object"),
    "not json": (b"{nonsense", b"", "not JSON"),
    "empty header": (b"", b"", "not JSON"),
    "not utf-8": (b'{"\xff\xfe": 1}', b"", "not UTF-8"),
    "deep": (b'{"t":' * 50000 + b"1" + b"}" * 50000, b"", "nested too deeply"),
    "deep list": (b'{"t":' + b"[" * 100000, b"", "nested too deeply"),
    "huge number": (b'{"t": ' + b"9" * 5000 + b"}", b"", "safetensors"),
    "metadata not strings": ({"__metadata__": {"a": 1}}, b"", "__metadata__"),
    "metadata a list": ({"__metadata__": []}, b"", "__metadata__"),
    "entry a number": ({"t": 3}, b"", "must have dtype"),
    "no dtype": ({"t": {"shape": [1], "data_offsets": [0, 4]}}, b"1234", "must have dtype"),
    "more keys": ({"t": {**entry([1], 0, 4), "x": 1}}, b"1234", "nothing else"),
    "unknown dtype": ({"t": entry([1], 0, 4, "F33")}, b"1234", "dtype 'F33'"),
    "dtype a list": ({"t": entry([1], 0, 4, ["F32"])}, b"1234", "dtype ['F32']"),
    "shape a number": ({"t": entry(1, 0, 4)}, b"1234", "shape 1"),
    "shape of strings": ({"t": entry(["1"], 0, 4)}, b"1234", "shape ['1']"),
    "shape of floats": ({"t": entry([1.0], 0, 4)}, b"1234", "shape [1.0]"),
    "shape of bools": ({"t": entry([True], 0, 4)}, b"1234", "shape [True]"),
    "negative size": ({"t": entry([-1], 0, 4)}, b"1234", "shape [-1]"),
    "size over 64 bits": ({"t": entry([1 << 64], 0, 4)}, b"1234", "shape"),
    "too many dims": ({"t": entry([1] * 17, 0, 4)}, b"1234", "shape"),
    "offsets a number": ({"t": {**entry([1], 0, 4), "data_offsets": 4}}, b"1234", "data_offsets"),
    "three offsets": ({"t": {**entry([1], 0, 4), "data_offsets": [0, 4, 8]}}, b"1", "data_offsets"),
    "negative begin": ({"t": entry([1], -4, 0)}, b"1234", "data_offsets"),
    "begin after end": ({"t": entry([1], 4, 0)}, b"1234", "outside"),
    "end after data": ({"t": entry([2], 0, 8)}, b"1234", "outside the 4 bytes"),
    "far end": ({"t": entry([1], 0, HUGE)}, b"1234", "outside"),
    "size too small": ({"t": entry([1], 0, 8)}, b"12345678", "needs 4 bytes"),
    "size too large": ({"t": entry([3], 0, 8)}, b"12345678", "needs 12 bytes"),
    "product wraps to zero": ({"t": entry([1 << 32, 1 << 32], 0, 0)}, b"", "64 bits"),
    "product wraps to 8": ({"t": entry([(1 << 62) + 2], 0, 8)}, b"12345678", "64 bits"),
    "hidden by a zero": ({"t": entry([HUGE, HUGE, 0], 0, 0)}, b"", "64 bits"),
    "hole at the start": ({"t": entry([1], 4, 8)}, b"12345678", "follows a hole"),
    "hole between": (
        {"a": entry([1], 0, 4), "b": entry([1], 8, 12)},
        b"123456789012",
        "tensor 'b' at bytes 8 to 12 follows a hole",
    ),
    "hole at the end": ({"t": entry([1], 0, 4)}, b"12345678", "end at byte 4 of 8"),
    "overlap": ({"a": entry([2], 0, 8), "b": entry([2], 4, 12)}, b"123456789012", "overlaps"),
    "same range twice": ({"a": entry([1], 0, 4), "b": entry([1], 0, 4)}, b"1234", "overlaps"),
    "data but no tensors": ({}, b"1234", "end at byte 0 of 4"),
    "duplicate tensor": (
        b'{"t":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},'
        b'"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
        b"1234",
        "key 't' twice",
    ),
    "duplicate field": (
        b'{"t":{"dtype":"U8","shape":[1],"shape":[4],"data_offsets":[0,4]}}',
        b"1234",
        "key 'shape' twice",
    ),
    "long name": ({"n" * 10000: entry([2], 0, 4)}, b"1234", "needs 8 bytes"),
    "name with newline": ({"a\nb": entry([2], 0, 4)}, b"1234", "'a\\nb'"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_files_are_refused_in_one_line(tmp_path: Path, case: str) -> None:
    header, data, expected = BROKEN[case]
    path = write(tmp_path / "x.safetensors", header, data)
    with pytest.raises(ValueError) as error:
        SafetensorsFile(path)
    message = str(error.value)
    assert expected in message
    assert str(path) in message and "\n" not in message
    assert len(message) < len(str(path)) + 400


@pytest.mark.parametrize(
    "length", [3, 10**6, MAX_HEADER_BYTES + 1, (1 << 63) - 1, (1 << 64) - 8, (1 << 64) - 1]
)
def test_a_wrong_header_length_is_refused(tmp_path: Path, length: int) -> None:
    path = write(tmp_path / "x", {"t": entry([1], 0, 4)}, b"1234", length)
    with pytest.raises(ValueError, match="header"):
        SafetensorsFile(path)


@pytest.mark.parametrize("size", range(8))
def test_a_file_shorter_than_a_length_is_refused(tmp_path: Path, size: int) -> None:
    (tmp_path / "x").write_bytes(bytes(size))
    with pytest.raises(ValueError, match=f"it has {size} bytes"):
        SafetensorsFile(tmp_path / "x")


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    header = {"a": entry([2, 2], 0, 16), "b": entry([4], 16, 20, "U8")}
    path = write(tmp_path / "x", header, bytes(20))
    whole = path.read_bytes()
    SafetensorsFile(path).close()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        with pytest.raises(ValueError):
            SafetensorsFile(path)


def test_random_damage_is_refused_or_harmless(tmp_path: Path) -> None:
    """Whatever bytes of a file change, the reader raises ValueError or returns ranges that hold."""
    header = {f"layer.{i}": entry([2, 3], 24 * i, 24 * i + 24) for i in range(4)}
    path = write(tmp_path / "x", header, bytes(96))
    whole = path.read_bytes()
    digits = b'0123456789,[]{}":-eE. ftn\\'
    rng = random.Random(0)
    accepted = 0
    for _ in range(1500):
        damaged = bytearray(whole)
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(whole) - 96)
            damaged[at] = rng.choice(digits) if rng.random() < 0.8 else rng.randrange(256)
        path.write_bytes(damaged)
        try:
            file = SafetensorsFile(path)
        except ValueError:
            continue
        accepted += 1
        sizes = [len(file.data(name)) for name in file.tensors]
        assert sum(sizes) == len(damaged) - 8 - int.from_bytes(damaged[:8], "little")
        file.close()
    assert 0 < accepted < 1500  # a changed letter of a name is harmless
