"""The functions that `tools` offers: those that look something up, and what the result says.

A function is a block of lines. First its names, then
  about: what it does, as its description says
  takes: parameters as names:sort, optional ones behind "?"; sorts are those of vocabulary_data or
         of WORDS. Slots below have the first of the names
  ask:   questions for it; those that name an optional slot pass it on
  and:   a question after it, with another value
  gives: the result's fields, as name:sort
  says:  the answer that tells the result
  bare:  a question that lacks the slot behind "=", and what the assistant then asks back
  can:   what it lets one do
  broad: where it could help with nearly any question
"""

from __future__ import annotations

__all__ = ["LOOKUPS", "PLAIN", "SPOKEN", "WORDS"]

# values of parameters and results that are one of a few words
WORDS = {
    "unit": ("celsius", "fahrenheit"),
    "sky": ("sunny", "cloudy", "rainy", "windy", "foggy", "snowy", "clear", "stormy"),
    "air": ("good", "moderate", "poor", "bad", "excellent"),
    "order_state": ("shipped", "pending", "delivered", "cancelled", "on its way", "returned"),
    "flight_state": ("on time", "delayed", "boarding", "cancelled"),
    "ok": ("ok", "done", "success"),
    "wake": ("on", "off"),
    "open": ("open", "closed"),
    "priority": ("low", "medium", "high"),
    "size": ("small", "medium", "large"),
    "cuisine": ("Italian", "Chinese", "Indian", "Greek", "Mexican", "Thai", "French", "Japanese"),
    "genre": ("jazz", "rock", "pop", "classical", "blues", "folk", "techno", "country"),
    "length_unit": ("meters", "feet", "miles", "kilometers", "inches", "centimeters", "yards"),
    "weight_unit": ("kilograms", "pounds", "grams", "ounces", "tons"),
    "mode": ("heat", "cool", "auto"),
    "class": ("economy", "business", "first"),
    "transport": ("car", "train", "bus", "bicycle", "foot"),
    "order": ("ascending", "descending"),
    "room": ("kitchen", "bedroom", "bathroom", "garage", "hall", "office", "garden", "attic"),
    "device": ("tv", "fan", "heater", "oven", "radio", "kettle", "printer", "camera", "lamp"),
    "app": ("mail", "chat", "calendar", "camera", "maps", "music", "news", "shop", "bank"),
    "direction": ("forward", "back", "left", "right", "up", "down"),
    "column": ("name", "author", "owner", "customer", "manager", "sender"),
    "town_place": ("library", "museum", "bank", "pharmacy", "gym", "zoo", "bakery", "pool"),
    "table": ("users", "orders", "products", "customers", "invoices", "tickets", "books"),
    "folder": ("documents", "downloads", "music", "pictures", "photos", "projects", "backup"),
    "headline": (
        "New bridge opened",
        "Storm is coming",
        "Local team wins the cup",
        "Museum finds old map",
        "Prices are falling",
        "Town plants new trees",
        "School wins a prize",
        "Rain ends the drought",
    ),
    "restaurant": (
        "Blue Door",
        "Golden Fork",
        "Casa Verde",
        "The Old Mill",
        "Green Leaf",
        "Lotus Garden",
        "Sea Breeze",
        "Little Kitchen",
    ),
    "hotel": ("Park Hotel", "Grand Hotel", "Hotel Central", "Lake Inn", "Hotel Star", "City Inn"),
}

# what is said one way and passed on another
SPOKEN = {
    "lock": {"lock": True, "unlock": False},
    "on": {"on": True, "off": False},
}

# questions that need no function, with the answer and a word of it
PLAIN = (
    ("[Hello|Hello there|Hi|Hey|Hi there]!", "Hello! How can I help you?", "Hello"),
    ("Good morning!", "Good morning! How can I help you?", "Good morning"),
    ("Good evening!", "Good evening! How can I help you?", "Good evening"),
    ("[Thanks|Thank you|Thanks a lot|Thank you very much][!|.]", "You are welcome!", "welcome"),
    ("[Bye|Goodbye|See you|See you later][!|.]", "Goodbye!", "Goodbye"),
    ("[What is|What's] the capital of France?", "The capital of France is Paris.", "Paris"),
    ("[What is|What's] the capital of Italy?", "The capital of Italy is Rome.", "Rome"),
    ("[What is|What's] the capital of Spain?", "The capital of Spain is Madrid.", "Madrid"),
    ("[What is|What's] the capital of Germany?", "The capital of Germany is Berlin.", "Berlin"),
    ("[What is|What's] the capital of Japan?", "The capital of Japan is Tokyo.", "Tokyo"),
    ("[What colour|What color|Which colour] is the sky?", "The sky is blue.", "blue"),
    ("[What colour|What color|Which colour] is grass?", "Grass is green.", "green"),
    ("[What colour|What color|Which colour] is snow?", "Snow is white.", "white"),
    ("How many days [are in a week|does a week have]?", "A week has seven days.", "seven"),
    ("How many months [are in a year|does a year have]?", "A year has twelve months.", "twelve"),
    ("How many legs does a spider have?", "A spider has eight legs.", "eight"),
    ("How many legs does a dog have?", "A dog has four legs.", "four"),
    ("[What|Which] day comes after Monday?", "Tuesday comes after Monday.", "Tuesday"),
    ("[What|Which] month comes after May?", "June comes after May.", "June"),
    ("What is the opposite of [big|large]?", "The opposite is small.", "small"),
    ("What is the opposite of hot?", "The opposite of hot is cold.", "cold"),
    ("What sound does a [cow|cow usually] make?", "A cow says moo.", "moo"),
    ("What do bees make?", "Bees make honey.", "honey"),
    ("Where do fish live?", "Fish live in water.", "water"),
)

LOOKUPS = """
names: get_weather weather fetch_weather current_weather weather_now
about: Get the [current|] weather [in|of|for] a city.
takes: city location place town:city, ?unit units temperature_unit:unit
ask: [What is|What's|How is|How's] the weather [like|] in {city} [today|now|right now|]?
ask: [What's the temperature in {city}?|How [warm|hot|cold] is it in {city}?]
ask: Is it raining in {city}?
ask: [Weather in {city}?|{city} weather?|Tell me the weather in {city}.]
ask: Check the weather for {city}.
ask: [What is the weather in {city} in {unit}?|How warm is it in {city} in {unit}?]
ask: [Do I need an umbrella in {city}?|Give me the weather for {city} in {unit}.]
and: [And in {city}?|What about {city}?|And {city}?|How about {city}?|Now for {city}.]
gives: temperature:degrees, condition:sky
says: In {city} it is {temperature} degrees and {condition}.
bare: [What is the weather?|How is the weather today?|What's the weather like?] = city
back: For which city?
can: tell the weather

names: get_forecast weather_forecast forecast fetch_forecast
about: Get the weather forecast of a city for [some|the next] days.
takes: city location place:city, days num_days day_count:few
ask: [What will the weather be in {city} in the next {days} days?|{days} day forecast for {city}.]
ask: [Give me the forecast for {city} for {days} days.|Show the {days} day forecast for {city}.]
ask: [How will the weather be in {city} over the next {days} days?|Forecast {city}, {days} days.]
gives: summary:sky, high:degrees
says: In {city} it will be {summary} with up to {high} degrees.
can: forecast the weather

names: get_time current_time time_in get_current_time local_time
about: Get the [current|local] time in a city.
takes: city location place timezone:city
ask: [What time is it in {city}?|What is the time in {city}?]
ask: What's the [current|local] time in {city}?
ask: [Time in {city}?|Tell me the time in {city}.|Do you know what time it is in {city}?]
ask: How late is it in {city}?
and: [And in {city}?|What about {city}?|And {city}?|How about {city}?]
gives: time:time
says: In {city} it is {time}.
bare: [What time is it?|What is the time?|Tell me the time.] = city
back: For which city?
can: tell the time

names: calculate calculator evaluate compute math eval_expression
about: Evaluate a [math|mathematical|] expression.
takes: expression formula input expr:sum
ask: [What is {expression}?|Calculate {expression}.|Compute {expression}.|How much is {expression}?]
ask: [{expression}?|Work out {expression}.|Evaluate {expression}.]
ask: Use the calculator for {expression}.
and: [And {expression}?|Now {expression}.|What about {expression}?]
gives: result:sum_result
says: {expression} is {result}.
can: calculate
broad: yes

names: convert_currency currency_conversion exchange convert_money currency_converter
about: Convert an amount of money from one currency to another.
takes: amount value sum:big, from_currency source from:currency, to_currency target to:currency
ask: Convert {amount} {from_currency} to {to_currency}.
ask: How much is {amount} {from_currency} in {to_currency}?
ask: What are {amount} {from_currency} in {to_currency}?
ask: Change {amount} {from_currency} into {to_currency}.
ask: {amount} {from_currency} in {to_currency}?
ask: Exchange {amount} {from_currency} to {to_currency}.
gives: result:price
says: {amount} {from_currency} is {result} {to_currency}.
can: convert money

names: convert_length convert_distance length_converter convert_units
about: Convert a length from one unit to another.
takes: value amount length:hundred, from_unit source from:length_unit, to_unit target to:length_unit
ask: [Convert {value} {from_unit} to {to_unit}.|How many {to_unit} are {value} {from_unit}?]
ask: [What is {value} {from_unit} in {to_unit}?|{value} {from_unit} in {to_unit}?]
can: convert lengths

names: convert_weight weight_converter convert_mass
about: Convert a weight from one unit to another.
takes: value amount weight:hundred, from_unit source from:weight_unit, to_unit target to:weight_unit
ask: [Convert {value} {from_unit} to {to_unit}.|How many {to_unit} are {value} {from_unit}?]
ask: [What is {value} {from_unit} in {to_unit}?|{value} {from_unit} in {to_unit}?]
can: convert weights

names: web_search search search_web google_search internet_search
about: Search the [web|internet] [for information|].
takes: query q text search_query:topic, ?limit max_results count:few
ask: [Search for {query}.|Search the web for {query}.|Look up {query} [online|on the internet].]
ask: [Google {query}.|Find information about {query}.|What can you find about {query}?]
ask: [Show me {limit} results for {query}.|Find {limit} pages about {query}.]
and: [And {query}?|Now search for {query}.|What about {query}?]
can: search the web
broad: yes

names: get_stock_price stock_price fetch_stock_price stock_quote
about: Get the [current|] stock price of a company.
takes: company symbol ticker name:company
ask: [What is the stock price of {company}?|What's the price of {company} stock?]
ask: {company} stock price?
ask: [How much is a share of {company}?|How is {company} doing on the stock market?]
ask: Check {company} stock.
and: [And {company}?|What about {company}?|How about {company}?]
gives: price:price, currency:currency
says: The stock of {company} is at {price} {currency}.
bare: [What is the stock price?|Check a stock price.|How is the stock doing?] = company
back: For which company?
can: tell stock prices

names: translate translate_text translator
about: Translate a text [in|]to another language.
takes: text input sentence:message, target_language language to to_language:language
ask: [Translate "{text}" [in|]to {target_language}.|How do you say "{text}" in {target_language}?]
ask: [What is "{text}" in {target_language}?|Say "{text}" in {target_language}.]
bare: [Translate a text to {target_language}.|Translate something into {target_language}.] = text
back: Which text?
can: translate

names: define_word dictionary lookup_word get_definition
about: Look up the meaning of a word [in the dictionary|].
takes: word term entry:word, ?language lang:language
ask: [What does the word {word} mean?|What is the meaning of {word}?]
ask: Look up {word} in the dictionary.
ask: [Define {word}.|What does "{word}" mean in {language}?|Definition of {word}?]
and: [And {word}?|What about {word}?]
can: look up words
broad: yes

names: get_news news latest_news fetch_news headlines
about: Get the [latest|newest] news about a topic.
takes: topic subject query:topic, ?limit count max_items:few
ask: [What is the news about {topic}?|Any news about {topic}?|Latest news on {topic}?]
ask: [Give me {limit} headlines about {topic}.|Show me the {limit} latest news about {topic}.]
and: [And about {topic}?|What about {topic}?]
gives: headlines:list headline
says: The latest news: {headlines}.
bare: [What's in the news?|Tell me the news.|Any news today?] = topic
back: About which topic?
can: get the news

names: get_distance distance map_distance calculate_distance
about: Get the distance between two places.
takes: origin from start from_city:city, destination to end to_city:city, ?mode by:transport
ask: How far is it from {origin} to {destination}?
ask: What is the distance from {origin} to {destination}?
ask: [What's the distance between {origin} and {destination}?|Distance {origin} to {destination}?]
ask: How far is {origin} from {destination} by {mode}?
ask: How long is the way from {origin} to {destination} by {mode}?
gives: kilometers:big
says: It is {kilometers} kilometers from {origin} to {destination}.
bare: [How far is it from {origin}?|What is the distance from {origin}?] = destination
back: To which place?
can: measure distances

names: get_directions directions route find_route navigate
about: Get the route from one place to another.
takes: start origin from:city, end destination to:city, ?transport mode by:transport
ask: [How do I get from {start} to {end}?|Show me the way from {start} to {end}.]
ask: Route from {start} to {end}?
ask: How do I get from {start} to {end} by {transport}?
ask: Directions from {start} to {end} by {transport}.
can: find routes

names: get_order_status order_status track_order check_order
about: Get the status of an order.
takes: order_id id order order_number:code
ask: [Where is my order {order_id}?|What is the status of order {order_id}?|Track order {order_id}.]
ask: [Has order {order_id} been shipped?|Check my order {order_id}.|Status of {order_id}?]
and: [And order {order_id}?|What about {order_id}?]
gives: status:order_state
says: Order {order_id} is {status}.
bare: [Where is my order?|What is the status of my order?|Track my order.] = order_id
back: What is the order number?
can: track orders

names: get_user user_info fetch_user find_user lookup_user
about: Get a user by [his|the] id.
takes: user_id id uid user:number
ask: [Who is user {user_id}?|Show me user {user_id}.|Get the user with id {user_id}.]
ask: Find user {user_id}.
ask: [What do we know about user {user_id}?|Look up user number {user_id}.|Get user {user_id}.]
and: [And user {user_id}?|What about {user_id}?|And {user_id}?]
gives: name:name, city:city
says: User {user_id} is {name} from {city}.
bare: [Show me a user.|Look up a user.|Find the user.] = user_id
back: What is the id of the user?
can: look up users

names: get_customer_email customer_email find_email lookup_email
about: Get the e-mail address of a customer.
takes: name customer customer_name:full_name
ask: [What is the email [address|] of {name}?|What's {name}'s email?]
ask: Find the e-mail address of {name}.
and: [And {name}?|What about {name}?]
gives: email:email
says: The email of {name} is {email}.
can: find e-mail addresses

names: search_products find_products product_search list_products
about: Search the shop for products.
takes: query product name keyword:product, ?max_price price_limit budget:count
ask: [Do you have a {query}?|Search the shop for a {query}.|Find me a {query}.]
ask: I'm looking for a {query}.
ask: [Find a {query} for less than {max_price} euros.|Show me a {query} under {max_price} euros.]
can: search the shop

names: get_price product_price price_of lookup_price
about: Get the price of a product.
takes: product item name:product
ask: [How much is the {product}?|What is the price of the {product}?|What does the {product} cost?]
and: [And the {product}?|What about the {product}?|How about the {product}?]
gives: price:price
says: The {product} costs {price} euros.
bare: [What does it cost?|What is the price?|How much is it?] = product
back: Of which product?
can: tell prices

names: check_stock in_stock stock_level get_inventory
about: Get how many pieces of a product are in stock.
takes: product item article:product
ask: [How many pieces of the {product} are in stock?|Is the {product} in stock?]
ask: Check the stock of the {product}.
and: [And the {product}?|What about the {product}?]
gives: count:count
says: There are {count} pieces of the {product} in stock.
can: check the stock

names: find_restaurant search_restaurants restaurant_search restaurants
about: Find a restaurant in a city.
takes: city location place:city, ?cuisine food kitchen:cuisine
ask: [Find a restaurant in {city}.|Where can I eat in {city}?|Is there a good restaurant in {city}?]
ask: [Find {cuisine} food in {city}.|Find a {cuisine} restaurant in {city}.]
ask: Where do I get {cuisine} food in {city}?
and: [And in {city}?|What about {city}?]
gives: name:restaurant
says: I found {name} in {city}.
bare: [Find a restaurant.|Where can I eat?|I am hungry, find a restaurant.] = city
back: In which city?
can: find restaurants

names: find_hotel search_hotels hotel_search hotels
about: Find a hotel in a city.
takes: city location place:city, ?nights days:few
ask: [Find a hotel in {city}.|Where can I sleep in {city}?|I need a hotel in {city}.]
ask: Hotels in {city}?
ask: [Find a hotel in {city} for {nights} nights.|I need a room in {city} for {nights} nights.]
gives: name:hotel, price:price
says: I found {name} in {city} for {price} euros.
bare: [Find a hotel.|I need a hotel.] = city
back: In which city?
can: find hotels

names: get_calendar list_events calendar get_events show_calendar
about: Get the events of a day [in|from] the calendar.
takes: day date on:day
ask: [What do I have on {day}?|What is in my calendar on {day}?|Do I have anything on {day}?]
ask: [Show my events for {day}.|What are my plans for {day}?|Am I free on {day}?]
and: [And on {day}?|What about {day}?|And {day}?]
gives: events:list event
says: On {day} you have: {events}.
bare: [Show my calendar.|What do I have planned?] = day
back: For which day?
can: read your calendar

names: get_flight_status flight_status check_flight track_flight
about: Get the status of a flight.
takes: flight flight_number number flight_id:code
ask: [Is flight {flight} on time?|What is the status of flight {flight}?|Check flight {flight}.]
ask: Where is flight {flight}?
and: [And {flight}?|What about flight {flight}?]
gives: status:flight_state
says: Flight {flight} is {status}.
bare: [Is my flight on time?|Check my flight.] = flight
back: What is the flight number?
can: check flights

names: get_population population city_population
about: Get the number of people who live in a city.
takes: city place name:city
ask: [How many people live in {city}?|What is the population of {city}?|Population of {city}?]
and: [And in {city}?|What about {city}?]
gives: population:number
says: {city} has a population of {population}.
can: tell how many people live in a city

names: read_file open_file get_file load_file
about: Read [the text of|] a file.
takes: path filename file name:file
ask: [Read [the file|] {path}.|What is in {path}?|Open {path}.|Show me the file {path}.]
ask: What does {path} say?
and: [And {path}?|Now {path}.]
gives: content:message
says: The file {path} says: {content}.
bare: [Read the file.|Open a file.|Show me the file.] = path
back: Which file?
can: read files

names: list_files ls get_files show_files list_folder
about: List the files of a folder.
takes: folder directory path dir:folder
ask: [Which files are in {folder}?|List the files in {folder}.|What is in the folder {folder}?]
ask: Show me {folder}.
gives: files:list file
says: The folder {folder} has these files: {files}.
can: list files

names: count_rows row_count count_records
about: Count the rows of a table [of the database|].
takes: table table_name name:table
ask: [How many rows does the table {table} have?|How many {table} are there?|Count the {table}.]
ask: Count all {table}.
and: [And {table}?|How many {table}?]
gives: count:number
says: There are {count} {table}.
can: count rows

names: query_database find_records search_table get_records
about: Get rows of a [database|] table where a column has a value.
takes: table table_name:table, column field:column, value equals:name, ?limit max_rows:small
ask: [Get all {table} where {column} is {value}.|Find the {table} with {column} {value}.]
ask: Show me {limit} {table} where {column} is {value}.
ask: Select {limit} {table} with {column} {value}.
can: query the database

names: random_number get_random_number rand pick_number
about: Get a random number between two numbers.
takes: min low minimum:small, max high maximum:hundreds
ask: [Give me a random number between {min} and {max}.|Pick a number from {min} to {max}.]
ask: [Random number from {min} to {max}?|Roll a number between {min} and {max}.]
gives: number:small
says: The number is {number}.
can: pick random numbers

names: get_exchange_rate exchange_rate rate
about: Get the exchange rate of two currencies.
takes: base from:currency, target to:currency
ask: [What is the exchange rate from {base} to {target}?|Exchange rate {base} to {target}?]
gives: rate:price
says: The rate from {base} to {target} is {rate}.
can: tell exchange rates

names: get_recipe find_recipe recipe search_recipes
about: Find a recipe for a dish.
takes: dish food name:food, ?servings people persons:few
ask: [How do I make {dish}?|Find a recipe for {dish}.]
ask: Give me a recipe for {dish} for {servings} people.
can: find recipes

names: get_air_quality air_quality
about: Get the air quality of a city.
takes: city place:city
ask: [How is the air in {city}?|What is the air quality in {city}?|Is the air good in {city}?]
and: [And in {city}?|What about {city}?]
gives: quality:air
says: The air in {city} is {quality}.
can: check the air quality

names: is_open opening_hours check_open shop_open
about: Check if a place in town is open [now|].
takes: place name location:town_place
ask: [Is the {place} open?|Is the {place} open now?|Can I go to the {place} now?]
and: [And the {place}?|What about the {place}?]
gives: state:open
says: The {place} is {state}.
can: tell if a place is open
"""
