"""Paged attention against torch, and that a token's bits hang on its own sequence alone."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import reference
import torch
from llmserve import _core
from op_harness import DTYPES, ROUNDING

TOLERANCE = 2e-6  # of float32; inputs are compared as rounded
Row = tuple[int, int, int]  # slot, start, num_tokens


def make_ops(device: str, num_threads: int = 2, **limits: int) -> Any:
    defaults = {"max_tokens": 2048, "max_model_len": 4096, "max_heads": 40, "max_head_dim": 256}
    return _core.ops.OpBackend(device, num_threads, **(defaults | limits))


@dataclass
class Cache:
    """Sequences of random keys and values, scattered over pages; all else holds NaN."""

    k: list[np.ndarray]  # of each slot [length, kv_heads, head_dim]
    v: list[np.ndarray]
    k_pages: np.ndarray  # [pages, kv_heads, page_size, head_dim]
    v_pages: np.ndarray
    pages: np.ndarray  # [slots, max_pages]


def make_cache(
    lengths: list[int], kv_heads: int, head_dim: int, page_size: int, seed: int = 0
) -> Cache:
    rng = np.random.default_rng(seed)
    counts = [-(-length // page_size) for length in lengths]
    free = rng.permutation(sum(counts) + 2)
    shape = (len(free), kv_heads, page_size, head_dim)
    k_pages, v_pages = (np.full(shape, np.nan, np.float32) for _ in range(2))
    pages = np.full((len(lengths), max(counts)), -1, np.int32)
    keys, values, taken = [], [], 0
    for slot, length in enumerate(lengths):
        k, v = (
            rng.standard_normal((length, kv_heads, head_dim), dtype=np.float32) for _ in range(2)
        )
        pages[slot, : counts[slot]] = free[taken : taken + counts[slot]]
        taken += counts[slot]
        for index, page in enumerate(pages[slot, : counts[slot]]):
            begin, end = index * page_size, min((index + 1) * page_size, length)
            k_pages[page, :, : end - begin] = k[begin:end].swapaxes(0, 1)
            v_pages[page, :, : end - begin] = v[begin:end].swapaxes(0, 1)
        keys.append(k)
        values.append(v)
    return Cache(keys, values, k_pages, v_pages, pages)


def make_qkv(tokens: int, heads: int, kv_heads: int, head_dim: int, seed: int = 1) -> np.ndarray:
    """Only q may be read: k and v of the activations hold NaN."""
    rng = np.random.default_rng(seed)
    qkv = np.full((tokens, (heads + 2 * kv_heads) * head_dim), np.nan, np.float32)
    qkv[:, : heads * head_dim] = rng.standard_normal((tokens, heads * head_dim), dtype=np.float32)
    return qkv


def run(
    ops: Any, cache: Cache, qkv: np.ndarray, rows: list[Row], heads: int, **options: Any
) -> Any:
    return ops.attention(
        qkv,
        rows=rows,
        pages=cache.pages,
        k_pages=cache.k_pages,
        v_pages=cache.v_pages,
        num_heads=heads,
        **options,
    )


def expected(
    ops: Any, cache: Cache, qkv: np.ndarray, rows: list[Row], heads: int, **options: Any
) -> tuple[np.ndarray, np.ndarray]:
    """What each element should be, and the same of |v|: the size of what is summed."""
    dtype = options.get("dtype", "float32")
    head_dim = cache.k[0].shape[2]
    parts: list[list[torch.Tensor]] = [[], []]
    at = 0
    for slot, start, count in rows:
        q = qkv[at : at + count, : heads * head_dim]
        end = start + count
        k, v = (reference.rounded(x[slot][:end], dtype) for x in (cache.k, cache.v))
        for part, values in zip(parts, (v, v.abs()), strict=True):
            out = reference.attention(
                reference.rounded(q, ops.activation_dtype(dtype)).view(count, heads, head_dim),
                k,
                values,
                start,
                options["scale"],
                options.get("sliding_window", 0),
            )
            part.append(out.reshape(count, -1))
        at += count
    want, size = (torch.cat(part).numpy() for part in parts)
    return want, size


def check(
    ops: Any, cache: Cache, qkv: np.ndarray, rows: list[Row], heads: int, **options: Any
) -> None:
    """16-bit activations: the weights may be rounded before they meet v, and the sum is once."""
    got = run(ops, cache, qkv, rows, heads, **options)
    want, size = expected(ops, cache, qkv, rows, heads, **options)
    activation = ops.activation_dtype(options.get("dtype", "float32"))
    slack = 0.0 if activation == "float32" else 2.1 * ROUNDING[activation]
    error = np.abs(got - want) - (TOLERANCE + 1e-5 * np.abs(want) + slack * size)
    worst = np.unravel_index(np.nanargmax(error), error.shape)
    assert np.isfinite(got).all()
    assert error.max() <= 0, f"{got[worst]} for {want[worst]} at {worst}"


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("heads", "kv_heads", "head_dim", "page_size"),
    [
        (4, 4, 16, 16),
        (8, 2, 64, 16),
        (7, 1, 128, 32),
        (14, 2, 20, 8),
        (2, 1, 256, 64),
        (4, 1, 80, 5),
        (6, 3, 1, 1),
        (40, 1, 32, 16),
    ],
)
def test_matches_torch(
    device: str, dtype: str, heads: int, kv_heads: int, head_dim: int, page_size: int
) -> None:
    """Decode rows and prefill chunks in one step, over page and chunk borders."""
    ops = make_ops(device)
    lengths = [1, 16, 17, 255, 256, 257, 300, 530]
    cache = make_cache(lengths, kv_heads, head_dim, page_size)
    decode = [(slot, length - 1, 1) for slot, length in enumerate(lengths[:6])]
    rows = [*decode, (6, 0, 300), (7, 250, 280)]
    tokens = sum(count for _, _, count in rows)
    qkv = make_qkv(tokens, heads, kv_heads, head_dim)
    options: dict[str, Any] = {"scale": head_dim**-0.5, "dtype": dtype}
    check(ops, cache, qkv, rows, heads, **options)


@pytest.mark.parametrize("window", [1, 7, 256, 300, 5000])
def test_sliding_window(device: str, window: int) -> None:
    ops = make_ops(device)
    cache = make_cache([700, 613], 2, 32, 16)
    rows = [(1, 612, 1), (0, 0, 700)]
    qkv = make_qkv(701, 4, 2, 32)
    options: dict[str, Any] = {"scale": 0.2, "sliding_window": window}
    check(ops, cache, qkv, rows, 4, **options)


def test_never_reads_outside_the_window(device: str) -> None:
    """Pages that have slid out of the window may be given to someone else, so they hold NaN."""
    ops = make_ops(device)
    cache = make_cache([600], 2, 32, 16)
    qkv = make_qkv(1, 4, 2, 32)
    clean = run(ops, cache, qkv, [(0, 599, 1)], 4, scale=0.2, sliding_window=40)
    for page in cache.pages[0, : 560 // 16]:
        cache.k_pages[page] = cache.v_pages[page] = np.nan
    again = run(ops, cache, qkv, [(0, 599, 1)], 4, scale=0.2, sliding_window=40)
    np.testing.assert_array_equal(clean, again)
    assert np.isfinite(clean).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("window", [0, 100])
@pytest.mark.parametrize(
    ("heads", "kv_heads", "head_dim"),
    [(4, 4, 64), (8, 2, 20), (7, 1, 128), (3, 1, 96), (4, 1, 256)],
)
def test_bits_do_not_depend_on_the_cut(
    device: str, dtype: str, window: int, heads: int, kv_heads: int, head_dim: int
) -> None:
    """One prefill, chunks of any size, decode steps: the same bits for each token."""
    ops = make_ops(device)
    length = 530
    cache = make_cache([length, 40], kv_heads, head_dim, 16)
    qkv = make_qkv(length, heads, kv_heads, head_dim)
    options: dict[str, Any] = {"scale": 0.3, "sliding_window": window, "dtype": dtype}
    whole = run(ops, cache, qkv, [(0, 0, length)], heads, **options)
    for cuts in ([1, 16, 33, 255, 300, 513], [256, 512], [529]):
        for begin, end in zip([0, *cuts], [*cuts, length], strict=True):
            part = run(ops, cache, qkv[begin:end], [(0, begin, end - begin)], heads, **options)
            np.testing.assert_array_equal(part, whole[begin:end])
    for position in (0, 1, 15, 254, 255, 256, 511, 512, 529):
        row = qkv[position : position + 1]
        alone = run(ops, cache, row, [(0, position, 1)], heads, **options)
        np.testing.assert_array_equal(alone[0], whole[position])
        beside = np.concatenate([qkv[:3], row, qkv[7:8]])
        crowd = run(ops, cache, beside, [(1, 9, 3), (0, position, 1), (1, 39, 1)], heads, **options)
        np.testing.assert_array_equal(crowd[3], whole[position])


def test_bits_do_not_depend_on_threads(device: str) -> None:
    """A long row beside short ones is cut into chunks where there are threads to take them."""
    cache = make_cache([3000, 5, 900], 1, 64, 16)
    rows = [(0, 2999, 1), (1, 4, 1), (2, 880, 20)]
    qkv = make_qkv(22, 4, 1, 64)
    results = [
        run(make_ops(device, threads), cache, qkv, rows, 4, scale=0.1) for threads in (1, 2, 3, 8)
    ]
    check(make_ops(device), cache, qkv, rows, 4, scale=0.1)
    for result in results[1:]:
        np.testing.assert_array_equal(result, results[0])


@pytest.mark.parametrize("isa", ["generic", "avx2", "avx512"])
def test_each_instruction_set(isa: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the machine lacks falls back to the best that it has."""
    monkeypatch.setenv("LLMSERVE_CPU_ISA", isa)
    ops = make_ops("cpu")
    for dtype in ("float32", "bfloat16", "float16"):
        for head_dim in (20, 64):
            cache = make_cache([513, 40], 2, head_dim, 16)
            rows = [(1, 39, 1), (0, 100, 413)]
            qkv = make_qkv(414, 6, 2, head_dim)
            check(ops, cache, qkv, rows, 6, scale=0.2, dtype=dtype)


@pytest.mark.parametrize("size", [1e-4, 30.0, 1e4])
def test_scores_of_any_size(device: str, size: float) -> None:
    """Nearly flat to one-hot weights: far chunks underflow to nothing and nothing overflows."""
    ops = make_ops(device)
    cache = make_cache([1100], 1, 32, 16)
    qkv = make_qkv(8, 2, 1, 32) * np.float32(size)
    rows = [(0, 1092, 8)]
    got = run(ops, cache, qkv, rows, 2, scale=1.0)
    want, _ = expected(ops, cache, qkv, rows, 2, scale=1.0)
    # float32 scores of this size are themselves uncertain by size * 2^-22 or so.
    np.testing.assert_allclose(got, want, atol=max(TOLERANCE, size * 3e-6))


def test_a_nan_stays_in_its_sequence(device: str) -> None:
    """And in it, reaches the tokens that see it but none before."""
    ops = make_ops(device)
    cache = make_cache([300, 300], 1, 32, 16)
    qkv = make_qkv(600, 2, 1, 32)
    rows = [(0, 0, 300), (1, 0, 300)]
    clean = run(ops, cache, qkv, rows, 2, scale=0.2)
    for pages in (cache.k_pages, cache.v_pages):
        poisoned = pages.copy()
        poisoned[cache.pages[0, 270 // 16], :, 270 % 16] = np.nan
        broken = Cache(cache.k, cache.v, cache.k_pages, cache.v_pages, cache.pages)
        if pages is cache.k_pages:
            broken.k_pages = poisoned
        else:
            broken.v_pages = poisoned
        got = run(ops, broken, qkv, rows, 2, scale=0.2)
        np.testing.assert_array_equal(got[:270], clean[:270])
        np.testing.assert_array_equal(got[300:], clean[300:])
        assert np.isnan(got[270:300]).all()
