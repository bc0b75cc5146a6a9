"""What torch offers in place of an op of bench_ops: the references of compare_cuda.py.

Each reference is a function of the number of the set of data, to be put into a CUDA graph.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Run = Callable[[int], object]
_ROTATED_BYTES = 256 << 20  # the sets of data together are larger: no cache holds them
_LEAST_RUNS = 20  # in a graph


class Stopwatch:
    """Times a reference as bench_ops times an op: many runs in a graph, the host's clock around
    several launches of it."""

    def __init__(
        self, run: Run, num_sets: int, *, samples: int, least_s: float, cuda: bool
    ) -> None:
        import torch

        self._samples, self._sync = samples, torch.cuda.synchronize if cuda else _nothing
        self._runs = max(_LEAST_RUNS, num_sets) if cuda else 1
        if cuda:
            stream = torch.cuda.Stream()
            stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(stream):  # libraries set themselves up outside of graphs
                for i in range(3):
                    run(i % num_sets)
            torch.cuda.current_stream().wait_stream(stream)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                for i in range(self._runs):
                    run(i % num_sets)
            self._launch = graph.replay
        else:
            self._launch = lambda: run(0)
        self._seconds_of(1)
        self._launches = max(1, -int(-least_s // self._seconds_of(1)))
        self._seconds_of(self._launches)

    def _seconds_of(self, launches: int) -> float:
        self._sync()
        begin = time.perf_counter()
        for _ in range(launches):
            self._launch()
        self._sync()
        return time.perf_counter() - begin

    def measure(self) -> float:
        """Microseconds of a run: the median of the samples."""
        runs = self._launches * self._runs
        seconds = sorted(self._seconds_of(self._launches) for _ in range(self._samples))
        return seconds[len(seconds) // 2] / runs * 1e6


def _nothing() -> None:
    pass


class References:
    """Makes the references of a case. One that torch refuses is a text that says why."""

    def __init__(self, device: str, dtype: str) -> None:
        import torch

        self._device, self._dtype = device, getattr(torch, dtype)
        self._weights: tuple[tuple[int, int], Any] | None = None  # of the last linear layer

    def of(self, row: Mapping[str, Any]) -> tuple[int, dict[str, Run]]:
        """The number of sets of data, and the references by name; none for ops torch has not."""
        makers: dict[str, Callable[[Mapping[str, Any]], tuple[int, dict[str, Run]]]] = {
            "copy": self._copy,
            "linear": self._linear,
            "attention": self._attention,
            "rms_norm": self._rms_norm,
            "sample": self._sample,
        }
        make = makers.get(row["op"])
        return make(row) if make else (1, {})

    def forget(self) -> None:
        """Gives back what the last case took, so that bench_ops finds it free."""
        import torch

        if self._device == "cuda":
            torch.cuda.empty_cache()

    def _randn(self, *shape: int, dtype: Any = None, deviation: float = 1.0) -> Any:
        import torch

        values = torch.randn(*shape, device=self._device, dtype=dtype or self._dtype)
        return values.mul_(deviation)

    def _copy(self, row: Mapping[str, Any]) -> tuple[int, dict[str, Run]]:
        source = self._randn(int(row["bytes"]) // 4)  # as much read as written, two bytes each
        if source.dtype.itemsize != 2:
            raise ValueError("the copy is counted in elements of two bytes")
        target = source.new_zeros(source.shape)
        return 1, {"copy_": lambda _: target.copy_(source)}

    def _linear(self, row: Mapping[str, Any]) -> tuple[int, dict[str, Run]]:
        """linear: the product alone. unfused: with what llmserve's op does beside it."""
        from torch.nn import functional as F

        tokens, width, height = row["tokens"], row["in"], row["out"]
        weights = self._weight_sets(height, width)
        x, norm = self._randn(tokens, width), self._randn(width)
        residual = self._randn(tokens, height) if row["epilogue"] == "add" else None

        def unfused(i: int) -> object:
            given = F.rms_norm(x, (width,), norm, 1e-5) if row["norm"] else x
            y = F.linear(given, weights[i % len(weights)])
            if residual is not None:
                return residual.add_(y)
            if row["gated"]:
                gate, up = y.chunk(2, dim=-1)
                return F.silu(gate).mul_(up)
            return y

        runs: dict[str, Run] = {"linear": lambda i: F.linear(x, weights[i % len(weights)])}
        if row["norm"] or row["epilogue"] != "store":
            runs["unfused"] = unfused
        return len(weights), runs

    def _weight_sets(self, height: int, width: int) -> Any:
        """The cases of one layer follow one another and share the weights."""
        if self._weights is None or self._weights[0] != (height, width):
            self._weights = None
            num_sets = _ROTATED_BYTES // (2 * height * width) + 1
            sets = [
                self._randn(height, width, deviation=width**-0.5)
                for _ in range(num_sets if self._device == "cuda" else 1)
            ]
            self._weights = ((height, width), sets)
        return self._weights[1]

    def _attention(self, row: Mapping[str, Any]) -> tuple[int, dict[str, Run]]:
        """On dense keys and values, a call for each group of equal sequences."""
        from torch.nn.attention import SDPBackend, sdpa_kernel

        groups = [self._group(row, *group) for group in row["sequences"]]
        num_sets = len(groups[0][1])

        def with_backend(backend: Any) -> Run:
            def run(i: int) -> object:
                with sdpa_kernel(backend):
                    for query, sets, mask in groups:
                        _attend(query, sets[i % len(sets)], mask)
                return None

            return run

        backends = {"flash": SDPBackend.FLASH_ATTENTION}
        if all(mask != "causal_lower_right" for _, _, mask in groups):  # which cuDNN has not
            backends["cudnn"] = SDPBackend.CUDNN_ATTENTION
        return num_sets, {name: with_backend(backend) for name, backend in backends.items()}

    def _group(self, row: Mapping[str, Any], count: int, tokens: int, context: int) -> Any:
        """Queries, sets of keys and values, and which keys each query sees."""
        heads, kv_heads, head_dim = row["heads"], row["kv_heads"], row["head_dim"]
        # As a fused projection leaves them: a token's heads beside each other.
        query = self._randn(count, tokens, heads, head_dim).transpose(1, 2)
        shape = (count, context, kv_heads, head_dim)
        num_sets = _ROTATED_BYTES // (
            2 * query.dtype.itemsize * count * context * shape[2] * shape[3]
        )
        sets = [
            (self._randn(*shape).transpose(1, 2), self._randn(*shape).transpose(1, 2))
            for _ in range(num_sets + 1 if self._device == "cuda" else 1)
        ]
        mask = "causal" if tokens == context else "all" if tokens == 1 else "causal_lower_right"
        return query, sets, mask

    def _rms_norm(self, row: Mapping[str, Any]) -> tuple[int, dict[str, Run]]:
        from torch.nn import functional as F

        shape = (row["tokens"], row["hidden"])
        sets = [self._randn(*shape) for _ in range(min(16, row["sets"]))]
        weight = self._randn(shape[1])
        return len(sets), {"rms_norm": lambda i: F.rms_norm(sets[i], (shape[1],), weight, 1e-5)}

    def _sample(self, row: Mapping[str, Any]) -> tuple[int, dict[str, Run]]:
        import torch

        rows, vocab = row["rows"], row["vocab"]
        num_sets = _ROTATED_BYTES // (4 * rows * vocab) + 1 if self._device == "cuda" else 1
        sets = [
            self._randn(rows, vocab, dtype=torch.float32, deviation=3.0) for _ in range(num_sets)
        ]
        counts = torch.zeros(rows, vocab, device=self._device)
        counts.scatter_(1, torch.randint(vocab, (rows, 64), device=self._device), 1.0)
        seen = counts > 0
        return num_sets, {"torch": lambda i: _draw(sets[i % num_sets], counts, seen, row)}


def _attend(query: Any, keys_values: Sequence[Any], mask: str) -> Any:
    from torch.nn import functional as F

    key, value = keys_values
    if mask != "causal_lower_right":
        return F.scaled_dot_product_attention(
            query, key, value, is_causal=mask == "causal", enable_gqa=True
        )
    from torch.nn.attention.bias import causal_lower_right

    bias = causal_lower_right(query.shape[-2], key.shape[-2])
    return F.scaled_dot_product_attention(query, key, value, attn_mask=bias, enable_gqa=True)


def _draw(logits: Any, counts: Any, seen: Any, row: Mapping[str, Any]) -> Any:
    """Penalties, temperature, top-k and top-p by a sort, the draw, log probabilities; in the order
    and by the means of the torch code of serving engines."""
    import torch

    raw = logits
    if row["penalties"]:
        logits = torch.where(seen & (logits > 0), logits / 1.1, logits)
        logits = torch.where(seen & (logits <= 0), logits * 1.1, logits)
        logits = logits - 0.5 * counts - 0.5 * seen
    if row["temperature"] == 0:
        tokens = logits.argmax(dim=-1)
    else:
        logits = logits / row["temperature"]
        if row["top_k"] > 0 or row["top_p"] < 1:
            logits = _filter(logits, row["top_k"], row["top_p"])
        probs = logits.softmax(dim=-1)
        tokens = probs.div_(torch.empty_like(probs).exponential_()).argmax(dim=-1)
    if row["num_logprobs"] < 0:
        return tokens
    logprobs = raw.log_softmax(dim=-1)
    own = logprobs.gather(-1, tokens.unsqueeze(-1))
    rank = (logprobs >= own).sum(dim=-1)
    return tokens, own, rank, logprobs.topk(row["num_logprobs"], dim=-1)


def _filter(logits: Any, top_k: int, top_p: float) -> Any:
    values, indices = logits.sort(dim=-1)
    if top_k > 0:
        values = values.masked_fill(values < values[:, -top_k].unsqueeze(-1), float("-inf"))
    if top_p < 1:
        before = values.softmax(dim=-1).cumsum(dim=-1)
        before[:, -1] = 1  # the best stays, whatever the sums are rounded to
        values = values.masked_fill(before <= 1 - top_p, float("-inf"))
    return logits.scatter(-1, indices, values)
