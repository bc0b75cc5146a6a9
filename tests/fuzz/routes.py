"""Runs Schemathesis over the routes of a running server, from what its own document says."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

__all__ = ["run_schemathesis"]

_TESTS = Path(__file__).parents[1]

# positive_data_acceptance is ours, as a schema cannot say every rule.
_CONFIG = """
request-timeout = 20
max-stream-events = 100000
workers = 1
[phases.stateful]
enabled = false
[checks]
max_response_time = 15
positive_data_acceptance.enabled = false
negative_data_rejection.expected-statuses = [400, 401, 404, 408, 413, 415]
unsupported_method.enabled = true
[warnings]
enabled = false
"""


def run_schemathesis(
    url: str, folder: Path, *, cases: int | None = None, seconds: int | None = None, seed: int = 0
) -> subprocess.CompletedProcess[str]:
    """All phases but the stateful one, good and bad requests. cases: per route in the last phase,
    always the same ones. seconds: instead, as many as it takes to fill them. folder: for its
    configuration and what it writes.

    Its exit status is 0 where all promises were kept; stdout says how each failure is repeated.
    """
    config = folder / "schemathesis.toml"
    config.write_text(_CONFIG)
    budget = ["--generation-deterministic", f"--max-examples={cases}"]
    if seconds is not None:
        budget = [f"--max-time={seconds}", f"--seed={seed}", "--max-examples=100000"]
        budget.append("--generation-database=none")
    program = Path(sysconfig.get_path("scripts")) / "schemathesis"
    path = os.pathsep.join(filter(None, (str(_TESTS), os.environ.get("PYTHONPATH"))))
    return subprocess.run(
        [
            *(sys.executable, str(program), f"--config-file={config}", "run"),
            *(f"{url}/openapi.json", "--phases=examples,coverage,fuzzing", "--mode=all"),
            *(
                "--continue-on-failure",
                "--no-color",
                "--output-sanitize=false",
                "--suppress-health-check=all",
                *budget,
            ),
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "SCHEMATHESIS_HOOKS": "fuzz.hooks"},
        capture_output=True,
        text=True,
        timeout=None if seconds is None else seconds + 300,
        check=False,
    )
