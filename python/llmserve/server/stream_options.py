"""Which chunks of a stream carry token counts."""

from __future__ import annotations

from dataclasses import dataclass

from llmserve.server.errors import bad_request
from llmserve.server.protocol import TextRequest

__all__ = ["StreamUsage"]


@dataclass(frozen=True)
class StreamUsage:
    """at_end: a last chunk without choices has the counts. in_chunks: every chunk has them."""

    at_end: bool = False
    in_chunks: bool = False

    @classmethod
    def of(cls, request: TextRequest) -> StreamUsage:
        """What stream_options say. Raises ApiError 400 where the request does not stream."""
        options = request.stream_options
        if options is None:
            return cls()
        if not request.stream:
            raise bad_request(
                "stream_options is only allowed with stream: true.", param="stream_options"
            )
        return cls(bool(options.include_usage), bool(options.continuous_usage_stats))
