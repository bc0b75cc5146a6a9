"""The model families. This folder is the registry: a family is one file that has

    ARCHITECTURES       the names of `architectures` in config.json that it answers to
    spec(config, dtype) what the model is made of, as a _core.ModelSpec
    placements(config)  which tensor of the checkpoint fills which weight slot

and nothing else needs to know of it. Parts that families share are in parts.py.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, cast

from ..hf_config import shown

if TYPE_CHECKING:
    from .. import _core
    from .parts import Placements

_SHARED = ("parts",)


class Family(Protocol):
    """What a file of this folder offers."""

    ARCHITECTURES: tuple[str, ...]

    def spec(self, config: Mapping[str, Any], dtype: str) -> "_core.ModelSpec": ...

    def placements(self, config: Mapping[str, Any]) -> "Placements": ...


@cache
def families() -> Mapping[str, Family]:
    """Every family of this folder, by the architecture names it answers to."""
    found: dict[str, Family] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.name in _SHARED:
            continue
        family = cast(Family, importlib.import_module(f"{__name__}.{module.name}"))
        for architecture in family.ARCHITECTURES:
            if architecture in found:
                raise RuntimeError(f"two files of {__name__} claim {architecture}")
            found[architecture] = family
    return found


def find_family(config: Mapping[str, Any]) -> Family:
    """The family of a config. Raises ValueError that names the architecture and those supported."""
    known = families()
    names = config.get("architectures")
    if not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names):
        raise ValueError(
            f"config.json: architectures is {shown(names)}; it must be a list of names, such as "
            '["LlamaForCausalLM"]'
        )
    for name in names:
        if name in known:
            return known[name]
    raise ValueError(
        f"config.json: architecture {shown(names[0])} is not supported; supported: "
        + ", ".join(sorted(known))
    )
