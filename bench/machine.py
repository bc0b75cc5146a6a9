"""Where and from what a script's figures come, for the files that keep them."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path
from typing import Any


def output(*command: str) -> str:
    """What a program prints; nothing where there is no such program."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parent)
    except OSError:
        return ""
    return done.stdout.strip()


def software() -> dict[str, Any]:
    # Where the sources are a copy without their own history, the environment says what they are of.
    commit = os.environ.get("COMMIT") or output("git", "rev-parse", "--short", "HEAD")
    return {"system": platform.platform(), "commit": commit}


def gpu() -> dict[str, Any]:
    query = ("--query-gpu=name,driver_version", "--format=csv,noheader")
    return {"gpu": output("nvidia-smi", *query)} | software()


def cpu() -> dict[str, Any]:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.split(":")[1].strip() for line in lines if "model name" in line]
    return {"cpu": models[0] if models else "?", "cpus": len(models)} | software()
