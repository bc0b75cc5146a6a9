"""What the tests of single ops share: random data, and how close to torch is close enough."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

DTYPES = ["float32", "bfloat16", "float16"]
# A backend's activations are in its own choice of dtype (ops.activation_dtype): the CPU's always
# float32, a GPU's the model's. The reference takes inputs as rounded to it, at double precision.

# Of float32 arithmetic on values of size about 1.
EXACT = 5e-6
# What rounding to a dtype changes a value by, relative to it, at most.
ROUNDING = {"float32": 2.0**-24, "bfloat16": 2.0**-8, "float16": 2.0**-11}
# For outputs of size about 1, where a kernel may round on the way to the weight's dtype: what it
# multiplies (normed rows, attention weights), and a product before its activation.
TOLERANCE = {"float32": EXACT, "bfloat16": 1.5e-2, "float16": 2e-3}


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)


def make_weight(rows: int, columns: int) -> np.ndarray:
    return normal(rows, columns, seed=1) / np.float32(np.sqrt(columns))


def check(got: np.ndarray, want: torch.Tensor, dtype: str) -> None:
    """For ops that may round on the way."""
    np.testing.assert_allclose(got, want.numpy(), atol=TOLERANCE[dtype], rtol=TOLERANCE[dtype])


def check_rounded_once(got: np.ndarray, want: torch.Tensor, dtype: str, size: float = 1.0) -> None:
    """For ops that compute in float32 and round the result to `dtype`. size: of the summands."""
    np.testing.assert_allclose(
        got, want.numpy(), atol=EXACT * size, rtol=EXACT + ROUNDING[dtype] * 1.001
    )


def check_linear(
    ops: Any, got: np.ndarray, want: torch.Tensor, dtype: str, columns: int, out_dtype: str = ""
) -> None:
    """A linear layer without a norm: exact products where the inputs have the weight's dtype.

    Tensor cores add up 16 products at a time and cut the sum off to 24 bits each time, always
    toward zero, so that sums of about one drift by half a unit in the last place at every step.
    """
    if ops.activation_dtype(dtype) != dtype:
        return check(got, want, dtype)
    drift = 0.0 if dtype == "float32" else columns / 16 * 2.0**-24
    check_rounded_once(got, want, out_dtype or dtype, 1 + drift / EXACT)
