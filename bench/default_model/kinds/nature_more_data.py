"""Questions with their answers: weather, seasons, plants, the Earth and the sky, the body.

Keys are forms of facts.wording between bars, values are answers with the marks of facts.fact.
"""

from __future__ import annotations

QUESTIONS = {
    "what is rain ~ what rain is|how does rain form ~ how rain forms|where does rain come from ~": (
        "Rain is *water* that falls from *clouds*."
    ),
    "what is snow ~ what snow is|what is snow made of ~ what snow is made of": (
        "Snow is frozen water: small *crystals of ice|ice* that fall from *clouds*."
    ),
    "what is hail ~ what hail is|what is a hailstone ~ what a hailstone is": (
        "Hail is *ice* that falls from *clouds* in hard lumps."
    ),
    "what is fog ~ what fog is|what is mist ~ what mist is": (
        "Fog is a *cloud* that lies on the *ground*."
    ),
    "what is a cloud ~ what a cloud is|what are clouds made of ~ what clouds are made of": (
        "A cloud is made of tiny drops of *water* or bits of *ice* in the *air*."
    ),
    "what is wind ~ what wind is|the wind": "Wind is *air* that *moves*.",
    "what is lightning ~ what lightning is|what is a flash of lightning ~": (
        "Lightning is a large spark of *electricity* in the *sky*."
    ),
    "what is thunder ~ what thunder is|what makes thunder": (
        "Thunder is the *sound* that *lightning* makes."
    ),
    "why do we see lightning before thunder ~ why we see lightning before thunder": (
        "We see lightning first because *light* is *faster* than sound."
    ),
    "what is a storm ~ what a storm is|the meaning of storm": (
        "A storm is bad weather with strong *wind* and often *rain*."
    ),
    "what is a hurricane ~ what a hurricane is": (
        "A hurricane is a very strong *storm* that forms over a warm *sea*."
    ),
    "what is a tornado ~ what a tornado is": "A tornado is a fast, *spinning* column of *air*.",
    "what is a rainbow ~ what a rainbow is|how does a rainbow form ~ how a rainbow forms": (
        "A rainbow is an arc of *colours* that forms when *sunlight* passes through drops of water."
    ),
    "the colours of a rainbow|which colours does a rainbow have ~ which colours a rainbow has": (
        "A rainbow is *red*, *orange*, *yellow*, *green*, *blue*, *indigo* and *violet*."
    ),
    "how many seasons are there ~ how many seasons there are|how many seasons does a year have ~": (
        "There are *four|4* seasons: *spring*, *summer*, *autumn* and *winter*."
    ),
    "which season is the coldest|the coldest season|the coldest time of the year": (
        "The coldest season is *winter*."
    ),
    "which season is the warmest|the warmest season|the hottest season": (
        "The warmest season is *summer*."
    ),
    "when do leaves fall ~ when leaves fall|in which season do leaves fall ~": (
        "Leaves fall in *autumn*."
    ),
    "when do flowers begin to bloom ~ when flowers begin to bloom|when do flowers bloom ~": (
        "Many flowers begin to bloom in *spring*."
    ),
    "why do leaves change colour ~ why leaves change colour|why do leaves turn yellow ~": (
        "Leaves turn yellow in autumn because they lose their *green* pigment."
    ),
    "what do plants need to grow ~ what plants need to grow|what does a plant need ~": (
        "Plants need *water*, *light* and *air* to grow."
    ),
    "what is photosynthesis ~ what photosynthesis is|how do plants make food ~": (
        "Photosynthesis is how plants make *sugar* from *light*, water and carbon dioxide."
    ),
    "what do roots do ~ what roots do|what are roots for ~ what roots are for": (
        "Roots hold a plant in the ground and take in *water*."
    ),
    "what is a tree ~ what a tree is|the meaning of tree": (
        "A tree is a tall *plant* with a *trunk* of wood."
    ),
    "what is a flower ~ what a flower is": (
        "A flower is the part of a *plant* that makes *seeds*, often in bright colours."
    ),
    "what is a leaf ~ what a leaf is": "A leaf is the flat, *green* part of a *plant*.",
    "what is a seed ~ what a seed is": "A seed is the small part from which a new *plant* *grows*.",
    "what is a forest ~ what a forest is": "A forest is a large area with many *trees*.",
    "what is a mushroom ~ what a mushroom is|is a mushroom a plant ~": (
        "A mushroom is not a plant: it is a *fungus*."
    ),
    "what is grass ~ what grass is": "Grass is a *green* *plant* with thin leaves.",
    "what is moss ~ what moss is": "Moss is a small, soft *green* *plant* of damp places.",
    "what is a cactus ~ what a cactus is": "A cactus is a *desert* plant with *spines*.",
    "which trees keep their leaves in winter|what is an evergreen ~ what an evergreen is": (
        "*Evergreens*, such as *pines*, keep their leaves in winter."
    ),
    "what does an oak tree bear ~ what an oak tree bears|the fruit of an oak": (
        "The fruit of an oak is the *acorn*."
    ),
    "what is an acorn ~ what an acorn is": "An acorn is the nut of an *oak*.",
    "what do caterpillars turn into ~ what caterpillars turn into|what becomes of a caterpillar": (
        "A caterpillar turns into a *butterfly* or a moth."
    ),
    "what do tadpoles turn into ~ what tadpoles turn into|what does a tadpole become ~": (
        "A tadpole turns into a *frog* or a toad."
    ),
    "which animal is the largest|the largest animal in the world|the biggest animal": (
        "The largest animal is the *blue whale*."
    ),
    "which animal is the largest on land|the largest animal on land": (
        "The largest animal on land is the *elephant*."
    ),
    "which animal is the tallest|the tallest animal": "The tallest animal is the *giraffe*.",
    "which animal is the fastest on land|the fastest animal on land": (
        "The fastest animal on land is the *cheetah*."
    ),
    "which bird is the largest|the largest bird|the biggest bird": (
        "The largest bird is the *ostrich*."
    ),
    "which bird is the smallest|the smallest bird": "The smallest bird is a *hummingbird*.",
    "why do birds fly south ~ why birds fly south|why do birds migrate ~ why birds migrate": (
        "Many birds fly south in autumn because it is *warmer* there and they find *food*."
    ),
    "why do bears sleep in winter ~ why bears sleep in winter|what is hibernation ~": (
        "In hibernation an animal *sleeps* through the *winter*, when there is little food."
    ),
    "how do fish breathe ~ how fish breathe|what do fish breathe with ~": (
        "Fish breathe with *gills*."
    ),
    "why do bees make honey ~ why bees make honey|what is honey for ~": (
        "Bees make honey as *food* for the *winter*."
    ),
    "which animals lay eggs|what animals lay eggs": (
        "*Birds* lay eggs, and so do most fish, reptiles, amphibians and insects."
    ),
    "what is a pet ~ what a pet is|the meaning of pet": (
        "A pet is an *animal* that people keep at *home* for company."
    ),
    "what is a herbivore ~ what a herbivore is": "A herbivore is an animal that eats *plants*.",
    "what is a carnivore ~ what a carnivore is": "A carnivore is an animal that eats *meat*.",
    "what is an omnivore ~ what an omnivore is": (
        "An omnivore is an animal that eats *plants* and *meat*."
    ),
}

MAKES = {
    "what do bees make ~ what bees make|which animal makes honey|who makes honey|"
    "where does honey come from ~ where honey comes from": "*Bees* make *honey*.",
    "where does milk come from ~ where milk comes from|which animal gives milk|who gives us milk": (
        "Milk comes from *cows*, and also from goats and sheep."
    ),
    "where does wool come from ~ where wool comes from|which animal gives wool|who gives us wool": (
        "Wool comes from *sheep*."
    ),
    "where do eggs come from ~ where eggs come from|which bird lays the eggs that we eat": (
        "The eggs that we eat come from *chickens|hens*."
    ),
    "where does silk come from ~ where silk comes from|which animal makes silk": (
        "Silk comes from *silkworms*, the caterpillars of a moth."
    ),
    "where does paper come from ~ where paper comes from|what is paper made from": (
        "Paper is made from *wood*."
    ),
    "where does cotton come from ~ where cotton comes from|what is cotton made from": (
        "Cotton comes from a *plant*."
    ),
    "which animal spins webs|who spins webs|what animal makes a web": "*Spiders* spin webs.",
    "which animal builds dams|who builds dams in rivers": "*Beavers* build dams.",
    "which animal has a trunk|what animal has a trunk": "The *elephant* has a trunk.",
    "which animal has a hump|what animal has humps": "The *camel* has one or two humps.",
    "which animal has stripes|what animals have stripes": "*Zebras* and *tigers* have stripes.",
    "which animal is called the king of animals|the king of animals": (
        "The *lion* is called the king of animals."
    ),
    "which animal carries its house on its back|what animal carries its house": (
        "The *snail* carries its house on its back."
    ),
    "which animal has a pouch|what animal carries its young in a pouch": (
        "The *kangaroo* carries its young in a pouch."
    ),
    "which animal says moo|who says moo": "The *cow* says moo.",
    "which animal says meow|who says meow": "The *cat* says meow.",
    "which animal says woof|who says woof": "The *dog* says woof.",
    "which animal barks|what animal barks": "The *dog* barks.",
    "which animal quacks|what animal quacks|who says quack": "The *duck* quacks.",
    "which mammal can fly|what mammal can really fly": "The *bat* is the mammal that can fly.",
    "which birds cannot fly|what birds cannot fly|what is a bird that cannot fly ~": (
        "The *penguin* and the *ostrich* cannot fly."
    ),
}

EARTH = {
    "what is the Sun ~ what the Sun is|is the Sun a star ~|what kind of thing is the Sun ~": (
        "The Sun is a *star*."
    ),
    "what is the Moon ~ what the Moon is|what do you know about the Moon ~": (
        "The Moon is a ball of *rock* that goes around the *Earth*."
    ),
    "what is a star ~ what a star is|what are stars ~ what stars are": (
        "A star is a huge, hot ball of *gas* that gives *light*."
    ),
    "what is a planet ~ what a planet is|what are planets ~ what planets are": (
        "A planet is a large round body that goes around a *star*."
    ),
    "what is a comet ~ what a comet is": "A comet is a ball of *ice* and dust with a *tail*.",
    "what is a galaxy ~ what a galaxy is": "A galaxy is a huge group of *stars*.",
    "what is the Milky Way ~ what the Milky Way is|the name of our galaxy": (
        "The Milky Way is our *galaxy*."
    ),
    "how many planets are there ~ how many planets there are|the number of planets": (
        "There are *eight|8* planets in our solar system."
    ),
    "the largest planet|which planet is the largest|the biggest planet": (
        "The largest planet is *Jupiter*."
    ),
    "the smallest planet|which planet is the smallest": "The smallest planet is *Mercury*.",
    "the hottest planet|which planet is the hottest": "The hottest planet is *Venus*.",
    "which planet is called the red planet|the red planet": "*Mars* is called the red planet.",
    "which planet has rings|what planet is known for its rings": "*Saturn* is known for its rings.",
    "which planet do we live on ~ which planet we live on|the planet that we live on": (
        "We live on *Earth*."
    ),
    "which planet is closest to the Sun|the planet closest to the Sun": (
        "*Mercury* is the planet closest to the Sun."
    ),
    "how long does the Earth take to go around the Sun ~ how long the Earth takes around the Sun": (
        "The Earth takes one *year* to go around the Sun."
    ),
    "why is there day and night ~ why there is day and night|how do day and night come about ~": (
        "There is day and night because the *Earth* *turns*."
    ),
    "why are there seasons ~ why there are seasons|what causes the seasons": (
        "There are seasons because the axis of the *Earth* is *tilted*."
    ),
    "where does the Sun rise ~ where the Sun rises|in which direction does the Sun rise ~": (
        "The Sun rises in the *east*."
    ),
    "where does the Sun set ~ where the Sun sets|in which direction does the Sun set ~": (
        "The Sun sets in the *west*."
    ),
    "what is a volcano ~ what a volcano is": (
        "A volcano is a *mountain* from which hot *lava* can come."
    ),
    "what is lava ~ what lava is": "Lava is hot, melted *rock* that comes out of a *volcano*.",
    "what is an earthquake ~ what an earthquake is": (
        "An earthquake is a *shaking* of the *ground*."
    ),
    "what is a river ~ what a river is": "A river is a large stream of *water* that *flows*.",
    "what is a lake ~ what a lake is": "A lake is a large area of *water* with *land* around it.",
    "what is an island ~ what an island is": "An island is *land* with *water* all around it.",
    "what is a desert ~ what a desert is": "A desert is a very *dry* place with little *rain*.",
    "what is a mountain ~ what a mountain is": "A mountain is a very *high* hill.",
    "what is a valley ~ what a valley is": "A valley is *low* land between *hills* or mountains.",
    "what is an ocean ~ what an ocean is": "An ocean is a very large area of *salt* *water*.",
    "what is a beach ~ what a beach is": "A beach is a strip of *sand* or stones by the *sea*.",
    "what is a waterfall ~ what a waterfall is": "A waterfall is *water* that *falls* over rocks.",
    "what is a glacier ~ what a glacier is": "A glacier is a mass of *ice* that moves slowly.",
    "what is a cave ~ what a cave is": "A cave is a *hole* in *rock* or in a mountain.",
    "what is the tide ~ what the tide is|what causes the tides": (
        "The tide is the rise and fall of the *sea*, caused mostly by the *Moon*."
    ),
}

BODY = {
    "heart": "to pump *blood* through the body",
    "lungs": "to *breathe*",
    "stomach": "to *digest* food",
    "brain": "to *think*",
    "eyes": "to *see*",
    "ears": "to *hear*",
    "nose": "to *smell* and to breathe",
    "tongue": "to *taste* and to speak",
    "teeth": "to bite and *chew*",
    "hands": "to *hold* things",
    "feet": "to *stand* and walk",
    "legs": "to *walk* and run",
    "arms": "to *reach* and lift things",
    "skin": "to *feel* and to protect the body",
    "muscles": "to *move*",
    "bones": "to *support* the body",
    "kidneys": "to *clean* the blood",
    "fingers": "to *touch* and hold small things",
    "mouth": "to *eat* and *speak*",
    "knees": "to *bend* the legs",
    "elbows": "to *bend* the arms",
    "eyelids": "to *close* and protect the eyes",
    "neck": "to hold and turn the *head*",
    "toes": "to keep our *balance*",
}
