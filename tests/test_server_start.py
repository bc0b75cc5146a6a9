"""How a server starts, as a process: what it tells, what it costs, how it says what is wrong."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from server_process import MODULE, SERVE, ServerProcess, run_to_end, stopped_cleanly, wait_until

COMPLETIONS = "/v1/completions"
SMALL = ["--kv-cache-memory-bytes", "24MiB", "--served-model-name", "tiny"]


@pytest.mark.parametrize("command", [SERVE, MODULE], ids=["serve", "module"])
def test_the_start_is_told(tiny_llama: Path, command: tuple[str, ...]) -> None:
    model = ["--model", str(tiny_llama)] if command is MODULE else [str(tiny_llama)]
    with stopped_cleanly(ServerProcess(*model, command=command)) as server:
        lines = server.log.splitlines()
        assert lines[-1] == f"llmserve serves {tiny_llama} at {server.url}"
        assert re.search(r"ready in \d+\.\d\d s", server.log)
        for phase in ("load tokenizer", "load weights", "start engine"):
            assert re.search(rf"^  {phase} +\d+\.\d{{3}} s$", server.log, re.M)
        for item in ("weights", "kv cache", "total"):
            assert re.search(rf"^  {item} +\d+\.\d\d [KMG]iB$", server.log, re.M)
        assert "context 256 tokens; KV cache" in server.log
        assert server.post(COMPLETIONS, {"prompt": "a", "max_tokens": 4}).status_code == 200
        with server.client() as http:
            assert http.get("/health").status_code == 200
            assert http.get("/version").json()["version"]
            cards = http.get("/v1/models").json()["data"]
        assert [card["id"] for card in cards] == [str(tiny_llama)]


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_ipv6(tiny_llama: Path) -> None:
    with stopped_cleanly(ServerProcess(str(tiny_llama), *SMALL, "--host", "::1")) as server:
        assert server.url.startswith("http://[::1]:")
        assert server.post(COMPLETIONS, {"prompt": "a", "max_tokens": 4}).status_code == 200


def test_the_key_may_come_from_the_environment(tiny_llama: Path) -> None:
    env = {"LLMSERVE_API_KEY": "from-outside"}
    with stopped_cleanly(ServerProcess(str(tiny_llama), *SMALL, env=env)) as server:
        with server.client() as http:
            assert http.get("/v1/models").status_code == 401
            headers = {"Authorization": "Bearer from-outside"}
            assert http.get("/v1/models", headers=headers).status_code == 200


def test_templates_of_requests(tiny_llama: Path) -> None:
    flags = ["--trust-request-chat-template", "--default-chat-template-kwargs", '{"colour": "red"}']
    with stopped_cleanly(ServerProcess(str(tiny_llama), *SMALL, *flags)) as server:

        def tokens(template: str) -> Any:
            messages = [{"role": "user", "content": "hi"}]
            reply = server.post("/tokenize", {"messages": messages, "chat_template": template})
            return reply.json()["tokens"] if reply.status_code == 200 else reply.json()["error"]

        plain = {"prompt": "hi, red", "add_special_tokens": False}
        wanted = server.post("/tokenize", plain).json()["tokens"]
        assert tokens("{{ messages[0].content }}, {{ colour }}") == wanted
        assert "not valid" in tokens("{% for")["message"]
        # The sandbox and its limits hold for strangers' templates first of all.
        assert "unsafe" in tokens("{{ ''.__class__.__mro__ }}")["message"]
        assert (
            "steps"
            in tokens(
                "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}"
            )["message"]
        )


def test_access_log(tiny_llama: Path) -> None:
    with stopped_cleanly(ServerProcess(str(tiny_llama), *SMALL, "--access-log")) as server:
        server.post(COMPLETIONS, {"prompt": "a secret", "max_tokens": 4})
        line = r"127\.0\.0\.1 POST /v1/completions 200 \d+\.\d ms"
        assert wait_until(lambda: re.search(line, server.log) is not None), server.log
        assert "secret" not in server.log


@pytest.mark.parametrize("arguments", [[*SERVE, "--help"], [*MODULE, "--help"]])
def test_help_is_cheap(arguments: list[str]) -> None:
    def seconds() -> float:
        before = os.times()
        done = run_to_end(arguments)
        after = os.times()
        assert done.returncode == 0 and "--max-model-len" in done.stdout and not done.stderr
        return (after.children_user + after.children_system) - (
            before.children_user + before.children_system
        )

    assert min(seconds() for _ in range(3)) < 0.5
    imports = run_to_end(["-X", "importtime", *arguments]).stderr
    names = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in imports.splitlines()}
    assert "llmserve" in names
    assert not names & {"torch", "transformers", "sanic", "numpy", "tokenizers"}


def test_a_start_takes_neither_torch_nor_transformers(tiny_llama: Path) -> None:
    with stopped_cleanly(ServerProcess(str(tiny_llama), *SMALL)) as server:
        assert server.post(COMPLETIONS, {"prompt": "a", "max_tokens": 4}).status_code == 200
        maps = Path(f"/proc/{server.pid}/maps").read_text()
    assert "llmserve" in maps
    assert "libtorch" not in maps


# A start that fails: one sentence, no traceback, soon.


def edited(folder: Path, tmp_path: Path, **changes: Any) -> Path:
    """A copy of a checkpoint with other values in config.json."""
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps({**config, **changes}))
    return copy


def failure(*arguments: str, status: int = 1, **env: str) -> str:
    """The sentence with which a start fails."""
    begin = time.monotonic()
    done = run_to_end([*SERVE, "--host", "127.0.0.1", *arguments], **env)
    assert time.monotonic() - begin < 8
    assert done.returncode == status, done.stderr
    assert not done.stdout
    last = done.stderr.splitlines()[-1]
    assert last.startswith("llmserve: error: "), done.stderr
    assert "Traceback" not in done.stderr
    told = [line for line in done.stderr.splitlines() if not line.startswith("llmserve INFO")]
    assert told == [last], "more than one line"
    return last


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--max-model-leng", "7"], "--max-model-leng (did you mean --max-model-len?)"),
        (["--api_kye=x"], "--api_kye (did you mean --api-key?)"),
        (["--tensor-parallel", "2"], "did you mean --tensor-parallel-size?"),
        (["another"], "'another' is one argument too many"),
        (["--port", "eighty"], "argument --port: is 'eighty'; it must be a whole number"),
        (["--port", "65536"], "65535"),
        (["--port"], "--port"),
        (["--max-num-seqs", "many"], "max_num_seqs is 'many'; it must be a whole number from 1"),
        (["--max-num-seqs", "0"], "max_num_seqs is '0'; it must be"),
        (["--max-logprobs", "all"], "max_logprobs is 'all'; it must be a whole number"),
        (["--gpu-memory-utilization", "1.5"], "gpu_memory_utilization is '1.5'; it must be"),
        (["--kv-cache-memory-bytes", "4 apples"], "kv_cache_memory_bytes is '4 apples'"),
        (["--dtype", "int3"], "--dtype"),
        (["--shutdown-timeout", "-1"], "--shutdown-timeout: is '-1'; it must be a number of sec"),
        (["--timeout", "nan"], "--timeout: is 'nan'"),
        (["--max-request-bytes", "10"], "--max-request-bytes: is '10'; it must be a number of"),
        (["--api-key", ""], "--api-key is empty"),
        (["--served-model-name", ""], "--served-model-name is empty"),
        (["--chat-template", "/nothing/here"], "--chat-template is '/nothing/here'"),
        (["--hf-overrides", "{"], "hf_overrides is '{'; it must be a JSON object"),
        (["--ssl-certfile", "/nothing.pem"], "--ssl-certfile /nothing.pem cannot be used: No such"),
        (["--metrics-require-key"], "--metrics-require-key is given, but there is no --api-key"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_command_line(tiny_llama: Path, flags: list[str], words: str) -> None:
    assert words in failure(str(tiny_llama), *flags, status=2)


def test_two_models() -> None:
    assert "model is given twice" in failure("one", "--model", "two", status=2)


def test_a_port_in_use(tiny_llama: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        sentence = failure(str(tiny_llama), "--port", port)
    assert sentence.endswith(f"cannot listen on 127.0.0.1:{port}: Address already in use")
    assert "cannot listen on 203.0.113.7:0" in failure(
        str(tiny_llama), "--host", "203.0.113.7", "--port", "0"
    )


def test_a_port_taken_while_the_model_loads(tiny_llama: Path) -> None:
    # Between bind() and listen() of the server another process may listen: Linux lets it.
    code = """
import socket, sys
from llmserve.server import launch
start = launch._start
other = socket.socket()
other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
def start_late(engine_args, options, begin):
    other.bind((options.host, options.port))
    other.listen()
    return start(engine_args, options, begin)
launch._start = start_late
sys.exit(launch.serve(launch.parse_flags("llmserve serve", None)))
"""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    flags = [str(tiny_llama), "--host", "127.0.0.1", "--port", port, *SMALL]
    done = run_to_end(["-c", code, *flags])
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    last = done.stderr.splitlines()[-1]
    assert last == f"llmserve: error: cannot listen on 127.0.0.1:{port}: Address already in use"


def test_a_model_that_is_not_there(tmp_path: Path) -> None:
    missing = str(tmp_path / "nothing")
    assert missing in failure(missing)
    assert "config.json" in failure(str(tmp_path))
    sentence = failure("nobody/nothing", HF_HOME=str(tmp_path))
    assert "nobody/nothing" in sentence and "HF_HUB_OFFLINE" in sentence


def test_broken_weights(tiny_llama: Path, tmp_path: Path) -> None:
    copy = edited(tiny_llama, tmp_path)
    weights = copy / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[: len(whole) // 2])
    assert "model.safetensors" in failure(str(copy))
    weights.write_bytes(b"\xff" * 64)
    assert "model.safetensors" in failure(str(copy))
    weights.unlink()
    assert "safetensors" in failure(str(copy))


def test_weights_that_do_not_fit(tiny_llama: Path, tmp_path: Path) -> None:
    sentence = failure(str(edited(tiny_llama, tmp_path, intermediate_size=101)))
    assert "does not fit" in sentence
    assert "gate_proj.weight" in sentence and "101" in sentence and "100" in sentence


def test_a_model_of_another_kind(tiny_llama: Path, tmp_path: Path) -> None:
    copy = edited(tiny_llama, tmp_path, architectures=["MambaForCausalLM"], model_type="mamba")
    assert "MambaForCausalLM" in failure(str(copy))


def test_a_cache_that_is_too_small(tiny_llama: Path) -> None:
    sentence = failure(str(tiny_llama), "--kv-cache-memory-bytes", "1KiB")
    assert "kv" in sentence.lower()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_during_the_start(tiny_llama: Path, number: signal.Signals) -> None:
    code = """
import sys, time
from llmserve.server import launch
def start_late(*arguments):
    print("loading", flush=True)
    time.sleep(30)
launch._start = start_late
sys.exit(launch.serve(launch.parse_flags("llmserve serve", None)))
"""
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tiny_llama), "--host", "127.0.0.1", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == "loading\n"
        process.send_signal(number)
        _, errors = process.communicate(timeout=5)
    assert process.returncode == 128 + number
    assert not errors
