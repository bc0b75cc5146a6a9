"""The frames of the passages of `reading`, its lists, what it remembers and chooses from."""

from __future__ import annotations

__all__ = [
    "CHOICES",
    "FILLERS",
    "FINDS",
    "FRAMES",
    "GREETINGS",
    "LISTS",
    "MEMORIES",
    "NOT_TOLD",
    "SIZES",
]

FRAMES = (
    "{text} {question}",
    "{text} {question}",
    "{text} {question}",
    "{text}\n{question}",
    "{text}\n\n{question}",
    "{question} {text}",
    "{question}\n\n{text}",
    "[Text|Context|Passage|Story|Information]: {text}\n[Question|Q]: {question}",
    "[Text|Context|Passage|Document]:\n{text}\n\nQuestion: {question}",
    "Question: {question}\n[Text|Context]: {text}",
    "[Read this|Here is a text|Read the following text|Here is a story|Given|Note]: {text} "
    "{question}",
    "[Read the text and answer the question|Answer the question|Answer from the text|Use the text]."
    " {text} {question}",
    '[Here is a text|Text|Read this]: "{text}" {question}',
    "[Based on|According to|Using only] [this text|the text], [answer this|answer]: "
    "{question}\n{text}",
    "[Suppose|Imagine|Let us say] this is true: {text} {question}",
)

# title, sort of the keys, sort of the values, question, answer, what a list without it does not say
LISTS = (
    (
        "[prices|our prices|menu|price list]",
        "grocery",
        "price",
        "[What is the price of {k}?|How much is {k}?|What does {k} cost?|Price of {k}?]",
        "The price of {k} is {v}.",
        "the price of {k}",
    ),
    (
        "[stock|in stock|inventory|our stock]",
        "product",
        "count",
        "[How many items of {k} are in stock?|What is the stock of {k}?|What number is at {k}?]",
        "The stock of {k} is {v}.",
        "the stock of {k}",
    ),
    (
        "[phone numbers|phone list|phone book]",
        "name",
        "phone",
        "[What is {k}'s number?|What is the phone number of {k}?|What's the number of {k}?]",
        "The number of {k} is {v}.",
        "the number of {k}",
    ),
    (
        "[ages|the ages of the children|age list]",
        "name",
        "age",
        "[How old is {k}?|What is the age of {k}?|What is {k}'s age?]",
        "The age of {k} is {v}.",
        "the age of {k}",
    ),
    (
        "[points|scores|results|the score]",
        "name",
        "hundred",
        "[How many points does {k} have?|What is the score of {k}?|What is {k}'s score?]",
        "The score of {k} is {v}.",
        "the score of {k}",
    ),
    (
        "[codes|the codes|secret codes|door codes]",
        "place",
        "code",
        "[What is the code for the {k}?|What is the code of the {k}?|Which code belongs to the "
        "{k}?]",
        "The code of the {k} is {v}.",
        "the code of the {k}",
    ),
    (
        "[rooms|room list|who is where]",
        "name",
        "number",
        "[Which room is {k} in?|What is the room of {k}?|In which room is {k}?]",
        "The room of {k} is {v}.",
        "the room of {k}",
    ),
    (
        "[e-mail addresses|emails|contacts]",
        "name",
        "email",
        "[What is {k}'s email?|What is the email of {k}?|What is the e-mail address of {k}?]",
        "The email of {k} is {v}.",
        "the email of {k}",
    ),
    (
        "[departures|trains|timetable|bus times]",
        "city",
        "time",
        "[When does the train to {k} leave?|What is the time for {k}?|When is the departure to "
        "{k}?]",
        "The time for {k} is {v}.",
        "the time for {k}",
    ),
    (
        "[the teams and their colours|team colours|colours]",
        "name",
        "colour",
        "[What is {k}'s colour?|Which colour does {k} have?|What color is {k}?]",
        "The colour of {k} is {v}.",
        "the colour of {k}",
    ),
    (
        "[settings|values|the values|variables|list|data]",
        "word",
        "number",
        "[What is the value of {k}?|What is {k}?|Which value does {k} have?|Look up {k}.]",
        "The value of {k} is {v}.",
        "the value of {k}",
    ),
)

# what is to be found, its sort, texts that hold it
FINDS = (
    (
        "[number|number in the text]",
        "number",
        "[The ticket has the number {v} on it.|We counted {v} birds at the lake.|Please bring {v}"
        " chairs to the hall.|The house has the number {v}.|My lucky number is {v}, I think.]",
    ),
    (
        "[email|e-mail address|email address]",
        "email",
        "[Please write to {v} today.|You can reach us at {v} all day.|Send the report to {v}, "
        "please.]",
    ),
    (
        "[phone number|telephone number]",
        "phone",
        "[Call me at {v} after lunch.|Our number is {v}.|You can dial {v} for help.]",
    ),
    (
        "[code|order code]",
        "code",
        "[Your order has the code {v}.|Use {v} to open the door.|The parcel {v} was sent today.]",
    ),
    (
        "[date|day and month]",
        "date",
        "[The shop opens on {v}.|We will meet on {v} again.|She was born on {v}.]",
    ),
    (
        "[time|time of day]",
        "clock",
        "[We meet at {v} at the station.|The film starts at {v}.|Dinner is at {v} today.]",
    ),
    (
        "[city|name of the city|town]",
        "city",
        "[We spent our holiday in {v}.|The train to {v} was late.|My aunt moved to {v}.]",
    ),
    (
        "[name|name of the person|person]",
        "name",
        "[Yesterday {v} came to visit us.|I saw {v} at the market.|We gave the letter to {v}.]",
    ),
    (
        "[colour|color]",
        "colour",
        "[She wore a {v} coat.|They bought a {v} car.|The door was {v}.]",
    ),
    (
        "[animal|name of the animal]",
        "animal",
        "[There was a small {v} in the field.|We saw a big {v} near the river.]",
    ),
    (
        "[file name|file]",
        "file",
        "[Please open {v} and read it.|I saved it as {v}.|The error is in {v}.]",
    ),
)

FILLERS = (
    "It was a nice day.",
    "The weather was good.",
    "Everybody was happy.",
    "It did not take long.",
    "Nobody knows why.",
    "That was all.",
    "We had a good time.",
    "It rained in the morning.",
    "Thank you for your patience.",
    "I hope that you are well.",
)

# what the user tells, what is replied, questions about it, the answer
MEMORIES = (
    (
        "name",
        "[My name is {v}.|I am {v}.|I'm {v}.|Hi, I'm {v}.|Hello, my name is {v}.|People call me "
        "{v}.|"
        "The name is {v}.|You can call me {v}.]",
        "[Nice to meet you, {v}!|Hello {v}, nice to meet you!]",
        "[What is my name?|What's my name?|Do you remember my name?|Who am I?|Do you know my name?|"
        "What was my name again?|Tell me my name.|Say my name.]",
        "Your name is {v}.",
    ),
    (
        "nickname",
        "[Call me {v} from now on.|From now on, call me {v}.|Please call me {v}.|I want you to "
        "call me"
        " {v}.|You should call me {v}.]",
        "[All right, {v}!|Of course, {v}!]",
        "[What should you call me?|How should you call me?|What do you call me?|What did I ask "
        "you to"
        " call me?]",
        "You asked me to call you {v}.",
    ),
    (
        "number",
        "[Remember the number {v}.|Please remember {v}.|Keep the number {v} in mind.|The secret "
        "number"
        " is {v}.|My number is {v}, remember it.]",
        "[All right, I will remember {v}.|I will remember the number {v}.]",
        "[What was the number?|What number did I tell you?|Which number should you remember?|Tell "
        "me the"
        " number.|What is the number?]",
        "The number is {v}.",
    ),
    (
        "word",
        "[Remember the word {v}.|The secret word is {v}.|The password is {v}.|Keep the word {v} "
        "in mind."
        "|The magic word is {v}.]",
        "[All right, I will remember {v}.|I will remember the word {v}.]",
        "[What was the word?|What word did I tell you?|What is the secret word?|Which word should "
        "you"
        " remember?|Do you remember the word?]",
        "The word is {v}.",
    ),
    (
        "colour",
        "[My favourite colour is {v}.|My favorite color is {v}.|I like the colour {v} most.|I "
        "love the"
        " color {v}.]",
        "[{v} is a nice colour!|I like {v} too!]",
        "[What is my favourite colour?|What's my favorite color?|Which colour do I like?|Do you "
        "remember"
        " my favourite colour?]",
        "Your favourite colour is {v}.",
    ),
    (
        "city",
        "[I live in {v}.|My home is in {v}.|I'm from {v}.|I am living in {v}.|I come from {v}.]",
        "[{v} sounds like a nice place to live!|It must be nice to live in {v}!]",
        "[Where do I live?|Which city do I live in?|Do you remember where I live?|Where is my "
        "home?]",
        "You live in {v}.",
    ),
    (
        "age",
        "[I am {v} years old.|I'm {v} years old.|My age is {v}.|I turned {v} this year.]",
        "[Thanks for telling me that you are {v}!|So you are {v} years old!]",
        "[How old am I?|What is my age?|Do you remember how old I am?|What's my age?]",
        "You are {v} years old.",
    ),
    (
        "a job",
        "[I am {v}.|I'm {v}.|I work as {v}.|My job: I am {v}.]",
        "[It must be interesting to be {v}!|Being {v} sounds interesting!]",
        "[What is my job?|What do I do?|What do I work as?|Do you remember my job?|What's my job?]",
        "You are {v}.",
    ),
    (
        "a animal",
        "[I have {v}.|I've got {v}.|At home I have {v}.|I own {v}.]",
        "[It must be nice to have {v}!|Having {v} sounds nice!]",
        "[What pet do I have?|Which animal do I have?|Do you remember what pet I have?|What "
        "animal do I"
        " own?]",
        "You have {v}.",
    ),
    (
        "food",
        "[I like {v}.|I love {v}.|My favourite food is {v}.|I really like {v}.]",
        "[I can understand that you like {v}!|Many people like {v}!]",
        "[What do I like?|What food do I like?|What is my favourite food?|Do you remember what I "
        "like?]",
        "You like {v}.",
    ),
    (
        "hobby",
        "[My hobby is {v}.|I like {v}.|I enjoy {v}.|I love {v}.]",
        "[That sounds fun, {v} is a good hobby!|I hear that {v} is a good hobby!]",
        "[What is my hobby?|Which hobby do I have?|What do I like doing?|What do I enjoy?]",
        "Your hobby is {v}.",
    ),
    (
        "language",
        "[I speak {v}.|I can speak {v}.|I am learning {v}.|My language is {v}.]",
        "[{v} is a beautiful language!|It is great to know {v}!]",
        "[What language do I speak?|Which language did I tell you?|Do you remember my language?]",
        "Your language is {v}.",
    ),
    (
        "the object",
        "[I lost {v}.|I can't find {v}.|I am looking for {v}.]",
        "[I hope that you find {v} soon!|I am sorry about {v}!]",
        "[What did I lose?|What am I looking for?|Which thing did I lose?|What can't I find?]",
        "You are looking for {v}.",
    ),
)

# what the user has not told, by the sort of MEMORIES
NOT_TOLD = {
    "name": "your name",
    "number": "a number",
    "word": "a word",
    "colour": "your favourite colour",
    "city": "where you live",
    "age": "how old you are",
    "a job": "your job",
    "a animal": "which pet you have",
    "food": "what you like",
    "hobby": "your hobby",
}

# how somebody who has told a name greets, and is greeted
GREETINGS = (
    ("[Hello|Hello again|Hi again]!", "Hello, {v}!"),
    ("[Good morning|Morning]!", "Good morning, {v}!"),
    ("Good evening!", "Good evening, {v}!"),
    ("[Good night|Night]!", "Good night, {v}!"),
    ("[Bye|Goodbye|See you]!", "Goodbye, {v}!"),
    ("[Thanks|Thank you|Thanks a lot]!", "You are welcome, {v}!"),
)

# thing | what it is | what it is not; a second line of that thing gives another choice
CHOICES = """
    a tomato|red|blue black; a banana|yellow|purple blue red; the sky|blue|green red brown;
    grass|green|blue red purple; snow|white|black red green; coal|black|white yellow pink;
    a lemon|yellow|blue black; blood|red|green blue yellow; milk|white|black red green;
    a carrot|orange|blue black; an elephant|big|small tiny; an elephant|grey|pink green;
    a mouse|small|big huge; a whale|big|small tiny; an ant|small|big huge; fire|hot|cold;
    ice|cold|hot warm; ice|solid|liquid; the sun|hot|cold; summer|warm|cold; winter|cold|hot warm;
    a feather|light|heavy; a stone|hard|soft; a stone|heavy|light; a pillow|soft|hard;
    sugar|sweet|sour salty bitter; honey|sweet|sour salty; a lemon|sour|sweet salty;
    salt|salty|sweet sour; candy|sweet|bitter salty; a snail|slow|fast; a turtle|slow|fast;
    a rocket|fast|slow; a racing car|fast|slow; water|wet|dry; a desert|dry|wet;
    night|dark|bright light; day|bright|dark; a giraffe|tall|short; a skyscraper|tall|low;
    a ball|round|square flat; a wheel|round|square; a coin|round|square;
    a strawberry|red|blue grey; chocolate|brown|blue green; a frog|green|pink white;
    a crow|black|white pink; a swan|white|green red; an orange|round|square;
    glass|fragile|unbreakable; a diamond|hard|soft; wool|soft|hard; steel|hard|soft;
    a library|quiet|loud; thunder|loud|quiet; a whisper|quiet|loud; a drum|loud|quiet;
    soup|liquid|solid; water|liquid|solid; gold|expensive|cheap; a baby|young|old;
    a grandfather|old|young; a razor|sharp|blunt; a needle|sharp|blunt; the moon|round|square;
    the ocean|deep|shallow; a puddle|shallow|deep; lava|hot|cold; the North Pole|cold|hot;
    Africa|a continent|a country an island; France|a country|a city a continent;
    Paris|a city|a country a river; Japan|a country|a city a continent;
    Asia|a continent|a country a city; the Nile|a river|a mountain a lake;
    the Amazon|a river|a mountain a city; Mount Everest|a mountain|a river a lake;
    London|a city|a country a continent; the sun|a star|a planet a moon;
    the earth|a planet|a star a moon; Mars|a planet|a star a city; Venus|a planet|a star;
    a dog|an animal|a plant a machine; a cat|an animal|a plant a machine;
    a rose|a plant|an animal a machine; an oak|a tree|a fish a bird;
    a shark|a fish|a bird a mammal; a sparrow|a bird|a fish an insect;
    an eagle|a bird|a fish a mammal; a penguin|a bird|a fish an insect;
    a bat|a mammal|a bird a fish; a whale|a mammal|a fish a bird; a dolphin|a mammal|a fish a bird;
    a frog|an amphibian|a mammal a bird; a snake|a reptile|a mammal a bird;
    a bee|an insect|a bird a fish; an ant|an insect|a bird a mammal;
    a spider|an animal|a plant a machine; an apple|a fruit|a vegetable an animal;
    a banana|a fruit|a vegetable an animal; a carrot|a vegetable|a fruit an animal;
    a potato|a vegetable|a fruit an animal; a lion|wild|tame; a hammer|a tool|a toy a plant;
    a saw|a tool|a toy a plant; a doll|a toy|a tool a plant;
    a piano|an instrument|a tool a vehicle; a guitar|an instrument|a tool a vehicle;
    a violin|an instrument|a tool an animal; a car|a vehicle|a tool an animal a fruit;
    a bus|a vehicle|an instrument a fruit; a bicycle|a vehicle|an instrument a plant;
    gold|a metal|a gas a plant; iron|a metal|a gas a plant; oxygen|a gas|a metal a liquid;
    Python|a language|a country a planet; tennis|a sport|a food a country;
    football|a sport|a food a colour; Monday|a day|a month a season; June|a month|a day a season;
    winter|a season|a month a day; spring|a season|a month a day; tea|a drink|a tool a metal;
    bread|a food|a drink a metal; rice|a food|a drink a metal; red|a colour|a number an animal;
    seven|a number|a colour an animal; a chair|furniture|food clothing;
    a table|furniture|food clothing; a shirt|clothing|furniture food;
    a hat|clothing|furniture food; a cow|a mammal|a bird a fish; a horse|a mammal|a bird a fish;
    the heart|an organ|a bone a plant; a square|a shape|a colour a sound;
    a triangle|a shape|a number a plant; ice cream|cold|hot; coffee|a drink|a fruit a tool;
    an egg|fragile|unbreakable; a knife|sharp|blunt
"""

# each is much bigger than the one before it
SIZES = (
    "an atom",
    "a grain of sand",
    "an ant",
    "a bee",
    "a mouse",
    "a cat",
    "a sheep",
    "a horse",
    "an elephant",
    "a whale",
    "a mountain",
    "the moon",
    "the earth",
    "Jupiter",
    "the sun",
    "the galaxy",
)
