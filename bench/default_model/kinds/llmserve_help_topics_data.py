"""What llmserve is, and how it is installed, started and asked: questions with their answers."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["TOPICS", "Topic", "bash", "python"]


class Topic(NamedTuple):
    """asks and words as in llmserve_help_flags_data.py; none: words of wrong answers.

    then: wordings that ask the same once another topic of llmserve was spoken of.
    """

    name: str
    words: str
    says: str
    asks: tuple[str, ...]
    none: str = ""
    then: tuple[str, ...] = ()


def bash(code: str) -> str:
    """A block of shell commands."""
    return f"```bash\n{code}\n```"


def python(code: str) -> str:
    """A block of Python."""
    return f"```python\n{code}\n```"


_ABOUT = (
    Topic(
        "what it is",
        "serves|serving;language models",
        (
            "llmserve is an engine that serves large language models. It has a C++ core, a small "
            "Python layer and an OpenAI-compatible server."
        ),
        (
            "What [is|exactly is] llmserve?",
            "What's [llmserve|this llmserve|the llmserve project]?",
            "[Tell me|Say something|Talk] about llmserve.",
            "[Explain|Describe|Introduce] llmserve[| in a sentence| in one sentence| briefly].",
            "Can you [explain|describe] [llmserve|what llmserve is]?",
            "What [kind|sort] of [program|software|project|tool] is llmserve?",
            "[llmserve?|llmserve, what is that?|What does llmserve mean?|Define llmserve.]",
            "[I have never heard of llmserve.|I don't know llmserve.] What is it?",
            "What does llmserve do?",
            "[Give me|I need] a short description of llmserve.",
        ),
    ),
    Topic(
        "what for",
        "your own machine;OpenAI",
        (
            "With llmserve you run a language model on your own machine. Programs ask it over the "
            "OpenAI API or from Python."
        ),
        (
            "What is llmserve [for|good for|used for|made for|useful for]?",
            "[Why|When] [would|should] I use llmserve?",
            "What can [I|you|one] do with llmserve?",
            "What is the [purpose|use|point|goal] of llmserve?",
            "[Why do I need|What do people use|What would I need] llmserve[| for]?",
            "[Who|Which people] would use llmserve, and what for?",
            "What problem does llmserve solve?",
            "How is llmserve useful?",
        ),
        then=("[What is it for?|What can I do with it?|What is it good for?]",),
    ),
    Topic(
        "difference",
        "one process;C++",
        (
            "llmserve runs engine and server in one process, schedules and samples in C++, and "
            "plans all memory before it starts."
        ),
        (
            "How [does llmserve differ|is llmserve different] from [others|other engines|vLLM]?",
            "What [makes|is it that makes] llmserve [different|special|unique]?",
            "What is [special|different|new] about llmserve?",
            "[What are the differences|What is the difference] between llmserve and "
            "[vLLM|other servers|other engines]?",
            "Why [should I use|choose|take] llmserve [instead of|rather than|over] [vLLM|others]?",
            "[llmserve or vLLM?|llmserve vs vLLM?|Compare llmserve with vLLM.]",
            "What does llmserve do [differently|better than others]?",
            "What are the [advantages|strengths|main features] of llmserve?",
        ),
        then=("[How does it differ from others?|What is special about it?|And the difference?]",),
    ),
    Topic(
        "vllm names",
        "vLLM;names;flags",
        (
            "llmserve takes vLLM's names: the flags, the fields of SamplingParams, the result "
            "objects and the `vllm:` metrics. So scripts and dashboards can be kept."
        ),
        (
            "Is llmserve [compatible|code compatible] with vLLM?",
            "Can I [keep|reuse] my vLLM [scripts|flags|dashboards|metrics|code]?",
            "[Does llmserve|Will llmserve] [use|have|take|know] the same [flags|names] as vLLM?",
            "How [do|can] I [move|switch|migrate|change] from vLLM to llmserve?",
            "What does llmserve [have in common|share] with vLLM?",
            "Do vLLM's [flags|parameters|metrics] work [in|with] llmserve?",
            "Why do the metrics [begin|start] with vllm?",
        ),
    ),
    Topic(
        "language",
        "C++20|C++;Python",
        ("The core of llmserve is written in C++20, the API and the server in Python."),
        (
            "[What|Which] [language|programming language] is llmserve [written|made|coded] in?",
            "[What|Which] [languages|programming languages] does llmserve use?",
            "Is llmserve [written in|made in] [C++|Python|Rust|C]?",
            "Is llmserve [C++ or Python|written in Python or C++]?",
            "In which language was llmserve [written|programmed]?",
            "What is llmserve [written|programmed|implemented|built] in?",
            "[Tell me the|I want to know the] programming language of llmserve.",
            "How much of llmserve is Python?",
        ),
        none="Rust|Go|Java",
        then=("[What language is it written in?|And the programming language?|Is it in Python?]",),
    ),
    Topic(
        "licence",
        "Apache-2.0",
        ("llmserve has the Apache-2.0 licence."),
        (
            "[What|Which] [licence|license] does llmserve have?",
            "[What|Which] [licence|license] is llmserve [under|released under]?",
            "What is the [licence|license] of llmserve?",
            "Is llmserve [open source|free software|free|free to use]?",
            "[Under which|Under what] [licence|license] [is llmserve|can I use llmserve]?",
            "Can I use llmserve [commercially|at work|in my company]?",
            "How is llmserve licensed?",
            "llmserve [licence|license]?",
        ),
        none="MIT|GPL|BSD",
        then=("[And the licence?|What licence does it have?|Is it open source?|What license?]",),
    ),
    Topic(
        "install",
        "pip install",
        ("Run this in the repository:\n" + bash("pip install .")),
        (
            "How [do|can|should] I [install|set up|get] llmserve?",
            "How to [install|set up|build and install] llmserve?",
            "How is llmserve installed?",
            "[Install|Installing|Installation of] llmserve?",
            "I [want|need|would like] to install llmserve.",
            "[What is the command|Which command do I need] to install llmserve?",
            "[Help me|Show me how to|Tell me how to|Explain how to] install llmserve.",
            "[Can|Do] I install llmserve with pip?",
            "What do I [type|run|do] to install llmserve?",
        ),
        then=(
            "[How do I install it?|How can I get it?|And how is it installed?|How to install it?]",
        ),
    ),
    Topic(
        "requirements",
        "Linux;3.10;g++",
        ("llmserve needs Linux, Python 3.10 or newer, and g++ 12 or newer to build it."),
        (
            "What does llmserve [need|require]?",
            "What are the [requirements|system requirements|prerequisites] of llmserve?",
            "Which [Python|version of Python|compiler|operating system] does llmserve need?",
            "[Does|Will] llmserve run on [Linux|my computer|Python 3.10|Python 3.12]?",
            "What do I need [to install|to build|to run|for] llmserve?",
            "[Which|What] [Python version|system] do I need for llmserve?",
            "Which platforms does llmserve [support|run on]?",
            "Can I use llmserve with Python 3.9?",
        ),
        then=("[What does it need?|What are the requirements?|Which Python do I need?]",),
    ),
)

_SERVE = (
    Topic(
        "start a server",
        "llmserve serve;--port",
        (
            "Name the model on the command line:\n"
            + bash("llmserve serve Qwen/Qwen3-0.6B --port 8000")
        ),
        (
            "How [do|can|should|would] I [start|run|launch] [a server|the server|llmserve]?",
            "How to [start|run|launch] [a server|the server|llmserve|a server with llmserve]?",
            "How is [the server|llmserve|an llmserve server] started?",
            "[What is the command|Which command do I use] to [start|run] [the server|llmserve]?",
            "I [want|would like|need] to [start|run] [a server|an llmserve server|llmserve].",
            "[Show me how to|Tell me how to|Help me] [start|run|launch] [the server|llmserve].",
            "[Start|Run|Launch] [llmserve|the server]: how?",
            "How do I serve a model[| with llmserve]?",
            "What do I type to [start the server|serve a model|run llmserve]?",
            "How do I get [the|an OpenAI-compatible] server running?",
            "How do I [begin|get started] with llmserve?",
        ),
        then=(
            "[How do I start it?|And how do I run it?|How do I start the server then?"
            "|How is it started?|How do I launch it?]",
        ),
    ),
    Topic(
        "make serve",
        "make serve|it;sets everything up;8000",
        ("`make serve` sets everything up and then starts a server on port 8000."),
        (
            "What does make serve do?",
            "What is make serve[| for]?",
            "[Explain|Describe] make serve.",
            "[make serve?|What happens with make serve?|What happens when I run make serve?]",
            "How [quickly|do I most easily|can I most easily] try llmserve?",
            "What is the [easiest|quickest|fastest|simplest] way to [try llmserve|start a server]?",
            "[How do I|Can I] [start|run] llmserve from a fresh clone?",
            "How do I run llmserve [from the repository|with make]?",
            "Is there a make target [to start|that starts] a server?",
        ),
    ),
    Topic(
        "make serve variables",
        "make serve MODEL;PORT",
        (
            "Give them as variables:\n"
            + bash("make serve MODEL=Qwen/Qwen3-0.6B PORT=9000 HOST=127.0.0.1")
        ),
        (
            "How do I [choose|set|give|change] [the port|the model|the host] [with|of] make serve?",
            "How [do|can] I use make serve with [another model|another port|my own model]?",
            "Which [variables|options] does make serve [take|have|know]?",
            "Can make serve [serve another model|use another port|listen on another host]?",
            "How do I pass [a model|a port|options] to make serve?",
        ),
        then=("[And with make serve?|How do I do that with make serve?|And with make?]",),
    ),
    Topic(
        "module",
        "python -m llmserve.server;same|--model",
        (
            "It is the same as `llmserve serve`:\n"
            + bash("python -m llmserve.server --model Qwen/Qwen3-0.6B")
        ),
        (
            "What [is python -m llmserve.server|does python -m llmserve.server do]?",
            "How do I [start|run] the server [with|through] python -m?",
            "Can I [start|run] the server as a Python module?",
            "How do I start llmserve without the llmserve command?",
            "What is the difference between llmserve serve and python -m llmserve.server?",
            "[Explain|Show me] python -m llmserve.server.",
            "How do I start the server [from|with] Python's command line?",
        ),
        then=("[And with python -m?|Can I start it with python -m as well?]",),
    ),
    Topic(
        "which port",
        "8000;--port",
        ("The server listens on port 8000 by default. `--port` sets another one."),
        (
            "[Which|What] port does [the server|llmserve|it] [use|listen on|run on|open]?",
            "[Which|What] port is [the server|llmserve] on?",
            "What is the [default port|port of the server|port of llmserve]?",
            "On [which|what] port [does llmserve run|does the server listen|is the server]?",
            "[Where does|On which address does] [the server|llmserve] listen?",
            "[llmserve port?|Which port?|What is the port number of the server?]",
            "Do you know which port llmserve uses?",
        ),
        then=("[On which port?|And which port does it use?|Which port is it?|What port?]",),
    ),
    Topic(
        "url",
        "http://localhost:8000/v1",
        ("The base URL is `http://localhost:8000/v1`, if the server runs here on port 8000."),
        (
            "What is the [URL|base URL|address] of [the server|the API|llmserve]?",
            "[Which|What] base URL do I [use|need|set|give the client]?",
            "What do I [set|use] as base_url?",
            "[Where|At which address] [do I reach|can I find] the [API|server]?",
            "Where do I send [my requests|requests to llmserve]?",
            "Which URL do [clients|programs] [call|use|need]?",
        ),
        then=("[What is its URL?|And the base URL?|Where do I reach it?]",),
    ),
    Topic(
        "curl",
        "curl;localhost:8000/v1/chat/completions",
        (
            "For example:\n"
            + bash(
                "curl localhost:8000/v1/chat/completions -H 'Content-Type: application/json' \\\n"
                """  -d '{"model": "NAME", "messages": [{"role": "user", "content": "Hi"}]}'"""
            )
        ),
        (
            "How [do|can] I [use|ask|call|query|test|try] [llmserve|the server] [with|from] curl?",
            "[Show me|Give me|Write] a curl [command|example|call|request][| for llmserve].",
            "How do I send a [chat message|chat request|request|question] with curl?",
            "What does a curl [request|call] to [llmserve|the server] look like?",
            "[curl example?|An example with curl, please.|How to use curl with llmserve?]",
            "How do I [chat with|talk to|ask] the [model|server] from the [shell|command line]?",
            "Can I use curl [with llmserve|to ask the server]?",
            "How do I [test|try] the server [quickly|from a terminal]?",
        ),
        then=("[And with curl?|How do I ask it with curl?|And from curl?|Can I use curl?]",),
    ),
    Topic(
        "openai client",
        "OpenAI;base_url",
        (
            "Point the client at the server:\n"
            + python(
                "from openai import OpenAI\n\n"
                'client = OpenAI(base_url="http://localhost:8000/v1", api_key="none")\n'
                "reply = client.chat.completions.create(\n"
                '    model="NAME", messages=[{"role": "user", "content": "Hi"}]\n)\n'
                "print(reply.choices[0].message.content)"
            )
        ),
        (
            "How [do|can] I use [the|] OpenAI [SDK|client|library|package] [with|for] llmserve?",
            "How [do|can] I [ask|call|query] llmserve [with|from|through] the OpenAI [SDK|client]?",
            "[Show me|Give me|Write] an example with the OpenAI [SDK|client|library].",
            "Does llmserve work with the OpenAI [SDK|client|library|Python package]?",
            "How do I [connect|point] the OpenAI [client|SDK] to [llmserve|my server]?",
            "Can I use the openai package with llmserve?",
            "[OpenAI SDK example?|OpenAI client example?|How to use the OpenAI SDK here?]",
        ),
        then=(
            "[And with the OpenAI SDK?|And from the OpenAI client?|And with the openai package?]",
        ),
    ),
    Topic(
        "openai compatible",
        "yes;OpenAI",
        ("Yes, llmserve has an OpenAI-compatible server: chat completions and completions."),
        (
            "Is llmserve [compatible with the OpenAI API|OpenAI compatible|OpenAI-compatible]?",
            "Does llmserve [have|speak|support|offer] [the|an] OpenAI API?",
            "Does llmserve [have|come with|include] [a server|an HTTP server|an HTTP API]?",
            "Can llmserve [replace|stand in for] the OpenAI API?",
            "Can OpenAI clients [talk to|use] llmserve?",
        ),
    ),
    Topic(
        "streaming",
        "stream;true",
        ('Set `"stream": true` in the request. The text then comes piece by piece.'),
        (
            "How [do|can] I [stream|get a stream of] [the answer|the output|tokens|answers|text]?",
            "How [do|can] I [turn on|enable|use|get] streaming?",
            "Does [llmserve|the server] [support|have] streaming?",
            "[Can I|How do I] see the [text|answer] [as|while] it is generated?",
            "How do I get the [answer|text|tokens] [piece by piece|one by one|as a stream]?",
            "I [want|need] [streaming|a streamed answer|the tokens as they come].",
            "How does streaming work in llmserve?",
        ),
        then=("[And streamed?|How do I stream that?|Can it stream?|And with streaming?]",),
    ),
    Topic(
        "endpoints",
        "/v1/chat/completions;/v1/completions;/health;/metrics",
        (
            "The endpoints are `/v1/chat/completions`, `/v1/completions`, `/v1/models`, `/health`, "
            "`/ping`, `/metrics` and `/version`."
        ),
        (
            "[Which|What] [endpoints|routes] [are there|does llmserve have|does the server have]?",
            "[List|Name|Show me] [the|all] [endpoints|routes][| of llmserve| of the server].",
            "What can I [call|ask] on the server?",
            "[Which|What] [URLs|paths|APIs] does [the server|llmserve] [offer|have|serve|know]?",
            "What are the [endpoints|routes|HTTP endpoints] of [llmserve|the server]?",
            "Tell me the [endpoints|routes] of the server.",
        ),
        then=("[Which endpoints does it have?|And the endpoints?|What are its endpoints?]",),
    ),
    Topic(
        "metrics",
        "/metrics;Prometheus",
        ("The metrics are at `GET /metrics`, in the format of Prometheus."),
        (
            "Where [are|do I find|can I find|can I see] the metrics[| of llmserve]?",
            "How [do|can] I [monitor|watch|observe] [llmserve|the server]?",
            "Does [llmserve|the server] [have|export|support|offer] [metrics|Prometheus metrics]?",
            "How do I [get|read|scrape|see] the metrics?",
            "How do I use [Prometheus|Grafana] with llmserve?",
            "How [do|can] I see [the load|how busy the server is|the throughput of the server]?",
            "[Which endpoint has|At which URL are] the metrics?",
        ),
        then=("[And the metrics?|Where are its metrics?|Does it have metrics?]",),
    ),
    Topic(
        "health",
        "/health;200;503",
        ("Ask `GET /health`: it answers 200 when the server can serve, else 503 with the reason."),
        (
            "How do I [check|see|know] [whether|if] [the server|llmserve] is [up|healthy|ready]?",
            "[Is there|Where is|Does llmserve have] a health [check|endpoint]?",
            "How [do|can] I do a health check?",
            "Which [endpoint|URL] is for [health checks|liveness|readiness probes|load balancers]?",
            "What do I [use|set] as [a readiness probe|a liveness probe|the health check]?",
            "How do I know that the server [runs|works|is running]?",
            "[Health checks?|health check of llmserve?]",
        ),
        then=("[And a health check?|How do I know that it is up?|Does it have a health check?]",),
    ),
    Topic(
        "sigterm",
        "new requests;running|seconds",
        (
            "On SIGTERM the server takes no new requests, lets the running ones end for up to 30 "
            "seconds, and stops. `--shutdown-timeout` sets the time."
        ),
        (
            "What [happens|does the server do|does llmserve do] on SIGTERM?",
            "What happens when [I stop the server|the server is stopped|the server gets SIGTERM]?",
            "How does [llmserve|the server] [shut down|stop|react to SIGTERM|handle SIGTERM]?",
            "Is there a graceful shutdown?",
            "What [becomes of|happens to] running requests [on SIGTERM|at shutdown]?",
            "[SIGTERM?|Explain the shutdown of llmserve.|Tell me about SIGTERM.]",
            "What if I send SIGTERM to the server?",
        ),
        then=("[And on SIGTERM?|What happens when it is stopped?|How does it shut down?]",),
    ),
    Topic(
        "stop the server",
        "Ctrl+C;SIGTERM",
        ("Press Ctrl+C, or send SIGTERM to it. A second signal ends it at once."),
        (
            "How do I [stop|end|quit|shut down|kill|terminate] [the server|llmserve]?",
            "How [can|do] I [exit|leave|close] the server?",
            "How to [stop|end|shut down|quit] [the server|llmserve]?",
            "How do I stop the server [at once|immediately|by force]?",
            "I want to [stop|shut down|quit] the server.",
        ),
        then=("[How do I stop it?|And how do I stop it again?|How do I end it?]",),
    ),
    Topic(
        "all flags",
        "llmserve serve --help",
        ("`llmserve serve --help` lists all flags with their defaults."),
        (
            "[Which|What] flags [are there|does llmserve have|does the server have]?",
            "Where [are|do I find|can I see] [all flags|all options|the flags|the settings]?",
            "[List|Show me] [all|the] [flags|options|settings] of [llmserve|the server].",
            "How do I [see|get|find] [all flags|help|the help|all options]?",
            "What can I [configure|set|change] [in llmserve|on the command line]?",
            "How do I configure [llmserve|the server]?",
            "Is there a list of [flags|options|settings]?",
        ),
        then=("[Which flags does it have?|Where are all the flags?|Are there other flags?]",),
    ),
    Topic(
        "version",
        "--version|/version",
        ("`llmserve --version` prints the version; a server tells it at `GET /version`."),
        (
            "[Which|What] version of llmserve [do I have|is this|is installed|is running]?",
            "How do I [see|get|find|check] the version[| of llmserve]?",
            "Where [is|do I see] the version[| number] of llmserve?",
            "How do I know which llmserve I have?",
            "llmserve version?",
        ),
        then=("[And its version?|How do I see the version?]",),
    ),
    Topic(
        "model names",
        "/v1/models",
        ("`GET /v1/models` lists the names that the model answers to."),
        (
            "[Which|What] model [does the server serve|is served|is loaded|is running]?",
            "How do I [see|list|find|get] the [models|names of the model|model's name]?",
            "What do I [put|write|set|send] [as the model|in the field model|as model name]?",
            "Which model name do [I send|clients send|I use in a request]?",
            "How do I know the name of the model?",
        ),
    ),
)

TOPICS = (_ABOUT, _SERVE)
