"""Runs lm-eval for each {model, model_args, batch_size, tasks, apply_chat_template} of a JSON list
on standard input; prints a list of {task: {metrics, samples}}. The tasks lie beside it."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def main() -> None:
    import lm_eval
    from lm_eval.tasks import TaskManager

    os.chdir(FOLDER)  # the tasks name their data from here
    tasks = TaskManager(include_path=str(FOLDER), include_defaults=False)
    found = []
    for options in json.load(sys.stdin):
        results: Any = lm_eval.simple_evaluate(**options, task_manager=tasks, bootstrap_iters=0)
        found.append(
            {
                task: {
                    "metrics": results["results"][task],
                    "samples": [
                        {"arguments": one["arguments"], "responses": one["resps"]}
                        for one in results["samples"][task]
                    ],
                }
                for task in options["tasks"]
            }
        )
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
