"""Qwen2 and Qwen2.5: biases on q, k and v alone, sliding windows on the upper layers by config."""

from collections.abc import Mapping
from typing import Any

from .. import _core
from .parts import DecoderOptions, Placements, decoder_placements, decoder_spec, layer_windows

ARCHITECTURES = ("Qwen2ForCausalLM",)


def spec(config: Mapping[str, Any], dtype: str) -> _core.ModelSpec:
    return decoder_spec(config, dtype, _options(config))


def placements(config: Mapping[str, Any]) -> Placements:
    return decoder_placements(config, _options(config))


def _options(config: Mapping[str, Any]) -> DecoderOptions:
    return DecoderOptions(qkv_bias=True, windows=layer_windows(config))
