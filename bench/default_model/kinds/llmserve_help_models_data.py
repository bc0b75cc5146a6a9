"""llmserve's Python API, details of its server, and the models and machines that it takes."""

from __future__ import annotations

from .llmserve_help_topics_data import Topic, bash, python

__all__ = ["MODEL_TOPICS"]

_SERVER = (
    Topic(
        "send key",
        "Authorization;Bearer",
        ("Send it as a header: `Authorization: Bearer KEY`. The OpenAI client takes `api_key`."),
        (
            "How do I send the API key?",
            "How [does|do] [a client|clients] [send|give|pass] the [API key|key]?",
            "[Where|How] do I put the API key [in a request|in curl|in a curl call]?",
            "Which header [has|holds|carries] the API key?",
            "How do clients [authenticate|log in]?",
        ),
        then=("[How do clients send it?|And how does a client send the key?]",),
    ),
    Topic(
        "key variable",
        "LLMSERVE_API_KEY",
        ("Set the variable `LLMSERVE_API_KEY` in the environment of the server."),
        (
            "Can [the API key|the key of the server] come from [a variable|the environment]?",
            "[Which|What] environment variable [holds|has|sets] the API key?",
            "How do I set the API key [without a flag|in the environment|by a variable]?",
            "How do I keep the API key [off the command line|out of the process list]?",
        ),
    ),
    Topic(
        "log level",
        "LLMSERVE_LOG_LEVEL",
        ("Set `LLMSERVE_LOG_LEVEL` to debug, info, warning or error."),
        (
            "How do I [get|see] more log [lines|output|messages]?",
            "How do I [change|set|raise|lower] the log level[| of llmserve]?",
            "How do I [make llmserve quiet|get debug output|silence the log|see debug messages]?",
            "Which [variable|setting] [sets|changes] the log level?",
            "Can llmserve log less?",
        ),
    ),
    Topic(
        "one model",
        "one model",
        ("A server has one model. Start a second server on another port for another model."),
        (
            "Can [llmserve|a server|one server] serve [two models|several models|many models]?",
            "How do I serve [two|several|more than one] models?",
            "How many models [can a server have|does a server serve]?",
            "[Can I run|How do I run] two models at the same time?",
        ),
    ),
    Topic(
        "usage",
        "usage;prompt_tokens",
        ("Each answer has `usage` with `prompt_tokens`, `completion_tokens` and `total_tokens`."),
        (
            "How do I [see|know|get|count] how many tokens [a request|an answer] [used|has]?",
            "Where do I see the [token counts|number of tokens|usage]?",
            "How long was my prompt in tokens?",
            "Does the answer [say|tell] how many tokens [it has|were used]?",
            "How do I count the tokens of a [request|prompt|reply]?",
        ),
    ),
    Topic(
        "completions with curl",
        "curl;localhost:8000/v1/completions",
        (
            "For example:\n"
            + bash(
                "curl localhost:8000/v1/completions -H 'Content-Type: application/json' \\\n"
                """  -d '{"model": "NAME", "prompt": "Hello", "max_tokens": 16}'"""
            )
        ),
        (
            "How do I [complete|continue] a [text|prompt] with curl?",
            "[Show me|Give me] a curl [command|example] for [completions|/v1/completions].",
            "How do I [call|use] /v1/completions[| with curl]?",
            "How do I send a plain prompt[| without messages][| to the server]?",
        ),
        then=("[And a plain prompt?|And for completions?]",),
    ),
    Topic(
        "system message",
        "system;role",
        ('Put a message of the role system first: `{"role": "system", "content": "Be brief."}`.'),
        (
            "How do I [set|give|send|use] a system [prompt|message]?",
            "How do I tell the model how to [behave|answer]?",
            "Where does the system [prompt|message] go?",
            "[Can|Does] llmserve [take|know|have] system [prompts|messages]?",
        ),
    ),
    Topic(
        "priority of a request",
        "priority;--scheduling-policy",
        (
            "Start the server with `--scheduling-policy priority` and give requests the field "
            "`priority`: lower goes first."
        ),
        (
            "How do I [give a request|set] a priority?",
            "Can [a|one] request go before others?",
            "How do [priorities|request priorities] work?",
            "What does the field priority [do|mean]?",
            "How do I make an urgent request go first?",
        ),
    ),
    Topic(
        "cache salt",
        "cache_salt;prefix cache",
        ("`cache_salt` keeps requests apart: only equal salts share the prefix cache."),
        (
            "What [does cache_salt do|is cache_salt|is cache_salt for]?",
            "How do I keep [users|requests] apart in the prefix cache?",
            "How do I [stop|prevent] requests from sharing the [prefix cache|cache]?",
            "Explain cache_salt.",
        ),
    ),
    Topic(
        "usage of a stream",
        "stream_options;include_usage",
        ('Set `"stream_options": {"include_usage": true}`. A last chunk then has the counts.'),
        (
            "How do I get the [usage|token counts] of a stream?",
            "How do I count the tokens of a streamed answer?",
            "What [does include_usage do|is include_usage|are stream_options]?",
            "Does a stream tell how many tokens it had?",
        ),
    ),
    Topic(
        "truncate the prompt",
        "truncate_prompt_tokens",
        ("Set `truncate_prompt_tokens` in the request: so many tokens at the prompt's end stay."),
        (
            "How do I [truncate|shorten|cut] a prompt[| that is too long] automatically?",
            "What [does truncate_prompt_tokens do|is truncate_prompt_tokens]?",
            "Can the server [truncate|cut] long prompts?",
            "How do I keep only the end of a long prompt?",
        ),
    ),
)

_PYTHON = (
    Topic(
        "python",
        "LLM;generate",
        (
            "Make an LLM and let it generate:\n"
            + python(
                "from llmserve import LLM, SamplingParams\n\n"
                'with LLM("Qwen/Qwen3-0.6B") as llm:\n'
                '    outputs = llm.generate("The sea is", SamplingParams(max_tokens=32))\n'
                "    print(outputs[0].outputs[0].text)"
            )
        ),
        (
            "How [do|can] I use llmserve [in|from|with] [Python|a Python script]?",
            "How to use llmserve [in|from] Python?",
            "[Show me|Give me|Write] [a Python example|Python code][| for llmserve].",
            "How do I [call|run] [a model|an LLM|llmserve] from Python?",
            "How do I [generate|complete] text [in Python with llmserve|with llmserve in Python]?",
            "What does the Python [API|code|interface] [of llmserve|for llmserve] look like?",
            "[How do I use the LLM class?|What is the LLM class?|llmserve Python example?]",
            "[Does llmserve have|Is there] a Python [API|interface]?",
            "Can I use llmserve without a server?",
            "How do I run a model offline[| with llmserve]?",
        ),
        then=(
            "[And from Python?|How do I use it in Python?|And in Python?|Can I use it in Python?]",
        ),
    ),
    Topic(
        "chat in python",
        "llm.chat;role",
        (
            "Use `chat()` with a list of messages:\n"
            + python(
                'messages = [{"role": "user", "content": "Why is the sky blue?"}]\n'
                "print(llm.chat(messages)[0].outputs[0].text)"
            )
        ),
        (
            "How do I chat [with a model |]in Python[| with llmserve]?",
            "How [do|can] I [send|use|give] [chat messages|a list of messages] in Python?",
            "How does llm.chat work?",
            "[Show me|Give me] an example of [llm.chat|a chat in Python|the chat method].",
            "How do I [use|call] the chat method of LLM?",
            "How do I ask a chat model from Python[| with llmserve]?",
        ),
        then=("[And a chat?|How do I chat with it?|And with messages?]",),
    ),
    Topic(
        "many prompts",
        "list;llm.generate",
        (
            "Give generate() a list; the outputs come in the same order:\n"
            + python('outputs = llm.generate(["The sea is", "The moon is"])')
        ),
        (
            "How do I [complete|run|send|process] many prompts[| in Python| at once]?",
            "Can I give [LLM|generate|llmserve] [several|many|a list of] prompts?",
            "How do I [run a batch|do batch inference|generate for a list of prompts]?",
            "How do I run llmserve on [a whole list|many texts|a batch]?",
        ),
        then=("[And for many prompts?|And with several prompts?|Can I give it a list?]",),
    ),
    Topic(
        "async",
        "AsyncLLM;async for",
        (
            "Use AsyncLLM, which gives outputs as they come:\n"
            + python(
                'llm = AsyncLLM("Qwen/Qwen3-0.6B")\n'
                'async for output in llm.generate("The sea is"):\n'
                "    print(output.outputs[0].text)"
            )
        ),
        (
            "[What is AsyncLLM|What is AsyncLLM for|How do I use AsyncLLM]?",
            "How do I use llmserve with asyncio?",
            "Is there an [async|asynchronous] [API|class|version of LLM]?",
            "How do I [stream|get tokens as they come] in Python[| with llmserve]?",
            "[Show me|Give me] an example of AsyncLLM.",
            "Can I [await|use async with] llmserve?",
        ),
        then=("[And with asyncio?|And asynchronously?|Is there an async version?]",),
    ),
    Topic(
        "sampling params",
        "SamplingParams;temperature",
        (
            "Give SamplingParams to generate():\n"
            + python(
                "params = SamplingParams(temperature=0.7, max_tokens=64)\n"
                'outputs = llm.generate("The sea is", params)'
            )
        ),
        (
            "How do I [set|use|give|pass] sampling parameters[| in Python]?",
            "What [is|are] SamplingParams[| for]?",
            "[Show me|Give me] an example of SamplingParams.",
            "How do I use SamplingParams?",
            "Where do I set [the temperature in Python|sampling options in Python]?",
        ),
        then=("[And with sampling parameters?|How do I set the temperature there?]",),
    ),
    Topic(
        "list of params",
        "temperature;top_p;max_tokens",
        (
            "Among others: temperature, top_p, top_k, min_p, n, seed, stop, max_tokens, "
            "min_tokens, logprobs, the penalties, logit_bias and bad_words."
        ),
        (
            "[Which|What] sampling parameters [are there|does llmserve have|does it support]?",
            "[List|Name|Show] the sampling parameters.",
            "Which fields does SamplingParams have?",
            "[What|Which parameters] can I set in a request?",
            "Which [options|parameters] does a request [take|have]?",
        ),
        then=("[Which ones are there?|What other parameters are there?]",),
    ),
    Topic(
        "read the text",
        "outputs[0].text",
        ("`output.outputs[0].text` is the text of the first sample of an output."),
        (
            "How do I [get|read|print] the [generated text|text of an output|text]?",
            "Where is the [text|answer] in [a RequestOutput|an output|the result]?",
            "What does generate [return|give back]?",
            "What is [in|inside] a RequestOutput?",
            "How do I get the answer out of the result?",
        ),
        then=("[How do I get the text out of it?|And where is the text?]",),
    ),
    Topic(
        "finish reason",
        "stop;length;abort",
        (
            "`finish_reason` is stop at a natural end or stop string, length at max_tokens, else "
            "abort or error."
        ),
        (
            "What [is finish_reason|does finish_reason mean|does finish reason mean]?",
            "[Which|What] finish reasons are there?",
            "How do I [know|see] why [an answer|a sample|the text] ended?",
            "What does finish_reason length mean?",
            "What does finish_reason stop mean?",
            "Why [was|is] my answer cut off?",
        ),
    ),
    Topic(
        "close",
        "close()",
        ("Use it in a `with` block, or call `llm.close()`. That gives all memory back at once."),
        (
            "How do I [close|end|free|stop|destroy] [an LLM|the LLM object|the engine in Python]?",
            "How do I [free|give back] the memory of [an LLM|a model] in Python?",
            "Do I have to close an LLM?",
            "How do I unload a model in Python?",
        ),
        then=("[How do I close it?|And how do I free it again?]",),
    ),
    Topic(
        "determinism",
        "yes;same seed;same tokens",
        ("Yes: the same seed gives the same tokens, whatever else runs at the same time."),
        (
            "Is llmserve [deterministic|reproducible]?",
            "Are the [results|answers|tokens] [reproducible|repeatable|the same each time]?",
            "Does the same seed give the same [answer|tokens|text]?",
            "Do other requests [change|influence] my answer?",
            "Does batching change the [results|output]?",
        ),
        then=("[Is it deterministic?|Are its results repeatable?]",),
    ),
)

_MODELS = (
    Topic(
        "families",
        "Llama;Mistral;Qwen3",
        ("llmserve serves Llama 2 and 3, Mistral, Qwen2, Qwen2.5 and Qwen3 models."),
        (
            "[Which|What] models [are supported|does llmserve support|can llmserve serve]?",
            "[Which|What] model families [are supported|does llmserve support|are there]?",
            "[Which|What] [architectures|families] does llmserve [know|support|run]?",
            "[List|Name] the supported [models|families|architectures].",
            "Which models can I [run|serve|use][| with llmserve]?",
            "[Supported models?|Which models work with llmserve?]",
        ),
        then=("[Which models does it support?|And which models can it serve?|Which families?]",),
    ),
    Topic(
        "gpu",
        "no;CPU",
        ("No, llmserve does not need a GPU: it runs on the CPU."),
        (
            "Does llmserve [need|require] a [GPU|graphics card|CUDA device]?",
            "Do I need a [GPU|graphics card|CUDA device] [for|to run|to use] llmserve?",
            "Can I [run|use] llmserve without a [GPU|graphics card]?",
            "Does llmserve run on [the CPU|a CPU|a laptop without a GPU]?",
            "Is a GPU [needed|required|necessary]?",
            "[GPU needed?|Can I run it on a CPU only?|Is a CPU enough for llmserve?]",
        ),
        then=("[Does it need a GPU?|Do I need a GPU for it?|And without a GPU?]",),
    ),
    Topic(
        "cpu kinds",
        "AVX2;AVX-512",
        (
            "Any CPU works. On x86-64 llmserve uses AVX2, AVX-512 or AVX512-BF16, as the machine "
            "has it."
        ),
        (
            "[Which|What] CPUs does llmserve [support|need|run on]?",
            "Does llmserve use [AVX-512|AVX2|SIMD|vector instructions]?",
            "Which [instruction sets|CPU instructions] does llmserve use?",
            "Which processor do I need[| for llmserve]?",
        ),
        then=("[On which CPUs?|And which CPUs does it need?]",),
    ),
    Topic(
        "network",
        "no;folder|hub",
        ("No. Only a model of the Hugging Face hub is downloaded once; a folder needs no network."),
        (
            "Does llmserve need [the network|the internet|an internet connection|to be online]?",
            "Can I [use|run] llmserve [offline|without internet|without a network]?",
            "Do I need [internet|a network|to be online] [for|to use] llmserve?",
            "Does llmserve work [offline|without the internet]?",
            "Does llmserve [send my data|send anything to anybody|call home]?",
        ),
        then=("[Does it need the internet?|And without a network?|Does it work offline?]",),
    ),
    Topic(
        "torch",
        "no;PyTorch's own format|PyTorch",
        ("No, llmserve needs torch only for checkpoints in PyTorch's own format."),
        (
            "Does llmserve [need|use|require|import] [torch|PyTorch]?",
            "Is [torch|PyTorch] [needed|required|necessary] for llmserve?",
            "Is llmserve [built on|based on] [torch|PyTorch]?",
            "Can I [run|use] llmserve without [torch|PyTorch]?",
        ),
        then=("[Does it need torch?|And does it need PyTorch?]",),
    ),
    Topic(
        "weights",
        "float32;bfloat16;float16;safetensors",
        ("Weights may be float32, bfloat16 or float16, in safetensors or PyTorch files."),
        (
            "[Which|What] [number formats|dtypes] [are supported|does llmserve support]?",
            "[Which|What] [file formats|checkpoints] does llmserve [read|load|support]?",
            "Can llmserve load [safetensors|PyTorch files|safetensors files|float16 weights]?",
            "In which format must the weights be?",
        ),
        then=("[In which formats?|Which file formats does it read?]",),
    ),
    Topic(
        "hub token",
        "HF_TOKEN",
        ("Accept the terms of the model on the hub, then set `HF_TOKEN` to a token of yours."),
        (
            "How do I [serve|use|load|download] a [gated|private|gated or private] model?",
            "[What|Which variable] holds the [hub token|Hugging Face token]?",
            "How do I [give|set] [a Hugging Face token|my hub token]?",
            "The model is gated. What [now|do I do|must I do]?",
            "What does model is gated mean?",
            "How do I log in to the Hugging Face hub?",
        ),
    ),
)

MODEL_TOPICS = (_SERVER, _PYTHON, _MODELS)
