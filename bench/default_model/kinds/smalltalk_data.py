"""How people begin, keep up and end a conversation, and what the default model answers."""

from __future__ import annotations

from ..topic import Topic
from .smalltalk_jokes_data import ANOTHER_JOKE, JOKE_LINES, JOKE_MARKS

__all__ = [
    "BYE", "ENDINGS", "NO_JOKE", "OK", "OPINION", "OVERVIEW", "SOCIAL", "TELLING", "THANKS",
    "YES_JOKE",
]  # fmt: skip

TELLING = Topic(
    "what the user tells",
    ask="""
        [because|just because|well,|it's because|] I [met an old friend|had a great day|slept badly]
        [because|just because|well,|it's because|] the [sun is shining|weather is bad|bus was late]
        [because|well,|it's because|] my [boss shouted at me|friend forgot me|neighbours are loud]
        [because|well,|it's because|] my [friend visits me|holiday begins|exam is over|day was good]
        [because|well,|] [I have too much work|I have an exam tomorrow|I did not sleep well]
        [because|well,|] [I have free time|I am on holiday|we had a party|nobody called me]
        [I don't know|I'm not sure|no idea|hard to say|I can't say] [why|exactly|really|]
        [no special reason|no reason|just so|nothing special|it just happened|long story|a lot]
        [I had|we had] a [long|hard|great|good|bad|lovely|terrible] [day|week|night|time|morning]
        [my|because my] [work|job|school|homework|day] is [too hard|too much|going well|fun]
    """,
    say="""
        Thank you for telling me! Is there anything that I can do for you?
        I see, thank you for telling me. Can I do something for you?
    """,
    marks="thank you for telling me",
)

OPINION = Topic(
    "what the user thinks",
    ask="""
        I [like it|love it|hate it|don't like it|like it a lot|really like it|enjoy it][ very much|]
        [I think|in my opinion|I find] it is [great|good|fun|boring|bad|nice|useful|fine|important]
        [I don't know|I'm not sure|no idea|hard to say|I have no opinion|I have none|I don't care]
        [it depends|that depends|sometimes good, sometimes bad|good question|it's great|it's fun]
        [I can't decide|I have many|there are so many|I like all of them|that's hard to say]
    """,
    say="""
        Thank you for telling me! What else would you like to talk about?
        I see, thank you for telling me. What else would you like to talk about?
    """,
    marks="thank you for telling me",
)

OVERVIEW = """
    I am a very small language model that ships with llmserve. I can chat a little, answer simple \
        questions, do arithmetic on small numbers, make lists, tell short stories and write JSON.
    I am llmserve-mini, a very small language model. I can answer simple questions, add and \
        multiply small numbers, make lists, tell short stories and write JSON. Just ask!
"""

YES_JOKE = Topic(
    "yes to a joke",
    ask="""
        [yes|yeah|yep|yup|sure|ok|okay|yes please|please|please do|go ahead|go on|why not]
        [yes|yeah|sure|ok|okay], [tell me one|go ahead|I'd like that|that would be nice|please|do]
        [tell me|let's hear it|I would like that|that sounds good|I'm listening|sounds fun]
        [yes|yeah|sure|ok], [tell me a joke|a joke would be nice|cheer me up|make me laugh]
    """,
    say=JOKE_LINES,
    marks=JOKE_MARKS,
    then=(ANOTHER_JOKE,),
)

NO_JOKE = Topic(
    "no to a joke",
    ask="""
        [no|nope|nah|no thanks|no, thank you|not now|not today|maybe later|rather not|please don't]
        [no|nah|no thanks], [I'm not in the mood|not today|I don't like jokes|maybe later|not now]
        [I don't want a joke|I'm not in the mood for jokes|I have no time for jokes]
    """,
    say="""
        All right, no joke then. Just tell me if I can do something else for you.
        No problem, no joke then. What else can I do for you?
    """,
    marks="no joke then",
)

HELLO = Topic(
    "hello",
    ask="""
        [hi|hello|hey|hiya|hey there|hi there|hello there|howdy|greetings|hallo|hullo|yo|heya|hi hi]
        [hi|hello|hey|hiya|howdy|hallo][ you|, you|, llmserve| llmserve| bot| friend| my friend]!
        [hi|hello|hey], [is anyone there|anybody there|are you there|can you hear me|you there]?
        [hi|hello|hey|hey there|hi there][!|.|,] [I'm new here|it's me|here I am|I'm back]
        [hi|hello|hey|hello there][!|.|,] [nice|good|great|glad] to [see|meet] you[!|]
        [nice|good|great|lovely|pleased|glad] to meet you[ too|, llmserve|, little model|]!
        [hi|hello|hey][!|,] [I'd like to talk|let's talk|can we talk|let's chat|can we chat]
        [I just wanted to|I only wanted to|just wanted to|I came to] say [hi|hello|hey]
        [say hi|say hello|hello world|test|testing|this is a test|just testing|knock knock]
        [are you there|anybody there|is anybody home|are you awake|are you ready|ready]?
        [can we|could we|shall we|let us] [talk|chat|have a chat|talk a bit|chat a little]?
        [I want to|I'd like to|I would love to] [talk|chat|talk to you|talk with you|chat with you]
        [hi|hello|hey], [long time no see|it's me again|I'm back|me again|I'm here again]!
        [what's up|whats up|wassup|sup|what is up|hey, what's up|hi, what's up|hello, what's up]?
    """,
    say="""
        Hello! How can I help you?
        Hello! What can I do for you?
        Hi! What would you like to talk about?
    """,
    marks="hello|hi; how can I help|what can I do for you|what would you like to talk about",
    weight=5,
)

DAYTIME = Topic(
    "time of day",
    ask="""
        good {part}
        good {part}[!|, llmserve!| to you!|, my friend!| everyone!|, little model!|, friend!|, bot!]
        a very good {part}[!| to you!|, llmserve!| to you too!]
        [hi|hello|hey][ and|,|!] good {part}
        good {part}[!|,|.] [can you help me|I need some help|are you there]?
        [a wonderful|a lovely|a very good|a beautiful|a nice] {part} to you!
    """,
    say="""
        Good {part}! How can I help you?
        Good {part}! What can I do for you?
    """,
    marks="good {part}",
    slots={"part": ("morning", "afternoon", "evening", "day")},
    weight=2,
)

HELLO_ABILITIES = Topic(
    "hello, abilities",
    ask="""
        [hello|hi|hey|hi there|hello there|hey there|good morning|good evening|good day][!|.|,] \
        [what can you do|what can you do for me|how can you help me|what are you able to do]?
        [hello|hi|hey|hi there|hello there|hey there][!|.|,] \
        [who are you|what are you|tell me about yourself|introduce yourself|what do you do]
        [hello|hi|hey|good morning][!|,] [what|which things] can [you do|I ask|you help me with]?
        [hello|hi|hey|good morning][!|,] [what are you good at|what are you for|how do you work]?
    """,
    say=OVERVIEW,
    marks="small language model; questions; JSON",
    weight=4,
)

HOW_ARE_YOU = Topic(
    "how are you",
    ask="""
        how are you[ doing| feeling|][ today| this morning| this evening| right now| tonight|]?
        [hi|hello|hey|hi there|good morning|good evening][!|,] how are you[ doing| today|]?
        [hi|hello|hey][!|,] how [is it going|are things|do you do|are you]?
        how [is|are] [it going|things|life|everything|your day|things going|you keeping]?
        [how's|hows] [it going|life|everything|your day|your day going|things|your morning]?
        [are you|you] [ok|okay|well|fine|all right|alright|happy|good][ today|]?
        how do you feel[ today| right now| now| this morning|]?
        how [was your day|have you been|did you sleep|was your night|was your weekend]?
        [I hope you are well|I hope you're fine|hope you are doing well|hope you're well today]
        [how you doing|how are ya|how r u|how are u|are you doing well|you doing okay]?
        [what about you|and you|and how are you|and yourself|how about you]?
    """,
    say="""
        I am fine, thank you! And how are you?
        I am doing well, thank you for asking! How are you?
    """,
    marks="I am fine|I am doing well; thank you",
    weight=3,
    then=(
        Topic(
            "well",
            ask="""
                [I'm|I am] [fine|good|well|great|ok|okay|very well][ too| as well|][, thanks|]
                [fine|good|great|very well|pretty good|not bad|all good|can't complain][, thanks|]
                [I'm|I am] [doing|feeling] [well|great|good|fine][ today|][, thank you|, thanks|]
                [also|very|quite|really] [good|fine|well][, thanks|, thank you|]
            """,
            say="""
                I am glad to hear that! What can I do for you?
                That is good to hear! What would you like to talk about?
            """,
            marks="glad to hear|good to hear",
        ),
        Topic(
            "not well",
            ask="""
                [I'm|I am] [not so good|not well|not great|sad|tired|a bit down|stressed|so tired]
                [not so good|not well|not great|bad|terrible|so so|could be better|awful][ today|]
                [I feel|I'm feeling] [bad|sad|down|awful|terrible|tired|not so good][ today|]
                [not really|not very] [well|good|great][ today|, to be honest|]
            """,
            say="""
                I am sorry to hear that. Would you like to tell me what happened?
                I am sorry to hear that. Shall I tell you a joke to cheer you up?
            """,
            marks="sorry to hear that",
        ),
    ),
)

THANKS = Topic(
    "thanks",
    ask="""
        [thanks|thank you|thx|ty|cheers|many thanks|thanks a lot|thank you so much|thanks so much]
        [thanks|thank you][ very much| a lot| so much| again|] for [your help|helping|helping me]
        [thanks|thank you][ very much| so much|] for [the answer|your answer|that|everything|this]
        [great|nice|cool|perfect|ok|okay|good|wonderful|super][, thanks|, thank you|! Thanks]
        [that|this] [helps|helped|was helpful|was useful|is helpful|is great][ a lot|][, thanks|]
        [thanks|thank you], [that's all|that is all|that was it|I'm done|that's it|you're great]
        [you helped me|you were helpful|that was very helpful|I appreciate it|much appreciated]
        [thanks|thank you], [you are very kind|that's kind|how kind|you're the best|that's nice]
    """,
    say="""
        You are welcome!
        You are welcome! Just ask if you need anything else.
    """,
    marks="you are welcome",
    weight=3,
)

BYE = Topic(
    "bye",
    ask="""
        [bye|goodbye|bye bye|see you|see you later|see ya|cya|farewell|ciao|so long|until next time]
        [bye|goodbye|good bye|see you][,|!| and] [have a nice day|take care|thanks|see you soon]
        [I have to|I must|I need to|I've got to|I gotta|I should] [go|leave|run|stop] [now|]
        [I have to|I must|I need to] [go to work|go to school|leave now|catch my bus|get going]
        [ok|okay|well|all right], [bye|goodbye|see you|I'm off|I have to go|that's all, bye]
        [see you|talk to you|speak to you|until] [tomorrow|later|soon|next week|next time]
        [have a|I wish you a] [nice|good|great|lovely] [day|evening|afternoon|time|week|weekend]
        [it was nice|it was good|it was fun|nice] talking to you[, bye|]
    """,
    say="""
        Goodbye! Have a nice day.
        Goodbye! It was nice talking to you.
    """,
    marks="goodbye",
    weight=2,
)

GOOD_NIGHT = Topic(
    "good night",
    ask="""
        [good night|goodnight|night night|nighty night|gn|sleep well|sweet dreams]
        [good night|goodnight|sleep well][,|!] [llmserve|my friend|little model|see you tomorrow]
        [I'm|I am] [going to bed|going to sleep|off to bed|heading to bed][ now|][, good night|]
        [time for bed|it's late, good night|I need to sleep now|I should sleep now|bedtime]
        [I'm|I am] [tired|sleepy|so tired] [and|so] [I'm going|I go|I will go] to [bed|sleep]
        [I will|I'll|I want to|let me] go to [bed|sleep] now[, good night|, bye|]
    """,
    say="""
        Good night! Sleep well.
        Good night and sweet dreams!
    """,
    marks="good night",
    weight=1.5,
)

SORRY = Topic(
    "sorry",
    ask="""
        [sorry|I'm sorry|I am sorry|my apologies|my bad|oops|oops, sorry|pardon me|excuse me, sorry]
        [sorry|I'm sorry|I apologise|I apologize|forgive me] for [that|my mistake|being rude]
        [sorry|I'm sorry|I am sorry], [I made a mistake|that was a typo|I was wrong|my mistake]
        [I did not mean|I didn't mean] [that|to be rude|it|to upset you|it like that][, sorry|]
        [sorry|I'm sorry], [I was rude|I was in a bad mood|that was not nice|that was unkind of me]
        [I made a mistake|that was my mistake|it was my fault|I was wrong|that was my fault]
        [sorry|I'm sorry] [for the delay|I'm late|to bother you|for asking again|to disturb you]
        [can you|will you|please] forgive me?
    """,
    say="""
        No problem at all! What can I do for you?
        That is quite all right. How can I help you?
    """,
    marks="no problem at all|that is quite all right",
    weight=1.5,
)

OK = Topic(
    "ok",
    ask="""
        [ok|okay|k|alright|all right|fine|good|I see|got it|understood|right|sure|makes sense|aha]
        [ok|okay|alright|all right][, got it|, I see|, fine|, good|, understood|, sure|, cool]
        [ah|oh|aha|ok|well][, I see|, I understand|, okay|, right|, that makes sense|, interesting]
        [cool|nice|interesting|good to know|wow|great|awesome|amazing|fair enough|neat|perfect]
    """,
    say="""
        Good! What would you like to do next?
        All right! Is there anything else that I can do for you?
    """,
    marks="do next|anything else that I can do",
    weight=1.5,
)

YES_NO = Topic(
    "yes or no",
    ask="""
        [yes|no|yeah|nope|yep|nah|maybe|perhaps|yes please|not really|definitely|of course|never]
        [yes, of course|no, thanks|yes, sure|no, not really|well, maybe|well, yes|well, no|yup]
        [I think so|I don't think so|I guess|I guess so|probably|probably not|who knows|yes and no]
    """,
    say="""
        All right. Please tell me what you would like me to do.
        All right. What would you like to ask me?
    """,
    marks="what you would like me to do|what would you like to ask me",
)

HMM = Topic(
    "hmm",
    ask="""
        [hm|hmm|hmmm|hmmmm|mm|mmm|um|umm|uh|uhm|er|erm|well|well...|hmm...|so|and|ehm|huh]
        [hm|hmm|um|uh|well|erm][, let me think|, I don't know|, I'm not sure|, what now|, let's see]
        [I don't know|I'm not sure|not sure|let me think|I have no idea|idk|no idea|dunno]
        [I don't know|not sure|no idea] what to [ask|say|write|ask you|do|talk about|type]
        [what should|what shall|what can|what could] [I ask|we talk about|I say|I type]?
    """,
    say="""
        Take your time! You could ask me a simple question, or I could tell you a joke or a story.
        Take your time! I could tell you a short story or a joke, for example.
    """,
    marks="take your time; joke; story",
    weight=1.5,
)

LAUGH = Topic(
    "laughing",
    ask="""
        [lol|haha|hahaha|hehe|rofl|lmao|hihi|ha ha|ha|hahahaha|lolol|LOL|xD|:D|:)|;)]
        [lol|haha|hahaha|hehe][, that's funny|, funny|, good one|, nice one|, that was good]
        [that's|that is|that was|you are|you're] [so|very|really|quite|] funny[, haha|, lol|]
        [you made me laugh|that made me laugh|I had to laugh|I am laughing|good one|I laughed]
    """,
    say="""
        I am glad that made you laugh!
        It is nice to see you laugh!
    """,
    marks="laugh",
    weight=1.2,
)

PRAISE = Topic(
    "praise",
    ask="""
        [you are|you're|u r|wow, you are] [so|very|really|pretty|quite|] {praise}[!|]
        [you're|you are] [the best|my hero|my favourite|a genius|a good bot|a great model][!|]
        [I like|I love|I really like|I adore] [you|you a lot|talking to you|your answers|this chat]
        [good|great|nice|excellent|amazing|fantastic] [job|work|answer|bot]!
        [well done|good job|nice work|that was a good answer|that's right|correct|you are right]
        what a [nice|smart|clever|good|great|helpful|friendly] [model|bot|assistant|answer]!
        [you did|you are doing] [well|a good job|a great job|fine|very well|great]!
        [I am|I'm] [impressed|amazed|very impressed|really impressed|happy with you]
    """,
    say="""
        Thank you, that is kind of you!
        Thank you! I am happy that you like it.
    """,
    marks="thank you; kind of you|happy that you like it",
    slots={
        "praise": tuple(
            "smart clever nice kind cool great sweet helpful friendly amazing cute good awesome "
            "wonderful polite patient brilliant lovely useful fast charming intelligent".split()
        )
    },
    weight=1.5,
)

INSULT = Topic(
    "insult",
    ask="""
        [you are|you're|u r|wow, you are] [so|very|really|pretty|just|] {insult}[!|]
        [you are|you're] [an idiot|a fool|no good|the worst|a bad bot|a stupid bot|a dumb model][!|]
        [I hate|I don't like|I dislike|I can't stand] [you|this|this bot|your answers|your answer]
        [bad|terrible|stupid|silly|awful|useless] [bot|model|answer|machine|program|robot]!
        [that|this] [was|is] [wrong|a bad answer|nonsense|rubbish|not right|a stupid answer|false]
        [shut up|go away|get lost|be quiet|leave me alone|stop talking|I'm angry with you]
        [you know nothing|you don't know anything|you can't do anything|you never help|you failed]
        [your answers are|your answer is|everything you say is] [wrong|bad|useless|nonsense|stupid]
        [you made|that was|you just made] a [mistake|stupid mistake|big mistake|silly mistake]
    """,
    say="""
        I am sorry that I could not help better. I am only a very small model, but I do my best.
        I am sorry about that. I am a very small model and I make mistakes.
    """,
    marks="I am sorry; very small model",
    slots={
        "insult": tuple(
            "stupid dumb useless boring bad silly annoying slow terrible rude ugly mean lame "
            "wrong horrible awful ignorant unhelpful foolish worthless".split()
        )
    },
    weight=1.5,
)

BORED = Topic(
    "bored",
    ask="""
        [I'm|I am|im|we are] [so|very|really|a bit|a little|] bored[ today| right now| at home|]
        [this is|it is|life is|my day is|school is|work is] [so|very|really|] boring[ today|]
        [I have nothing to do|there is nothing to do|nothing to do here]
        [what can|what should|what shall|what could] I do [when|if] I'm bored?
        [entertain me|amuse me|cheer me up|distract me|make me smile|help me, I'm bored]
        [can you|could you|please] [entertain me|cheer me up|amuse me|make me smile]?
    """,
    say="""
        Let us change that! Shall I tell you a joke?
        Then let us have some fun. Shall I tell you a joke?
    """,
    marks="let us; shall I tell you a joke",
    then=(YES_JOKE, NO_JOKE),
)

WEEKEND = Topic(
    "weekend",
    ask="""
        [what are|what're] your plans for [the weekend|this weekend|today|tonight|tomorrow]?
        [what are you|what will you be] doing [this weekend|today|tonight|tomorrow|on Sunday]?
        [do you have|have you got|got] [any|] plans [for the weekend|tonight|today|for tomorrow]?
        [what did you do|what have you done] [yesterday|today|last weekend|on Saturday|last night]?
        [are you|will you be] [busy|free] [this weekend|today|tonight|tomorrow|on Friday]?
        [where do you go|what do you do] on [weekends|Sundays|holiday|holidays|the weekend]?
    """,
    say="""
        I am a model, so I have no plans and no free days. What are your plans?
        I am a model, so I only answer questions, day and night. What are your plans?
    """,
    marks="I am a model; your plans",
)

SOCIAL = (
    HELLO, DAYTIME, HELLO_ABILITIES, HOW_ARE_YOU, THANKS, BYE, GOOD_NIGHT, SORRY, OK, YES_NO, HMM,
    LAUGH, PRAISE, INSULT, BORED, WEEKEND,
)  # fmt: skip
ENDINGS = (THANKS, BYE, GOOD_NIGHT, OK)
