"""A server in a process of its own, started as users start it, and what /proc says about it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

SERVE = ("-m", "llmserve", "serve")
MODULE = ("-m", "llmserve.server")

_URL = re.compile(r"llmserve serves .* at (http://\S+)")
_TICKS = os.sysconf("SC_CLK_TCK")


def environment(**changes: str) -> dict[str, str]:
    """That of the tests, without what would change a server, and without the hub."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    return {**kept, "HF_HUB_OFFLINE": "1", **changes}


def run_to_end(
    arguments: Sequence[str], seconds: float = 30, **changes: str
) -> subprocess.CompletedProcess[str]:
    """A run of Python that ends by itself."""
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=seconds,
        env=environment(**changes),
        check=False,
    )


class ServerProcess:
    """A server that runs. log: all it has written to stderr so far."""

    def __init__(
        self,
        *arguments: str,
        command: Sequence[str] = SERVE,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *command, "--host", "127.0.0.1", "--port", "0", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment(**(env or {})),
        )
        self.url = ""
        self._lines: list[str] = []
        self._seen = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def log(self) -> str:
        return "".join(self._lines)

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    def __enter__(self) -> ServerProcess:
        assert self._seen.wait(30) and self.url, f"the server did not start:\n{self.log}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.wait()

    def signal(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)

    def wait(self, seconds: float = 20) -> int:
        """Waits for its end; returns the exit status. The log is whole then."""
        status = self.process.wait(seconds)
        self._reader.join(5)
        return status

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=30)

    def post(self, path: str, body: Any) -> httpx.Response:
        return httpx.post(self.url + path, json=body, timeout=60)

    def open_request(self, path: str, body: Any, part: float = 1.0) -> socket.socket:
        """A connection on which a request has been sent, or a part of its body, to be left at any
        moment."""
        raw = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n"
        )
        sock = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        sock.sendall(head.encode() + raw[: int(part * len(raw))])
        return sock

    def metric(self, name: str) -> float:
        """The value of a metric without labels of its own."""
        page = httpx.get(self.url + "/metrics", timeout=30).text
        match = re.search(rf"^{re.escape(name)}(?:{{[^}}]*}})? (\S+)$", page, re.M)
        assert match is not None, f"there is no metric {name}"
        return float(match[1])

    def num_aborted(self) -> int:
        """How many sequences have ended because their client had left."""
        page = httpx.get(self.url + "/metrics", timeout=30).text
        pattern = r'^vllm:request_success_total{.*finished_reason="abort".*} (\S+)$'
        match = re.search(pattern, page, re.M)
        assert match is not None
        return int(float(match[1]))

    def is_idle(self) -> bool:
        """Nothing runs, nothing waits and no page is held."""
        names = ("num_requests_running", "num_requests_waiting", "kv_cache_usage_perc")
        return all(self.metric(f"vllm:{name}") == 0 for name in names)

    def cpu_seconds(self) -> float:
        """CPU time used so far by all of its threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def open_files(self) -> int:
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def threads(self) -> int:
        return len(os.listdir(f"/proc/{self.pid}/task"))

    def private_kib(self) -> int:
        """Memory that is its own, swapped or not: what a leak grows."""
        status = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        fields = dict(line.split(":", 1) for line in status)
        return sum(int(fields[name].split()[0]) for name in ("RssAnon", "VmSwap"))

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.append(line)
            if match := _URL.search(line):
                self.url = match[1]
                self._seen.set()
        self._seen.set()


@contextmanager
def stopped_cleanly(server: ServerProcess) -> Iterator[ServerProcess]:
    """The server for a module of tests: at their end SIGTERM ends it with 0, and nothing failed."""
    with server:
        yield server
        server.signal()
        status = server.wait()
    assert status == 0, server.log
    assert "Traceback" not in server.log, server.log


def abandon(sock: socket.socket) -> None:
    """Closes by a reset, as a killed client does."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    sock.close()


def wait_until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Polls; True once the condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True
