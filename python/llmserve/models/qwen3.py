"""Qwen3, dense: each head's queries and keys are normed before the rotation; biases by config."""

from collections.abc import Mapping
from typing import Any

from .. import _core
from ..hf_config import ConfigReader
from .parts import DecoderOptions, Placements, decoder_placements, decoder_spec, layer_windows

ARCHITECTURES = ("Qwen3ForCausalLM",)


def spec(config: Mapping[str, Any], dtype: str) -> _core.ModelSpec:
    return decoder_spec(config, dtype, _options(config))


def placements(config: Mapping[str, Any]) -> Placements:
    return decoder_placements(config, _options(config))


def _options(config: Mapping[str, Any]) -> DecoderOptions:
    attention_bias = ConfigReader(config).boolean("attention_bias", False)
    return DecoderOptions(
        qkv_bias=attention_bias,
        o_bias=attention_bias,
        qk_norm=True,
        default_head_dim=128,
        windows=layer_windows(config),
    )
