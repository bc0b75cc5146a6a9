"""Python's built-in functions and the methods of its types, as library.py asks for them.

Each begins with the call and what it does, with the words between asterisks that an answer must
hold; indented below stand what people want when they need it, and an example with its value.
"""

from __future__ import annotations

__all__ = ["BUILTINS"]

BUILTINS = """
len(x): returns the *number* of *items* in x
    get the length of a list; count the items of a list; find how long a string is | len("abc") -> 3
print(x): *writes* x to the *screen*
    print a value; write text to the screen; show a message | print("hello")
input(prompt): *reads* one *line* of text from the *user*
    read input from the user; ask the user for text | name = input("Your name? ")
int(x): *converts* x to a *whole number*
    convert a string to an integer; turn text into a whole number | int("42") -> 42
float(x): *converts* x to a *floating-point* number
    convert a string to a float; turn text into a decimal number | float("2.5") -> 2.5
str(x): *converts* x to a *string*
    convert a number to a string; turn a number into text | str(42) -> '42'
bool(x): *converts* x to *True* or *False*
    convert a value to a boolean; test whether a value is truthy | bool("") -> False
list(xs): makes a new *list* from the *items* of xs
    turn a tuple into a list; make a list from an iterable | list("abc") -> ['a', 'b', 'c']
tuple(xs): makes a *tuple* from the *items* of xs
    turn a list into a tuple | tuple([1, 2]) -> (1, 2)
dict(pairs): makes a *dictionary* from *pairs* of keys and values
    make a dictionary from pairs | dict([("a", 1)]) -> {'a': 1}
set(xs): makes a *set* with each item of xs *once*
    remove duplicates from a list; get the unique items of a list | set([1, 1, 2]) -> {1, 2}
frozenset(xs): makes a *set* that *cannot be changed*
    make an immutable set | frozenset([1, 2]) -> frozenset({1, 2})
sum(xs): returns the *sum* of the *numbers* in xs
    add up a list of numbers; get the total of a list | sum([1, 2, 3]) -> 6
min(xs): returns the *smallest* item of xs
    find the smallest item of a list; get the minimum of a list | min([3, 1, 2]) -> 1
max(xs): returns the *largest* item of xs
    find the largest item of a list; get the maximum of a list | max([3, 1, 2]) -> 3
abs(x): returns the *absolute value* of x
    get the absolute value of a number; drop the sign of a number | abs(-5) -> 5
round(x, n): *rounds* x to n *digits* after the point
    round a number; round to two decimals | round(2.567, 2) -> 2.57
pow(x, y): returns x to the *power* of y
    raise a number to a power | pow(2, 3) -> 8
divmod(a, b): returns the *quotient* and the *remainder* of a and b
    get quotient and remainder at once | divmod(7, 3) -> (2, 1)
sorted(xs): returns a *new* *sorted* list of the items of xs
    sort a list without changing it; get a sorted copy of a list | sorted([3, 1, 2]) -> [1, 2, 3]
reversed(xs): *goes through* xs from the *end* to the start
    loop over a list backwards; iterate in reverse | list(reversed([1, 2, 3])) -> [3, 2, 1]
range(n): gives the *numbers* from *0* up to n *without n*
    loop over a range of numbers; count from zero to a number | list(range(3)) -> [0, 1, 2]
enumerate(xs): gives *pairs* of an *index* and an item of xs
    loop over a list with an index; number the items of a list |
    list(enumerate("ab")) -> [(0, 'a'), (1, 'b')]
zip(a, b): *pairs* the items of a and b
    loop over two lists at once; combine two lists into pairs |
    list(zip([1, 2], "ab")) -> [(1, 'a'), (2, 'b')]
map(f, xs): *calls* f on *each* item of xs
    apply a function to every item of a list | list(map(str, [1, 2])) -> ['1', '2']
filter(f, xs): *keeps* the items of xs for which f is *true*
    keep only the items that pass a test | list(filter(bool, [0, 1, 2])) -> [1, 2]
any(xs): returns *True* if *at least one* item of xs is true
    check whether any item is true; test whether one condition holds | any([False, True]) -> True
all(xs): returns *True* if *every* item of xs is true
    check whether all items are true; test whether every condition holds |
    all([True, False]) -> False
open(path, mode): *opens* a *file* for reading or writing
    open a file; read a file; write to a file | file = open("notes.txt")
type(x): returns the *type* of x
    find the type of a value; see which class an object has | type(5).__name__ -> 'int'
isinstance(x, t): returns True if x is an *instance* of the *class* t
    check the type of a value; test whether a value is a string | isinstance(5, int) -> True
issubclass(a, b): returns True if a is a *subclass* of b
    check whether a class inherits from another | issubclass(bool, int) -> True
id(x): returns a number that *identifies* the *object* x
    get the identity of an object | id("a") == id("a") -> True
hash(x): returns the *hash value* of x
    get the hash of an object | hash(5) -> 5
callable(x): returns True if x can be *called* like a *function*
    check whether an object can be called | callable(len) -> True
getattr(x, name): returns the *attribute* of x with that *name*
    read an attribute by its name | getattr(5, "real") -> 5
setattr(x, name, value): *sets* the *attribute* of x with that name
    set an attribute by its name | setattr(user, "age", 30)
hasattr(x, name): returns True if x *has* an *attribute* with that name
    check whether an object has an attribute | hasattr("a", "upper") -> True
delattr(x, name): *deletes* the *attribute* of x with that name
    delete an attribute by its name | delattr(user, "age")
dir(x): *lists* the *names* that x has
    list the attributes of an object; see which methods an object has | "upper" in dir("a") -> True
vars(x): returns the *attributes* of x as a *dictionary*
    get the attributes of an object as a dict | vars(user)
help(x): *shows* the *documentation* of x
    read the documentation in the shell; get help on a function | help(len)
repr(x): returns a *string* that shows x as *code* would write it
    get the representation of an object | repr("a") -> "'a'"
chr(n): returns the *character* with the *code* n
    turn a code point into a character | chr(97) -> 'a'
ord(c): returns the *code* of the *character* c
    get the code point of a character; turn a letter into a number | ord("a") -> 97
bin(n): returns n as a *binary* string
    convert a number to binary | bin(5) -> '0b101'
hex(n): returns n as a *hexadecimal* string
    convert a number to hexadecimal; convert a number to hex | hex(255) -> '0xff'
oct(n): returns n as an *octal* string
    convert a number to octal | oct(8) -> '0o10'
iter(xs): returns an *iterator* over xs
    get an iterator | next(iter([1, 2])) -> 1
next(it): returns the *next* item of an *iterator*
    get the next item of an iterator; take one value from a generator | next(iter("ab")) -> 'a'
eval(text): *computes* the value of an *expression* given as text
    evaluate an expression in a string | eval("1 + 2") -> 3
exec(text): *runs* *code* given as text
    run code from a string | exec("x = 1")
format(x, spec): *formats* x as a *string* by the given rules
    format one value | format(3.14159, ".2f") -> '3.14'
super(): gives access to the *methods* of the *parent class*
    call the method of the parent class | super().__init__()
property(f): makes a *method* readable like an *attribute*
    make a computed attribute | age = property(get_age)
staticmethod(f): makes a *method* that takes *no self*
    define a method without self | twice = staticmethod(double)
classmethod(f): makes a *method* that takes the *class* as its first argument
    define a method that gets the class | create = classmethod(make)
bytes(xs): makes an *immutable* sequence of *bytes*
    make a bytes object | bytes([65, 66]) -> b'AB'
complex(a, b): makes a *complex number*
    make a complex number | complex(1, 2) -> (1+2j)
slice(a, b): makes an *object* that stands for a *slice* from a to b
    store a slice in a variable | "hello"[slice(1, 3)] -> 'el'
globals(): returns the *global* names as a *dictionary*
    get all global variables | "x" in globals()
locals(): returns the *local* names as a *dictionary*
    get all local variables | "x" in locals()
breakpoint(): *stops* the program in the *debugger*
    start the debugger; set a breakpoint in code | breakpoint()
str.upper(): returns the string in *upper case*
    convert a string to upper case; make all letters capital | "abc".upper() -> 'ABC'
str.lower(): returns the string in *lower case*
    convert a string to lower case; make all letters small | "ABC".lower() -> 'abc'
str.title(): returns the string with a *capital* at the start of *each word*
    capitalize every word of a string | "hello world".title() -> 'Hello World'
str.capitalize(): returns the string with its *first letter* as a *capital*
    make the first letter of a string upper case | "hello".capitalize() -> 'Hello'
str.swapcase(): *swaps* upper and lower *case* in a string
    swap upper and lower case | "aB".swapcase() -> 'Ab'
str.casefold(): returns the string for *comparing* without regard to *case*
    compare strings ignoring case | "ABC".casefold() == "abc".casefold() -> True
str.strip(): *removes* *whitespace* from *both ends* of a string
    remove spaces from both ends of a string; trim a string | "  hi  ".strip() -> 'hi'
str.lstrip(): *removes* *whitespace* from the *start* of a string
    remove leading spaces | "  hi".lstrip() -> 'hi'
str.rstrip(): *removes* *whitespace* from the *end* of a string
    remove trailing spaces; remove the newline at the end of a line | "hi  ".rstrip() -> 'hi'
str.split(sep): *splits* a string into a *list* of parts
    split a string; split a string into words; split text at commas | "a,b".split(",") -> ['a', 'b']
str.rsplit(sep, n): *splits* a string from the *right*
    split a string from the right | "a.b.c".rsplit(".", 1) -> ['a.b', 'c']
str.splitlines(): *splits* a string into a list of *lines*
    split a text into lines | "a\\nb".splitlines() -> ['a', 'b']
str.partition(sep): *splits* a string at the *first* sep into *three* parts
    split a string at the first separator | "a=b".partition("=") -> ('a', '=', 'b')
str.join(parts): *joins* the *strings* of a list into one
    join a list of strings; combine strings with a separator | "-".join(["a", "b"]) -> 'a-b'
str.replace(old, new): returns the string with *old* *replaced* by *new*
    replace part of a string; replace a word in a text | "cat".replace("c", "b") -> 'bat'
str.find(part): returns the *index* of a part of a string, or *-1*
    find the position of a substring; search in a string | "hello".find("l") -> 2
str.rfind(part): returns the *last* *index* of a part of a string, or -1
    find the last position of a substring | "hello".rfind("l") -> 3
str.index(part): returns the *index* of a part of a string, or raises *ValueError*
    get the index of a substring or an error | "hello".index("e") -> 1
str.count(part): *counts* how *often* a part occurs in a string
    count how often a letter occurs; count a substring | "banana".count("a") -> 3
str.startswith(part): returns True if the string *starts* with the part
    check whether a string starts with a prefix | "hello".startswith("he") -> True
str.endswith(part): returns True if the string *ends* with the part
    check whether a string ends with a suffix; check a file extension |
    "a.txt".endswith(".txt") -> True
str.removeprefix(part): returns the string without that *part* at its *start*
    remove a prefix from a string | "unhappy".removeprefix("un") -> 'happy'
str.removesuffix(part): returns the string without that *part* at its *end*
    remove a suffix from a string | "a.txt".removesuffix(".txt") -> 'a'
str.isdigit(): returns True if *all* characters are *digits*
    check whether a string is a number; test whether a string has only digits |
    "42".isdigit() -> True
str.isalpha(): returns True if *all* characters are *letters*
    check whether a string has only letters | "abc".isalpha() -> True
str.isalnum(): returns True if all characters are *letters* or *digits*
    check whether a string has only letters and digits | "a1".isalnum() -> True
str.isspace(): returns True if *all* characters are *whitespace*
    check whether a string is only whitespace | "  ".isspace() -> True
str.isupper(): returns True if all letters are *upper case*
    check whether a string is upper case | "ABC".isupper() -> True
str.islower(): returns True if all letters are *lower case*
    check whether a string is lower case | "abc".islower() -> True
str.zfill(n): *fills* a string with *zeros* on the left up to n characters
    pad a number with zeros | "7".zfill(3) -> '007'
str.ljust(n): *pads* a string on the *right* up to n characters
    pad a string on the right; left-align a string | "a".ljust(3) -> 'a  '
str.rjust(n): *pads* a string on the *left* up to n characters
    pad a string on the left; right-align a string | "a".rjust(3) -> '  a'
str.center(n): *centers* a string in n characters
    center a string | "a".center(3) -> ' a '
str.format(values): puts *values* into the *braces* of a string
    fill values into a string with braces | "Hi {}".format("Tom") -> 'Hi Tom'
str.encode(): *converts* a string to *bytes*
    convert a string to bytes; encode text as UTF-8 | "abc".encode() -> b'abc'
bytes.decode(): *converts* bytes to a *string*
    convert bytes to a string; decode UTF-8 | b"abc".decode() -> 'abc'
list.append(x): *adds* x to the *end* of the list
    add an item to a list; append to a list | xs.append(3)
list.extend(items): adds *all* *items* of another list to the *end*
    add all items of one list to another | xs.extend([3, 4])
list.insert(i, x): *inserts* x into the list *before* index i
    insert an item at a position; add an item at the start of a list | xs.insert(0, "a")
list.remove(x): *removes* the *first* item equal to x
    remove an item by its value; delete a value from a list | xs.remove(3)
list.pop(): *removes* the *last* item and *returns* it
    remove the last item of a list; take an item off a list | [1, 2, 3].pop() -> 3
list.clear(): *removes* *all* items from the list
    empty a list | xs.clear()
list.index(x): returns the *index* of the *first* item equal to x
    find the index of an item; find the position of a value in a list | [5, 6, 7].index(6) -> 1
list.count(x): *counts* how *often* x is in the list
    count how often a value is in a list | [1, 2, 1].count(1) -> 2
list.sort(): *sorts* the list *in place*
    sort a list in place | xs.sort()
list.reverse(): *reverses* the list *in place*
    reverse a list in place | xs.reverse()
list.copy(): returns a *shallow copy* of the list
    copy a list; make a shallow copy of a list | [1, 2].copy() -> [1, 2]
dict.get(key, default): returns the *value* of a key, or the *default* if it is *missing*
    read a key that may be missing; get a value with a default | {"a": 1}.get("b", 0) -> 0
dict.keys(): returns the *keys* of the dictionary
    get the keys of a dictionary; loop over keys | list({"a": 1}.keys()) -> ['a']
dict.values(): returns the *values* of the dictionary
    get the values of a dictionary; loop over values | list({"a": 1}.values()) -> [1]
dict.items(): returns the *pairs* of *keys and values*
    loop over a dictionary; loop over keys and values | list({"a": 1}.items()) -> [('a', 1)]
dict.pop(key): *removes* a *key* and returns its *value*
    remove a key from a dictionary; delete a dictionary entry | {"a": 1}.pop("a") -> 1
dict.popitem(): *removes* and returns the *last pair* of the dictionary
    take the last pair out of a dictionary | {"a": 1}.popitem() -> ('a', 1)
dict.update(other): *adds* the *pairs* of another dictionary
    merge two dictionaries; add the pairs of another dict | d.update({"b": 2})
dict.setdefault(key, value): returns the *value* of a key and *adds* it if it is *missing*
    set a key only if it is missing | {"a": 1}.setdefault("b", 2) -> 2
dict.fromkeys(keys, value): makes a *dictionary* with the *same value* for all keys
    make a dict from a list of keys | dict.fromkeys("ab", 0) -> {'a': 0, 'b': 0}
set.add(x): *adds* x to the *set*
    add an item to a set | numbers.add(3)
set.discard(x): *removes* x from the set, *without an error* if it is missing
    remove an item from a set without an error | numbers.discard(3)
set.remove(x): *removes* x from the set, or raises *KeyError*
    remove an item from a set or get an error | numbers.remove(3)
set.union(other): returns the items that are in *either* *set*
    combine two sets; get the union of two sets | {1}.union({2}) -> {1, 2}
set.intersection(other): returns the items that are in *both* *sets*
    find the common items of two sets; get the intersection of two sets |
    {1, 2}.intersection({2}) -> {2}
set.difference(other): returns the items that are *not* in the *other* set
    get the difference of two sets; subtract one set from another | {1, 2}.difference({2}) -> {1}
set.symmetric_difference(other): returns the items that are in *exactly one* of the *sets*
    find items that are in only one of two sets | {1, 2}.symmetric_difference({2, 3}) -> {1, 3}
set.issubset(other): returns True if *all* items are also in the *other* set
    check whether one set is part of another | {1}.issubset({1, 2}) -> True
set.issuperset(other): returns True if the set *holds* *all* items of the other
    check whether a set holds all items of another | {1, 2}.issuperset({1}) -> True
file.read(): *reads* the *whole* file as one *string*
    read a whole file into a string | text = file.read()
file.readline(): *reads* *one line* of a file
    read one line of a file | line = file.readline()
file.readlines(): *reads* *all lines* of a file into a *list*
    read all lines of a file into a list | lines = file.readlines()
file.write(text): *writes* text into a *file*
    write text into an open file | file.write("hello")
file.close(): *closes* the *file*
    close a file | file.close()
"""
