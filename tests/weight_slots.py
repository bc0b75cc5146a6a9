"""The weight slots that a spec has, written down a second time for tests: name to whole shape."""

from typing import Any


def expected_slots(spec: Any) -> dict[str, tuple[int, ...]]:
    """Slot names and shapes of a _core.ModelSpec, as the core's contract states them."""
    hidden = spec.hidden_size
    slots: dict[str, tuple[int, ...]] = {
        "embedding": (spec.vocab_size, hidden),
        "final_norm": (hidden,),
    }
    if not spec.tied_head:
        slots["head"] = (spec.vocab_size, hidden)
    for i, layer in enumerate(spec.layers):
        attention, ffn = layer.attention, layer.ffn
        heads = attention.num_heads * attention.head_dim
        kv_heads = attention.num_kv_heads * attention.head_dim
        parts: dict[str, tuple[int, ...]] = {
            "attention_norm": (hidden,),
            "attention.q": (heads, hidden),
            "attention.k": (kv_heads, hidden),
            "attention.v": (kv_heads, hidden),
            "attention.o": (hidden, heads),
            "ffn_norm": (hidden,),
            "ffn.up": (ffn.intermediate_size, hidden),
            "ffn.down": (hidden, ffn.intermediate_size),
        }
        if ffn.gated:
            parts["ffn.gate"] = (ffn.intermediate_size, hidden)
        if attention.qkv_bias:
            parts |= {f"attention.{x}_bias": (heads if x == "q" else kv_heads,) for x in "qkv"}
        if attention.o_bias:
            parts["attention.o_bias"] = (hidden,)
        if attention.qk_norm is not None:
            parts |= {f"attention.{x}_norm": (attention.head_dim,) for x in "qk"}
        if ffn.bias:
            parts |= {f"ffn.{x}_bias": (ffn.intermediate_size,) for x in ("gate", "up")}
            parts["ffn.down_bias"] = (hidden,)
        slots |= {f"layers.{i}.{name}": shape for name, shape in parts.items()}
    return slots
