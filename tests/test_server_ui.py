"""The page at /, in a headless Chromium: chat, stop, errors, keys, hostile text, charts, phones."""

from __future__ import annotations

import argparse
import re
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from llmserve.outputs import RequestOutput
from llmserve.server.options import ServerOptions
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright
from server_harness import FakeEngine, Server, error_of, running_server, wait_until

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# It starts quickly and asks nobody for anything.
_FLAGS = [
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
_LIMIT = 15_000  # ms; only what fails takes so long
_KEY = "llmserve-api-key"
_VALUES = "#charts output"
_HOSTILE = (
    '<img src=x onerror="window.hit=1"><script>window.hit=2</script>'
    "<a href='javascript:window.hit=3'>a</a>\n```html\n</pre><b onclick=x>b</b>\n```\n<i>end</i>"
)

_WATCH_GROWTH = """
window.seen = new Set();
new MutationObserver(() => seen.add(document.querySelector(".answer .body")?.textContent.length))
  .observe(document.body, { childList: true, subtree: true, characterData: true });
"""

expect.set_options(timeout=_LIMIT)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for the module: while Playwright runs, its thread has an event loop, which other tests
    would stumble over."""
    path = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if path is None:
        pytest.fail("there is no Chromium: run third_party/system_packages.sh test")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def server() -> Iterator[Server]:
    with running_server(FakeEngine(step_seconds=0.01)) as running:
        yield running


@contextmanager
def opened(
    browser: Browser, server: Server, trouble: str | None = None, **options: Any
) -> Iterator[Page]:
    """The page; in the end the console must be empty (breaches of the policy show there) and no
    other host asked. trouble: of what the console must say. options: of the context."""
    context = browser.new_context(**options)
    context.set_default_timeout(_LIMIT)
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text))
    try:
        page.goto(f"{server.url}/")
        yield page
    finally:
        context.close()
    assert len(asked) > 3
    assert [url for url in asked if not url.startswith((f"{server.url}/", "data:"))] == []
    assert [text for text in said if trouble is None or trouble not in text] == []
    assert bool(said) == (trouble is not None)


def ask(page: Page, text: str) -> None:
    page.get_by_label("Message").fill(text)
    page.keyboard.press("Enter")


def wait_end(page: Page) -> None:
    expect(page.get_by_role("button", name="Send")).to_be_visible()


def answers(page: Page) -> Any:
    return page.locator(".answer .body")


def prompt_of(call: tuple[Any, dict[str, Any]]) -> str:
    tokenizer = FakeEngine().tokenizer
    assert tokenizer is not None
    return tokenizer.decode(call[1]["ids"])


def test_a_chat_of_two_turns(browser: Browser, server: Server) -> None:
    engine = server.engine
    engine.step_seconds = 0.02
    with opened(browser, server) as page:
        expect(page.get_by_label("Model")).to_have_value("fake/model")
        page.get_by_label("System prompt").fill("Be brief.")
        page.get_by_label("Temperature").fill("0.5")
        page.get_by_label("Max tokens").fill("60")
        page.evaluate(_WATCH_GROWTH)
        ask(page, "hello")
        expect(answers(page)).to_contain_text("word")
        wait_end(page)
        assert page.evaluate("seen.size") > 3, "the answer did not grow bit by bit"
        first = answers(page).last.inner_text()
        assert re.fullmatch(r"word\d+( word\d+é?|éword| é)*.*", first), first
        meta = page.locator(".meta").last
        expect(meta).to_contain_text("60 tokens")
        expect(meta).to_contain_text(re.compile(r"[\d.]+ tokens/s"))
        expect(meta).to_contain_text(re.compile(r"TTFT \d+ ms|TTFT [\d.]+ s"))
        expect(meta).to_contain_text("cut at the token limit")
        page.get_by_label("System prompt").fill("")
        page.get_by_label("Max tokens").fill("")
        page.get_by_label("Temperature").fill("")
        ask(page, "and more?")
        expect(answers(page)).to_have_count(2)
        assert wait_until(lambda: len(engine.calls) == 2)
        page.get_by_role("button", name="New chat").click()
        expect(answers(page)).to_have_count(0)
        assert wait_until(lambda: not engine.running)
        ask(page, "again")
        assert wait_until(lambda: len(engine.calls) == 3)
    params, other = engine.calls[0][0], engine.calls[1][0]
    assert (params.temperature, params.max_tokens) == (0.5, 60)
    assert (other.temperature, other.max_tokens) == (1.0, None)
    prompts = [prompt_of(call) for call in engine.calls]
    assert prompts[0] == "<system>Be brief.\n<user>hello\n<assistant>"
    said = re.fullmatch(r"<user>hello\n<assistant>(.*)\n<user>and more\?\n<assistant>", prompts[1])
    assert said and said[1].strip() == first
    assert prompts[2] == "<user>again\n<assistant>"


def test_the_speed_of_an_answer_that_comes_at_once(browser: Browser, server: Server) -> None:
    """It is that of the whole: the microseconds between its chunks say nothing."""
    body = {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 50, "stream": True}
    options = {"include_usage": True, "continuous_usage_stats": True}
    stream = server.post("/v1/chat/completions", {**body, "stream_options": options}).text

    def answer(route: Route) -> None:
        time.sleep(0.2)
        route.fulfill(body=stream, content_type="text/event-stream")

    with opened(browser, server) as page:
        page.route("**/v1/chat/completions", answer)
        ask(page, "hi")
        meta = page.locator(".meta")
        expect(meta).to_contain_text("50 tokens")
        (speed,) = re.findall(r"(\S+) tokens/s", meta.inner_text())
        assert 0 < float(speed) < 251


@pytest.mark.parametrize("by_key", [False, True])
def test_stop_aborts(browser: Browser, server: Server, by_key: bool) -> None:
    engine = server.engine
    engine.step_seconds = 0.05
    with opened(browser, server) as page:
        ask(page, "one")
        expect(answers(page)).to_contain_text("word")
        if by_key:
            page.keyboard.press("Escape")
        else:
            page.get_by_role("button", name="Stop").click()
        assert wait_until(lambda: engine.num_aborted == 1 and not engine.running, 20)
        expect(page.locator(".meta")).to_contain_text("stopped")
        expect(answers(page)).to_contain_text("word")
        expect(page.locator(".error")).to_have_count(0)
        ask(page, "two")
        assert wait_until(lambda: len(engine.calls) == 2, 20)
        page.keyboard.press("Escape")
        wait_end(page)
    # What was said until then is part of the conversation.
    begin = r"<user>one\n<assistant> word\d+.*\n<user>two\n"
    assert re.match(begin, prompt_of(engine.calls[1]))


def test_errors_are_shown_and_can_be_tried_again(browser: Browser, server: Server) -> None:
    engine = server.engine
    engine.max_running = 0
    with opened(browser, server, trouble="429") as page:
        page.get_by_label("Max tokens").fill("4")
        ask(page, "hi")
        error = page.get_by_role("alert")
        expect(error).to_contain_text("The server is at its limit")
        expect(error).to_contain_text("HTTP 429")
        engine.max_running, engine.fail_after = 9, 2
        page.get_by_role("button", name="Try again").click()
        expect(answers(page)).to_contain_text("word")  # an error in the middle of a stream
        expect(error).to_contain_text("numbers that are not finite")
        engine.fail_after = None
        page.get_by_role("button", name="Try again").click()
        expect(page.locator(".meta")).to_contain_text("4 tokens")
        expect(page.get_by_role("alert")).to_have_count(0)
        expect(page.locator(".user")).to_have_count(1)
    assert [prompt_of(call) for call in engine.calls] == ["<user>hi\n<assistant>"] * 2


def test_a_server_that_goes_is_noticed(browser: Browser, server: Server) -> None:
    with opened(browser, server, trouble="net::ERR") as page:
        expect(page.get_by_text("online")).to_be_visible()
        server.stop()
        assert server.join()
        expect(page.get_by_text("no answer")).to_be_visible()
        ask(page, "hi")
        expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached.")


def test_a_key_is_asked_for_where_one_is_needed(browser: Browser) -> None:
    with running_server(api_keys=("right",), metrics_require_key=True) as server:
        with opened(browser, server, trouble="401") as page:
            dialog = page.get_by_role("dialog")
            expect(dialog).to_contain_text("API key is missing")
            expect(page.locator("#state")).to_have_text("HTTP 401")
            assert stored(page) == [None, 0]
            page.get_by_label("Key", exact=True).fill("wrong")
            page.keyboard.press("Enter")
            expect(dialog).to_contain_text("API key is wrong")
            page.get_by_label("Key", exact=True).fill("right")
            page.get_by_role("button", name="Use it").click()
            expect(page.get_by_label("Model")).to_have_value("fake/model")
            assert stored(page) == ["right", 0]
            expect(page.locator("#state")).to_have_text("online")
            page.get_by_label("Max tokens").fill("3")
            ask(page, "hi")
            expect(page.locator(".meta")).to_contain_text("3 tokens")
            page.reload()
            expect(page.get_by_label("Model")).to_have_value("fake/model")
            expect(dialog).to_be_hidden()
        with opened(browser, server, trouble="401") as page:
            expect(page.get_by_role("dialog")).to_be_visible()
            page.get_by_role("button", name="Cancel").click()
            ask(page, "hi")
            page.get_by_role("button", name="Cancel").click()
            expect(page.get_by_role("alert")).to_contain_text("API key is missing")
    assert len(server.engine.calls) == 1


def stored(page: Page) -> Any:
    return page.evaluate(f"[sessionStorage.getItem('{_KEY}'), localStorage.length]")


class HostileEngine(FakeEngine):
    """Says what would be HTML if the page took it for that."""

    async def generate(self, *args: Any, **options: Any) -> AsyncIterator[RequestOutput]:
        begin = 0
        async for output in super().generate(*args, **options):
            (sample,) = output.outputs
            end = begin + 9 * len(sample.token_ids)
            sample.text, begin = _HOSTILE[begin:end], end
            yield output


def test_hostile_text_stays_text(browser: Browser) -> None:
    name = "<b onmouseover=alert(1)>m</b>"
    with (
        running_server(HostileEngine(), served_model_names=(name,)) as server,
        opened(browser, server, trouble="violates the following Content Security Policy") as page,
    ):
        expect(page.get_by_label("Model")).to_have_value(name)
        page.get_by_label("Max tokens").fill("40")
        ask(page, f"say {_HOSTILE}")
        expect(page.locator(".meta")).to_contain_text("40 tokens")
        body = answers(page)
        assert body.locator("> *").evaluate_all("nodes => nodes.map((n) => n.tagName)") == [
            *("P", "PRE", "P")
        ]
        before, code, after = _HOSTILE.split("```")
        assert body.locator("> *").all_text_contents() == [
            before.strip(),
            code.removeprefix("html\n").strip(),
            after.strip(),
        ]
        assert page.locator("#log :is(img, script, a, b, i)").count() == 0
        assert page.evaluate("window.hit") is None
        # Even a script that got into the page would not run.
        script = "Object.assign(document.createElement('script'), { textContent: 'hit = 4' })"
        page.evaluate(f"document.body.append({script})")
        assert page.evaluate("window.hit") is None


def points(page: Page) -> list[int]:
    paths = page.locator("#charts .line").evaluate_all("n => n.map((p) => p.getAttribute('d'))")
    return [len(re.findall("[ML]", path or "")) for path in paths]


def test_charts_show_the_load(browser: Browser, server: Server) -> None:
    engine = server.engine
    engine.step_seconds = 0.05
    with opened(browser, server) as page:
        values = page.locator(_VALUES)
        expect(values).to_have_text(["0", "0", "25 %", "0"])
        engine.hold = True
        ask(page, "hi")
        expect(values.nth(1)).to_have_text("1")
        engine.counters.kv_cache_usage = 0.5
        engine.hold = False
        expect(values.nth(0)).to_have_text("1")
        expect(values.nth(2)).to_have_text("50 %")
        expect(values.nth(3)).to_have_text(re.compile(r"[1-9][\d.]*"))
        assert all(count >= 3 for count in points(page))
        page.get_by_role("img", name="KV cache used").hover(position={"x": 290, "y": 20})
        expect(page.locator("#charts small").nth(2)).to_have_text(re.compile(r"\d s ago"))
        page.get_by_role("button", name="Stop").click()
        expect(values.nth(0)).to_have_text("0")


def test_nothing_is_polled_while_nobody_looks(browser: Browser, server: Server) -> None:
    def polls() -> int:
        text = server.get("/metrics").text  # which counts itself
        (count,) = re.findall(r'http_requests_total{handler="/metrics",.*"GET".*} (\S+)', text)
        return int(float(count))

    def show(page: Page, is_hidden: bool) -> None:
        page.evaluate(
            "(value) => { Object.defineProperty(document, 'hidden', { value, configurable: true });"
            "document.dispatchEvent(new Event('visibilitychange')); }",
            is_hidden,
        )

    with opened(browser, server) as page:
        expect(page.locator(_VALUES)).to_have_text(["0", "0", "25 %", "0"])
        show(page, True)
        before = polls()
        page.wait_for_timeout(2500)
        assert polls() <= before + 2  # this call, and one that was on its way
        expect(page.locator(_VALUES)).to_have_text(["n/a"] * 4)
        show(page, False)
        expect(page.locator(_VALUES)).to_have_text(["0", "0", "25 %", "0"])


def test_a_phone_and_the_keyboard(browser: Browser, server: Server) -> None:
    with opened(
        browser, server, viewport={"width": 390, "height": 700}, color_scheme="dark"
    ) as page:
        message, charts = page.get_by_label("Message"), page.locator("#charts")
        expect(message).to_be_focused()
        expect(charts).to_be_hidden()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(17, 19, 23)"
        page.keyboard.type("one")
        page.keyboard.press("Shift+Enter")
        page.keyboard.type("two")
        expect(message).to_have_value("one\ntwo")
        page.keyboard.press("Enter")
        expect(message).to_have_value("")
        expect(message).to_be_focused()
        expect(page.locator(".user")).to_contain_text("one\ntwo")
        page.keyboard.press("Escape")
        wait_end(page)
        expect(page.get_by_role("log", name="Conversation")).to_have_attribute("aria-busy", "false")
        page.get_by_role("button", name="Server").click()
        expect(charts).to_be_visible()
        expect(message).to_be_hidden()
        page.get_by_label("Max tokens").fill("0")
        assert page.evaluate("document.scrollingElement.scrollWidth") == 390
        page.get_by_role("button", name="Chat").click()
        ask(page, "not yet")  # the form says what is wrong
        expect(page.get_by_label("Max tokens")).to_be_focused()
        assert len(server.engine.calls) == 1
        page.keyboard.press("Shift+Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
        assert page.evaluate("document.scrollingElement.scrollWidth") == 390


def test_every_control_has_a_name(browser: Browser, server: Server) -> None:
    with opened(browser, server) as page:
        expect(page.locator(_VALUES).first).to_have_text("0")
        nameless = page.locator("button, input, select, textarea, svg").evaluate_all(
            "nodes => nodes.filter((n) => !(n.ariaLabel || n.labels?.length"
            " || n.textContent.trim())).map((n) => n.outerHTML)"
        )
        assert nameless == []


def test_the_page_over_http(server: Server) -> None:
    reply = server.get("/")
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert reply.headers["cache-control"] == "no-cache"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["referrer-policy"] == "no-referrer"
    policy = reply.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "innerHTML" not in reply.text
    assert len(reply.content) < 27_000, "one small file"
    tag = reply.headers["etag"]
    for known in (tag, f'"x", W/{tag}'):
        again = server.get("/", headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert server.get("/", headers={"If-None-Match": '"x"'}).status_code == 200
    head = server.http.head("/")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)


def test_it_can_be_switched_off() -> None:
    parser = ServerOptions.add_cli_args(argparse.ArgumentParser())
    for flags in ([], ["--disable-ui"]):
        options = ServerOptions.from_cli_args(parser.parse_args(flags), {})
        assert options.disable_ui == bool(flags)
    with running_server(disable_ui=True) as server:
        error = error_of(server.get("/"), 404, "route_not_enabled")
        assert "--disable-ui" in error["message"]
    with running_server(api_keys=("key",)) as server:
        assert server.get("/").status_code == 200, "it holds no secret, and asks for the key itself"
