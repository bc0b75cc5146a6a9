"""ServerOptions: keys, from wherever they come."""

from __future__ import annotations

import argparse
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
