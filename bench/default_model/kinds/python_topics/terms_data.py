"""What words of programming mean, what sets two of them apart, and when exceptions are raised.

The words between asterisks are those that an answer must hold.
"""

from __future__ import annotations

__all__ = ["CONCEPTS", "DIFFERENCES", "ERRORS"]

# The term, with its article; its plural, if people ask for it; what it is; perhaps an example.
CONCEPTS = """
a variable; variables | is a *name* that refers to a *value* | age = 30
a string; strings | is a piece of *text* between *quotes* | name = "Tom"
an integer; integers | is a *whole number* | count = 5
a float; floats | is a number with a *decimal point* | price = 2.5
a boolean; booleans | is a value that is either *True* or *False* | done = True
a list; lists | is an ordered *collection* of items that can be *changed* | items = [1, 2, 3]
a tuple; tuples | is an ordered collection of items that *cannot be changed* | point = (1, 2)
a dictionary; dictionaries | is a collection of *keys* with their *values* | ages = {"Tom": 30}
a dict; dicts | is short for dictionary, a collection of *keys* with their *values* |
    ages = {"Tom": 30}
a set; sets | is a collection in which every item comes only *once* | numbers = {1, 2, 3}
a loop; loops | *repeats* a piece of *code* | for i in range(3):\\n    print(i)
a for loop; for loops | runs its code *once* for *each item* of a collection |
    for x in [1, 2]:\\n    print(x)
a while loop; while loops | repeats its code *as long as* a *condition* is true |
    while n > 0:\\n    n -= 1
an if statement; if statements | runs its code only if a *condition* is *true* |
    if n > 0:\\n    print("positive")
a condition; conditions | is an expression that is *true* or *false* | n > 0
a function; functions | is a *named* piece of *code* that can be called |
    def double(x):\\n    return x * 2
an argument; arguments | is a *value* that is *passed* to a function | print("hello")
a parameter; parameters | is a *name* in a function's *definition* that receives an argument |
    def double(x):\\n    return x * 2
a keyword argument; keyword arguments | is an argument that is passed with its *name* |
    print("a", end="")
a default argument; default arguments | is a value that a parameter has when *nothing* is *passed* |
    def greet(name="you"):\\n    print(name)
a return value; return values | is the *result* that a function *gives back* |
    def one():\\n    return 1
a class; classes | is a *blueprint* for *objects* | class Dog:\\n    pass
an object; objects | is a value with *data* and *methods* | text = "abc"\\ntext.upper()
an instance; instances | is an *object* made from a *class* | dog = Dog()
an attribute; attributes | is a *value* that belongs to an *object* | dog.name = "Rex"
a method; methods | is a *function* that belongs to an *object* | "abc".upper()
a constructor; constructors | is the method *__init__*, which sets up a *new object* |
    class Dog:\\n    def __init__(self, name):\\n        self.name = name
self | is the *object* that a *method* is called on |
    class Dog:\\n    def bark(self):\\n        print(self)
inheritance | means that a class takes over the *methods* of a *parent* class |
    class Dog(Animal):\\n    pass
polymorphism | means that *different* objects answer to the *same* method in their own way
encapsulation | means that an object keeps its *data* behind its *methods*
a module; modules | is a *file* with Python *code* that can be imported | import math
a package; packages | is a *folder* of *modules* | import os.path
a library; libraries | is a collection of *code* that other programs can *use* | import math
the standard library | is the collection of *modules* that comes *with Python* | import json
an import; imports | *loads* a *module* so that its names can be used | import math
an exception; exceptions | is an *error* that is *raised* while a program runs |
    raise ValueError("too small")
a try block; try blocks | holds code whose *exceptions* are *caught* |
    try:\\n    int("a")\\nexcept ValueError:\\n    print("no number")
a traceback; tracebacks | is the *report* of the calls that led to an *error*
a decorator; decorators | is a function that *changes* another *function* |
    @staticmethod\\ndef double(x):\\n    return x * 2
a generator; generators | is a function that *yields* values *one at a time* |
    def count():\\n    yield 1\\n    yield 2
yield | gives *one value* of a *generator* and waits for the next call | def count():\\n    yield 1
an iterator; iterators | is an object that gives its items *one* *after another* |
    it = iter([1, 2])\\nnext(it)
an iterable; iterables | is an object that you can *loop* *over* | for x in [1, 2]:\\n    print(x)
a lambda; lambdas | is a small *function* *without a name* | lambda x: x * 2
a list comprehension; list comprehensions | builds a *list* in *one expression* |
    [n * n for n in range(5)]
a dict comprehension; dict comprehensions | builds a *dictionary* in *one expression* |
    {n: n * n for n in range(5)}
an f-string; f-strings | is a string with *values* in *braces* | name = "Tom"\\nf"Hello {name}"
slicing | takes a *part* of a list or *string* | "hello"[1:3]
indexing | gets *one item* by its *position* | [5, 6, 7][0]
mutability | means that an object can be *changed* after it is *made* |
    items = [1]\\nitems.append(2)
an immutable object; immutable objects | *cannot be changed* after it is *made* | point = (1, 2)
recursion | means that a function *calls itself* |
    def down(n):\\n    return 0 if n == 0 else down(n - 1)
scope | is the *part* of a program where a *name* is known
a global variable; global variables | is a variable that the *whole module* can *see* | limit = 10
a local variable; local variables | is a variable that only its *function* can *see* |
    def f():\\n    x = 1\\n    return x
a constant; constants | is a *name* whose *value* should not change | LIMIT = 10
a virtual environment; virtual environments | is a *folder* with its own Python *packages*
pip | *installs* Python *packages*
PyPI | is the *index* from which pip gets Python *packages*
the GIL | is a *lock* that lets only one *thread* run Python code at a time
a type hint; type hints | says which *type* a value should *have* |
    def double(x: int) -> int:\\n    return x * 2
a docstring; docstrings | is a string that *documents* a *function*, class or module |
    def one():\\n    \"\"\"Returns 1.\"\"\"\\n    return 1
a comment; comments | is a *note* for people that Python *ignores* | # this is a comment
indentation | is the *space* at the *start* of a line; it shows which lines form a block |
    if True:\\n    print("in the block")
None | is the value for *nothing* | result = None
truthiness | tells whether a value *counts* as *true*; empty values count as false |
    bool([]) == False
PEP 8 | is the *style guide* for Python *code*
a PEP; PEPs | is a *proposal* for *changes* to Python
the REPL | is Python's *interactive* *shell*
the Zen of Python | is a short *list* of Python's *design* rules | import this
a context manager; context managers | *sets up* things for a with block and *cleans up* after it |
    with open("a.txt") as file:\\n    file.read()
a with statement; with statements | runs a block and *cleans up* after it, such as *closing* one |
    with open("a.txt") as file:\\n    file.read()
a dataclass; dataclasses | is a class that mainly holds *data*, with its methods *written* for you |
    @dataclass\\nclass Point:\\n    x: int
an enum; enums | is a set of *named* *constants* | class Color(Enum):\\n    RED = 1
a coroutine; coroutines | is a function that can *pause* and *wait*, written with async |
    async def main():\\n    pass
unpacking | assigns the *items* of a collection to *several names* | a, b = (1, 2)
an operator; operators | is a *symbol* such as *+* that computes with values | 1 + 2
an expression; expressions | is a piece of code that *has* a *value* | 1 + 2
a statement; statements | is a piece of code that *does* *something* | x = 5
an assertion; assertions | *checks* that something is *true* while a program runs |
    assert 1 + 1 == 2
a unit test; unit tests | *checks* one *small* part of a program |
    def test_add():\\n    assert add(1, 2) == 3
Python | is a *programming language* that is easy to *read* | print("hello")
programming | is *writing* *instructions* for a computer
an algorithm; algorithms | is a list of *steps* that solves a *problem*
a data structure; data structures | is a way to *organize* *data*, such as a list or a tree
a bug; bugs | is a *mistake* in a *program*
debugging | is *finding* and fixing *mistakes* in a program
a compiler; compilers | *translates* source code into *machine code*
an interpreter; interpreters | *runs* source code *directly*
source code | is the *text* of a *program*
an editor; editors | is a program for *writing* *text* or code
Git | keeps the *history* of *files* in a project
a commit; commits | is a *saved* *state* of a project in Git
a branch; branches | is a separate *line* of *work* in Git
a repository; repositories | is a *project* with its *history* in Git
open source | means that anyone may *read* and *use* the code
HTTP | is the *protocol* that *browsers* and web servers speak
HTML | is the *language* in which web *pages* are written
CSS | sets the *look* of *web pages*
JavaScript | is the *programming language* of web *browsers*
a URL; URLs | is the *address* of a *page* on the web
JSON | is a *text format* for *data* with objects, lists, strings and numbers |
    {"name": "Tom", "age": 30}
CSV | is a text format for *tables*, with *commas* between the values
an API; APIs | is a set of *calls* through which *programs* talk to each other
a REST API; REST APIs | is an interface that programs use over *HTTP* with *URLs*
a server; servers | is a program or computer that *answers* *requests*
a client; clients | is a program that *sends* *requests* to a server
a database; databases | *stores* *data* so that it can be found again quickly
SQL | is a *language* for asking *databases*
Linux | is a free *operating system*
an operating system; operating systems | *manages* a computer's *hardware* and programs
a shell; shells | is a program that *reads* *commands* and runs them
a terminal; terminals | is a *window* for typing *commands*
a process; processes | is a *running* *program*
a thread; threads | is a *line of work* inside a *process*
a file; files | is *data* with a *name* on a disk
RAM | is the *memory* that a computer uses while it *works*
a CPU; CPUs | is the *part* of a computer that runs *instructions*
a GPU; GPUs | is a *processor* that does many *calculations* at once
a bit; bits | is the *smallest* unit of *data*: 0 or 1
a byte; bytes | is a group of *eight* *bits*
binary | is writing numbers with only *0* and *1*
ASCII | is a *code* for *128* characters
Unicode | is a *standard* that gives every *character* a number
UTF-8 | is the most common way to *store* *Unicode* text as bytes
a framework; frameworks | is a *ready-made* *structure* for building programs
a regular expression; regular expressions | is a *pattern* that describes *text* | "[0-9]+"
a hash; hashes | is a *number* computed from *data* to identify it
a cache; caches | *keeps* results so that they are *faster* to get again
a stack; stacks | is a collection from which the *last* item comes out *first*
a queue; queues | is a collection from which the *first* item comes out *first*
a neural network; neural networks |
    is a program that *learns* from *examples* by adjusting many numbers
a language model; language models | is a program that *predicts* the next piece of *text*
machine learning | is making programs that *learn* from *data*
"""

# Two terms, as people name them, and what sets them apart.
DIFFERENCES = """
a list | a tuple | A list can be *changed*, but a tuple *cannot*.
a list | a set | A list keeps its *order* and may repeat items; a set holds each item *once*.
a list | a dictionary | A list finds items by their *position*, a dictionary by their *key*.
== | is | == compares *values*; is tests whether both are the *same object*.
= | == | = *assigns* a value; == *compares* two values.
/ | // | / gives a *float*; // rounds *down* to a whole number.
append | extend | append adds *one* item; extend adds *all* items of another list.
sort | sorted | sort changes the list *in place*; sorted returns a *new* list.
remove | pop | remove deletes an item by its *value*; pop deletes by its *index* and returns it.
a function | a method | A method is a function that *belongs* to an *object*.
a class | an object | A class is the *blueprint*; an object is *made* from it.
a parameter | an argument |
    A parameter is a *name* in the definition; an argument is the *value* passed.
a module | a package | A module is one *file*; a package is a *folder* of modules.
a process | a thread | Processes have *separate* memory; threads of one process *share* it.
a compiler | an interpreter |
    A compiler *translates* a program first; an interpreter runs it *directly*.
an int | a float | An int is a *whole* number; a float has a *decimal point*.
break | continue | break *ends* the loop; continue goes on with the *next* round.
return | print | return *gives* a value back to the caller; print *shows* it on the screen.
return | yield | return *ends* the function; yield gives a value and *goes on* later.
a for loop | a while loop |
    A for loop goes over *items*; a while loop runs as long as a *condition* holds.
json.load | json.loads | json.load reads from a *file*; json.loads reads from a *string*.
json.dump | json.dumps | json.dump writes to a *file*; json.dumps returns a *string*.
find | index | find returns *-1* if the part is missing; index raises *ValueError*.
str | bytes | str holds *characters*; bytes holds numbers from *0 to 255*.
a shallow copy | a deep copy |
    A shallow copy *shares* the inner objects; a deep copy *copies* them too.
read | readlines | read returns *one string*; readlines returns a *list* of lines.
"""

# The exception, when it is raised, and code that raises it.
ERRORS = """
ValueError | an argument has the right *type* but a *wrong value* |
    int("abc"); float("x"); [1, 2].index(5)
TypeError | a value has the *wrong type* | 1 + "a"; len(5); "a" - "b"; None + 1; int([])
KeyError | a *key* is *missing* from a dictionary | {"a": 1}["b"]; {}["x"]; {"a": 1}.pop("c")
IndexError | an *index* is *out of range* | [1, 2][5]; "abc"[10]; [].pop(); (1, 2)[2]
NameError | a *name* is *not defined* | undefined_name; undefined_name + 1; print(undefined_name)
AttributeError | an object has *no* such *attribute* | "abc".foo; [].add(1); None.upper(); (5).name
ZeroDivisionError | a number is *divided* by *zero* | 1 / 0; 5 // 0; 7 % 0; 0 / 0; divmod(1, 0)
FileNotFoundError | a *file* does *not exist* | open("no-such-file.txt")
ModuleNotFoundError | a *module* *cannot be found* | import no_such_module
ImportError | a name *cannot be imported* from a *module* | from math import no_such_name
SyntaxError | the *code* breaks Python's *grammar* | if x = 1: pass; print("a"; def f(
IndentationError | the *indentation* of a line is *wrong*
RecursionError | a function *calls itself* *too often*
StopIteration | an *iterator* has *no more* items | next(iter([])); next(iter(""))
OverflowError | a *result* is *too large* | 2.0 ** 5000
UnicodeDecodeError | *bytes* cannot be *decoded* as text | b"\\xff".decode()
UnicodeEncodeError | text *cannot* be *encoded*
AssertionError | an *assert* statement *fails* | assert 1 == 2; assert False; assert not True
NotImplementedError | a method is *not* *written* yet
PermissionError | a program *may not* use a *file*
FileExistsError | a *file* or folder *already exists*
IsADirectoryError | a file is expected but the path is a *folder*
TimeoutError | an operation *takes too long*
ConnectionError | a *connection* *fails*
KeyboardInterrupt | the *user* presses *Ctrl+C*
MemoryError | there is *not enough* *memory*
UnboundLocalError | a *local* variable is used *before* it has a value
EOFError | *input* *ends* before anything is read
"""
