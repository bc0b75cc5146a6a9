"""Llama 2, 3 and their kin: the plain decoder, with biases by config."""

from collections.abc import Mapping
from typing import Any

from .. import _core
from ..hf_config import ConfigReader
from .parts import DecoderOptions, Placements, decoder_placements, decoder_spec

ARCHITECTURES = ("LlamaForCausalLM", "LLaMAForCausalLM")


def spec(config: Mapping[str, Any], dtype: str) -> _core.ModelSpec:
    return decoder_spec(config, dtype, _options(config))


def placements(config: Mapping[str, Any]) -> Placements:
    return decoder_placements(config, _options(config))


def _options(config: Mapping[str, Any]) -> DecoderOptions:
    reader = ConfigReader(config)
    attention_bias = reader.boolean("attention_bias", False)
    return DecoderOptions(
        qkv_bias=attention_bias,
        o_bias=attention_bias,
        ffn_bias=reader.boolean("mlp_bias", False),
    )
