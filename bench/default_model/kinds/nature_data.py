"""Animals, plants, planets, the weather and the body: tables of what is certain and well known.

Stars are the marks of facts.fact. A "-" leaves a cell out.
"""

from __future__ import annotations

# animal | class | size from 1 (fly) to 7 (whale) | legs | sound | young | food | where it lives
ANIMALS = """
dog | mammal | 4 | 4 | barks | puppy | meat and dog food | with people
cat | mammal | 3 | 4 | meows | kitten | meat, fish and mice | with people
horse | mammal | 6 | 4 | neighs | foal | grass and hay | on farms
donkey | mammal | 5 | 4 | brays | foal | grass and hay | on farms
cow | mammal | 6 | 4 | moos | calf | grass and hay | on farms
pig | mammal | 5 | 4 | oinks | piglet | roots, grain and many other things | on farms
sheep | mammal | 4 | 4 | bleats | lamb | grass | on farms
goat | mammal | 4 | 4 | bleats | kid | grass and leaves | on farms and in mountains
rabbit | mammal | 3 | 4 | - | kit | grass and vegetables | in burrows
hare | mammal | 3 | 4 | - | leveret | grass and herbs | in fields
mouse | mammal | 2 | 4 | squeaks | pup | seeds and grain | in fields and houses
rat | mammal | 2 | 4 | squeaks | pup | nearly anything | in cities and fields
hamster | mammal | 2 | 4 | squeaks | pup | seeds and vegetables | in burrows
squirrel | mammal | 2 | 4 | - | kit | nuts and seeds | in trees
hedgehog | mammal | 2 | 4 | - | hoglet | insects and worms | in gardens and forests
bat | mammal | 2 | - | - | pup | insects or fruit | in caves and trees
fox | mammal | 4 | 4 | barks | cub | mice, birds and fruit | in forests and fields
wolf | mammal | 4 | 4 | howls | pup | meat | in forests
bear | mammal | 6 | 4 | growls | cub | fish, berries and honey | in forests
polar bear | mammal | 6 | 4 | growls | cub | seals | in the Arctic
panda | mammal | 5 | 4 | - | cub | bamboo | in forests in China
lion | mammal | 6 | 4 | roars | cub | meat | in Africa
tiger | mammal | 6 | 4 | roars | cub | meat | in Asia
leopard | mammal | 5 | 4 | growls | cub | meat | in Africa and Asia
cheetah | mammal | 5 | 4 | purrs | cub | meat | in Africa
elephant | mammal | 7 | 4 | trumpets | calf | grass, leaves and fruit | in Africa and Asia
giraffe | mammal | 7 | 4 | - | calf | leaves | in Africa
zebra | mammal | 6 | 4 | - | foal | grass | in Africa
hippo | mammal | 7 | 4 | grunts | calf | grass | in rivers in Africa
rhino | mammal | 7 | 4 | - | calf | grass and leaves | in Africa and Asia
camel | mammal | 6 | 4 | grunts | calf | dry plants | in deserts
deer | mammal | 5 | 4 | - | fawn | grass and leaves | in forests
moose | mammal | 6 | 4 | - | calf | leaves and water plants | in northern forests
kangaroo | mammal | 5 | - | - | joey | grass | in Australia
koala | mammal | 4 | 4 | - | joey | eucalyptus leaves | in Australia
monkey | mammal | 4 | - | chatters | infant | fruit and leaves | in trees
gorilla | mammal | 5 | - | - | infant | leaves and fruit | in forests in Africa
sloth | mammal | 4 | 4 | - | pup | leaves | in trees in America
otter | mammal | 4 | 4 | - | pup | fish | in rivers and at coasts
beaver | mammal | 4 | 4 | - | kit | bark and leaves | at rivers
badger | mammal | 4 | 4 | - | cub | worms and roots | in burrows
whale | mammal | 7 | 0 | sings | calf | small sea animals and fish | in the sea
dolphin | mammal | 6 | 0 | clicks and whistles | calf | fish | in the sea
seal | mammal | 5 | - | barks | pup | fish | in the sea and on coasts
chicken | bird | 3 | 2 | clucks | chick | grain and insects | on farms
rooster | bird | 3 | 2 | crows | - | grain and insects | on farms
duck | bird | 3 | 2 | quacks | duckling | plants, insects and snails | on lakes and rivers
goose | bird | 3 | 2 | honks | gosling | grass | on lakes and farms
swan | bird | 4 | 2 | - | cygnet | water plants | on lakes and rivers
turkey | bird | 4 | 2 | gobbles | poult | grain and insects | on farms and in forests
eagle | bird | 4 | 2 | screams | eaglet | fish and small animals | in mountains
owl | bird | 3 | 2 | hoots | owlet | mice | in forests
parrot | bird | 3 | 2 | squawks | chick | seeds and fruit | in warm countries
pigeon | bird | 3 | 2 | coos | squab | seeds | in cities
crow | bird | 3 | 2 | caws | chick | nearly anything | in fields and cities
sparrow | bird | 2 | 2 | chirps | chick | seeds and insects | near people
penguin | bird | 4 | 2 | - | chick | fish | in the south of the world
ostrich | bird | 5 | 2 | - | chick | plants and seeds | in Africa
flamingo | bird | 4 | 2 | honks | chick | small water animals and plants | at lakes
peacock | bird | 4 | 2 | screams | chick | seeds and insects | in Asia
hummingbird | bird | 2 | 2 | hums | chick | nectar of flowers | in America
stork | bird | 4 | 2 | - | chick | frogs, fish and insects | in meadows
gull | bird | 3 | 2 | screams | chick | fish and nearly anything else | at the sea
snake | reptile | 3 | 0 | hisses | snakelet | mice and other animals | in forests and deserts
crocodile | reptile | 6 | 4 | - | hatchling | fish and other animals | in warm rivers
lizard | reptile | 2 | 4 | - | hatchling | insects | in warm, dry places
tortoise | reptile | 3 | 4 | - | hatchling | grass and leaves | on land
turtle | reptile | 4 | 4 | - | hatchling | plants and small water animals | in the sea and in lakes
chameleon | reptile | 2 | 4 | - | hatchling | insects | in trees in Africa
frog | amphibian | 2 | 4 | croaks | tadpole | insects | at ponds
toad | amphibian | 2 | 4 | croaks | tadpole | insects and worms | in gardens and forests
newt | amphibian | 2 | 4 | - | larva | insects and worms | in ponds
shark | fish | 6 | 0 | - | pup | fish and other sea animals | in the sea
salmon | fish | 4 | 0 | - | - | small fish and insects | in the sea and in rivers
goldfish | fish | 2 | 0 | - | - | fish food and water plants | in ponds and bowls
trout | fish | 3 | 0 | - | - | insects and small fish | in cold rivers
tuna | fish | 5 | 0 | - | - | smaller fish | in the sea
seahorse | fish | 2 | 0 | - | fry | tiny sea animals | in warm seas
ant | insect | 1 | 6 | - | larva | seeds, insects and sweet things | in nests in the ground
bee | insect | 1 | 6 | buzzes | larva | nectar and pollen | in hives
wasp | insect | 1 | 6 | buzzes | larva | insects and sweet things | in nests
fly | insect | 1 | 6 | buzzes | maggot | nearly anything sweet or rotten | nearly everywhere
mosquito | insect | 1 | 6 | buzzes | larva | nectar, and the females blood | near water
butterfly | insect | 1 | 6 | - | caterpillar | nectar of flowers | in meadows and gardens
ladybird | insect | 1 | 6 | - | larva | greenfly | in gardens
beetle | insect | 1 | 6 | - | larva | plants or other insects | nearly everywhere
grasshopper | insect | 1 | 6 | chirps | nymph | grass | in meadows
cricket | insect | 1 | 6 | chirps | nymph | plants and insects | in meadows
dragonfly | insect | 1 | 6 | - | nymph | other insects | at ponds
spider | arachnid | 1 | 8 | - | spiderling | insects | in webs and corners
scorpion | arachnid | 2 | 8 | - | - | insects | in warm, dry places
crab | crustacean | 2 | 10 | - | larva | nearly anything from the sea | at the coast
lobster | crustacean | 3 | 10 | - | larva | fish and shellfish | on the sea floor
snail | mollusc | 1 | 0 | - | - | leaves | in gardens
octopus | mollusc | 4 | - | - | larva | crabs and shellfish | in the sea
squid | mollusc | 4 | - | - | - | fish and crabs | in the sea
"""

# what it is: goes on after "A lion is a ..."
DESCRIPTIONS = """
dog | *pet* that *barks* and is loyal to people
cat | *pet* that *meows* and catches mice
horse | large animal that people *ride*
donkey | relative of the *horse* with *long ears*
cow | farm animal that gives *milk*
pig | *farm* animal with a *flat nose*
sheep | *farm* animal that gives *wool*
goat | *farm* animal with *horns* and a beard
rabbit | small animal with *long ears* that hops
hare | fast animal with *long ears* that looks like a *rabbit*
mouse | very small animal with a *long tail*
rat | animal like a *large mouse*
hamster | small *pet* that carries food in its *cheeks*
squirrel | small animal with a *bushy tail* that *climbs* trees
hedgehog | small animal covered with *spines*
bat | animal that can *fly* and hunts at *night*
fox | wild relative of the *dog* with a *bushy tail*
wolf | wild relative of the *dog* that lives in *packs*
bear | large, strong animal with *thick fur*
polar bear | large *white* animal of the *Arctic*
panda | *black and white* bear that eats *bamboo*
lion | big *cat*, called the *king* of animals
tiger | big *cat* with black *stripes*
leopard | big *cat* with dark *spots*
cheetah | *cat* that is the *fastest* animal on land
elephant | very large animal with a *trunk*
giraffe | very tall animal with a *long neck*
zebra | relative of the *horse* with black and white *stripes*
hippo | large, heavy animal that spends the day in *water*
rhino | large, heavy animal with a *horn* on its nose
camel | *desert* animal with one or two *humps*
deer | *forest* animal; most males have *antlers*
moose | very large *deer* of the *north*
kangaroo | *jumping* animal that carries its young in a *pouch*
koala | grey animal that lives in *trees* in *Australia*
monkey | clever animal that *climbs* well
gorilla | very large and strong *ape*
sloth | very *slow* animal that hangs in *trees*
otter | animal that *swims* well and eats *fish*
beaver | animal that builds *dams* in rivers
badger | *digging* animal with a *black and white* face
whale | very large animal of the *sea* that breathes *air*
dolphin | clever animal of the *sea* that breathes *air*
seal | animal of the *sea* that rests on *land*
chicken | *farm* animal that lays *eggs*
rooster | male *chicken* that crows in the *morning*
duck | *water* bird with a *flat* beak
goose | large *water* bird with a *long neck*
swan | large, usually *white* water bird with a *long neck*
turkey | large *bird* from *America*
eagle | large *bird* of prey with very *good eyes*
owl | *bird* of prey that hunts at *night*
parrot | colourful *bird* that can copy *words*
pigeon | *grey* bird that often lives in *cities*
crow | clever *black* bird
sparrow | small *brown* bird
penguin | *black and white* bird that *swims* but cannot fly
ostrich | *bird* that cannot fly and is the *largest* of all birds
flamingo | *pink* bird with *long legs*
peacock | *bird* with a long, *colourful tail*
hummingbird | *tiny* bird that can *hover* in the air
stork | large white *bird* with *long* red legs
gull | white and grey *bird* of the *coast*
snake | *long* animal without *legs*
crocodile | large animal with a *strong jaw* that lives in *rivers*
lizard | animal with *four legs* and a long *tail*
tortoise | *slow* animal with a hard *shell* that lives on *land*
turtle | *water* animal with a hard *shell*
chameleon | animal that can change its *colour*
frog | *jumping* animal that lives near *water*
toad | animal like a *frog* with *dry* skin
newt | small animal with a *long tail* that lives in *ponds*
shark | large *hunter* of the *sea* with many *teeth*
salmon | *pink* food fish that swims up *rivers*
goldfish | small *orange* pet
trout | food *fish* of cold *rivers*
tuna | large, fast *fish* of the *sea*
seahorse | small sea animal with a head like a *horse*
ant | *tiny* animal that lives in large *nests*
bee | animal that makes *honey*
wasp | *yellow and black* animal that can *sting*
fly | small animal with *two wings*
mosquito | small animal whose females drink *blood*
butterfly | animal with large, *colourful wings*
ladybird | small, often *red* beetle with black *spots*
beetle | animal with *hard* front *wings*
grasshopper | *green* animal that *jumps* far
cricket | *jumping* animal that *chirps*
dragonfly | animal with a long body and *four wings*
spider | animal with *eight legs*; many spiders spin *webs*
scorpion | animal with *claws* and a *sting* in its tail
crab | *sea* animal with a hard shell and two *claws*
lobster | *sea* animal with a long body and large *claws*
snail | *slow* animal that carries its *house* on its back
octopus | clever *sea* animal with *eight arms*
squid | *sea* animal with *ten arms*
"""

CLASSES = {
    "mammal": "an animal that feeds its young with *milk*",
    "bird": "an animal with *feathers* and a beak",
    "reptile": "an animal with dry *scales*, such as a snake or a lizard",
    "amphibian": "an animal that lives in *water* and on *land*, such as a frog",
    "fish": "an animal that lives in *water* and breathes with *gills*",
    "insect": "a small animal with *six legs*",
    "arachnid": "an animal with *eight legs*, such as a spider",
    "crustacean": "an animal with a hard *shell* and many legs, such as a crab",
    "mollusc": "an animal with a *soft* body, such as a snail",
}

PLURALS = {
    "mouse": "mice",
    "goose": "geese",
    "wolf": "wolves",
    "butterfly": "butterflies",
    "dragonfly": "dragonflies",
    "fly": "flies",
    "mosquito": "mosquitoes",
    "fox": "foxes",
    "finch": "finches",
    "ostrich": "ostriches",
    "octopus": "octopuses",
    "sheep": "sheep",
    "deer": "deer",
    "moose": "moose",
    "fish": "fish",
    "salmon": "salmon",
    "goldfish": "goldfish",
    "trout": "trout",
    "tuna": "tuna",
    "squid": "squid",
}

FLIGHTLESS = ("penguin", "ostrich", "chicken", "rooster")
FLYING = "bat bee wasp fly mosquito butterfly ladybird dragonfly".split()
SWIMMERS = "whale dolphin seal otter beaver duck swan goose penguin crocodile shark salmon".split()

# fruit or vegetable | kind | usual colour | what it is
PLANTS = """
banana | fruit | yellow | long *yellow* fruit of warm countries
apple | fruit | red or green | round *fruit* that grows on trees
pear | fruit | green or yellow | sweet *fruit* that is thin at the top
orange | fruit | orange | round, juicy *fruit* with a thick skin
lemon | fruit | yellow | *yellow* fruit that tastes *sour*
lime | fruit | green | small *green* fruit that tastes *sour*
strawberry | fruit | red | soft, sweet *red* fruit
cherry | fruit | red | small, round *red* fruit with a stone
raspberry | fruit | red | small, soft *red* fruit
blueberry | fruit | blue | small, round *blue* fruit
plum | fruit | purple | soft, often *purple* fruit with a stone
peach | fruit | orange and pink | soft *fruit* with a velvety skin
grape | fruit | green or purple | small, round *fruit* that *wine* is made from
pineapple | fruit | yellow inside | sweet *fruit* with a rough skin and green leaves on top
melon | fruit | green or yellow | large, round, juicy *fruit*
watermelon | fruit | green outside and red inside | large *fruit* that is *red* inside
kiwi | fruit | brown outside and green inside | small *fruit* that is *green* inside
coconut | fruit | brown outside and white inside | large hard *fruit* of a palm tree
carrot | vegetable | orange | long *orange* root vegetable
potato | vegetable | brown or yellow | *vegetable* that grows in the ground
onion | vegetable | brown, red or white | round *vegetable* that makes people *cry* when it is cut
cabbage | vegetable | green or red | round *vegetable* made of leaves
spinach | vegetable | green | *green* vegetable with soft leaves
broccoli | vegetable | green | *green* vegetable that looks like a small tree
lettuce | vegetable | green | *green* leaf vegetable for *salads*
pea | vegetable | green | small, round *green* seed that grows in a pod
beetroot | vegetable | dark red | dark *red* root vegetable
radish | vegetable | red outside and white inside | small *root* vegetable with a hot taste
garlic | vegetable | white | *white* bulb with a strong taste
"""

PLANETS = "Mercury Venus Earth Mars Jupiter Saturn Uranus Neptune".split()
PLANET_FACTS = {
    "Mercury": "the *smallest* planet and the *closest* to the Sun",
    "Venus": "the *second* planet from the Sun and the *hottest* one",
    "Earth": "the *third* planet from the Sun and the one that we *live* on",
    "Mars": "the *fourth* planet from the Sun, also called the *red* planet",
    "Jupiter": "the *fifth* planet from the Sun and the *largest* one",
    "Saturn": "the *sixth* planet from the Sun, known for its *rings*",
    "Uranus": "the *seventh* planet from the Sun, a cold giant of *gas* and ice",
    "Neptune": "the *eighth* planet from the Sun and the *farthest* from it",
}
