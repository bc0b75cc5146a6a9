"""Seconds from the start of a server's process to the first token that a client reads.

python bench/first_token.py [ROUNDS] [FLAG...]

Starts `python -m llmserve.server` ROUNDS times (5) with the flags, asks for a streamed chat as soon
as it listens, then another one. Prints the median and all rounds of both: seconds, and tokens per
second after the first token. Needs httpx.
"""

import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

import httpx

_TOKENS = 256
_BODY = {
    "messages": [{"role": "user", "content": "Tell me a story."}],
    "max_tokens": _TOKENS,
    "ignore_eos": True,
    "temperature": 0,
    "stream": True,
}


def chat(url: str) -> tuple[float, float]:
    """When the first text of a streamed answer and when its end came, by the monotonic clock."""
    first = 0.0
    with httpx.stream("POST", f"{url}/v1/chat/completions", json=_BODY, timeout=120) as reply:
        for line in reply.iter_lines():
            data = line.removeprefix("data: ")
            if first or not data.startswith("{"):
                continue
            if json.loads(data)["choices"][0]["delta"].get("content"):
                first = time.monotonic()
    return first, time.monotonic()


def one_round(flags: Sequence[str]) -> tuple[float, float]:
    """Seconds to the first token, and tokens per second of a second request."""
    command = [sys.executable, "-m", "llmserve.server", "--host", "127.0.0.1", "--port", "0"]
    begin = time.monotonic()
    with subprocess.Popen(
        [*command, *flags], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        assert server.stdout is not None
        found = (re.search(r"llmserve serves .* at (http://\S+)", line) for line in server.stdout)
        url = next((match[1] for match in found if match), None)
        if url is None:
            sys.exit("the server did not start")
        first = chat(url)[0] - begin
        again, end = chat(url)
        server.terminate()
    return first, (_TOKENS - 1) / (end - again)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    results = [one_round(sys.argv[2:]) for _ in range(rounds)]
    for name, values in zip(
        ("seconds to the first token", "tokens/s of one stream"),
        zip(*results, strict=True),
        strict=True,
    ):
        shown = ", ".join(f"{value:.3g}" for value in sorted(values))
        print(f"{name}: median {statistics.median(values):.3g} of {shown}")


if __name__ == "__main__":
    main()
