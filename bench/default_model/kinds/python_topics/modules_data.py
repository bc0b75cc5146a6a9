"""The modules of the standard library and what is in them, written like builtins_data.py.

An entry whose name has no dot and no call is a module.
"""

from __future__ import annotations

__all__ = ["FUNCTIONS", "MODULES"]

MODULES = """
os: talks to the *operating system*: *files*, folders and the environment
    work with files and folders; use the operating system | os.getcwd()
sys: gives access to the *interpreter*: *arguments*, paths and exit
    reach the interpreter; read command line arguments | sys.argv
math: has *mathematical* functions such as sqrt, *sin* and log
    compute square roots and logarithms; do mathematics | math.sqrt(9) -> 3.0
random: makes *random* *numbers* and choices
    make random numbers; roll a dice | random.randint(1, 6)
json: reads and writes *JSON*
    read JSON; write JSON; work with JSON data | json.dumps([1, 2]) -> '[1, 2]'
re: searches text with *regular expressions*
    use regular expressions; match patterns in text | re.findall(r"[0-9]+", "a1b22") -> ['1', '22']
datetime: works with *dates* and *times*
    work with dates; compute with dates and times | datetime.date(2024, 5, 1)
time: reads the *clock* and *waits*
    measure time; read the clock | time.time()
calendar: prints *calendars* and knows *weekdays* and leap years
    print a calendar; check whether a year is a leap year | calendar.isleap(2024) -> True
itertools: has tools for *iterators*, such as *chain* and product
    combine iterators; make combinations and permutations | list(itertools.chain("ab", "c"))
functools: has tools for *functions*, such as *reduce*, partial and lru_cache
    cache the results of functions; work with functions as values |
    functools.reduce(max, [1, 3, 2]) -> 3
operator: has Python's *operators* as *functions*
    use an operator as a function | operator.add(2, 3) -> 5
collections: has more *containers*, such as *Counter*, deque and defaultdict
    use special containers; use a queue or a counter | collections.Counter("aab")["a"] -> 2
pathlib: works with *paths* of files as *objects*
    work with paths as objects; handle file paths | pathlib.Path("a.txt").suffix -> '.txt'
shutil: *copies*, *moves* and deletes files and folders
    copy and move files; copy whole folders | shutil.copy("a.txt", "b.txt")
tempfile: makes *temporary* *files* and folders
    make temporary files | tempfile.TemporaryDirectory()
glob: finds files by *patterns* with *wildcards*
    find files by a pattern; list files with wildcards | glob.glob("*.txt")
subprocess: *runs* other *programs*
    run other programs; start a shell command | subprocess.run(["ls"])
threading: runs code in *threads*
    use threads; run code in the background | threading.Thread(target=print)
multiprocessing: runs code in several *processes*
    use several processors; run code in parallel processes | multiprocessing.Pool(4)
asyncio: runs *asynchronous* code with *async* and await
    write asynchronous code; use async and await | asyncio.run(main())
queue: has *queues* that *threads* can share
    pass data between threads | queue.Queue()
logging: writes *log* *messages* with levels
    write log messages; log errors | logging.warning("disk is full")
argparse: reads the *command line* *options* of a program
    parse command line options; make a command line tool | argparse.ArgumentParser()
csv: reads and writes *CSV* files
    read CSV files; write a CSV file; read a table with commas | csv.reader(file)
configparser: reads *configuration* files in the *INI* format
    read an INI file | configparser.ConfigParser()
sqlite3: works with *SQLite* *databases*
    use an SQLite database; store data in a small database | sqlite3.connect("data.db")
hashlib: computes *hashes* such as *SHA-256*
    compute a hash; get the checksum of data | hashlib.sha256(b"abc").hexdigest()
secrets: makes *random* values that are *safe* for passwords
    make a safe password or token | secrets.token_hex(8)
base64: converts *bytes* to *Base64* text and back
    encode data as Base64 | base64.b64encode(b"abc") -> b'YWJj'
struct: *packs* numbers into *bytes* and unpacks them
    read binary data; pack numbers into bytes | struct.pack("<H", 1) -> b'\\x01\\x00'
pickle: *saves* Python *objects* as bytes and *loads* them
    save Python objects to a file | pickle.dumps([1, 2])
copy: makes *copies* of objects, *shallow* or *deep*
    copy an object | copy.copy([1, 2]) -> [1, 2]
socket: sends data over the *network* with *sockets*
    use the network directly; open a network connection | socket.socket()
urllib: opens *URLs* and takes them *apart*
    download a page without other packages; work with URLs |
    urllib.request.urlopen("http://localhost")
http: has *HTTP* *clients* and *servers*
    write an HTTP server; speak HTTP | http.HTTPStatus.OK.value -> 200
email: reads and writes *e-mail* messages
    read e-mail messages | email.message_from_string("Subject: hi")["Subject"] -> 'hi'
smtplib: *sends* *e-mail*
    send an e-mail | smtplib.SMTP("localhost")
html: *escapes* text for *HTML*
    escape HTML | html.escape("<b>") -> '&lt;b&gt;'
xml: reads and writes *XML*
    read XML | xml.etree.ElementTree.fromstring("<a/>").tag -> 'a'
unittest: *tests* code with *test cases*
    write unit tests; test code without other packages | unittest.main()
doctest: *tests* the *examples* in docstrings
    test the examples in docstrings | doctest.testmod()
pdb: is Python's *debugger*
    debug a program step by step | pdb.set_trace()
timeit: *measures* how *long* small pieces of code take
    measure how fast code is | timeit.timeit("sum([1, 2])", number=10)
cProfile: finds out *where* a program spends its *time*
    profile a program | cProfile.run("sum(range(100))")
traceback: *prints* and formats *tracebacks*
    print a traceback | traceback.print_exc()
typing: has names for *type hints*
    write type hints for special types | typing.Any
contextlib: has tools for the *with* *statement*
    write a context manager with a generator; ignore an exception in a with block |
    contextlib.suppress(KeyError)
dataclasses: makes *classes* that mainly hold *data*
    write classes that hold data | dataclasses.make_dataclass("Point", ["x", "y"])(1, 2).x -> 1
enum: makes *enumerations*, sets of *named* constants
    define named constants | enum.Enum("Color", "RED GREEN").RED.value -> 1
abc: defines *abstract* base *classes*
    define abstract classes | abc.ABC
inspect: *looks* into *objects*, their source and their signatures
    look at the signature of a function | str(inspect.signature(lambda a, b: a)) -> '(a, b)'
ast: reads Python *code* as a *tree*
    parse Python code | ast.literal_eval("[1, 2]") -> [1, 2]
importlib: *imports* modules *by name*
    import a module by its name | importlib.import_module("math").floor(2.5) -> 2
string: has *constants* such as ascii_letters and *digits*
    get all letters of the alphabet | string.digits -> '0123456789'
textwrap: *wraps* and *indents* text
    wrap long lines of text | textwrap.wrap("one two", 3) -> ['one', 'two']
decimal: computes with *exact* *decimal* numbers
    compute with money exactly | decimal.Decimal("0.1") + decimal.Decimal("0.2")
fractions: computes with *fractions*
    compute with fractions | str(fractions.Fraction(1, 2) + 1) -> '3/2'
statistics: computes *statistics* such as *mean* and median
    compute averages; get the median of data | statistics.mean([1, 2, 3]) -> 2
heapq: keeps a *list* as a *heap*, so that the *smallest* item comes first
    use a priority queue | heapq.nsmallest(2, [3, 1, 2]) -> [1, 2]
bisect: *searches* in *sorted* lists
    search in a sorted list | bisect.bisect([1, 3, 5], 3) -> 2
array: has compact *arrays* of *numbers*
    store many numbers compactly | array.array("i", [1, 2])[0] -> 1
zipfile: reads and writes *ZIP* files
    open a ZIP file; unpack a ZIP archive | zipfile.ZipFile("data.zip")
tarfile: reads and writes *tar* archives
    open a tar archive | tarfile.open("data.tar")
gzip: reads and writes *gzip* files
    compress data with gzip | gzip.decompress(gzip.compress(b"abc")) -> b'abc'
uuid: makes unique identifiers called *UUIDs*
    make a unique identifier | uuid.uuid4()
getpass: asks for a *password* *without showing* it
    ask for a password | getpass.getpass()
platform: tells which *system* and which *Python* the program runs on
    find out the operating system | platform.system()
pprint: *prints* data *nicely* over several lines
    print nested data nicely | pprint.pprint({"a": [1, 2]})
signal: handles *signals* from the *system*
    handle signals | signal.SIGINT
venv: makes *virtual environments*
    make virtual environments | venv.create("env")
tkinter: makes *windows* and buttons: a *graphical* interface
    write a graphical interface; open a window | tkinter.Tk()
"""

FUNCTIONS = """
os.getcwd(): returns the *current* *folder*
    get the current folder; get the working directory | os.getcwd()
os.chdir(path): *changes* the *current* *folder*
    change the working directory | os.chdir("/tmp")
os.listdir(path): *lists* the *names* in a *folder*
    list the files in a folder; see what is in a directory | os.listdir(".")
os.mkdir(path): *makes* a *folder*
    make a folder | os.mkdir("data")
os.makedirs(path): *makes* a *folder* and the folders *above* it
    make a folder with its parents; create nested folders | os.makedirs("a/b/c")
os.remove(path): *deletes* a *file*
    delete a file | os.remove("old.txt")
os.rmdir(path): *deletes* an *empty* *folder*
    delete an empty folder | os.rmdir("data")
os.rename(old, new): *renames* a *file*
    rename a file | os.rename("a.txt", "b.txt")
os.walk(path): *goes through* a folder and *all* *folders* below it
    go through all folders below a folder | list(os.walk("."))
os.environ: holds the *environment* *variables*
    read environment variables | os.environ["HOME"]
os.getenv(name): returns an *environment* *variable*, or *None*
    read an environment variable that may be missing | os.getenv("HOME")
os.cpu_count(): returns the number of *processors*
    count the processors | os.cpu_count()
os.getpid(): returns the *number* of the running *process*
    get the process ID | os.getpid()
os.path.join(a, b): *joins* the *parts* of a *path*
    join parts of a path; build a file path | os.path.join("data", "a.txt") -> 'data/a.txt'
os.path.exists(path): returns True if the *path* *exists*
    check whether a file exists; test whether a path exists | os.path.exists("a.txt")
os.path.isfile(path): returns True if the *path* is a *file*
    check whether a path is a file | os.path.isfile("a.txt")
os.path.isdir(path): returns True if the *path* is a *folder*
    check whether a path is a folder | os.path.isdir("/tmp")
os.path.basename(path): returns the *last* *part* of a *path*
    get the file name from a path | os.path.basename("data/a.txt") -> 'a.txt'
os.path.dirname(path): returns the *folder* part of a *path*
    get the folder of a path | os.path.dirname("data/a.txt") -> 'data'
os.path.splitext(path): *splits* a path into *name* and *extension*
    get the extension of a file | os.path.splitext("a.txt") -> ('a', '.txt')
os.path.getsize(path): returns the *size* of a *file* in *bytes*
    get the size of a file | os.path.getsize("a.txt")
os.path.abspath(path): returns the *absolute* *path*
    get the absolute path of a file | os.path.abspath("a.txt")
pathlib.Path(path): is an *object* for the *path* of a *file* or folder
    make a path object | pathlib.Path("a.txt").name -> 'a.txt'
Path.read_text(): *reads* a *file* as a *string*
    read a file with pathlib | Path("notes.txt").read_text()
Path.write_text(text): *writes* a *string* to a *file*
    write a file with pathlib | Path("notes.txt").write_text("hi")
Path.exists(): returns True if the *file* or *folder* *exists*
    check with pathlib whether a file exists | Path("a.txt").exists()
Path.mkdir(): *makes* a *folder* at the path
    make a folder with pathlib | Path("data").mkdir()
Path.iterdir(): *goes through* what is in a *folder*
    list a folder with pathlib | list(Path(".").iterdir())
Path.glob(pattern): finds the *files* that match a *pattern*
    find files by a pattern with pathlib | list(Path(".").glob("*.py"))
Path.unlink(): *deletes* the *file*
    delete a file with pathlib | Path("old.txt").unlink()
sys.argv: is the *list* of *command line* *arguments*
    get the arguments of a script | sys.argv[0]
sys.exit(): *ends* the *program*
    end a program; quit a script early | sys.exit()
sys.path: is the *list* of *folders* where Python looks for *modules*
    see where Python looks for modules | sys.path
sys.version: is a *string* with the *version* of Python
    find the version of Python | sys.version
sys.stdin: is the standard *input* of the program
    read from standard input | sys.stdin.read()
sys.stderr: is the stream for *error* messages
    write to standard error | print("failed", file=sys.stderr)
math.sqrt(x): returns the *square root* of x
    compute a square root; get the root of a number | math.sqrt(9) -> 3.0
math.floor(x): *rounds* x *down* to a whole number
    round down | math.floor(2.7) -> 2
math.ceil(x): *rounds* x *up* to a whole number
    round up | math.ceil(2.1) -> 3
math.factorial(n): returns the *factorial* of n
    get a factorial from the library | math.factorial(4) -> 24
math.gcd(a, b): returns the *greatest common divisor* of a and b
    find the greatest common divisor | math.gcd(8, 12) -> 4
math.lcm(a, b): returns the *least common multiple* of a and b
    find the least common multiple | math.lcm(4, 6) -> 12
math.log(x): returns the *natural logarithm* of x
    compute a logarithm | math.log(1) -> 0.0
math.log10(x): returns the *logarithm* of x to base *10*
    compute a logarithm to base 10 | math.log10(100) -> 2.0
math.exp(x): returns *e* to the *power* of x
    compute e to a power | math.exp(0) -> 1.0
math.sin(x): returns the *sine* of x
    compute a sine | math.sin(0) -> 0.0
math.cos(x): returns the *cosine* of x
    compute a cosine | math.cos(0) -> 1.0
math.pi: is the number *pi*, about *3.14159*
    get the number pi | round(math.pi, 2) -> 3.14
math.inf: is *infinity* as a *float*
    get infinity as a number | math.inf > 10 -> True
math.isclose(a, b): returns True if a and b are *nearly* *equal*
    compare two floats | math.isclose(0.1 + 0.2, 0.3) -> True
math.isnan(x): returns True if x is *not a number*
    check whether a value is NaN | math.isnan(1.0) -> False
math.hypot(a, b): returns the *length* of the vector (a, b)
    compute the length of a vector | math.hypot(3, 4) -> 5.0
random.random(): returns a *random* float from *0* to *1*
    get a random number between 0 and 1 | random.random()
random.randint(a, b): returns a *random* *whole number* from a to b
    get a random whole number; roll a die with six sides | random.randint(1, 6)
random.choice(xs): returns one *random* *item* of xs
    pick a random item from a list; choose one item at random | random.choice(["a", "b"])
random.shuffle(xs): *shuffles* the list in place
    shuffle a list; mix the items of a list | random.shuffle(xs)
random.sample(xs, k): returns k *different* *random* items of xs
    pick several random items | random.sample([1, 2, 3], 2)
random.uniform(a, b): returns a *random* *float* from a to b
    get a random decimal number in a range | random.uniform(1, 2)
random.seed(n): *starts* the random numbers *anew* from n
    get the same random numbers every time | random.seed(1)
json.loads(text): turns *JSON* *text* into Python *objects*
    parse a JSON string; read JSON from a string | json.loads("[1, 2]") -> [1, 2]
json.dumps(x): turns x into *JSON* *text*
    convert a dict to JSON; turn an object into a JSON string | json.dumps({"a": 1}) -> '{"a": 1}'
json.load(file): reads *JSON* from an open *file*
    load a JSON file; read JSON from a file | json.load(file)
json.dump(x, file): *writes* x to a *file* as *JSON*
    save data as JSON; write JSON to a file | json.dump(data, file)
re.search(pattern, text): finds the *first* *match* *anywhere* in the text
    find the first match of a pattern | re.search("b", "abc").start() -> 1
re.match(pattern, text): tests whether the *start* of the text *matches*
    test whether a text starts with a pattern | re.match("b", "abc") -> None
re.fullmatch(pattern, text): tests whether the *whole* text *matches*
    test whether a whole text fits a pattern | re.fullmatch("a+", "aaa").end() -> 3
re.findall(pattern, text): returns a *list* of *all* *matches*
    find all matches of a pattern; get all numbers in a text |
    re.findall("a.", "abac") -> ['ab', 'ac']
re.sub(pattern, new, text): *replaces* *all* *matches* with new
    replace text by a pattern | re.sub("[0-9]", "#", "a1b2") -> 'a#b#'
re.split(pattern, text): *splits* the text at *each* *match*
    split a string by a pattern | re.split("[,;]", "a,b;c") -> ['a', 'b', 'c']
re.compile(pattern): *prepares* a *pattern* for *repeated* use
    use one pattern many times | re.compile("a+")
datetime.datetime.now(): returns the *current* *date and time*
    get the current date and time; find out what time it is in code | datetime.datetime.now()
datetime.date.today(): returns *today's* *date*
    get today's date | datetime.date.today()
datetime.timedelta(days=n): is a *span* of *time*
    add days to a date; represent a span of time | datetime.timedelta(days=2).days -> 2
datetime.datetime.strftime(spec): writes a *date* as *text*
    format a date as text | datetime.datetime.now().strftime("%Y-%m-%d")
datetime.datetime.strptime(text, spec): reads a *date* from *text*
    parse a date from text |
    datetime.datetime.strptime("2024-05-01", "%Y-%m-%d").day -> 1
time.time(): returns the *seconds* since the start of *1970*
    get the seconds since 1970; get a time stamp | time.time()
time.sleep(n): *waits* for n *seconds*
    pause a program; wait some seconds | time.sleep(1)
time.perf_counter(): returns a *precise* *clock* for measuring *time*
    measure how long code takes; time a piece of code | time.perf_counter()
itertools.chain(a, b): goes through *one* iterable *after* the other
    loop over several lists one after another | list(itertools.chain([1], [2])) -> [1, 2]
itertools.product(a, b): gives *all* *pairs* of an item of a and one of b
    get all pairs of two lists | len(list(itertools.product("ab", "xyz"))) -> 6
itertools.permutations(xs): gives all *orders* of the items of xs
    get all orders of a list; make permutations | len(list(itertools.permutations("abc"))) -> 6
itertools.combinations(xs, k): gives all *choices* of k items of xs
    get all combinations of items | list(itertools.combinations("abc", 2))[0] -> ('a', 'b')
itertools.count(n): counts *up* from n *without end*
    count without end | next(itertools.count(5)) -> 5
itertools.cycle(xs): *repeats* the items of xs *without end*
    repeat a list without end | next(itertools.cycle("ab")) -> 'a'
itertools.repeat(x, n): gives x n *times*
    give the same value several times | list(itertools.repeat("a", 2)) -> ['a', 'a']
itertools.islice(xs, n): gives the *first* n items of an *iterator*
    take the first items of an iterator | list(itertools.islice("abc", 2)) -> ['a', 'b']
itertools.groupby(xs): groups *neighbours* that are *equal*
    group equal neighbours of a list | [k for k, _ in itertools.groupby("aab")] -> ['a', 'b']
itertools.accumulate(xs): gives the *running* *sums* of xs
    compute running sums | list(itertools.accumulate([1, 2, 3])) -> [1, 3, 6]
functools.reduce(f, xs): *combines* all items of xs into *one* value with f
    combine a list into one value | functools.reduce(max, [1, 3, 2]) -> 3
functools.partial(f, x): makes a *function* with some *arguments* *fixed*
    fix an argument of a function | functools.partial(pow, 2)(3) -> 8
functools.lru_cache(f): *remembers* the *results* of a function
    cache the results of a function; remember results of calls | functools.lru_cache(abs)(-1) -> 1
functools.wraps(f): gives a *wrapper* the *name* and docstring of f
    keep the name of a decorated function | functools.wraps(f)
collections.Counter(xs): *counts* how often *each* item occurs
    count all items of a list; count the letters of a word | collections.Counter("aab")["a"] -> 2
collections.defaultdict(f): is a *dict* that *fills* *missing* keys by calling f
    make a dict with default values | collections.defaultdict(int)["a"] -> 0
collections.deque(xs): is a list that is *fast* at *both ends*
    use a double-ended queue; make a queue | collections.deque([1, 2, 3]).popleft() -> 1
collections.namedtuple(name, fields): makes a *tuple* class with *named* *fields*
    make a tuple with named fields | collections.namedtuple("P", "x y")(1, 2).x -> 1
collections.OrderedDict(pairs): is a *dict* that can *reorder* its keys
    reorder the keys of a dict | list(collections.OrderedDict(a=1)) -> ['a']
subprocess.run(args): *runs* a *program* and *waits* for its end
    run a command and wait for it; run a program from Python | subprocess.run(["ls", "-l"])
subprocess.Popen(args): *starts* a *program* *without waiting*
    start a program without waiting | subprocess.Popen(["sleep", "1"])
threading.Thread(target=f): *runs* f in a *thread* of its own once it is *started*
    run a function in a thread | threading.Thread(target=print).start()
threading.Lock(): lets only *one thread* in *at a time*
    protect data shared by threads | threading.Lock()
asyncio.run(coro): *runs* a *coroutine* until it ends
    run a coroutine; start an async program | asyncio.run(main())
asyncio.sleep(n): *waits* n seconds *without blocking* other tasks
    wait in async code | await asyncio.sleep(1)
asyncio.gather(a, b): runs *several* *awaitables* at *once*
    run several coroutines at once | await asyncio.gather(first(), second())
asyncio.create_task(coro): *starts* a *coroutine* in the *background*
    start a coroutine in the background | task = asyncio.create_task(main())
logging.info(text): *logs* a *message* at the level *INFO*
    log some information | logging.info("ready")
logging.error(text): *logs* a *message* at the level *ERROR*
    log an error | logging.error("no such file")
logging.basicConfig(level=x): *sets up* *logging*
    set up logging | logging.basicConfig(level=logging.INFO)
logging.getLogger(name): returns the *logger* with that *name*
    get a logger | logging.getLogger("app").name -> 'app'
argparse.ArgumentParser(): makes a *parser* for the *command line*
    make a parser for the command line | parser = argparse.ArgumentParser()
ArgumentParser.add_argument(name): *adds* an *option* or *argument* to the parser
    add an option to a parser | parser.add_argument("--size", type=int)
ArgumentParser.parse_args(): *reads* the *command line* and returns the *values*
    read the values of the command line | args = parser.parse_args()
csv.reader(file): gives the *rows* of a *CSV* file as *lists*
    read the rows of a CSV file | list(csv.reader(["a,b"])) -> [['a', 'b']]
csv.writer(file): *writes* *rows* to a *CSV* file
    write rows to a CSV file | csv.writer(file).writerow(["a", "b"])
csv.DictReader(file): gives the *rows* of a *CSV* file as *dictionaries*
    read CSV rows as dicts | list(csv.DictReader(["a", "1"])) -> [{'a': '1'}]
shutil.copy(a, b): *copies* a *file*
    copy a file | shutil.copy("a.txt", "b.txt")
shutil.copytree(a, b): *copies* a *folder* with *everything* in it
    copy a folder | shutil.copytree("data", "backup")
shutil.move(a, b): *moves* a *file* or folder
    move a file | shutil.move("a.txt", "data")
shutil.rmtree(path): *deletes* a *folder* with *everything* in it
    delete a folder with all its files | shutil.rmtree("data")
shutil.which(name): *finds* the *path* of a *program*
    find where a program is installed | shutil.which("python3")
tempfile.TemporaryDirectory(): makes a *folder* that is *deleted* afterwards
    make a temporary folder | tempfile.TemporaryDirectory()
hashlib.sha256(data): computes the *SHA-256* *hash* of data
    compute a SHA-256 hash | hashlib.sha256(b"abc").hexdigest()[:4] -> 'ba78'
copy.deepcopy(x): *copies* an object with *everything* *inside* it
    copy a nested list; make a deep copy | copy.deepcopy([[1], [2]]) -> [[1], [2]]
pickle.dump(x, file): *saves* an *object* to a *file*
    save an object to a file | pickle.dump(data, file)
pickle.load(file): *loads* an *object* from a *file*
    load an object saved with pickle | data = pickle.load(file)
socket.socket(): makes a *socket* for the *network*
    make a socket | socket.socket()
urllib.request.urlopen(url): *opens* a *URL*
    download a web page; open a URL | urllib.request.urlopen("http://localhost")
urllib.parse.urlparse(url): *splits* a *URL* into its *parts*
    split a URL into its parts | urllib.parse.urlparse("http://a.org/x").path -> '/x'
urllib.parse.quote(text): *escapes* text for a *URL*
    escape text for a URL | urllib.parse.quote("a b") -> 'a%20b'
sqlite3.connect(path): *opens* an *SQLite* *database*
    connect to an SQLite database | sqlite3.connect("data.db")
statistics.mean(xs): returns the *average* of xs
    compute the mean of a list; get the average from the library | statistics.mean([1, 2, 3]) -> 2
statistics.median(xs): returns the *middle* *value* of xs
    compute the median of a list | statistics.median([1, 5, 3]) -> 3
heapq.heappush(heap, x): *adds* x to a *heap*
    add an item to a heap | heapq.heappush(heap, 3)
heapq.heappop(heap): *removes* the *smallest* item of a *heap*
    take the smallest item of a heap | heapq.heappop([1, 3]) -> 1
textwrap.dedent(text): *removes* the common *indentation* of a text
    remove indentation from a text | textwrap.dedent("  a") -> 'a'
glob.glob(pattern): *lists* the *files* that match a *pattern*
    list files by a pattern | glob.glob("*.txt")
typing.Optional: says that a value may be *None*
    hint that a value may be None | typing.Optional[int]
typing.Any: is the *type hint* for *any* value
    hint that a value can have any type | typing.Any
contextlib.contextmanager(f): makes a *context manager* from a *generator*
    turn a generator into a context manager | contextlib.contextmanager(f)
contextlib.suppress(error): *ignores* an *exception* in a with block
    ignore an exception | contextlib.suppress(KeyError)
dataclasses.dataclass(cls): *adds* *methods* such as *__init__* to a class
    write a class without writing __init__ | Point = dataclasses.dataclass(Point)
dataclasses.asdict(x): turns a *dataclass* object into a *dict*
    turn a dataclass into a dict | dataclasses.asdict(point)
enum.Enum: is the *base class* of *enumerations*
    write an enumeration | enum.Enum("Color", "RED").RED.value -> 1
unittest.TestCase: is the *base class* of *tests*
    write a test class | unittest.TestCase
unittest.mock.patch(name): *replaces* an object during a *test*
    replace an object in a test | unittest.mock.patch("time.sleep")
operator.itemgetter(key): makes a *function* that *gets* an *item*
    sort by an item of each row | operator.itemgetter(1)([5, 6]) -> 6
getpass.getuser(): returns the *name* of the *user*
    get the name of the user | getpass.getuser()
uuid.uuid4(): makes a *random* *UUID*
    make a random UUID | uuid.uuid4()
platform.system(): returns the *name* of the *operating system*
    get the name of the operating system | platform.system()
"""
