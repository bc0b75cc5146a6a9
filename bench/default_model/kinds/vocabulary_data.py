"""The names, places and things that `reading`, `tools` and `structured` speak of.

draw() gives a value of a sort; the sorts are the keys of SORTS. Part of the names and codes are
made up anew each time, so that nothing can be answered but by copying.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from .wording import a, invented_name

__all__ = ["MEN", "SORTS", "WOMEN", "draw", "several"]

Value = str | int | float | bool


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in text.split(","))


WOMEN = _words("""
    Anna Maria Lena Sofia Emma Olivia Julia Laura Clara Nina Eva Alice Grace Hannah Ella Lucy Ruby
    Sarah Emily Kate Jane Mary Rosa Elena Irene Amira Leila Fatima Aisha Priya Anita Mei Yuki Hana
    Ingrid Astrid Freya Greta Paula Carla Marta Zoe Chloe Amy Diana Helen Linda Lisa Monica Nora
    Petra Rachel Susan Tina Vera Wendy Iris Ivy Daisy Jasmine Bella Carmen Dora Edith Fiona Gloria
    Ida Joan Karen Molly Naomi Olga Rita Stella Tara Ursula Violet Mia Lily Sara Nadia Zara""")
MEN = _words("""
    Ben Tom Max Paul Peter Jan Leo Noah Liam Oliver Jack Harry George Oscar Hugo Felix Lukas Jonas
    David Daniel Simon Mark Luke John James Robert Michael William Henry Arthur Omar Ali Hassan
    Ravi Arjun Kenji Hiro Chen Wei Lars Erik Nils Sven Karl Otto Emil Anton Victor Ivan Marco Luca
    Carlos Diego Pablo Miguel Pedro Andre Pierre Louis Adam Alan Brian Chris Dennis Edward Frank
    Greg Ian Kevin Martin Nick Patrick Ryan Sam Steve Tim Walter Bob Joe Fred Jim Bill Theo""")
_SURNAMES = _words("""
    Smith Miller Brown Baker Fisher Green Hill Young King Wood Stone West North Field Brook Park
    Lane Moore Cook Carter Mason Turner Walker Hunter Rossi Weber Novak Silva Garcia Lopez Kim
    Tanaka Singh Khan Berg Larsen Jensen Dubois Martin Costa Reed Fox Wolf Bird Bell Cole Day""")
_CITIES = _phrases("""
    Rome, Paris, London, Berlin, Madrid, Oslo, Vienna, Lisbon, Athens, Prague, Warsaw, Dublin,
    Helsinki, Stockholm, Copenhagen, Brussels, Amsterdam, Budapest, Zurich, Geneva, Milan, Venice,
    Naples, Munich, Hamburg, Cologne, Barcelona, Seville, Lyon, Nice, Marseille, Porto, Bergen,
    Krakow, Riga, Tallinn, Vilnius, Sofia, Zagreb, Belgrade, Bucharest, Kyiv, Istanbul, Ankara,
    Cairo, Tunis, Lagos, Nairobi, Accra, Dakar, Cape Town, Delhi, Mumbai, Chennai, Karachi, Dhaka,
    Bangkok, Hanoi, Jakarta, Manila, Singapore, Tokyo, Osaka, Kyoto, Seoul, Beijing, Shanghai,
    Hong Kong, Taipei, Sydney, Melbourne, Perth, Auckland, Toronto, Montreal, Vancouver, Ottawa,
    New York, Boston, Chicago, Denver, Dallas, Houston, Seattle, Portland, San Francisco,
    Los Angeles, San Diego, Miami, Atlanta, Phoenix, Mexico City, Havana, Lima, Bogota, Quito,
    Santiago, Buenos Aires, Rio de Janeiro, Sao Paulo, Leeds, Bristol, Oxford, Cambridge,
    Edinburgh, Glasgow, Cardiff, York, Bonn, Bern, Basel, Salzburg, Graz, Turin, Florence, Pisa""")
_COUNTRIES = _phrases("""
    Italy, France, Spain, Germany, Norway, Sweden, Denmark, Finland, Poland, Austria, Greece,
    Portugal, Ireland, Hungary, Croatia, Turkey, Egypt, Kenya, Ghana, Nigeria, India, Japan, China,
    Vietnam, Thailand, Canada, Mexico, Brazil, Chile, Peru, Argentina, Cuba, Australia, Iceland""")
_COLOURS = _words("red blue green yellow black white brown orange purple pink grey silver golden")
_ANIMALS = _words("""
    cat dog horse rabbit parrot hamster goat donkey turtle duck hen pony mouse snake lizard frog
    sheep pig cow goose canary fish pigeon ferret""")
_FOODS = _words("""
    pizza bread cheese soup rice pasta salad apples bananas oranges grapes carrots potatoes
    tomatoes eggs fish chicken chocolate honey butter cake pancakes noodles beans mushrooms onions
    cherries strawberries yoghurt sandwiches cookies""")
_DRINKS = _words("tea coffee milk water juice lemonade cocoa cola")
_OBJECTS = _words("""
    book key umbrella lamp phone wallet bag bottle cup pen hat coat scarf guitar camera laptop
    watch ring box letter map ball kite mirror basket blanket candle clock notebook ticket passport
    jacket suitcase hammer spoon vase bicycle chair table sofa shirt radio backpack helmet towel""")
_PLACES = _words("""
    kitchen garden garage bathroom bedroom office library school park station museum attic cellar
    hallway shop hotel cafe theatre gym market church hospital airport harbour classroom barn""")
_SPOTS = _phrases("""
    on the table, under the bed, in the drawer, on the shelf, behind the door, in the bag,
    next to the window, under the chair, in the car, on the sofa, in the box, beside the lamp,
    on the roof, in the cupboard, on the desk, in the fridge, under the carpet, on the stairs""")
_JOBS = _words("""
    teacher doctor nurse baker pilot farmer painter singer writer cook lawyer engineer dentist
    driver gardener carpenter plumber librarian waiter tailor butcher musician scientist actor
    architect designer programmer journalist photographer student judge sailor""")
_HOBBIES = _words("""
    swimming reading painting cooking dancing cycling running singing fishing hiking gardening
    chess tennis football knitting sailing climbing photography skiing yoga""")
_SPORTS = _words("tennis football basketball volleyball hockey golf chess handball rugby badminton")
_DAYS = _words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
_MONTHS = _words(
    "January February March April May June July August September October November December"
)
_LANGUAGES = _words("""
    French German Spanish Italian Portuguese Dutch Swedish Polish Greek Turkish Arabic Hindi
    Japanese Chinese Korean Russian English Danish Finnish""")
_PLAIN = _words("""
    apple river stone cloud tree house flower bird moon star sun rain snow wind fire sand sea hill
    road bridge boat train bread milk salt sugar gold iron glass paper wood lemon pear plum peach
    mango melon carrot onion garlic pepper tiger lion zebra panda eagle whale shark table chair
    window door floor wall roof red green blue one two three alpha beta gamma delta a b c x y z""")
_ADJECTIVES = _words("""
    Silent Blue Last Golden Lost Hidden Long Old Quiet Red Winter Summer Broken Dark Little Great
    Green Empty Wild Secret Distant White Lonely Burning Frozen""")
_NOUNS = _words("""
    River House Garden Mountain Road Sea Night Star Forest Island Door Letter Train City Song Bird
    King Queen Winter Storm Bridge Mirror Journey Summer Stone Lake Ship Tower""")
_STREETS = _words("""
    Main Park Oak Lake Hill River Station Church Garden Mill School Rose Maple Bridge King Market
    Green Forest Spring Harbour""")
_PRODUCTS = _phrases("""
    lamp, chair, desk, laptop, keyboard, mouse, monitor, phone, camera, backpack, bottle, mug,
    kettle, toaster, blender, jacket, shirt, shoes, hat, watch, notebook, pen, tent, bicycle,
    helmet, headphones, speaker, printer, pillow, blanket, umbrella, guitar, towel, candle""")
_GROCERIES = _words("""
    milk bread butter eggs cheese rice pasta flour sugar salt tea coffee apples bananas onions
    potatoes tomatoes honey jam soap juice yoghurt beans oil water lemons carrots nuts""")
_TASKS = _phrases("""
    buy milk, call mom, call the dentist, water the plants, pay the rent, clean the kitchen, walk
    the dog, send the report, book the flight, wash the car, feed the cat, take out the trash, buy
    bread, finish the homework, return the books, pick up the kids, fix the bike, do the laundry,
    renew the passport, write to Anna, clean the windows, charge the phone, order paper, take the
    pills, check the oven, pack the bags, read the contract, visit grandma""")
_EVENTS = _phrases("""
    Team meeting, Lunch with Anna, Dentist, Project review, Birthday party, Yoga class, Dinner,
    Concert, Job interview, Staff training, Book club, Weekly call, Garden party, Board meeting,
    Piano lesson, Workshop, Football match, Budget review, Summer festival, Parents evening""")
_OCCASIONS = _words("""
    meeting lunch concert party lesson workshop match dinner lecture film exam class show picnic
    wedding interview tour race game breakfast play training fair auction""")
_MESSAGES = _phrases("""
    I am late, see you at six, happy birthday, the meeting is cancelled, I am on my way,
    dinner is ready, call me back, thank you for your help, good luck, I will be there soon,
    the train is late, see you tomorrow, I found your keys, the report is done, we won the game,
    please bring the tickets, I am at home, the parcel has arrived, lunch at noon, good night""")
_TOPICS = _phrases("""
    black holes, electric cars, cheap flights, pasta recipes, solar panels, the history of tea,
    dog training, python lists, garden birds, learning guitar, old maps, healthy snacks, volcanoes,
    deep sea fish, hiking boots, space travel, bread baking, chess openings, climate change,
    the moon landing, running shoes, wind power, famous bridges, board games, coral reefs""")
_COMPANIES = _words("""
    Apple Google Amazon Tesla Nokia Siemens Toyota Sony Intel Nike Ford Boeing Netflix Samsung BMW
    Volvo Shell Nestle Adidas Airbus IBM Microsoft Oracle Philips Bosch Honda""")


def draw(rng: random.Random, sort: str) -> Value:
    """A value of that sort; a sort such as "a animal" or "the key" gives its article too."""
    article, _, noun = sort.partition(" ")
    if article == "a":
        return a(str(draw(rng, noun)))
    if article == "the":
        return f"the {draw(rng, noun)}"
    return SORTS[sort](rng)


def several(rng: random.Random, sort: str, count: int) -> list[Value]:
    """Different values of one sort."""
    found: list[Value] = []
    while len(found) < count:
        value = draw(rng, sort)
        if value not in found:
            found.append(value)
    return found


def _of(table: tuple[str, ...]) -> Callable[[random.Random], str]:
    return lambda rng: rng.choice(table)


def _between(low: int, high: int) -> Callable[[random.Random], int]:
    return lambda rng: rng.randint(low, high)


def _name(rng: random.Random) -> str:
    return invented_name(rng) if rng.random() < 0.25 else rng.choice(WOMEN + MEN)


def _city(rng: random.Random) -> str:
    return invented_name(rng) if rng.random() < 0.1 else rng.choice(_CITIES)


def _number(rng: random.Random) -> int:
    """Of any length up to five digits, each as likely."""
    digits = rng.randint(1, 5)
    return rng.randint(10 ** (digits - 1), 10**digits - 1)


def _price(rng: random.Random) -> float:
    """Without a zero at its end, which JSON would drop."""
    return float(f"{rng.randint(1, 99)}.{rng.choice((25, 49, 75, 79, 95, 99, 5))}")


def _time(rng: random.Random) -> str:
    return f"{rng.randint(7, 22):02}:{rng.choice(('00', '15', '30', '45', '10', '20'))}"


def _clock(rng: random.Random) -> str:
    hour = rng.randint(1, 12)
    return rng.choice((f"{hour} am", f"{hour} pm", f"{hour}:30 pm", f"{hour}:15 am"))


def _iso_date(rng: random.Random) -> str:
    return f"{rng.randint(2020, 2030)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"


def _date(rng: random.Random) -> str:
    return f"{rng.randint(1, 28)} {rng.choice(_MONTHS)}"


def _email(rng: random.Random) -> str:
    site = rng.choice(("example.com", "example.org", "mail.com", "test.org", "school.edu"))
    return f"{_name(rng).lower()}@{site}"


def _phone(rng: random.Random) -> str:
    return f"555-{rng.randint(0, 9999):04}"


def _code(rng: random.Random) -> str:
    letters = "".join(rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ") for _ in range(rng.randint(1, 3)))
    return f"{letters}{rng.choice(('', '-'))}{rng.randint(10, 9999)}"


def _title(rng: random.Random) -> str:
    return f"The {rng.choice(_ADJECTIVES)} {rng.choice(_NOUNS)}"


def _full_name(rng: random.Random) -> str:
    return f"{_name(rng)} {rng.choice(_SURNAMES)}"


def _street(rng: random.Random) -> str:
    return f"{rng.randint(1, 99)} {rng.choice(_STREETS)} Street"


def _file(rng: random.Random) -> str:
    stem = rng.choice(
        _words("notes report list data log photo letter plan todo config table draft")
    )
    return stem + rng.choice(("", "", str(rng.randint(1, 30)))) + rng.choice(_FILE_ENDINGS)


_FILE_ENDINGS = (".txt", ".md", ".csv", ".json", ".log", ".pdf")

SORTS: dict[str, Callable[[random.Random], Value]] = {
    "name": _name,
    "full_name": _full_name,
    "city": _city,
    "country": _of(_COUNTRIES),
    "colour": _of(_COLOURS),
    "animal": _of(_ANIMALS),
    "food": _of(_FOODS),
    "drink": _of(_DRINKS),
    "object": _of(_OBJECTS),
    "place": _of(_PLACES),
    "spot": _of(_SPOTS),
    "job": _of(_JOBS),
    "hobby": _of(_HOBBIES),
    "sport": _of(_SPORTS),
    "day": _of(_DAYS),
    "month": _of(_MONTHS),
    "language": _of(_LANGUAGES),
    "word": _of(_PLAIN),
    "product": _of(_PRODUCTS),
    "grocery": _of(_GROCERIES),
    "task": _of(_TASKS),
    "event": _of(_EVENTS),
    "occasion": _of(_OCCASIONS),
    "pet": lambda rng: f"{_name(rng)}'s {rng.choice(_ANIMALS)}",
    "train": lambda rng: f"train to {_city(rng)}",
    "vehicle": _of(_words("train bus car plane bicycle boat taxi tram")),
    "fruit": _of(_words("apples bananas oranges pears lemons plums peaches melons eggs cookies")),
    "nickname": _of(_words("captain boss chief doc sir professor champ buddy coach sunshine")),
    "message": _of(_MESSAGES),
    "topic": _of(_TOPICS),
    "company": _of(_COMPANIES),
    "car": _of(_words("Volvo Ford BMW Toyota Honda Tesla Fiat Skoda Mazda Kia Peugeot Renault")),
    "team": _of(_words("Lions Tigers Eagles Bears Sharks Wolves Foxes Hawks Bulls Rockets Stars")),
    "currency": _of(("USD", "EUR", "GBP", "JPY", "CHF", "INR", "CAD", "AUD", "SEK", "NOK", "CNY")),
    "title": _title,
    "street": _street,
    "email": _email,
    "phone": _phone,
    "code": _code,
    "file": _file,
    "date": _date,
    "iso_date": _iso_date,
    "time": _time,
    "clock": _clock,
    "price": _price,
    "number": _number,
    "age": _between(3, 95),
    "year": _between(1900, 2030),
    "few": _between(2, 9),
    "small": _between(1, 20),
    "count": _between(2, 60),
    "hundred": _between(0, 100),
    "degrees": _between(-15, 38),
    "big": _between(100, 9999),
    "flag": lambda rng: rng.random() < 0.5,
}
