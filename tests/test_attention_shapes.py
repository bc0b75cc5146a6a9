"""Paged attention in real shapes: head sizes, groups, pages, long contexts, crowds."""

from typing import Any

import numpy as np
import pytest
from op_harness import DTYPES
from test_attention import Row, check, make_cache, make_ops, make_qkv, run


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("head_dim", [64, 80, 96, 128, 256])
@pytest.mark.parametrize("group", [1, 2, 3, 4, 7, 8, 16])
def test_head_sizes_and_groups(device: str, dtype: str, head_dim: int, group: int) -> None:
    """One-token prompts, decode rows, a chunk and a whole prompt in one step."""
    ops = make_ops(device)
    cache = make_cache([1, 40, 130, 300, 33], 2, head_dim, 16)
    rows = [(0, 0, 1), (1, 39, 1), (3, 299, 1), (2, 67, 63), (4, 0, 33)]
    qkv = make_qkv(99, 2 * group, 2, head_dim)
    check(ops, cache, qkv, rows, 2 * group, scale=head_dim**-0.5, dtype=dtype)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("page_size", [1, 3, 8, 16, 32, 64, 128, 256])
def test_page_borders(device: str, dtype: str, page_size: int) -> None:
    """Sequences and chunks that end before, on and behind the end of a page."""
    ops = make_ops(device)
    lengths = [
        n for pages in (1, 2, 3) for n in range(pages * page_size - 1, pages * page_size + 2)
    ]
    cache = make_cache([max(length, 1) for length in lengths], 2, 64, page_size)
    decode: list[Row] = [(slot, max(n, 1) - 1, 1) for slot, n in enumerate(lengths)]
    qkv = make_qkv(len(decode), 8, 2, 64)
    check(ops, cache, qkv, decode, 8, scale=0.125, dtype=dtype)
    # From the start of the last page but one, or from within it.
    begin = [max(min(page_size * (slot // 3), n - 1), n - 200) for slot, n in enumerate(lengths)]
    chunks: list[Row] = [
        (slot, begin[slot], n - begin[slot]) for slot, n in enumerate(lengths) if n > 0
    ]
    qkv = make_qkv(sum(count for _, _, count in chunks), 8, 2, 64)
    check(ops, cache, qkv, chunks, 8, scale=0.125, dtype=dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("head_dim", [64, 128])
def test_one_token_prompts(device: str, dtype: str, head_dim: int) -> None:
    """Each attends itself alone: the output is its own v, to the last bit."""
    ops = make_ops(device)
    cache = make_cache([1] * 64, 2, head_dim, 16)
    rows: list[Row] = [(slot, 0, 1) for slot in range(64)]
    qkv = make_qkv(64, 4, 2, head_dim)
    got = run(ops, cache, qkv, rows, 4, scale=0.1, dtype=dtype).reshape(64, 2, 2, head_dim)
    stored = run(ops, cache, np.zeros_like(qkv), rows, 4, scale=0.1, dtype=dtype)
    np.testing.assert_array_equal(got.reshape(64, -1), stored)
    for slot in range(64):
        for head in range(2):
            np.testing.assert_allclose(got[slot, 0, head], cache.v[slot][0, 0], rtol=2**-7)
            np.testing.assert_allclose(got[slot, 1, head], cache.v[slot][0, 1], rtol=2**-7)


def crowd_of(rows: int, seed: int = 3) -> list[int]:
    """Lengths from 1 on, most of them short and some long."""
    rng = np.random.default_rng(seed)
    return [1, 2, 3, *(np.exp(rng.uniform(0, 7.5, rows - 3)).astype(int) + 1).tolist()]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("window", [0, 200])
@pytest.mark.parametrize(("group", "head_dim"), [(4, 128), (7, 64), (1, 80), (2, 256)])
def test_a_row_alone_equals_the_row_in_a_crowd(
    device: str, dtype: str, window: int, group: int, head_dim: int
) -> None:
    ops = make_ops(device)
    lengths = crowd_of(64)
    cache = make_cache(lengths, 1, head_dim, 16)
    rows: list[Row] = [(slot, length - 1, 1) for slot, length in enumerate(lengths)]
    qkv = make_qkv(64, group, 1, head_dim)
    options: dict[str, Any] = {"scale": head_dim**-0.5, "dtype": dtype, "sliding_window": window}
    check(ops, cache, qkv, rows, group, **options)
    crowd = run(ops, cache, qkv, rows, group, **options)
    for i in range(0, 64, 3):
        alone = run(ops, cache, qkv[i : i + 1], rows[i : i + 1], group, **options)
        np.testing.assert_array_equal(alone[0], crowd[i])


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_more_heads_than_a_block_has_rows(device: str, dtype: str) -> None:
    """One kv head for many: one token has several tiles of query rows."""
    ops = make_ops(device, max_heads=520)
    cache = make_cache([1, 300, 45], 1, 64, 16)
    qkv = make_qkv(1 + 1 + 45, 520, 1, 64)
    check(ops, cache, qkv, [(0, 0, 1), (1, 299, 1), (2, 0, 45)], 520, scale=0.125, dtype=dtype)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("count", [33, 255, 600])
def test_many_rows(device: str, dtype: str, count: int) -> None:
    ops = make_ops(device, max_rows=1024)
    lengths = crowd_of(count)
    cache = make_cache([*lengths, 900], 2, 64, 16)
    rows: list[Row] = [(slot, length - 1, 1) for slot, length in enumerate(lengths)]
    rows.append((count, 0, 900))
    qkv = make_qkv(count + 900, 8, 2, 64)
    check(ops, cache, qkv, rows, 8, scale=0.125, dtype=dtype)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("window", [0, 4096])
@pytest.mark.parametrize("length", [30_001, pytest.param(100_003, marks=pytest.mark.slow)])
def test_long_contexts(device: str, dtype: str, window: int, length: int) -> None:
    """A decode row, a chunk at the end and one in the middle, beside a short sequence."""
    ops = make_ops(device, max_model_len=131072)
    cache = make_cache([length, length, 50, length], 1, 64, 16)
    rows = [(0, length - 1, 1), (2, 49, 1), (1, length - 40, 40), (3, length // 2, 20)]
    qkv = make_qkv(62, 4, 1, 64)
    options: dict[str, Any] = {"scale": 0.125, "dtype": dtype, "sliding_window": window}
    check(ops, cache, qkv, rows, 4, **options)
    together = run(ops, cache, qkv, rows, 4, **options)
    alone = run(ops, cache, qkv[:1], rows[:1], 4, **options)
    np.testing.assert_array_equal(alone[0], together[0])
    one_of_a_chunk = run(ops, cache, qkv[41:42], [(1, length - 1, 1)], 4, **options)
    np.testing.assert_array_equal(one_of_a_chunk[0], together[41])


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_more_partial_results_than_a_device_may_have_room_for(device: str, dtype: str) -> None:
    """64 long rows of 40 heads over the same pages: how they are split changes no bit."""
    ops = make_ops(device, max_model_len=32768)
    cache = make_cache([20_000], 1, 64, 16)
    cache.pages = np.repeat(cache.pages, 64, axis=0)
    rows: list[Row] = [(slot, 19_999 - 7 * slot, 1) for slot in range(64)]
    qkv = make_qkv(64, 40, 1, 64)
    crowd = run(ops, cache, qkv, rows, 40, scale=0.125, dtype=dtype)
    for i in (0, 1, 30, 62, 63):
        alone = run(ops, cache, qkv[i : i + 1], rows[i : i + 1], 40, scale=0.125, dtype=dtype)
        np.testing.assert_array_equal(alone[0], crowd[i])
    check(ops, cache, qkv[:1], rows[:1], 40, scale=0.125, dtype=dtype)
