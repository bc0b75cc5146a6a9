"""Names of models to folders. The hub is a server on loopback that answers as the real one does.
Its client runs in a process of its own, because it reads its environment when it is imported."""

import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from llmserve.hub import resolve_model


def test_a_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    assert resolve_model(str(tmp_path)) == tmp_path


def test_home_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "m").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    assert resolve_model("~/m") == tmp_path / "m"


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("/no/such/folder", "looks like a path, and there is no such folder"),
        ("./models/x", "looks like a path"),
        ("../x", "looks like a path"),
        ("~/x-that-is-not-there", "looks like a path"),
        ("models/x/y", "looks like a path"),
        ("models/", "looks like a path"),
        ("", "neither a folder nor a name"),
        ("a b", "neither a folder nor a name"),
        ("org/na me", "neither a folder nor a name"),
        ("org/..", "neither a folder nor a name"),
        pytest.param("x" * 5000, "neither a folder nor a name", id="long name"),
        pytest.param("/" + "x" * 5000, "looks like a path", id="long path"),
        ("a\0b", "neither a folder nor a name"),
        ("org/x\n", "neither a folder nor a name"),
    ],
)
def test_what_cannot_be_a_model(model: str, message: str) -> None:
    with pytest.raises(ValueError) as error:
        resolve_model(model)
    assert message in str(error.value) and "\n" not in str(error.value)
    assert len(str(error.value)) < 400


def test_a_file_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(b"")
    with pytest.raises(ValueError, match="is a file; give the folder"):
        resolve_model(str(tmp_path / "model.gguf"))


STATUS = {  # name: status and the header that tells what is meant
    "org/gated": (403, "GatedRepo"),
    "org/gated-401": (401, "GatedRepo"),
    "org/unknown": (401, "RepoNotFound"),
    "org/forbidden": (403, ""),
    "plain-name": (404, "RepoNotFound"),
}
COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """A hub with one repository, org/model, and error answers for other names."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.downloaded: list[str] = []
        hub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                hub.answer(self, self.path.split("?")[0])

            do_HEAD = do_GET

            def log_message(self, *args: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, to: http.server.BaseHTTPRequestHandler, path: str) -> None:
        headers = {"X-Repo-Commit": COMMIT}
        status, body = 404, b""
        name = path.removeprefix("/api/models/")
        repository = next((n for n in STATUS if name == n or name.startswith(n + "/")), None)
        if repository is not None:
            status, code = STATUS[repository]
            headers |= {"X-Error-Code": code} if code else {}
        elif path.startswith("/api/models/org/model/tree/"):
            entries = [
                {"type": "file", "path": n, "size": len(d), "oid": n} for n, d in self.files.items()
            ]
            status, body = 200, json.dumps(entries).encode()
        elif path.startswith("/api/models/org/model/revision/no-such"):
            headers["X-Error-Code"] = "RevisionNotFound"
        elif path.startswith("/api/models/org/model"):
            siblings = [{"rfilename": n} for n in self.files]
            info = {"id": "org/model", "sha": COMMIT, "siblings": siblings}
            status, body = 200, json.dumps(info).encode()
        elif path.startswith("/org/model/resolve/"):
            file = path.split("/", 5)[5]
            status, body = 200, self.files[file]
            headers |= {"ETag": f'"{file}"'}
            if to.command == "GET":
                self.downloaded.append(file)
        to.send_response(status)
        for key, value in {**headers, "Content-Length": str(len(body))}.items():
            to.send_header(key, value)
        to.end_headers()
        if to.command == "GET":
            to.wfile.write(body)


FILES = {
    "config.json": b"{}",
    "tokenizer.json": b"{}",
    "generation_config.json": b"{}",
    "chat_template.jinja": b"x",
    "README.md": b"not needed",
    "model.safetensors": b"weights",
    "pytorch_model.bin": b"weights again",
    "consolidated.safetensors": b"weights again",
    "original/model.safetensors": b"weights again",
    "training_args.bin": b"not weights",
}
SMALL = {"config.json", "tokenizer.json", "generation_config.json", "chat_template.jinja"}


@pytest.fixture
def start_hub() -> Iterator[Callable[[dict[str, bytes]], Hub]]:
    hubs: list[Hub] = []

    def start(files: dict[str, bytes]) -> Hub:
        hubs.append(Hub(files))
        return hubs[-1]

    yield start
    for hub in hubs:
        hub.server.shutdown()
        hub.server.server_close()


def resolve(url: str, home: Path, call: str, **environment: str) -> str:
    """What resolve_model(<call>) gives in a fresh process: the folder, or "ValueError: ..."."""
    code = (
        "import sys\n"
        "from llmserve.hub import resolve_model\n"
        "try:\n"
        f"    print('RESULT', resolve_model({call}))\n"
        "except ValueError as error:\n"
        "    print('RESULT ValueError:', error)\n"
    )
    env = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "HUGGING"))}
    env |= {"HF_ENDPOINT": url, "HF_HOME": str(home), "HF_HUB_DISABLE_TELEMETRY": "1"}
    env |= {"NO_PROXY": "127.0.0.1", "HF_HUB_DISABLE_XET": "1", **environment}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=120
    )
    results = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    assert done.returncode == 0 and len(results) == 1, done.stdout + done.stderr
    return results[0].removeprefix("RESULT ")


def test_a_repository_is_fetched_once_and_then_found_offline(
    start_hub: Callable[[dict[str, bytes]], Hub], tmp_path: Path
) -> None:
    hub = start_hub(FILES)
    folder = Path(resolve(hub.url, tmp_path, "'org/model'"))
    assert {p.name for p in folder.iterdir()} == SMALL | {"model.safetensors"}
    assert (folder / "model.safetensors").read_bytes() == b"weights"
    fetched = list(hub.downloaded)
    assert sorted(fetched) == sorted(SMALL | {"model.safetensors"})
    assert Path(resolve(hub.url, tmp_path, "'org/model'", HF_HUB_OFFLINE="1")) == folder
    assert hub.downloaded == fetched


def test_pytorch_files_only_where_there_are_no_others(
    start_hub: Callable[[dict[str, bytes]], Hub], tmp_path: Path
) -> None:
    hub = start_hub({n: d for n, d in FILES.items() if n != "model.safetensors"})
    call = f"'org/model', download_dir={str(tmp_path / 'cache')!r}"
    folder = Path(resolve(hub.url, tmp_path, call))
    assert {p.name for p in folder.iterdir()} == SMALL | {"pytorch_model.bin"}
    assert folder.is_relative_to(tmp_path / "cache")


@pytest.mark.parametrize(
    ("load_format", "weights"),
    [("dummy", set()), ("pt", {"pytorch_model.bin"}), ("safetensors", {"model.safetensors"})],
)
def test_the_load_format_decides_what_is_fetched(
    start_hub: Callable[[dict[str, bytes]], Hub],
    tmp_path: Path,
    load_format: str,
    weights: set[str],
) -> None:
    hub = start_hub(FILES)
    folder = Path(resolve(hub.url, tmp_path, f"'org/model', load_format={load_format!r}"))
    assert {p.name for p in folder.iterdir()} == SMALL | weights


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("'org/gated'", "is gated: accept its terms at https://huggingface.co/org/gated and set"),
        ("'org/gated-401'", "is gated: accept its terms"),
        ("'org/unknown'", "model org/unknown was not found"),
        ("'org/forbidden'", "denies access to org/forbidden: set HF_TOKEN"),
        ("'plain-name'", "there is no folder of that name here"),
        ("'org/model', revision='no-such'", "org/model has no revision 'no-such'"),
    ],
)
def test_answers_of_the_hub_become_one_line(
    start_hub: Callable[[dict[str, bytes]], Hub], tmp_path: Path, call: str, message: str
) -> None:
    result = resolve(start_hub(FILES).url, tmp_path, call)
    assert result.startswith("ValueError: ") and message in result


def test_without_network(tmp_path: Path) -> None:
    nobody = "http://127.0.0.1:9"  # the discard port: refused at once
    result = resolve(nobody, tmp_path, "'org/model'", HF_HUB_OFFLINE="1")
    assert "is not in the local cache and HF_HUB_OFFLINE is set" in result
    result = resolve(nobody, tmp_path, "'org/model', revision='main'")
    assert "org/model at revision 'main' is not in the local cache" in result
    assert "cannot be reached: check the network" in result


def test_a_folder_needs_no_hub_client(tiny_llama: Path) -> None:
    """Neither finding nor loading a local checkpoint imports a package it can do without."""
    code = (
        "import sys, pathlib\n"
        "from llmserve.hub import resolve_model\n"
        "from llmserve.loader import open_model\n"
        "open_model(resolve_model(sys.argv[1])).close()\n"
        "heavy = {'huggingface_hub', 'torch', 'transformers', 'safetensors', 'tqdm'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tiny_llama)], capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
