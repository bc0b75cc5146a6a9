"""What words of serving mean, and what endpoints, statuses and families there are."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["ENDPOINTS", "FAMILIES", "STATUSES", "TERMS", "Endpoint", "Family", "Status", "Term"]


class Term(NamedTuple):
    """name: a template as it stands after "What is"; bare: without an article. words: as in
    llmserve_help_flags_data.py. setting: the flag or parameter that has to do with it."""

    name: str
    bare: str
    says: str
    words: str
    setting: str = ""


class Endpoint(NamedTuple):
    path: str
    method: str
    does: str
    words: str


class Status(NamedTuple):
    code: int
    says: str
    words: str


class Family(NamedTuple):
    name: str
    example: str


TERMS = (
    Term(
        "[the|a] KV cache",
        "KV cache",
        "The KV cache keeps the keys and values of all tokens computed so far, so that each new "
        "token needs one small step instead of the whole text again.",
        "keys;values",
        "--kv-cache-memory-bytes",
    ),
    Term(
        "paged attention",
        "[paged attention|PagedAttention]",
        "Paged attention keeps the KV cache in small pages of a fixed size, so that memory is "
        "given out page by page and little of it is wasted.",
        "pages|page",
        "--block-size",
    ),
    Term(
        "[prefix caching|the prefix cache|a prefix cache]",
        "[prefix caching|prefix cache]",
        "Prefix caching keeps the KV cache of prompts and reuses it for prompts that begin alike, "
        "so that a common beginning is computed only once.",
        "prompts;begin|beginning",
        "--enable-prefix-caching",
    ),
    Term(
        "chunked prefill",
        "chunked prefill",
        "Chunked prefill computes a long prompt in pieces over several steps, so that other "
        "requests go on meanwhile.",
        "prompt;steps|pieces",
        "--enable-chunked-prefill",
    ),
    Term(
        "continuous batching",
        "continuous batching",
        "Continuous batching lets requests join and leave the running batch at every step, instead "
        "of waiting until a whole batch is done.",
        "batch;step|join",
        "--max-num-seqs",
    ),
    Term(
        "preemption",
        "[preemption|preempted]",
        "Preemption puts a running sequence back when the KV cache is full. It is computed again "
        "later, with the same result.",
        "sequence;again|back",
        "--kv-cache-memory-bytes",
    ),
    Term(
        "tensor parallelism",
        "[tensor parallelism|tensor parallel]",
        "Tensor parallelism splits each layer of a model among several devices, which compute "
        "their parts at the same time.",
        "layer;devices",
        "--tensor-parallel-size",
    ),
    Term(
        "a token",
        "token",
        "A token is a piece of text, often a word or a part of one, that a language model reads "
        "and writes as one number.",
        "piece;text;number|id",
    ),
    Term(
        "a tokenizer",
        "tokenizer",
        "A tokenizer turns text into token ids, and token ids back into text.",
        "text;token ids",
        "--tokenizer",
    ),
    Term(
        "[detokenization|a detokenizer]",
        "[detokenization|detokenizer]",
        "Detokenization turns the token ids that a model has chosen back into text.",
        "back;text",
        "detokenize",
    ),
    Term(
        "a [logprob|log probability]",
        "[logprob|log probability]",
        "A logprob is the logarithm of the probability that the model gave to a token: 0 is "
        "certain, and the lower it is, the less likely the token.",
        "logarithm;probability",
        "logprobs",
    ),
    Term(
        "[greedy decoding|greedy sampling]",
        "[greedy decoding|greedy]",
        "Greedy decoding always takes the most likely token. Set temperature to 0 for it.",
        "most likely;temperature",
        "temperature",
    ),
    Term(
        "[streaming|a stream of tokens]",
        "streaming",
        "Streaming sends the text piece by piece as it is generated, instead of all at the end. "
        'Set "stream" to true in the request for it.',
        "generated;end",
        "stream",
    ),
    Term(
        "[BF16|bfloat16]",
        "[BF16|bfloat16]",
        "BF16, or bfloat16, is a number format of 16 bits with the range of float32 and fewer "
        "digits. It halves the memory of the weights.",
        "16 bits;range|float32",
        "--dtype",
    ),
    Term(
        "[prefill|the prefill phase]",
        "prefill",
        "Prefill is the first phase of a request: the model computes all tokens of the prompt and "
        "fills the KV cache with them.",
        "prompt;first|fills",
        "--max-num-batched-tokens",
    ),
    Term(
        "[decode|decoding|the decode phase]",
        "[decode|decoding]",
        "Decode is the second phase of a request: the model generates one token per step, until "
        "the answer ends.",
        "one token;step",
    ),
    Term(
        "latency",
        "latency",
        "Latency is the time that one request takes, from its arrival to its answer.",
        "time;request",
    ),
    Term(
        "throughput",
        "throughput",
        "Throughput is how much work is done per second, for example tokens per second over all "
        "requests.",
        "second;tokens",
    ),
    Term(
        "[TTFT|time to first token|the time to first token]",
        "[TTFT|time to first token]",
        "TTFT is the time to first token: the time from the arrival of a request to its first "
        "token.",
        "first token;arrival",
    ),
    Term(
        "[inter-token latency|ITL|TPOT]",
        "[inter-token latency|ITL]",
        "Inter-token latency is the time between two tokens of one answer.",
        "between;tokens",
    ),
    Term(
        "[the context length|the context window|a context window]",
        "[context length|context window]",
        "The context length is the largest number of tokens that prompt and output may have "
        "together.",
        "prompt;output;tokens",
        "--max-model-len",
    ),
    Term(
        "[a prompt|the prompt]",
        "prompt",
        "A prompt is the text that you send to a model, and that it continues or answers.",
        "text;model",
    ),
    Term(
        "[a chat template|the chat template]",
        "chat template",
        "A chat template turns a list of messages into one prompt, in the form that the model was "
        "trained on.",
        "messages;prompt",
        "--chat-template",
    ),
    Term(
        "sampling",
        "sampling",
        "Sampling is how the next token is chosen at random among the likely ones. Temperature, "
        "top_p and top_k shape it.",
        "next token;random",
        "temperature",
    ),
    Term(
        "[an EOS token|the end-of-sequence token|EOS]",
        "[EOS|EOS token|end-of-sequence token]",
        "The end-of-sequence token, EOS, is the token by which a model says that its answer is at "
        "its end.",
        "token;end",
        "ignore_eos",
    ),
    Term(
        "[a logit|logits]",
        "logits",
        "Logits are the scores that a model gives to all tokens of its vocabulary. Softmax turns "
        "them into probabilities.",
        "scores;vocabulary|probabilities",
        "logit_bias",
    ),
    Term(
        "a stop string",
        "stop string",
        "A stop string is a text that ends an answer as soon as it comes. The answer is cut before "
        "it.",
        "ends;cut|before",
        "stop",
    ),
    Term(
        "safetensors",
        "safetensors",
        "Safetensors is a file format for the weights of a model. It can be read fast and runs no "
        "code when it is loaded.",
        "file format;weights",
        "--load-format",
    ),
    Term(
        "[an LLM|a large language model]",
        "[LLM|large language model]",
        "An LLM is a large language model: a neural network that was trained on much text and "
        "predicts the next token.",
        "language model;next token|text",
    ),
    Term(
        "[inference|LLM inference]",
        "inference",
        "Inference is the use of a trained model: it computes answers and learns nothing new.",
        "trained model",
    ),
    Term(
        "[a batch|the batch size|batching]",
        "[batch|batch size]",
        "A batch is a group of requests that the model computes together in one step. Its size is "
        "limited by --max-num-seqs.",
        "together;step",
        "--max-num-seqs",
    ),
    Term(
        "a sequence of the scheduler",
        "running sequence",
        "A sequence is one sample on its way through the scheduler: its tokens, its pages and its "
        "state.",
        "sample;scheduler",
        "--max-num-seqs",
    ),
    Term(
        "[the scheduler of llmserve|the scheduler|a scheduler of LLM requests]",
        "[llmserve's scheduler|the scheduler of an LLM engine]",
        "The scheduler decides which tokens of which requests each step computes, and which pages "
        "of the KV cache they get.",
        "step;requests",
        "--scheduling-policy",
    ),
    Term(
        "[nucleus sampling|top-p sampling]",
        "nucleus sampling",
        "Nucleus sampling chooses only among the best tokens that together have the probability "
        "top_p.",
        "top_p;probability",
        "top_p",
    ),
    Term(
        "[a vocabulary|the vocabulary of a model|a model's vocabulary]",
        "vocabulary of a model",
        "The vocabulary is the set of all tokens that a model knows.",
        "tokens;model",
    ),
    Term(
        "a request to an LLM server",
        "request to an LLM server",
        "A request is what a client submits: a prompt and how its answer is to be sampled.",
        "prompt;submits|client",
    ),
    Term(
        "[RoPE|rotary position embedding]",
        "[RoPE|rotary embedding]",
        "RoPE is rotary position embedding: it tells the model where a token stands by rotating "
        "its queries and keys.",
        "position|where;rotating|rotary",
    ),
    Term(
        "[sliding window attention|a sliding window]",
        "[sliding window attention|sliding window]",
        "With a sliding window, a token attends only to a fixed number of tokens before it.",
        "tokens before;fixed",
    ),
)

ENDPOINTS = (
    Endpoint(
        "/v1/chat/completions",
        "POST",
        "answers a list of chat messages, streamed or whole",
        "messages",
    ),
    Endpoint("/v1/completions", "POST", "continues a prompt, streamed or whole", "continues"),
    Endpoint("/v1/models", "GET", "lists the names that the model answers to", "names"),
    Endpoint(
        "/health",
        "GET",
        "answers 200 when the server can serve, or 503 with the reason",
        "200;503",
    ),
    Endpoint("/ping", "GET", "does the same as /health: 200, or 503 with the reason", "/health"),
    Endpoint("/metrics", "GET", "gives the metrics for Prometheus", "metrics;Prometheus"),
    Endpoint("/version", "GET", "gives the version of llmserve", "version of llmserve"),
)

STATUSES = (
    Status(
        400,
        "Status 400 means that the request itself is at fault. The message names the field and "
        "what is allowed.",
        "request;fault",
    ),
    Status(
        401,
        "Status 401 means that the API key is missing or wrong. Send it as `Authorization: Bearer "
        "KEY`.",
        "key;Authorization",
    ),
    Status(
        404,
        "Status 404 means that there is no such route, or no model of that name. `GET /v1/models` "
        "lists the names.",
        "route;model",
    ),
    Status(
        405,
        "Status 405 means that the method is not allowed here, for example GET where POST is "
        "needed.",
        "method",
    ),
    Status(
        408,
        "Status 408 means that the request passed its deadline. `--timeout` or the field `timeout` "
        "sets it.",
        "deadline",
    ),
    Status(
        413,
        "Status 413 means that the body is too large. `--max-request-bytes` sets the limit.",
        "body;--max-request-bytes",
    ),
    Status(
        415,
        "Status 415 means that the content type is wrong. Send `Content-Type: application/json`.",
        "content type;application/json",
    ),
    Status(
        429,
        "Status 429 means that the queue is full. Try again a little later, or raise "
        "`--max-num-queued-reqs`.",
        "queue;full",
    ),
    Status(
        500,
        "Status 500 means that the request failed inside the server. The log of the server says "
        "more.",
        "inside the server;log",
    ),
    Status(
        503,
        "Status 503 means that the server cannot serve now: it is shutting down, stuck, or its "
        "engine has failed.",
        "shutting down;failed",
    ),
)

FAMILIES = (
    Family("Llama 2", "meta-llama/Llama-2-7b-chat-hf"),
    Family("Llama 3", "meta-llama/Llama-3.1-8B-Instruct"),
    Family("Mistral", "mistralai/Mistral-7B-Instruct-v0.3"),
    Family("Qwen2", "Qwen/Qwen2-0.5B-Instruct"),
    Family("Qwen2.5", "Qwen/Qwen2.5-0.5B-Instruct"),
    Family("Qwen3", "Qwen/Qwen3-0.6B"),
)
