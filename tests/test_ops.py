"""Each op of a decoder against torch, for every dtype; and that rows keep to themselves."""

from typing import Any

import numpy as np
import pytest
import reference
import torch
from llmserve import _core
from op_harness import (
    DTYPES,
    check,
    check_linear,
    check_rounded_once,
    make_weight,
    normal,
)
from reference import rounded


@pytest.fixture
def ops(device: str) -> Any:
    return _core.ops.OpBackend(device, 2, max_tokens=512, vocab_size=512)


# --- linear

SHAPES = [(1, 1, 1), (3, 7, 5), (17, 33, 66), (1, 256, 48), (50, 130, 200), (5, 2048, 31)]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("tokens", "columns", "rows"), SHAPES)
def test_linear(ops: Any, dtype: str, tokens: int, columns: int, rows: int) -> None:
    x, weight, bias = normal(tokens, columns), make_weight(rows, columns), normal(rows, seed=2)
    plain = rounded(x, ops.activation_dtype(dtype)) @ rounded(weight, dtype).T
    check_linear(ops, ops.linear(x, weight, dtype=dtype), plain, dtype, columns)
    biased = ops.linear(x, weight, dtype=dtype, bias=bias)
    check_linear(ops, biased, plain + rounded(bias, "float32"), dtype, columns)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("tokens", "columns", "rows"), SHAPES)
def test_linear_with_norm_and_residual(
    ops: Any, dtype: str, tokens: int, columns: int, rows: int
) -> None:
    x, weight = normal(tokens, columns) * 5, make_weight(rows, columns)
    scale, residual = normal(columns, seed=3) + 1, normal(tokens, rows, seed=4)
    activation = ops.activation_dtype(dtype)
    normed = reference.rms_norm(rounded(x, activation), rounded(scale, "float32"), 1e-5)
    want = normed @ rounded(weight, dtype).T + rounded(residual, activation)
    got = ops.linear(
        x, weight, dtype=dtype, norm_weight=scale, eps=1e-5, epilogue="add", out_init=residual
    )
    check(got, want, dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("gated", [False, True])
@pytest.mark.parametrize("activation", ["silu", "gelu", "gelu_tanh", "relu"])
def test_linear_with_activation(ops: Any, dtype: str, gated: bool, activation: str) -> None:
    for tokens, columns, rows in [(1, 64, 22), (19, 33, 70), (4, 16, 2)]:
        x, weight, bias = normal(tokens, columns), make_weight(rows, columns), normal(rows, seed=2)
        y = rounded(x, ops.activation_dtype(dtype)) @ rounded(weight, dtype).T
        y += rounded(bias, "float32")
        got = ops.linear(
            x,
            weight,
            dtype=dtype,
            bias=bias,
            gated=gated,
            epilogue="activation",
            activation=activation,
        )
        check(got, reference.activate(y, activation, gated), dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("tokens", "columns", "rows"), SHAPES)
def test_linear_adds_to_the_residual(
    ops: Any, dtype: str, tokens: int, columns: int, rows: int
) -> None:
    x, weight, residual = normal(tokens, columns), make_weight(rows, columns), normal(tokens, rows)
    activation = ops.activation_dtype(dtype)
    want = rounded(x, activation) @ rounded(weight, dtype).T + rounded(residual, activation)
    got = ops.linear(x, weight, dtype=dtype, epilogue="add", out_init=residual)
    check_linear(ops, got, want, dtype, columns)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tokens", [1, 3, 17, 130])
@pytest.mark.parametrize(("columns", "rows"), [(64, 1001), (130, 515), (2048, 33)])
def test_logits_are_float32(ops: Any, dtype: str, tokens: int, columns: int, rows: int) -> None:
    """The output head, whatever the activations: nothing is rounded after the sum."""
    x, weight = normal(tokens, columns), make_weight(rows, columns)
    want = rounded(x, ops.activation_dtype(dtype)) @ rounded(weight, dtype).T
    got = ops.linear(x, weight, dtype=dtype, out_dtype="float32")
    check_linear(ops, got, want, dtype, columns, out_dtype="float32")


@pytest.mark.parametrize("isa", ["generic", "avx2", "avx512", "avx512_bf16"])
def test_each_instruction_set(isa: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the machine lacks falls back to the best that it has."""
    monkeypatch.setenv("LLMSERVE_CPU_ISA", isa)
    ops = _core.ops.OpBackend("cpu", 2, max_tokens=64)
    x, weight = normal(19, 70), make_weight(54, 70)
    for dtype in DTYPES:
        y = rounded(x, "float32") @ rounded(weight, dtype).T
        check(ops.linear(x, weight, dtype=dtype), y, dtype)
        got = ops.linear(x, weight, dtype=dtype, gated=True, epilogue="activation")
        check(got, reference.activate(y, "silu", True), dtype)


# --- embedding, norm, rows


@pytest.mark.parametrize("dtype", DTYPES)
def test_embedding(ops: Any, dtype: str) -> None:
    """Ids of other ranks' parts of the vocabulary give zeros."""
    table = normal(21, 37)
    ids = np.array([100, 120, 99, 121, 105, 105, 0], np.int32)
    want = torch.zeros(7, 37, dtype=torch.float64)
    for row, token in enumerate(ids):
        if 100 <= token < 121:
            want[row] = rounded(table, dtype)[token - 100]
    got = ops.embedding(table, ids, dtype=dtype, begin=100)
    np.testing.assert_array_equal(got, want.numpy().astype(np.float32))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(1, 1), (5, 33), (64, 512), (3, 4099), (2, 8192)])
@pytest.mark.parametrize("size", [1e-3, 1.0, 1e4])
def test_rms_norm(ops: Any, dtype: str, shape: tuple[int, int], size: float) -> None:
    x, weight = normal(*shape) * np.float32(size), normal(shape[1], seed=1)
    activation = ops.activation_dtype(dtype)
    want = reference.rms_norm(rounded(x, activation), rounded(weight, "float32"), 1e-6)
    check_rounded_once(ops.rms_norm(x, weight, eps=1e-6, dtype=dtype), want, activation)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("width", [1, 20, 33, 4096])
def test_gather_rows(ops: Any, dtype: str, width: int) -> None:
    x = rounded(normal(9, width), dtype).numpy().astype(np.float32)
    indices = [8, 0, 3, 3]
    np.testing.assert_array_equal(ops.gather_rows(x, indices, dtype=dtype), x[indices])


def test_gather_rows_checks_its_indices(ops: Any) -> None:
    x = normal(9, 20)
    with pytest.raises(RuntimeError, match="9"):
        ops.gather_rows(x, [9])


# --- pages and the head of a step


@pytest.mark.parametrize("dtype", DTYPES)
def test_copy_pages(ops: Any, dtype: str) -> None:
    k, v = (rounded(normal(6, 2, 4, 8, seed=s), dtype).numpy().astype(np.float32) for s in (1, 2))
    got_k, got_v = ops.copy_pages(k, v, [(0, 3), (5, 1)], dtype=dtype)
    for got, pages in ((got_k, k), (got_v, v)):
        pages[3], pages[1] = pages[0], pages[5]
        np.testing.assert_array_equal(got, pages)


def test_prepare(ops: Any) -> None:
    pages = np.array([[4, -1, -1], [7, 2, -1], [-1, -1, -1], [1, 3, 5]], np.int32)
    rows = [(3, 40, 1, 5), (1, 16, 3, 0), (0, 0, 2, 3)]
    got = ops.prepare(rows, pages, [10, 11, 12, 13, 14, 15])
    assert got["token_ids"].tolist() == [15, 10, 11, 12, 13, 14]
    assert got["positions"].tolist() == [40, 16, 17, 18, 0, 1]
    assert got["token_slots"].tolist() == [3, 1, 1, 1, 0, 0]
    assert got["row_slots"].tolist() == [3, 1, 0]
    assert got["row_starts"].tolist() == [40, 16, 0]
    assert got["row_begins"].tolist() == [0, 1, 4, 6]
    np.testing.assert_array_equal(got["pages"], np.maximum(pages, 0))


def test_prepare_takes_decode_rows_from_their_slots(ops: Any) -> None:
    """Without any token from the host, and with."""
    pages, last = np.zeros((4, 1), np.int32), [70, 71, 72, 73]
    got = ops.prepare([(2, 9, 1, -1), (0, 4, 1, -1)], pages, [], last_tokens=last)
    assert got["token_ids"].tolist() == [72, 70]
    assert got["positions"].tolist() == [9, 4]
    got = ops.prepare([(3, 0, 1, -1), (1, 5, 2, 1)], pages, [10, 11, 12], last_tokens=last)
    assert got["token_ids"].tolist() == [73, 11, 12]


def test_prepare_of_the_largest_step(ops: Any) -> None:
    """256 rows and 512 tokens, the limits of this backend; a table of more pages than one block."""
    pages = np.arange(256 * 37, dtype=np.int32).reshape(256, 37)
    rows, tokens = [], []
    for slot in range(256):
        count = 1 + (slot % 3 if slot < 255 else 1)
        rows.append((255 - slot, slot, count, len(tokens)))
        tokens += [1000 * slot + i for i in range(count)]
    assert len(tokens) == 512
    got = ops.prepare(rows, pages, tokens)
    assert got["token_ids"].tolist() == tokens
    assert got["positions"].tolist() == [
        start + i for _, start, count, _ in rows for i in range(count)
    ]
    assert got["token_slots"].tolist() == [slot for slot, _, count, _ in rows for _ in range(count)]
    assert got["row_begins"].tolist() == [*(row[3] for row in rows), 512]
    np.testing.assert_array_equal(got["pages"], pages)


def test_nothing_to_do(ops: Any) -> None:
    """A step without rows, copies or samples is as legal as it is short."""
    k = normal(3, 2, 4, 8)
    got_k, got_v = ops.copy_pages(k, k, [])
    np.testing.assert_array_equal(got_k, k)
    np.testing.assert_array_equal(got_v, k)
    assert ops.gather_rows(normal(4, 5), []).shape == (0, 5)
    got = ops.prepare([], np.array([[3, 4]], np.int32), [])
    assert got["token_ids"].size == 0
    assert got["row_begins"].tolist() == [0]
    assert got["pages"].tolist() == [[3, 4]]
    assert ops.sample(normal(1, 37), [])["tokens"].size == 0
    assert ops.score(normal(1, 37), [])["rank"].size == 0


# --- RoPE and the write to the cache


@pytest.mark.parametrize("kind", ["default", "linear", "dynamic"])
def test_rope_table(ops: Any, kind: str) -> None:
    spec = _core.RopeSpec(type=kind, theta=5000.0, rotary_dim=24, factor=4.0, max_position=100)
    table = _core.ops.make_rope_table(spec, 400)
    positions = np.array([0, 1, 7, 98, 99, 100, 101, 250, 399], np.int32)
    inv_freq = 5000.0 ** (-torch.arange(0, 24, 2, dtype=torch.float64) / 24)
    want = reference.rope_table(
        torch.from_numpy(positions),
        inv_freq / (4.0 if kind == "linear" else 1.0),
        dynamic=(5000.0, 4.0, 100) if kind == "dynamic" else (),
    )
    got = ops.rope_table(table, positions)
    # One unit in the last place of a frequency is 400 * 2^-24 of an angle.
    np.testing.assert_allclose(got, want.numpy(), atol=5e-5)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("interleaved", [False, True])
@pytest.mark.parametrize("norm", [False, True])
@pytest.mark.parametrize(
    ("head_dim", "rotary_dim"),
    [(32, 32), (20, 8), (64, 0), (6, 2), (64, 64), (80, 32), (96, 96), (128, 128), (256, 64)],
)
def test_rope_and_cache(
    ops: Any, dtype: str, interleaved: bool, norm: bool, head_dim: int, rotary_dim: int
) -> None:
    """q is turned in place; k and v land in their places and nowhere else."""
    heads, kv_heads, page_size = 6, 2, 4
    rows = [(1, 5, 1), (0, 2, 7)]
    pages = np.array([[3, 0, 5], [1, 6, 2]], np.int32)
    qkv = normal(8, (heads + 2 * kv_heads) * head_dim)
    slots_and_positions = [(1, 5), *((0, position) for position in range(2, 9))]
    positions = torch.tensor([position for _, position in slots_and_positions])
    empty = np.full((7, kv_heads, page_size, head_dim), 7.0, np.float32)
    options: dict[str, Any] = {}
    cos_sin = torch.zeros(8, 2, 0, dtype=torch.float64)
    if rotary_dim:
        inv_freq = 100.0 ** (-torch.arange(0, rotary_dim, 2) / rotary_dim)
        cos_sin = reference.rope_table(positions, inv_freq, scale=1.1)
        options = {"cos_sin": cos_sin.float().numpy(), "rotary_dim": rotary_dim}
    scales = [normal(head_dim, seed=s) for s in (8, 9)]
    if norm:
        options |= {"q_norm": scales[0], "k_norm": scales[1], "eps": 1e-5}

    got, k_pages, v_pages = ops.rope_and_cache(
        qkv,
        rows=rows,
        pages=pages,
        k_pages=empty,
        v_pages=empty,
        num_heads=heads,
        interleaved=interleaved,
        dtype=dtype,
        **options,
    )

    activation = ops.activation_dtype(dtype)
    q, k, v = rounded(qkv, activation).view(8, -1, head_dim).split([heads, kv_heads, kv_heads], 1)
    if norm:
        q = reference.rms_norm(q, rounded(scales[0], "float32"), 1e-5)
        k = reference.rms_norm(k, rounded(scales[1], "float32"), 1e-5)
    q, k = (reference.rotate(x, cos_sin, interleaved) for x in (q, k))
    # A rotation adds two products of values up to 5.
    check_rounded_once(got[:, : heads * head_dim], q.reshape(8, -1), activation, size=2)
    for stored, values in ((k_pages, k), (v_pages, v)):
        want = torch.from_numpy(empty).double()
        for token, (slot, position) in enumerate(slots_and_positions):
            page = pages[slot, position // page_size]
            want[page, :, position % page_size] = values[token]
        check_rounded_once(stored, want, dtype, size=2)
        np.testing.assert_array_equal(stored == 7.0, want.numpy() == 7.0)


# --- arguments


def test_wrong_arguments_are_refused(ops: Any) -> None:
    with pytest.raises(TypeError, match="colour"):
        ops.rms_norm(normal(2, 3), normal(3), colour=1)
    with pytest.raises(TypeError, match="pages"):
        ops.attention(normal(2, 3), rows=[(0, 0, 2)])
    with pytest.raises(ValueError, match="float8"):
        ops.rms_norm(normal(2, 3), normal(3), dtype="float8")
    with pytest.raises(RuntimeError, match="qkv"):
        ops.attention(
            normal(2, 30),
            rows=[(0, 0, 2)],
            pages=np.zeros((1, 1), np.int32),
            k_pages=normal(1, 2, 4, 8),
            v_pages=normal(1, 2, 4, 8),
            num_heads=4,
        )
