"""The functions that `tools` offers: those that do something. The form is that of tools_data."""

from __future__ import annotations

__all__ = ["ACTIONS", "NOUNS", "VERBS"]

ACTIONS = """
names: set_timer start_timer timer create_timer
about: Start a timer [of some minutes|].
takes: minutes duration duration_minutes:count, ?label name:task
ask: [Set a timer for {minutes} minutes.|Start a timer of {minutes} minutes.]
ask: {minutes} minutes timer.
ask: [Wake me in {minutes} minutes.|Set a {minutes} minute timer.]
ask: Timer for {minutes} minutes named {label}.
gives: status:ok
says: The timer is set for {minutes} minutes.
bare: [Set a timer.|Start a timer.|I need a timer.] = minutes
back: For how many minutes?
can: set a timer

names: set_alarm alarm create_alarm add_alarm
about: Set an alarm.
takes: time at alarm_time:clock, ?day date:day
ask: [Set an alarm for {time}.|Wake me up at {time}.|Wake me at {time} on {day}.|Alarm at {time}.]
ask: [Set my alarm to {time}.|Set an alarm for {time} on {day}.]
gives: status:ok
says: The alarm is set for {time}.
bare: [Set an alarm.|Wake me up.|I need an alarm.] = time
back: For what time?
can: set an alarm

names: create_reminder set_reminder remind add_reminder reminder
about: Remind the user of something.
takes: text task title message:task, time at when:clock
ask: [Remind me to {text} at {time}.|Set a reminder to {text} at {time}.]
ask: At {time} remind me to {text}.
ask: [Don't let me forget to {text} at {time}.|Reminder at {time}: {text}.]
gives: status:ok
says: I will remind you to {text} at {time}.
bare: [Remind me to {text}.|Set a reminder to {text}.|I must not forget to {text}.] = time
back: At what time?
can: set a reminder

names: send_email email write_email mail
about: Send an e-mail.
takes: to recipient address:email, subject title:event, ?body text message:message
ask: [Send an e-mail to {to} with the subject {subject}.|Write a mail to {to} about {subject}.]
ask: Email {to} with subject {subject} and text "{body}".
ask: Send a mail to {to}, subject {subject}, saying "{body}".
gives: status:ok
says: I sent the e-mail to {to}.
can: send e-mails

names: send_message message text send_sms send_text
about: Send a [short|text|] message to a person.
takes: to recipient contact person:name, text message body content:message
ask: [Text {to}: {text}.|Send {to} a message: {text}.|Send a message to {to} saying "{text}".]
ask: Tell {to}: {text}.
ask: [Write {to} that {text}.|Message {to} "{text}".|Let {to} know: {text}.]
gives: status:ok
says: I sent the message to {to}.
bare: [Send a message to {to}.|Text {to}.|Write {to} a message.] = text
back: What should the message say?
can: send messages

names: make_call call phone_call dial
about: Call a person by phone.
takes: contact name person:name
ask: [Call {contact}.|Phone {contact}.|Make a call to {contact}.|Ring {contact}.]
ask: I want to talk to {contact} on the phone.
gives: status:ok
says: I am calling {contact}.
bare: [Make a call.|Call somebody.] = contact
back: Who should I call?
can: make calls

names: create_event add_event schedule_meeting new_event add_to_calendar
about: Add an event to the calendar.
takes: title name event:event, day date:day, ?time start start_time:clock
ask: [Add {title} on {day} to my calendar.|Schedule {title} for {day} at {time}.]
ask: Put {title} on {day} at {time} in my calendar.
ask: [Create the event {title} on {day}.|Plan {title} on {day} at {time}.|Enter {title} for {day}.]
gives: status:ok
says: I added {title} on {day}.
bare: [Add {title} to my calendar.|Schedule {title}.] = day
back: On which day?
can: add events

names: cancel_event delete_event remove_event
about: Remove an event from the calendar.
takes: title event name:event
ask: [Cancel {title}.|Delete {title} from my calendar.|Remove the event {title}.]
gives: status:ok
says: I removed {title}.
can: cancel events

names: play_music play_song music start_music
about: Play music.
takes: genre style kind:genre, ?volume level:hundred
ask: [Play some {genre}.|Play {genre} music.|I want to hear {genre}.|Put on some {genre}.]
ask: [Play {genre} at volume {volume}.|Start {genre} music with volume {volume}.]
and: [And now {genre}.|Now play {genre}.]
gives: status:ok
says: Now playing {genre}.
bare: [Play music.|Play some music.|Put on some music.] = genre
back: What kind of music?
can: play music

names: set_volume volume change_volume
about: Set the volume [of the speaker|].
takes: level volume percent:hundred
ask: [Set the volume to {level}.|Volume {level}.|Change the volume to {level} percent.]
ask: Turn the volume to {level}.
gives: status:ok
says: The volume is at {level}.
bare: [Change the volume.|Set the volume.] = level
back: To which level?
can: set the volume

names: control_lights set_light lights switch_light light_switch
about: Turn the lights of a room on or off.
takes: room place location:room, state power action:wake, ?brightness level:hundred
ask: [Turn {state} the lights in the {room}.|Turn the {room} lights {state}.]
ask: Switch the light in the {room} {state}.
ask: Lights {state} in the {room}.
ask: Turn {state} the light in the {room} with brightness {brightness}.
gives: status:ok
says: The light in the {room} is {state}.
bare: [Turn the lights {state}.|Switch the light {state}.|Lights {state}.] = room
back: In which room?
can: switch the lights

names: set_thermostat set_temperature thermostat heating
about: Set the temperature [of a room|].
takes: temperature degrees value target:warmth, ?room place:room, ?mode setting:mode
ask: [Set the temperature to {temperature} degrees.|Heat to {temperature} degrees.]
ask: Set the thermostat to {temperature}.
ask: [Make it {temperature} degrees in the {room}.|Set the {room} to {temperature} degrees.]
ask: Set the thermostat to {temperature} in mode {mode}.
ask: Set the {room} to {temperature} degrees with mode {mode}.
gives: status:ok
says: The temperature is set to {temperature} degrees.
bare: [Set the thermostat.|Change the temperature.] = temperature
back: To how many degrees?
can: set the temperature

names: lock_door set_lock door_lock lock
about: Lock or unlock a door.
takes: door name room:room, locked lock is_locked:lock
ask: [{locked} the door of the {door}.|{locked} the {door} door.|Can you {locked} the {door} door?]
can: lock doors

names: set_device switch_device power_device toggle_device
about: Turn a device on or off.
takes: device name appliance:device, on enabled is_on power:on
ask: [Turn {on} the {device}.|Turn the {device} {on}.|Switch {on} the {device}.]
ask: Switch the {device} {on}.
ask: [Can you turn the {device} {on}?|{device} {on}.|I want the {device} {on}.]
can: switch devices

names: set_dark_mode dark_mode night_mode
about: Turn the dark mode on or off.
takes: enabled on active value:on
ask: [Turn {enabled} dark mode.|Turn dark mode {enabled}.|Switch {enabled} the dark mode.]
ask: Dark mode {enabled}.
can: switch the dark mode

names: set_notifications notifications mute_notifications
about: Turn the notifications of an app on or off.
takes: app name application:app, enabled on active:on
ask: [Turn {enabled} the notifications of {app}.|Turn notifications of {app} {enabled}.]
ask: Notifications for {app} {enabled}.
can: switch notifications

names: move_robot robot_move drive move
about: Move the robot [in a direction|].
takes: direction heading way:direction, distance steps meters:small
ask: [Move {distance} steps {direction}.|Go {direction} {distance} steps.]
ask: Drive the robot {distance} steps {direction}.
ask: [{distance} steps {direction}.|Robot, go {distance} steps {direction}.]
can: move the robot

names: rate_movie rate_film add_rating
about: Rate a film.
takes: title film movie:title, stars rating points:few
ask: [Give {title} {stars} stars.|Rate {title} with {stars}.|I give {title} {stars} points.]
ask: {stars} stars for {title}.
gives: status:ok
says: I gave {title} {stars} stars.
bare: [Rate {title}.|Rate the film {title}.] = stars
back: How many stars?
can: rate films

names: book_flight reserve_flight flight_booking
about: Book a flight.
takes: origin from from_city:city, destination to to_city:city, date day:date, ?class seat:class
ask: Book a flight from {origin} to {destination} on {date}.
ask: I need a flight from {origin} to {destination} on {date}.
ask: Book me a {class} flight from {origin} to {destination} on {date}.
ask: Fly me from {origin} to {destination} on {date}.
gives: booking:code
says: Your flight to {destination} is booked, the number is {booking}.
bare: [Book a flight from {origin} to {destination}.|Fly me from {origin} to {destination}.] = date
back: On which date?
can: book flights

names: book_table reserve_table table_reservation
about: Book a table in a restaurant.
takes: restaurant place name:restaurant, people guests party_size:few, time at:clock
ask: Book a table at {restaurant} for {people} people at {time}.
ask: Reserve a table for {people} at {restaurant} at {time}.
ask: I need a table at {restaurant} for {people} at {time}.
ask: A table at {restaurant}, {people} people, {time}.
gives: booking:code
says: The table at {restaurant} is booked, the number is {booking}.
bare: [Book a table at {restaurant} for {people} people.] = time
back: At what time?
can: book tables

names: book_taxi call_taxi order_taxi get_ride
about: Order a taxi.
takes: pickup from start address:street, destination to:street, ?time at:clock
ask: Get me a taxi from {pickup} to {destination}.
ask: Order a taxi from {pickup} to {destination} at {time}.
ask: [I need a taxi from {pickup} to {destination}.|Taxi from {pickup} to {destination} at {time}.]
gives: status:ok
says: Your taxi from {pickup} is on its way.
can: order taxis

names: book_hotel reserve_hotel reserve_room
about: Book a room in a hotel.
takes: hotel name:hotel, nights days:few, ?guests people:few
ask: [Book {hotel} for {nights} nights.|Book a room at {hotel} for {nights} nights.]
ask: Reserve {hotel} for {nights} nights and {guests} guests.
gives: booking:code
says: Your room at {hotel} is booked, the number is {booking}.
bare: [Book a room at {hotel}.|Reserve {hotel}.] = nights
back: For how many nights?
can: book hotels

names: order_pizza buy_pizza pizza
about: Order pizzas.
takes: count quantity number:few, size pizza_size:size
ask: [Order {count} {size} pizzas.|I want {count} {size} pizzas.|Get me {count} {size} pizzas.]
gives: status:ok
says: I ordered {count} {size} pizzas.
bare: [Order {count} pizzas.|I want {count} pizzas.] = size
back: Which size?
can: order pizza

names: add_todo add_task create_task new_task todo
about: Add a task to the todo list.
takes: task title text item:task, ?priority importance:priority
ask: [Add "{task}" to my todo list.|Put {task} on my list.|New task: {task}.|Add the task {task}.]
ask: [Add {task} to my tasks with {priority} priority.|New {priority} priority task: {task}.]
and: [And {task}.|Also {task}.|Add {task} too.]
gives: status:ok
says: I added "{task}" to your list.
bare: [Add a task.|Put something on my todo list.|New task.] = task
back: Which task?
can: add tasks

names: complete_task finish_task mark_done close_task
about: Mark a task as done.
takes: task_id id task number:number
ask: [Mark task {task_id} as done.|Task {task_id} is done.|Finish task {task_id}.]
ask: Close task number {task_id}.
gives: status:ok
says: Task {task_id} is done.
can: finish tasks

names: add_to_cart add_item buy_item cart_add
about: Add a product to the shopping cart.
takes: product item article:product, quantity count amount:few
ask: Add {quantity} pieces of the {product} to my cart.
ask: Put {quantity} times the {product} into the cart.
ask: [I want {quantity} of the {product}.|Buy the {product} {quantity} times.]
gives: status:ok
says: I added the {product} to your cart.
bare: [Put the {product} into my cart.|Add the {product} to the cart.] = quantity
back: How many?
can: fill your cart

names: add_to_shopping_list shopping_list add_grocery
about: Add something to the shopping list.
takes: item product name:grocery
ask: [Add {item} to my shopping list.|Put {item} on the shopping list.]
ask: We need {item}, put it on the shopping list.
and: [And {item}.|Also {item}.|{item} too.]
gives: status:ok
says: I added {item} to the shopping list.
can: fill your shopping list

names: create_note save_note add_note take_note note
about: Save a note.
takes: text content note body:message, ?title name:event
ask: [Take a note: {text}.|Note that {text}.|Write down: {text}.|Save the note "{text}".]
ask: [Save a note called {title}: {text}.|New note with the title {title}: {text}.]
gives: status:ok
says: I saved the note.
bare: [Take a note.|Save a note.|Write something down.] = text
back: What should I write?
can: save notes

names: write_file save_file create_file save_text
about: Write a text to a file.
takes: path filename file:file, content text data:message
ask: [Write "{content}" to {path}.|Save "{content}" in {path}.]
ask: Create {path} with the text "{content}".
gives: status:ok
says: I wrote the text to {path}.
bare: [Create the file {path}.|Write to {path}.] = content
back: What should the file say?
can: write files

names: delete_file remove_file erase_file
about: Delete a file.
takes: path filename file:file
ask: [Delete {path}.|Remove the file {path}.|I don't need {path} any more, delete it.|Erase {path}.]
and: [And {path}.|Also {path}.]
gives: status:ok
says: I deleted {path}.
bare: [Delete a file.|Remove the file.] = path
back: Which file?
can: delete files

names: rename_file move_file change_filename
about: Rename a file.
takes: old_name source from old:file, new_name target to new:file
ask: [Rename {old_name} to {new_name}.|Change the name of {old_name} to {new_name}.]
ask: Call {old_name} {new_name}.
gives: status:ok
says: {old_name} is now {new_name}.
bare: [Rename {old_name}.] = new_name
back: What is the new name?
can: rename files

names: create_user add_user register_user new_user
about: Create a user.
takes: name username user:name, email mail address:email, ?age years:age
ask: [Create a user named {name} with the email {email}.|Add user {name}, {email}.]
ask: Register {name} with {email}.
ask: New user {name}, email {email}, age {age}.
ask: Add {name}, {age} years old, with the email {email}.
gives: user_id:number
says: The user {name} has the id {user_id}.
bare: [Create a user named {name}.|Add the user {name}.] = email
back: What is the email address?
can: create users

names: transfer_money send_money pay wire_money
about: Send money to a person.
takes: to recipient person:name, amount value sum:count, currency unit:currency
ask: [Send {amount} {currency} to {to}.|Transfer {amount} {currency} to {to}.]
ask: Pay {to} {amount} {currency}.
gives: status:ok
says: I sent {amount} {currency} to {to}.
can: send money

names: run_code execute_code python run_python
about: Run a line of Python.
takes: code source program:python
ask: [Run {code}.|Execute {code} in Python.|Run this code: {code}|What does {code} give?]
can: run code
broad: yes

names: sort_numbers sort sort_list
about: Sort a list of numbers.
takes: numbers values items:numbers, ?order direction:order
ask: [Sort the numbers {numbers}.|Sort {numbers} in {order} order.|Put {numbers} in order.]
ask: Sort {numbers}.
can: sort numbers
broad: yes

names: set_language change_language language
about: Set the language of the app.
takes: language lang name:language
ask: [Set the language to {language}.|Change the language to {language}.|Switch to {language}.]
gives: status:ok
says: The language is {language} now.
bare: [Change the language.|Set another language.] = language
back: To which language?
can: set the language
"""

# made-up functions: a verb with the word that the answer says, and what it is done to
VERBS = (
    ("delete", "deleted"),
    ("remove", "removed"),
    ("open", "opened"),
    ("close", "closed"),
    ("start", "started"),
    ("stop", "stopped"),
    ("restart", "restarted"),
    ("cancel", "cancelled"),
    ("archive", "archived"),
    ("approve", "approved"),
    ("reject", "rejected"),
    ("print", "printed"),
    ("lock", "locked"),
    ("check", "checked"),
    ("update", "updated"),
    ("copy", "copied"),
    ("reset", "reset"),
    ("pause", "paused"),
    ("hide", "hidden"),
    ("clean", "cleaned"),
)
NOUNS = """
    invoice ticket room gate door page product customer device server job report project task card
    account order window machine camera robot pump valve light channel session contract package
    printer user group team message file folder record tank box engine fan
    """
