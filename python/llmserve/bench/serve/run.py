"""One call of the command: finds the server, draws prompts, runs the loads, tells the results."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...progress import RequestProgress
from ..harness import FAILED, percentile
from . import report, sweep, wire
from .clients import Clients, Run
from .dataset_flags import is_chat, needs_tokenizer, open_dataset
from .datasets import Dataset, Sample
from .flags import SAMPLING_FLAGS
from .metrics import summarize
from .schedule import Load, arrivals, num_clients
from .target import Api, Model, find_model

if TYPE_CHECKING:
    from ...tokenizer import Tokenizer

__all__ = ["make_api", "measure"]

_BUSY_SHARE = 0.8  # of one core: a client that computes for longer may be what limits the figures
_LATE_MS = 50.0
_FIGURE_PERCENTILE = 99.0  # what tables and plots of a sweep show


async def measure(args: argparse.Namespace) -> int:
    """Runs what checked flags say; returns the exit status.

    Raises ValueError, OSError or RuntimeError with one sentence.
    """
    api = make_api(args)
    asked = args.served_model_name or args.model
    model = await find_model(api, asked, args.ready_check_timeout_sec)
    tokenizer, tokenizer_id = _tokenizer(args, model)
    bench = _Bench(args, api, model, tokenizer, tokenizer_id, open_dataset(args, tokenizer))
    loads = sweep.loads(args)
    date = time.strftime("%Y%m%d-%H%M%S")
    saves = args.save_result or args.append_result
    path = report.result_path(args, bench.model_id, date) if saves else None
    points = []
    async with Clients(api.target(), bench.num_processes(loads)) as clients:
        await bench.warm_up(clients, loads[0])
        for number, load in enumerate(loads):
            points.append(await bench.run(clients, load, number))
    results = {"date": date, **bench.description(), **args.metadata}
    if sweep.is_sweep(args):
        results |= {"sweep": points, "knee": sweep.knees(points)}
        print(report.sweep_table(points, results["knee"]))
    else:
        results |= points[0]
    if path is not None:
        report.save(path, results, args.append_result)
    if args.plot:
        from .plot import draw

        draw(Path(args.plot), points, bench.model_id)
    return 0 if all(point["completed"] for point in points) else FAILED


@dataclass(frozen=True)
class _Bench:
    """What all runs of a call share."""

    args: argparse.Namespace
    api: Api
    model: Model
    tokenizer: Tokenizer | None
    tokenizer_id: str
    dataset: Dataset

    @property
    def model_id(self) -> str:
        return self.args.model or self.model.name

    def description(self) -> dict[str, Any]:
        backend = self.args.backend
        return {
            "endpoint_type": backend,
            "backend": backend,
            "label": self.args.label,
            "model_id": self.model_id,
            "tokenizer_id": self.tokenizer_id,
        }

    def num_processes(self, loads: Sequence[Load]) -> int:
        if self.args.num_processes is not None:
            return int(self.args.num_processes)
        cores = len(os.sched_getaffinity(0))
        return max(num_clients(self.args.num_prompts, load, cores) for load in loads)

    async def warm_up(self, clients: Clients, load: Load) -> None:
        """The requests that do not count: those that wait for the server, and warm-ups."""
        source = random.Random(f"warm-up {self.args.seed}")
        deadline = time.monotonic() + self.args.ready_check_timeout_sec
        while self.args.ready_check_timeout_sec:
            run = await self._send(clients, self.dataset.draw(1, source), Load())
            if not run.outcomes[0].error:
                break
            if time.monotonic() >= deadline:
                raise RuntimeError(
                    f"{self.api.url} answers no request after --ready-check-timeout-sec "
                    f"{self.args.ready_check_timeout_sec}: {run.outcomes[0].error}"
                )
            await asyncio.sleep(1)
        if self.args.num_warmups:
            samples = self.dataset.draw(self.args.num_warmups, source)
            await self._send(clients, samples, Load(max_concurrency=load.max_concurrency))

    async def run(self, clients: Clients, load: Load, number: int) -> dict[str, Any]:
        """One load: prints its block and returns its figures. number: of the sweep's runs."""
        args = self.args
        # New prompts each time, or a prefix cache would answer the later runs.
        seed = args.seed + number
        at = arrivals(load, args.num_prompts, seed)
        if not at:
            raise ValueError(
                f"--max-seconds is {load.max_seconds:g}, and at {load.request_rate:g} requests per "
                "second none arrives in that time"
            )
        samples = self.dataset.draw(len(at), random.Random(seed))
        progress = RequestProgress(len(samples), not args.disable_tqdm)
        try:
            run = await self._send(clients, samples, load, at, progress)
        finally:
            progress.close()
        outcomes = [self._counted(each, samples[each.index]) for each in run.outcomes]
        percentages = args.metric_percentiles
        if sweep.is_sweep(args) and _FIGURE_PERCENTILE not in percentages:
            percentages = (*percentages, _FIGURE_PERCENTILE)
        results = {"num_prompts": len(outcomes), **report.load_fields(load)}
        results |= summarize(outcomes, run.duration, percentages, args.goodput)
        results |= _own_cost(run, load)
        print(report.block(results, load, args), flush=True)
        for line in (report.failures(outcomes), _own_cost_warning(results)):
            if line:
                print(line, file=sys.stderr, flush=True)
        return results | (report.detail(outcomes) if args.save_detailed else {})

    async def _send(
        self,
        clients: Clients,
        samples: Sequence[Sample],
        load: Load,
        at: Sequence[float] = (),
        progress: RequestProgress | None = None,
    ) -> Run:
        """at: when each sample's request arrives; by default all at once."""
        prefix = self.args.request_id_prefix or f"bench-{uuid.uuid4().hex[:8]}-"
        requests = [
            wire.Request(
                index,
                f"{prefix}{index}",
                self.api.body(self.model.name, sample),
                at[index] if at else 0.0,
            )
            for index, sample in enumerate(samples)
        ]

        def advance(news: wire.Progress) -> None:
            if progress is not None:
                progress.finished(news.input_tokens, news.output_tokens, news.num_requests)

        return await clients.run(requests, load, advance)

    def _counted(self, outcome: wire.Outcome, sample: Sample) -> wire.Outcome:
        """Fills in counts that the server did not give."""
        if outcome.prompt_tokens is None:
            outcome.prompt_tokens = sample.prompt_len
        if outcome.output_tokens is None and not outcome.error:
            if self.tokenizer is None:
                outcome.error = "the answer came without usage; --tokenizer would count its tokens"
            else:
                outcome.output_tokens = len(self.tokenizer.encode(outcome.text, False))
        return outcome


def _own_cost(run: Run, load: Load) -> dict[str, Any]:
    """Whether the client kept up. send_delay: from a request's arrival to its being sent."""
    cost: dict[str, Any] = {"client_cpu_share": run.cpu_share}
    if load.max_concurrency is None and not load.arrives_at_once:
        delays = [outcome.send_delay * 1000 for outcome in run.outcomes]
        cost["p99_send_delay_ms"] = percentile(delays or [0.0], 99)
    return cost


def _own_cost_warning(results: dict[str, Any]) -> str:
    share, delay = results["client_cpu_share"], results.get("p99_send_delay_ms", 0.0)
    if share > _BUSY_SHARE:
        found = f"a client process was busy for {share:.0%} of the time"
    elif delay > _LATE_MS:
        found = f"requests were sent late, p99 {delay:.0f} ms"
    else:
        return ""
    return f"the client may have limited these figures: {found}; see --num-processes"


def make_api(args: argparse.Namespace) -> Api:
    """The server as checked flags describe it, with the key of the environment."""
    headers = {}
    if key := os.environ.get("OPENAI_API_KEY"):
        headers["Authorization"] = f"Bearer {key}"
    fields = {
        name: getattr(args, name) for name in SAMPLING_FLAGS if getattr(args, name) is not None
    }
    if args.ignore_eos:
        fields["ignore_eos"] = True
    if args.logprobs is not None:
        if is_chat(args):
            fields |= {"logprobs": True, "top_logprobs": args.logprobs}
        else:
            fields["logprobs"] = args.logprobs
    return Api(
        args.base_url,
        args.endpoint,
        headers | args.header,
        verify=not args.insecure,
        fields=fields,
        extra_body=args.extra_body,
    )


def _tokenizer(args: argparse.Namespace, model: Model) -> tuple[Tokenizer | None, str]:
    """Only where it is asked for or needed, and its name."""
    name = args.tokenizer or args.model or model.root or model.name
    if args.tokenizer is None and not needs_tokenizer(args):
        return None, name
    from ...hub import resolve_model
    from ...tokenizer import Tokenizer

    try:
        folder = resolve_model(name, load_format="dummy")  # without its weights
        return Tokenizer.from_dir(folder, trust_remote_code=args.trust_remote_code), name
    except (ValueError, OSError) as error:
        if args.tokenizer is not None:
            raise ValueError(f"--tokenizer: {error}") from None
        raise ValueError(
            f"--tokenizer must be given for these prompts, since the model's own cannot be had: "
            f"{error}"
        ) from None
