"""The default model, what errors mean, and how one works on llmserve: questions with answers."""

from __future__ import annotations

from .llmserve_help_topics_data import Topic

__all__ = ["WORK_TOPICS"]

_DEFAULT_MODEL = (
    Topic(
        "default model",
        "llmserve-mini;7 million",
        (
            "The default model is llmserve-mini: 7 million parameters, for trying things out and "
            "for tests, not for real work."
        ),
        (
            "[What|Which] is the default model[| of llmserve]?",
            "[What|Which] model [does llmserve come with|is included|comes with llmserve]?",
            "What is llmserve-mini?",
            "[Tell me about|Describe|Explain] [llmserve-mini|the default model].",
            "[What|Which] model [is served|runs] [by default|without --model|if I name none]?",
            "Which model do I get by default?",
            "What do you know about llmserve-mini?",
        ),
        then=(
            "[And the default model?|Which model does it come with?|What is its default model?]",
        ),
    ),
    Topic(
        "start without a model",
        "llmserve-mini;no|without",
        ("`llmserve serve` without a model serves the default model, llmserve-mini."),
        (
            "What happens if I [name|give] no model?",
            "[Do I have to|Must I] name a model?",
            "Can I start [llmserve|the server] without a model?",
            "What does llmserve serve without [a model|any arguments|a model's name]?",
            "How do I [start|serve|run] [llmserve-mini|the default model]?",
        ),
        then=("[How do I start that model?|How do I serve it?]",),
    ),
    Topic(
        "size of the default model",
        "7 million",
        ("llmserve-mini has 7 million parameters, which is very small."),
        (
            "How [big|large|small] is [llmserve-mini|the default model]?",
            "How many parameters does [llmserve-mini|the default model] have?",
            "What is the size of [llmserve-mini|the default model]?",
            "How many [weights|parameters] are in [llmserve-mini|the default model]?",
        ),
        then=("[How big is that model?|How many parameters does that model have?]",),
    ),
    Topic(
        "training of the default model",
        "Python;documentation;dialogue",
        ("llmserve-mini was trained on Python's documentation and on generated dialogue."),
        (
            "What was [llmserve-mini|the default model] trained on?",
            "How was [llmserve-mini|the default model] trained?",
            "[What|Which] data [is behind|trained] [llmserve-mini|the default model]?",
            "What does [llmserve-mini|the default model] know?",
            "Where does the knowledge of [llmserve-mini|the default model] come from?",
            "What training data was used for [llmserve-mini|the default model]?",
        ),
        then=("[What was it trained on?|And what was that model trained on?]",),
    ),
    Topic(
        "purpose of the default model",
        "no;--model",
        (
            "No, llmserve-mini is only for trying things out and for tests. Serve a real model "
            "with `--model`."
        ),
        (
            "Can I use [llmserve-mini|the default model] [for real work|in production|seriously]?",
            "Is [llmserve-mini|the default model] [good|any good|clever|as good as a large model]?",
            "Should I use [llmserve-mini|the default model] for [my product|real work|my company]?",
            "Can [llmserve-mini|the default model] [reason|write programs|replace a large model]?",
            "Can I rely on [llmserve-mini|the default model]?",
        ),
        then=("[Can I use that model for real work?|Is that model any good?]",),
    ),
    Topic(
        "bad answers",
        "7 million|small;--model",
        (
            "llmserve-mini has only 7 million parameters, so it is often wrong. Serve a real model "
            "with `--model`."
        ),
        (
            "Why are the answers of [llmserve-mini|the default model] [bad|wrong|so simple]?",
            "Why does [llmserve-mini|the default model] [make mistakes|know little]?",
            "Why is [llmserve-mini|the default model] so [bad|weak|limited]?",
            "How do I get better answers than those of [llmserve-mini|the default model]?",
            "[llmserve-mini|The default model] gives wrong answers. Why?",
        ),
    ),
)

_ERRORS = (
    Topic(
        "port taken",
        "port;--port",
        ("Another program listens on that port. Stop it, or choose another port with `--port`."),
        (
            "What does cannot listen on 0.0.0.0:8000 mean?",
            "Why [can the server not|can't the server] listen[| on port 8000]?",
            "[The port|Port 8000] is [taken|in use|already in use]. What [now|can I do|do I do]?",
            "[It says|I get] address already in use. [Why?|What now?|What does that mean?]",
            "How do I fix address already in use?",
        ),
    ),
    Topic(
        "context exceeded",
        "context;shorten|--max-model-len",
        (
            "Prompt and max_tokens together are longer than the context. Shorten one of them, or "
            "raise `--max-model-len`."
        ),
        (
            "What does context_length_exceeded mean?",
            "[Why do I get|What is|How do I fix] context_length_exceeded?",
            "[My prompt|The prompt] is too long. What can I do?",
            "[It says|The error says] maximum context length. What does that mean?",
            "What [happens|does llmserve do] if my prompt is too long?",
            "Why is my [prompt|request] too long?",
        ),
    ),
    Topic(
        "model not found",
        "name;/v1/models",
        ("The field model must be a name that the server knows. `GET /v1/models` lists the names."),
        (
            "What does [model_not_found|the model does not exist] mean?",
            "[Why do I get|How do I fix] model_not_found?",
            "The server says that the model does not exist. Why?",
            "Why does the server not know my model?",
            "Which name must the field model have?",
        ),
    ),
    Topic(
        "unsupported architecture",
        "family;Llama",
        (
            "The model is of a family that llmserve does not know. Llama, Mistral and Qwen models "
            "are supported."
        ),
        (
            "What does architecture is not supported mean?",
            "Why is my model not supported?",
            "[It says|The error says] that the architecture is not supported. [Why?|What now?]",
            "Why [does llmserve not|can llmserve not|doesn't llmserve] [load|serve] my model?",
        ),
    ),
    Topic(
        "memory error",
        "memory;--max-model-len",
        (
            "The model does not fit into the memory. Choose a smaller model, or lower "
            "`--max-model-len` or `--max-num-seqs`."
        ),
        (
            "[Why do I get|What is|How do I fix] a MemoryError[| at the start]?",
            "The model does not fit into memory. What [now|can I do|do I do]?",
            "How do I make llmserve use less memory?",
            "llmserve runs out of memory[. What now?|. Why?| at the start. What can I do?]",
            "How [do|can] I [save|reduce] memory[| with llmserve]?",
            "My model is too big for my memory. What can I do?",
        ),
    ),
    Topic(
        "engine dead",
        "engine;failed|closed;log",
        (
            "EngineDeadError says that the engine has failed or is closed. The message and the log "
            "name the cause; start it again."
        ),
        (
            "What [is an EngineDeadError|does EngineDeadError mean|is EngineDeadError]?",
            "Why do I get an EngineDeadError?",
            "What [is engine_dead|does engine_dead mean|does the code engine_dead mean]?",
            "The engine has failed. What [now|does that mean|do I do]?",
        ),
    ),
    Topic(
        "queue full",
        "queue;full;later|again",
        (
            "The queue of waiting requests is full. Try again a little later, or raise "
            "`--max-num-queued-reqs`."
        ),
        (
            "What [is a QueueFullError|does QueueFullError mean|is QueueFullError]?",
            "What [is queue_full|does queue_full mean]?",
            "[Why do I get|How do I fix] queue_full?",
            "What happens when [too many requests come|the queue is full]?",
            "The server is at its limit. What does that mean?",
        ),
    ),
    Topic(
        "unsupported parameter",
        "field;leave",
        ("The request has a field that this server does not support. Leave the field out."),
        (
            "What [is unsupported_parameter|does unsupported_parameter mean]?",
            "[Why do I get|How do I fix] unsupported_parameter?",
            "The server says that a field is not supported. What now?",
            "What does is not supported by this server mean?",
        ),
    ),
    Topic(
        "speed",
        "at once|together;throughput",
        (
            "Send many requests at once: they are computed together, which gives the best "
            "throughput."
        ),
        (
            "How do I [make llmserve faster|speed up llmserve]?",
            "How do I get [the best|more|high] throughput?",
            "llmserve is slow. What can I do?",
            "How do I use llmserve [efficiently|well]?",
            "How do I get [more tokens per second|the most out of llmserve]?",
        ),
    ),
)

_WORK = (
    Topic(
        "docs",
        "README.md",
        ("README.md shows how to use llmserve; cpp/README.md explains how the core works."),
        (
            "Where [is|do I find|can I find] the [documentation|docs|manual][| of llmserve]?",
            "Where can I [read|learn] [more about llmserve|about llmserve]?",
            "Is there [documentation|a manual|a README][| for llmserve]?",
            "How do I learn [more about llmserve|llmserve]?",
            "[What|Which file] should I read first?",
        ),
    ),
    Topic(
        "core docs",
        "cpp/README.md",
        ("cpp/README.md explains the core: its threads, owners, invariants and words."),
        (
            "How does the [core|C++ core|engine] of llmserve work[| inside]?",
            "Where is the [core|C++ core|architecture] [described|explained|documented]?",
            "[What|Which] file explains [the internals|the architecture|the threads] of llmserve?",
            "Where do I read about the [scheduler's invariants|threads of the core|internals]?",
        ),
    ),
    Topic(
        "test",
        "make test",
        ("`make test` runs everything that CI runs, cheapest first."),
        (
            "How do I [run the tests|test llmserve|run llmserve's tests]?",
            "[Which|What] command runs [the tests|all tests][| of llmserve]?",
            "What does make test do?",
            "How is llmserve tested?",
            "How do I check that my change [of|to] llmserve works?",
        ),
        then=("[And the tests?|How do I test it?|How do I run its tests?]",),
    ),
    Topic(
        "build",
        "make;native|.venv",
        ("`make` creates `.venv` with all dependencies and builds the native libraries."),
        (
            "How do I [build|compile] llmserve[| from source]?",
            "What does make do[| in llmserve| in the repository]?",
            "How is llmserve [built|compiled]?",
            "How do I build the [native|C++] part[| of llmserve]?",
            "What do I run after a change of C++ files?",
        ),
        then=("[And how do I build it?|How do I compile it?]",),
    ),
    Topic(
        "wheel",
        "make wheel;dist",
        ("`make wheel` writes a wheel for this machine into `dist`."),
        (
            "How do I [build|make|create] a wheel[| of llmserve]?",
            "What does make wheel do?",
            "How do I package llmserve?",
            "Where is the wheel[| of llmserve]?",
        ),
    ),
    Topic(
        "bench",
        "make bench",
        ("`make bench` runs the C++ benchmarks."),
        (
            "How do I [run the benchmarks|measure llmserve|benchmark llmserve]?",
            "What does make bench do?",
            "[Are there|Where are the] benchmarks[| of llmserve]?",
            "How fast is the core of llmserve? How do I measure it?",
        ),
    ),
    Topic(
        "format",
        "make format;make lint",
        ("`make format` formats the tree; `make lint` runs the checks that compile nothing."),
        (
            "How do I [format|lint] [the code|llmserve's code|my change of llmserve]?",
            "What does make [format|lint] do?",
            "Which formatter does llmserve use?",
        ),
    ),
    Topic(
        "contribute",
        "CONTRIBUTING.md",
        ("Read CONTRIBUTING.md: it says how to build, test and add things, and which rules hold."),
        (
            "How do I [contribute|contribute to llmserve|change llmserve|work on llmserve]?",
            "Can I [contribute|help with llmserve|send a patch]?",
            "Where are the [coding rules|rules for contributors|rules of the code]?",
            "What are the rules for [changes|contributors|contributions]?",
            "How do I add [a feature|an endpoint|a flag|an op|a setting] to llmserve?",
        ),
        then=("[Can I contribute to it?|And how do I contribute?]",),
    ),
    Topic(
        "add a family",
        "python/llmserve/models;spec();placements()",
        (
            "Write one file in `python/llmserve/models` with `ARCHITECTURES`, `spec()` and "
            "`placements()`, and add its tests."
        ),
        (
            "How do I add [a model family|a new model|a family of models|support for a new model]?",
            "How do I [teach llmserve|make llmserve support] a new [architecture|family]?",
            "Where is the code of a model family?",
            "What does a [new model family|file in models] need?",
        ),
    ),
)

WORK_TOPICS = (_DEFAULT_MODEL, _ERRORS, _WORK)
