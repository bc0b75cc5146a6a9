"""Every op in plain torch, at double precision: what the backends are compared with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as functional
from torch import Tensor

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "silu": functional.silu,
    "gelu": functional.gelu,
    "gelu_tanh": lambda x: functional.gelu(x, approximate="tanh"),
    "relu": functional.relu,
}


def rounded(array: np.ndarray, dtype: str) -> Tensor:
    """The values as they are stored in `dtype`, as float64."""
    return torch.from_numpy(np.asarray(array, np.float32)).to(DTYPES[dtype]).double()


def rms_norm(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps) * weight


def activate(y: Tensor, activation: str, gated: bool) -> Tensor:
    if not gated:
        return ACTIVATIONS[activation](y)
    gate, up = y.chunk(2, dim=-1)
    return ACTIVATIONS[activation](gate) * up


def rope_table(
    positions: Tensor, inv_freq: Tensor, scale: float = 1.0, dynamic: tuple[float, ...] = ()
) -> Tensor:
    """[tokens, 2, rotary_dim / 2]. dynamic: (theta, factor, start) of dynamic NTK."""
    frequencies = inv_freq.expand(len(positions), -1).clone()
    if dynamic:
        theta, factor, start = dynamic
        dim = 2 * inv_freq.numel()
        exponents = torch.arange(0, dim, 2, dtype=torch.float64) / dim
        for row, position in enumerate(positions.tolist()):
            if position >= start:
                stretch = factor * (position + 1) / start - (factor - 1)
                base = theta * stretch ** (dim / (dim - 2))
                frequencies[row] = 1.0 / base**exponents
    # A float32 product, as in every implementation: its rounding is part of the model.
    angles = (positions.float()[:, None] * frequencies.float()).double()
    return torch.stack([angles.cos(), angles.sin()], dim=1) * scale


def rotate(x: Tensor, cos_sin: Tensor, interleaved: bool) -> Tensor:
    """x: [tokens, heads, head_dim]; only the leading rotary_dim is turned."""
    half = cos_sin.shape[-1]
    cos, sin = cos_sin[:, None, 0], cos_sin[:, None, 1]
    turned = x.clone()
    first = slice(0, 2 * half, 2) if interleaved else slice(0, half)
    second = slice(1, 2 * half, 2) if interleaved else slice(half, 2 * half)
    a, b = x[..., first], x[..., second]
    turned[..., first] = a * cos - b * sin
    turned[..., second] = b * cos + a * sin
    return turned


def attention(q: Tensor, k: Tensor, v: Tensor, start: int, scale: float, window: int = 0) -> Tensor:
    """q: [tokens, heads, dim] at positions from start on; k, v: [length, kv_heads, dim]."""
    tokens, heads, _ = q.shape
    group = heads // k.shape[1]
    k, v = (x.repeat_interleave(group, dim=1) for x in (k, v))
    scores = torch.einsum("thd,shd->hts", q, k) * scale
    position = torch.arange(start, start + tokens)[:, None]
    key = torch.arange(k.shape[0])[None, :]
    seen = key <= position
    if window:
        seen &= key > position - window
    weights = scores.masked_fill(~seen, -torch.inf).softmax(-1)
    return torch.einsum("hts,shd->thd", weights, v)


# --- Sampling


@dataclass
class Sampled:
    """A sequence as the sampler sees it: the names of SamplingParams, and what came so far."""

    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    min_p: float = 0.0
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    repetition_penalty: float = 1.0
    min_tokens: int = 0
    logit_bias: Sequence[tuple[int, float]] = ()
    allowed_token_ids: Sequence[int] | None = None
    bad_words: Sequence[Sequence[int]] = ()
    prompt: list[int] = field(default_factory=lambda: [0])
    output: list[int] = field(default_factory=list)
    stop_ids: Sequence[int] = ()
    seed: int = 0


def apply_rules(logits: Tensor, sequence: Sampled) -> Tensor:
    """Allowed ids, bad words, min_tokens, logit_bias and penalties, in vLLM's order."""
    x = logits.double().clone()
    if sequence.allowed_token_ids is not None:
        banned = torch.ones_like(x, dtype=torch.bool)
        banned[list(sequence.allowed_token_ids)] = False
        x[banned] = -torch.inf
    for word in sequence.bad_words:
        *prefix, last = word
        if not prefix or sequence.output[-len(prefix) :] == prefix:
            x[last] = -torch.inf
    if len(sequence.output) < sequence.min_tokens:
        x[list(sequence.stop_ids)] = -torch.inf
    for token, bias in sequence.logit_bias:
        x[token] += min(max(bias, -100.0), 100.0)

    counts = torch.bincount(torch.tensor(sequence.output, dtype=torch.long), minlength=len(x))
    seen = counts > 0
    seen[list(sequence.prompt)] = True
    penalty = torch.where(seen, sequence.repetition_penalty, 1.0).double()
    x = torch.where(x > 0, x / penalty, x * penalty)
    x -= sequence.frequency_penalty * counts
    x -= sequence.presence_penalty * (counts > 0)
    return x


def filter_tokens(x: Tensor, sequence: Sampled) -> Tensor:
    """Temperature, then min_p, top_k and top_p: what is left, as log probabilities."""
    x = x / sequence.temperature
    probabilities = x.softmax(-1)
    x = x.masked_fill(probabilities < sequence.min_p * probabilities.max(), -torch.inf)
    order = torch.sort(x, descending=True, stable=True).indices  # ties: the smaller id first
    if sequence.top_k > 0:
        x[order[sequence.top_k :]] = -torch.inf
    if sequence.top_p < 1.0:
        ranked = x[order].softmax(-1)
        before = ranked.cumsum(-1) - ranked
        x[order[before >= sequence.top_p]] = -torch.inf
    return x.log_softmax(-1)


def philox4x32(counter: np.ndarray, key: int) -> np.ndarray:
    """Ten rounds. counter: [blocks, 4] of 32-bit words; returns the same shape."""
    mask = np.uint64(0xFFFFFFFF)
    c = [counter[:, i].astype(np.uint64) for i in range(4)]
    k0, k1 = key & 0xFFFFFFFF, key >> 32
    for _ in range(10):
        p0, p1 = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
        c = [
            (p1 >> np.uint64(32)) ^ c[1] ^ np.uint64(k0),
            p1 & mask,
            (p0 >> np.uint64(32)) ^ c[3] ^ np.uint64(k1),
            p0 & mask,
        ]
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return np.stack(c, axis=1)


def gumbel_noise(seed: int, position: int, vocab_size: int) -> Tensor:
    """The noise of every token id for the token drawn at `position`."""
    blocks = -(-vocab_size // 4)
    counter = np.zeros((blocks, 4), np.uint64)
    counter[:, 0] = np.arange(blocks)
    counter[:, 1] = position
    words = philox4x32(counter, seed).reshape(-1)[:vocab_size]
    uniform = (words.astype(np.float64) + 0.5) * 2.0**-32
    return torch.from_numpy(-np.log(-np.log(uniform)))


def draw(logits: Tensor, sequence: Sampled) -> int:
    x = apply_rules(logits, sequence)
    if sequence.temperature == 0.0:
        return int((x == x.max()).nonzero()[0])
    position = len(sequence.prompt) + len(sequence.output)
    kept = filter_tokens(x, sequence)
    return int((kept + gumbel_noise(sequence.seed, position, len(x))).argmax())


def logprobs(logits: Tensor, token: int, count: int) -> tuple[float, int, list[int], list[float]]:
    """(logprob, rank, best ids, their logprobs) of the raw logits."""
    x = logits.double().log_softmax(-1)
    order = torch.sort(logits, descending=True, stable=True).indices[:count]
    rank = int((logits > logits[token]).sum()) + 1
    return float(x[token]), rank, order.tolist(), x[order].tolist()
