"""What is rewritten: requests to make polite, chatty and formal words, padding, shops."""

from __future__ import annotations

from .wording import table

__all__ = ["CHATTY", "CORES", "DESCRIPTIONS", "ORDERS", "PADDING", "SHOPS"]

# what one can be told to do: with what
ORDERS = table("""
give me: the report, the key, your number, the book, a pen, more time, an answer, the salt, the menu
send me: the file, the photos, the bill, your address, the list, a copy, the contract, the link
close: the door, the window, the gate, the lid, the shop
open: the window, the door, the box, the gate, the parcel
bring me: a glass of water, the newspaper, a chair, the bill, a cup of tea, my coat, the map
show me: the way, your ticket, the room, the plan, the list, your passport, the photos
tell me: the time, your name, the price, the truth, the result, the way to the station
help me with: my homework, the boxes, this form, the dishes, the computer, the garden
call: the doctor, my mother, a taxi, the office, the police, me back
clean: the kitchen, your room, the table, the board, the car, the windows
turn off: the light, the radio, the music, the television, the heating
turn down: the music, the heating, the volume
check: the numbers, my text, the door, the list, the oil
repair: the lamp, my bike, the printer, the heating, the roof
move: your car, the table, the boxes, the chair, your bag
sign: the form, the letter, the contract, the list
fix: the bug, the door, the mistake, the tap
buy: some milk, bread and butter, the tickets, a present
wait for: me, the bus, my call, the others
explain: the task, this word, the plan, your idea, the rules
""")

# chatty; formal
CHATTY = (
    ("I can't come", "I cannot come"),
    ("I won't be there", "I will not be there"),
    ("I don't know it", "I do not know it"),
    ("I'm late", "I am late"),
    ("It's broken", "It is broken"),
    ("We're nearly done", "We are nearly done"),
    ("They aren't here", "They are not here"),
    ("I'll call you", "I will call you"),
    ("We'll send it", "We will send it"),
    ("I haven't seen it", "I have not seen it"),
    ("She isn't in the office", "She is not in the office"),
    ("That doesn't work", "That does not work"),
    ("I didn't get your letter", "I did not receive your letter"),
    ("We couldn't find it", "We could not find it"),
    ("I've read it", "I have read it"),
    ("You shouldn't wait", "You should not wait"),
    ("He wasn't at home", "He was not at home"),
    ("We weren't told", "We were not told"),
    ("I'd like to come", "I would like to come"),
    ("There's a problem", "There is a problem"),
)

PADDING = (
    "I would like to inform you that {core}.",
    "I am writing to you in order to tell you that {core}.",
    "It is important for me to let you know that {core}.",
    "I just wanted to say, in case you have not heard it yet, that {core}.",
    "After a long time of thinking about it, I have to say that {core}.",
    "As far as I can see at this point in time, {core}.",
    "As you probably know already, {core}.",
    "If I may say so, I believe that you should know that {core}.",
    "To be completely honest with you, {core}.",
    "In my personal opinion, and I have thought about it for a while, {core}.",
)

# who or what; what is said of it
CORES = table("""
the meeting; our meeting; the lesson; the interview; the concert: is on {day}; starts at {time}; has
  been moved to {day}; ends at {time}; is cancelled
the shop; the library; the museum; the office; the bakery: is closed on {day}; opens at {time};
  closes at {time}; has moved to another street
the train; the bus; the flight: leaves at {time}; is late; arrives on {day}; is cancelled
the report; the letter; the book; the new plan: is ready; must be finished by {day}; is too long;
  needs some changes
the weather; the food; the hotel: was very good; was better than last year; was not so good
""")

# a kind of shop: names for it; then its slogans
SHOPS = table("""
bakery: Golden Crust; The Morning Loaf; Warm Bread Corner; Baked with love, every morning.; Fresh
  bread makes a good day.
bookshop; bookstore: The Open Page; Story Corner; The Reading Lamp; A new world on every page.; Find
  the book that finds you.
flower shop; florist: Bloom and Leaf; The Happy Tulip; Petal House; Say it with flowers.; A little
  spring for every day.
cafe; coffee shop: The Cosy Cup; Bean and Cream; Coffee Corner; Your day begins here.; Good coffee,
  good company.
toy shop; toy store: The Merry Bear; Play Planet; Toy Castle; Where play begins.; Happy children,
  every day.
bicycle shop; bike shop: Two Wheels; Pedal Point; The Bike Barn; Ride into a better day.; We keep
  you rolling.
shoe shop; shoe store: Happy Feet; Step by Step; The Shoe Box; Every step feels good.; Shoes that go
  your way.
pizzeria; pizza place: Bella Pizza; The Hot Slice; Stone Oven; A slice of happiness.; Hot, crisp and
  full of Italy.
hairdresser; hair salon; barber shop: Cut and Comb; Hair Harmony; The Golden Scissors; Good hair,
  good mood.; Your new look is one cut away.
pet shop; pet store: Paws and Tails; The Happy Hamster; Furry Friends; Everything your friend
  needs.; Because pets are family.
ice cream shop; ice cream parlour: The Cool Cone; Snow and Cream; Sweet Scoop; Summer in every
  scoop.; One more scoop makes you smile.
garden centre; plant shop: Green Thumb; Root and Leaf; The Garden Gate; Let your garden grow.; Green
  ideas for every home.
fruit shop; greengrocer: The Red Apple; Fresh Basket; Sunny Fruits; Fresh from the field.; A healthy
  bite for every day.
computer shop; computer store: Byte House; The Bright Screen; Chip Corner; We make it work.; Fast
  help for slow computers.
hotel: The Silent Night; Sea View House; The Golden Key; Your home away from home.; Sleep well and
  wake up smiling.
tea shop; tea house: The Quiet Leaf; Tea Time; The Warm Pot; Take your time, take a tea.; A quiet
  moment in every cup.
clothes shop; clothing store; fashion shop: Thread and Button; The Blue Coat; Well Dressed; Wear
  what you love.; Good clothes for every day.
music shop; music school: The First Note; Sound House; Key and String; Music for every hand.; Find
  your own sound.
restaurant: The Full Plate; The Green Table; Salt and Pepper; Good food brings us together.; Sit
  down and feel at home.
butcher; butcher's shop: The Fine Cut; Butcher's Best; Town Meats; Quality you can taste.; The best
  cut in town.
""")

# a thing: a sentence about it
DESCRIPTIONS = table("""
lighthouse: A lighthouse is a tall *tower* whose light shows ships the way at night.
bakery: A bakery is a shop where *bread* and cakes are baked and sold.
library: A library is a quiet place where people can read and borrow *books*.
forest: A forest is a large piece of land that is full of *trees*.
desert: A desert is a dry land with very little *rain* and few plants.
castle: A castle is a big old building with strong *walls* and towers.
market: A market is a place where people buy and sell *goods*.
beach: A beach is a strip of *sand* or stones beside the water.
school: A school is a place where children *learn* and meet their friends.
hospital: A hospital is a house where doctors and nurses care for *sick* people.
kitchen: A kitchen is a room where people *cook* their meals.
garden: A garden is a piece of land where *flowers* and vegetables grow.
island: An island is a piece of land with *water* all around it.
mountain: A mountain is a very *high* piece of land with steep sides.
river: A river is a long stream of *water* that flows to the sea.
umbrella: An umbrella is a round roof on a stick that keeps you dry in the *rain*.
bicycle: A bicycle is a vehicle with two *wheels* that you move with your feet.
train: A train is a row of coaches that runs on *rails*.
museum: A museum is a house where old or beautiful things are *shown*.
playground: A playground is a place where children *play* on swings and slides.
farm: A farm is a place where people grow *food* and keep animals.
bridge: A bridge carries a road or a path *over* a river or a valley.
clock: A clock is a thing with two hands that shows the *time*.
kite: A kite is a light toy that *flies* in the wind on a string.
cat: A cat is a small soft *animal* that likes to sleep and to hunt mice.
dog: A dog is a loyal *animal* that likes to run, to play and to guard the house.
elephant: An elephant is a huge grey *animal* with a long trunk and big ears.
sunset: A sunset is the moment when the *sun* goes down and colours the sky.
rainbow: A rainbow is an arch of *colours* in the sky after the rain.
snowman: A snowman is a round figure of *snow*, often with a carrot as its nose.
teapot: A teapot is a pot with a spout for making and pouring *tea*.
robot: A robot is a *machine* that can do tasks by itself.
dragon: A dragon is a big beast of fairy tales that can fly and breathe *fire*.
guitar: A guitar is a wooden instrument with six *strings*.
zoo: A zoo is a park where people can see *animals* from all over the world.
cinema: A cinema is a dark hall where people watch *films* on a big screen.
""")
