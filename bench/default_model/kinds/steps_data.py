"""How to do things, step by step, and tips. A starred word must be in the answer, in its order."""

from __future__ import annotations

from .wording import table

__all__ = ["STEPS", "TIPS"]

# what one does; the same in other words: steps
STEPS = table("""
make tea; make a cup of tea; brew tea: *Boil* fresh water.; Put a *tea bag* into a cup.; *Pour* the
  hot water into the cup.; Wait three *minutes* and take the bag out.
make coffee; make a cup of coffee; brew coffee: Put a *filter* into the coffee machine.; Add
  *ground* coffee.; Fill in cold *water*.; Switch the machine *on* and wait.
boil an egg; cook an egg; boil eggs: Bring water to the boil in a small *pot*.; Put the egg in with
  a *spoon*.; Boil it for six *minutes*.; *Cool* it under cold water.
fry an egg; make a fried egg: Heat a little *oil* in a pan.; *Break* the egg into the pan.; Fry it
  until the white is *firm*.; Add a little *salt*.
cook pasta; boil pasta; cook spaghetti: Bring a large pot of *water* to the boil.; Add *salt* and
  the pasta.; Cook it for about ten *minutes*.; Pour it through a *sieve*.
cook rice; boil rice: *Wash* the rice.; Put it into a pot with twice as much *water*.; Let it cook
  on low heat for *fifteen* minutes.; Let it *rest* for five minutes.
make a sandwich; prepare a sandwich: Take two slices of *bread*.; Spread *butter* on them.; Put
  *cheese* and tomato on one slice.; Lay the *other* slice on top.
make pancakes; bake pancakes: Mix *flour*, milk and eggs.; Melt some *butter* in a pan.; Pour in a
  little of the batter.; *Turn* the pancake when the bottom is *brown*.
make a salad; prepare a salad: *Wash* the lettuce.; *Cut* the tomatoes and the cucumber.; Put it all
  into a *bowl*.; Add *oil*, vinegar and salt.
make lemonade; make fresh lemonade: *Squeeze* four lemons.; Add sugar and *stir*.; Pour in cold
  *water*.; Serve it with *ice*.
bake bread; make bread: Mix *flour*, water, yeast and salt.; *Knead* the dough.; Let it *rise* for
  an hour.; *Bake* it in a hot oven.
make popcorn; pop corn: Heat some *oil* in a pot.; Add the *corn*.; Put the *lid* on and shake the
  pot.; Add *salt* when the popping stops.
make scrambled eggs; cook scrambled eggs: *Beat* the eggs with a little milk.; *Melt* butter in a
  pan.; Pour in the eggs and *stir* slowly.; Add *salt* and serve.
bake a cake; make a cake: Beat *butter*, sugar and eggs.; Stir in the *flour*.; Pour the batter into
  a *tin*.; *Bake* it for forty minutes.
wash your hands; wash my hands; clean my hands: *Wet* your hands.; Take some *soap*.; *Rub* them for
  twenty seconds.; *Rinse* them and *dry* them with a towel.
brush your teeth; brush my teeth; clean my teeth: Put some *toothpaste* on your brush.; Brush all
  teeth for two *minutes*.; *Spit* out the foam.; *Rinse* the brush.
plant a seed; sow a seed; grow a plant from a seed: Fill a pot with *soil*.; Press the seed in with
  a *finger*.; *Water* it.; Put the pot in a *sunny* place.
plant a tree: *Dig* a deep hole.; Set the *roots* into it.; *Fill* the hole with soil.; *Water* the
  tree well.
water a plant; water plants; water the flowers: *Touch* the soil to see whether it is dry.; Fill the
  *can*.; Pour the water *slowly* on the soil.; Stop when water comes out *below*.
send a letter; post a letter: Write the *letter*.; Put it into an *envelope*.; Write the *address*
  on the front.; Add a *stamp*.; Drop it into a *postbox*.
send a parcel; post a parcel: Put the things into a *box*.; Close it with *tape*.; Write the
  *address* on it.; Take it to the *post* office.
tie a parcel; wrap a parcel: Lay the string *under* the parcel.; *Cross* it on top.; Turn it and
  bring the ends *back*.; Tie a *knot*.
wrap a present; wrap a gift: Cut the *paper* to size.; *Fold* it around the present.; Fix it with
  *tape*.; Tie a *ribbon* around it.
tie your shoes; tie my shoes; tie shoelaces; tie my shoelaces: *Cross* the laces and pull.; Make a
  *loop* with one lace.; Wrap the *other* lace around it.; *Push* it through and pull tight.
wash the dishes; do the dishes; wash up: Fill the sink with *warm* water and soap.; Wash the
  *glasses* first.; Then wash plates and *pans*.; *Rinse* everything and let it dry.
wash clothes; do the laundry; wash my clothes: *Sort* the clothes by colour.; Put them into the
  *machine*.; Add *detergent*.; Choose a *programme* and start.
iron a shirt; iron shirts: *Heat* the iron.; Iron the *collar* first.; Then do the *sleeves*.; Iron
  the front and the *back*.
clean a window; clean windows; wash a window: Fill a *bucket* with soapy water.; *Wipe* the glass
  with a cloth.; Pull the water *off*.; *Dry* the edges.
make a bed; make my bed; make the bed: Pull the *sheet* smooth.; Shake the *pillow*.; Spread the
  *blanket* over the bed.
tidy a room; tidy my room; clean my room: Put the *clothes* away.; Throw the *rubbish* out.; Put
  everything in its *place*.; *Vacuum* the floor.
change a light bulb; change a bulb; replace a light bulb: Switch the light *off*.; Let the old bulb
  *cool*.; Screw it *out*.; Screw the *new* one in.
change a tyre; change a flat tyre; change a wheel: *Loosen* the nuts.; Lift the car with a *jack*.;
  Take the old wheel *off*.; Put the *spare* wheel on.; *Tighten* the nuts.
fix a flat bicycle tyre; repair a bike tyre; patch a bicycle tube: Take the *wheel* off.; Pull out
  the *tube* and find the hole.; Glue a *patch* on it.; Put all *back* and *pump* it up.
hang a picture; hang up a picture; put up a picture: *Mark* the place on the wall.; Hold the *nail*
  there.; Hit it gently with a *hammer*.; *Hang* the picture on it.
paint a wall; paint a room: Cover the *floor*.; Put *tape* along the edges.; Paint the *corners*
  with a brush.; Paint the rest with a *roller*.
build a snowman; make a snowman: Roll a *big* ball of snow.; Put a *smaller* ball on top.; Add a
  third ball as the *head*.; Use a *carrot* as the nose.
fly a kite: Find an *open* field.; Hold the kite *against* the wind.; *Run* and let out the string.;
  *Pull* the string when it rises.
make a paper plane; fold a paper plane: Fold a *sheet* in the middle and open it.; Fold two
  *corners* to the middle.; Fold it in *half*.; Bend the *wings* down.
make a fire; light a campfire; make a campfire: Lay a circle of *stones*.; Put dry *grass* in the
  middle.; Set small *sticks* over it.; Light it with a *match*.; Add bigger *wood*.
pitch a tent; put up a tent: Find a *flat* place.; Lay the tent *out*.; Push the *poles* in and
  raise it.; Fix it with *pegs*.
borrow a book; borrow a book from the library: *Go* to the library.; Find the *book* on the shelf.;
  Show your library *card*.; Bring it *back* in time.
cross the street; cross a road; cross the road safely: *Stop* at the kerb.; *Look* left and right.;
  *Wait* until no car comes.; *Walk* straight across.
buy a train ticket; get a train ticket: *Choose* your train.; Go to the *machine* or the counter.;
  Say *where* you want to go.; *Pay* and take the ticket.
write an e-mail; write an email; send an e-mail: Open your mail *program*.; Enter the *address*.;
  Write a short *subject*.; Write your *text*.; Press *send*.
write a letter: Write the *date* and a greeting.; Say *why* you write.; End with *kind* wishes.;
  *Sign* your name.
save a file; save a document: Open the *File* menu.; Choose *Save*.; Pick a *folder* and a name.;
  Press *OK*.
restart a computer; restart my computer; reboot a computer: Save your *work*.; *Close* your
  programs.; Open the power *menu*.; Choose *Restart*.
take a photo; take a good photo: *Clean* the lens.; Keep the *light* behind you.; Hold the camera
  *still*.; *Press* the button.
study for a test; prepare for a test; prepare for an exam: Make a *plan*.; *Read* your notes.; Do
  some *exercises*.; *Sleep* well the night before.
learn a poem; learn a poem by heart: *Read* the poem aloud.; Learn one *line* at a time.; *Repeat*
  it without looking.; *Say* it again the next day.
bath a dog; wash a dog; wash my dog: Fill the tub with *warm* water.; *Wet* the dog.; Rub in dog
  *shampoo*.; *Rinse* it out.; *Dry* the dog with a towel.
treat a small cut; clean a small cut: *Wash* your hands.; Clean the cut with *water*.; *Press* a
  clean cloth on it.; Put a *plaster* on.
set the table; lay the table: Put a *plate* at each place.; Lay the *fork* on the left.; Lay the
  *knife* on the right.; Put a *glass* above it.
""")

# what one wants; the same in other words: tips
TIPS = table("""
sleep better; sleeping better; better sleep; falling asleep: Go to bed at the same time every day;
  Keep your bedroom dark and cool; Drink no coffee in the evening; Put your phone away before bed;
  Move a little during the day
save money; saving money; spending less: Write down what you spend; Cook at home; Make a list before
  you shop; Compare prices; Put some money aside every month
learn a language; learning a language; learning a new language: Practise a little every day; Learn
  words in sentences; Listen to songs and films; Speak with other people; Read simple books
learn Python; learning Python; learning to program: Write small programs every day; Read the error
  messages; Try the examples yourself; Read the documentation; Build something you like
stay healthy; staying healthy; a healthy life: Eat fruit and vegetables; Drink enough water; Move
  every day; Sleep seven to eight hours; Take breaks
eat healthily; eating healthily; healthy eating; a healthy diet: Eat many vegetables; Drink water
  instead of cola; Eat slowly; Choose whole grains; Cook with little salt
study well; studying; better studying; studying for exams: Make a plan; Study in a quiet place; Take
  short breaks; Explain things in your own words; Sleep enough
save energy; saving energy; using less energy: Switch off lights you do not need; Turn the heating
  down a little; Wash with cold water; Unplug chargers; Put a lid on the pot
save water; saving water; using less water: Take short showers; Turn the tap off while brushing your
  teeth; Repair dripping taps; Fill the washing machine; Collect rain for the garden
help the environment; helping the environment; protecting nature: Take the bus or the bicycle; Use
  things for a long time; Sort your rubbish; Buy food from your region; Carry your own bag
make friends; making friends; finding new friends: Smile and say hello; Join a club; Ask questions
  and listen; Offer your help; Stay in touch
be on time; being on time; being punctual: Set an alarm; Prepare your things the evening before;
  Leave ten minutes early; Check the timetable; Keep a calendar
stay calm; staying calm; less stress; relaxing: Breathe slowly; Take a short walk; Do one thing at a
  time; Talk to a friend; Listen to quiet music
get up early; getting up early; waking up early: Go to bed early; Put the alarm clock far from your
  bed; Open the curtains; Drink a glass of water; Plan something nice for the morning
run faster; running; starting to run: Start slowly; Wear good shoes; Run three times a week; Warm up
  first; Drink enough water
write well; writing well; better writing; writing a good text: Write short sentences; Choose simple
  words; Say the main thing first; Read your text aloud; Leave out what is not needed
give a talk; giving a talk; giving a presentation; public speaking: Know your first sentence; Speak
  slowly; Look at the people; Use few words on slides; Practise aloud
pass a job interview; a good job interview; job interviews: Learn about the company; Come ten
  minutes early; Dress neatly; Give short and clear answers; Ask a question at the end
grow tomatoes; growing tomatoes; tomato plants: Give them a sunny place; Water them every day; Tie
  them to a stick; Keep the leaves dry; Pick the ripe ones often
keep plants alive; keeping plants alive; house plants: Give them enough light; Water only when the
  soil is dry; Turn the pots now and then; Use pots with a hole; Remove dry leaves
travel cheaply; travelling cheaply; cheap travel: Book early; Travel outside the holidays; Take
  buses and trains; Cook your own meals; Stay with friends
travel light; packing light; packing a suitcase: Make a list; Roll your clothes; Take clothes that
  go together; Wear the heavy shoes; Leave some room
keep a house clean; keeping the house clean; a tidy home: Put things back at once; Wash the dishes
  every day; Vacuum once a week; Open the windows; Give away what you do not use
cook well; cooking; learning to cook: Start with simple dishes; Read the whole recipe first; Prepare
  everything before you begin; Taste often; Keep your knives sharp
read more; reading more; reading more books: Always carry a book; Read before you sleep; Switch your
  phone off; Join a library; Read what you enjoy
ride a bike safely; cycling safely; safe cycling: Wear a helmet; Use lights in the dark; Keep to the
  right lane; Give clear hand signs; Check the brakes
drive safely; driving safely; safe driving: Keep your distance; Put on your seat belt; Look into the
  mirrors; Never use the phone; Take breaks on long trips
take good photos; taking good photos; better photos: Use soft light; Hold the camera still; Go
  close; Look at the background; Take several pictures
be happy; being happy; being happier; a happy life: Spend time with friends; Go outside; Help other
  people; Be thankful for small things; Do what you love
choose a safe password; safe passwords; good passwords; choosing a password: Use at least twelve
  characters; Use another password for every site; Use no names or birthdays; Keep them in a
  password manager; Tell them to nobody
care for a dog; caring for a dog; keeping a dog: Walk it every day; Give it fresh water; Play with
  it; Take it to the vet once a year; Be patient and kind
stop procrastinating; getting things done; working better: Start with a small step; Do the hardest
  task first; Put your phone away; Work for twenty minutes, then rest; Write a list
""")
