"""Functions that people ask for.

A block begins with its name, perhaps with a call and its value, and with what the function does in
several wordings; the code follows. $f is the name of the function, $k a number, $w a word.
"""

from __future__ import annotations

__all__ = ["FUNCTION_TASKS"]

FUNCTION_TASKS = """
# add | $f(2, 3) -> 5
# adds two numbers; returns the sum of two numbers; sums two values
def $f(a, b):
    return a + b

# subtract | $f(5, 3) -> 2
# subtracts two numbers; returns the difference of two numbers
def $f(a, b):
    return a - b

# multiply | $f(2, 3) -> 6
# multiplies two numbers; returns the product of two numbers
def $f(a, b):
    return a * b

# divide | $f(6, 3) -> 2.0
# divides two numbers; returns the quotient of two numbers
def $f(a, b):
    return a / b

# safe_divide | $f(1, 0) -> None
# divides two numbers safely; returns None when dividing by zero
def $f(a, b):
    if b == 0:
        return None
    return a / b

# add_$k | $f(1)
# adds $k to its argument; increases a number by $k
def $f(x):
    return x + $k

# times_$k | $f(3)
# multiplies its argument by $k; returns $k times a number
def $f(x):
    return x * $k

# minus_$k | $f(20)
# subtracts $k from its argument; decreases a number by $k
def $f(x):
    return x - $k

# power_$k | $f(2)
# raises its argument to the power of $k
def $f(x):
    return x ** $k

# divide_by_$k | $f(20)
# divides its argument by $k
def $f(x):
    return x / $k

# is_multiple_of_$k | $f(24)
# checks whether a number is divisible by $k; tests if a number is a multiple of $k
def $f(n):
    return n % $k == 0

# is_more_than_$k | $f(5)
# checks whether a number is greater than $k; tests if a number is above $k
def $f(n):
    return n > $k

# return_$k | $f()
# returns the number $k; always returns $k
def $f():
    return $k

# return_word | $f()
# returns the word $w; always returns the string $w
def $f():
    return "$w"

# print_word | $f()
# prints the word $w; writes $w to the screen
def $f():
    print("$w")

# repeat_word | $f()
# prints the word $w $k times; writes $w $k times
def $f():
    for _ in range($k):
        print("$w")

# first_$k | $f([1, 2, 3])
# returns the first $k items of a list
def $f(items):
    return items[:$k]

# last_$k | $f([1, 2, 3])
# returns the last $k items of a list
def $f(items):
    return items[-$k:]

# square | $f(3) -> 9
# squares a number; returns the square of a number
def $f(x):
    return x * x

# cube | $f(2) -> 8
# cubes a number; returns the cube of a number
def $f(x):
    return x ** 3

# double | $f(4) -> 8
# doubles a number; returns twice its argument
def $f(x):
    return x * 2

# half | $f(8) -> 4.0
# halves a number; returns half of a number
def $f(x):
    return x / 2

# is_even | $f(4) -> True
# checks whether a number is even; tests if a number is even; returns True for even numbers
def $f(n):
    return n % 2 == 0

# is_odd | $f(4) -> False
# checks whether a number is odd; tests if a number is odd; returns True for odd numbers
def $f(n):
    return n % 2 == 1

# is_positive | $f(4) -> True
# checks whether a number is positive; tests if a number is positive
def $f(n):
    return n > 0

# is_prime | $f(7) -> True
# checks whether a number is prime; tests if a number is a prime; finds out if a number is prime
def $f(n):
    if n < 2:
        return False
    for i in range(2, int(n ** 0.5) + 1):
        if n % i == 0:
            return False
    return True

# factorial | $f(5) -> 120
# computes the factorial of a number; returns the factorial of n; calculates n factorial
def $f(n):
    result = 1
    for i in range(2, n + 1):
        result *= i
    return result

# recursive_factorial | $f(5) -> 120
# computes the factorial recursively; calculates a factorial with recursion
def $f(n):
    if n <= 1:
        return 1
    return n * $f(n - 1)

# fibonacci | $f(10) -> 55
# returns the nth Fibonacci number; computes a Fibonacci number; calculates Fibonacci numbers
def $f(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a

# fibonacci_list | $f(5) -> [0, 1, 1, 2, 3]
# returns the first n Fibonacci numbers; lists the first n Fibonacci numbers
def $f(n):
    numbers = []
    a, b = 0, 1
    for _ in range(n):
        numbers.append(a)
        a, b = b, a + b
    return numbers

# fizzbuzz | $f(15)
# plays FizzBuzz; prints FizzBuzz up to n; solves FizzBuzz
def $f(n):
    for i in range(1, n + 1):
        if i % 15 == 0:
            print("FizzBuzz")
        elif i % 3 == 0:
            print("Fizz")
        elif i % 5 == 0:
            print("Buzz")
        else:
            print(i)

# gcd | $f(8, 12) -> 4
# computes the greatest common divisor; finds the greatest common divisor of two numbers
def $f(a, b):
    while b:
        a, b = b, a % b
    return a

# larger | $f(2, 5) -> 5
# returns the larger of two numbers; finds the bigger of two numbers
def $f(a, b):
    return a if a > b else b

# smaller | $f(2, 5) -> 2
# returns the smaller of two numbers; finds the lesser of two numbers
def $f(a, b):
    return a if a < b else b

# absolute | $f(-3) -> 3
# returns the absolute value of a number; computes the absolute value
def $f(x):
    return -x if x < 0 else x

# clamp | $f(12, 0, 10) -> 10
# limits a number to a range; clamps a number between two bounds
def $f(x, low, high):
    return max(low, min(x, high))

# sum_to | $f(4) -> 10
# adds the numbers from 1 to n; sums all numbers up to n
def $f(n):
    return sum(range(1, n + 1))

# sum_list | $f([1, 2, 3]) -> 6
# adds up the numbers of a list; computes the sum of a list without sum(); sums a list
def $f(numbers):
    total = 0
    for number in numbers:
        total += number
    return total

# average | $f([1, 2, 3]) -> 2.0
# computes the average of a list; returns the mean of a list; calculates an average
def $f(numbers):
    return sum(numbers) / len(numbers)

# largest | $f([3, 7, 5]) -> 7
# finds the largest number of a list; finds the maximum without max(); returns the biggest item of
# a list
def $f(numbers):
    best = numbers[0]
    for number in numbers:
        if number > best:
            best = number
    return best

# smallest | $f([3, 7, 5]) -> 3
# finds the smallest number of a list; finds the minimum without min(); returns the least item of a
# list
def $f(numbers):
    best = numbers[0]
    for number in numbers:
        if number < best:
            best = number
    return best

# reverse_string | $f("abc") -> 'cba'
# reverses a string; returns a string backwards; turns a string around
def $f(text):
    return text[::-1]

# reverse_list | $f([1, 2, 3]) -> [3, 2, 1]
# reverses a list; returns a list in reverse order
def $f(items):
    return items[::-1]

# is_palindrome | $f("level") -> True
# checks whether a word is a palindrome; tests if a string is a palindrome
def $f(word):
    return word == word[::-1]

# count_vowels | $f("banana") -> 3
# counts the vowels in a string; returns the number of vowels in a word
def $f(text):
    return sum(letter in "aeiou" for letter in text.lower())

# count_words | $f("a red car") -> 3
# counts the words in a text; returns the number of words in a string
def $f(text):
    return len(text.split())

# word_counts | $f("a b a") -> {'a': 2, 'b': 1}
# counts how often each word occurs; counts every word of a text
def $f(text):
    counts = {}
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    return counts

# longest_word | $f("a red house") -> 'house'
# finds the longest word; returns the longest word of a text
def $f(text):
    return max(text.split(), key=len)

# capitalize_words | $f("hello world") -> 'Hello World'
# capitalizes every word; makes the first letter of each word upper case
def $f(text):
    return text.title()

# shout | $f("hi") -> 'HI'
# converts a string to upper case; returns a text in capital letters
def $f(text):
    return text.upper()

# remove_spaces | $f("a b c") -> 'abc'
# removes all spaces from a string; deletes the spaces of a text
def $f(text):
    return text.replace(" ", "")

# is_anagram | $f("listen", "silent") -> True
# checks whether two words are anagrams; tests if two strings are anagrams
def $f(first, second):
    return sorted(first) == sorted(second)

# initials | $f("Ada Lopez") -> 'AL'
# returns the initials of a name; makes initials from a full name
def $f(name):
    return "".join(part[0] for part in name.split())

# greet | $f("Tom") -> 'Hello, Tom!'
# greets a person by name; says hello to someone; returns a greeting
def $f(name):
    return f"Hello, {name}!"

# remove_duplicates | $f([1, 2, 1]) -> [1, 2]
# removes duplicates from a list; deletes repeated items and keeps the order
def $f(items):
    return list(dict.fromkeys(items))

# flatten | $f([[1], [2, 3]]) -> [1, 2, 3]
# flattens a list of lists; makes one list of nested lists
def $f(lists):
    return [item for items in lists for item in items]

# even_numbers | $f([1, 2, 4]) -> [2, 4]
# returns the even numbers of a list; filters the even numbers
def $f(numbers):
    return [n for n in numbers if n % 2 == 0]

# squares | $f([1, 2, 3]) -> [1, 4, 9]
# returns the squares of a list; squares every number of a list
def $f(numbers):
    return [n * n for n in numbers]

# contains | $f([1, 2], 2) -> True
# checks whether a list contains an item; tests if a value is in a list
def $f(items, item):
    return item in items

# swap | $f(1, 2) -> (2, 1)
# swaps two values; returns two values in the other order
def $f(a, b):
    return b, a

# merge_dicts | $f({"a": 1}, {"b": 2}) -> {'a': 1, 'b': 2}
# merges two dictionaries; combines two dicts into one
def $f(first, second):
    return {**first, **second}

# invert_dict | $f({"a": 1}) -> {1: 'a'}
# swaps the keys and values of a dict; inverts a dictionary
def $f(data):
    return {value: key for key, value in data.items()}

# sort_by_value | $f({"a": 2, "b": 1}) -> {'b': 1, 'a': 2}
# sorts a dictionary by its values; sorts a dict by value
def $f(data):
    return dict(sorted(data.items(), key=lambda pair: pair[1]))

# is_leap_year | $f(2024) -> True
# checks whether a year is a leap year; tests if a year is a leap year
def $f(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)

# to_fahrenheit | $f(100) -> 212.0
# converts Celsius to Fahrenheit; turns degrees Celsius into Fahrenheit
def $f(celsius):
    return celsius * 9 / 5 + 32

# to_celsius | $f(212) -> 100.0
# converts Fahrenheit to Celsius; turns degrees Fahrenheit into Celsius
def $f(fahrenheit):
    return (fahrenheit - 32) * 5 / 9

# circle_area | round($f(1), 2) -> 3.14
# computes the area of a circle; returns the area of a circle
import math

def $f(radius):
    return math.pi * radius ** 2

# rectangle_area | $f(2, 3) -> 6
# computes the area of a rectangle; returns the area of a rectangle
def $f(width, height):
    return width * height

# triangle_area | $f(4, 3) -> 6.0
# computes the area of a triangle; returns the area of a triangle
def $f(base, height):
    return base * height / 2

# digit_sum | $f(123) -> 6
# adds the digits of a number; computes the sum of digits
def $f(n):
    return sum(int(digit) for digit in str(n))

# binary_search | $f([1, 3, 5], 5) -> 2
# finds an item by binary search; searches a sorted list by halving
def $f(items, target):
    low, high = 0, len(items) - 1
    while low <= high:
        middle = (low + high) // 2
        if items[middle] == target:
            return middle
        if items[middle] < target:
            low = middle + 1
        else:
            high = middle - 1
    return -1

# bubble_sort | $f([3, 1, 2]) -> [1, 2, 3]
# sorts a list by bubble sort; sorts a list without sort()
def $f(items):
    for i in range(len(items)):
        for j in range(len(items) - 1 - i):
            if items[j] > items[j + 1]:
                items[j], items[j + 1] = items[j + 1], items[j]
    return items

# countdown | list($f(2)) -> [2, 1, 0]
# counts down to zero; yields the numbers from n down to 0; makes a countdown generator
def $f(n):
    while n >= 0:
        yield n
        n -= 1

# read_text | $f("notes.txt")
# reads a text file; returns the content of a file
def $f(path):
    with open(path) as file:
        return file.read()

# load_json | $f("data.json")
# loads a JSON file; reads a JSON file and returns its data
import json

def $f(path):
    with open(path) as file:
        return json.load(file)
"""
