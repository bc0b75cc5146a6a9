"""What every endpoint of one server shares."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from llmserve.server.engine import Engine
from llmserve.server.errors import model_not_found
from llmserve.server.lifecycle import Lifecycle
from llmserve.server.options import ServerOptions
from llmserve.server.telemetry import Telemetry

__all__ = ["ServerContext"]


@dataclass(frozen=True)
class ServerContext:
    """The engine and how it is served. root: the model as it was named; engine_args: the engine's
    other settings, to be shown."""

    engine: Engine
    options: ServerOptions
    telemetry: Telemetry
    root: str
    engine_args: Mapping[str, Any] = field(default_factory=dict)
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    created: int = field(default_factory=lambda: int(time.time()))

    @property
    def model_names(self) -> tuple[str, ...]:
        """Names the model answers to; the first is the one answers carry."""
        return self.options.served_model_names or (self.root,)

    def check_model(self, name: str | None) -> str:
        """The name for the answer. Raises ApiError 404 for another model; None is ours."""
        if name is None:
            return self.model_names[0]
        if name not in self.model_names:
            raise model_not_found(name)
        return name
