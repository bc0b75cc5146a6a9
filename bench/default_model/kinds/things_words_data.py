"""The meaning of everyday words. Stars are the marks of facts.fact."""

from __future__ import annotations

# thing | what it is: goes on after "A hammer is ...". A "+" in front: a word without an article.
OBJECTS = """
hammer | a *tool* for driving *nails* into wood
saw | a *tool* for *cutting* wood
screwdriver | a *tool* for turning *screws*
drill | a *tool* for making *holes*
ladder | a thing with steps for *climbing* up and down
axe | a *tool* for *chopping* wood
shovel | a *tool* for *digging*
rake | a *tool* for gathering *leaves*
nail | a thin piece of *metal* that *holds* pieces of wood together
knife | a *tool* with a blade for *cutting*
fork | a *tool* with points for *eating*
spoon | a *tool* for eating *soup*
plate | a flat *dish* for *food*
bowl | a deep round *dish* for *food*
cup | a small *container* for *drinking*
glass | a *container* of glass for *drinking*
bottle | a *container* with a narrow neck for *liquids*
pan | a flat pot for *frying* food
kettle | a pot for *boiling* *water*
oven | a hot box for *baking* food
fridge | a machine that keeps *food* *cold*
freezer | a machine that keeps food *frozen*
stove | a *kitchen* device for *cooking*
table | a piece of *furniture* with a *flat* top
chair | a piece of *furniture* to *sit* on
bed | a piece of *furniture* to *sleep* in
sofa | a long, soft *seat* for several people
shelf | a flat board for *keeping* things such as *books*
lamp | a thing that gives *light*
candle | a stick of *wax* that gives *light* when it burns
mirror | a piece of *glass* in which you see *yourself*
window | an opening with *glass* that lets in *light*
door | a thing that you *open* to go into a *room*
key | a small piece of metal that opens a *lock*
lock | a device that keeps a *door* *closed*
house | a *building* where people *live*
castle | a large old *building* with thick *walls*
bridge | a way *over* a *river* or a road
tower | a tall, narrow *building*
tunnel | a way *under* the ground or *through* a mountain
road | a way for *cars* and other vehicles
school | a place where children *learn*
hospital | a place where *sick* people are treated
library | a place where you can *borrow* *books*
museum | a place that shows *old*, interesting or beautiful *things*
theatre | a place where *plays* are shown
cinema | a place where *films* are shown
restaurant | a place where you pay for a *meal*
hotel | a place where *travellers* pay to *sleep*
market | a place where people *buy* and sell things
bank | a place that keeps *money*
farm | a place where *food* is grown and *animals* are kept
garden | a piece of land with *plants* by a house
factory | a place where *goods* are *made* with machines
airport | a place where *planes* take off and land
harbour | a place where *ships* are safe
station | a place where *trains* or buses stop
car | a *vehicle* with four *wheels* and a motor
bus | a large *vehicle* for many *passengers*
train | a *vehicle* that runs on *rails*
bicycle | a *vehicle* with *two wheels* and pedals
plane | a *vehicle* that *flies*
ship | a large *vehicle* that travels on *water*
boat | a small *vehicle* that travels on *water*
truck | a large *vehicle* that carries *goods*
tractor | a strong *vehicle* that is used on *farms*
rocket | a *vehicle* that can fly into *space*
helicopter | a *vehicle* that *flies* with turning blades on top
submarine | a *ship* that can travel *under* water
wheel | a *round* thing that *turns* and lets vehicles roll
engine | a *machine* that makes a vehicle *move*
clock | a device that shows the *time*
watch | a small *clock* that is worn on the *wrist*
calendar | a list of the *days* and months of a *year*
map | a *drawing* that shows where *places* are
compass | a device that shows where *north* is
thermometer | a device that measures *temperature*
ruler | a flat stick for measuring *length*
scale | a device that measures *weight*
telescope | a device for looking at things *far* away, such as *stars*
microscope | a device for looking at very *small* things
camera | a device for taking *pictures*
telephone | a device for *talking* with people far away
radio | a device that receives *sound* through the air
television | a device that shows *moving pictures* with sound
battery | a thing that stores *electricity*
book | a set of *pages* with text to *read*
newspaper | a set of printed pages with the *news*
letter | a written *message* on paper
dictionary | a book that explains *words*
pen | a tool for *writing* with *ink*
pencil | a tool for *writing* and *drawing* that can be erased
eraser | a thing that *removes* marks of a *pencil*
notebook | a book of empty pages for *writing*
envelope | a paper cover for a *letter*
stamp | a small paper that shows that you *paid* for a *letter*
bag | a soft container for *carrying* things
box | a container with flat sides for *keeping* things
basket | a container of woven *twigs* for *carrying* things
umbrella | a thing that keeps off the *rain*
coat | a warm piece of *clothing* for *outdoors*
hat | a piece of clothing for the *head*
shirt | a piece of *clothing* for the *upper* body
shoe | a cover for the *foot*
sock | a soft cover for the *foot*, worn in a shoe
glove | a cover for the *hand*
scarf | a piece of cloth worn around the *neck*
belt | a band worn around the *waist*
button | a small round thing that *closes* *clothes*
needle | a thin, sharp tool for *sewing*
towel | a cloth for *drying* things
blanket | a warm *cover* for a *bed*
pillow | a soft thing for the *head* in *bed*
brush | a tool with hairs for *cleaning* or painting
broom | a long brush for *sweeping* the floor
comb | a tool for tidying *hair*
toothbrush | a small brush for cleaning *teeth*
coin | a round piece of metal used as *money*
ticket | a piece of paper that *lets* you *travel* or go in
present | a thing that you *give* to somebody
toy | a thing that children *play* with
ball | a *round* thing that is used in *games*
kite | a light toy that *flies* in the *wind*
doll | a toy that looks like a *person*
puzzle | a *game* or problem that makes you *think*
balloon | a thin bag that is filled with *air* or gas
sandwich | *food* between two slices of *bread*
cake | a *sweet* food that is *baked*
pizza | a flat, round bread with *cheese* and *tomato*, baked in an oven
soup | a *liquid* food
salad | a *cold* dish, often of *vegetables*
meal | *food* that is eaten at one *time*
recipe | a text that says how to *cook* something
song | a piece of *music* with *words*
story | a text that *tells* what happened
poem | a text in *verse*, often with rhymes
novel | a long written *story*
play | a *story* that actors perform in a *theatre*
joke | a short text that makes people *laugh*
secret | a thing that few people *know*
question | a sentence that asks for an *answer*
name | the *word* that a person or thing is *called*
friend | a person whom you *like* and *trust*
neighbour | a person who *lives* near you
guest | a person who *visits* you
child | a *young* person
king | a man who *rules* a country
queen | a woman who *rules* a country, or the wife of a king
family | a group of people who are *related*, such as *parents* and children
uncle | the *brother* of your father or mother
aunt | the *sister* of your father or mother
cousin | a child of your *uncle* or *aunt*
grandmother | the *mother* of your father or mother
grandfather | the *father* of your father or mother
holiday | a time when you do not have to *work*
birthday | the day on which you were *born*
wedding | the event at which two people *marry*
party | an event where people meet to have *fun*
city | a *large* and important *town*
village | a small *place* in the *country*
country | an area with its own *government*
language | a system of *words* that people *speak*
alphabet | the *letters* of a language in their *order*
word | the smallest part of a language with a *meaning*
sentence | a group of *words* that makes sense by itself
number | a word or sign for *how many*
habit | a thing that you do *often*
hobby | a thing that you do for *fun* in your free time
dream | a story that you see while you *sleep*
idea | a *thought* or plan
mistake | a thing that is *wrong*
problem | a thing that is *difficult* to solve
promise | a word that you will *do* something
+bread | a *food* made from *flour*
+butter | a soft *fat* made from *cream*
+cheese | a *food* made from *milk*
+chocolate | a *sweet* food made from *cocoa*
+coffee | a *drink* made from roasted *beans*
+tea | a *drink* made from *leaves* and hot water
+milk | a *white* drink that comes from *cows*
+juice | a drink made from *fruit*
+water | a clear *liquid* that we *drink*
+salt | a *white* powder that makes food taste *salty*
+sugar | a *sweet* white powder
+honey | a *sweet* food made by *bees*
+rice | a *grain* that is eaten all over the *world*
+flour | a *powder* made from *grain*
+soap | a thing for *washing*
+paper | a thin material for *writing* on
+music | *sounds* put together so that people like to *listen*
+money | what we *pay* with
+weather | the *sun*, rain and wind at a *time*
+furniture | *tables*, chairs, beds and the like
+homework | *school* work that is done at *home*
+electricity | the *power* that makes lamps and machines work
+traffic | the *vehicles* on the *roads*
+breakfast | the first *meal* of the day, in the *morning*
+lunch | the *meal* in the *middle* of the day
+dinner | the main *meal*, often in the *evening*
"""

# word | what it means: goes on after "Brave means ..."
ADJECTIVES = """
brave | not *afraid* of danger
happy | feeling *joy*
sad | *not happy*
angry | feeling that you want to *shout* or fight
tired | needing *sleep* or rest
hungry | wanting to *eat*
thirsty | wanting to *drink*
lazy | not wanting to *work*
clever | quick to *learn* and *understand*
curious | wanting to *know* things
polite | having good *manners*
rude | *not polite*
honest | telling the *truth*
generous | happy to *give* to others
greedy | always wanting *more*
shy | afraid to *talk* to people
proud | *pleased* with what you have done
jealous | unhappy because others *have* what you want
patient | able to *wait* calmly
careful | trying not to make *mistakes* or have accidents
lonely | sad because you are *alone*
nervous | a little *afraid* of what will happen
calm | *quiet* and not excited
famous | known by *many* people
ancient | very *old*
modern | *new* and of our time
huge | very *big*
tiny | very *small*
enormous | very *big*
heavy | having a lot of *weight*
empty | with *nothing* inside
full | with no more *room* inside
fragile | easy to *break*
rare | *not common*
common | found *often*
cheap | costing *little* money
expensive | costing *much* money
delicious | *tasting* very good
sour | *tasting* like a *lemon*
sharp | able to *cut*
smooth | with an *even* surface
rough | *not smooth*
transparent | so clear that you can *see through* it
visible | able to be *seen*
noisy | making a lot of *noise*
silent | making *no sound*
dangerous | able to *hurt* you
safe | *not dangerous*
healthy | *not sick*
ill | *not healthy*
blind | not able to *see*
deaf | not able to *hear*
wealthy | having a lot of *money*
poor | having *little money*
strange | *not usual*
different | *not the same*
equal | of the *same* size, number or value
difficult | *not easy*
simple | *easy* to understand
important | *mattering* a lot
necessary | what you *cannot do without*
ready | *prepared* for what comes
busy | having a lot to *do*
annual | happening once a *year*
daily | happening every *day*
loyal | always staying true to your *friends*
friendly | *kind* to other people
stubborn | not willing to *change* your mind
grateful | feeling *thanks*
"""

# verb | what it means: goes on after "To borrow means to ..."
VERBS = """
borrow | *take* a thing and give it *back* later
lend | *give* somebody a thing that you want *back* later
buy | get a thing for *money*
sell | give a thing away for *money*
steal | *take* a thing that belongs to *somebody else*
forgive | stop being *angry* with somebody
forget | *not remember*
remember | *keep* in your *mind*
learn | get new *knowledge*
teach | help others to *learn*
explain | make a thing easy to *understand*
translate | say the same in another *language*
whisper | speak very *quietly*
shout | speak very *loudly*
listen | try to *hear*
argue | *speak* in anger because you do not *agree*
agree | have the *same* opinion
refuse | say *no*
promise | say that you will surely *do* something
apologise | say *sorry*
celebrate | have a *party* for a special reason
invite | ask somebody to *come*
arrive | *reach* a place
depart | *leave* a place
travel | *go* from one *place* to another
climb | go *up*
repair | make a *broken* thing work again
destroy | *break* completely
build | *make* by putting parts together
invent | *think* of a thing that is *new*
discover | *find* what was not known before
measure | find out how *big* a thing is
count | say the *numbers* in order
compare | look for what is the *same* and what is *different*
choose | take what you *want* out of several things
collect | bring *together*
hide | put where nobody can *see* it
search | try to *find*
protect | keep *safe*
rescue | *save* from danger
hesitate | *wait* before you act
dream | see stories while you *sleep*
admire | think very *well* of somebody
ignore | pay *no attention* to
increase | become *more*
decrease | become *less*
begin | *start*
finish | come to the *end*
melt | turn from solid to *liquid*
freeze | turn to *ice*
boil | become so *hot* that *bubbles* rise
bake | *cook* in an *oven*
imagine | make a *picture* in your mind
guess | give an *answer* without *knowing*
"""

# job | what one does: goes on after "A baker ..."
JOBS = """
baker | makes *bread* and *cakes*
butcher | cuts and sells *meat*
cook | makes *meals*
waiter | brings *food* to the guests of a *restaurant*
farmer | grows *food* and keeps *animals*
gardener | takes care of *plants*
fisherman | catches *fish*
hunter | hunts *animals*
doctor | helps *sick* people
nurse | takes *care* of *sick* people
dentist | takes care of *teeth*
pharmacist | prepares and sells *medicine*
vet | treats sick *animals*
teacher | helps people to *learn*
scientist | studies how the *world* works
engineer | designs *machines* and other things
architect | designs *buildings*
carpenter | makes things of *wood*
plumber | repairs *water* *pipes*
electrician | works with *electricity*
mechanic | repairs *machines* and *cars*
painter | *paints* pictures or walls
mason | builds with *stone* or *bricks*
tailor | makes *clothes*
shoemaker | makes and repairs *shoes*
hairdresser | cuts *hair*
barber | cuts *hair* and beards
jeweller | makes and sells *jewels*
pilot | *flies* planes
sailor | works on a *ship*
captain | leads the crew of a *ship*
driver | drives a *vehicle*
astronaut | travels into *space*
astronomer | studies the *stars*
police officer | protects people and the *law*
firefighter | puts out *fires*
soldier | serves in an *army*
judge | decides in a *court*
lawyer | gives advice about the *law*
writer | writes *books*
poet | writes *poems*
journalist | writes or reports the *news*
translator | puts texts into another *language*
librarian | works in a *library*
musician | makes *music*
singer | *sings* songs
composer | writes *music*
actor | plays roles in *films* or plays
dancer | *dances* for others
photographer | takes *pictures*
sculptor | makes *statues*
cleaner | *cleans* rooms
postman | brings *letters*
cashier | takes the *money* in a shop
programmer | writes *programs* for computers
miner | digs for *coal* or metals
coach | trains *athletes*
"""
