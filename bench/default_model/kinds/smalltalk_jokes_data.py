"""Jokes, what each is about, and the ways to ask for one."""

from __future__ import annotations

from ..topic import Topic

__all__ = ["ANOTHER_JOKE", "JOKE", "JOKES", "JOKE_ABOUT", "JOKE_LINES", "JOKE_MARKS"]

JOKES = (  # what it is about, how it begins, how it ends
    ("cats", "Why did the cat sit on the computer?", "It wanted to keep an eye on the mouse."),
    ("dogs", "Why did the dog sit next to the clock?", "It was a watchdog."),
    ("cows", "Why did the cow go to space?", "It wanted to see the Moooon."),
    ("ducks", "Who pays when ducks eat out?", "They put it on their bill."),
    ("fish", "Why do fish know so much?", "They live in schools."),
    ("bees", "Why do bees hum?", "They forgot the words."),
    ("spiders", "Why did the spider learn to type?", "It wanted to make a website."),
    ("elephants", "Why do elephants never pack?", "They always have a trunk with them."),
    ("owls", "Why did the owl fail at telling secrets?", "It kept asking who."),
    ("sheep", "Where do sheep get their hair cut?", "At the baa-baa shop."),
    ("frogs", "What does a frog order in a cafe?", "A croak and a slice of fly."),
    ("birds", "Why do birds fly south?", "It would take too long to walk."),
    ("snails", "What did the snail say on the turtle's back?", "Not so fast!"),
    ("horses", "Why did the horse talk all night?", "It had a long tale to tell."),
    ("school", "Why did the pencil go to school?", "It wanted to get sharper."),
    ("teachers", "Why did the teacher wear sunglasses?", "The students were too bright."),
    ("math", "Why was the math book so sad?", "It had too many problems."),
    ("numbers", "Why was six afraid of seven?", "Because seven eight nine."),
    ("books", "Why did the book join the police?", "It liked to go undercover."),
    ("computers", "Why did the computer go to the doctor?", "It had caught a virus."),
    ("programmers", "Why do programmers like the dark?", "Light attracts bugs."),
    ("Python", "Why did the snake learn to code?", "It already spoke Python."),
    ("robots", "Why was the robot so tired?", "It had a hard drive."),
    ("phones", "Why did the phone wear glasses?", "It had lost its contacts."),
    ("bread", "Why did the baker work so hard?", "He kneaded the dough."),
    ("bananas", "Why did the banana see a doctor?", "It was not peeling well."),
    ("cheese", "What do you call cheese that is not yours?", "Nacho cheese."),
    ("tomatoes", "Why did the tomato turn red?", "It saw the salad dressing."),
    ("coffee", "What did the coffee say to the sugar?", "You make my life sweet."),
    ("eggs", "Why do eggs tell no jokes?", "They would crack up."),
    ("apples", "What is worse than a worm in your apple?", "Half a worm."),
    ("clocks", "Why did the man throw the clock?", "He wanted to see time fly."),
    ("shoes", "Why did the shoe stay quiet?", "It was tongue-tied."),
    ("bicycles", "Why did the bicycle fall over?", "It was two tired."),
    ("trees", "How do trees get online?", "They log in."),
    ("the sea", "Why is the sea so friendly?", "It always waves."),
    ("the moon", "Why was the moon not hungry?", "It was already full."),
    ("the weather", "Why did the cloud stay at home?", "It was feeling under the weather."),
    ("winter", "What does a snowman eat for breakfast?", "Snowflakes."),
    ("ghosts", "Why do ghosts tell bad lies?", "You can see right through them."),
    ("music", "Why did the piano stay outside?", "It had lost its keys."),
    ("doctors", "Why did the doctor carry a red pen?", "To draw blood."),
    ("football", "Why was the stadium so cool?", "It was full of fans."),
    ("chickens", "Why did the chicken cross the road?", "To get to the other side."),
)

JOKE_LINES = "\n".join(f"{opening} {end}" for _, opening, end in JOKES)
JOKE_MARKS = "|".join(end.rstrip(".!") for _, _, end in JOKES)

_LAUGH = Topic(
    "laughing at a joke",
    ask="""
        [haha|lol|hahaha|hehe|rofl][, good one|, that's funny|, nice|, very funny|]
        [that was|that's|that is|this one is] [funny|good|a good one|great|hilarious|so funny]
        [good one|nice one|funny|I like that one|that made me laugh|you are funny|very good]
    """,
    say="""
        I am glad that made you laugh!
        It is nice to see you laugh!
    """,
    marks="laugh",
)

_GROAN = Topic(
    "not laughing",
    ask="""
        [that was|that's|that is|this is] [not funny|not very funny|a bad joke|terrible|awful|lame]
        [I don't get it|I don't understand it|I did not laugh|that was a bad one|boring|bad joke]
        [not funny|very old joke|I know that one already|I have heard that one|that one is old]
    """,
    say="""
        Sorry, I only know simple jokes. Ask me for another one if you like.
        Sorry about that! I only know a few simple jokes.
    """,
    marks="sorry; simple jokes",
)

ANOTHER_JOKE = Topic(
    "another joke",
    ask="""
        [another one|another joke|one more|again|more|next one|a different one|tell me another]
        [another one|another joke|one more|one more joke|a different joke][, please|!|?]
        [tell me|give me|let me hear|I want] [another|another one|one more|another joke|a new one]
        [do you have|do you know|have you got|got] [another|another one|any more|any others|more]?
        [haha|lol|funny|nice|good one|great][,|!] [another one|one more|tell me another|again]
        [can you|could you|will you] tell me [another|another one|one more|a different one]?
    """,
    say=JOKE_LINES,
    marks=JOKE_MARKS,
    then=(_LAUGH, _GROAN),
)

JOKE = Topic(
    "joke",
    ask="""
        [tell me|tell us|give me|say|share|let me hear] [a|a good|a short|a funny|a new] joke
        [can you|could you|would you|will you] [please|] tell me a [short|good|funny|] joke?
        [do you know|have you got|do you have|know] [a|any|some|any good] [joke|jokes]?
        [I want|I need|I'd like|I would like] [a joke|to hear a joke|a good joke|a laugh|to laugh]
        [joke|joke please|a joke|a joke, please|jokes|your best joke|one joke|joke time]
        [make me laugh|say something funny|tell me something funny|be funny|something funny]
        [what is|what's] [a good joke|a funny joke|your best joke|your favourite joke|your joke]?
        [please|hey,|hi,|ok,|now] [tell me a joke|make me laugh|say something funny|tell a joke]
        [tell me|give me] a joke [for kids|for children|to cheer me up|for my friend|for a party]
    """,
    say=JOKE_LINES,
    marks=JOKE_MARKS,
    then=(ANOTHER_JOKE, _LAUGH, _GROAN),
    weight=6,
)

JOKE_ABOUT = Topic(
    "joke about something",
    ask="""
        [tell me|give me|say|share] [a|a good|a short|a funny] joke about {subject}
        [can you|could you|would you] tell me a [short|good|funny|] joke about {subject}?
        [do you know|have you got|do you have|is there] a [good|] joke about {subject}?
        [I want|I need|I'd like|I would like] [a joke|to hear a joke] about {subject}
        [joke about|a joke about|a funny joke about|some joke about] {subject}[, please|]
        [make me laugh|say something funny|tell me something funny] about {subject}
    """,
    say="{opening} {end}",
    marks="{mark}",
    slots={
        "subject,opening,end,mark": tuple(
            (subject, opening, end, end.rstrip(".!")) for subject, opening, end in JOKES
        )
    },
    then=(ANOTHER_JOKE, _LAUGH, _GROAN),
    weight=4,
)
