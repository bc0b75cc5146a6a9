"""Any number of rows gives each row the same bits: alone, in a crowd, on either side of a tile."""

from typing import Any

import numpy as np
import pytest
import reference
from llmserve import _core
from op_harness import DTYPES, check, check_linear, make_weight, normal
from reference import rounded

# What makes a linear of each of a layer's four, and the head.
KINDS = ("plain", "normed", "residual", "gated", "head")


@pytest.fixture
def ops(device: str) -> Any:
    return _core.ops.OpBackend(device, 2, max_tokens=600, vocab_size=512, max_in_features=4096)


def options_of(kind: str, dtype: str, rows: int, columns: int, tokens: int) -> dict[str, Any]:
    """Keywords of ops.linear for the first `tokens` rows."""
    options: dict[str, Any] = {"dtype": dtype}
    if kind in ("normed", "gated"):
        options |= {"norm_weight": normal(columns, seed=5) * 0.1 + 1, "eps": 1e-5}
    if kind == "residual":
        options |= {"epilogue": "add", "out_init": normal(600, rows, seed=4)[:tokens]}
    if kind == "gated":
        options |= {"epilogue": "activation", "gated": True}
    if kind == "head":
        options |= {"out_dtype": "float32"}
    return options


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("columns", "rows"), [(63, 34), (130, 70), (264, 96)])
def test_linear_of_1_to_70_rows(ops: Any, dtype: str, kind: str, columns: int, rows: int) -> None:
    x, weight = normal(70, columns), make_weight(rows, columns)
    whole = ops.linear(x, weight, **options_of(kind, dtype, rows, columns, 70))
    for tokens in range(1, 70):
        part = ops.linear(x[:tokens], weight, **options_of(kind, dtype, rows, columns, tokens))
        np.testing.assert_array_equal(part, whole[:tokens], err_msg=f"{tokens} rows")


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("columns", "rows"), [(512, 384), (515, 78), (4096, 130), (1024, 1026)])
def test_linear_of_many_rows(ops: Any, dtype: str, kind: str, columns: int, rows: int) -> None:
    x, weight = normal(600, columns), make_weight(rows, columns)
    whole = ops.linear(x, weight, **options_of(kind, dtype, rows, columns, 600))
    for tokens in (1, 2, 8, 16, 17, 64, 65, 127, 128, 129, 255, 256, 257, 384, 511, 513):
        part = ops.linear(x[:tokens], weight, **options_of(kind, dtype, rows, columns, tokens))
        np.testing.assert_array_equal(part, whole[:tokens], err_msg=f"{tokens} rows")
    # As the last of a crowd, and as the only one.
    options = options_of(kind, dtype, rows, columns, 600)
    if kind == "residual":
        options["out_init"] = options["out_init"][599:]
    np.testing.assert_array_equal(ops.linear(x[599:], weight, **options), whole[599:])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("columns", "rows"), [(512, 384), (515, 78), (4096, 130), (1024, 1026)])
@pytest.mark.parametrize("tokens", [1, 5, 70, 300, 600])
def test_linear_of_many_rows_against_torch(
    ops: Any, dtype: str, columns: int, rows: int, tokens: int
) -> None:
    x, weight = normal(tokens, columns), make_weight(rows, columns)
    activation = ops.activation_dtype(dtype)
    want = rounded(x, activation) @ rounded(weight, dtype).T
    check_linear(ops, ops.linear(x, weight, dtype=dtype), want, dtype, columns)
    gated = options_of("gated", dtype, rows, columns, tokens)
    scale = rounded(gated["norm_weight"], "float32")
    normed = reference.rms_norm(rounded(x, activation), scale, 1e-5)
    y = normed @ rounded(weight, dtype).T
    got = ops.linear(x, weight, **gated)
    # Products of two values of up to 4, each as uncertain as a value by itself.
    check(got / 8, reference.activate(y, "silu", True) / 8, dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("width", [33, 512, 4096])
def test_norm_of_a_row_alone(ops: Any, dtype: str, width: int) -> None:
    x, weight = normal(64, width), normal(width, seed=1)
    whole = ops.rms_norm(x, weight, dtype=dtype)
    for i in (0, 1, 31, 63):
        alone = ops.rms_norm(x[i : i + 1], weight, dtype=dtype)
        np.testing.assert_array_equal(alone[0], whole[i])


@pytest.mark.parametrize("dtype", DTYPES)
def test_embedding_of_a_row_alone(ops: Any, dtype: str) -> None:
    table, ids = normal(100, 70), np.arange(64, dtype=np.int32) * 7 % 100
    whole = ops.embedding(table, ids, dtype=dtype)
    for i in (0, 13, 63):
        alone = ops.embedding(table, ids[i : i + 1], dtype=dtype)
        np.testing.assert_array_equal(alone[0], whole[i])


@pytest.mark.parametrize("kind", ["default", "dynamic"])
def test_rope_table_of_a_row_alone(ops: Any, kind: str) -> None:
    spec = _core.RopeSpec(type=kind, theta=1e6, rotary_dim=64, factor=4.0, max_position=100)
    table = _core.ops.make_rope_table(spec, 400)
    positions = np.arange(64, dtype=np.int32) * 6
    whole = ops.rope_table(table, positions)
    for i in (0, 20, 63):
        np.testing.assert_array_equal(ops.rope_table(table, positions[i : i + 1])[0], whole[i])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("head_dim", "rotary_dim"), [(64, 64), (80, 32), (20, 6)])
def test_rope_and_cache_of_a_row_alone(
    ops: Any, dtype: str, head_dim: int, rotary_dim: int
) -> None:
    heads, kv_heads, page_size = 4, 2, 4
    qkv = normal(64, (heads + 2 * kv_heads) * head_dim)
    cos_sin = normal(64, 2, rotary_dim // 2, seed=6)
    pages = np.arange(64, dtype=np.int32).reshape(64, 1)
    empty = np.zeros((64, kv_heads, page_size, head_dim), np.float32)
    options: dict[str, Any] = {
        "pages": pages,
        "k_pages": empty,
        "v_pages": empty,
        "num_heads": heads,
        "rotary_dim": rotary_dim,
        "q_norm": normal(head_dim, seed=8),
        "k_norm": normal(head_dim, seed=9),
        "eps": 1e-6,
        "dtype": dtype,
    }
    rows = [(slot, slot % page_size, 1) for slot in range(64)]
    q, k, v = ops.rope_and_cache(qkv, rows=rows, cos_sin=cos_sin, **options)
    for i in (0, 7, 63):
        one = slice(i, i + 1)
        alone = ops.rope_and_cache(qkv[one], rows=rows[one], cos_sin=cos_sin[one], **options)
        np.testing.assert_array_equal(alone[0][0], q[i])
        np.testing.assert_array_equal(alone[1][i], k[i])
        np.testing.assert_array_equal(alone[2][i], v[i])
