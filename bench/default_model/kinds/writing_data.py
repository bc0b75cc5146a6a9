"""What e-mails and notes are made of: wordings and sentences, and what they name."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FILLINGS", "INTENTS", "PEOPLE", "Intent"]


@dataclass(frozen=True)
class Intent:
    """asks: how it goes on after "Write an e-mail to Tom"; the slots in braces must be copied.

    body: the sentences of the answer; the first alone says what matters.
    """

    asks: tuple[str, ...]
    body: tuple[str, ...]


INTENTS = {
    "thanks": Intent(
        (
            "to say thank you for {gift}",
            "and [say thanks|say thank you|thank them] for {gift}",
            "[thanking them|saying thanks|saying thank you] for {gift}",
            "that I am [thankful|grateful] for {gift}",
        ),
        (
            "Thank you very much for {gift}.",
            "[I was very happy about it.|It was very kind of you.]",
        ),
    ),
    "late": Intent(
        (
            "that I will be late because {reason}",
            "[saying|to say] that I am [running |]late because {reason}",
            "[saying sorry that I am|to apologise for being] late because {reason}",
        ),
        (
            "I am sorry, but I will be late because {reason}.",
            "[Please start without me.|See you soon.]",
        ),
    ),
    "late_time": Intent(
        (
            "that I will be late and come at {time}",
            "[saying|to say] that I am late and will be there at {time}",
            "that I cannot be there before {time}",
        ),
        (
            "I am sorry, but I will be late and can only be there at {time}.",
            "Please start without me.",
        ),
    ),
    "sick": Intent(
        (
            "that I have {illness} and cannot come {today}",
            "that I am sick with {illness} and stay at home {today}",
            "to call in sick {today} because of {illness}",
            "[saying|to say] that I cannot come {today} because I have {illness}",
        ),
        (
            "I am sorry, but I cannot come {today} because I have {illness}.",
            "I hope to be back soon.",
        ),
    ),
    "invitation": Intent(
        (
            "to invite them to {event} on {day} at {time}",
            "[inviting them to|with an invitation to] {event} on {day} at {time}",
            "[asking|to ask] whether they want to come to {event} on {day} at {time}",
        ),
        (
            "I would like to invite you to {event} on {day} at {time}.",
            "[I hope that you can come.|I look forward to seeing you.]",
        ),
    ),
    "help": Intent(
        (
            "[asking|to ask] for help with {task}",
            "[and ask|asking] whether they can help me with {task}",
            "that I need help with {task}",
            "because I need [some |]help with {task}",
        ),
        (
            "Could you please help me with {task}?",
            "[That would be very kind.|Thank you in advance.]",
        ),
    ),
    "move": Intent(
        (
            "[asking|to ask] to move our meeting from {day} to {other_day}",
            "that I want to move the meeting from {day} to {other_day}",
            "[asking|to ask] whether we can meet on {other_day} instead of {day}",
        ),
        (
            "Could we move our meeting from {day} to {other_day}?",
            "[Please tell me whether that suits you.|I am sorry for the trouble.]",
        ),
    ),
    "cancel": Intent(
        (
            "to cancel {event} on {day} because {reason}",
            "that {event} on {day} is cancelled because {reason}",
            "cancelling {event} on {day} because {reason}",
        ),
        (
            "I am sorry, but I have to cancel {event} on {day} because {reason}.",
            "I hope that we can do it another time.",
        ),
    ),
    "decline": Intent(
        (
            "that I cannot come to {event} on {day}",
            "[declining|to decline] the invitation to {event} on {day}",
            "to say no to {event} on {day}",
        ),
        (
            "Thank you for the invitation, but I cannot come to {event} on {day}.",
            "I hope that you have a lovely time.",
        ),
    ),
    "accept": Intent(
        (
            "that I will come to {event} on {day}",
            "[accepting|to accept] the invitation to {event} on {day}",
            "to say yes to {event} on {day}",
        ),
        (
            "Thank you for the invitation, I will gladly come to {event} on {day}.",
            "I look forward to it.",
        ),
    ),
    "day_off": Intent(
        (
            "[asking|to ask] for {day} off because {plan}",
            "that I need {day} off because {plan}",
            "[asking|to ask] whether I may stay at home on {day} because {plan}",
        ),
        (
            "May I please take {day} off because {plan}?",
            "[I will finish my work before.|Thank you for your understanding.]",
        ),
    ),
    "reminder": Intent(
        (
            "to remind them of {event} on {day} at {time}",
            "as a reminder of {event} on {day} at {time}",
            "[and remind them|reminding them] that {event} is on {day} at {time}",
        ),
        ("I would like to remind you of {event} on {day} at {time}.", "See you there."),
    ),
    "apology": Intent(
        (
            "to apologise for {fault}",
            "[saying|to say] [that I am |]sorry for {fault}",
            "with an apology for {fault}",
            "that I am sorry for {fault}",
        ),
        (
            "I am very sorry for {fault}.",
            "[It will not happen again.|I hope that you can forgive me.]",
        ),
    ),
    "congratulations": Intent(
        (
            "to congratulate them on {success}",
            "[and congratulate them|with congratulations] on {success}",
            "[saying congratulations|to say congratulations] on {success}",
        ),
        ("Congratulations on {success}!", "[I am very happy for you.|You have earned it.]"),
    ),
    "order": Intent(
        (
            "that my order {number} has not arrived",
            "[asking|to ask] where my order {number} is",
            "to complain that order {number} has not come yet",
        ),
        ("My order {number} has not arrived yet.", "Could you please tell me where it is?"),
    ),
    "price": Intent(
        (
            "[asking|to ask] [for the price of|how much they want for] {item}",
            "[asking|to ask] what {item} costs",
            "because I want to know the price of {item}",
        ),
        ("Could you please tell me the price of {item}?", "Thank you in advance."),
    ),
    "broken": Intent(
        (
            "that {item} is broken",
            "to complain that {item} [is broken|arrived broken]",
            "[saying|to say] that {item} is broken",
        ),
        ("I am sorry to say that {item} is broken.", "Could you please repair or replace it?"),
    ),
    "wishes": Intent(
        (
            "to wish them {wish}",
            "[wishing them|with wishes for] {wish}",
            "that wishes them {wish}",
        ),
        ("I wish you {wish}!", "[I am thinking of you.|Take care.]"),
    ),
    "arrival": Intent(
        (
            "that I will arrive on {day} at {time}",
            "[saying|to say] that my train comes on {day} at {time}",
            "[asking|to ask] to pick me up on {day} at {time}",
        ),
        ("I will arrive on {day} at {time}.", "Could you please pick me up?"),
    ),
    "news": Intent(
        ("that {news}", "[saying|to say] that {news}", "[and tell them|telling them] that {news}"),
        ("I would like to tell you that {news}.", "[I hope that you are well.|More soon.]"),
    ),
}

FILLINGS = {
    "gift": (
        "the book; the flowers; the cake; the present; the lovely evening; the great dinner; "
        "helping me; "
        "the scarf; the photos; the postcard; the tickets; the good advice; the warm welcome; "
        "the tea; "
        "the invitation; watering my plants; looking after the cat; the quick reply; the "
        "chocolate; "
        "fixing my bike; the ride home; the weekend; teaching me; the jumper; the birthday card"
    ),
    "reason": (
        "my train was cancelled; the bus did not come; I missed the bus; I overslept; my car "
        "broke down; "
        "there is a traffic jam; my bike has a flat tyre; the meeting took too long; it is "
        "snowing; "
        "I lost my keys; my son is ill; my daughter is ill; I have to see a doctor; my flight is "
        "delayed; "
        "I have to work late; the road is closed; the weather is too bad; I feel ill; my dog ran "
        "away"
    ),
    "time": "",
    "illness": (
        "a cold; the flu; a fever; a headache; a sore throat; a stomach ache; a toothache; a bad "
        "cough; "
        "back pain; a migraine; an earache; food poisoning"
    ),
    "today": (
        "today; tomorrow; to work today; to school today; to the meeting; to the office today; "
        "to work tomorrow; to class today; to training tonight; to the office this week"
    ),
    "event": (
        "dinner; my birthday party; the picnic; the concert; lunch; the meeting; the barbecue; "
        "the summer party; the wedding; the workshop; the film night; the football match; the "
        "school play; "
        "the game night; the exhibition; the choir practice; the interview; the garden party"
    ),
    "day": "Monday; Tuesday; Wednesday; Thursday; Friday; Saturday; Sunday",
    "other_day": "Monday; Tuesday; Wednesday; Thursday; Friday; Saturday; Sunday",
    "task": (
        "my homework; the report; moving house; the garden; my computer; the maths test; the "
        "presentation; "
        "painting my room; the new printer; my application; the party; the translation; my bike; "
        "the shopping; the project; carrying a sofa; the website; my taxes; the exam; the kitchen"
    ),
    "plan": (
        "I am moving house; my sister is getting married; I have to see a dentist; my parents "
        "visit me; "
        "I have an exam; it is my birthday; my son starts school; I need some rest; "
        "I have an appointment at the bank; we are going on a trip"
    ),
    "fault": (
        "being late; missing the meeting; breaking the vase; forgetting the appointment; the "
        "mistake; "
        "the late reply; losing the book; the noise last night; forgetting the birthday; the "
        "trouble; "
        "shouting; spilling the coffee; the misunderstanding; not calling back; the delay"
    ),
    "success": (
        "the new job; the wedding; the new baby; the good exam; the driving licence; the first "
        "prize; "
        "the new house; the promotion; the birthday; the graduation; winning the race; the new book"
    ),
    "number": "",
    "item": (
        "the lamp; the blue sofa; the washing machine; the bicycle; the phone; the heating; the "
        "camera; "
        "the old piano; the coffee machine; the printer; the red coat; the garden table; the "
        "laptop; "
        "the kitchen clock; the fridge; the oven; the tent; the garden bench"
    ),
    "wish": (
        "a happy birthday; a merry Christmas; a happy New Year; a happy Easter; good luck in the "
        "exam; "
        "a nice holiday; a good trip; a quick recovery; a nice weekend; all the best for the new "
        "job; "
        "a wonderful wedding day; a good start at school; sweet dreams; a happy anniversary"
    ),
    "news": (
        "dinner is ready; I got the job; I am at home; the key is under the mat; we have a new "
        "dog; "
        "the parcel has arrived; I passed the exam; the shop is closed; I found the ring; it is "
        "raining; "
        "the car is repaired; I am moving to London; the tickets are sold out; the baby is born; "
        "I bought bread and milk; the lesson starts later; the printer works again; I am on the "
        "train"
    ),
}

PEOPLE = (
    "my boss; my teacher; my landlord; my sister; my brother; my neighbour; my friend; my "
    "colleague; "
    "my mother; my father; my aunt; my doctor; the company; the team; the hotel; the school; the "
    "shop"
).split("; ")
