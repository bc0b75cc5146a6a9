"""The errors a caller may want to catch by name. Bad values are ValueError or TypeError, what this
build cannot do is NotImplementedError, a memory plan that does not fit is MemoryError."""

from ._core import EngineDeadError, QueueFullError

__all__ = ["EngineDeadError", "QueueFullError"]
