"""Rhymes: for each subject, couplets that begin a poem and couplets that end it."""

from __future__ import annotations

__all__ = ["BEGINNINGS_AND_ENDS"]

Couplet = tuple[str, str]


def _couplets(text: str) -> tuple[Couplet, ...]:
    return tuple((first.strip(), second.strip()) for first, second in _pairs(text.split("/")))


def _pairs(lines: list[str]) -> list[tuple[str, str]]:
    return list(zip(lines[::2], lines[1::2], strict=True))


# The subject stands in each couplet that begins.
_BANK = {
    "sea": (
        "The sea is wide, the sea is blue,/It sings a quiet song for you."
        "/I love the sea, its salty spray,/It calls me back on every day.",
        "The waves roll in, the waves roll out,/They turn the little shells about."
        "/A ship sails slowly to the west,/And in the evening all can rest.",
    ),
    "cat": (
        "My cat is soft, my cat is small,/She chases every rolling ball."
        "/The cat is sitting by the door,/She wants some milk, and then some more.",
        "At night she curls up on my bed,/And purrs a song beside my head."
        "/She washes both her little ears,/And runs away when someone nears.",
    ),
    "dog": (
        "My dog is running through the park,/You hear him come, you hear him bark."
        "/The dog is waiting at the gate,/He is so glad when I am late.",
        "He brings me back the stick I throw,/And follows me where I may go."
        "/And when the day comes to its end,/He sleeps beside me like a friend.",
    ),
    "moon": (
        "The moon is shining round and bright,/It fills the garden with its light."
        "/The silver moon is in the sky,/It watches as the clouds go by.",
        "The stars are dancing all around,/And silence lies upon the ground."
        "/Good night, dear world, now go to sleep,/And let your dreams be long and deep.",
    ),
    "sun": (
        "The sun comes up, the sun is gold,/It warms the young, it warms the old."
        "/The morning sun looks through the trees,/And with it comes a gentle breeze.",
        "The birds begin to sing and play,/And welcome in another day."
        "/And when it sinks behind the hill,/The whole wide world is calm and still.",
    ),
    "rain": (
        "The rain is falling on the street,/It makes a puddle for my feet."
        "/I hear the rain upon the roof,/It sounds just like a horse's hoof.",
        "The flowers drink, the gardens grow,/And little rivers start to flow."
        "/And when the clouds have gone away,/A rainbow ends the rainy day.",
    ),
    "snow": (
        "The snow is falling soft and white,/It covers all the land tonight."
        "/Look at the snow, it came last night,/The garden is all clean and white.",
        "We build a man with coat and hat,/And he is tall and round and fat."
        "/We take the sledge and down we go,/Some of us fast and some too slow.",
    ),
    "spring": (
        "The spring is here, the grass is green,/The finest grass I've ever seen."
        "/When spring comes back, the birds will sing,/And in the field the bells will ring.",
        "The flowers open, red and blue,/And everything is fresh and new."
        "/The sun is warm, the days are long,/And every bird has got a song.",
    ),
    "summer": (
        "In summer we can swim and play,/And stay outside for all the day."
        "/The summer sun is high and hot,/We find ourselves a shady spot.",
        "We eat our ice cream by the sea,/And feel as happy as can be."
        "/The nights are warm, the stars are clear,/It is the best time of the year.",
    ),
    "autumn": (
        "In autumn all the leaves turn red,/They float and dance above my head."
        "/The autumn wind is blowing cold,/It paints the forest red and gold.",
        "The apples ripen on the tree,/There's one for you and one for me."
        "/We fly our kites, we run and shout,/And turn ourselves and them about.",
    ),
    "winter": (
        "When winter comes, the nights are long,/The wind outside sings us a song."
        "/In winter, all the world is white,/The stars are clear and cold at night.",
        "We drink hot cocoa by the fire,/And watch the flames climb ever higher."
        "/The lake has turned to ice so clear,/We skate on it each day this year.",
    ),
    "friend": (
        "A friend will help you when you fall,/And come to you whenever you call."
        "/I have a friend, I like him so,/He walks with me where I must go.",
        "We share our bread, we share our play,/We talk and laugh the whole long day."
        "/And if it rains or if it snows,/He is the one who always knows.",
    ),
    "mother": (
        "My mother's hands are warm and kind,/A better heart is hard to find."
        "/Dear mother, this is just for you,/For all the many things you do.",
        "You dry my tears, you hold me tight,/You tell me stories every night."
        "/I give you flowers and a kiss,/And may your day be full of bliss.",
    ),
    "tree": (
        "The tree is old, the tree is tall,/It gives its shadow to us all."
        "/There stands a tree upon the hill,/And when the wind sleeps, it is still.",
        "The birds are nesting up so high,/They sing their songs into the sky."
        "/Its leaves are green, its roots are deep,/And in the winter it will sleep.",
    ),
    "flower": (
        "A flower opened in the sun,/It was the very smallest one."
        "/The flower in my garden bed,/Is small and sweet and very red.",
        "A bee came by to say hello,/And helped the little seeds to grow."
        "/It drank the rain, it drank the dew,/And I have picked it just for you.",
    ),
    "bird": (
        "A bird is sitting on the tree,/It sings a little song for me."
        "/The little bird has learned to fly,/It draws its circles in the sky.",
        "It builds its nest of grass and hay,/And feeds its children every day."
        "/In autumn it flies far away,/But it will come again in May.",
    ),
    "robot": (
        "A robot lived in our old house,/It was as quiet as a mouse."
        "/My robot is made out of tin,/It has a bolt below its chin.",
        "It washed the plates, it swept the floor,/And when it rested, it would snore."
        "/It counts to ten, it counts to three,/And then it makes a cup of tea.",
    ),
    "computer": (
        "My computer is never tired,/It works as long as it is wired."
        "/The computer sits on my desk all day,/It helps me work, it helps me play.",
        "It adds up numbers, one by one,/And tells me when the work is done."
        "/I write a line, I press a key,/And it will do the rest for me.",
    ),
    "night": (
        "The night is dark, the night is deep,/And all the little children sleep."
        "/The night has come, the day is gone,/But in the sky the stars shine on.",
        "An owl flies softly through the wood,/It would be silent if it could."
        "/So close your eyes and do not fear,/The morning light will soon be here.",
    ),
    "school": (
        "At school we learn to read and write,/And how to draw a bird in flight."
        "/The school bell rings, it's time to go,/We learn the things we need to know.",
        "We count to ten, we learn to spell,/And then we hear the closing bell."
        "/My friends are here, we laugh and play,/And so we like it every day.",
    ),
    "river": (
        "The river starts up on the hill,/And runs and runs, is never still."
        "/The river flows through field and town,/Forever on, forever down.",
        "It turns the mill, it feeds the land,/It carries stones and shells and sand."
        "/At last it comes down to the sea,/As wide and blue as it can be.",
    ),
    "birthday": (
        "Your birthday comes but once a year,/And all of us are glad and here."
        "/A happy birthday, full of light,/With cake and candles burning bright.",
        "So make a wish and blow them out,/And hear your friends all sing and shout."
        "/May all your days be full of cheer,/And see you back again next year.",
    ),
    "horse": (
        "My horse is running like the wind,/He leaves the other ones behind."
        "/The horse stands waiting in the hay,/He wants to run with me today.",
        "We ride across the fields so wide,/With sun and shadow at our side."
        "/I brush his coat, I comb his mane,/Tomorrow we will ride again.",
    ),
    "star": (
        "A star is shining far away,/It waits until the end of day."
        "/I saw a star, so small and bright,/It winked at me the whole long night.",
        "I made a wish, I whispered low,/And what it was, you will not know."
        "/The sky is full of golden light,/I wave my hand and say good night.",
    ),
    "train": (
        "The train goes rolling down the track,/It takes us there, it takes us back."
        "/I love the train, I love its song,/It sings and rattles all day long.",
        "The fields fly by, the houses too,/The sky above is clear and blue."
        "/And when we reach the little town,/We take our bags and we step down.",
    ),
    "love": (
        "My love is like a morning song,/It stays with me the whole day long."
        "/With love the world is warm and bright,/It is a little lamp at night.",
        "It asks for nothing, gives you all,/And holds your hand if you should fall."
        "/So let us walk, just me and you,/Beneath a sky so wide and blue.",
    ),
    "garden": (
        "My garden is a lovely place,/The sun is shining on my face."
        "/In our garden, big and green,/The finest roses can be seen.",
        "The bees are busy all day long,/And every bird is full of song."
        "/I dig the soil, I plant the seeds,/And now and then pull out the weeds.",
    ),
}

BEGINNINGS_AND_ENDS = {
    subject: (_couplets(beginnings), _couplets(ends))
    for subject, (beginnings, ends) in _BANK.items()
}
