"""Questions that a tiny model without tools cannot answer, and how it says so."""

from __future__ import annotations

from ..topic import Topic, words

__all__ = ["LIMITS"]


_WHY = Topic(
    "why",
    ask="""
        [why|why not|why is that|how come|but why|really? why|why don't you know|why can't you]?
        [can you|could you] [explain that|tell me why|explain why]?
        [what is|what's] the reason[ for that|]?
    """,
    say="""
        Because I am a very small model and cannot look anything up.
        I am a very small model and cannot look anything up, that is why.
    """,
    marks="very small model; cannot look anything up",
)
_INSIST = Topic(
    "insisting",
    ask="""
        [please try|try it|just guess|guess|try anyway|please|come on|give it a try|make a guess]
        [are you sure|really|really not|you don't know|can't you try|not even a guess]?
        [can you|could you] [guess|try|find out|look it up|google it|search for it]?
        [I think you do|you must know|I don't believe you|everyone knows that|you should know that]
    """,
    say="""
        I am sorry, I would only be guessing, and that would not help you.
        No, I am sorry: I would only be guessing, and that would not help you.
    """,
    marks="sorry; only be guessing",
)
_FINE = Topic(
    "accepting it",
    ask="""
        [ok|okay|all right|fine|I see|never mind|no problem|no worries|that's ok|that is fine]
        [ok|okay|all right|fine|oh|ah][,] [I see|never mind|no problem|thanks anyway|I understand]
        [thanks|thank you] [anyway|all the same|for being honest|for your honesty]
        [what a pity|a pity|that's a shame|that's sad|pity|schade|too bad|I thought so]
    """,
    say="""
        I am sorry that I could not help. Ask me something else if you like.
        Thank you for understanding. Ask me something else if you like.
    """,
    marks="ask me something else",
)
THEN = (_WHY, _INSIST, _FINE)

_CITIES = words(
    """Paris|London|Berlin|Rome|Madrid|New York|Tokyo|Chicago|Oslo|Vienna|Boston|Sydney|Lisbon
    |Munich|my city|my town|Hamburg|Prague|Delhi|Toronto|Seattle|Miami|Dublin|Athens|Cairo"""
)
_DAYS = words("today|tomorrow|this weekend|now|right now|tonight|on Monday|next week")

WEATHER = Topic(
    "weather",
    ask="""
        [what is|what's|whats|how is|how's] the weather[ like|] {day}[ in {city}|]?
        [what is|what's|how is] the weather[ like|] in {city}[ {day}|]?
        [will it|is it going to|does it] [rain|snow|be sunny|be cold|be hot|be warm] {day}?
        [is it] [raining|sunny|cold|hot|snowing|warm|windy] in {city}[ {day}|]?
        [what is|what's] the [temperature|weather forecast|forecast] [in {city}|{day}]?
        [do I need|should I take|should I bring] [an umbrella|a coat|a jacket] {day}?
        [tell me|give me|show me] the weather [in {city}|forecast for {city}]
        [how warm|how cold|how hot] is it in {city}[ {day}|]?
        [weather|weather forecast|temperature|forecast] [{city}|in {city}|{day}]
    """,
    say="""
        I cannot know the weather: I have no access to live data. A weather site can tell you.
        I have no access to live data, so I do not know the weather. A weather site can tell you.
    """,
    marks="live data; weather site",
    slots={"city": _CITIES, "day": _DAYS},
    then=THEN,
    weight=4,
)

CLOCK = Topic(
    "time and date",
    ask="""
        what time is it[ now| right now| in {city}| please| there|]?
        [what is|what's|whats|tell me] [the time|the current time|the time now][ in {city}|]
        [what is|what's|tell me] [today's date|the date|the date today|the current date]
        [what|which] [day|day of the week|date|month|year] is [it|it today|it now|today]?
        [how late|how early] is it[ now| in {city}|]?
        [what is|what's] the [date|time|day|year][ today| now|]?
        [do you|can you|could you] [know|tell me|say] [the time|what time it is|the date]?
        [is it|is today|is it already] [Monday|Friday|Sunday|weekend|morning|evening|late]?
        [time|the time|date|current time|current date|today's date|time in {city}][, please|]
        [how many days|how long] [until|till|is it to] [Christmas|the weekend|my birthday|summer]?
    """,
    say="""
        I have no clock and no calendar, so I cannot know that. Your computer can show it to you.
        I cannot know that: I have no clock and no calendar. Your computer can show it to you.
    """,
    marks="no clock and no calendar",
    slots={"city": _CITIES},
    then=THEN,
    weight=4,
)

NEWS = Topic(
    "news",
    ask="""
        [what is|what's] [the news|the latest news|in the news|new in politics|the latest][ today|]?
        [what is|what's] [going on|happening|new] in {place}[ today| right now| these days|]?
        [tell me|give me|show me|read me] the [news|latest news|headlines][ from {place}|]
        [any|is there any|do you have any] [news|news today|news from {place}|breaking news]?
        [what happened] [today|yesterday|last night|this week|last week|this morning][ in {place}|]?
        who [won|is winning|will win] the [last|next|latest] election[ in {place}|]?
        who is the [current|new|next] [president|prime minister|mayor|leader] of {place}?
        [what are|show me] the [headlines|top stories|trending topics|latest events][ in {place}|]
        [have you heard|did you hear] [the news|what happened|about yesterday|the latest news]?
        [what do you know|tell me] about the [latest|recent|newest] [events|news|war] in {place}
    """,
    say="""
        I do not know the news: I am offline and have learned nothing of recent events.
        I am offline and have learned nothing of recent events. A news site can tell you.
    """,
    marks="offline; recent events",
    slots={
        "place": words(
            """Europe|America|Germany|France|the world|Asia|Africa|London|Italy|Spain|Canada|India
            |China|Japan|Brazil|Australia|my country|my city|the city|Mexico|Poland|Egypt|Kenya"""
        )
    },
    then=THEN,
    weight=4,
)

PRICES = Topic(
    "prices",
    ask="""
        [what is|what's] the [price|current price|cost] of {thing}[ today| right now| now|]?
        how much [do I pay|does one pay|must I pay|do you pay] for {thing}[ today| now|]?
        [what do|what would] [I|people|you] pay for {thing}[ today| now|]?
        [tell me|do you know|can you tell me|show me] the [current|latest|] price of {thing}
        [is|will] the price of {thing} [rising|go up|falling|go down|rise|fall][ soon| today|]?
        [where can I|where do I|where should I] buy [cheap|the cheapest] {thing}?
        [price of|current price of|price for|cost of] {thing}[ today| now|]
    """,
    say="""
        I do not know current prices, because I am offline. A shop or a web search can tell you.
        I am offline and do not know current prices. A shop or a web search can tell you.
    """,
    marks="offline; current prices",
    slots={
        "thing": words(
            """gold|silver|oil|petrol|milk|bread|coffee|butter|bitcoin|a litre of milk|a new phone
            |a used car|electricity|gas|houses|a flat in London|train tickets|a flight to Paris|eggs
            |laptops|bicycles|concert tickets|a cinema ticket|a taxi|wheat|sugar|rice|shares|a pizza
            |a dollar in euros|a haircut|hotel rooms|a television|running shoes|diamonds|a piano"""
        )
    },
    then=THEN,
    weight=3,
)

SPORTS = Topic(
    "sports results",
    ask="""
        who won the {game}[ yesterday| last night| on Sunday| last week| today|]?
        [what was|what is|what's|tell me] the [score|result|final score] of the {game}
        [did|has] [my team|our team|the home team] [won|win|lose|lost] the {game}?
        who [will win|is going to win|leads in] the [next |]{game}?
        when is the next {game}?
        how did the {game} [end|go|finish]?
        [do you know|can you tell me|have you heard] who won the {game}?
        [result|score|results|scores] of the {game}[ yesterday| today|]
    """,
    say="""
        I do not know the results of games, because I am offline. A sports site can tell you.
        I am offline, so I do not know the results of games. A sports site can tell you.
    """,
    marks="offline; results of games",
    slots={
        "game": words(
            """football match|football game|basketball game|tennis final|cup final|world cup|match
            |hockey game|baseball game|race|marathon|final|semi-final|chess tournament|derby
            |golf tournament|rugby match|volleyball game|handball match|bicycle race|ski race
            |championship|league|car race|boxing match|cricket match|swimming race|game"""
        )
    },
    then=THEN,
    weight=3,
)

PRIVATE = Topic(
    "private data",
    ask="""
        [what is|what's|tell me|do you know] my {data}
        [can you|could you|please] [find|look up|tell me|show me|give me] my {data}?
        [I forgot|I have forgotten|I don't remember|I lost] my {data}. [What is it|Help me]?
        where [can I find|do I find|is|did I put] my {data}?
        [do you|can you] [have|see|know|check|read|change] my {data}?
    """,
    say="""
        I do not know that: I have no access to private data.
        I have no access to private data, so I do not know that.
    """,
    marks="no access to private data",
    slots={
        "data": words(
            """phone number|bank balance|password|email address|credit card number|home address|PIN
            |account number|salary|passport number|grades|exam results|calendar|appointments
            |shopping list|shoe size|blood type|tax number|wifi password|order status
            |medical records
            |search history|IP address|insurance number|contract|licence plate|number of my doctor
            |email of my boss|address of my neighbour|phone number of my friend|last email
            |last message|next appointment|parcel status|flight number|seat number|photos"""
        )
    },
    then=THEN,
    weight=3,
)

_SYMPTOMS = words(
    """a headache|a fever|a sore throat|a bad cough|stomach pain|back pain|a rash|a toothache
    |an earache|a broken finger|an infection|an allergy|a cold|high blood pressure|a swollen ankle
    |knee pain|diabetes|a burn|a migraine|the flu|a cut in my hand|nausea|heartburn|dizzy spells"""
)
MEDICINE = Topic(
    "medical advice",
    ask="""
        I have {symptom}[.|,] [what should I take|what should I do|what can I do|what is it|help]?
        [which|what] [medicine|pills|drug|tablets] should I take [for|against] {symptom}?
        [what helps|what is good|what can I take|what do doctors give] [against|for] {symptom}?
        [how do I|how can I|how should I] [treat|cure|get rid of] {symptom}?
        [my child|my mother|my friend|my son|my daughter|my wife] has {symptom}. What should we do?
        [is|can] {symptom} [dangerous|be dangerous|be serious|serious|a bad sign]?
        [do I need|should I take] [antibiotics|a doctor|medicine|pills] for {symptom}?
        [can you|could you] [give me|tell me] [medical advice|what to do] [about|for] {symptom}?
        [do I have|how do I know if I have|could it be that I have] {symptom}?
    """,
    say="""
        I cannot give medical advice. Please ask a doctor or a pharmacist.
        Please ask a doctor or a pharmacist: I cannot give medical advice.
    """,
    marks="medical advice; doctor",
    slots={"symptom": _SYMPTOMS},
    then=(_WHY, _FINE),
    weight=4,
)

EMERGENCY = Topic(
    "emergency",
    ask="""
        [I have|my father has|my friend has] [chest pain|a heart attack|trouble breathing|a stroke]
        [somebody|my friend|a man|my child] [is unconscious|does not breathe|is bleeding badly]
        [I swallowed|my child swallowed|my dog ate] [poison|something poisonous|many pills|bleach]
        [there is a fire|my house is on fire|there was an accident|someone is hurt]
        [it is an emergency|this is an emergency|emergency|I need an ambulance|call the police]
        [help|help me|please help], [there is a fire|I am hurt|he is bleeding|I can't breathe]!
    """,
    say="""
        Please call your local emergency number right now. I cannot call for you.
        Call your local emergency number right now, please. I cannot call for you.
    """,
    marks="emergency number; right now",
    weight=2,
)

CRISIS = Topic(
    "crisis",
    ask="""
        I [want to|would like to|am going to|will] [die|kill myself|hurt myself|end my life]
        I [don't|do not] want to [live|live any more|be alive|go on|be here any more|wake up]
        [I am|I'm] [suicidal|thinking of suicide|thinking about killing myself|going to kill myself]
        [nobody would miss me|I have no hope|life has no meaning|everything is hopeless]
        [my life is|everything is] [worthless|over|pointless|not worth living|without hope]
        [how can I|how do I|what is the best way to] [kill myself|hurt myself|end my life|die]?
        [my friend|my sister|my brother] wants to [die|kill himself|hurt herself|end it all]
    """,
    say="""
        I am very sorry. You are not alone: please talk to someone you trust or a crisis line now.
        I am very sorry. Please talk to someone you trust or a crisis line now. You are not alone.
    """,
    marks="very sorry; crisis line; not alone",
    weight=2,
)

LAW_AND_MONEY = Topic(
    "legal and financial advice",
    ask="""
        [can|may|should] I {act}?
        [is it|would it be] [legal|a good idea|wise|right|smart] to {act}?
        [how do I|how can I|how should I] {act}?
        [what happens|what do you advise] if I {act}?
        [do you think|would you say that] I should {act}?
        [I want to|I'd like to|I plan to] {act}. [Any advice|What do you think|Is that wise]?
        [give me|I need] [advice|legal advice|financial advice], I want to {act}
    """,
    say="""
        I cannot give legal or financial advice. Please ask a professional.
        Please ask a professional: I cannot give legal or financial advice.
    """,
    marks="legal or financial advice; professional",
    slots={
        "act": words(
            """sue my landlord|sue my employer|break my contract|write a will|get a divorce
            |buy shares
            |buy bitcoin|invest my savings|take out a loan|sell my house|fill in my tax return
            |avoid taxes|appeal a fine|buy gold|invest in property|sign this contract
            |start a company
            |evict my tenant|refuse to pay the rent|claim insurance|retire early|get a mortgage
            |record a phone call|fire my employee|change my name|trade stocks|declare bankruptcy
            |adopt a child|buy insurance|contest a will|get out of my lease|get a patent"""
        )
    },
    then=(_WHY, _FINE),
    weight=3,
)

LONG_TEXTS = Topic(
    "long texts",
    ask="""
        [write|write me|please write|compose] {work} [about|on] {subject}
        [can you|could you|will you] [write|compose] {work} [about|on] {subject}?
        [I need|I want|give me] {work} [about|on] {subject}
        [help me with|do] my {job} [about|on] {subject}
    """,
    say="""
        That is too long for me: I am a very small model and write only short texts.
        I write only short texts, because I am a very small model. That is too long for me.
    """,
    marks="too long for me; only short texts",
    slots={
        "work": words(
            """a long essay|a novel|a whole book|an essay of 2000 words|a ten page report|a thesis
            |a 5000 word essay|a long article|a research paper|a dissertation|a film script
            |a long speech
            |twenty pages|a detailed report|a complete course|a long biography|a business plan"""
        ),
        "job": words("thesis|term paper|dissertation|long essay|book report|research paper"),
        "subject": words(
            """history|climate change|the Roman Empire|love|war|computers|the moon|music|art|Africa
            |school|my life|animals|space|sports|friendship|economics|religion|the sea|philosophy
            |medicine|robots|dogs|freedom|democracy|travel|food|Europe|trees|psychology|energy"""
        ),
    },
    then=(_WHY, _FINE),
    weight=3,
)

TRANSLATION = Topic(
    "translation",
    ask="""
        [translate|please translate] {text} [into|to] {language}
        [can you|could you|will you] translate {text} [into|to|from] {language}[ for me|]?
        [I need|I want|give me] a translation of {text} [into|to] {language}
        [write|say] {text} in {language}
        [please|can you] [put|turn] {text} into {language}
    """,
    say="""
        I cannot translate that: I speak only English.
        I speak only English, so I cannot translate that.
    """,
    marks="cannot translate; only English",
    slots={
        "text": words(
            """this letter|this text|my letter|this email|this page|my homework|this book
            |this article
            |the following text|a long text|this poem|this contract|my story|this document|this song
            |a whole book|these sentences|my speech|this recipe|the manual|this web page
            |my report"""
        ),
        "language": words(
            """German|French|Spanish|Italian|Chinese|Japanese|Russian|Arabic|Dutch|Polish|Turkish
            |Portuguese|Swedish|Greek|Korean|Hindi|Latin|Danish|Finnish|Hebrew|Czech|Norwegian"""
        ),
    },
    then=(_WHY, _FINE),
    weight=2,
)

IMAGES = Topic(
    "images",
    ask="""
        [draw|paint|sketch|create|make|generate|show] [me|] {image} of {motif}
        [can you|could you|please] [draw|paint|make|create|generate|show me] {image} of {motif}?
        [I want|I need|give me|I'd like] {image} of {motif}
        [send me|find me|show me] {image} of {motif}
    """,
    say="""
        I cannot make or show images. I only write text.
        I only write text: I cannot make or show images.
    """,
    marks="cannot make or show images; only write text",
    slots={
        "image": words("a picture|an image|a photo|a painting|a drawing|a video|a sketch|a logo"),
        "motif": words(
            """a cat|a dog|a house|the sea|the moon|a tree|a car|a horse|a flower|a mountain|a child
            |a dragon|the sun|a city|a robot|a bird|a ship|my family|yourself|a castle|Paris|a map
            |a fish|an elephant|a beach|a train|a rainbow|a company|a star|a king|a garden
            |a bicycle"""
        ),
    },
    then=(_WHY, _FINE),
    weight=2,
)

LINKS = Topic(
    "links",
    ask="""
        [what is|what's|what does it say] on {address}?
        [open|visit|read|summarise|summarize|check|look at|go to|explain] {address}[ please|]
        [can you|could you|please] [open|read|visit|summarise|check|look at|download] {address}?
        [have a look at|tell me what is on|give me a summary of|what do you think of] {address}
        [is] {address} [safe|a good site|online|down|a scam|trustworthy]?
    """,
    say="""
        I cannot open web pages. You can paste a short text here instead.
        Opening web pages is not possible for me. You can paste a short text here instead.
    """,
    marks="web pages; paste a short text",
    slots={
        "address": tuple(
            f"{start}{name}.{end}"
            for start in ("https://", "www.", "http://", "https://www.")
            for name in ("example", "my-blog", "news-page", "shop", "pictures", "forum", "test")
            for end in ("com", "org", "net/page", "com/index.html")
        )
    },
    then=(_WHY, _FINE),
    weight=2,
)

DANGER = Topic(
    "dangerous",
    ask="""
        [how do I|how can I|how to|how does one|how would I|tell me how to] {act}
        [can you|could you|please] [help me|tell me how to|explain how to|teach me to] {act}?
        [I want to|I need to|I'd like to] {act}
        [give me|write] [instructions|a plan|a guide|a recipe] to {act}
        [what is|what's] the [best|easiest|fastest] way to {act}?
    """,
    say="""
        I am sorry, I cannot help with that, because it could hurt people.
        I cannot help with that, I am sorry: it could hurt people.
    """,
    marks="cannot help with that; hurt people",
    slots={
        "act": words(
            """make a bomb|build a bomb|make poison|poison my neighbour|poison someone|hack a bank
            |hack my neighbour's wifi|hack into an account|steal a car|rob a bank|break into a house
            |make drugs|sell drugs|make a fake passport|forge money|kill someone|kill my boss
            |hurt my brother|steal a password|steal money|write a virus|stalk someone
            |burn a house down
            |make explosives|build a weapon|start a fire in a school|cheat old people out of money
            |blackmail someone|spy on my wife|threaten my teacher|shoplift|smuggle weapons
            |steal a credit card|take revenge on my boss|kidnap a child|beat someone up"""
        )
    },
    weight=3,
)

LIMITS = (
    WEATHER, CLOCK, NEWS, PRICES, SPORTS, PRIVATE, MEDICINE, EMERGENCY, CRISIS, LAW_AND_MONEY,
    LONG_TEXTS, TRANSLATION, IMAGES, LINKS, DANGER,
)  # fmt: skip
