"""bench/monitoring: a real Prometheus scrapes a server and answers every query of these files."""

from __future__ import annotations

import itertools
import json
import math
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from server_harness import FakeEngine, Server, running_server, wait_until

FOLDER = Path(__file__).resolve().parents[1] / "bench" / "monitoring"
DASHBOARD = json.loads((FOLDER / "grafana-dashboard.json").read_text(encoding="utf-8"))
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
VARIABLES = ("job", "model_name", "instance")
SELECTOR = re.compile(r"([a-zA-Z_:][\w:]*)\{[^}]*\}")
SECONDS = 60.0  # only what fails takes so long
LABELS = 'job="llmserve", instance="a:8000", model_name="m"'

# For each alert what makes it fire: series in promtool's notation, a value a minute.
FIRING: dict[str, dict[str, str]] = {
    "LlmserveDown": {'up{job="llmserve", instance="a:8000"}': "0x40"},
    "LlmserveRestarts": {f"process_start_time_seconds{{{LABELS}}}": "0+60x40"},
    "LlmserveErrors": {
        f'vllm:request_success_total{{{LABELS}, finished_reason="error"}}': "0+6x40",
        f'vllm:request_success_total{{{LABELS}, finished_reason="stop"}}': "0+94x40",
    },
    "LlmserveServerErrors": {
        f'http_requests_total{{{LABELS}, status="5xx"}}': "0+6x40",
        f'http_requests_total{{{LABELS}, status="2xx"}}': "0+94x40",
    },
    "LlmserveQueueGrows": {f"vllm:num_requests_waiting{{{LABELS}}}": "1+1x40"},
    "LlmserveRefuses": {
        f'vllm:admission_rejections_total{{{LABELS}, reason="queue_full"}}': "0+1x40"
    },
    "LlmserveSlowFirstToken": {
        f'vllm:time_to_first_token_seconds_bucket{{{LABELS}, le="{bound}"}}': f"0+{step}x40"
        for bound, step in (("5.0", 94), ("7.5", 100), ("+Inf", 100))
    },
    "LlmserveCacheFull": {
        f"vllm:kv_cache_usage_perc{{{LABELS}}}": "0.96x40",
        f"vllm:num_requests_waiting{{{LABELS}}}": "1x40",
    },
    "LlmserveNonFiniteLogits": {f"vllm:corrupted_requests_total{{{LABELS}}}": "0+1x40"},
}
# And a good day, on which none does.
QUIET = {
    'up{job="llmserve", instance="a:8000"}': "1x40",
    f"process_start_time_seconds{{{LABELS}}}": "7x40",
    f'vllm:request_success_total{{{LABELS}, finished_reason="error"}}': "0+1x40",
    f'vllm:request_success_total{{{LABELS}, finished_reason="stop"}}': "0+99x40",
    f'http_requests_total{{{LABELS}, status="5xx"}}': "0+1x40",
    f'http_requests_total{{{LABELS}, status="2xx"}}': "0+99x40",
    f"vllm:num_requests_waiting{{{LABELS}}}": "100-2x40",
    f'vllm:admission_rejections_total{{{LABELS}, reason="queue_full"}}': "5x40",
    f'vllm:time_to_first_token_seconds_bucket{{{LABELS}, le="5.0"}}': "0+99x40",
    f'vllm:time_to_first_token_seconds_bucket{{{LABELS}, le="+Inf"}}': "0+100x40",
    f"vllm:kv_cache_usage_perc{{{LABELS}}}": "0.9x40",
    f"vllm:corrupted_requests_total{{{LABELS}}}": "2x40",
}


def program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.fail(f"there is no {name}: run third_party/system_packages.sh test")
    return path


def promtool(*arguments: str | Path) -> None:
    done = subprocess.run([program("promtool"), *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@dataclass
class Scraped:
    """A Prometheus that knows what a server has done."""

    http: httpx.Client
    server: Server
    target: str

    def get(self, path: str, **parameters: Any) -> Any:
        answer = self.http.get(f"/api/v1/{path}", params=parameters).json()
        assert answer["status"] == "success", f"{parameters}: {answer.get('error')}"
        return answer["data"]

    def values(self, expression: str) -> list[float]:
        """The instant value of each series."""
        return [float(entry["value"][1]) for entry in self.get("query", query=expression)["result"]]

    def wait_scrapes(self, number: int) -> None:
        """Until so many more have come in."""

        def done() -> float:
            return sum(self.values('count_over_time(up{job="llmserve"}[5m])'))

        before = done()
        assert wait_until(lambda: done() >= before + number, SECONDS)


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scraped]:
    with running_server(FakeEngine()) as server:
        use(server)  # series that begin with their first event are there at the first scrape
        target = server.url.removeprefix("http://")
        folder = write_config(tmp_path_factory.mktemp("prometheus"), target)
        port = free_port()
        with open(folder / "log", "wb") as log:
            process = subprocess.Popen(
                [
                    program("prometheus"),
                    f"--config.file={folder / 'prometheus.yml'}",
                    f"--storage.tsdb.path={folder / 'data'}",
                    f"--web.listen-address=127.0.0.1:{port}",
                ],
                stdout=log,
                stderr=log,
            )
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
                known = Scraped(http, server, target)
                assert wait_until(lambda: is_ready(http), SECONDS), (folder / "log").read_text()
                known.wait_scrapes(2)
                use(server)
                known.wait_scrapes(2)
                yield known
        finally:
            process.terminate()
            process.wait(30)


def write_config(folder: Path, target: str) -> Path:
    """The files as they are, but for the port and a shorter interval."""
    text = (FOLDER / "prometheus.yml").read_text(encoding="utf-8")
    for old, new, count in (("localhost:8000", target, 1), ("15s", "200ms", 2)):
        assert text.count(old) == count
        text = text.replace(old, new)
    (folder / "prometheus.yml").write_text(text, encoding="utf-8")
    shutil.copy(FOLDER / "alerts.yml", folder)
    return folder


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def is_ready(http: httpx.Client) -> bool:
    try:
        return http.get("/-/ready").status_code == 200
    except httpx.TransportError:
        return False


def use(server: Server) -> None:
    """Whole answers and streams, of which one fails."""
    engine = server.engine
    messages = [{"role": "user", "content": "hi"}]
    for stream in (False, True):
        body = {"max_tokens": 30, "stream": stream}
        assert server.post("/v1/completions", {"prompt": "hi", **body}).status_code == 200
        reply = server.post("/v1/chat/completions", {"messages": messages, **body})
        assert reply.status_code == 200
    engine.crash_after = 3
    assert server.post("/v1/completions", {"prompt": "hi"}).status_code == 500
    engine.crash_after = None
    engine.counters.prefix_cache_queries += 10
    engine.counters.prefix_cache_hits += 5


# --- The dashboard


def test_the_dashboard_is_well_formed() -> None:
    every = DASHBOARD["panels"]
    assert len({panel["id"] for panel in every}) == len(every)
    assert len({panel["title"] for panel in PANELS}) == len(PANELS)
    cells: set[tuple[int, int]] = set()
    for panel in every:
        place = panel["gridPos"]
        assert 0 <= place["x"] and place["x"] + place["w"] <= 24, panel["title"]
        own = set(
            itertools.product(
                range(place["x"], place["x"] + place["w"]),
                range(place["y"], place["y"] + place["h"]),
            )
        )
        assert not own & cells, f"{panel['title']} lies over another panel"
        cells |= own
    width, height = 24, 1 + max(y for _, y in cells)
    assert len(cells) == width * height, "there are holes"


def test_the_data_source_is_a_variable_everywhere() -> None:
    variables = DASHBOARD["templating"]["list"]
    assert [variable["name"] for variable in variables] == ["datasource", *VARIABLES]
    assert variables[0]["type"] == "datasource"
    for variable in variables[1:]:
        assert variable["datasource"] == SOURCE
    for panel in PANELS:
        assert panel["datasource"] == SOURCE, panel["title"]
        assert panel["targets"], panel["title"]
        assert [t["refId"] for t in panel["targets"]] == list("ABCDEFGH"[: len(panel["targets"])])
        assert all(target["datasource"] == SOURCE for target in panel["targets"])


def expressions() -> list[tuple[str, str]]:
    return [(panel["title"], t["expr"]) for panel in PANELS for t in panel["targets"]]


def test_every_series_is_chosen_by_the_variables() -> None:
    for title, expression in expressions():
        found = list(SELECTOR.finditer(expression))
        assert found, title
        for selector in found:
            for name in ("job", "instance"):
                assert f'{name}=~"${name}"' in selector[0], title
            if selector[1].startswith(("vllm:", "llmserve:")) and "_info" not in selector[1]:
                assert 'model_name=~"$model_name"' in selector[0], title
        # What is left are functions and by(): no metric without braces.
        rest = re.sub(r"\[[^\]]*\]|\bby \([^)]*\)", "", SELECTOR.sub("", expression))
        assert re.findall(r"[a-zA-Z_:][\w:]*\b(?!\s*\()", rest) == [], title


def exported(server: Server) -> set[str]:
    families = text_string_to_metric_families(server.get("/metrics").text)
    return {sample.name for family in families for sample in family.samples}


def test_every_metric_is_exported(scraped: Scraped) -> None:
    known = exported(scraped.server)
    for title, expression in expressions():
        for selector in SELECTOR.finditer(expression):
            assert selector[1] in known, title
    for series in (*QUIET, *itertools.chain(*FIRING.values())):
        assert series.split("{")[0] in known | {"up"}


def substituted(text: str, values: dict[str, str]) -> str:
    """As Grafana does it; a chosen value is quoted for a regular expression within a string."""
    text = text.replace("$__rate_interval", "1m")  # four times the interval of 15 s
    for name in VARIABLES:
        value = re.sub(r"[\\^$*+?.()|[\]{}]", r"\\\\\g<0>", values[name]) if values else ".+"
        text = text.replace(f"${name}", value)
    assert "$" not in text
    return text


@pytest.mark.parametrize("chosen", [False, True], ids=["all", "chosen"])
def test_every_query_has_data(scraped: Scraped, chosen: bool) -> None:
    one = {"job": "llmserve", "model_name": "fake/model", "instance": scraped.target}
    problems = []
    for title, expression in expressions():
        values = scraped.values(substituted(expression, one if chosen else {}))
        if not any(math.isfinite(value) for value in values):
            problems.append(f"{title}: {expression}: {values}")
    assert problems == []


def test_a_variable_that_fits_nothing_gives_nothing(scraped: Scraped) -> None:
    """So that the queries above have data because of their labels."""
    other = {"job": "llmserve", "model_name": "other", "instance": "elsewhere:1"}
    for title, expression in expressions():
        assert scraped.values(substituted(expression, other)) == [], title


def test_the_variables_find_their_values(scraped: Scraped) -> None:
    wanted = {"job": "llmserve", "model_name": "fake/model", "instance": scraped.target}
    for variable in DASHBOARD["templating"]["list"][1:]:
        query = substituted(variable["query"]["query"], {})
        assert variable["definition"] == variable["query"]["query"]
        parts = re.fullmatch(r"label_values\((.+), (\w+)\)", query)
        assert parts, query
        found = scraped.get(f"label/{parts[2]}/values", **{"match[]": parts[1]})
        assert found == [wanted[variable["name"]]]


# --- Configuration and alerts


def test_the_configuration_is_valid() -> None:
    promtool("check", "config", FOLDER / "prometheus.yml")
    promtool("check", "rules", FOLDER / "alerts.yml")


def test_the_rules_run(scraped: Scraped) -> None:
    def rules() -> list[dict[str, Any]]:
        (group,) = scraped.get("rules")["groups"]
        found: list[dict[str, Any]] = group["rules"]
        return found

    assert {rule["name"] for rule in rules()} == set(FIRING)
    assert wait_until(lambda: all(rule["health"] != "unknown" for rule in rules()), SECONDS)
    assert [rule["lastError"] for rule in rules() if rule["health"] != "ok"] == []
    for rule in rules():
        scraped.get("query", query=rule["query"])


def test_each_alert_fires_when_it_should(tmp_path: Path) -> None:
    tests = [rule_test(QUIET, dict.fromkeys(FIRING, 0))]
    tests += [rule_test(series, {name: 1}) for name, series in FIRING.items()]
    path = tmp_path / "tests.yml"
    content = {"rule_files": [str(FOLDER / "alerts.yml")], "tests": tests}
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    promtool("test", "rules", path)


def rule_test(series: dict[str, str], expected: dict[str, int]) -> dict[str, Any]:
    """expected: how many series fire of each alert, after half an hour."""
    return {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {
                "expr": f'count(ALERTS{{alertname="{name}", alertstate="firing"}})',
                "eval_time": "30m",
                "exp_samples": [{"labels": "{}", "value": count}] if count else [],
            }
            for name, count in expected.items()
        ],
    }
