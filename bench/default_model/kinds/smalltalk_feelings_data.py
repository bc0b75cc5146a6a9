"""How users say they feel, what happened to them, and what a friendly model answers."""

from __future__ import annotations

from ..topic import Topic
from .smalltalk_data import NO_JOKE, TELLING, YES_JOKE

__all__ = ["FEELINGS"]

_NOW = "[ today| right now| this evening| at the moment| lately|]"


def _mood(words: str, say: str, marks: str, then: tuple[Topic, ...] = ()) -> Topic:
    """A topic for how the user feels; words are what may stand behind "I am"."""
    return Topic(
        words.split("|")[0],
        ask=f"""
            [I'm|I am|im|I feel|I'm feeling] [so|very|really|a bit|a little|quite|] [{words}]{_NOW}
            [I'm|I am|I feel] [{words}]{_NOW}
            [hi|hello|hey], [I'm|I am] [so|very|really|] [{words}]{_NOW}
            [today|right now|at the moment] [I'm|I am|I feel] [so|very|really|] [{words}]
            I have been [so|very|really|] [{words}] [all day|all week|since yesterday|lately]
            [why am I|what can I do when I'm|what can I do if I feel] so [{words}]?
        """,
        say=say,
        marks=marks,
        then=then,
    )


MOODS = (
    _mood(
        "tired|sleepy|exhausted|worn out",
        """
        Then take a break, and go to bed early tonight. Rest will do you good.
        That sounds like a long day. Take a break, and go to bed early tonight.
        """,
        "take a break; go to bed early",
    ),
    _mood(
        "sad|unhappy|down|miserable|depressed",
        """
        I am sorry that you feel sad. Talking to a friend can help. Shall I tell you a joke?
        I am sorry that you are sad. Talk to a friend, that can help. Shall I tell you a joke?
        """,
        "sorry; sad; friend",
        (YES_JOKE, NO_JOKE),
    ),
    _mood(
        "happy|glad|cheerful|in a good mood",
        """
        That is wonderful! What made you happy?
        I am glad that you are happy! What is the reason?
        """,
        "wonderful|glad; happy",
        (TELLING,),
    ),
    _mood(
        "angry|mad|furious|annoyed|upset",
        """
        That happens to everyone. Take a few deep breaths, or go for a walk. What happened?
        I understand. Take a few deep breaths, or go for a walk. What happened?
        """,
        "deep breaths; walk",
        (TELLING,),
    ),
    _mood(
        "stressed|under pressure|overwhelmed|stressed out",
        """
        Take a few deep breaths, and do one thing at a time. A short break helps too.
        That is hard. Do one thing at a time, and take a short break now and then.
        """,
        "one thing at a time; short break",
    ),
    _mood(
        "lonely|alone|left out",
        """
        I am sorry that you feel lonely. Perhaps you could call a friend? You can also talk to me.
        I am sorry to hear that you are lonely. Call a friend, or talk to me for a while.
        """,
        "sorry; lonely; friend",
    ),
    _mood(
        "nervous|anxious|worried|afraid|scared|frightened",
        """
        That is normal, many people feel like that. Breathe slowly and take one step at a time.
        Many people feel like that. Breathe slowly, and take one step at a time.
        """,
        "many people feel like that; breathe slowly",
    ),
    _mood(
        "excited|thrilled|full of energy",
        """
        How exciting! What is going to happen?
        That sounds exciting! What are you looking forward to?
        """,
        "exciting",
    ),
    _mood(
        "sick|ill|unwell",
        """
        I am sorry that you are not well. Rest, drink enough, and see a doctor if it gets worse.
        I am sorry to hear that. Rest and drink enough, and see a doctor if it gets worse.
        """,
        "I am sorry; see a doctor",
    ),
    _mood(
        "proud|proud of myself|satisfied",
        """
        You can be proud! What did you do?
        That is a good feeling: you can be proud! What did you do?
        """,
        "you can be proud",
    ),
    _mood(
        "confused|lost|puzzled|unsure",
        """
        Let us take it step by step. What is not clear to you?
        That is all right, let us go step by step. What is not clear?
        """,
        "step by step; not clear",
    ),
    _mood(
        "hungry|starving|thirsty",
        """
        Then it is time for something good to eat or drink. What would you like?
        Time for something good to eat or drink! What would you like?
        """,
        "eat or drink; what would you like",
    ),
    _mood(
        "cold|freezing",
        """
        Put on a warm sweater and make yourself a cup of tea.
        A warm sweater and a cup of tea will help.
        """,
        "warm sweater; cup of tea",
    ),
    _mood(
        "hot|sweating|too warm",
        """
        Drink some cool water and stay in the shade.
        Some cool water and a place in the shade will help.
        """,
        "cool water; shade",
    ),
    _mood(
        "in love|in love with someone",
        """
        How lovely! Being in love is a beautiful feeling.
        That is lovely news! It is a beautiful feeling.
        """,
        "lovely; beautiful feeling",
    ),
    _mood(
        "relaxed|calm|fine|well|good|great|fantastic|okay",
        """
        I am glad to hear that! What can I do for you?
        That is good to hear! What would you like to talk about?
        """,
        "glad to hear|good to hear",
    ),
)

GOOD_NEWS = Topic(
    "good news",
    ask="""
        {event}[ today| yesterday| this week|]!
        [I'm|I am] [so|very|really|] happy[ today|], {event}
        [guess what|good news|great news|you know what|hooray]: {event}!
        [today|yesterday|this morning|last week] {event}
        [I want to tell you|I wanted to tell you|I have to tell you] that {event}
        [I am|I'm] [so|very|really|] [proud|excited|glad], {event}
    """,
    say="""
        Congratulations on {thing}! That is great news.
        That is great news! Congratulations on {thing}!
    """,
    marks="congratulations on {thing}",
    slots={
        "event,thing": (
            ("I got a new job", "your new job"),
            ("I passed my exam", "your exam"),
            ("I passed my driving test", "your driving test"),
            ("I finished school", "finishing school"),
            ("I got a good grade", "your good grade"),
            ("I won a prize", "your prize"),
            ("I won a game", "your win"),
            ("our team won", "the win of your team"),
            ("I got married", "your wedding"),
            ("my sister got married", "the wedding of your sister"),
            ("we had a baby", "your baby"),
            ("my daughter was born", "your daughter"),
            ("my son was born", "your son"),
            ("I bought a house", "your new house"),
            ("we moved into a new flat", "your new flat"),
            ("I got a puppy", "your puppy"),
            ("we got a kitten", "your kitten"),
            ("I finished my book", "your book"),
            ("I wrote a song", "your song"),
            ("I ran ten kilometres", "your run"),
            ("I ran a marathon", "your marathon"),
            ("I learned to swim", "learning to swim"),
            ("I got promoted", "your promotion"),
            ("I got engaged", "your engagement"),
            ("I bought a new car", "your new car"),
            ("I bought a bicycle", "your new bicycle"),
            ("my program works", "your program"),
            ("I fixed the bug", "fixing the bug"),
            ("it is my birthday", "your birthday"),
            ("I turned thirty", "your birthday"),
            ("I stopped smoking", "stopping smoking"),
            ("I baked my first bread", "your first bread"),
            ("I got a scholarship", "your scholarship"),
            ("I finished my project", "your project"),
            ("I published my first paper", "your paper"),
        )
    },
    weight=4,
)

BAD_NEWS = Topic(
    "bad news",
    ask="""
        {event}[ today| yesterday| this week|]
        [I'm|I am] [so|very|really|] [sad|upset|unhappy][ today|], {event}
        [bad news|sad news|oh no|guess what]: {event}
        [today|yesterday|this morning|last week] {event}
        [I have to tell you|I am sad because|I feel terrible because|I cry because] {event}
        {event} and I [feel terrible|am sad|don't know what to do|feel bad|am upset]
    """,
    say="""
        I am sorry to hear about {thing}. I hope things get better soon.
        I am very sorry about {thing}. I hope that you feel better soon.
    """,
    marks="sorry; about {thing}; better soon",
    slots={
        "event,thing": (
            ("I lost my job", "your job"),
            ("I failed my exam", "your exam"),
            ("I failed my driving test", "your driving test"),
            ("my cat died", "your cat"),
            ("my dog died", "your dog"),
            ("my grandmother died", "your grandmother"),
            ("my grandfather died", "your grandfather"),
            ("my dog is sick", "your dog"),
            ("my cat is missing", "your cat"),
            ("my mother is in hospital", "your mother"),
            ("my father is ill", "your father"),
            ("my friend moved away", "your friend"),
            ("I broke my leg", "your leg"),
            ("I broke my arm", "your arm"),
            ("my phone is broken", "your phone"),
            ("my laptop broke", "your laptop"),
            ("my bike was stolen", "your bike"),
            ("I lost my wallet", "your wallet"),
            ("I lost my keys", "your keys"),
            ("I missed my train", "your train"),
            ("I missed my flight", "your flight"),
            ("I had a fight with my friend", "the fight with your friend"),
            ("I had an argument with my sister", "the argument with your sister"),
            ("my girlfriend left me", "your girlfriend"),
            ("my boyfriend left me", "your boyfriend"),
            ("my team lost", "your team"),
            ("my plants died", "your plants"),
            ("my car broke down", "your car"),
            ("I got a bad grade", "your grade"),
            ("my holiday was cancelled", "your holiday"),
            ("I burnt the cake", "the cake"),
            ("nobody came to my party", "your party"),
        )
    },
    weight=4,
)

PLANS = Topic(
    "plans of the user",
    ask="""
        [I'm|I am|we are|we're] going {where} {when}
        {when} [I'm|I am|we are|we're] going {where}
        [I will|I'll|we will|we'll|I want to|we want to|I plan to|we plan to] go {where} {when}
        [guess what|hooray|good news], [I'm|I am|we are|we're] going {where} {when}!
    """,
    say="""
        That sounds nice! Have a good time {there}!
        How nice! I hope you have a good time {there}!
    """,
    marks="nice; good time {there}",
    slots={
        "where,there": (
            ("to the beach", "at the beach"),
            ("to the zoo", "at the zoo"),
            ("to the cinema", "at the cinema"),
            ("to the theatre", "at the theatre"),
            ("to a concert", "at the concert"),
            ("to a party", "at the party"),
            ("to a wedding", "at the wedding"),
            ("to a museum", "at the museum"),
            ("to the lake", "at the lake"),
            ("to the sea", "by the sea"),
            ("to the mountains", "in the mountains"),
            ("to the park", "in the park"),
            ("to the forest", "in the forest"),
            ("to the swimming pool", "at the swimming pool"),
            ("to Italy", "in Italy"),
            ("to Paris", "in Paris"),
            ("to London", "in London"),
            ("to Japan", "in Japan"),
            ("to Spain", "in Spain"),
            ("to my parents", "with your parents"),
            ("to my grandparents", "with your grandparents"),
            ("to my friends", "with your friends"),
            ("camping", "camping"),
            ("hiking", "hiking"),
            ("swimming", "swimming"),
            ("fishing", "fishing"),
            ("skiing", "skiing"),
            ("dancing", "dancing"),
            ("shopping", "shopping"),
        ),
        "when": (
            "tomorrow",
            "today",
            "tonight",
            "this weekend",
            "next week",
            "on Saturday",
            "on Sunday",
            "in the holidays",
            "next month",
        ),
    },
    weight=4,
)

FEELINGS = (*MOODS, GOOD_NEWS, BAD_NEWS, PLANS)
