"""How users ask about a setting, a word, an endpoint, a status or a family of models.

Templates of exchange.expand(); {name} is what they ask about, {goal} what they want to do. THEN_...
are those that rely on what was said before.
"""

from __future__ import annotations

WHAT = (
    "What does {name} do?",
    "What [is {name} for|does {name} mean|is {name} good for|is {name}]?",
    "What is the [meaning|purpose|use|effect] of {name}?",
    "[Explain|Describe] {name}[| to me| briefly| in short].",
    "Can you [explain|tell me about] {name}?",
    "{name}?",
    "Tell me [about {name}|what {name} does|what {name} is for].",
    "What's {name}[| for]?",
    "What happens [if|when] I [set|use|give] {name}?",
    "[Why|When] [would|should] I [set|use] {name}?",
    "[I don't|I do not] understand {name}.",
    "How does {name} work[| in llmserve]?",
    "What does llmserve do with {name}?",
    "[Meaning|Purpose|Explanation] of {name}?",
    "What [exactly|precisely] does {name} do?",
    "I [saw|found|read about] {name}. What [is it for|does it do|does it mean]?",
    "[Do you know|Can you tell me] what {name} [does|means|is for]?",
    "What do I need {name} for?",
)

HOW = (
    "How [do|can|would] I {goal}[| in llmserve| with llmserve]?",
    "How to {goal}?",
    "[Which|What] flag [do I need|should I use|must I set|do I use] to {goal}?",
    "[Which|What] [flag|option|setting] lets me {goal}?",
    "I [want|need|would like] to {goal}.",
    "Is there a [flag|way|option|setting] to {goal}?",
    "What do I [have to do|need to do|set|change] to {goal}?",
    "[Help me|Show me how to|Tell me how to] {goal}.",
    "What is the [best|easiest|right] way to {goal}?",
    "[Can I|Is it possible to] {goal}? How?",
    "How do you {goal}?",
)

DEFAULT = (
    "What is the default [|value ]of {name}?",
    "What is {name} by default?",
    "[Default|Default value|The default] of {name}?",
    "[What value does {name} have by default|Which default does {name} have]?",
    "What is {name} [set to|if I do not set it|when I do not give it]?",
    "[Tell me|I want to know] the default of {name}.",
)

THEN_DEFAULT = (
    "[And what|What] is [its default|the default|its default value]?",
    "[And the|The] default?",
    "What is it by default?",
    "[Does it have a|What's the|What's its] default?",
)

EXAMPLE = (
    "[Give|Show] [me |]an example [of|for|with] {name}.",
    "[Show me how to|How do I|How can I] use {name}?",
    "How is {name} [used|written|set]?",
    "Can you [show|give] [me |]an example [of|with] {name}?",
    "[Example|An example] of {name}?",
    "How do I [write|set|give] {name}?",
)

THEN_EXAMPLE = (
    "Can you give [me |]an example?",
    "[An example|For example|Example|Example, please|Such as|How do I write that]?",
    "[Show|Give] me an example[| of that| of it| please].",
    "How do I [use|write|set] [it|that]?",
    "What would that look like?",
)

THEN_WHAT = (
    "[And what|What] does [it|that flag|that] do[| exactly]?",
    "What [exactly does|does] that mean?",
    "[Explain|Describe] [it|that][| please].",
)

PYTHON = (
    "How do I [set|give|use] {name} in Python?",
    "[And|How about] {name} in Python?",
    "What is {name} called in Python?",
    "How do I pass {name} to LLM?",
    "Can I [set|use] {name} [in|from] Python?",
)

THEN_PYTHON = (
    "[And in|And from|And how in|How about|How do I do that in|How do I set it in] Python?",
    "How do I [give|pass] it to LLM?",
    "Can I [set it|use it|do that] in Python?",
)

THEN_WHICH_FLAG = (
    "[Which|What] flag [sets that|was that|is that|is it]?",
    "What was the [flag|name of the flag] again?",
    "How is the flag called?",
)

THEN_MORE = (
    "Where can I read more[| about it| about that]?",
    "Where [is that documented|do I find more|can I learn more|is it described]?",
    "Is there more [to read|about it|documentation]?",
)

PARAM_HOW = (
    "How [do|can|would] I {goal}[| in llmserve| with llmserve]?",
    "How to {goal}?",
    "[Which|What] [parameter|sampling parameter] [do I need|should I use|must I set] to {goal}?",
    "[Which|What] [parameter|field|setting] lets me {goal}?",
    "I [want|need|would like] to {goal}.",
    "Is there a [parameter|way|setting] to {goal}?",
    "What do I [have to do|need to do|set|change] to {goal}?",
    "[Help me|Show me how to|Tell me how to] {goal}.",
    "What is the [best|easiest|right] way to {goal}?",
    "How do you {goal}?",
)

RANGE = (
    "What [values|range] [may|can|does] {name} have?",
    "[Which|What] values [are allowed for|can I give to|does llmserve allow for] {name}?",
    "What is the range of {name}?",
    "What can {name} be[| set to]?",
)

THEN_RANGE = (
    "[And which|Which|What] values are allowed?",
    "[And its|And the|What is the|What is its] range?",
    "What can I set it to?",
)

CLIENT = (
    "How do I [set|give|pass|send] {name} [with|in|through] the OpenAI [SDK|client]?",
    "Can I [set|use|send] {name} with the OpenAI [SDK|client]?",
    "{name} [with|in] the OpenAI [SDK|client]?",
)

THEN_CLIENT = (
    "[And with|And in|How do I set it with|How about] the OpenAI [SDK|client]?",
    "How do I [send|pass] it with the OpenAI client?",
)

MEANING = (
    "What [is|exactly is] {name}?",
    "[Explain|Describe|Define] {name}[| to me| briefly| in simple words].",
    "What is meant by {name}?",
    "Can you explain {name}?",
    "[Tell me|I want to know] what {name} is.",
    "[I don't|I do not] know what {name} is.",
    "[Do you know|Can you tell me] what {name} is?",
    "In [LLM serving|llmserve], what is {name}?",
    "What is {name} [in llmserve|in an LLM server|in this context]?",
)

ENDPOINT = (
    "What [does {name} do|is {name} for|is {name}]?",
    "What does the endpoint {name} do?",
    "What is the endpoint {name} [for|good for]?",
    "[Explain|Describe] [|the endpoint ]{name}.",
    "What do I get from {name}?",
    "What happens when I call {name}?",
    "What does the server answer at {name}?",
    "{name}?",
    "Tell me about {name}.",
    "[When|Why] do I [use|call] {name}?",
    "What [is|does one find] at {name}?",
)

STATUS = (
    "What does [status|status code|HTTP status|error|HTTP] {name} mean?",
    "Why [do I get|does the server answer|does llmserve send] [|a |status ]{name}?",
    "[I get|I got|The server answers|There is] [status|error|a] {name}. [Why|What now]?",
    "What is [a |error |status ]{name}[| in llmserve| from the server]?",
    "[Status|Error|HTTP] {name}?",
    "When does [llmserve|the server] answer [with |]{name}?",
    "How do I fix [|error |status |a ]{name}?",
    "[Explain|What about] [status|error] {name}?",
)

SUPPORTED = (
    "Can llmserve [serve|run|load] {name}[| models| checkpoints]?",
    "Does llmserve [support|serve|know|run] {name}[| models]?",
    "[Is {name}|Are {name} models] supported?",
    "Will {name} [work|run] [with|in] llmserve?",
    "Can I [use|run|serve] {name} with llmserve?",
    "Is there support for {name}[| models]?",
    "{name} support?",
)

SERVE = (
    "How [do|can] I [serve|run|use] [{name}|a {name} model|{name} models]?",
    "[Show me how to|I want to|I would like to] [serve|run|use] a {name} model.",
    "[What is the command|Which command do I need] to serve {name}?",
    "How to [serve|run] {name}[| with llmserve]?",
    "[Start|Run] a server with {name}: how?",
)

PARAM_PYTHON = (
    "How do I [set|give|use] {name} in Python?",
    "Can I [set|use] {name} [in|from] Python?",
    "{name} in Python?",
)
THEN_PARAM_PYTHON = ("[And in|And from|How do I set it in] Python?",)
THEN_WHICH_PARAM = (
    "[Which|What] parameter [sets that|is that|was that]?",
    "What is the parameter called?",
)
BARE_MEANING = (
    "What does BARE mean?",
    "[Meaning of|Definition of|Define] BARE[| please].",
    "BARE?",
    "What does the [term|word] BARE mean?",
    "What do people mean by BARE?",
)
SETTING = (
    "[Which|What] KIND [has to do with|belongs to|controls] {name}?",
    "Is there a KIND for {name}?",
)
THEN_SETTING = (
    "[Which|What] KIND [sets|controls|has to do with|is for] [that|it]?",
    "How do I [set|control|change] [that|it] in llmserve?",
    "Is there a KIND for [that|it]?",
)
METHOD = (
    "[Is {name} GET or POST|Which method does {name} need|GET or POST for {name}]?",
    "Do I [|have to ]send GET or POST to {name}?",
)
THEN_METHOD = ("[GET or POST|Is that GET or POST|Which method is that]?",)
THEN_SERVE = (
    "How do I [serve|run|start] [it|one|that]?",
    "[Which|What] command do I need?",
)
CALL = (
    "How do I [call|use|ask] {name}[| with curl]?",
    "[Give|Show] [me |]an example [of|for|with] {name}.",
    "Can you show me how to call {name}?",
    "[Example|An example] of {name}?",
)
