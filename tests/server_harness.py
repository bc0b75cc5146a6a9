"""A server on loopback with a fake engine, which tests can slow down, fill up, fail and watch."""

from __future__ import annotations

import asyncio
import codecs
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import httpx
from llmserve.errors import EngineDeadError, QueueFullError
from llmserve.outputs import CompletionOutput, Logprob, RequestMetrics, RequestOutput
from llmserve.sampling_params import RequestOutputKind, SamplingParams
from llmserve.server.context import ServerContext
from llmserve.server.listen import Sockets, open_sockets
from llmserve.server.options import ServerOptions
from llmserve.server.run import new_loop, serve_until
from llmserve.server.telemetry import Telemetry

BOS, EOS, FIRST_WORD, NUM_WORDS = 256, 257, 300, 700
VOCAB_SIZE = FIRST_WORD + NUM_WORDS
SPECIAL = {BOS: b"<s>", EOS: b"</s>"}
_ERRORS = {
    "deadline": "the deadline of the request has passed",
    "engine": "the device is lost",
    "non_finite": "the model gave numbers that are not finite",
}
# The third of every ten words ends in half of a character, the fourth brings the other half.
_HALVES = "é".encode()


class FakeTokenizer:
    """Ids below 256 are bytes, those from FIRST_WORD on are words."""

    class_name = "FakeTokenizer"
    vocab_size = VOCAB_SIZE

    def __init__(self) -> None:
        self.templates: list[str | None] = []
        self.chat_templates = {"default": "{{ messages }}"}
        self.named_tokens = {"bos_token": "<s>", "eos_token": "</s>"}

    def encode(self, text: str, add_special_tokens: bool = True) -> list[int]:
        return [BOS] * add_special_tokens + list(text.encode())

    def decode(self, token_ids: Sequence[int], skip_special_tokens: bool = True) -> str:
        ids = [i for i in token_ids if not (skip_special_tokens and i in SPECIAL)]
        return b"".join(map(self.token_bytes, ids)).decode(errors="replace")

    def token_bytes(self, token_id: int) -> bytes:
        if token_id < 256:
            return bytes([token_id])
        if token_id < FIRST_WORD:
            return SPECIAL.get(token_id, b"")
        word = f" word{token_id - FIRST_WORD}".encode()
        return {3: word + _HALVES[:1], 4: _HALVES[1:] + word}.get(token_id % 10, word)

    def token_name(self, token_id: int) -> str:
        return f"<{token_id}>"

    def render_and_encode(
        self,
        messages: Sequence[Mapping[str, Any]],
        *,
        chat_template: str | None = None,
        add_generation_prompt: bool = True,
        continue_final_message: bool = False,
        **options: Any,
    ) -> list[int]:
        self.templates.append(chat_template)
        if any(message["role"] == "unknown" for message in messages):
            raise ValueError("There is no role unknown.")
        text = "".join(f"<{m['role']}>{m.get('content') or ''}\n" for m in messages)
        text += "".join(f"[{name}={value}]" for name, value in sorted(options.items()))
        if continue_final_message:
            text = text.rstrip("\n")
        if add_generation_prompt:
            text += "<assistant>"
        return self.encode(text, False)


@dataclass
class _Running:
    """One request in the fake engine."""

    params: SamplingParams
    prompt_token_ids: list[int]
    aborted: asyncio.Event = field(default_factory=asyncio.Event)


class FakeEngine:
    """Says words at a fixed pace. Equal prompts get equal words; sample i begins i words later."""

    def __init__(self, max_model_len: int = 2048, step_seconds: float = 0.001) -> None:
        self.max_model_len = max_model_len
        self.step_seconds = step_seconds
        self.tokenizer: FakeTokenizer | None = FakeTokenizer()
        self.default_params: dict[str, Any] = {}
        self.max_running = 1 << 30  # more are refused
        self.hold = False  # admitted requests wait
        self.dead: str | None = None
        self.fail_after: int | None = None  # tokens, then finish_reason error
        self.fail_cause = "non_finite"  # or engine
        self.die_after: int | None = None  # tokens, then EngineDeadError
        self.crash_after: int | None = None  # tokens, then a bug
        self.running: dict[str, _Running] = {}
        self.calls: list[tuple[SamplingParams, dict[str, Any]]] = []
        self.num_aborted = 0
        self.num_resets = 0
        self.closed = False
        self.counters = SimpleNamespace(
            kv_cache_usage=0.25,
            num_preemptions=3,
            prefix_cache_queries=70,
            prefix_cache_hits=30,
            num_prompt_tokens=0,
            num_generation_tokens=0,
            num_corrupted=0,
            step_sizes=([1, 8, 16], [2, 1, 0, 1], 42),
            seconds_since_step=0.0,
            state="running",
            failure="",
        )

    def stats(self) -> Any:
        waiting = len(self.running) if self.hold else 0
        running = len(self.running) - waiting
        return SimpleNamespace(**vars(self.counters), num_running=running, num_waiting=waiting)

    async def reset_prefix_cache(self) -> bool:
        if self.dead is not None:
            raise EngineDeadError(self.dead)
        self.num_resets += 1
        return True

    def is_healthy(self, stall_seconds: float) -> bool:
        return self.dead is None and self.counters.seconds_since_step < stall_seconds

    def close(self) -> None:
        self.closed = True

    async def abort(self, request_id: str) -> None:
        if request_id in self.running:
            self.running[request_id].aborted.set()

    async def generate(
        self,
        prompt: Any,
        sampling_params: SamplingParams,
        request_id: str,
        *,
        priority: int = 0,
        cache_salt: str | None = None,
        timeout: float | None = None,
    ) -> AsyncIterator[RequestOutput]:
        if self.dead is not None:
            raise EngineDeadError(self.dead)
        if not -(2**31) <= priority < 2**31:
            raise ValueError(f"priority is {priority}; it must be from {-(2**31)} to {2**31 - 1}")
        if timeout is not None and not 0 < timeout < 1e9:
            raise ValueError(f"timeout is {timeout}; it must be seconds over 0 and below 1e9")
        if len(self.running) >= self.max_running:
            raise QueueFullError(f"{len(self.running)} requests wait")
        ids = list(prompt["prompt_token_ids"])
        bad = [i for i in ids if not 0 <= i < VOCAB_SIZE]
        if bad:
            raise ValueError(f"the prompt holds the token id {bad[0]}; ids must be below 1000")
        self.calls.append(
            (
                sampling_params,
                {"priority": priority, "cache_salt": cache_salt, "timeout": timeout, "ids": ids},
            )
        )
        request = _Running(sampling_params, ids)
        self.running[request_id] = request
        finished = False
        try:
            async for output in self._outputs(request_id, prompt.get("prompt"), request, timeout):
                finished = output.finished
                yield output
        finally:
            del self.running[request_id]
            self.num_aborted += not finished

    async def _outputs(
        self, request_id: str, text: str | None, request: _Running, timeout: float | None
    ) -> AsyncIterator[RequestOutput]:
        params = request.params
        metrics = RequestMetrics(arrival_time=time.monotonic())
        deadline = metrics.arrival_time + (timeout if timeout is not None else 1e9)
        samples = [_Sample(i, request, self) for i in range(params.n)]
        prompt_logprobs = _prompt_logprobs(request, self)
        self.counters.num_prompt_tokens += len(request.prompt_token_ids)
        delta = params.output_kind is RequestOutputKind.DELTA
        while True:
            await asyncio.sleep(self.step_seconds)
            end = "abort" if request.aborted.is_set() else None
            if end is None and time.monotonic() >= deadline:
                end = "deadline"
            if self.hold and end is None:
                continue
            changed = [sample for sample in samples if sample.step(end)]
            now = time.monotonic()
            metrics.first_scheduled_time = metrics.first_scheduled_time or metrics.arrival_time
            metrics.first_token_time = metrics.first_token_time or now
            metrics.last_token_time = now
            finished = all(sample.finish_reason for sample in samples)
            if delta or finished:
                shown = changed if delta else samples
                yield RequestOutput(
                    request_id=request_id,
                    prompt=text,
                    prompt_token_ids=request.prompt_token_ids,
                    prompt_logprobs=prompt_logprobs,
                    outputs=[sample.read(delta) for sample in shown],
                    finished=finished,
                    metrics=metrics,
                    num_cached_tokens=min(2, len(request.prompt_token_ids)),
                )
                prompt_logprobs = None if delta else prompt_logprobs
            if finished:
                return


class _Sample:
    """One sample of a request: its words, cut at stop strings and lengths."""

    def __init__(self, index: int, request: _Running, engine: FakeEngine) -> None:
        self.index = index
        self.finish_reason: str | None = None
        self.stop_reason: int | str | None = None
        self._engine = engine
        self._params = request.params
        self._first = sum(request.prompt_token_ids) + index
        self._limit = engine.max_model_len - len(request.prompt_token_ids)
        if self._params.max_tokens is not None:
            self._limit = min(self._limit, self._params.max_tokens)
        self._ids: list[int] = []
        self._error: str | None = None  # the cause, where the reason is error
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._text = ""
        self._read = (0, 0)  # tokens and characters

    def step(self, end: str | None) -> bool:
        """One token; True where there is news. end: abort or deadline, instead of a token."""
        if self.finish_reason is not None:
            return False
        engine, done = self._engine, len(self._ids)
        if done == engine.die_after:
            raise EngineDeadError("the device is lost")
        if done == engine.crash_after:
            raise KeyError("a bug")
        if end is None and done == engine.fail_after:
            end = engine.fail_cause
        if end is not None:
            self.finish_reason = "abort" if end == "abort" else "error"
            self._error = None if end == "abort" else end
            return True
        self._ids.append(FIRST_WORD + (self._first + done) % NUM_WORDS)
        engine.counters.num_generation_tokens += 1
        self._text += self._decoder.decode(FakeTokenizer().token_bytes(self._ids[-1]))
        if self._stop_at_string():
            return True
        if len(self._ids) == self._limit:
            self.finish_reason = "length"
            self._text += self._decoder.decode(b"", final=True)
        return True

    def _stop_at_string(self) -> bool:
        for word in self._params.stop or ():
            if word in self._text:
                end = self._text.index(word)
                if self._params.include_stop_str_in_output:
                    end += len(word)
                self._text = self._text[:end]
                self.finish_reason, self.stop_reason = "stop", word
                return True
        return False

    def read(self, delta: bool) -> CompletionOutput:
        tokens, characters = self._read if delta else (0, 0)
        if delta:
            # As a matcher does: what may become a stop string waits.
            held = 24 if self._params.stop and self.finish_reason is None else 0
            self._read = (len(self._ids), max(len(self._text) - held, characters))
        end = self._read[1] if delta else len(self._text)
        ids = self._ids[tokens:]
        logprobs = None
        if self._params.logprobs is not None:
            logprobs = [_entry(i, self._params.logprobs) for i in ids]
        return CompletionOutput(
            index=self.index,
            text=self._text[characters:end],
            token_ids=ids,
            logprobs=logprobs,
            finish_reason=self.finish_reason,
            stop_reason=self.stop_reason,
            error=_ERRORS[self._error] if self._error is not None else None,
            error_cause=self._error,
        )


def _entry(token_id: int, num_top: int) -> dict[int, Logprob]:
    """The chosen token, second best of all, and the best ones."""
    text = FakeTokenizer()
    entry = {token_id: Logprob(-1.0, 2, text.decode([token_id]))}
    best = [(token_id + 1) % VOCAB_SIZE, token_id, (token_id + 2) % VOCAB_SIZE]
    for rank, other in enumerate(best[:num_top], 1):
        logprob = -0.5 * rank if rank < 3 else float("-inf")
        entry.setdefault(other, Logprob(logprob, rank, text.decode([other])))
    return entry


def _prompt_logprobs(
    request: _Running, engine: FakeEngine
) -> list[dict[int, Logprob] | None] | None:
    wanted = request.params.prompt_logprobs
    if wanted is None:
        return None
    return [None, *(_entry(i, wanted) for i in request.prompt_token_ids[1:])]


@dataclass
class Server:
    """A running server."""

    url: str
    engine: Any
    context: ServerContext
    http: httpx.Client
    _loop: asyncio.AbstractEventLoop
    _stop: asyncio.Event
    _thread: threading.Thread
    failure: str | None = None  # what serve_until() returned
    metrics_url: str | None = None  # of the port for metrics alone

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=30)

    def post(self, path: str, body: Any, **options: Any) -> httpx.Response:
        return self.http.post(path, json=body, **options)

    def post_bytes(self, path: str, body: bytes) -> httpx.Response:
        """Posts what may be no JSON, as JSON."""
        return self.http.post(path, content=body, headers={"Content-Type": "application/json"})

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.http.get(path, **options)

    def stop(self) -> None:
        """Begins to drain."""
        self._loop.call_soon_threadsafe(self._stop.set)

    def join(self, seconds: float = 20) -> bool:
        """Waits for the end; True if it came."""
        self._thread.join(seconds)
        return not self._thread.is_alive()


@contextmanager
def running_server(
    engine: Any | None = None, root: str = "fake/model", **options: Any
) -> Iterator[Server]:
    """A server in a thread of its own. options: of ServerOptions."""
    engine = FakeEngine() if engine is None else engine
    given = ServerOptions(**{"host": "127.0.0.1", "port": 0, "shutdown_timeout": 5.0, **options})
    context = make_context(engine, root, given)
    loop, stop = new_loop(), asyncio.Event()
    ready = threading.Event()
    with open_sockets(given) as sockets:

        def work() -> None:
            server.failure = loop.run_until_complete(serve_until(context, sockets, stop, ready.set))
            loop.close()

        thread = threading.Thread(target=work, daemon=True)
        url, http = _client(given, sockets)
        metrics = sockets.metrics
        server = Server(url, engine, context, http, loop, stop, thread)
        server.metrics_url = sockets.url(metrics) if metrics is not None else None
        thread.start()
        assert ready.wait(10)
        try:
            yield server
        finally:
            http.close()
            if thread.is_alive():
                server.stop()
            assert server.join()


def _client(options: ServerOptions, sockets: Sockets) -> tuple[str, httpx.Client]:
    """The server's address and a client for it."""
    url = sockets.url(sockets.main)
    if options.uds is not None:
        transport = httpx.HTTPTransport(uds=options.uds)
        return url, httpx.Client(base_url="http://localhost", timeout=30, transport=transport)
    return url, httpx.Client(base_url=url, timeout=30, verify=False)


def make_context(engine: Any, root: str, options: ServerOptions) -> ServerContext:
    """What launch.py makes, around any engine."""
    names = options.served_model_names or (root,)
    telemetry = Telemetry(
        names[0],
        engine.max_model_len,
        engine.stats,
        {"block_size": "16", "num_gpu_blocks": "100"},
        [("load weights", 0.5), ("total", 0.75)],
    )
    return ServerContext(engine, options, telemetry, root=root)


def wait_until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Polls; True once the condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def events_of(text: str) -> list[str]:
    """The data of all server-sent events of a body."""
    return [block.removeprefix("data: ") for block in text.split("\n\n") if block]


def error_of(reply: httpx.Response, status: int, code: str | None) -> dict[str, Any]:
    """The error object of a refusal, which has to be whole and of this kind."""
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/json"
    (error,) = reply.json().values()
    assert set(error) == {"message", "type", "param", "code"}
    assert error["code"] == code
    assert error["message"].endswith((".", "..."))
    assert isinstance(error, dict)
    return error


def post_head(path: str, length: int | None = None) -> bytes:
    """The head of a POST of JSON; length: of the body, None: it comes in chunks."""
    size = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    lines = (f"POST {path} HTTP/1.1", "Host: x", "Content-Type: application/json", size)
    return "\r\n".join((*lines, "", "")).encode()


@contextmanager
def connection(server: Server, receive_buffer: int | None = None) -> Iterator[socket.socket]:
    """A plain socket to the server, for what no client library would send."""
    with socket.socket() as sock:
        sock.settimeout(10)
        if receive_buffer is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.connect(("127.0.0.1", int(server.url.rsplit(":", 1)[1])))
        yield sock


def read_all(sock: socket.socket) -> bytes:
    """All that comes until the server closes."""
    parts = []
    while part := sock.recv(65536):
        parts.append(part)
    return b"".join(parts)
