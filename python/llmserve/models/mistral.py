"""Mistral: the plain decoder, with one sliding window for all layers where the config has one."""

from collections.abc import Mapping
from typing import Any

from .. import _core
from ..hf_config import MAX_SIZE, ConfigReader
from .parts import DecoderOptions, Placements, decoder_placements, decoder_spec, num_layers

ARCHITECTURES = ("MistralForCausalLM",)

# Of a config without the field, which is that of the first release; null means no window.
_DEFAULT_WINDOW = 4096


def spec(config: Mapping[str, Any], dtype: str) -> _core.ModelSpec:
    return decoder_spec(config, dtype, _options(config))


def placements(config: Mapping[str, Any]) -> Placements:
    return decoder_placements(config, _options(config))


def _options(config: Mapping[str, Any]) -> DecoderOptions:
    reader = ConfigReader(config)
    if reader.has("layer_types"):
        raise reader.fail("layer_types", "layers of several kinds are not supported for Mistral")
    if "sliding_window" in config and not reader.has("sliding_window"):
        return DecoderOptions()
    window = reader.integer("sliding_window", 1, MAX_SIZE, _DEFAULT_WINDOW)
    return DecoderOptions(windows=[window] * num_layers(config))
