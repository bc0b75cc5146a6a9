"""/openapi.json is valid, and requests and answers are what it says."""

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import validate
from server_harness import FakeEngine, Server, running_server

HI = [{"role": "user", "content": "hi"}]
KEYS = {"Authorization": "Bearer key"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server(enable_tokenizer_info_endpoint=True, dev_mode=True) as running:
        yield running


@pytest.fixture(scope="module")
def document(server: Server) -> dict[str, Any]:
    reply = server.get("/openapi.json")
    assert reply.status_code == 200
    value = reply.json()
    assert isinstance(value, dict)
    return value


def check(document: dict[str, Any], schema: dict[str, Any], value: Any) -> None:
    jsonschema.validate(value, schema | {"components": document["components"]})


def json_of(content: dict[str, Any]) -> dict[str, Any]:
    schema = content["content"]["application/json"]["schema"]
    assert isinstance(schema, dict)
    return schema


def test_it_is_valid(document: dict[str, Any]) -> None:
    validate(document)  # type: ignore[arg-type]


def test_every_route_is_in_it(server: Server, document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method in methods:
            reply = server.http.request(method, path.format(model_id="fake/model"))
            assert reply.status_code != 405, f"{method} {path}"
            assert str(reply.status_code) in methods[method]["responses"], f"{method} {path}"
        allowed = server.http.options(path.format(model_id="fake/model")).headers["allow"]
        assert {name.lower() for name in allowed.split(", ")} == {*methods, "options"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/tokenize", {"prompt": "hi", "return_token_strs": True}),
        ("/tokenize", {"messages": HI}),
        ("/detokenize", {"tokens": [104, 105]}),
        ("/v1/responses", {"input": "hi", "max_output_tokens": 3}),
        ("/v1/messages", {"model": "fake/model", "messages": HI, "max_tokens": 3}),
        ("/v1/messages/count_tokens", {"model": "fake/model", "messages": HI}),
        ("/v1/completions", {"prompt": ["hi", "ho"], "logprobs": 2, "echo": True, "n": 2}),
        ("/v1/completions", {"prompt": [104], "prompt_logprobs": 1, "return_token_ids": True}),
        ("/v1/chat/completions", {"messages": HI, "logprobs": True, "top_logprobs": 2}),
        ("/v1/chat/completions", {"messages": HI, "logit_bias": {"300": 1.5}, "stop": ["x"]}),
    ],
)
def test_requests_and_answers(
    server: Server, document: dict[str, Any], path: str, body: dict[str, Any]
) -> None:
    operation = document["paths"][path]["post"]
    check(document, json_of(operation["requestBody"]), body)
    reply = server.post(path, body)
    assert reply.status_code == 200, reply.text
    check(document, json_of(operation["responses"]["200"]), reply.json())


def test_examples_are_served(server: Server, document: dict[str, Any]) -> None:
    examples = 0
    for path, methods in document["paths"].items():
        for operation in methods.values():
            body = operation.get("requestBody")
            if body is not None:
                check(document, json_of(body), body["content"]["application/json"]["example"])
                reply = server.post(path, body["content"]["application/json"]["example"])
                assert reply.status_code == 200, f"{path}: {reply.text}"
                examples += 1
    assert examples == 7


def test_what_a_model_takes_is_in_it() -> None:
    options = {"served_model_names": ("one", "two")}
    with running_server(FakeEngine(max_model_len=99), **options) as server:
        schemas = server.get("/openapi.json").json()["components"]["schemas"]
    fields = schemas["ChatRequest"]["properties"]
    assert fields["model"]["enum"] == ["one", "two", None]
    assert (fields["max_tokens"]["minimum"], fields["max_tokens"]["maximum"]) == (1, 98)
    assert (fields["top_p"]["exclusiveMinimum"], fields["top_p"]["maximum"]) == (0, 1)
    assert schemas["CompletionRequest"]["properties"]["max_tokens"]["minimum"] == 0
    assert schemas["ResponseRequest"]["properties"]["truncation"]["enum"] == [None, "disabled"]
    assert schemas["MessagesRequest"]["properties"]["model"]["enum"] == ["one", "two"]


@pytest.mark.parametrize(
    "path",
    [
        *("/version", "/load", "/v1/models", "/v1/models/fake/model", "/tokenizer_info"),
        *("/server_info", "/openapi.json"),
    ],
)
def test_answers(server: Server, document: dict[str, Any], path: str) -> None:
    described = "/v1/models/{model_id}" if path.startswith("/v1/models/") else path
    responses = document["paths"][described]["get"]["responses"]
    reply = server.get(path)
    assert reply.status_code == 200, reply.text
    check(document, json_of(responses["200"]), reply.json())


def test_streams_and_text(server: Server, document: dict[str, Any]) -> None:
    success = document["paths"]["/v1/completions"]["post"]["responses"]["200"]
    body = {"prompt": "hi", "stream": True, "max_tokens": 2}
    kind = server.post("/v1/completions", body).headers["content-type"]
    assert kind.split(";")[0] in success["content"]
    success = document["paths"]["/metrics"]["get"]["responses"]["200"]
    assert server.get("/metrics").headers["content-type"].split(";")[0] in success["content"]


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 400), ({"prompt": 5}, 400), ({"prompt": "a", "model": "other"}, 404)],
)
def test_refusals(
    server: Server, document: dict[str, Any], body: dict[str, Any], status: int
) -> None:
    reply = server.post("/tokenize", body)
    assert reply.status_code == status
    described = document["paths"]["/tokenize"]["post"]["responses"][str(status)]
    check(document, json_of(described), reply.json())


def test_keys_are_asked_for_where_they_are() -> None:
    with running_server(api_keys=("key",)) as server:
        assert server.get("/openapi.json").status_code == 401
        document = server.get("/openapi.json", headers=KEYS).json()
        validate(document)
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                reply = server.http.request(method, path.format(model_id="x"))
                asks = reply.status_code == 401
                assert ("security" in operation) == asks, f"{method} {path}"
                assert ("401" in operation["responses"]) == asks
