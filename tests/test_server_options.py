"""ServerOptions: keys, from wherever they come, and flags that do not go together."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest
from llmserve.server.options import ServerOptions


def options_of(*flags: str, **environment: str) -> ServerOptions:
    parser = ServerOptions.add_cli_args(argparse.ArgumentParser())
    return ServerOptions.from_cli_args(parser.parse_args(flags), environment)


def test_keys_of_flags_and_a_file_come_together(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text("# of the team\nfirst\n\n  second  \n")
    options = options_of("--api-key", "zero", "--api-key-file", str(path))
    assert options.api_keys == ("zero", "first", "second")


def test_the_environment_counts_where_there_is_no_other(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text("first\n")
    assert options_of(VLLM_API_KEY="v").api_keys == ("v",)
    assert options_of(VLLM_API_KEY="v", LLMSERVE_API_KEY="l").api_keys == ("l",)
    assert options_of("--api-key-file", str(path), LLMSERVE_API_KEY="l").api_keys == ("first",)
    assert options_of().api_keys == ()


@pytest.mark.parametrize("text", ["", "\n# nothing\n", None])
def test_a_file_without_keys_is_refused(tmp_path: Path, text: str | None) -> None:
    """An empty list of keys would let everybody in."""
    path = tmp_path / "keys"
    if text is not None:
        path.write_text(text)
    words = "cannot be read" if text is None else "must hold one key at least"
    with pytest.raises(ValueError, match=words):
        options_of("--api-key-file", str(path))


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--ssl-keyfile", "k"], "--ssl-keyfile is given without --ssl-certfile"),
        (["--ssl-ca-certs", "a"], "--ssl-ca-certs is given without --ssl-certfile"),
        (["--ssl-certfile", "c", "--ssl-cert-reqs", "2"], "without --ssl-ca-certs"),
        (["--metrics-require-key"], "there is no --api-key"),
        (["--port", "9090", "--enable-metrics"], "--metrics-port is 9090, which --port is, too"),
        (["--allowed-origins", '["*"]', "--allow-credentials"], "name the origins"),
        (["--allow-credentials"], "--allow-credentials is given without --allowed-origins"),
        (["--allowed-headers", '["x"]'], "--allowed-headers is given without --allowed-origins"),
        (["--default-chat-template-kwargs", '{"messages": []}'], '"messages", which a server may'),
    ],
)
def test_flags_that_do_not_go_together(flags: list[str], words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        options_of(*flags)


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--allowed-origins", "https://a.org"], "it must be JSON"),
        (["--allowed-origins", '"https://a.org"'], "it must be a JSON list of strings"),
        (["--allowed-origins", "[1]"], "it must be a JSON list of strings"),
        (["--default-chat-template-kwargs", "[]"], "it must be a JSON object"),
        (["--write-timeout", "0"], "it must be a number of seconds over 0"),
    ],
)
def test_values_that_are_wrong(
    flags: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        options_of(*flags)
    assert words in capsys.readouterr().err


def test_a_port_for_metrics() -> None:
    assert options_of().metrics_port is None
    assert options_of("--enable-metrics").metrics_port == 9090
    assert options_of("--metrics-port", "9200").metrics_port == 9200
