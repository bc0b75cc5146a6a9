"""Every flag of the engine and of the server, as llmserve_help.py speaks of it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FLAGS", "Flag"]


@dataclass(frozen=True)
class Flag:
    """A flag.

    does: what it does, as the sentence goes on after its name. goal: a template of what a user
    wants who needs it, after "How do I". words: what a right answer holds, groups apart by ";",
    choices by "|". default: None where it cannot be said in a few words; "on" and "off" are of
    flags without a value. value: one for examples.
    """

    name: str
    does: str
    goal: str
    words: str
    default: str | None = None
    value: str = ""
    in_engine: bool = True  # also a keyword of LLM()

    @property
    def is_switch(self) -> bool:
        return self.default in ("on", "off") or self.name == "disable-log-stats"


_ENGINE = (
    Flag(
        "model",
        "names the model to serve: a folder, or a repository on the Hugging Face hub",
        "[serve another model|choose the model|use a different model|change the model"
        "|serve my own model|serve a model of the Hugging Face hub|pick which model is served"
        "|load a model from a folder|run Qwen3 instead|serve a real model|switch the model]",
        "model;folder|hub",
        "llmserve-mini",
        "Qwen/Qwen3-0.6B",
    ),
    Flag(
        "tokenizer",
        "names a folder or repository with the tokenizer, where it is not that of the model",
        "[use another tokenizer|take the tokenizer from another folder|choose the tokenizer"
        "|load a different tokenizer]",
        "tokenizer;folder|repository",
        "the tokenizer of the model",
        "my-tokenizer",
    ),
    Flag(
        "skip-tokenizer-init",
        "loads no tokenizer: prompts are token ids, and outputs have no text",
        "[run without a tokenizer|load no tokenizer|send only token ids|skip the tokenizer]",
        "no tokenizer;ids",
        "off",
    ),
    Flag(
        "revision",
        "picks the branch, tag or commit of the model on the hub",
        "[serve a certain revision of the model|pin the model to a commit"
        "|use another branch of the model|choose a tag of the model on the hub]",
        "branch|tag|commit",
        value="main",
    ),
    Flag(
        "download-dir",
        "says where files from the hub are kept",
        "[change where models are downloaded|choose the download folder"
        "|keep downloaded models in another folder|store model files on another disk]",
        "files;hub|kept",
        "the cache of huggingface_hub",
        "/data/models",
    ),
    Flag(
        "load-format",
        "says where weights come from: auto, safetensors, pt or dummy, which is random numbers",
        "[load PyTorch weights|choose the format of the weights|start with random weights"
        "|use dummy weights|load only safetensors files]",
        "weights;safetensors|dummy",
        "auto",
        "dummy",
    ),
    Flag(
        "trust-remote-code",
        "allows a tokenizer or configuration that needs Python code of the model's folder",
        "[allow Python code of the model's folder|trust the code of a model"
        "|allow a tokenizer that brings its own code|use a model with custom code]",
        "code;tokenizer|configuration|folder",
        "off",
    ),
    Flag(
        "hf-overrides",
        "replaces values of the model's config.json; it takes a JSON object",
        "[override values of config.json|change the model's config.json without editing it"
        "|replace a value of the model's configuration]",
        "config.json",
        "none",
        '{"rope_theta": 500000}',
    ),
    Flag(
        "dtype",
        "sets the number format of weights and activations, such as bfloat16 or float32",
        "[run the model in BF16|use float32|choose the number format|change the data type"
        "|set the precision of the weights|serve in bfloat16|run in half precision]",
        "format;weights",
        "auto",
        "bfloat16",
    ),
    Flag(
        "seed",
        "is the seed of requests that bring none",
        "[set a seed for the whole engine|set the seed of requests that bring none"
        "|give the engine a seed|set the seed of the server|fix the engine's seed]",
        "seed;requests",
        "0",
        "42",
    ),
    Flag(
        "max-model-len",
        "limits the context: the longest prompt and output together, in tokens",
        "[limit the context length|set the context length|change the maximum context"
        "|make the context longer|allow longer prompts|set the context window"
        "|reduce the context size|cap the length of prompt and output|serve a 32k context"
        "|make the context window shorter|choose the maximum model length]",
        "context;prompt|longest",
        "auto, which is what the model and the memory allow",
        "8192",
    ),
    Flag(
        "device",
        "chooses what to run on: auto, cpu or cuda",
        "[choose the device|run on the CPU|force the CPU|select the device to run on"
        "|say which device is used|pick CPU or GPU]",
        "cpu;auto",
        "auto",
        "cpu",
    ),
    Flag(
        "tensor-parallel-size",
        "sets how many devices share each layer; on the CPU these are groups of threads",
        "[use tensor parallelism|spread the model over several devices"
        "|split the model over 2 devices|share each layer among devices|use more than one device"
        "|turn on tensor parallelism|run one model on several GPUs]",
        "devices;layer",
        "1",
        "2",
    ),
    Flag(
        "num-threads",
        "sets the number of CPU threads of the engine; 0 means one per physical core",
        "[set the number of threads|limit the CPU threads|use more CPU threads|use fewer cores"
        "|run with 8 threads|choose how many threads the engine has|use only 4 CPU cores]",
        "threads",
        "0",
        "8",
    ),
    Flag(
        "gpu-memory-utilization",
        "is the share of a GPU's memory, or of a machine's free memory, that may be used",
        "[limit the share of memory that is used|use only half of the memory"
        "|leave some memory free|use less of the GPU's memory|leave memory for other programs]",
        "share;memory",
        "0.92",
        "0.5",
    ),
    Flag(
        "kv-cache-memory-bytes",
        "sets the size of the KV cache, for example 4GiB",
        "[set the size of the KV cache|make the KV cache bigger|limit the memory of the KV cache"
        "|give the KV cache 8 GiB|make the KV cache smaller|choose how much memory the cache has]",
        "size;KV cache",
        "to fit the free memory",
        "4GiB",
    ),
    Flag(
        "block-size",
        "sets how many tokens a page of the KV cache holds",
        "[change the block size|set the page size of the KV cache"
        "|choose how many tokens a page of the cache holds|make the pages of the cache larger]",
        "tokens;page",
        "16",
        "32",
    ),
    Flag(
        "num-gpu-blocks-override",
        "sets the number of pages of the KV cache by hand",
        "[set the number of KV cache pages|fix the number of cache blocks"
        "|override how many blocks the cache has|choose the number of pages of the cache]",
        "pages;KV cache",
        "as many as fit",
        "1024",
    ),
    Flag(
        "max-num-seqs",
        "limits how many sequences may run at once",
        "[limit how many [requests|sequences] run at once|run fewer sequences at once"
        "|set the maximum batch size|limit concurrency|allow more requests at once"
        "|change the number of parallel sequences|cap the number of running sequences]",
        "sequences;once",
        "256",
        "64",
    ),
    Flag(
        "max-num-batched-tokens",
        "limits how many tokens are computed in one step",
        "[limit the tokens per step|set how many tokens one step computes|make steps smaller"
        "|cap the tokens of a batch|compute more tokens in each step]",
        "tokens;step",
        "2048",
        "4096",
    ),
    Flag(
        "enable-prefix-caching",
        "keeps the KV cache of prompts and reuses it for prompts that begin alike",
        "[turn off prefix caching|disable the prefix cache|switch prefix caching off"
        "|run without a prefix cache|stop caching prefixes]",
        "prompts;reuses|alike",
        "on",
    ),
    Flag(
        "enable-chunked-prefill",
        "computes long prompts over several steps, so that other requests go on meanwhile",
        "[turn off chunked prefill|disable chunked prefill|switch chunked prefill off"
        "|compute each prompt in one step|run without chunked prefill]",
        "long prompts;steps",
        "on",
    ),
    Flag(
        "long-prefill-token-threshold",
        "limits how many tokens of one prompt are computed in one step; 0 means no such limit",
        "[limit the tokens of one prompt per step|keep a long prompt from filling whole steps"
        "|make the chunks of long prompts smaller|cap the prefill of one prompt per step]",
        "one prompt;step",
        "0",
        "512",
    ),
    Flag(
        "scheduling-policy",
        "says which request goes first: fcfs takes the oldest, priority the lowest priority value",
        "[use priorities|let some requests go first|schedule by priority"
        "|change the order of requests|give a request a higher priority|change the scheduler]",
        "fcfs;priority",
        "fcfs",
        "priority",
    ),
    Flag(
        "max-num-queued-reqs",
        "limits how many requests may wait; more are refused with status 429, and 0 means no limit",
        "[limit the queue|limit how many requests may wait|refuse requests when the queue is full"
        "|bound the waiting queue|keep the queue short|set the queue size]",
        "requests;wait",
        "0",
        "100",
    ),
    Flag(
        "max-num-queued-tokens",
        "limits how many prompt tokens may wait; requests over it are refused, 0 means no limit",
        "[limit the prompt tokens that wait|bound the queue by tokens"
        "|refuse requests when too many prompt tokens wait|limit the tokens in the queue]",
        "prompt tokens;wait",
        "0",
        "100000",
    ),
    Flag(
        "max-logprobs",
        "limits how many log probabilities per token a request may ask for; -1 allows all",
        "[allow more logprobs|limit the log probabilities of a request"
        "|raise the limit of logprobs|let requests ask for 50 logprobs]",
        "log probabilities|logprobs;request",
        "20",
        "50",
    ),
    Flag(
        "generation-config",
        "says where default sampling parameters come from: auto takes the model's "
        "generation_config.json, vllm takes none",
        "[ignore the model's generation_config.json|choose where sampling defaults come from"
        "|not use the sampling defaults of the model|load another generation config]",
        "default sampling parameters;generation_config.json",
        "auto",
        "vllm",
    ),
    Flag(
        "override-generation-config",
        "replaces default sampling parameters; it takes a JSON object",
        "[set a default temperature|change the default sampling parameters"
        "|override the sampling defaults|set default sampling values for all requests]",
        "sampling parameters",
        "none",
        '{"temperature": 0.7}',
    ),
    Flag(
        "disable-log-stats",
        "turns off the line of throughput and load that is logged every ten seconds",
        "[turn off the throughput log lines|stop logging statistics|disable the stats log"
        "|log no throughput|get rid of the log line every ten seconds]",
        "throughput|load;ten seconds",
    ),
)

_SERVER = (
    Flag(
        "host",
        "sets the address to listen on; 0.0.0.0 means all addresses",
        "[set the host|listen on localhost only|change the address the server listens on"
        "|bind to another address|bind the server to 127.0.0.1|choose the host"
        "|make the server reachable from other machines]",
        "address;listen",
        "0.0.0.0",
        "127.0.0.1",
        in_engine=False,
    ),
    Flag(
        "port",
        "sets the port to listen on; 0 means any free one",
        "[set the port|change the port|choose the port|use another port|use a different port"
        "|listen on port 9000|run the server on port 9000|start the server on another port]",
        "port;listen",
        "8000",
        "9000",
        in_engine=False,
    ),
    Flag(
        "served-model-name",
        "sets the names that the model answers to",
        "[rename the model|give the model another name|give the model an alias"
        "|change the model name that clients use|set the name clients send|serve a short name]",
        "names;answers",
        "the value of --model",
        "my-model",
        in_engine=False,
    ),
    Flag(
        "api-key",
        "asks clients for this key; repeat it for several keys",
        "[set an API key|protect the server with a key|require an API key|ask clients for a key"
        "|add authentication|secure the server|use several API keys|set a password]",
        "key;clients",
        "none",
        "my-secret",
        in_engine=False,
    ),
    Flag(
        "chat-template",
        "gives a file with a Jinja template of chats, instead of that of the tokenizer",
        "[use my own chat template|change the chat template|set a chat template"
        "|override the chat template|replace the template of chats]",
        "Jinja|template;file|tokenizer",
        "the template of the tokenizer",
        "chat.jinja",
        in_engine=False,
    ),
    Flag(
        "response-role",
        "sets the role that answers carry",
        "[change the role of answers|set the role of the reply|rename the assistant role]",
        "role",
        "assistant",
        "bot",
        in_engine=False,
    ),
    Flag(
        "shutdown-timeout",
        "sets how many seconds requests may go on after SIGTERM",
        "[stop the server faster|give requests more time at shutdown|set the shutdown grace period"
        "|let running requests finish before a stop|limit the time of a shutdown]",
        "seconds;SIGTERM",
        "30",
        "10",
        in_engine=False,
    ),
    Flag(
        "health-timeout",
        "makes /health fail when work waits and no step has ended for that many seconds",
        "[change when /health fails|make the health check stricter|set the limit of /health"
        "|make the health check more patient]",
        "/health;seconds",
        "30",
        "60",
        in_engine=False,
    ),
    Flag(
        "access-log",
        "logs a line for each request",
        "[log every request|turn on the access log|see each request in the log"
        "|get a log line per request|enable access logging]",
        "line;request",
        "off",
        in_engine=False,
    ),
    Flag(
        "max-request-bytes",
        "sets the largest request body that is accepted",
        "[allow larger request bodies|limit the size of requests|accept bigger requests"
        "|refuse large bodies|raise the limit of the body size]",
        "body;largest|larger",
        "32MiB",
        "64MiB",
        in_engine=False,
    ),
    Flag(
        "timeout",
        "sets a deadline in seconds for requests that bring none",
        "[set a timeout for requests|end requests that take too long|give requests a deadline"
        "|limit how long a request may take|set a request deadline]",
        "deadline;requests",
        "no deadline",
        "60",
        in_engine=False,
    ),
)

FLAGS = _ENGINE + _SERVER
