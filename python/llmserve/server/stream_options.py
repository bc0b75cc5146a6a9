"""Which chunks of a stream carry token counts."""

from __future__ import annotations

from dataclasses import dataclass

from llmserve.server.errors import bad_request
from llmserve.server.options import ServerOptions
from llmserve.server.protocol import TextRequest

__all__ = ["StreamUsage"]


@dataclass(frozen=True)
class StreamUsage:
    """at_end: a last chunk without choices has the counts. in_chunks: every chunk has them."""

    at_end: bool = False
    in_chunks: bool = False

    @classmethod
    def of(cls, request: TextRequest, server: ServerOptions) -> StreamUsage:
        """What stream_options say, or the server's flags. Raises ApiError 400 where the request
        does not stream."""
        options = request.stream_options
        if options is None:
            return cls(at_end=server.enable_force_include_usage)
        if not request.stream:
            raise bad_request(
                "stream_options is only allowed with stream: true.", param="stream_options"
            )
        at_end = bool(options.include_usage) or server.enable_force_include_usage
        return cls(at_end, bool(options.continuous_usage_stats))
