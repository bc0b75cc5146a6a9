"""What stories are made of: who, where, with what, and the plots.

A plot's sentences follow the opening "Once upon a time there was a HERO named NAME". They are
templates of exchange.expand(); one behind "?" may be left out. The friend is a creature, "it".
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "ADJECTIVES",
    "BOYS",
    "FRIENDS",
    "FUNNY",
    "GIRLS",
    "HEROES",
    "PLACES",
    "PLOTS",
    "THINGS",
    "THING_ADJECTIVES",
    "Plot",
]


@dataclass(frozen=True)
class Plot:
    sentences: tuple[str, ...]
    summary: str
    lesson: str
    # question, answer, what the answer must name
    facts: tuple[tuple[str, str, str], ...]


GIRLS = (
    "Mia Anna Emma Lucy Clara Nina Lena Alice Ella Rosa Ida Maria Sophie Eva Laura Ruth Lily Zoe "
    "Hannah Julia Nora Sara Amy Kate Molly Olga Vera Paula Tina Greta Flora Ava Ivy Olivia Daisy "
    "Luna Jane Betty Susan Marta Elsa Wilma Yara Amina Leila Mei Priya Sakura Fatima Ines"
).split()
BOYS = (
    "Tom Ben Max Paul Leo Jack Noah Peter Oscar Felix Adam Luke David Simon Henry Jonas Martin "
    "Finn "
    "Sam Tim Nick Fred Otto Hugo Emil Anton Karl Bob Bill Charlie George Harry Theo Victor Walter "
    "Pip Rusty Bruno Milo Toby Ivan Omar Ali Kenji Ravi Pablo Diego Marco Luca Mateo"
).split()

# "he" or "she" where the word says it; the name decides elsewhere
HEROES = {
    "girl": "she",
    "boy": "he",
    "princess": "she",
    "prince": "he",
    "king": "he",
    "queen": "she",
    "witch": "she",
    "grandmother": "she",
    **dict.fromkeys(
        "knight pirate baker farmer wizard sailor inventor teacher doctor astronaut painter child "
        "gardener fisherman detective giant troll elf fairy ghost robot snowman dragon unicorn fox "
        "bear mouse owl rabbit cat dog hedgehog elephant duck frog penguin horse lion wolf "
        "squirrel "
        "turtle snail monkey tiger pig kitten puppy".split(),
        "",
    ),
}
FRIENDS = (
    "dragon fox bear mouse owl rabbit cat dog hedgehog elephant duck frog penguin horse lion wolf "
    "squirrel turtle snail monkey tiger goat robot unicorn donkey raven swan deer badger parrot"
).split()
ADJECTIVES = "little brave curious clever shy lonely kind young friendly lazy cheerful".split()
THINGS = (
    "kite lantern key map book ball drum umbrella bell flute crown ring hat cookie apple shell "
    "feather button clock mirror sword spoon teapot blanket scarf letter coin basket pumpkin "
    "balloon guitar whistle telescope puppet egg pearl box rope wheel lamp cup bag candle pencil "
    "cake mitten stone flower doll violin compass pillow"
).split()
THING_ADJECTIVES = "red blue green golden silver little old magic big wooden".split()
PLACES = {
    **dict.fromkeys(
        "forest castle garden village cave library school meadow tower park harbour desert "
        "lighthouse "
        "kitchen museum attic zoo city barn".split(),
        "in",
    ),
    **dict.fromkeys("bridge mountain beach island farm playground hill ship moon".split(), "on"),
    **dict.fromkeys("lake river well pond sea waterfall".split(), "by"),
    **dict.fromkeys("market mill fair".split(), "at"),
}

_WHERE = ("Where did {name} meet the {friend}?", "{He} met the {friend} {in_place}.", "place")

PLOTS = (
    Plot(
        (
            "{Name} loved {his} {thing} more than anything else.",
            "One [morning|evening|day], the {thing} was gone.",
            "?{He} looked [under the bed|behind the door|in every corner], but could not find it.",
            "Then {he} went to the {place} and met {a_friend} there.",
            '"I [found something here last night|have something for you]," said the {friend}, and '
            "gave {him} the {thing}.",
            "?{Name} was so happy that {he} [danced|sang a song|laughed out loud].",
            "From that day on, {Name} and the {friend} were [best|good] friends.",
        ),
        "{Name} the {hero} lost {his} {thing}, and {a_friend} found it {in_place}.",
        "Good friends help you when you have lost something.",
        (
            ("What did {name} lose?", "{He} lost {his} {thing}.", "thing"),
            ("Who found the {thing}?", "{A_friend} found it.", "friend"),
            _WHERE,
        ),
    ),
    Plot(
        (
            "One [morning|day|afternoon], {he} found {a_thing} {in_place}.",
            "?It was the most beautiful {thing_noun} that {he} had ever seen.",
            "{Name} wanted to keep it, but then {he} saw {a_friend} that was [crying|very sad].",
            '"I have lost my {thing}," said the {friend}.',
            "{Name} [thought for a moment|took a deep breath] and gave it back.",
            "?The {friend} jumped for joy.",
            "That evening, they [had dinner together|ate cake together|played until the moon "
            "came], "
            "and {Name} had a new friend.",
        ),
        "{Name} the {hero} found {a_thing} {in_place} and gave it back to {a_friend}.",
        "It is good to be honest and to give back what you find.",
        (
            ("What did {name} find?", "{He} found {a_thing}.", "thing"),
            ("Where did {name} find it?", "{He} found it {in_place}.", "place"),
            ("Who had lost the {thing}?", "{A_friend} had lost it.", "friend"),
        ),
    ),
    Plot(
        (
            "One [day|morning|windy day], {Name} took {his} {thing} and walked to the {place}.",
            "There {he} heard a [quiet|small|sad] voice.",
            "It was {a_friend} that had fallen into a [deep hole|ditch].",
            '"Please help me," said the {friend}.',
            "{Name} gave it the {thing} to hold, so that it was not afraid.",
            "Then {he} [pulled with all {his} strength|fetched a long branch] until the {friend} "
            "was "
            "free.",
            "?They were both [tired|covered in mud], but very happy.",
            "The {friend} [never forgot what {Name} had done|thanked {Name} with a big smile].",
        ),
        "{Name} the {hero} helped {a_friend} out of a hole {in_place}.",
        "It is good to help those who are in trouble.",
        (
            ("Who had fallen into the hole?", "{A_friend} had fallen into it.", "friend"),
            ("What did {name} take along?", "{He} took {his} {thing} along.", "thing"),
            ("Where did {name} go?", "{He} went to the {place}.", "place"),
        ),
    ),
    Plot(
        (
            "{Name} was afraid of the dark.",
            "One evening, {his} friend, {a_friend}, gave {him} {a_thing}.",
            '"Hold it tight and nothing can [happen to you|frighten you]," said the {friend}.',
            "So {Name} took the {thing} and walked to the {place} in the middle of the night.",
            "?The wind [blew|howled], and [an owl called|the leaves danced], but {he} went on.",
            "{In_place}, {he} looked up and saw a thousand stars.",
            '"The {thing} has no power at all," said the {friend} and smiled.',
            "{Name} understood that {he} had been brave all along.",
        ),
        "{Name} the {hero} was afraid of the dark, but with {a_thing} {he} found {his} courage.",
        "You are braver than you think.",
        (
            ("What was {name} afraid of?", "{He} was afraid of the dark.", "dark"),
            ("What did the {friend} give {him}?", "It gave {him} {a_thing}.", "thing"),
            ("Where did {name} walk at night?", "{He} walked to the {place}.", "place"),
        ),
    ),
    Plot(
        (
            "One [day|summer|Sunday], there was a great race to the {place}.",
            "The prize was {a_thing}, and {Name} wanted to win it.",
            "{He} ran as fast as {he} could and was soon in front.",
            "Then {he} saw {a_friend} that had hurt its foot.",
            "{Name} stopped and [helped it up|carried it on {his} back].",
            "?All the others [ran past|went by] them.",
            "They came to the {place} last, but everybody cheered.",
            '"The {thing} belongs to the one with the biggest heart," said the judge and gave it '
            "to "
            "{Name}.",
        ),
        "{Name} the {hero} lost a race because {he} helped {a_friend}, and still got {a_thing}.",
        "Helping others is better than winning.",
        (
            ("What was the prize?", "The prize was {a_thing}.", "thing"),
            ("Whom did {name} help?", "{He} helped {a_friend}.", "friend"),
            ("Where did the race go?", "It went to the {place}.", "place"),
        ),
    ),
    Plot(
        (
            "More than anything, {Name} wished for {a_thing}, but {he} had no money.",
            "One [morning|day], {he} met {a_friend} {in_place}.",
            '"Help me with my work, and you shall have your wish," said the {friend}.',
            "For a whole week, {Name} [carried water|picked apples|swept the floor|chopped wood].",
            "?{He} was tired every evening, but {he} did not give up.",
            "On the last day, the {friend} gave {him} {a_thing}.",
            "{Name} had never been so [proud|happy] in {his} life.",
        ),
        "{Name} the {hero} worked for {a_friend} for a week and earned {a_thing}.",
        "If you work hard and do not give up, your wish can come true.",
        (
            ("What did {name} wish for?", "{He} wished for {a_thing}.", "thing"),
            ("Who gave {name} the {thing}?", "{A_friend} gave it to {him}.", "friend"),
            _WHERE,
        ),
    ),
    Plot(
        (
            "One [autumn day|evening], {Name} was {in_place} when a big storm came up.",
            "?The rain fell, and the thunder [rolled|roared].",
            "{He} hid under [an old roof|a big rock], and there sat {a_friend}, wet and cold.",
            "They moved close together and told each other stories all night.",
            "In the morning, the sun came out, and before them lay {a_thing}.",
            '"The storm has [left|brought] us a present," said the {friend}.',
            "They kept the {thing} in memory of the night when they became friends.",
        ),
        "In a storm {in_place}, {Name} the {hero} and {a_friend} became friends and found "
        "{a_thing}.",
        "Even a bad day can bring you a friend.",
        (
            ("Whom did {name} meet in the storm?", "{He} met {a_friend}.", "friend"),
            ("What lay there in the morning?", "There lay {a_thing}.", "thing"),
            ("Where was {name} when the storm came?", "{He} was {in_place}.", "place"),
        ),
    ),
    Plot(
        (
            "It was {Name}'s birthday, but nobody [said a word|seemed to remember].",
            "Sadly, {he} sat down [on a stone|in front of the house].",
            'Then {a_friend} came and said, "Follow me."',
            "It led {him} to the {place}.",
            "All {his} friends were there, with [lights|music|flowers] and a big cake.",
            "?They sang so loudly that the birds [joined in|stopped to listen].",
            "From the {friend}, {he} got {a_thing}.",
            "It was the best birthday of {Name}'s life.",
        ),
        "{A_friend} led {Name} the {hero} to a birthday party {in_place} and gave {him} {a_thing}.",
        "Your friends think of you even when you do not notice.",
        (
            ("What did {name} get?", "{He} got {a_thing}.", "thing"),
            ("Where was the party?", "It was {in_place}.", "place"),
            ("Who led {name} to the party?", "{A_friend} led {him} there.", "friend"),
        ),
    ),
    Plot(
        (
            "Every night, {Name} heard a strange noise from the {place}.",
            "?Nobody knew what it was, and everybody was a little afraid.",
            "One night, {he} [took all {his} courage|put on {his} shoes] and went to look.",
            "{In_place} sat {a_friend} that was playing with {a_thing}.",
            '"I have nobody to play with," said the {friend}.',
            "{Name} [laughed|smiled] and sat down beside it.",
            "From then on, they played with the {thing} together, and nobody was afraid any more.",
        ),
        "{Name} the {hero} looked for a strange noise {in_place} and found {a_friend} with "
        "{a_thing}.",
        "Look closely before you are afraid of something.",
        (
            ("Who made the noise?", "{A_friend} made it.", "friend"),
            ("What did the {friend} play with?", "It played with {a_thing}.", "thing"),
            ("Where did the noise come from?", "It came from the {place}.", "place"),
        ),
    ),
    Plot(
        (
            "{Name} had {a_thing}, and nobody else was allowed to touch it.",
            "One [sunny day|afternoon], {he} took it to the {place} and played alone.",
            "{A_friend} came by and asked to join in.",
            '"No, it is mine," said {Name}, and the {friend} went away.',
            "?Soon {Name} was bored, and the {thing} was no fun any more.",
            'So {he} ran after the {friend} and said, "Let us share it."',
            "They [laughed and played|had fun] until the sun went down.",
        ),
        "{Name} the {hero} learned {in_place} to share {his} {thing} with {a_friend}.",
        "Sharing is more fun than keeping everything for yourself.",
        (
            ("What did {name} have?", "{He} had {a_thing}.", "thing"),
            ("Who wanted to join in?", "{A_friend} wanted to join in.", "friend"),
            ("Where did {name} play?", "{He} played {in_place}.", "place"),
        ),
    ),
    Plot(
        (
            "{Name} wanted to learn to [whistle|dance|sing|swim], but it never worked.",
            "At last {he} went to the {place}, where a wise {friend} lived.",
            '"Try it ten times every day," said the {friend}.',
            "{Name} practised in the morning and in the evening.",
            "?Sometimes {he} was [angry|tired], but {he} always tried again.",
            "After a month, {he} could do it better than anyone else.",
            "The {friend} was proud of {him} and gave {him} {a_thing} as a prize.",
        ),
        "{Name} the {hero} practised every day with the help of {a_friend} and won {a_thing}.",
        "If you practise every day, you will learn it.",
        (
            ("Who helped {name}?", "A wise {friend} helped {him}.", "friend"),
            ("What did {name} get as a prize?", "{He} got {a_thing}.", "thing"),
            ("Where did the {friend} live?", "It lived {in_place}.", "place"),
        ),
    ),
)

FUNNY = (
    Plot(
        (
            "One [morning|Monday], {Name} was so sleepy that {he} put {a_thing} on {his} head "
            "instead of {his} hat.",
            "Then {he} walked to the {place} and did not notice anything.",
            "{A_friend} saw {him} and [fell over laughing|laughed until it had to sit down].",
            '"That is the newest fashion," said {Name} and walked on proudly.',
            "?The {friend} ran home to tell everybody.",
            "The next day, everybody {in_place} wore {a_thing} on the head.",
            "Only {Name} wore a hat again.",
        ),
        "{Name} the {hero} wore {a_thing} on {his} head, and soon everybody {in_place} did the "
        "same.",
        "Even a mistake can become a fashion.",
        (
            ("What did {name} put on {his} head?", "{He} put {a_thing} on {his} head.", "thing"),
            ("Who laughed at {name}?", "{A_friend} laughed at {him}.", "friend"),
            ("Where did {name} walk?", "{He} walked to the {place}.", "place"),
        ),
    ),
    Plot(
        (
            "One [day|evening], {he} found {a_thing} {in_place}.",
            '"Put me down, I am ticklish," said the {thing}.',
            "{Name} was so surprised that {he} [sat down in a puddle|jumped into a bush].",
            '"A {thing_noun} that can talk," {he} cried.',
            "Then {he} heard somebody [giggle|laugh] behind a tree.",
            "It was {a_friend}, and it had made the voice.",
            "?They tried the trick on everybody who came by.",
            "In the end, both of them laughed until their bellies hurt.",
        ),
        "{A_friend} made {Name} the {hero} believe that {a_thing} could talk.",
        "A good joke makes everybody laugh.",
        (
            ("What did {name} find?", "{He} found {a_thing}.", "thing"),
            ("Who had made the voice?", "{A_friend} had made it.", "friend"),
            ("Where did {name} find it?", "{He} found it {in_place}.", "place"),
        ),
    ),
    Plot(
        (
            "{Name} wanted to bake a cake for {a_friend}.",
            "But {he} mixed up the salt and the sugar, and {a_thing} fell into the dough.",
            "Proudly, {he} carried the cake to the {place}.",
            "The {friend} took a big bite and [turned green|made a very strange face].",
            '"It tastes of old socks," it said politely.',
            "?{Name} tried a piece and had to drink three glasses of water.",
            "Then they threw the cake away and [ate ice cream|ordered pizza] instead.",
        ),
        "{Name} the {hero} baked a terrible cake for {a_friend} with {a_thing} in it.",
        "Taste it yourself before you give it to a friend.",
        (
            ("What fell into the dough?", "{A_thing} fell into it.", "thing"),
            ("For whom did {name} bake the cake?", "{He} baked it for {a_friend}.", "friend"),
            ("Where did {name} carry the cake?", "{He} carried it to the {place}.", "place"),
        ),
    ),
)
