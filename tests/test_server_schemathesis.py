"""Schemathesis over every route: what the server takes, refuses and answers is what /openapi.json
says. A little of what tests/fuzz/run.py does for as long as one likes.

What is checked of each answer stands in fuzz/hooks.py, beside Schemathesis' own checks.
"""

from __future__ import annotations

import re
from pathlib import Path

from fuzz.routes import run_schemathesis
from server_harness import FakeEngine, running_server
from server_process import ServerProcess, stopped_cleanly


def check(url: str, folder: Path, cases: int) -> None:
    done = run_schemathesis(url, folder, cases=cases)
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert found is not None, done.stdout
    assert int(found[1]) == int(found[2]) > 1500, found[0]


def test_routes_are_what_they_say(tmp_path: Path) -> None:
    engine = FakeEngine(max_model_len=128, step_seconds=0.0)
    options = {"enable_tokenizer_info_endpoint": True, "dev_mode": True}
    with running_server(engine, max_request_bytes=1 << 20, **options) as server:
        check(server.url, tmp_path, 30)
        assert not engine.running
        assert server.context.lifecycle.num_active == 0


def test_routes_of_a_real_model_are_what_they_say(tmp_path: Path) -> None:
    flags = ["--max-model-len", "128", "--enable-tokenizer-info-endpoint"]
    with stopped_cleanly(ServerProcess(*flags)) as server:
        check(server.url, tmp_path, 10)
        assert server.is_idle()
