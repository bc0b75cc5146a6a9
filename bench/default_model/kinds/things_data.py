"""Small tables of everyday knowledge: colours, days, opposites, units, shapes, materials."""

from __future__ import annotations

DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = (
    "January February March April May June July August September October November December"
).split()
MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
SEASONS = "spring summer autumn winter".split()
COLOURS = "red blue yellow green orange purple pink brown black white grey violet turquoise".split()
MIXES = """
red | yellow | orange
blue | yellow | green
red | blue | purple
red | white | pink
black | white | grey
red | green | brown
blue | green | turquoise
"""

# thing | its usual colour
COLOURED = """
the sky on a clear day | blue
grass | green
snow | white
blood | red
milk | white
coal | black
chocolate | brown
the Sun in a drawing | yellow
a ripe tomato | red
a lemon | yellow
a carrot | orange
a frog | green
an elephant | grey
a polar bear | white
a crow | black
a flamingo | pink
a school blackboard | black or green
salt | white
a ruby | red
an emerald | green
a sapphire | blue
gold | yellow
silver | grey
cream | white
a stop sign | red
a leaf in summer | green
mud | brown
ink in most pens | blue or black
"""

OPPOSITES = """
big small, hot cold, good bad, old young, new old, fast slow, high low, long short, wide narrow,
thick thin, heavy light, strong weak, hard soft, full empty, open closed, clean dirty, dry wet,
rich poor, happy sad, early late, easy difficult, loud quiet, near far, right wrong, true false,
bright dark, cheap expensive, sweet bitter, deep shallow, smooth rough, sharp blunt, alive dead,
awake asleep, brave cowardly, clever stupid, polite rude, safe dangerous, sick healthy, tall short,
up down, in out, left right, on off, over under, above below, before after, inside outside,
front back, top bottom, first last, always never, everything nothing, everybody nobody, all none,
more less, many few, much little, yes no, here there, day night, morning evening, summer winter,
north south, east west, begin end, start stop, come go, arrive leave, give take, buy sell,
push pull, open close, win lose, laugh cry, love hate, remember forget, ask answer, lend borrow,
rise fall, increase decrease, build destroy, add subtract, multiply divide, accept refuse,
find lose, catch throw, sit stand, sleep wake, live die, teach learn, speak listen, hide show,
friend enemy, question answer, peace war, beginning end, success failure, truth lie, life death,
heaven hell, hero coward, husband wife, king queen, man woman, boy girl, brother sister,
father mother, uncle aunt, son daughter, entrance exit, profit loss, strength weakness,
light darkness, past future, ancient modern, public private, possible impossible, legal illegal,
visible invisible, honest dishonest, patient impatient, kind cruel, lucky unlucky, guilty innocent,
generous stingy, careful careless, useful useless, noisy silent, straight crooked, simple complex,
single married, male female, positive negative, even odd, maximum minimum, major minor,
vertical horizontal, fresh stale, raw cooked, tight loose, calm excited, lazy hardworking,
proud humble, beautiful ugly, same different, interesting boring, common rare, real fake
"""

SYNONYMS = """
big large, small little, happy glad, sad unhappy, fast quick, begin start, end finish,
clever intelligent, angry furious, afraid scared, brave courageous, rich wealthy, sick ill,
beautiful pretty, difficult hard, easy simple, strange odd, famous well-known, correct right,
wrong incorrect, quiet silent, loud noisy, buy purchase, help assist, answer reply, choose pick,
speak talk, shout yell, look watch, jump leap, close shut, gift present, error mistake,
job occupation, road street, home house, kid child, stone rock, sea ocean, forest woods,
trip journey, picture image, story tale, enemy foe, friend pal, car automobile, movie film,
enough sufficient, whole entire, huge enormous, funny amusing, tired weary,
hungry starving, polite courteous, lucky fortunate, empty vacant, broad wide, ask inquire,
allow permit, repair fix, gather collect, hide conceal, try attempt, need require, get obtain
"""

# how many | in one
UNITS = """
60 | seconds | minute
60 | minutes | hour
24 | hours | day
7 | days | week
12 | months | year
52 | weeks | year
365 | days | normal year
366 | days | leap year
10 | years | decade
100 | years | century
1000 | years | millennium
10 | millimetres | centimetre
100 | centimetres | metre
1000 | metres | kilometre
1000 | millimetres | metre
1000 | grams | kilogram
1000 | kilograms | tonne
1000 | millilitres | litre
12 | inches | foot
3 | feet | yard
100 | cents | dollar
100 | cents | euro
100 | pence | pound
12 | things | dozen
8 | bits | byte
26 | letters | English alphabet
5 | vowels | English alphabet
11 | players | football team
5 | fingers | hand
64 | squares | chessboard
6 | strings | normal guitar
4 | strings | violin
88 | keys | normal piano
52 | cards | normal pack of cards
90 | degrees | right angle
360 | degrees | full circle
"""

# shape | sides | what it is
SHAPES = """
triangle | three | a shape with *three* sides
square | four | a shape with *four* equal sides and four right angles
rectangle | four | a shape with *four* sides and four right angles
pentagon | five | a shape with *five* sides
hexagon | six | a shape with *six* sides
heptagon | seven | a shape with *seven* sides
octagon | eight | a shape with *eight* sides
circle | - | a perfectly *round* shape
cube | - | a solid with *six* equal square *faces*
sphere | - | a perfectly round *solid*, like a *ball*
pyramid | - | a solid with triangles that meet in one *point*
cone | - | a solid with a *round* base and one *point*
cylinder | - | a solid with two *round* ends, like a *tin*
"""

# thing | what it is
GAMES = """
football | a *game* for two *teams* who try to kick a ball into a *goal*
basketball | a *game* for two *teams* who throw a ball into a *basket*
volleyball | a *game* for two *teams* who hit a ball over a *net* with their hands
tennis | a *game* for two or four players with *rackets* and a net
table tennis | a *game* that is played with small bats on a *table*
handball | a *game* for two teams who *throw* a ball into a goal
rugby | a *game* for two teams with an *oval* ball
baseball | a *game* for two teams with a *bat* and four bases
golf | a *game* in which players hit a small ball into *holes*
ice hockey | a *game* for two teams on *ice*
swimming | a *sport* in which one moves through *water*
cycling | the *sport* of riding a *bicycle*
skiing | the *sport* of gliding over *snow*
boxing | a *sport* in which two people fight with their *fists*
judo | a *sport* from *Japan*
chess | a *board game* for *two* players with a king on each side
the violin | an *instrument* with four *strings* that is played with a bow
the cello | a large *instrument* with four *strings* that is played with a bow
the guitar | an *instrument* with *strings* that are plucked
the harp | a large *instrument* with many *strings* that are plucked
the piano | an *instrument* with black and white *keys*
the organ | an *instrument* with *pipes* and keys, often in a church
the flute | a wind *instrument* that is held to the *side*
the trumpet | a wind *instrument* of *brass*
the trombone | a wind *instrument* of brass with a *slide*
the drum | an *instrument* that is *struck*
the clarinet | a wind *instrument* of *wood*
the saxophone | a wind *instrument* of brass with a *reed*
the accordion | an *instrument* with bellows and *keys*
wood | a *material* that comes from *trees*
glass | a *material* made from *sand*
leather | a *material* made from the *skin* of animals
wool | a *material* that comes from *sheep*
cotton | a soft *material* that comes from a *plant*
silk | a fine *material* made by *silkworms*
plastic | a *material* made mostly from *oil*
steel | a strong *metal* made mostly of *iron*
bronze | a *metal* made of *copper* and tin
brass | a *metal* made of *copper* and zinc
gold | a precious yellow *metal*
silver | a precious *metal* with a *white* shine
copper | a *reddish* metal that conducts *electricity* well
iron | a strong *metal* that can *rust*
aluminium | a very *light* metal
lead | a soft and *heavy* metal
mercury | a *metal* that is *liquid* at room temperature
concrete | a building *material* of *cement*, sand, stones and water
paper | a thin *material* made from *wood*
"""
