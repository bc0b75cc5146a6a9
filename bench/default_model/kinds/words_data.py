"""The words of `words`: plain tables of what cannot be worked out of a word's letters."""

from __future__ import annotations

__all__ = [
    "CATEGORIES",
    "COMPARATIVES",
    "NOUNS",
    "OTHER",
    "PAST",
    "PLURALS",
    "PROVERBS",
    "RHYMES",
    "SENTENCES",
    "SERIES",
]

# What a word is one of, in the plural: words that are so.
CATEGORIES = {
    "animals": "cat dog horse cow pig sheep goat lion tiger bear wolf fox mouse rabbit frog snake "
    "elephant monkey camel zebra whale shark",
    "birds": "eagle owl crow duck goose swan parrot hen pigeon sparrow robin penguin",
    "fruits": "apple pear plum peach cherry banana lemon orange grape melon mango kiwi",
    "vegetables": "carrot onion potato cabbage spinach pepper bean pea garlic celery leek turnip",
    "colors": "red blue green yellow black white brown pink purple gray",
    "clothes": "shirt coat hat sock shoe glove scarf dress skirt jacket sweater boot",
    "tools": "hammer saw drill screwdriver wrench axe shovel rake ladder pliers",
    "furniture": "table chair bed sofa shelf desk cupboard bench stool wardrobe",
    "vehicles": "car bus train truck bicycle ship plane tram boat van taxi tractor",
    "body parts": "hand foot arm leg head nose ear eye mouth knee finger shoulder",
    "foods": "bread cheese rice soup butter cake egg honey pasta pizza salad sugar",
    "drinks": "water milk tea coffee juice lemonade cocoa wine beer",
    "places": "school hospital library museum bank station market church hotel castle "
    "garden bridge",
    "instruments": "piano guitar violin drum flute trumpet harp cello banjo organ",
    "weather words": "rain snow wind storm fog sun cloud thunder hail frost",
    "family members": "mother father sister brother uncle aunt cousin grandmother son daughter",
    "jobs": "teacher doctor baker farmer nurse pilot cook painter driver dentist sailor gardener",
    "shapes": "circle square triangle rectangle cube sphere cone oval",
    "metals": "gold silver iron copper lead tin zinc steel",
    "trees": "oak pine birch maple willow fir beech elm",
    "sports": "football tennis hockey swimming rowing skiing boxing basketball golf cycling",
}

# A natural sentence for each category; {a} is the word with its article.
SENTENCES = {
    "animals": ("I saw {a} yesterday.", "The {w} is sleeping in the sun."),
    "birds": ("I saw {a} in the park.", "The {w} sits near the water."),
    "fruits": ("I ate {a} for breakfast.", "This {w} tastes very sweet."),
    "vegetables": ("We put {a} in the soup.",),
    "colors": ("My favorite color is {w}.", "Her new car is {w}."),
    "clothes": ("I bought {a} in town.", "Where is my other {w}?"),
    "vehicles": ("I can see {a} from my window.", "The {w} is very fast."),
    "drinks": ("I would like some {w}, please.",),
    "places": ("There is {a} near my house.", "We met in front of the {w}."),
    "instruments": ("My sister plays the {w}.", "He bought {a} last year."),
    "family members": ("My {w} lives in a small town.",),
    "jobs": ("My friend is {a}.", "She wants to become {a}."),
    "shapes": ("I drew {a} on the paper.",),
    "sports": ("My brother likes {w}.", "I think {w} is fun."),
    "trees": ("There is a tall {w} behind the house.",),
    "metals": ("This ring is made of {w}.",),
}

# More nouns that can be counted and are regular.
NOUNS = (
    "house tree river street door window room wall floor roof kitchen clock lamp key cup plate "
    "spoon bottle glass pen pencil book letter page paper bag box basket ball toy doll kite game "
    "song story picture film phone camera radio computer ticket coin star planet moon island lake "
    "hill mountain forest field flower rose leg road town village city country king queen friend "
    "boy girl baby neighbor engineer artist actor umbrella hour idea island orange uncle oven "
    "airport office exam answer ocean insect ant engine army unicorn uniform university example "
    "accident elevator envelope event arrow author animal angel axe olive ostrich ring stone "
    "candle mirror blanket pillow towel brush comb button pocket ribbon stamp map flag bell rope "
    "wheel engine tower farm barn fence gate path tunnel cave beach wave shell desert jungle"
).split()

# Words of every sort, for spelling, copying and sorting.
OTHER = (
    "hello yes please happy sad good bad big small fast slow hot cold new old young long short "
    "high low light dark easy hard clean dirty rich poor strong weak quick quiet loud soft sweet "
    "sour salt fresh early late always never often today summer winter spring autumn morning "
    "evening night day week month year time love hope dream peace music dance jump walk talk sing "
    "read write learn think know find give take make come stay open close begin finish help work "
    "play laugh smile cry sleep wake eat drink buy sell build break bring carry catch throw fly "
    "swim climb ride drive travel north south east west left right above below under over after "
    "before inside outside again away back down here there where when what who why how many some "
    "every other round strawberry blueberry raspberry butterfly mississippi tomorrow"
).split()

PLURALS = dict(
    pair.split(":")
    for pair in (
        "child:children man:men woman:women foot:feet tooth:teeth goose:geese mouse:mice "
        "person:people ox:oxen louse:lice sheep:sheep fish:fish deer:deer leaf:leaves knife:knives "
        "wife:wives life:lives wolf:wolves half:halves shelf:shelves loaf:loaves thief:thieves "
        "calf:calves scarf:scarves elf:elves hoof:hooves potato:potatoes tomato:tomatoes "
        "hero:heroes echo:echoes crisis:crises analysis:analyses cactus:cacti fungus:fungi "
        "nucleus:nuclei datum:data medium:media criterion:criteria phenomenon:phenomena "
        "aircraft:aircraft series:series species:species die:dice policeman:policemen "
        "fireman:firemen grandchild:grandchildren"
    ).split()
)

# Irregular ones by pairs; the others as they are, with the ending worked out.
PAST = dict(
    pair.split(":")
    for pair in (
        "be:was become:became begin:began bend:bent bite:bit blow:blew break:broke bring:brought "
        "build:built burn:burned buy:bought catch:caught choose:chose come:came cost:cost cut:cut "
        "deal:dealt dig:dug do:did draw:drew drink:drank drive:drove eat:ate fall:fell feed:fed "
        "feel:felt fight:fought find:found fly:flew forget:forgot forgive:forgave freeze:froze "
        "get:got give:gave go:went grow:grew hang:hung have:had hear:heard hide:hid hit:hit "
        "hold:held hurt:hurt keep:kept know:knew lead:led leave:left lend:lent let:let lose:lost "
        "make:made mean:meant meet:met pay:paid put:put read:read ride:rode ring:rang rise:rose "
        "run:ran say:said see:saw sell:sold send:sent set:set shake:shook shine:shone shoot:shot "
        "shut:shut sing:sang sink:sank sit:sat sleep:slept speak:spoke spend:spent stand:stood "
        "steal:stole stick:stuck swim:swam take:took teach:taught tear:tore tell:told "
        "think:thought throw:threw understand:understood wake:woke wear:wore win:won write:wrote"
    ).split()
) | {
    verb: verb + ("d" if verb.endswith("e") else "ed")
    for verb in (
        "ask answer call clean climb close cook dance enjoy explain finish happen help hope invite "
        "jump kick laugh learn like listen live look love move need open paint play push rain "
        "remember smile start stay talk thank touch travel turn use visit wait walk want wash "
        "watch work"
    ).split()
}
PAST |= {"carry": "carried", "cry": "cried", "hurry": "hurried", "study": "studied", "try": "tried"}
PAST |= {"drop": "dropped", "plan": "planned", "shop": "shopped", "stop": "stopped"}

COMPARATIVES = {
    word: (f"{stem}er", f"{stem}est")
    for word, stem in (
        *((word, word) for word in (
            "tall small short long old young fast slow high low cold warm cool hard soft rich "
            "poor clean dark light strong weak sweet quick loud quiet cheap deep great new kind "
            "bright sharp thick smart"
        ).split()),
        *((word, word[:-1]) for word in "large nice wide late safe brave wise close".split()),
        *((word, word[:-1] + "i") for word in (
            "happy easy heavy busy funny dirty early lazy pretty dry lucky angry hungry noisy"
        ).split()),
        *((word, word + word[-1]) for word in "big hot fat thin wet sad".split()),
    )
} | {
    "good": ("better", "best"),
    "bad": ("worse", "worst"),
    "far": ("farther", "farthest"),
    "little": ("less", "least"),
    "many": ("more", "most"),
    **{
        word: (f"more {word}", f"most {word}")
        for word in (
            "beautiful expensive interesting important difficult careful dangerous famous useful "
            "comfortable modern popular"
        ).split()
    },
}  # fmt: skip

RHYMES = [
    group.split()
    for group in (
        "cat hat bat mat rat sat", "dog log fog frog", "house mouse blouse",
        "tree bee sea knee key",
        "day way play say may stay", "night light right bright fight kite white bite",
        "moon soon spoon noon",
        "sun fun run bun", "star car far jar bar", "rain train brain chain plane",
        "cake lake snake make take", "bed red head bread", "ball tall wall fall call small",
        "ring king sing spring wing", "boat goat coat note", "blue shoe two zoo true",
        "book look cook hook", "fish dish wish", "ten pen hen men", "pin bin win thin",
        "box fox socks rocks", "sky fly high pie tie", "snow go low slow toe",
        "rose nose hose toes",
        "bell well shell tell", "hand sand land band", "nest best rest test",
        "clock rock sock lock",
        "duck truck luck", "rice mice ice nice", "time lime climb rhyme", "mine nine line wine",
        "bear chair hair pear", "song long strong", "gold cold old told",
        "door four floor more", "top hop shop stop", "jump pump bump", "heart part start art",
        "dream cream team stream", "stone phone bone alone", "love glove dove above",
        "street feet meet sweet", "face place race space", "hill bill still will",
        "bug hug mug rug", "back black sack track", "kick stick brick trick",
    )
]  # fmt: skip

# What follows one another; the name of one and of all.
SERIES = (
    ("day", "days of the week",
     "Monday Tuesday Wednesday Thursday Friday Saturday Sunday", True),
    ("month", "months of the year",
     "January February March April May June July August September October November December", True),
    ("season", "seasons", "spring summer autumn winter", True),
    ("letter", "letters of the alphabet", "a b c d e f g h i j k l m n o p q r s t u v w x y z",
     False),
    ("planet", "planets", "Mercury Venus Earth Mars Jupiter Saturn Uranus Neptune", False),
    ("color", "colors of the rainbow", "red orange yellow green blue indigo violet", False),
)  # fmt: skip

# (beginning, end)
PROVERBS = (
    ("An apple a day", "keeps the doctor away"),
    ("Better late", "than never"),
    ("Practice makes", "perfect"),
    ("The early bird", "catches the worm"),
    ("Actions speak louder", "than words"),
    ("All that glitters", "is not gold"),
    ("All's well", "that ends well"),
    ("A friend in need", "is a friend indeed"),
    ("A picture is worth", "a thousand words"),
    ("Birds of a feather", "flock together"),
    ("Don't count your chickens", "before they hatch"),
    ("Don't put all your eggs", "in one basket"),
    ("Every cloud", "has a silver lining"),
    ("Haste makes", "waste"),
    ("Honesty is", "the best policy"),
    ("Home is where", "the heart is"),
    ("If at first you don't succeed,", "try, try again"),
    ("Knowledge is", "power"),
    ("Laughter is", "the best medicine"),
    ("Like father,", "like son"),
    ("Look before", "you leap"),
    ("Many hands make", "light work"),
    ("No pain,", "no gain"),
    ("One good turn", "deserves another"),
    ("Out of sight,", "out of mind"),
    ("Practice what", "you preach"),
    ("Rome was not built", "in a day"),
    ("Slow and steady", "wins the race"),
    ("The grass is always greener", "on the other side"),
    ("The pen is mightier", "than the sword"),
    ("There is no place", "like home"),
    ("There is no smoke", "without fire"),
    ("Time is", "money"),
    ("Too many cooks", "spoil the broth"),
    ("Two heads are better", "than one"),
    ("When in Rome,", "do as the Romans do"),
    ("Where there is a will,", "there is a way"),
    ("You can't judge a book", "by its cover"),
    ("A stitch in time", "saves nine"),
    ("Easy come,", "easy go"),
)
