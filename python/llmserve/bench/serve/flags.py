"""The flags of `llmserve bench serve`, vLLM's where vLLM has them, and which go together."""

from __future__ import annotations

import argparse
import json
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..harness import Parser, at_least
from .metrics import METRICS
from .sweep import is_sweep

__all__ = ["SAMPLING_FLAGS", "check", "make_parser", "normalize"]

_COMPLETIONS, _CHAT = "/v1/completions", "/v1/chat/completions"
# Names of servers mean their completions, as in vLLM's command.
BACKENDS = {
    "openai": _COMPLETIONS,
    "vllm": _COMPLETIONS,
    "llmserve": _COMPLETIONS,
    "sglang": _COMPLETIONS,
    "openai-chat": _CHAT,
}
_GOODPUT_METRICS = ("ttft", "tpot", "e2el")
SAMPLING_FLAGS = (
    "temperature", "top_p", "top_k", "min_p", "frequency_penalty", "presence_penalty",
    "repetition_penalty",
)  # fmt: skip
_PLOT_SUFFIXES = (".svg", ".png")


def make_parser(prog: str) -> Parser:
    from .dataset_flags import add_dataset_flags

    parser = Parser(
        prog=prog,
        description="Sends requests to a running server that speaks OpenAI's API, and measures it.",
    )
    _add_server_flags(parser.add_argument_group("server"))
    add_dataset_flags(parser.add_argument_group("prompts"))
    load = parser.add_argument_group("load")
    _add_load_flags(load)
    _add_ramp_flags(load)
    _add_sampling_flags(parser.add_argument_group("sampling, sent as given"))
    _add_result_flags(parser.add_argument_group("results"))
    _add_sweep_flags(parser.add_argument_group("sweep"))
    return parser


def normalize(arguments: Sequence[str]) -> list[str]:
    """Flags with underscores are those with hyphens, as in vLLM's commands."""
    normal = []
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if name.startswith("--"):
            name = name.replace("_", "-")
        normal.append(name + equals + value)
    return normal


def _add_server_flags(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--backend",
        choices=BACKENDS,
        default="openai",
        help="openai-chat: chat completions; all others: completions. Default: %(default)s.",
    )
    group.add_argument(
        "--base-url", metavar="URL", help="In place of http://HOST:PORT. A /v1 at its end is cut."
    )
    group.add_argument("--host", default="127.0.0.1", help="Default: %(default)s.")
    group.add_argument("--port", type=at_least(1), default=8000, help="Default: %(default)s.")
    group.add_argument(
        "--endpoint",
        metavar="PATH",
        help=f"Default: {_COMPLETIONS}, with --backend openai-chat {_CHAT}.",
    )
    group.add_argument(
        "--model",
        help="The model, a name or a folder. Default: the first that the server names.",
    )
    group.add_argument(
        "--served-model-name",
        metavar="NAME",
        help="What requests call the model. Default: the value of --model.",
    )
    group.add_argument(
        "--header",
        nargs="+",
        action="extend",
        metavar="NAME=VALUE",
        help="Further headers. A key in the environment variable OPENAI_API_KEY is sent anyway.",
    )
    group.add_argument(
        "--insecure", action="store_true", help="Do not check the server's certificate."
    )
    group.add_argument(
        "--ready-check-timeout-sec",
        type=at_least(0),
        default=0,
        metavar="SECONDS",
        help="Wait so long for the server to listen and to answer a first request that does not "
        "count. Default: 0: it has to listen at once, and there is no such request.",
    )
    group.add_argument(
        "--request-id-prefix", metavar="TEXT", help="Default: bench-, then by chance."
    )


def _add_load_flags(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--num-prompts", type=at_least(1), default=1000, help="Requests. Default: %(default)s."
    )
    group.add_argument(
        "--request-rate",
        type=number(above=0, infinite=True),
        metavar="PER_SECOND",
        help="Open loop: requests arrive at this rate, whatever has been answered by then. "
        "Default: inf: all at once.",
    )
    group.add_argument(
        "--burstiness",
        type=number(above=0),
        default=1.0,
        help="Shape of the gamma distribution of the gaps: 1: Poisson arrivals; below: bursts; "
        "above: more even. Default: %(default)s.",
    )
    group.add_argument(
        "--max-concurrency",
        type=at_least(1),
        metavar="NUM",
        help="Closed loop: so many requests are in flight at most. Times count from the sending.",
    )
    group.add_argument(
        "--max-seconds",
        type=number(above=0),
        metavar="SECONDS",
        help="Send nothing later than this after the start; what was sent is waited for.",
    )
    group.add_argument(
        "--num-warmups",
        type=at_least(0),
        default=0,
        metavar="NUM",
        help="Requests before those that count, with other prompts. Default: %(default)s.",
    )
    group.add_argument(
        "--num-processes",
        type=at_least(1),
        metavar="NUM",
        help="Client processes. Default: one for each 64 requests that may be in flight, on a "
        "quarter of this machine's cores at most.",
    )
    group.add_argument("--seed", type=at_least(0), default=0, help="Default: %(default)s.")
    group.add_argument("--disable-tqdm", action="store_true", help="Show no progress.")


def _add_ramp_flags(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--ramp-up-strategy",
        choices=("linear", "exponential"),
        help="In place of --request-rate: a rate that changes from request to request.",
    )
    group.add_argument(
        "--ramp-up-start-rps",
        type=number(above=0),
        metavar="PER_SECOND",
        help="With a strategy: the request rate of the first request.",
    )
    group.add_argument(
        "--ramp-up-end-rps",
        type=number(above=0),
        metavar="PER_SECOND",
        help="With a strategy: the request rate of the last request.",
    )


def _add_sampling_flags(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--ignore-eos",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="Ask for outputs of full length. Default: yes for random prompts, no for others.",
    )
    for name in SAMPLING_FLAGS:
        whole = name == "top_k"
        group.add_argument(f"--{name.replace('_', '-')}", type=int if whole else number())
    group.add_argument("--logprobs", type=at_least(0), metavar="NUM", help="For each token.")
    group.add_argument(
        "--extra-body",
        type=_json_object,
        default={},
        metavar="JSON",
        help="An object whose fields every body gets; they win over those of other flags.",
    )


def _add_result_flags(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--percentile-metrics",
        type=_metrics,
        default=METRICS[:3],
        metavar="NAMES",
        help=f"Metrics to print, of {','.join(METRICS)}. Files hold all. Default: ttft,tpot,itl.",
    )
    group.add_argument(
        "--metric-percentiles",
        type=_percentages,
        default=(99.0,),
        metavar="NUMBERS",
        help="Percentiles of each metric, such as 50,90,99.9. Default: 99.",
    )
    group.add_argument(
        "--goodput",
        nargs="+",
        metavar="METRIC:MS",
        help="Count requests that meet all of these, such as ttft:200 tpot:20 e2el:5000.",
    )
    group.add_argument(
        "--save-result", action="store_true", help="Write the figures to a file, a JSON object."
    )
    group.add_argument(
        "--append-result",
        action="store_true",
        help="Add them to the end of a file, a JSON object a line.",
    )
    group.add_argument(
        "--save-detailed", action="store_true", help="With the times and texts of each request."
    )
    group.add_argument("--result-dir", metavar="FOLDER", help="Made where there is none.")
    group.add_argument(
        "--result-filename",
        metavar="FILE",
        help="Default: made of label, request rate, concurrency, model and time.",
    )
    group.add_argument(
        "--metadata", nargs="+", metavar="NAME=VALUE", help="Further fields of the file."
    )
    group.add_argument("--label", help="Begins the file's name. Default: the value of --backend.")


def _add_sweep_flags(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--sweep-request-rate",
        nargs="+",
        type=number(above=0, infinite=True),
        metavar="PER_SECOND",
        help="Open loop: one run at each of these request rates, with new prompts each.",
    )
    group.add_argument(
        "--sweep-max-concurrency",
        nargs="+",
        type=at_least(1),
        metavar="NUM",
        help="Closed loop: one run at each of these concurrencies, after the open loop's.",
    )
    group.add_argument(
        "--plot",
        metavar="FILE",
        help="Draw time to first token and inter-token latency, median and p99, over the load of "
        "the sweep: an .svg or a .png. It marks the knee: the load at which request throughput "
        "divided by mean end-to-end latency is greatest. Above it, a percent more throughput "
        "costs more than a percent of latency.",
    )


def number(above: float | None = None, infinite: bool = False) -> Any:
    """A type of argparse: a number, perhaps greater than a bound, perhaps inf."""
    allowed = "a number" if above is None else f"a number above {above}"
    allowed += " or inf" if infinite else ""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        wrong = math.isnan(value) or (above is not None and value <= above)
        if wrong or (math.isinf(value) and not (infinite and value > 0)):
            raise argparse.ArgumentTypeError(f"{text!r} is not {allowed}")
        return value

    return read


def _json_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise argparse.ArgumentTypeError(f"{text!r} is no JSON object")
    return value


def _metrics(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    for name in names:
        if name not in METRICS:
            raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(METRICS)}")
    return names


def _percentages(text: str) -> tuple[float, ...]:
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        values = (math.nan,)
    if not all(0 <= value <= 100 for value in values):
        raise argparse.ArgumentTypeError(f"{text!r} is no list of numbers from 0 to 100")
    return values


def check(args: argparse.Namespace) -> None:
    """Fills in what depends on other flags. Raises ValueError for flags that do not go together."""
    from .dataset_flags import check_dataset_flags

    _check_endpoint(args)
    check_dataset_flags(args)
    args.header = _pairs("--header", args.header)
    args.metadata = _pairs("--metadata", args.metadata)
    args.goodput = None if args.goodput is None else _goodput(args.goodput)
    _check_load(args)
    _check_results(args)


def _check_endpoint(args: argparse.Namespace) -> None:
    default = BACKENDS[args.backend]
    args.endpoint = args.endpoint or default
    is_chat = args.endpoint.endswith("/chat/completions")
    if not args.endpoint.endswith("/completions") or is_chat != (default == _CHAT):
        raise ValueError(
            f"--endpoint is {args.endpoint!r}; with --backend {args.backend} it must end in "
            f"{default.removeprefix('/v1')}"
        )
    base_url = args.base_url or f"http://{args.host}:{args.port}"
    if not base_url.startswith(("http://", "https://")):
        raise ValueError(f"--base-url is {base_url!r}; it must begin with http:// or https://")
    args.base_url = base_url.rstrip("/").removesuffix("/v1")


def _check_load(args: argparse.Namespace) -> None:
    ramp = [args.ramp_up_strategy, args.ramp_up_start_rps, args.ramp_up_end_rps]
    if any(value is not None for value in ramp):
        if None in ramp:
            raise ValueError(
                "--ramp-up-strategy, --ramp-up-start-rps and --ramp-up-end-rps need each other"
            )
        if args.request_rate is not None:
            raise ValueError("--request-rate is given, but a ramp has rates of its own")
    if is_sweep(args):
        for name in ("request_rate", "max_concurrency", "ramp_up_strategy"):
            if getattr(args, name) is not None:
                raise ValueError(
                    f"--{name.replace('_', '-')} is given, but the sweep sets the load"
                )
    elif args.plot:
        raise ValueError("--plot needs --sweep-request-rate or --sweep-max-concurrency")
    if args.burstiness != 1 and not (
        args.request_rate or args.sweep_request_rate or args.ramp_up_strategy
    ):
        raise ValueError(
            f"--burstiness is {args.burstiness:g}, but without a request rate all arrive at once"
        )
    if args.request_rate is None:
        args.request_rate = math.inf


def _check_results(args: argparse.Namespace) -> None:
    if args.save_result and args.append_result:
        raise ValueError("--save-result and --append-result exclude each other")
    if not (args.save_result or args.append_result):
        for name in ("save_detailed", "result_dir", "result_filename", "metadata"):
            if getattr(args, name):
                flag = name.replace("_", "-")
                raise ValueError(
                    f"--{flag} is given, but nothing is saved without --save-result or "
                    "--append-result"
                )
    if args.plot:
        path = Path(args.plot)
        if path.suffix not in _PLOT_SUFFIXES:
            raise ValueError(
                f"--plot is {args.plot!r}; it must end in {' or '.join(_PLOT_SUFFIXES)}"
            )
        if not os.path.isdir(path.absolute().parent):
            raise ValueError(f"there is no folder for {args.plot}")


def _pairs(flag: str, given: Sequence[str] | None) -> dict[str, str]:
    pairs = {}
    for text in given or ():
        name, equals, value = text.partition("=")
        if not name or not equals:
            raise ValueError(f"{flag} is {text!r}; it must be like NAME=VALUE")
        pairs[name] = value
    return pairs


def _goodput(given: Sequence[str]) -> dict[str, float]:
    limits = {}
    for text in given:
        name, _, value = text.partition(":")
        try:
            limit = float(value)
        except ValueError:
            limit = math.nan
        if name not in _GOODPUT_METRICS or not limit >= 0:
            raise ValueError(
                f"--goodput is {text!r}; it must be like ttft:200, of {', '.join(_GOODPUT_METRICS)}"
            )
        limits[name] = limit
    return limits
