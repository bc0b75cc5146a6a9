"""Reads config.json and generation_config.json of a checkpoint; neither file is trusted.

What a family makes of the values is in models/; here they are only found, checked and brought to
one form, whichever version of transformers wrote them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAX_SIZE = 1 << 24  # of any one dimension of a model; the core has the same bound
MAX_LAYERS = 4096
_MAX_FILE_BYTES = 16 << 20
_MAX_THETA = 1e15

_DTYPES = {
    "float32": "float32",
    "float": "float32",
    "float16": "float16",
    "half": "float16",
    "bfloat16": "bfloat16",
}
_SUPPORTED_DTYPES = "float32, bfloat16, float16"


def shown(value: object, limit: int = 80) -> str:
    """A value as an error message quotes it: on one line and never long."""
    text = ascii(value)
    return text if len(text) <= limit else text[:limit] + "..."


def read_json_object(path: Path) -> dict[str, Any]:
    """The JSON object in a file.

    Raises FileNotFoundError, or ValueError for a file that is too large, not JSON or no object.
    """
    size = path.stat().st_size
    if size > _MAX_FILE_BYTES:
        raise ValueError(f"{path} has {size} bytes; allowed: up to {_MAX_FILE_BYTES}")
    try:
        value = json.loads(path.read_bytes())
    except RecursionError:
        raise ValueError(f"{path} is nested too deeply") from None
    except ValueError as error:  # also bad UTF-8 and numbers of too many digits
        raise ValueError(f"{path} is not valid JSON: {shown(str(error), 200)}") from None
    if not isinstance(value, dict):
        raise ValueError(f"{path} must hold a JSON object, not {type(value).__name__}")
    return value


def load_config(folder: Path, overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """config.json of a checkpoint, with top-level values replaced by `overrides`.

    Raises ValueError where there is none or it is no JSON object.
    """
    path = folder / "config.json"
    if not path.is_file():
        raise ValueError(f"{folder} has no config.json; a model folder in Hugging Face form does")
    return {**read_json_object(path), **(overrides or {})}


class ConfigReader:
    """Typed look-ups in a config. Every method raises ValueError that names field and value.

    A field that is null counts as absent. Without a default an absent field is an error.
    """

    _REQUIRED = object()

    def __init__(self, values: Mapping[str, Any], where: str = "config.json") -> None:
        self.values = values
        self.where = where

    def fail(self, name: str, allowed: str) -> ValueError:
        """The error for a field whose value is not allowed."""
        return ValueError(f"{self.where}: {name} is {shown(self.values.get(name))}; {allowed}")

    def has(self, name: str) -> bool:
        return self.values.get(name) is not None

    def _get(self, name: str, default: Any) -> Any:
        value = self.values.get(name)
        if value is not None:
            return value
        if default is self._REQUIRED:
            raise ValueError(f"{self.where}: {name} is missing")
        return default

    def integer(self, name: str, low: int, high: int, default: Any = _REQUIRED) -> Any:
        """A whole number from low to high, or the default."""
        value = self._get(name, default)
        if value is default:
            return value
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.fail(name, f"it must be a whole number from {low} to {high}")
        return value

    def number(self, name: str, low: float, high: float, default: Any = _REQUIRED) -> Any:
        """A finite number from low to high as float, or the default."""
        value = self._get(name, default)
        if value is default:
            return value
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or not low <= value <= high
        ):
            raise self.fail(name, f"it must be a number from {low:g} to {high:g}")
        return float(value)

    def boolean(self, name: str, default: Any = _REQUIRED) -> Any:
        value = self._get(name, default)
        if value is not default and not isinstance(value, bool):
            raise self.fail(name, "it must be true or false")
        return value

    def text(self, name: str, choices: Sequence[str] = (), default: Any = _REQUIRED) -> Any:
        """A string, one of `choices` if there are any, or the default."""
        value = self._get(name, default)
        if value is default:
            return value
        if choices and value not in choices:
            raise self.fail(name, "supported: " + ", ".join(choices))
        if not isinstance(value, str):
            raise self.fail(name, "it must be a string")
        return value

    def section(self, name: str) -> "ConfigReader | None":
        """A nested object, or None where there is none."""
        value = self._get(name, None)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.fail(name, "it must be an object")
        return ConfigReader(value, f"{self.where}: {name}")


def resolve_dtype(requested: str, config: Mapping[str, Any], stored: str | None = None) -> str:
    """float32, bfloat16 or float16: as requested, or for "auto" as the checkpoint was saved.

    stored: the dtype of the weights themselves, for a config that does not say.
    """
    if requested != "auto":
        if requested not in _DTYPES:
            raise ValueError(f"dtype is {shown(requested)}; allowed: auto, " + ", ".join(_DTYPES))
        return _DTYPES[requested]
    reader = ConfigReader(config)
    name = "dtype" if reader.has("dtype") else "torch_dtype"  # transformers 5, or older
    if not reader.has(name):
        if stored is not None and stored not in _DTYPES:
            raise ValueError(f"the weights are {shown(stored)}; supported: {_SUPPORTED_DTYPES}")
        return stored or "float32"
    dtype = _DTYPES.get(reader.text(name).removeprefix("torch."))
    if dtype is None:
        raise reader.fail(name, f"supported: {_SUPPORTED_DTYPES}")
    return dtype


# Every key that one of the rope types has; another one would change the formula unnoticed.
_ROPE_KEYS = frozenset(
    "type rope_type rope_theta partial_rotary_factor factor original_max_position_embeddings "
    "low_freq_factor high_freq_factor beta_fast beta_slow mscale mscale_all_dim attention_factor "
    "truncate short_factor long_factor finetuned".split()
)
ROPE_TYPES = ("default", "linear", "dynamic", "llama3", "yarn", "longrope")


@dataclass
class Rope:
    """Rotary embedding of a model, with the names and units of the core's RopeSpec."""

    type: str
    theta: float
    rotary_dim: int
    max_position: int
    factor: float = 1.0
    original_max_position: int = 0
    low_freq_factor: float = 1.0
    high_freq_factor: float = 4.0
    beta_fast: float = 32.0
    beta_slow: float = 1.0
    mscale: float | None = None
    mscale_all_dim: float | None = None
    attention_factor: float | None = None
    truncate: bool = True
    short_factor: list[float] = field(default_factory=list)
    long_factor: list[float] = field(default_factory=list)

    @property
    def longest_context(self) -> int:
        """Positions that the model serves: scaling stretches what it was trained on."""
        if self.type in ("linear", "dynamic"):
            return min(int(self.max_position * self.factor), MAX_SIZE)
        if self.type == "yarn":
            return min(int(self.original_max_position * self.factor), MAX_SIZE)
        return self.max_position  # llama3, longrope: max_position_embeddings is the stretched one


def read_rope(config: Mapping[str, Any], head_dim: int) -> Rope:
    """The rotary embedding of a config: rope_parameters, or rope_theta and rope_scaling."""
    top = ConfigReader(config)
    name = "rope_scaling" if top.has("rope_scaling") else "rope_parameters"
    rope = top.section(name) or ConfigReader({}, f"{top.where}: {name}")
    for key, value in rope.values.items():
        if key not in _ROPE_KEYS and value is not None:
            raise ValueError(f"{rope.where} has {shown(key)}, which is not supported")
    type_name = "rope_type" if rope.has("rope_type") else "type"
    type_ = rope.text(type_name, ROPE_TYPES, "default")
    theta = (rope if rope.has("rope_theta") else top).number(
        "rope_theta", 1.001, _MAX_THETA, 10000.0
    )
    partial = rope if rope.has("partial_rotary_factor") else top
    rotary_dim = int(head_dim * partial.number("partial_rotary_factor", 0.0, 1.0, 1.0))
    if rotary_dim < 2 or rotary_dim % 2:
        raise ValueError(
            f"{top.where}: head_dim {head_dim} gives {rotary_dim} rotated dimensions; they must be "
            "an even number of at least 2"
        )
    result = Rope(type_, theta, rotary_dim, top.integer("max_position_embeddings", 1, MAX_SIZE))
    if type_ in ("llama3", "yarn", "longrope"):
        # Phi-3 and its like keep the original length beside the rope values, where it wins.
        original = top if top.has("original_max_position_embeddings") else rope
        result.original_max_position = original.integer(
            "original_max_position_embeddings", 2, MAX_SIZE, result.max_position
        )
    if type_ != "default":
        result.factor = _rope_factor(rope, result)
    if type_ == "dynamic" and rotary_dim == 2:
        raise ValueError(f"{rope.where}: dynamic needs more than 2 rotated dimensions")
    {"llama3": _read_llama3, "yarn": _read_yarn, "longrope": _read_longrope}.get(
        type_, lambda reader, into: None
    )(rope, result)
    return result


def _rope_factor(rope: ConfigReader, result: Rope) -> float:
    if result.type in ("yarn", "longrope") and not rope.has("factor"):
        return result.max_position / result.original_max_position
    factor: float = rope.number("factor", 1e-3, 1e6)
    return factor


def _read_llama3(rope: ConfigReader, result: Rope) -> None:
    result.low_freq_factor = rope.number("low_freq_factor", 1e-3, 1e6)
    result.high_freq_factor = rope.number("high_freq_factor", 1e-3, 1e6)
    if result.high_freq_factor <= result.low_freq_factor:
        raise rope.fail(
            "high_freq_factor", f"it must be above low_freq_factor, {result.low_freq_factor:g}"
        )


def _read_yarn(rope: ConfigReader, result: Rope) -> None:
    # Zero stands for "not given" in these, as in transformers.
    result.beta_fast = rope.number("beta_fast", 0.0, 1e6, 0.0) or 32.0
    result.beta_slow = rope.number("beta_slow", 0.0, 1e6, 0.0) or 1.0
    result.mscale = rope.number("mscale", 0.0, 1e6, None)
    result.mscale_all_dim = rope.number("mscale_all_dim", 0.0, 1e6, None)
    result.attention_factor = rope.number("attention_factor", 0.0, 1e6, None)
    result.truncate = rope.boolean("truncate", True)


def _read_longrope(rope: ConfigReader, result: Rope) -> None:
    result.attention_factor = rope.number("attention_factor", 0.0, 1e6, None)
    result.short_factor = _factors(rope, "short_factor", result.rotary_dim // 2)
    result.long_factor = _factors(rope, "long_factor", result.rotary_dim // 2)


def _factors(rope: ConfigReader, name: str, count: int) -> list[float]:
    values = rope.values.get(name)
    if not isinstance(values, list) or len(values) != count:
        raise rope.fail(name, f"it must be a list of {count} numbers, half the rotated dimensions")
    for value in values:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= 1e6:
            raise ValueError(f"{rope.where}: {name} holds {shown(value)}; it must be a number > 0")
    return [float(value) for value in values]


@dataclass(frozen=True)
class GenerationConfig:
    """How a model's author wants it to be sampled, in the names of SamplingParams."""

    eos_token_ids: tuple[int, ...] = ()
    sampling_defaults: Mapping[str, Any] = field(default_factory=dict)


def load_generation_config(folder: Path, config: Mapping[str, Any]) -> GenerationConfig:
    """generation_config.json of a folder; where it is silent on the end tokens, config.json speaks.

    Raises ValueError with the field and its value.
    """
    path = folder / "generation_config.json"
    values = read_json_object(path) if path.is_file() else {}
    reader = ConfigReader(values, path.name)
    source = reader if reader.has("eos_token_id") else ConfigReader(config)
    defaults = {
        "temperature": reader.number("temperature", 0.0, 1e4, None),
        "top_p": reader.number("top_p", 1e-9, 1.0, None),
        "top_k": reader.integer("top_k", -1, 1 << 31, None),
        "min_p": reader.number("min_p", 0.0, 1.0, None),
        "repetition_penalty": reader.number("repetition_penalty", 1e-3, 1e3, None),
        "max_tokens": reader.integer("max_new_tokens", 1, 1 << 31, None),
    }
    return GenerationConfig(
        _token_ids(source, "eos_token_id"),
        {name: value for name, value in defaults.items() if value is not None},
    )


def _token_ids(reader: ConfigReader, name: str) -> tuple[int, ...]:
    value = reader.values.get(name)
    if value is None:
        return ()
    ids = value if isinstance(value, list) else [value]
    if len(ids) > 1024 or not all(_is_token_id(i) for i in ids):
        raise reader.fail(name, "it must be a token id or a list of token ids")
    return tuple(dict.fromkeys(ids))


def _is_token_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 31
