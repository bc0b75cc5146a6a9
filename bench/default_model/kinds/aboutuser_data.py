"""What users tell about themselves: the values, the ways to say them and to ask for them."""

from __future__ import annotations

from dataclasses import dataclass

from ..topic import words

__all__ = ["FACTS", "NAMES", "SYLLABLES", "Fact"]

SYLLABLES = tuple(
    "ba be bo da de do fa fi ga go ha he ja jo ka ke ki ko la le li lo lu ma me mi mo na ne ni no "
    "pa pe pi ra re ri ro ru sa se si so ta te ti to va ve vi wa wi za ze zi zo".split()
)

NAMES = tuple(
    """Anna Ben Clara David Emma Felix Grace Henry Ida Jack Kate Leo Mia Noah Olivia Paul Quinn Rosa
    Sam Tina Uma Victor Wendy Xavier Yara Zoe Adam Bella Carl Diana Eric Fiona George Hannah Ivan
    Julia Kevin Laura Max Nina Oscar Paula Ravi Sara Tom Ursula Vera Will Yusuf Zara Alice Bob Chloe
    Daniel Eva Frank Greta Hugo Iris James Karen Lukas Maria Nick Olga Peter Rita Simon Thea Vincent
    Amir Bianca Chen Dora Elias Farah Gina Hassan Ines Jonas Kim Lena Marco Nora Omar Petra Robin
    Sofia Theo Valentina Walter Yuki Aisha Bruno Carmen Dennis Elena Finn Gloria Harry Isabel Jamal
    Kofi Linda Mateo Naomi Otto Pablo Rachel Stefan Tara Vikram Wanda Yasmin Andrew Brenda Cora
    Dylan Ella Fred Gabriel Helen Igor Jenny Klaus Lily Michael Nadia Oliver Priya Richard Susan
    Thomas Viola Alex Barbara Charlie Debbie Edward Freya Gordon Heidi Ian Jane Keith Lucy Martin
    Nancy Owen Phil Rosie Steve Tracy Arthur Betty Colin Daisy Ethan Florence Gary Hazel Isaac Joy
    Kyle Leah Mark Nathan Otis Penny Ryan Sally Tim Violet Zack""".split()
)

_EITHER = tuple(
    "friend cousin neighbour partner boss teacher colleague roommate child baby".split()
)
_MALE = tuple(
    """Ben David Henry Jack Leo Noah Paul Victor Adam Carl Eric George Ivan Kevin Max Oscar Tom
    Will Bob Daniel Frank Hugo James Nick Peter Simon Marco Theo Walter Bruno Finn Harry""".split()
)
_FEMALE = tuple(
    """Anna Clara Emma Grace Ida Kate Mia Olivia Rosa Tina Wendy Zoe Bella Diana Fiona Hannah Julia
    Laura Nina Paula Sara Alice Eva Greta Iris Maria Rita Thea Lena Sofia Linda Lucy""".split()
)

_CITIES = words(
    """Paris|London|Berlin|Rome|Madrid|Vienna|Prague|Oslo|Dublin|Lisbon|Athens|Boston|
    Chicago|New York|Toronto|Sydney|Tokyo|Delhi|Mumbai|Cairo|Nairobi|Lagos|Lima|Bogota|Seoul|
    Munich|Cologne|Zurich|Geneva|Milan|Naples|Venice|Lyon|Nice|Barcelona|Valencia|Porto|Warsaw|
    Krakow|Budapest|Sofia|Helsinki|Stockholm|Copenhagen|Amsterdam|Rotterdam|Brussels|Glasgow|
    Edinburgh|Manchester|Liverpool|Leeds|Bristol|Oxford|Cambridge|Dallas|Denver|Seattle|Miami|
    Houston|Austin|Portland|Montreal|Vancouver|Melbourne|Auckland|Osaka|Kyoto|Bangkok|Hanoi|Manila|
    Singapore|Jakarta|Istanbul|Ankara|Tunis|Accra|Dakar|Cape Town|Santiago|Quito|Havana|Leipzig|
    Dresden|Bremen|Salzburg|Basel|Turin|Bologna|Seville|Bergen|Riga|Vilnius|Tallinn"""
)

_ANIMALS = tuple("dog cat hamster rabbit parrot horse turtle goldfish pony canary snake".split())

_JOBS = (
    *(
        f"a {job}"
        for job in """nurse teacher doctor baker farmer pilot painter writer lawyer gardener plumber
        cook waiter student programmer dentist carpenter driver singer musician journalist
        librarian photographer police_officer firefighter scientist tailor butcher translator
        designer mechanic hairdresser postman sailor soldier vet judge""".replace("_", "-").split()
    ),
    *(f"an {job}" for job in "engineer architect artist actor electrician accountant".split()),
)

_COLOURS = tuple(
    """red blue green yellow orange purple pink black white grey brown turquoise violet gold silver
    beige""".split()
)

_FOODS = words(
    """pizza|pasta|soup|sushi|ice cream|chocolate|bread|cheese|salad|rice|curry|fish|
    pancakes|apple pie|lasagne|potatoes|noodles|tacos|burgers|strawberries|mangoes|cake|omelettes|
    risotto|dumplings|goulash|falafel|waffles|cherries|spaghetti|couscous"""
)

_HOBBIES = words(
    """painting|reading|swimming|running|dancing|singing|cooking|baking|hiking|fishing|
    gardening|cycling|chess|football|tennis|photography|knitting|climbing|sailing|drawing|skiing|
    yoga|basketball|volleyball|surfing|writing|sewing|pottery|karate|judo|table tennis|rowing|
    playing the piano|playing the guitar|playing the drums|collecting stamps|watching birds|
    programming|riding horses|playing cards"""
)

_MONTHS = tuple(
    "January February March April May June July August September October November December".split()
)

_AGES = tuple(str(age) for age in range(6, 96))


@dataclass(frozen=True)
class Fact:
    """One thing that a user may tell. {value} is the fact, {kind} what it is a fact of.

    tell: clauses of the user; ask: how the user asks for it later.
    clause: the same in the words of the model.
    noun: what the model says that it has not been told.
    values: what may be told; none where it is a name.
    """

    name: str
    tell: str
    ask: str
    clause: str
    noun: str
    values: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ("",)


def _person(kinds: tuple[str, ...], values: tuple[str, ...] = ()) -> Fact:
    """The name of somebody whom the user has; kinds say who that is."""
    return Fact(
        kinds[0],
        """
        [my {kind} is called|my {kind}'s name is|my {kind} is named] {value}
        [the name of my {kind} is|I have a {kind} called|I have a {kind} named] {value}
        """,
        """
        [what is|what's|what was] my {kind}'s name[ again|]?
        [what is|what's|what was] [the name of my {kind}|my {kind} called][ again|]?
        [do you remember|do you know|can you tell me] [my {kind}'s name|the name of my {kind}]?
        [tell me|say|tell me again] [my {kind}'s name|what my {kind} is called]
        [do you still know|have you forgotten] [my {kind}'s name|what my {kind} is called]?
        """,
        "your {kind} is called {value}",
        "the name of your {kind}",
        values,
        kinds,
    )


FACTS = (
    Fact(
        "name",
        """
        [my name is|my name's|I am|I'm|I am called|I'm called|my first name is] {value}
        [call me|please call me|you can call me|everyone calls me|my friends call me] {value}
        [this is|it's|it is] {value}[ here|]
        """,
        """
        [what is|what's|whats] my [name|first name]?
        [what was|what's] my name again?
        [do you remember|do you know|can you recall|do you recall] my name?
        [tell me|say|tell me again] my name
        [do you still know|have you forgotten] my name?
        [who am I|what am I called|how am I called|what do my friends call me]?
        [can you|could you] [tell me|say] [my name|what my name is|who I am]?
        [do you remember|can you tell me] [who I am|what I am called]?
        """,
        "your name is {value}",
        "your name",
    ),
    Fact(
        "age",
        """
        [I am|I'm] {value} years old
        [I am|I'm] {value}[ years of age]
        [I just|I have just|yesterday I|last week I] turned {value}
        my age is {value}
        """,
        """
        how old am I[ now| again|]?
        [what is|what's|what was] my age[ again|]?
        [do you remember|do you know|can you tell me|can you remember] [my age|how old I am]?
        [tell me|say|tell me again] [how old I am|my age]
        [do you still know|have you forgotten] [how old I am|my age]?
        [how many years|how many years old] am I?
        """,
        "you are {value} years old",
        "your age",
        _AGES,
    ),
    Fact(
        "home",
        """
        I [live|am living|live with my family] in {value}
        [my home is|my flat is|my house is|home for me is] in {value}
        I [moved|have moved|just moved] to {value}
        [my city|my town|the city that I live in] is {value}
        """,
        """
        [where do I live|where is my home|where am I living]?
        [which|what] [city|town|place] [do I live in|is my home|am I living in]?
        [what is|what's|what was] my [city|town][ again|]?
        [do you remember|do you know|can you tell me|can you remember] where I [live|am living]?
        [tell me|say|tell me again] [where I live|my city]
        [do you still know|have you forgotten] [where I live|my city]?
        """,
        "you live in {value}",
        "where you live",
        _CITIES,
    ),
    Fact(
        "origin",
        """
        [I'm|I am|I come|my family comes|originally I come] from {value}
        [my home town|my place of birth] is {value}
        I was born in {value}
        """,
        """
        [where am I from|where do I come from|where was I born]?
        [which|what] [city|town|place] [am I from|do I come from]?
        [what is|what's|what was] my [home town|place of birth][ again|]?
        [do you remember|do you know|can you tell me|can you remember] where I [come from|am from]?
        [tell me|say|tell me again] [where I come from|where I am from|my home town]
        [do you still know|have you forgotten] [where I come from|where I am from|my home town]?
        """,
        "you come from {value}",
        "where you come from",
        _CITIES,
    ),
    Fact(
        "job",
        """
        [I am|I'm|I work as|by profession I am] {value}
        [my job is that of|my profession is that of|I earn my money as|I'm working as] {value}
        """,
        """
        [what is|what's|what was] my [job|profession|occupation][ again|]?
        [what do I do|what do I do for a living|what do I work as|what am I by profession]?
        [do you remember|do you know|can you tell me] [my job|what I do|my profession]?
        [tell me|say|tell me again] [my job|what I do for a living|what I work as]
        [do you still know|have you forgotten] [my job|what I do for a living|what I work as]?
        """,
        "you are {value}",
        "your job",
        _JOBS,
    ),
    Fact(
        "colour",
        """
        [my favourite colour|my favorite color|the colour that I like most] is {value}
        {value} is my [favourite colour|favorite color]
        of all colours I like {value} [best|most]
        """,
        """
        [what is|what's|what was] my [favourite colour|favorite color][ again|]?
        [which|what] colour do I [like|like best|like most|love]?
        [do you remember|do you know|can you tell me] my [favourite colour|favorite color]?
        [tell me|say|tell me again] my [favourite colour|favorite color]
        [do you still know|have you forgotten] my [favourite colour|favorite color]?
        """,
        "your favourite colour is {value}",
        "your favourite colour",
        _COLOURS,
    ),
    Fact(
        "food",
        """
        [my favourite|my favorite] food is {value}
        [most of all I like to eat|I like to eat|I love to eat] {value}
        the food that I like most is {value}
        """,
        """
        [what is|what's|what was] my [favourite|favorite] food[ again|]?
        [what|which food] do I [like to eat|love to eat|like to eat most]?
        [do you remember|do you know|can you tell me] [my favourite food|what I like to eat]?
        [tell me|say|tell me again] [my favourite food|what I like to eat]
        [do you still know|have you forgotten] [my favourite food|what I like to eat]?
        """,
        "your favourite food is {value}",
        "your favourite food",
        _FOODS,
    ),
    Fact(
        "hobby",
        """
        [my hobby is|my favourite hobby is|in my free time I enjoy|I enjoy|I really like] {value}
        [as a hobby I like|I spend my free time on|my great passion is|for fun I like] {value}
        """,
        """
        [what is|what's|what was] my [hobby|favourite hobby|passion][ again|]?
        what do I [enjoy|do for fun|do in my free time|like to do]?
        [do you remember|do you know|can you tell me] [my hobby|what I enjoy|what I do for fun]?
        [tell me|say|tell me again] [my hobby|what I do in my free time]
        [do you still know|have you forgotten] [my hobby|what I do in my free time]?
        """,
        "your hobby is {value}",
        "your hobby",
        _HOBBIES,
    ),
    Fact(
        "birthday",
        """
        [my birthday is|I was born|I have my birthday|I celebrate my birthday] in {value}
        {value} is the month of my birthday
        """,
        """
        [when is|when's|when was|in which month is] my birthday[ again|]?
        [when|in which month|in what month] was I born?
        [do you remember|do you know] [my birthday|when my birthday is|when I was born]?
        [tell me|say|tell me again] [when my birthday is|when I was born]
        [do you still know|have you forgotten] [when my birthday is|when I was born]?
        """,
        "your birthday is in {value}",
        "your birthday",
        _MONTHS,
    ),
    Fact(
        "pet",
        """
        I have a {kind}[ called| named|. Its name is] {value}
        my {kind} is [called|named] {value}
        my {kind}'s name is {value}
        [the name of my {kind}|my pet is a {kind} and its name] is {value}
        [I got|we have|we got] a {kind}[ called| named] {value}
        """,
        """
        [what is|what's|what was] my {kind}'s name[ again|]?
        [what is|what's|what was] [the name of my {kind}|my {kind} called][ again|]?
        [do you remember|do you know|can you tell me] [my {kind}'s name|the name of my {kind}]?
        [tell me|say|tell me again] [my {kind}'s name|what my {kind} is called]
        [do you still know|have you forgotten] [my {kind}'s name|what my {kind} is called]?
        how is my {kind} called?
        """,
        "your {kind} is called {value}",
        "the name of your {kind}",
        kinds=_ANIMALS,
    ),
    _person(_EITHER),
    _person(("brother", "son", "husband", "father", "uncle", "grandfather"), _MALE),
    _person(("sister", "daughter", "wife", "mother", "aunt", "grandmother"), _FEMALE),
)
