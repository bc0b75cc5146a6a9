"""What the lists are made of: categories with their members, things to buy and to pack."""

from __future__ import annotations

from .wording import table

__all__ = ["CATEGORIES", "COMPLETE", "IN_ORDER", "PACKING", "SHOPPING"]

# Categories that are named in full when nobody says how many, and those with an order of their own.
COMPLETE = ("continents", "oceans", "planets", "days of the week", "months", "seasons")
IN_ORDER = (*COMPLETE, "even numbers", "odd numbers", "prime numbers")

# One category a row: singular; plural; other plurals: members. Answers go through the members in
# this order, so that a small model need not remember what it has named already.
CATEGORIES = table("""
fruit; fruits; kinds of fruit: apple, banana, orange, pear, grape, cherry, plum, peach, mango,
  lemon, kiwi, pineapple, strawberry, melon, fig, apricot, raspberry, blueberry, papaya, lime
vegetable; vegetables; kinds of vegetables: carrot, potato, onion, cabbage, spinach, broccoli, pea,
  bean, leek, celery, beetroot, turnip, radish, cauliflower, asparagus, kale, garlic, parsnip
berry; berries; kinds of berries: strawberry, raspberry, blueberry, blackberry, cranberry,
  gooseberry, elderberry, blackcurrant, mulberry, redcurrant
green vegetable; green vegetables: spinach, broccoli, pea, cabbage, kale, celery, leek, asparagus,
  cucumber, lettuce
yellow thing; yellow things; things that are yellow: banana, lemon, sunflower, corn, butter, canary,
  egg yolk, dandelion
red thing; red things; things that are red: tomato, strawberry, cherry, fire engine, ladybird,
  poppy, ruby, blood, ketchup
green thing; green things; things that are green: grass, leaf, frog, pea, cucumber, emerald, lime,
  cactus, clover
colour; colours: red, blue, green, yellow, orange, purple, pink, brown, black, white, grey,
  turquoise
color; colors: red, blue, green, yellow, orange, purple, pink, brown, black, white, gray, turquoise
sport; sports; kinds of sport: football, tennis, basketball, swimming, running, volleyball, hockey,
  cycling, rugby, golf, boxing, skiing, rowing, judo, baseball, cricket, badminton, handball
ball game; ball games; games played with a ball: football, tennis, basketball, volleyball, baseball,
  cricket, rugby, golf, handball, table tennis
winter sport; winter sports: skiing, snowboarding, ice skating, ice hockey, curling, bobsleigh, ski
  jumping, figure skating
water sport; water sports: swimming, sailing, rowing, surfing, diving, water polo, canoeing,
  windsurfing, water skiing
tool; tools: hammer, saw, screwdriver, drill, pliers, spanner, axe, chisel, file, spade, rake, level
garden tool; garden tools; gardening tools: spade, rake, hoe, watering can, wheelbarrow, trowel,
  garden hose, lawn mower, pruning shears
musical instrument; musical instruments; instruments: piano, guitar, violin, flute, drum, trumpet,
  cello, clarinet, harp, saxophone, trombone, organ, accordion, banjo, oboe
string instrument; string instruments; stringed instruments: violin, guitar, cello, harp, viola,
  double bass, banjo, lute, mandolin, ukulele
wind instrument; wind instruments: flute, trumpet, clarinet, oboe, saxophone, trombone, tuba,
  bassoon, recorder, horn
European country; European countries; countries in Europe; countries of Europe: France, Germany,
  Italy, Spain, Portugal, Poland, Greece, Sweden, Norway, Finland, Denmark, Austria, Belgium,
  Hungary, Ireland, Switzerland, Romania, Croatia, Iceland, the Netherlands
Asian country; Asian countries; countries in Asia; countries of Asia: China, Japan, India, Thailand,
  Vietnam, Indonesia, Nepal, Mongolia, South Korea, Malaysia, Pakistan, Iran, Iraq, Sri Lanka, Laos
African country; African countries; countries in Africa; countries of Africa: Egypt, Kenya, Nigeria,
  Morocco, Ghana, Ethiopia, Tanzania, South Africa, Algeria, Uganda, Senegal, Mali, Tunisia, Zambia
South American country; South American countries; countries in South America: Brazil, Argentina,
  Chile, Peru, Colombia, Bolivia, Ecuador, Uruguay, Paraguay, Venezuela, Guyana, Suriname
North American country; North American countries; countries in North America: Canada, the United
  States, Mexico, Guatemala, Cuba, Panama, Costa Rica, Jamaica, Honduras, Belize
capital city; capital cities; capitals: Paris, London, Rome, Madrid, Berlin, Tokyo, Cairo, Athens,
  Vienna, Lisbon, Oslo, Ottawa, Warsaw, Dublin, Nairobi, Lima, Beijing, Stockholm
European city; European cities; cities in Europe; towns in Europe: Paris, London, Rome, Berlin,
  Madrid, Vienna, Prague, Lisbon, Athens, Munich, Barcelona, Milan, Hamburg, Dublin, Oslo, Krakow
American state; American states; states of the USA; US states: Texas, California, Florida, Ohio,
  Alaska, Nevada, Oregon, Utah, Maine, Georgia, Kansas, Montana, Arizona, Iowa, Hawaii
continent; continents: Africa, Asia, Europe, North America, South America, Australia, Antarctica
ocean; oceans: Pacific Ocean, Atlantic Ocean, Indian Ocean, Arctic Ocean, Southern Ocean
river; rivers: Nile, Amazon, Danube, Rhine, Thames, Mississippi, Ganges, Volga, Seine, Yangtze,
  Congo
mountain; mountains: Mount Everest, Kilimanjaro, Mont Blanc, Matterhorn, Mount Fuji, Denali, K2,
  Mount Olympus, Aconcagua, Elbrus
island; islands: Iceland, Crete, Sicily, Malta, Cuba, Madagascar, Greenland, Cyprus, Borneo,
  Tasmania
planet; planets; planets of the solar system: Mercury, Venus, Earth, Mars, Jupiter, Saturn, Uranus,
  Neptune
language; languages: English, French, Spanish, German, Italian, Chinese, Japanese, Arabic, Russian,
  Portuguese, Hindi, Greek, Polish, Turkish, Dutch, Swedish
animal; animals; kinds of animals: dog, cat, horse, lion, elephant, rabbit, bear, fox, monkey,
  tiger, sheep, wolf, mouse, giraffe, zebra, deer, goat, camel, kangaroo, hedgehog
farm animal; farm animals; animals on a farm; animals that live on a farm: cow, pig, sheep, horse,
  goat, hen, duck, goose, donkey, turkey
wild animal; wild animals: lion, wolf, bear, fox, tiger, elephant, deer, giraffe, zebra, hippo,
  leopard, rhino
pet; pets; animals people keep as pets: dog, cat, rabbit, hamster, goldfish, parrot, guinea pig,
  canary, turtle, budgie
sea animal; sea animals; animals that live in the sea; sea creatures: shark, whale, dolphin,
  octopus, crab, seal, jellyfish, starfish, lobster, squid, tuna, sea horse
bird; birds; kinds of birds: sparrow, robin, eagle, owl, blackbird, swan, parrot, penguin, pigeon,
  crow, duck, stork, falcon, gull, ostrich, woodpecker, swallow
bird of prey; birds of prey: eagle, hawk, falcon, owl, buzzard, kite, vulture, kestrel
fish; fish; kinds of fish: salmon, trout, tuna, herring, cod, carp, sardine, pike, mackerel, eel,
  perch
insect; insects: ant, bee, butterfly, beetle, fly, wasp, mosquito, grasshopper, moth, ladybird,
  dragonfly, cricket
reptile; reptiles: snake, lizard, turtle, crocodile, tortoise, gecko, iguana, chameleon, alligator
mammal; mammals: dog, whale, elephant, bat, mouse, horse, lion, seal, rabbit, monkey, cow, dolphin
big cat; big cats: lion, tiger, leopard, jaguar, cheetah, puma, snow leopard
baby animal; baby animals; words for baby animals: puppy, kitten, calf, lamb, foal, chick, duckling,
  cub, piglet, gosling
animal with four legs; animals with four legs; four-legged animals: dog, cat, horse, cow, sheep,
  pig, goat, lion, fox, rabbit
animal that can fly; animals that can fly; flying animals: eagle, bat, bee, butterfly, owl, swallow,
  duck, fly, moth, parrot
dog breed; dog breeds; breeds of dogs; kinds of dogs: poodle, beagle, dachshund, boxer, collie,
  labrador, husky, bulldog, terrier, greyhound
job; jobs; professions; occupations: teacher, doctor, nurse, farmer, baker, cook, pilot, lawyer,
  engineer, painter, driver, dentist, plumber, carpenter, journalist, electrician, gardener, tailor
hobby; hobbies; things to do in your free time: reading, painting, gardening, cooking, fishing,
  dancing, hiking, singing, knitting, photography, chess, cycling, baking, camping
outdoor activity; outdoor activities; things to do outdoors: hiking, cycling, fishing, camping,
  climbing, running, sailing, gardening, skating
rainy day activity; rainy day activities; things to do on a rainy day: reading, baking, painting,
  chess, knitting, singing, puzzles, board games
piece of furniture; pieces of furniture; furniture items: table, chair, bed, sofa, wardrobe, desk,
  bookcase, armchair, cupboard, stool, bench, chest of drawers
piece of clothing; pieces of clothing; clothes; things to wear: shirt, jacket, coat, dress, skirt,
  hat, scarf, jumper, shoes, socks, gloves, trousers, jeans, belt
winter clothing item; winter clothes; clothes for cold weather: coat, scarf, gloves, woolly hat,
  boots, jumper, thick socks, mittens
drink; drinks; things to drink: water, tea, coffee, milk, orange juice, lemonade, cocoa, apple
  juice, cola, wine, beer, iced tea
hot drink; hot drinks: tea, coffee, cocoa, hot milk, mulled wine, hot lemon
dessert; desserts; kinds of desserts: ice cream, apple pie, pudding, cheesecake, chocolate cake,
  fruit salad, pancakes, jelly, tiramisu, waffles
breakfast food; breakfast foods; things to eat for breakfast: bread, eggs, porridge, yoghurt,
  cereal, toast, jam, honey, pancakes, fruit
dairy product; dairy products; foods made from milk: milk, cheese, butter, yoghurt, cream, curd, ice
  cream
kind of cheese; cheeses; kinds of cheese; types of cheese: cheddar, brie, gouda, feta, mozzarella,
  camembert, parmesan, edam, gorgonzola
kind of pasta; pastas; kinds of pasta; types of pasta: spaghetti, penne, macaroni, lasagne, fusilli,
  tagliatelle, ravioli, farfalle
dish; dishes; meals: pizza, soup, spaghetti, curry, omelette, stew, salad, risotto, sushi, lasagne,
  paella, goulash
spice; spices: pepper, cinnamon, ginger, paprika, curry powder, nutmeg, saffron, vanilla, cumin,
  cloves
herb; herbs; kitchen herbs: parsley, basil, mint, thyme, rosemary, dill, sage, oregano, chives
nut; nuts; kinds of nuts: walnut, hazelnut, almond, peanut, cashew, pistachio, pecan, chestnut
grain; grains; kinds of grain: wheat, rice, oats, barley, rye, corn, millet
school subject; school subjects; subjects at school; subjects taught at school: maths, English,
  history, geography, biology, physics, chemistry, music, art, sport, French
science; sciences; fields of science: physics, chemistry, biology, astronomy, geology, mathematics,
  botany, zoology, medicine
vehicle; vehicles; means of transport; ways to travel: car, bus, train, bicycle, plane, ship, tram,
  lorry, motorbike, boat, taxi, scooter
vehicle with two wheels; vehicles with two wheels; two-wheeled vehicles: bicycle, motorbike,
  scooter, moped
tree; trees; kinds of trees: oak, birch, pine, maple, beech, willow, ash, fir, chestnut, lime, elm,
  poplar, cedar, spruce
flower; flowers; kinds of flowers: rose, tulip, daisy, lily, sunflower, violet, poppy, daffodil,
  orchid, carnation, dahlia, iris, snowdrop, marigold
programming language; programming languages: Python, Java, C, Rust, JavaScript, Go, Ruby, Swift,
  Kotlin, Haskell, Perl, PHP
Python data type; Python data types; built-in types in Python; Python types: int, str, list, dict,
  float, bool, tuple, set
web browser; web browsers; browsers: Firefox, Chrome, Safari, Edge, Opera
operating system; operating systems: Linux, Windows, macOS, Android, iOS
part of a computer; parts of a computer; computer parts: processor, memory, keyboard, screen, hard
  disk, mouse, graphics card, fan
thing in a kitchen; things in a kitchen; things you find in a kitchen; kitchen things: fridge, oven,
  pan, pot, kettle, spoon, knife, sink, plate, toaster, cup, fork
thing in a bedroom; things in a bedroom; things you find in a bedroom: bed, pillow, blanket,
  wardrobe, lamp, alarm clock, mirror, carpet, curtain
thing in a bathroom; things in a bathroom; things you find in a bathroom: towel, soap, toothbrush,
  mirror, shower, bath, shampoo, comb, toilet, sponge
thing in a garden; things in a garden; things you find in a garden: flower, tree, bench, lawn,
  hedge, pond, shed, bush, fence, bird bath
thing in a classroom; things in a classroom; things you find in a classroom: desk, chair, board,
  chalk, book, map, globe, pencil, ruler, clock
thing in an office; things in an office; office supplies: desk, computer, printer, stapler, phone,
  pen, paper, lamp, calculator, folder
thing on a beach; things on a beach; things you find on a beach: sand, shell, towel, crab, parasol,
  deckchair, seaweed, pebble, sandcastle
thing in the sky; things in the sky; things you can see in the sky: sun, moon, star, cloud, rainbow,
  bird, plane, kite, balloon
thing in a school bag; things in a school bag; things to put in a school bag: book, pencil, ruler,
  rubber, notebook, lunch box, pen, water bottle
thing made of wood; things made of wood; wooden things: table, pencil, chair, door, fence, guitar,
  ladder, spoon, floor
thing made of glass; things made of glass: window, bottle, mirror, vase, jar, lens, light bulb
thing made of metal; things made of metal: key, coin, nail, spoon, knife, chain, bell, anchor
round thing; round things; things that are round: ball, wheel, coin, ring, plate, button, moon,
  orange, pizza
cold thing; cold things; things that are cold: ice, snow, ice cream, fridge, iceberg, frost
girl's name; girls' names; names for a girl; girl names: Anna, Emma, Lucy, Mia, Sara, Clara, Nina,
  Julia, Lena, Alice, Ella, Rosa, Ida, Maria, Sophie, Eva, Laura, Ruth
boy's name; boys' names; names for a boy; boy names: Tom, Ben, Max, Paul, Leo, Jack, Noah, Peter,
  Oscar, Felix, Adam, Luke, David, Simon, Henry, Jonas, Martin, Finn
name for a dog; names for a dog; dog names: Rex, Bella, Buddy, Luna, Rocky, Daisy, Max, Coco,
  Charlie, Lucky
name for a cat; names for a cat; cat names: Minka, Tiger, Luna, Simba, Misty, Felix, Smoky, Ginger,
  Whiskers, Cleo
part of the body; parts of the body; body parts: head, arm, leg, hand, foot, nose, ear, eye, mouth,
  knee, shoulder, back, elbow, finger
organ of the body; organs of the body; internal organs: heart, lung, liver, kidney, stomach, brain,
  skin
family member; family members; members of a family: mother, father, sister, brother, grandmother,
  grandfather, aunt, uncle, cousin
feeling; feelings; emotions: joy, anger, fear, sadness, love, surprise, hope, pride, envy, shame
day of the week; days of the week: Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday
month; months; months of the year: January, February, March, April, May, June, July, August,
  September, October, November, December
season; seasons; seasons of the year: spring, summer, autumn, winter
shape; shapes; geometric shapes: circle, square, triangle, rectangle, oval, pentagon, hexagon, star
metal; metals: iron, gold, silver, copper, tin, lead, zinc, aluminium, nickel, titanium
chemical element; chemical elements; elements: hydrogen, oxygen, carbon, iron, gold, helium,
  nitrogen, silver, neon, sodium, calcium
gas; gases: oxygen, hydrogen, nitrogen, helium, neon, methane, argon
gemstone; gemstones; precious stones: diamond, ruby, emerald, sapphire, opal, topaz, amethyst,
  garnet
kind of weather; kinds of weather; weather words; words for the weather: rain, snow, sunshine, wind,
  fog, hail, storm, frost, thunder
building; buildings; kinds of buildings: house, church, school, hospital, castle, tower, factory,
  museum, library, barn, hotel
room; rooms; rooms in a house: kitchen, bedroom, bathroom, living room, hall, dining room, study,
  cellar, attic
shop; shops; kinds of shops: bakery, bookshop, butcher, chemist, supermarket, toy shop, florist,
  shoe shop, greengrocer
toy; toys: doll, ball, teddy bear, kite, puzzle, building blocks, toy car, yo-yo, spinning top,
  rocking horse
board game; board games: chess, ludo, backgammon, go, nine men's morris, checkers
dance; dances; kinds of dance: waltz, tango, ballet, samba, polka, foxtrot, salsa, tap dance
kind of music; kinds of music; music styles; types of music: jazz, rock, pop, classical music,
  blues, folk, reggae, opera, hip hop
kind of book; kinds of books; types of books: novel, dictionary, cookbook, atlas, diary, comic,
  fairy tale, biography
currency; currencies: euro, dollar, pound, yen, franc, rupee, peso, krone, yuan
unit of length; units of length: metre, kilometre, centimetre, millimetre, inch, foot, yard, mile
adjective; adjectives: big, small, happy, old, new, fast, slow, cold, warm, kind, brave, quiet
verb; verbs: run, eat, sleep, write, sing, read, jump, think, walk, swim, laugh, dance
noun; nouns: house, tree, dog, book, river, city, friend, table, song, cloud
even number; even numbers: 2, 4, 6, 8, 10, 12, 14, 16, 18, 20
odd number; odd numbers: 1, 3, 5, 7, 9, 11, 13, 15, 17, 19
prime number; prime numbers; primes: 2, 3, 5, 7, 11, 13, 17, 19, 23, 29
""")

# occasion or dish: what it needs
SHOPPING = table("""
pancakes: flour, milk, eggs, butter, sugar, salt
a salad; a green salad: lettuce, tomatoes, cucumber, olive oil, vinegar, salt
spaghetti; spaghetti with tomato sauce: spaghetti, tomatoes, onions, garlic, olive oil, cheese
an apple pie; apple pie: apples, flour, butter, sugar, eggs, cinnamon
vegetable soup; a vegetable soup: carrots, potatoes, onions, celery, leeks, parsley
breakfast; a good breakfast: bread, eggs, milk, butter, jam, orange juice
a picnic: bread, cheese, apples, tomatoes, lemonade, biscuits
a barbecue; a barbecue party: sausages, bread rolls, ketchup, corn, salad, charcoal
a birthday party; a party: cake, candles, balloons, lemonade, crisps, paper plates
a fruit salad; fruit salad: apples, bananas, oranges, grapes, kiwis, lemon juice
pizza; a pizza: flour, yeast, tomatoes, mozzarella, olive oil, basil
an omelette: eggs, milk, butter, cheese, chives, salt
sandwiches; cheese sandwiches: bread, butter, cheese, tomatoes, lettuce, cucumber
a chocolate cake; chocolate cake: chocolate, flour, eggs, sugar, butter, baking powder
potato salad; a potato salad: potatoes, onions, eggs, vinegar, oil, mayonnaise
a week alone; the week; this week: bread, milk, eggs, cheese, apples, potatoes, rice, tea
""")

PACKING = table("""
the beach; a day at the beach: towel, sun cream, swimsuit, sunglasses, hat, water bottle, book
a camping trip; camping: tent, sleeping bag, torch, matches, water bottle, warm jumper, cooking pot
a weekend trip; a weekend away; the weekend: toothbrush, pyjamas, clean clothes, phone charger,
  book, money
a ski holiday; skiing: skis, gloves, warm jacket, woolly hat, goggles, thick socks, ski boots
a hike; hiking; a day in the mountains: hiking boots, map, water bottle, rain jacket, sandwiches,
  plasters
a business trip: laptop, phone charger, suit, shirts, documents, toothbrush
the swimming pool; swimming: swimsuit, towel, goggles, shampoo, flip-flops, comb
a flight; a long flight: passport, ticket, headphones, book, neck pillow, water bottle
school; the first day of school: pencil case, notebook, lunch box, water bottle, ruler, books
a city trip; a trip to the city; a trip to Paris: comfortable shoes, map, camera, umbrella, money,
  water bottle
the hospital; a stay in hospital: pyjamas, slippers, toothbrush, book, phone charger, insurance card
a bike tour; a cycling trip: helmet, pump, repair kit, water bottle, rain jacket, map
""")
