"""Every field of SamplingParams that a user sets, as llmserve_help.py speaks of it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PARAMS", "Param"]


@dataclass(frozen=True)
class Param:
    """A sampling parameter; goal and words as in llmserve_help_flags_data.py.

    said: other spellings in questions. value: one for examples, as Python writes it. allowed: the
    range in words. client: how the OpenAI client passes it: itself, in extra_body, or not at all
    ("").
    """

    name: str
    does: str
    goal: str
    words: str
    default: str
    value: str
    allowed: str | None = None
    client: str = "itself"
    said: tuple[str, ...] = ()


PARAMS = (
    Param(
        "temperature",
        "sets how random the choice of tokens is: 0 always takes the best token, higher values "
        "give more variety",
        "[make the output less random|make answers more creative|get more random text"
        "|control the randomness|make the model more creative|get more variety"
        "|make the answers more predictable|change the temperature]",
        "random;0",
        "1.0",
        "0.7",
        "at least 0",
        said=("the temperature", "sampling temperature", "temp"),
    ),
    Param(
        "top_p",
        "keeps only the smallest set of best tokens that together have this probability",
        "[use nucleus sampling|sample from the nucleus|cut off the tail of unlikely tokens"
        "|keep tokens up to a total probability]",
        "smallest set;probability",
        "1.0",
        "0.9",
        "over 0 and at most 1",
        said=("top-p", "top p"),
    ),
    Param(
        "top_k",
        "keeps only that many best tokens; 0 or -1 keeps all",
        "[sample from the 20 best tokens only|keep only the k best tokens"
        "|limit sampling to the top tokens|choose among the best 50 tokens only]",
        "best tokens;all",
        "0",
        "20",
        "at least -1",
        "extra_body",
        ("top-k", "top k", "top k sampling"),
    ),
    Param(
        "min_p",
        "keeps only tokens that are at least that likely, relative to the best one",
        "[drop tokens that are much less likely than the best one"
        "|cut tokens by their probability relative to the best one|use min-p sampling]",
        "likely;relative",
        "0.0",
        "0.05",
        "from 0 to 1",
        "extra_body",
        ("min-p", "min p"),
    ),
    Param(
        "n",
        "sets how many samples of one prompt are generated",
        "[get several answers to one prompt|get more than one completion|generate 3 samples at once"
        "|ask for multiple answers|get several choices|sample a prompt many times]",
        "samples;prompt",
        "1",
        "3",
        "from 1 to 256",
        said=("the parameter n", "the n parameter", "n in a request"),
    ),
    Param(
        "seed",
        "makes sampling repeatable: the same seed gives the same tokens",
        "[get the same answer every time|make sampling repeatable|make the output reproducible"
        "|set a seed for a request|get deterministic samples|repeat a sample exactly]",
        "same seed;same tokens",
        "None",
        "42",
        said=("the seed", "a seed", "the sampling seed"),
    ),
    Param(
        "stop",
        "gives strings that end a sample; the text is cut before them",
        "[stop at a certain string|stop generating at a newline|set stop strings"
        "|set a stop sequence|end the text at a word|make the model stop at a word]",
        "strings;end|cut",
        "None",
        r'["\n"]',
        "a string or a list of at most 64 strings",
        said=("stop strings", "stop sequences", "the stop parameter"),
    ),
    Param(
        "stop_token_ids",
        "gives token ids that end a sample, beside the model's own",
        "[stop at a token id|end a sample at a certain token|add more end tokens"
        "|stop at my own end-of-sequence token]",
        "token ids;end",
        "None",
        "[2]",
        "a list of at most 256 token ids",
        "extra_body",
        ("stop token ids",),
    ),
    Param(
        "include_stop_str_in_output",
        "keeps the stop string in the text",
        "[keep the stop string in the text|see the stop string in the output"
        "|not cut off the stop string]",
        "stop string;keeps",
        "False",
        "True",
        "True or False",
        "extra_body",
    ),
    Param(
        "ignore_eos",
        "lets the model go on after its end-of-sequence tokens",
        "[keep generating after the end-of-sequence token|ignore the end token"
        "|always get exactly max_tokens tokens|not stop at EOS|force full-length output]",
        "go on|goes on;end-of-sequence",
        "False",
        "True",
        "True or False",
        "extra_body",
        ("ignore eos", "ignore-eos"),
    ),
    Param(
        "max_tokens",
        "limits how many tokens are generated; None means what is left of the context",
        "[limit the length of the answer|get longer answers|get shorter outputs"
        "|set the maximum number of new tokens|limit the number of tokens generated"
        "|limit the output length|make the reply longer|stop the text being cut off"
        "|cap the number of output tokens]",
        "tokens;generated|generates",
        "16, and in chats what is left of the context",
        "64",
        "at least 1",
        said=("max tokens", "the maximum number of tokens", "max-tokens"),
    ),
    Param(
        "min_tokens",
        "lets neither end-of-sequence nor stop tokens come before so many tokens",
        "[force a minimum length|get at least 8 tokens|keep the model from stopping too early"
        "|set a minimum number of tokens|avoid empty answers]",
        "before;stop tokens",
        "0",
        "8",
        "from 0 to max_tokens",
        "extra_body",
        ("min tokens", "the minimum number of tokens"),
    ),
    Param(
        "logprobs",
        "returns the log probabilities of that many best tokens at each place, and of the token "
        "chosen",
        "[get log probabilities|see how likely each token was|get the probability of each token"
        "|get logprobs|return the scores of the tokens|see the best alternatives of each token]",
        "log probabilities;best tokens",
        "None",
        "5",
        "at least -1, where -1 is the whole vocabulary",
        client="",
        said=("log probs", "the logprobs parameter"),
    ),
    Param(
        "prompt_logprobs",
        "returns log probabilities of the tokens of the prompt",
        "[score a prompt|get log probabilities of the prompt|see how likely a given text is"
        "|get logprobs of the prompt]",
        "log probabilities;prompt",
        "None",
        "1",
        "at least -1, where -1 is the whole vocabulary",
        "extra_body",
        ("prompt logprobs",),
    ),
    Param(
        "presence_penalty",
        "lowers the chance of tokens that were generated before, once, however often they came",
        "[make the model talk about new topics|penalise tokens that occurred already"
        "|lower the chance of tokens that came before, once]",
        "generated before|occurred;once",
        "0.0",
        "0.5",
        "from -2 to 2",
        said=("presence penalty", "the presence penalty"),
    ),
    Param(
        "frequency_penalty",
        "lowers the chance of tokens generated before, more for each time they came",
        "[penalise tokens by how often they came|punish frequent tokens"
        "|lower the chance of tokens for each time they came]",
        "before;each time",
        "0.0",
        "0.5",
        "from -2 to 2",
        said=("frequency penalty", "the frequency penalty"),
    ),
    Param(
        "repetition_penalty",
        "makes tokens of the prompt and the output less likely to come again, if it is over 1",
        "[stop the model from repeating itself|avoid repetition|reduce repetitions"
        "|stop the output from looping|make the model repeat itself less|fix a repeating output]",
        "prompt;output;again",
        "1.0",
        "1.1",
        "over 0",
        "extra_body",
        ("repetition penalty", "the repetition penalty"),
    ),
    Param(
        "logit_bias",
        "adds a number from -100 to 100 to the logits of given token ids",
        "[make a token more likely|make a certain token less likely|bias tokens"
        "|push the model towards a token|raise the chance of a token id]",
        "logits;token ids",
        "None",
        "{42: 5.0}",
        "a dict of token id to number, at most 1024 entries",
        said=("logit bias", "the logit bias"),
    ),
    Param(
        "allowed_token_ids",
        "allows nothing but these token ids",
        "[allow only some tokens|restrict the output to certain token ids"
        "|limit the vocabulary of an answer|let the model choose among a few tokens only]",
        "nothing but|only;token ids",
        "None",
        "[10, 11]",
        "a list with at least one token id",
        "extra_body",
        ("allowed token ids",),
    ),
    Param(
        "bad_words",
        "gives words that must not come in the output",
        "[ban words|forbid certain words|keep a word out of the output|block bad words"
        "|stop the model from saying a word|prevent some words]",
        "words;must not",
        "None",
        '["secret"]',
        "a list of at most 256 strings",
        "extra_body",
        ("bad words", "banned words"),
    ),
    Param(
        "detokenize",
        "says whether token ids become text; with False the text stays empty",
        "[get token ids only|skip detokenization|turn off detokenization|get no text, only ids]",
        "token ids;text",
        "True",
        "False",
        "True or False",
        client="",
    ),
    Param(
        "skip_special_tokens",
        "leaves special tokens out of the text",
        "[see special tokens in the text|keep special tokens in the output"
        "|show or hide special tokens]",
        "special tokens;text",
        "True",
        "False",
        "True or False",
        "extra_body",
        ("skip special tokens",),
    ),
    Param(
        "output_kind",
        "says what each output holds: CUMULATIVE everything so far, DELTA what is new, FINAL_ONLY "
        "nothing until the end",
        "[get only new tokens from AsyncLLM|stream deltas from AsyncLLM"
        "|choose what each output of AsyncLLM holds]",
        "CUMULATIVE;DELTA",
        "CUMULATIVE",
        "RequestOutputKind.DELTA",
        "CUMULATIVE, DELTA or FINAL_ONLY",
        client="",
        said=("output kind", "RequestOutputKind"),
    ),
)
