"""OpenAI's SDK for Node against the real server: what the scripts in node/ print."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from server_process import ServerProcess, wait_until

FOLDER = Path(__file__).parent / "node"


@contextmanager
def node(script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A script that runs; it is ended where it does not end by itself."""
    installed = FOLDER / "node_modules" / "openai"
    assert installed.is_dir(), f"{installed} is missing; `make test` brings it, by npm ci"
    with subprocess.Popen(
        ["node", str(FOLDER / script), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        watch = threading.Timer(60, running.kill)
        watch.start()
        try:
            yield running
        finally:
            watch.cancel()
            running.kill()


def output_of(script: str, *arguments: str) -> dict[str, Any]:
    with node(script, *arguments) as running:
        output, _ = running.communicate()
        assert running.returncode == 0, output
    found = json.loads(output)
    assert isinstance(found, dict)
    return found


def test_answers(server: ServerProcess) -> None:
    found = output_of("answers.mjs", server.url)
    chat, stream = found["chat"], found["chatStream"]
    assert "Madrid" in chat["text"]
    assert chat["reason"] == stream["reason"] == "stop"
    assert chat["id"] == "chatcmpl-" + chat["requestId"]
    assert chat["type"] == "application/json"
    assert stream["text"] == chat["text"]
    for usage in (chat["usage"], stream["usage"]):
        assert usage["completion_tokens"] == len(chat["logprobs"]) > 0
    assert all(logprob <= 0 for logprob in chat["logprobs"])
    assert found["chatHelper"] == {"deltas": chat["text"], "text": chat["text"]}
    assert "Lisbon" in found["conversation"]
    completions = found["completions"]
    assert completions["whole"] == completions["streamed"]
    assert len(set(completions["whole"])) == 2 and all(completions["whole"])
    first, same, other = found["samples"]
    assert first == same != other
    responses = found["responses"]
    assert responses["status"] == "completed" and "Madrid" in responses["whole"]
    assert responses["whole"] == responses["streamed"] == responses["final"]
    assert found["models"] == {"names": ["llmserve-mini"], "one": "model"}


def test_refusals(narrow_server: ServerProcess) -> None:
    found = output_of("refusals.mjs", narrow_server.url, "key")
    full = found.pop("full")
    seen = {
        name: (error["name"], error.get("status"), error.get("code"))
        for name, error in found.items()
    }
    assert seen == {
        "badRequest": ("BadRequestError", 400, None),
        "badStream": ("BadRequestError", 400, None),
        "notFound": ("NotFoundError", 404, "model_not_found"),
        "noModel": ("NotFoundError", 404, "model_not_found"),
        "noRoute": ("NotFoundError", 404, "route_not_found"),
        "noKey": ("AuthenticationError", 401, "invalid_api_key"),
        "nobody": ("APIConnectionError", None, None),
    }
    assert found["badRequest"]["param"] == "temperature"
    assert (full["refused"]["name"], full["refused"]["code"]) == ("RateLimitError", "queue_full")
    assert "Madrid" in full["text"]
    first, second, *_ = full["seen"]
    assert first["status"] == 429 and full["seen"][-1]["status"] == 200
    # By itself the SDK comes back after half a second.
    assert second["at"] - first["at"] >= 900


ERRORS = {
    "signal": None,  # the SDK takes it for the end of the stream
    "break": None,
    "helper": "APIUserAbortError",
    "whole": "APIUserAbortError",
    "timeout": "APIConnectionTimeoutError",
}


def has_dropped(server: ServerProcess, before: int) -> bool:
    """Whether more has been aborted than before, and nothing is left."""
    return server.num_aborted() > before and server.is_idle()


def test_departures(server: ServerProcess) -> None:
    ways = []
    with node("departures.mjs", server.url) as running:
        assert running.stdin is not None and running.stdout is not None
        before = server.num_aborted()
        for line in running.stdout:
            found = json.loads(line)
            ways.append(found["way"])
            if found["way"] == "none":
                break
            error = found["error"] and found["error"]["name"]
            assert error == ERRORS[found["way"]], line
            assert wait_until(partial(has_dropped, server, before)), line
            before = server.num_aborted()
            running.stdin.write("\n")
            running.stdin.flush()
        assert running.wait(20) == 0
    assert ways == [*ERRORS, "none"]
    assert "Madrid" in found["text"]
