"""--config: flags from a YAML file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pytest
from llmserve.config import EngineArgs
from llmserve.server import launch
from llmserve.server.options import ServerOptions


def flags_of(text: str, tmp_path: Path, *arguments: str) -> argparse.Namespace:
    path = tmp_path / "server.yaml"
    path.write_text(text)
    return launch.parse_flags("llmserve serve", ["--config", str(path), *arguments])


def test_a_file_gives_flags(tmp_path: Path) -> None:
    text = """
        model: org/model
        port: 9000
        max_model_len: 8k
        served-model-name: [one, two]
        api-key: [a, b]
        access-log: true
        enable-prefix-caching: false
        hf-overrides: {rope_theta: 1.5}
        allowed-origins: ["https://a.org"]
        default-chat-template-kwargs: {enable_thinking: false}
        seed:
    """
    namespace = flags_of(text, tmp_path)
    options = ServerOptions.from_cli_args(namespace, {})
    assert (options.port, options.access_log) == (9000, True)
    assert options.allowed_origins == ("https://a.org",)
    assert options.default_chat_template_kwargs == {"enable_thinking": False}
    assert (options.served_model_names, options.api_keys) == (("one", "two"), ("a", "b"))
    engine = EngineArgs.from_cli_args(namespace)
    assert (engine.model, engine.max_model_len) == ("org/model", 8000)
    assert engine.enable_prefix_caching is False
    assert engine.hf_overrides == {"rope_theta": 1.5}
    assert engine.seed == 0


@pytest.mark.parametrize(
    ("flags", "field", "value"),
    [
        (["--port", "9001"], "port", 9001),
        (["other/model"], "model_tag", "other/model"),
        (["--model", "other/model"], "model", "other/model"),
        (["--api-key", "c"], "api_key", ["c"]),
        (["--served-model-name", "three"], "served_model_name", ["three"]),
        (["--enable-prefix-caching"], "enable_prefix_caching", True),
    ],
)
def test_the_command_line_wins(tmp_path: Path, flags: list[str], field: str, value: Any) -> None:
    text = "{port: 9000, model: m, api-key: [a], served-model-name: [n], "
    namespace = flags_of(text + "enable-prefix-caching: false}", tmp_path, *flags)
    assert getattr(namespace, field) == value
    EngineArgs.from_cli_args(namespace)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("prot: 9000", "no setting 'prot' (did you mean port?)"),
        ("config: x", "no setting 'config'"),
        ("5: x", "no setting 5"),
        ("- port", "must hold settings by name"),
        ("port: [1, 2]", "port is [1, 2]; it must be one value"),
        ("api-key: []", "api-key is []; it must be a list of one value at least"),
        ("access-log: 1", "access-log is 1; it must be true or false"),
        ("port: 2020-01-01", "it must be a string, a number or a mapping"),
        ("port: x", "argument --port: is 'x'"),
        ("a: [", "is not valid YAML"),
        ("!!python/object:os.system {}", "is not valid YAML"),
        ("\0", "is not valid YAML"),
    ],
)
def test_a_file_that_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, words: str
) -> None:
    with pytest.raises(SystemExit) as end:
        flags_of(text, tmp_path)
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_an_empty_file_and_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert flags_of("", tmp_path).port == 8000
    with pytest.raises(SystemExit):
        launch.parse_flags("llmserve serve", ["--config", str(tmp_path / "missing.yaml")])
    assert "cannot be read: No such file" in capsys.readouterr().err
