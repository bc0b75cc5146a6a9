"""What a passage of `reading` tells: each relation with its sentences and its questions."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["HAPPENINGS", "RELATIONS", "Relation"]


@dataclass(frozen=True)
class Relation:
    """Something told of a subject {s} with a value {v}; their sorts are those of vocabulary_data.

    plain: the sentence that is also the answer. says: other ways to tell it. ask_value, ask_subject
    and ask_whether: questions. unknown: what a text without it does not say.
    """

    subject: str
    value: str
    plain: str
    says: str
    ask_value: str
    ask_subject: str
    ask_whether: str
    unknown: str


RELATIONS = (
    Relation(
        "name",
        "city",
        "{s} lives in {v}.",
        "[{s} lives in {v}.|The home of {s} is in {v}.|{s} has a flat in {v}.]",
        "[Where does {s} live?|In which city does {s} live?|What city does {s} live in?"
        "|Where is the home of {s}?|Where's {s} living?|Tell me where {s} lives.]",
        "[Who lives in {v}?|Which person lives in {v}?|Who is living in {v}?|Tell me who lives in "
        "{v}.]",
        "[Does {s} live in {v}?|Is {s} living in {v}?]",
        "where {s} lives",
    ),
    Relation(
        "name",
        "a job",
        "{s} is {v}.",
        "[{s} is {v}.|{s} works as {v}.]",
        "[What is {s}'s job?|What does {s} do?|What is the job of {s}?|What does {s} work as?"
        "|What's {s}'s profession?]",
        "[Who is {v}?|Who works as {v}?|Which of them is {v}?]",
        "[Is {s} {v}?|Does {s} work as {v}?]",
        "what {s} does",
    ),
    Relation(
        "name",
        "a animal",
        "{s} has {v}.",
        "[{s} has {v}.|{s} owns {v}.|{s} has {v} at home.]",
        "[What pet does {s} have?|Which animal does {s} have?|What animal does {s} own?"
        "|What kind of pet does {s} have?|What is {s}'s pet?]",
        "[Who has {v}?|Who owns {v}?|Which person has {v}?]",
        "[Does {s} have {v}?|Does {s} own {v}?]",
        "which pet {s} has",
    ),
    Relation(
        "name",
        "age",
        "{s} is {v} years old.",
        "[{s} is {v} years old.|{s} is {v}.|{s} turned {v} this year.]",
        "[How old is {s}?|What is {s}'s age?|What is the age of {s}?|What age is {s}?"
        "|Tell me how old {s} is.]",
        "[Who is {v} years old?|Who is {v}?|Which person is {v} years old?]",
        "[Is {s} {v} years old?|Is {s} {v}?]",
        "how old {s} is",
    ),
    Relation(
        "name",
        "colour",
        "{s}'s favourite colour is {v}.",
        "[{s}'s favourite [colour|color] is {v}.|{s} likes the [colour|color] {v} most.]",
        "[What is {s}'s favourite [colour|color]?|Which [colour|color] does {s} like most?"
        "|What [colour|color] does {s} like?|What's the favorite color of {s}?]",
        "[Whose favourite [colour|color] is {v}?|Who likes {v} most?|Who likes the color {v}?]",
        "[Is {s}'s favourite [colour|color] {v}?|Does {s} like {v} most?]",
        "which colour {s} likes",
    ),
    Relation(
        "name",
        "food",
        "{s} likes {v}.",
        "[{s} likes {v}.|{s} loves {v}.|{s} likes to eat {v}.|{s} enjoys {v}.]",
        "[What does {s} like?|What does {s} like to eat?|Which food does {s} like?|What food does "
        "{s}"
        " love?|What does {s} enjoy?]",
        "[Who likes {v}?|Who loves {v}?|Who likes to eat {v}?]",
        "[Does {s} like {v}?|Does {s} like to eat {v}?]",
        "what {s} likes",
    ),
    Relation(
        "name",
        "drink",
        "{s} drinks {v}.",
        "[{s} drinks {v}.|{s} ordered {v} to drink.|{s} has a glass of {v}.]",
        "[What does {s} drink?|What is {s} drinking?|Which drink does {s} have?]",
        "[Who drinks {v}?|Who is drinking {v}?]",
        "[Does {s} drink {v}?|Is {s} drinking {v}?]",
        "what {s} drinks",
    ),
    Relation(
        "name",
        "hobby",
        "{s}'s hobby is {v}.",
        "[{s}'s hobby is {v}.|{s} spends every weekend with {v}.|The hobby of {s} is {v}.]",
        "[What is {s}'s hobby?|Which hobby does {s} have?|What hobby does {s} have?"
        "|What does {s} do at the weekend?]",
        "[Whose hobby is {v}?|Who has {v} as a hobby?]",
        "[Is {s}'s hobby {v}?|Is {v} the hobby of {s}?]",
        "which hobby {s} has",
    ),
    Relation(
        "name",
        "the place",
        "{s} is in {v}.",
        "[{s} is in {v}.|{s} went to {v}.|{s} is waiting in {v}.|{s} moved to {v}.]",
        "[Where is {s}?|Where is {s} now?|In which place is {s}?|Where can I find {s}?|Where did "
        "{s} go?]",
        "[Who is in {v}?|Who is in {v} now?|Who went to {v}?]",
        "[Is {s} in {v}?|Is {s} in {v} now?]",
        "where {s} is",
    ),
    Relation(
        "name",
        "the object",
        "{s} has {v}.",
        "[{s} has {v}.|{s} took {v}.|{s} picked up {v}.|{s} got {v}.]",
        "[What does {s} have?|What did {s} take?|Which thing does {s} have?|What has {s} got?]",
        "[Who has {v}?|Who took {v}?|Who has got {v}?|Tell me who has {v}.]",
        "[Does {s} have {v}?|Did {s} take {v}?]",
        "what {s} has",
    ),
    Relation(
        "name",
        "a object",
        "{s} bought {v}.",
        "[{s} bought {v}.|{s} went shopping and bought {v}.|In the shop {s} bought {v}.]",
        "[What did {s} buy?|Which thing did {s} buy?|What has {s} bought?|What was bought by {s}?]",
        "[Who bought {v}?|Who has bought {v}?|Which person bought {v}?]",
        "[Did {s} buy {v}?|Has {s} bought {v}?]",
        "what {s} bought",
    ),
    Relation(
        "name",
        "language",
        "{s} speaks {v}.",
        "[{s} speaks {v}.|{s} can speak {v}.|{s} learned {v} at school.]",
        "[Which language does {s} speak?|What language does {s} speak?|What does {s} speak?]",
        "[Who speaks {v}?|Who can speak {v}?]",
        "[Does {s} speak {v}?|Can {s} speak {v}?]",
        "which language {s} speaks",
    ),
    Relation(
        "name",
        "sport",
        "{s} plays {v}.",
        "[{s} plays {v}.|{s} plays {v} every week.|{s} likes to play {v}.]",
        "[What does {s} play?|Which game does {s} play?|Which sport does {s} play?]",
        "[Who plays {v}?|Which person plays {v}?]",
        "[Does {s} play {v}?|Is it {v} that {s} plays?]",
        "what {s} plays",
    ),
    Relation(
        "name",
        "company",
        "{s} works for {v}.",
        "[{s} works for {v}.|{s} has a job at {v}.|{s} works at {v}.]",
        "[Where does {s} work?|Which company does {s} work for?|Who does {s} work for?]",
        "[Who works for {v}?|Who works at {v}?]",
        "[Does {s} work for {v}?|Does {s} work at {v}?]",
        "where {s} works",
    ),
    Relation(
        "name",
        "country",
        "{s} comes from {v}.",
        "[{s} comes from {v}.|{s} is from {v}.|{s} was born in {v}.]",
        "[Where does {s} come from?|Where is {s} from?|Which country does {s} come from?]",
        "[Who comes from {v}?|Who is from {v}?]",
        "[Does {s} come from {v}?|Is {s} from {v}?]",
        "where {s} comes from",
    ),
    Relation(
        "name",
        "clock",
        "{s} comes at {v}.",
        "[{s} comes at {v}.|{s} arrives at {v}.|{s} will be here at {v}.]",
        "[When does {s} come?|When does {s} arrive?|At what time does {s} come?|What time will "
        "{s} come?]",
        "[Who comes at {v}?|Who arrives at {v}?]",
        "[Does {s} come at {v}?|Does {s} arrive at {v}?]",
        "when {s} comes",
    ),
    Relation(
        "name",
        "date",
        "{s}'s birthday is on {v}.",
        "[{s}'s birthday is on {v}.|{s} has a birthday on {v}.|The birthday of {s} is {v}.]",
        "[When is {s}'s birthday?|What is {s}'s birthday?|When is the birthday of {s}?]",
        "[Whose birthday is on {v}?|Who has a birthday on {v}?]",
        "[Is {s}'s birthday on {v}?|Is the birthday of {s} on {v}?]",
        "when {s}'s birthday is",
    ),
    Relation(
        "name",
        "few",
        "{s} has {v} children.",
        "[{s} has {v} children.|{s} has a family with {v} children.]",
        "[How many children does {s} have?|How many kids does {s} have?|How many children has "
        "{s}?]",
        "[Who has {v} children?|Who has {v} kids?]",
        "[Does {s} have {v} children?|Does {s} have {v} kids?]",
        "how many children {s} has",
    ),
    Relation(
        "name",
        "count",
        "{s} has {v} apples.",
        "[{s} has {v} apples.|There are {v} apples in {s}'s basket.|{s} picked {v} apples.]",
        "[How many apples does {s} have?|How many apples has {s} got?|What number of apples does "
        "{s} have?]",
        "[Who has {v} apples?|Which person has {v} apples?]",
        "[Does {s} have {v} apples?|Has {s} got {v} apples?]",
        "how many apples {s} has",
    ),
    Relation(
        "the object",
        "colour",
        "{s} is {v}.",
        "[{s} is {v}.|{s} was painted {v}.|The colour of {s} is {v}.]",
        "[What [colour|color] is {s}?|Which [colour|color] is {s}?|What is the [colour|color] of "
        "{s}?"
        "|Which [colour|color] does {s} have?]",
        "[What is {v}?|Which thing is {v}?|Which object is {v}?]",
        "[Is {s} {v}?|Is the [colour|color] of {s} {v}?]",
        "which colour {s} is",
    ),
    Relation(
        "the object",
        "spot",
        "{s} is {v}.",
        "[{s} is {v}.|{s} lies {v}.|You can find {s} {v}.]",
        "[Where is {s}?|Where can I find {s}?|Where did {s} go?|Do you know where {s} is?|Where's "
        "{s}?]",
        "[What is {v}?|Which thing is {v}?|What lies {v}?]",
        "[Is {s} {v}?|Can I find {s} {v}?]",
        "where {s} is",
    ),
    Relation(
        "the object",
        "price",
        "{s} costs {v} euros.",
        "[{s} costs {v} euros.|The price of {s} is {v} euros.|You can buy {s} for {v} euros.]",
        "[How much is {s}?|How much does {s} cost?|What does {s} cost?|What is the price of {s}?]",
        "[What costs {v} euros?|Which thing costs {v} euros?]",
        "[Does {s} cost {v} euros?|Is the price of {s} {v} euros?]",
        "what {s} costs",
    ),
    Relation(
        "the occasion",
        "day",
        "{s} is on {v}.",
        "[{s} is on {v}.|{s} takes place on {v}.|{s} was moved to {v}.]",
        "[When is {s}?|On which day is {s}?|What day is {s}?|When does {s} take place?]",
        "[What is on {v}?|What takes place on {v}?]",
        "[Is {s} on {v}?|Does {s} take place on {v}?]",
        "when {s} is",
    ),
    Relation(
        "the occasion",
        "clock",
        "{s} starts at {v}.",
        "[{s} starts at {v}.|{s} begins at {v}.|The start of {s} is at {v}.]",
        "[When does {s} start?|What time does {s} start?|At what time does {s} begin?|When is "
        "{s}?]",
        "[What starts at {v}?|What begins at {v}?]",
        "[Does {s} start at {v}?|Does {s} begin at {v}?]",
        "when {s} starts",
    ),
    Relation(
        "the occasion",
        "few",
        "{s} is in room {v}.",
        "[{s} is in room {v}.|{s} takes place in room {v}.|Go to room {v} for {s}.]",
        "[Where is {s}?|In which room is {s}?|Which room is {s} in?|What is the room of {s}?]",
        "[What is in room {v}?|What takes place in room {v}?]",
        "[Is {s} in room {v}?|Does {s} take place in room {v}?]",
        "where {s} is",
    ),
    Relation(
        "pet",
        "name",
        "{s} is called {v}.",
        "[{s} is called {v}.|The name of {s} is {v}.|{s} has the name {v}.]",
        "[What is {s} called?|What is the name of {s}?|What's the name of {s}?|Which name does "
        "{s} have?]",
        "[Who is called {v}?|Which animal is called {v}?|Who is {v}?]",
        "[Is {s} called {v}?|Is {v} the name of {s}?]",
        "what {s} is called",
    ),
    Relation(
        "the train",
        "clock",
        "{s} leaves at {v}.",
        "[{s} leaves at {v}.|{s} departs at {v}.]",
        "[When does {s} leave?|When does {s} depart?|What time does {s} leave?|At what time does "
        "{s} go?]",
        "[Which train leaves at {v}?|What leaves at {v}?]",
        "[Does {s} leave at {v}?|Does {s} depart at {v}?]",
        "when {s} leaves",
    ),
    Relation(
        "title",
        "full_name",
        "{s} was written by {v}.",
        '[{s} was written by {v}.|The author of "{s}" is {v}.|{v} wrote the book {s}.]',
        "[Who wrote {s}?|Who is the author of {s}?|By whom was {s} written?]",
        "[Which book was written by {v}?|What did {v} write?|Which book did {v} write?]",
        "[Did {v} write {s}?|Was {s} written by {v}?|Is {v} the author of {s}?]",
        "who wrote {s}",
    ),
    Relation(
        "title",
        "year",
        "{s} came out in {v}.",
        "[{s} came out in {v}.|{s} was published in {v}.|The book {s} is from {v}.]",
        "[When did {s} come out?|In which year did {s} come out?|When was {s} published?]",
        "[What came out in {v}?|Which book came out in {v}?]",
        "[Did {s} come out in {v}?|Was {s} published in {v}?]",
        "when {s} came out",
    ),
    Relation(
        "city",
        "degrees",
        "It is {v} degrees in {s}.",
        "[It is {v} degrees in {s}.|In {s} it is {v} degrees.|The temperature in {s} is {v} "
        "degrees.]",
        "[What is the temperature in {s}?|How many degrees is it in {s}?|How warm is it in {s}?]",
        "[Where is it {v} degrees?|In which city is it {v} degrees?]",
        "[Is it {v} degrees in {s}?|Is the temperature in {s} {v} degrees?]",
        "what the temperature in {s} is",
    ),
    Relation(
        "name",
        "phone",
        "{s}'s phone number is {v}.",
        "[{s}'s phone number is {v}.|You can reach {s} at {v}.|{s} has the number {v}.]",
        "[What is {s}'s phone number?|What is the number of {s}?|How can I reach {s}?]",
        "[Whose phone number is {v}?|Who has the number {v}?]",
        "[Is {s}'s phone number {v}?|Is {v} the number of {s}?]",
        "what {s}'s phone number is",
    ),
)

# slots and their sorts, a sentence, questions that the same sentence answers
HAPPENINGS = (
    (
        {"a": "name", "b": "name", "o": "the object"},
        "{a} gave {o} to {b}.",
        "[Who gave {o} to {b}?|What did {a} give to {b}?|To whom did {a} give {o}?|Who got {o}?"
        "|Who got {o} from {a}?|What happened to {o}?|Who did {a} give {o} to?]",
    ),
    (
        {"a": "name", "b": "name", "c": "city", "d": "day"},
        "{a} met {b} in {c} on {d}.",
        "[Where did {a} meet {b}?|When did {a} meet {b}?|Who met {b}?|Whom did {a} meet?"
        "|On which day did {a} meet {b}?|In which city did {a} meet {b}?|Who did {a} meet in {c}?]",
    ),
    (
        {"a": "name", "c": "city", "m": "month"},
        "{a} moved to {c} in {m}.",
        "[Where did {a} move?|When did {a} move to {c}?|Who moved to {c}?|In which month did {a} "
        "move?"
        "|Who moved in {m}?|Which city did {a} move to?]",
    ),
    (
        {"a": "name", "b": "name", "o": "the object", "p": "price"},
        "{a} sold {o} to {b} for {p} euros.",
        "[Who sold {o}?|What did {a} sell?|Who bought {o}?|How much did {b} pay for {o}?"
        "|For how much did {a} sell {o}?|What did {b} buy from {a}?]",
    ),
    (
        {"a": "name", "c": "city", "d": "day", "v": "vehicle"},
        "{a} went to {c} by {v} on {d}.",
        "[How did {a} go to {c}?|When did {a} go to {c}?|Where did {a} go on {d}?|Who went to {c}?"
        "|Where did {a} go by {v}?|Who went by {v}?]",
    ),
    (
        {"a": "name", "o": "the object", "s": "spot"},
        "{a} put {o} {s}.",
        "[Where did {a} put {o}?|What did {a} put {s}?|Who put {o} {s}?|Where is {o}?|Who put {o} "
        "there?]",
    ),
    (
        {"a": "name", "n": "small", "f": "fruit", "c": "clock"},
        "{a} bought {n} {f} at {c}.",
        "[How many {f} did {a} buy?|What did {a} buy?|When did {a} buy {f}?|Who bought {f}?"
        "|At what time did {a} buy {f}?]",
    ),
    (
        {"a": "name", "b": "name", "c": "clock", "p": "the place"},
        "{a} will meet {b} at {c} in {p}.",
        "[When will {a} meet {b}?|Where will {a} meet {b}?|Who will {a} meet?|Who will meet {b}?"
        "|At what time will {a} meet {b}?|Where is the meeting?]",
    ),
    (
        {"a": "name", "h": "hobby", "d": "day"},
        "{a} goes {h} every {d}.",
        "[When does {a} go {h}?|What does {a} do every {d}?|Who goes {h}?|On which day does {a} "
        "go {h}?]",
    ),
    (
        {"a": "name", "n": "animal", "c": "colour", "b": "name"},
        "{a} has a {c} {n} called {b}.",
        "[Which animal does {a} have?|What is the name of the {n}?|Who has a {n}?|What is the {n} "
        "called?"
        "|What colour is the {n}?|Who is {b}?|What color is {b}?]",
    ),
)
