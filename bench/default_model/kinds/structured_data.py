"""The records of `structured`: their fields, and the sentences that tell them."""

from __future__ import annotations

__all__ = ["ADD_FIELDS", "ANSWERS", "EXAMPLES", "RECORDS", "SEQUENCES", "SYSTEMS"]

# of each record the fields with their sorts of vocabulary_data, and sentences that hold some
RECORDS = {
    "person": (
        "name:name age:age city:city job:job hobby:hobby email:email country:country",
        "[{name} is {age} years old and lives in {city}.|{name}, {age}, lives in {city}.|{name} "
        "from"
        " {city} is {age} years old.]",
        "[{name} is {age} years old.|{name} is {age}.|My friend {name} is {age} years old.]",
        "[{name} lives in {city}.|{name} is from {city}.|My name is {name} and I live in {city}.]",
        "[{name} works as a {job} in {city}.|{name} is a {job} from {city}.]",
        "[My name is {name} and I am {age} years old.|I am {name}, {age} years old.]",
        "[{name}, {age}, is a {job}.|{name} is a {job} and {age} years old.]",
        "[{name} likes {hobby}.|The hobby of {name} is {hobby}.]",
    ),
    "contact": (
        "name:full_name email:email phone:phone city:city",
        "[You can reach {name} at {email}.|Write to {name} at {email}.|The email of {name} is "
        "{email}.]",
        "[Call {name} at {phone}.|The number of {name} is {phone}.]",
        "[{name} has the email {email} and the phone number {phone}.|Contact {name}: {email}, "
        "{phone}.]",
    ),
    "book": (
        "title:title author:full_name year:year pages:big",
        "[{title} was written by {author} in {year}.|{author} wrote {title} in {year}.]",
        "[{title} was written by {author}.|{author} is the author of {title}.]",
        "[The book {title} came out in {year}.|{title} is from {year}.]",
        "[{title} by {author} has {pages} pages.]",
    ),
    "movie": (
        "title:title year:year director:full_name rating:few",
        "[{title} is a film from {year}.|The film {title} came out in {year}.]",
        "[{director} made the film {title} in {year}.|{title} was directed by {director} in "
        "{year}.]",
        "[I give the film {title} {rating} stars.|{title} got {rating} stars.]",
    ),
    "product": (
        "name:product price:price color:colour in_stock:flag quantity:small",
        "[The {name} costs {price} euros.|A {name} is {price} dollars.|We sell the {name} for "
        "{price}.]",
        "[The {color} {name} costs {price} euros.|A {color} {name} for {price} euros.]",
        "[We have {quantity} pieces of the {name} for {price} euros each.]",
    ),
    "event": (
        "title:event date:iso_date time:time place:city day:day",
        "[{title} is on {date} at {time}.|On {date} at {time}: {title}.|{title} starts on {date} at"
        " {time}.]",
        "[{title} is on {day} at {time}.|We have {title} on {day} at {time}.]",
        "[{title} takes place in {place} on {date}.|{title} on {date} in {place}.]",
    ),
    "pet": (
        "name:name animal:animal age:few color:colour owner:name",
        "[{name} is a {animal} and {age} years old.|My {animal} {name} is {age} years old.]",
        "[{name} is a {color} {animal}.|The {color} {animal} is called {name}.]",
        "[{owner} has a {animal} called {name}.|The {animal} {name} belongs to {owner}.]",
    ),
    "order": (
        "id:number product:product quantity:few price:price customer:name paid:flag",
        "[{customer} ordered {quantity} pieces of the {product}.|{customer} bought the {product}"
        " {quantity} times.]",
        "[Order {id} is a {product} for {price} euros.|The {product} of order {id} costs {price} "
        "euros.]",
        "[Order {id} is from {customer}.|{customer} placed order {id}.]",
    ),
    "city": (
        "name:city country:country population:number",
        "[{name} has {population} people.|{population} people live in {name}.]",
        "[{name} is in {country} and has {population} people.]",
    ),
    "address": (
        "street:street city:city zip:number country:country",
        "[I live at {street} in {city}.|The house is at {street} in {city}.|{street}, {city}.]",
        "[The address is {street}, {city}, {country}.|{street} in {city}, {country}.]",
    ),
    "task": (
        "title:task done:flag priority:few due:iso_date assignee:name",
        "[I have to {title} until {due}.|Please {title} before {due}.]",
        "[{assignee} has to {title}.|{assignee} should {title} by {due}.]",
    ),
    "weather": (
        "city:city temperature:degrees humidity:hundred",
        "[It is {temperature} degrees in {city}.|In {city} we have {temperature} degrees.]",
        "[{city} has {temperature} degrees and {humidity} percent humidity.]",
    ),
    "user": (
        "id:number name:name email:email active:flag age:age",
        "[User {id} is {name}.|{name} has the id {id}.|{name} is user number {id}.]",
        "[User {name} has the email {email}.|{name} signed up with {email}.]",
    ),
    "flight": (
        "number:code origin:city destination:city time:time",
        "[Flight {number} goes from {origin} to {destination}.|{number} flies from {origin} to"
        " {destination}.]",
        "[Flight {number} to {destination} leaves at {time}.|{number} leaves for {destination} at"
        " {time}.]",
    ),
    "student": (
        "name:name grade:few school:city subject:language",
        "[{name} is in grade {grade}.|{name} goes to grade {grade}.]",
        "[{name} learns {subject} in grade {grade}.|{name} has {subject} lessons.]",
    ),
    "team": (
        "name:team sport:sport points:hundred city:city",
        "[Team {name} plays {sport} in {city}.|{name} is a {sport} team from {city}.]",
        "[{name} has {points} points.|The team {name} got {points} points.]",
    ),
    "car": (
        "model:car color:colour year:year price:big",
        "[The {color} {model} is from {year}.|A {color} {model} of {year}.]",
        "[The {model} costs {price} euros.|A {model} from {year} for {price} euros.]",
    ),
    "room": (
        "number:number floor:few free:flag beds:few",
        "[Room {number} is on floor {floor}.|On floor {floor} there is room {number}.]",
        "[Room {number} has {beds} beds.|There are {beds} beds in room {number}.]",
    ),
    "song": (
        "title:title artist:full_name year:year minutes:few",
        "[{title} is a song by {artist}.|{artist} sings {title}.]",
        "[The song {title} by {artist} came out in {year}.]",
    ),
    "message": (
        "from:name to:name text:message",
        '[{from} wrote to {to}: "{text}".|{from} to {to}: {text}.]',
    ),
    "item": (
        "name:grocery amount:count price:price",
        "[We need {amount} of {name}.|{amount} times {name}, please.]",
    ),
    "settings": (
        "language:language volume:hundred dark_mode:flag name:name",
        "[The language is {language} and the volume is {volume}.]",
    ),
}

# what a made-up value is, where only the field is asked for
EXAMPLES = {
    "name": "Anna",
    "full_name": "Anna Smith",
    "age": 31,
    "city": "Rome",
    "job": "teacher",
    "hobby": "reading",
    "email": "anna@example.com",
    "country": "Italy",
    "phone": "555-0123",
    "title": "The Blue River",
    "year": 2020,
    "big": 250,
    "few": 4,
    "product": "lamp",
    "price": 19.99,
    "colour": "blue",
    "flag": True,
    "small": 5,
    "event": "Team meeting",
    "iso_date": "2026-05-12",
    "time": "14:30",
    "day": "Monday",
    "animal": "cat",
    "number": 1,
    "street": "12 Park Street",
    "task": "buy milk",
    "degrees": 21,
    "hundred": 50,
    "code": "A100",
    "language": "English",
    "car": "Volvo",
    "team": "Lions",
    "sport": "tennis",
    "message": "see you tomorrow",
    "grocery": "milk",
    "count": 10,
}

# fields that are added to an object, whatever it holds
ADD_FIELDS = (
    "country:country city:city age:age email:email phone:phone color:colour active:flag id:number"
    " price:price job:job note:message day:day time:time language:language done:flag year:year"
    " size:few owner:name count:small"
)

# known lists that are asked for as an array
SEQUENCES = (
    (
        "[the days of the week|all days of the week|the seven days of the week]",
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    ),
    ("[the days of the weekend|the weekend days]", "Saturday Sunday"),
    ("[the four seasons|the seasons of the year|all seasons]", "spring summer autumn winter"),
    (
        "[the months of the year|all months|the twelve months]",
        "January February March April May June July August September October November December",
    ),
    ("[the vowels|the five vowels]", "a e i o u"),
    ("[the primary colors|three primary colours]", "red yellow blue"),
    ("[the colors of a traffic light|the traffic light colours]", "red yellow green"),
    ("[three fruits|three kinds of fruit|some fruits]", "apple banana orange"),
    ("[three colors|three colours|some colors]", "red green blue"),
    ("[three animals|some animals]", "cat dog horse"),
    ("[two countries|a couple of countries]", "France Italy"),
    ("[three cities|some cities]", "Rome Paris London"),
    ("[three names|some names]", "Anna Ben Tom"),
    ("[three planets|some planets]", "Mars Venus Jupiter"),
    ("[the four compass directions|the compass directions]", "north east south west"),
    ("[two pets|a couple of pets]", "cat dog"),
)

# what a system message may demand
SYSTEMS = (
    "Answer only in JSON.",
    "Answer only with JSON.",
    "Always answer in JSON with the key answer.",
    'Reply with a JSON object that has the key "answer".',
    "You reply with a JSON object that has the key answer.",
    "You are an assistant that answers in JSON only.",
    "Respond in JSON format.",
    "All your answers are JSON objects with one key: answer.",
    "Output JSON only, no other text.",
    'Respond with JSON: {"answer": ...}',
)

# questions for those, with the answer
ANSWERS = """
What is the capital of France? = Paris; What is the capital of Italy? = Rome
What is the capital of Spain? = Madrid; What is the capital of Germany? = Berlin
What is the capital of England? = London; What is the capital of Japan? = Tokyo
What is the capital of Egypt? = Cairo; What is the capital of Greece? = Athens
What is the capital of Norway? = Oslo; What is the capital of Austria? = Vienna
What is the capital of Portugal? = Lisbon; What is the capital of Poland? = Warsaw
What is the capital of Sweden? = Stockholm; What is the capital of Ireland? = Dublin
What colour is the sky? = blue; What color is grass? = green; What colour is snow? = white
What color is a banana? = yellow; What colour is blood? = red; What color is coal? = black
What colour is a tomato? = red; What color is chocolate? = brown; What colour is a carrot? = orange
What is the opposite of big? = small; What is the opposite of hot? = cold
What is the opposite of up? = down; What is the opposite of day? = night
What is the opposite of old? = new; What is the opposite of fast? = slow
What is the opposite of good? = bad; What is the opposite of open? = closed
Which day comes after Monday? = Tuesday; Which day comes after Friday? = Saturday
Which month comes after May? = June; Which month comes after July? = August
What animal says meow? = cat; What animal says woof? = dog; What animal says moo? = cow
What do bees make? = honey; What do cows give? = milk; Where do fish live? = in water
What is the largest planet? = Jupiter; What is the largest ocean? = the Pacific Ocean
What is frozen water called? = ice; Which season is the coldest? = winter
What language is spoken in France? = French; What language is spoken in Germany? = German
What is the currency of Japan? = yen; What is the plural of mouse? = mice
What is the plural of child? = children; What is the past tense of go? = went
"""
