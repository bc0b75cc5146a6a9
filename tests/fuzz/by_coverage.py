"""One target of targets.py under Atheris: inputs that reach new code are kept and changed further.

python tests/fuzz/by_coverage.py TARGET SECONDS CORPUS_FOLDER; run.py starts it.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import atheris
import hypothesis

with atheris.instrument_imports(include=["llmserve", "jinja2", "yaml"]):
    from fuzz.targets import TARGETS, make_test


def main() -> None:
    name, seconds, corpus = sys.argv[1:]
    settings = hypothesis.settings(
        deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    test = make_test(TARGETS[name], settings)
    flags = [
        f"-max_total_time={seconds}",
        "-timeout=60",
        "-rss_limit_mb=4096",
        "-max_len=4096",
        "-print_final_stats=1",
        f"-artifact_prefix={corpus}-",
    ]
    atheris.Setup([sys.argv[0], *flags, corpus], test.hypothesis.fuzz_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
