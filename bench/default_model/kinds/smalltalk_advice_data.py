"""Short and sensible advice on the small troubles of a day."""

from __future__ import annotations

from ..topic import Topic

__all__ = ["ADVICE"]


_TIPS = """
    [give me|tell me|I need|do you have|have you got] [some|a few|] tips for [{doing}]
    [can you|could you] [help me|give me advice on how to|give me tips on how to] [{act}]?
    [any|some|] [tips|advice] [for|on] [{doing}]?
    [give me|I need|I'd like] [some|] advice on [{doing}]
    [I find it hard|it is hard for me|I struggle|I am trying|I try] to [{act}]. What can I do?
    [I want to|I would like to|I need to] [{act}]. [What is your advice|Any advice|Can you help]?
    [what is|what's|what would be] your advice [for|on] [{doing}]?
    [what would you|what do you] [advise|recommend|suggest] for [{doing}]?
"""
_HOW_TO = """
    how [can|do|could|should] I [{act}]?
    [what can|what should|what could|what must] I do to [{act}]?
    [what is|what's] the best way to [{act}]?
    [do you know|tell me|please tell me] how to [{act}]
"""


def _advice(act: str, doing: str, say: str, marks: str, how: bool = False) -> Topic:
    """A topic for advice; act stands behind "I try to", doing behind "tips for".

    how: whether "How can I ...?" is asked too; where steps.py answers that with a list, it is not.
    """
    ask = _TIPS + (_HOW_TO if how else "")
    asked = ask.replace("{act}", act).replace("{doing}", doing)
    return Topic(act.split("|")[0], ask=asked, say=say, marks=marks)


ADVICE = (
    _advice(
        "sleep better|fall asleep|fall asleep faster|get more sleep|sleep well",
        "sleeping better|falling asleep|better sleep|sleeping well",
        """
        Go to bed at the same time every day, keep the room dark and put the phone away early.
        Keep the room dark, put the phone away early, and go to bed at the same time every day.
        """,
        "bed at the same time; dark; phone",
    ),
    _advice(
        "study better|learn better|study for an exam|prepare for a test|learn more easily",
        "studying|learning|an exam|studying better",
        """
        Study in short blocks, take breaks, and explain what you learned in your own words.
        Take breaks, study in short blocks, and explain what you learned in your own words.
        """,
        "short blocks; breaks; own words",
    ),
    _advice(
        "have less stress|relax|reduce stress|calm down|deal with stress|be less stressed",
        "less stress|relaxing|dealing with stress|calming down",
        """
        Do one thing at a time, go for a walk, and breathe slowly for a few minutes.
        Breathe slowly for a few minutes, go for a walk, and do one thing at a time.
        """,
        "one thing at a time; walk; breathe slowly",
        how=True,
    ),
    _advice(
        "make friends|find new friends|meet new people|get to know people",
        "making friends|finding friends|meeting people",
        """
        Join a club or a course that you enjoy, be friendly, and listen to others.
        Be friendly, listen to others, and join a club or a course that you enjoy.
        """,
        "club or a course; friendly; listen",
    ),
    _advice(
        "stay healthy|live healthily|get fit|be healthier|keep fit|be fitter",
        "staying healthy|getting fit|a healthy life|keeping fit",
        """
        Move a little every day, eat fruit and vegetables, and sleep enough.
        Eat fruit and vegetables, sleep enough, and move a little every day.
        """,
        "move a little; fruit and vegetables; sleep enough",
    ),
    _advice(
        "save money|spend less money|spend less|keep my money together",
        "saving money|spending less",
        """
        Write down what you spend, make a plan for the month, and put a little aside each week.
        Make a plan for the month, write down what you spend, and put a little aside each week.
        """,
        "write down what you spend; plan; aside",
    ),
    _advice(
        "learn English|learn a language|learn a new language|learn Spanish|learn French",
        "learning a language|learning English",
        """
        Practise a little every day, learn words in whole sentences, and speak as often as you can.
        Speak as often as you can, practise a little every day, and learn words in whole sentences.
        """,
        "practise a little every day; sentences; speak",
    ),
    _advice(
        "learn to program|learn to code|learn Python|learn programming|become a programmer",
        "learning to program|learning Python|programming",
        """
        Begin with small programs, change them and see what happens, and read the documentation.
        Read the documentation, begin with small programs, change them and see what happens.
        """,
        "small programs; change them; documentation",
    ),
    _advice(
        "concentrate|focus|concentrate better|focus on my work|stop wasting time",
        "concentrating|better focus|focusing",
        """
        Put the phone into another room, choose one task, and work on it for half an hour.
        Choose one task, put the phone into another room, and work for half an hour.
        """,
        "phone into another room; one task; half an hour",
        how=True,
    ),
    _advice(
        "be on time|get up early|wake up earlier|get out of bed|get up in the morning",
        "getting up early|waking up early|being on time",
        """
        Prepare your things in the evening, go to bed early, and put the alarm far from your bed.
        Go to bed early, prepare your things in the evening, and put the alarm far from your bed.
        """,
        "things in the evening; alarm; bed early",
    ),
    _advice(
        "give a talk|speak in public|give a good speech|prepare a presentation",
        "giving a talk|a speech|a presentation",
        """
        Say your main point first, practise aloud, and speak slowly.
        Practise aloud, speak slowly, and say your main point first.
        """,
        "main point; practise aloud; speak slowly",
    ),
    _advice(
        "prepare for an interview|get ready for a job interview|do well in an interview",
        "a job interview|an interview|interviews",
        """
        Read about the company, practise your answers aloud, and be on time.
        Practise your answers aloud, read about the company, and be on time.
        """,
        "company; answers aloud; on time",
        how=True,
    ),
    _advice(
        "tidy my room|clean my room|keep my room tidy|clean up|tidy up",
        "tidying up|cleaning|keeping things tidy",
        """
        Begin with one corner, put each thing in its place, and give away what you do not need.
        Put each thing in its place, begin with one corner, and give away what you do not need.
        """,
        "one corner; in its place; give away",
    ),
    _advice(
        "find a present|choose a gift|find a gift for my friend|find a birthday present",
        "presents|choosing a gift|gifts|birthday presents",
        """
        Think of what the person enjoys: a book, a plant or a nice meal is often a good present.
        A book, a plant or a nice meal is often a good present. Think of what the person enjoys.
        """,
        "book; plant; good present",
        how=True,
    ),
    _advice(
        "say sorry to a friend|make up with my friend|apologise to someone|end a fight",
        "apologising|making up with a friend",
        """
        Say honestly that you are sorry, listen to the other person, and give it some time.
        Listen to the other person, say honestly that you are sorry, and give it some time.
        """,
        "you are sorry; listen; time",
        how=True,
    ),
    _advice(
        "be happier|be happy|feel better|get in a better mood|be more positive",
        "being happier|feeling better|a better mood",
        """
        Spend time with people you like, go outside, and think of three good things each evening.
        Go outside, spend time with people you like, and think of three good things each evening.
        """,
        "people you like; outside; three good things",
    ),
    _advice(
        "write better|write a good text|become a better writer|improve my writing",
        "writing|better writing|writing well",
        """
        Use short sentences and simple words, read your text aloud, and cut what is not needed.
        Read your text aloud, use short sentences and simple words, and cut what is not needed.
        """,
        "short sentences; aloud; cut",
        how=True,
    ),
    _advice(
        "learn to cook|cook better|cook a simple meal|become a better cook",
        "cooking|learning to cook|simple cooking",
        """
        Begin with simple dishes such as soup or pasta, follow a recipe, and taste as you cook.
        Follow a recipe, begin with simple dishes such as soup or pasta, and taste as you cook.
        """,
        "simple dishes; recipe; taste",
    ),
)
