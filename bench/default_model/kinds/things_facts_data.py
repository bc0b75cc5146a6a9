"""Facts of science, computers, history and the arts. Only what is certain.

Keys are forms of facts.wording between bars, values are answers with the marks of facts.fact.
"""

from __future__ import annotations

SCIENCE = {
    "at what temperature does water boil ~ at what temperature water boils|the boiling point of "
    "water|when does water boil ~ when water boils": (
        "Water boils at *100* degrees Celsius at sea level."
    ),
    "at what temperature does water freeze ~ at what temperature water freezes|the freezing point "
    "of water|when does water freeze ~ when water freezes": "Water freezes at *0* degrees Celsius.",
    "why is the sky blue ~ why the sky is blue|what makes the sky blue": (
        "The sky is blue because *air* scatters *blue* light more than red light."
    ),
    "why is the sunset red ~ why the sunset is red|what makes a sunset red": (
        "A sunset is red because most *blue* light is *scattered* away on its long way through air."
    ),
    "why do we sleep ~ why we sleep|why do people sleep ~ why people sleep": (
        "We sleep so that body and brain can *rest*."
    ),
    "why do we eat ~ why we eat|why do people eat ~ why people eat": (
        "We eat to get *energy* and what the body needs to grow."
    ),
    "why do we breathe ~ why we breathe|why do people breathe ~": (
        "We breathe because the body needs *oxygen*."
    ),
    "why do we drink water ~ why we drink water|why is water important ~ why water is important": (
        "We drink water because the body cannot *live* without it."
    ),
    "why does ice float ~ why ice floats|why does ice swim on water ~": (
        "Ice floats because it is *lighter|less dense* than the same amount of water."
    ),
    "what is ice ~ what ice is|what is ice made of ~": "Ice is *frozen* *water*.",
    "what is steam ~ what steam is": "Steam is *water* in the form of a *gas*.",
    "what is gravity ~ what gravity is|why do things fall ~ why things fall": (
        "Gravity is the *force* that pulls things to the *ground*."
    ),
    "what is an atom ~ what an atom is|what are atoms ~ what atoms are": (
        "An atom is a very *small* part of which *matter* is made."
    ),
    "what is a molecule ~ what a molecule is": "A molecule is a group of *atoms* that are joined.",
    "what is water made of ~ what water is made of|the formula of water": (
        "Water is made of *hydrogen* and *oxygen*: its formula is H2O."
    ),
    "what is oxygen ~ what oxygen is": "Oxygen is a *gas* that we need to *breathe*.",
    "what is air ~ what air is|what is air made of ~ what air is made of": (
        "Air is a mixture of gases, mostly *nitrogen* and *oxygen*."
    ),
    "what is energy ~ what energy is": "Energy is what makes it possible to do *work*.",
    "what is heat ~ what heat is": "Heat is *energy* that flows from warm things to *cold* ones.",
    "what is light ~ what light is": "Light is *radiation* that we can *see*.",
    "what is sound ~ what sound is": "Sound is a *wave* that travels through *air* or matter.",
    "what is a magnet ~ what a magnet is": "A magnet is a thing that attracts *iron*.",
    "what is a shadow ~ what a shadow is|how does a shadow form ~": (
        "A shadow is a *dark* place where a thing blocks the *light*."
    ),
    "what is an echo ~ what an echo is": "An echo is a *sound* that comes *back* from a wall.",
    "what is fire ~ what fire is": "Fire is the *heat* and light of something that *burns*.",
    "what is rust ~ what rust is|why does iron rust ~ why iron rusts": (
        "Rust forms when *iron* meets *water* and *oxygen*."
    ),
    "what is a cell ~ what a cell is|what are living things made of ~": (
        "A cell is the smallest *living* part of plants and animals."
    ),
    "what is a virus ~ what a virus is": "A virus is a tiny thing that can make us *ill*.",
    "what are bacteria ~ what bacteria are": "Bacteria are tiny *living* things of one *cell*.",
    "what are the states of matter ~ what the states of matter are": (
        "The three common states of matter are *solid*, *liquid* and *gas*."
    ),
    "is light faster than sound ~|which is faster, light or sound": (
        "*Light* is *faster* than sound."
    ),
    "what is mathematics ~ what mathematics is": "Mathematics deals with *numbers* and shapes.",
    "what is physics ~ what physics is": "Physics is the science of *matter* and *energy*.",
    "what is chemistry ~ what chemistry is": (
        "Chemistry is the science of *substances* and how they change."
    ),
    "what is biology ~ what biology is": "Biology is the science of *living* things.",
    "what is astronomy ~ what astronomy is": "Astronomy is the science of the *stars* and planets.",
    "what is geography ~ what geography is": "Geography is the science of the *Earth* and places.",
    "what is history ~ what history is": "History is the study of the *past*.",
    "the fastest thing in the universe|what is the fastest thing in the universe ~": (
        "Nothing is faster than *light*."
    ),
    "the hardest natural material|which natural material is the hardest": (
        "The hardest well-known natural material is *diamond*."
    ),
    "the lightest gas|which gas is the lightest": "The lightest gas is *hydrogen*.",
    "the normal temperature of the human body|how warm is a human body ~": (
        "The normal temperature of the human body is about *37* degrees Celsius."
    ),
    "how many senses do we have ~ how many senses we have|the five senses": (
        "The *five* senses are *sight*, *hearing*, *smell*, *taste* and *touch*."
    ),
}

# what | what it is: goes on after "A CPU is ...". A "+" in front: a word without an article.
COMPUTERS = """
computer | a *machine* that runs *programs*
CPU | the *processor* of a computer: it carries out the *instructions* of programs
GPU | a *processor* that does many *calculations* at once, first made for graphics
processor | the part of a computer that carries out *instructions*
+RAM | the fast *memory* that a computer works with while it is *on*
hard disk | a device that *stores* data even when the *power* is off
file | a set of *data* with a *name*
folder | a place that holds *files* and other folders
program | a list of *instructions* for a *computer*
browser | a program that shows *web* *pages*
+the Internet | a *network* that connects *computers* all over the world
+the World Wide Web | the *pages* of the *Internet* that are linked with each other
website | a set of *pages* on the *web*
server | a computer or program that *answers* the *requests* of others
client | a computer or program that *asks* a *server* for something
network | a group of *computers* that are *connected*
router | a device that sends *data* between *networks*
keyboard | a device with *keys* for *typing*
computer mouse | a small device that moves the *pointer* on the *screen*
screen | the part of a computer that *shows* text and *pictures*
printer | a device that puts text and pictures on *paper*
laptop | a small *computer* that you can *carry*
tablet | a flat *computer* with a *touch* screen
smartphone | a *telephone* that can run *programs*
+software | the *programs* of a computer
+hardware | the *parts* of a computer that you can *touch*
operating system | the software that *manages* a computer and its *programs*
bug | an *error* in a *program*
bit | the smallest unit of *data*: *0* or 1
byte | a group of *eight* *bits*
pixel | one small *point* of a *picture* on a screen
password | a secret *word* that proves who you are
email | a *message* that is sent over a *network*
link | a part of a page that leads to another *page*
URL | the *address* of a *page* on the web
IP address | the *number* that identifies a computer in a *network*
database | an ordered collection of *data* that can be *searched*
algorithm | a list of *steps* that solves a *problem*
variable | a *name* for a *value* in a program
function | a named *part* of a program that can be *called*
loop | a part of a program that is *repeated*
string | a piece of *text* in a program
list | a *sequence* of values in *order*
compiler | a program that *translates* source code into machine code
programming language | a *language* for writing *programs*
+Python | a *programming language* that is easy to read
+source code | the *text* of a *program* as people write it
+open source | *software* whose source code everybody may *read* and use
backup | a *copy* of data in case the original is *lost*
+encryption | a way to make data *secret* with a *key*
computer virus | a harmful *program* that *copies* itself
robot | a *machine* that does *work* by itself
app | a *program*, often for a *phone*
cursor | the *mark* that shows where you *type*
command line | a place where you *type* *commands* to a computer
language model | a program that predicts the next *words* of a *text*
chatbot | a *program* that you can *talk* with
token | a small piece of *text* that a language model works with
neural network | a *program* that *learns* from examples, built of many simple units
+machine learning | a way for programs to *learn* from *data*
+artificial intelligence | the field of making machines do what needs *intelligence*
+the cloud | *computers* on the Internet that store data and run programs for *others*
+Linux | a free *operating system* kernel, used on very many *computers*
+HTML | the *language* in which *web* pages are written
+Wi-Fi | a way to connect to a *network* without *wires*
USB stick | a small device that *stores* *files*
"""

# work | person
WROTE = """
Hamlet | William Shakespeare
Romeo and Juliet | William Shakespeare
Macbeth | William Shakespeare
Don Quixote | Miguel de Cervantes
Faust | Johann Wolfgang von Goethe
War and Peace | Leo Tolstoy
Anna Karenina | Leo Tolstoy
Crime and Punishment | Fyodor Dostoevsky
Pride and Prejudice | Jane Austen
Emma | Jane Austen
Frankenstein | Mary Shelley
Oliver Twist | Charles Dickens
A Christmas Carol | Charles Dickens
Moby-Dick | Herman Melville
Tom Sawyer | Mark Twain
Alice in Wonderland | Lewis Carroll
Treasure Island | Robert Louis Stevenson
Robinson Crusoe | Daniel Defoe
Gulliver's Travels | Jonathan Swift
Dracula | Bram Stoker
The Three Musketeers | Alexandre Dumas
Les Miserables | Victor Hugo
The Little Prince | Antoine de Saint-Exupery
The Divine Comedy | Dante Alighieri
The Metamorphosis | Franz Kafka
The Hobbit | J. R. R. Tolkien
The Lord of the Rings | J. R. R. Tolkien
Nineteen Eighty-Four | George Orwell
Animal Farm | George Orwell
The Time Machine | H. G. Wells
Pinocchio | Carlo Collodi
The Jungle Book | Rudyard Kipling
Jane Eyre | Charlotte Bronte
Wuthering Heights | Emily Bronte
The Little Mermaid | Hans Christian Andersen
The Ugly Duckling | Hans Christian Andersen
"""
PAINTED = """
the Mona Lisa | Leonardo da Vinci
The Last Supper | Leonardo da Vinci
The Starry Night | Vincent van Gogh
Sunflowers | Vincent van Gogh
Guernica | Pablo Picasso
The Scream | Edvard Munch
The Night Watch | Rembrandt
Girl with a Pearl Earring | Johannes Vermeer
The Birth of Venus | Sandro Botticelli
The Kiss | Gustav Klimt
the ceiling of the Sistine Chapel | Michelangelo
The School of Athens | Raphael
The Persistence of Memory | Salvador Dali
Las Meninas | Diego Velazquez
"""
COMPOSED = """
The Magic Flute | Wolfgang Amadeus Mozart
Don Giovanni | Wolfgang Amadeus Mozart
Moonlight Sonata | Ludwig van Beethoven
the Ode to Joy | Ludwig van Beethoven
The Four Seasons | Antonio Vivaldi
Swan Lake | Pyotr Tchaikovsky
The Nutcracker | Pyotr Tchaikovsky
the Brandenburg Concertos | Johann Sebastian Bach
the Messiah | George Frideric Handel
Carmen | Georges Bizet
Aida | Giuseppe Verdi
The Blue Danube | Johann Strauss
Peer Gynt | Edvard Grieg
Bolero | Maurice Ravel
"""
PEOPLE = {
    "William Shakespeare": "an English *writer*",
    "Miguel de Cervantes": "a Spanish *writer*",
    "Johann Wolfgang von Goethe": "a German *writer*",
    "Leo Tolstoy": "a Russian *writer*",
    "Jane Austen": "an English *writer*",
    "Mary Shelley": "an English *writer*",
    "Charles Dickens": "an English *writer*",
    "Mark Twain": "an American *writer*",
    "Victor Hugo": "a French *writer*",
    "Dante Alighieri": "an Italian *poet*",
    "Leonardo da Vinci": "an Italian *painter* and inventor",
    "Vincent van Gogh": "a Dutch *painter*",
    "Pablo Picasso": "a Spanish *painter*",
    "Rembrandt": "a Dutch *painter*",
    "Michelangelo": "an Italian *sculptor* and painter",
    "Edvard Munch": "a Norwegian *painter*",
    "Wolfgang Amadeus Mozart": "an Austrian *composer*",
    "Ludwig van Beethoven": "a German *composer*",
    "Johann Sebastian Bach": "a German *composer*",
    "Antonio Vivaldi": "an Italian *composer*",
    "Pyotr Tchaikovsky": "a Russian *composer*",
    "Giuseppe Verdi": "an Italian *composer*",
    "Albert Einstein": "a *physicist* who found the theory of *relativity*",
    "Isaac Newton": "an English *physicist* who described *gravity*",
    "Galileo Galilei": "an Italian *astronomer* and physicist",
    "Charles Darwin": "an English *naturalist* who described *evolution*",
    "Marie Curie": "a *scientist* who studied *radioactivity*",
    "Christopher Columbus": "a *sailor* who crossed the Atlantic in *1492*",
    "Neil Armstrong": "the first man on the *Moon*",
    "Yuri Gagarin": "the first man in *space*",
    "Julius Caesar": "a *Roman* general and statesman",
    "Cleopatra": "a *queen* of *Egypt*",
    "Napoleon": "an *emperor* of *France*",
    "George Washington": "the first *president* of the United States",
    "Mahatma Gandhi": "a leader of the movement for the *independence* of *India*",
    "Nelson Mandela": "a *president* of *South Africa*",
    "Socrates": "a *philosopher* of ancient *Greece*",
    "Plato": "a *philosopher* of ancient *Greece*",
    "Aristotle": "a *philosopher* of ancient *Greece*",
    "Johannes Gutenberg": "a German who printed *books* with *movable* type",
    "Alan Turing": "an English *mathematician* and *computer* pioneer",
    "Ada Lovelace": "an English *mathematician* who wrote about the first *programs*",
}
HISTORY = {
    "who was the first man on the Moon|the first man on the Moon|who first walked on the Moon": (
        "*Neil Armstrong|Armstrong* was the first man on the Moon."
    ),
    "when did people first land on the Moon ~ when people first landed on the Moon|the year of the "
    "first Moon landing": "People first landed on the Moon in *1969*.",
    "who was the first man in space|the first man in space": (
        "*Yuri Gagarin|Gagarin* was the first man in space."
    ),
    "who was the first woman in space|the first woman in space": (
        "*Valentina Tereshkova|Tereshkova* was the first woman in space."
    ),
    "who was the first president of the United States|the first president of the USA": (
        "*George Washington|Washington* was the first president of the United States."
    ),
    "when did the Second World War end ~ when the Second World War ended|the end of World War II": (
        "The Second World War ended in *1945*."
    ),
    "when did the First World War begin ~ when the First World War began|the start of WW I": (
        "The First World War began in *1914*."
    ),
    "when did the First World War end ~ when the First World War ended": (
        "The First World War ended in *1918*."
    ),
    "when did the Second World War begin ~ when the Second World War began": (
        "The Second World War began in *1939*."
    ),
    "when did the Berlin Wall fall ~ when the Berlin Wall fell|the year the Berlin Wall fell": (
        "The Berlin Wall fell in *1989*."
    ),
    "when did the French Revolution begin ~ when the French Revolution began": (
        "The French Revolution began in *1789*."
    ),
    "when did Columbus sail to America ~ when Columbus sailed to America|when did Columbus reach "
    "America ~ when Columbus reached America": "Columbus reached America in *1492*.",
    "when did the USA declare independence ~ when the USA declared independence": (
        "The United States declared independence in *1776*."
    ),
    "when did the Titanic sink ~ when the Titanic sank": "The Titanic sank in *1912*.",
    "who built the pyramids of Giza|which people built the pyramids of Giza": (
        "The ancient *Egyptians* built the pyramids of Giza."
    ),
    "who built the Colosseum|which people built the Colosseum": "The *Romans* built the Colosseum.",
    "who discovered gravity|who described gravity first|who wrote down the law of gravity": (
        "*Isaac Newton|Newton* described the law of gravity."
    ),
    "who found the theory of relativity|the man behind the theory of relativity": (
        "*Albert Einstein|Einstein* found the theory of relativity."
    ),
    "who described evolution by natural selection|who wrote On the Origin of Species": (
        "*Charles Darwin|Darwin* wrote about evolution by natural selection."
    ),
    "who discovered penicillin|the discoverer of penicillin": (
        "*Alexander Fleming|Fleming* discovered penicillin."
    ),
    "who discovered radium|the discoverers of radium": (
        "*Marie* and *Pierre* *Curie* discovered radium."
    ),
    "who created Python|who made the language Python|the creator of Python": (
        "*Guido van Rossum* created Python."
    ),
    "who created Linux|who wrote the first Linux kernel|the creator of Linux": (
        "*Linus Torvalds|Torvalds* created Linux."
    ),
    "who invented the World Wide Web|the inventor of the World Wide Web": (
        "*Tim Berners-Lee|Berners-Lee* invented the World Wide Web."
    ),
    "who invented dynamite|the inventor of dynamite": "*Alfred Nobel|Nobel* invented dynamite.",
    "who flew the first powered plane|who made the first powered flight": (
        "The *Wright* brothers made the first powered flight."
    ),
}
