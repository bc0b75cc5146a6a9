"""What `import llmserve` and `llmserve --help` cost. Each is measured in a process of its own."""

import subprocess
import sys

import pytest

HEAVY = ("torch", "transformers", "numpy", "sanic", "tokenizers", "jinja2", "tqdm", "asyncio")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def best_seconds(code: str) -> float:
    # The least of five: what else the machine does only ever adds.
    script = f"import time; begin = time.perf_counter(); {code}; print(time.perf_counter() - begin)"
    return min(float(run("-c", script).stdout.splitlines()[-1]) for _ in range(5))


@pytest.mark.parametrize(
    "code",
    [
        "import llmserve",
        "from llmserve import LLM, SamplingParams, EngineArgs, RequestOutput",
    ],
)
def test_imports_are_light(code: str) -> None:
    script = f"import sys; {code}; print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    assert run("-c", script).stdout.strip() == "[]"
    assert best_seconds(code) < 0.3


def test_every_exported_name_is_there() -> None:
    import llmserve

    for name in llmserve.__all__:
        assert getattr(llmserve, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        llmserve.Nothing  # noqa: B018


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["serve", "--help"],
        ["bench", "--help"],
        ["bench", "latency", "--help"],
        ["bench", "serve", "--help"],
    ],
)
def test_help_is_quick(arguments: list[str]) -> None:
    code = f"""
try:
    from llmserve.cli import main; main({arguments!r})
except SystemExit as end:
    assert end.code == 0, end.code
"""
    script = f"import time; begin = time.perf_counter()\n{code}\nprint(time.perf_counter() - begin)"
    results = [run("-c", script) for _ in range(5)]
    assert "usage: llmserve" in results[0].stdout, results[0].stderr
    assert min(float(result.stdout.splitlines()[-1]) for result in results) < 0.5


def test_the_command() -> None:
    from llmserve import __version__

    assert run("-m", "llmserve", "--version").stdout == f"llmserve {__version__}\n"
    nothing = run("-m", "llmserve")
    assert nothing.returncode == 2
    assert "serve" in nothing.stdout
    unknown = run("-m", "llmserve", "bake")
    assert unknown.returncode == 2
    assert "bake" in unknown.stderr
