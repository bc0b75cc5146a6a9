"""Pieces of code and classes that people ask for.

A block begins with a name that the code must hold and with what is wanted in several wordings; the
code follows. $f is a name that the user gives, $k a number, $w a word.
"""

from __future__ import annotations

__all__ = ["SNIPPETS"]

SNIPPETS = """
# print
# print hello world; write hello world; say hello world
print("Hello, world!")

# print
# print the word $w; show $w on the screen
print("$w")

# range
# loop from 1 to $k; count from 1 to $k; print the numbers from 1 to $k
for i in range(1, $k + 1):
    print(i)

# range
# loop from 0 to $k without $k; print the numbers below $k
for i in range($k):
    print(i)

# range
# count down from $k; print the numbers from $k down to 1
for i in range($k, 0, -1):
    print(i)

# range
# print $w $k times; repeat the word $w $k times with a loop
for _ in range($k):
    print("$w")

# range
# print the even numbers up to $k; loop over even numbers up to $k
for i in range(0, $k + 1, 2):
    print(i)

# range
# print the multiplication table of $k; show the times table of $k
for i in range(1, 11):
    print(i, "x $k =", i * $k)

# squares
# make a list of the first $k squares; write a list comprehension of $k squares
squares = [n * n for n in range($k)]

# $f
# make a variable called $f with the value $k; set $f to $k; assign $k to $f
$f = $k

# $f
# make a string variable called $f with the text $w; store the word $w in $f
$f = "$w"

# $f
# make an empty list called $f; create a new list named $f
$f = []

# $f
# make an empty dict called $f; create a new dictionary named $f
$f = {}

# $f
# add $k to the variable $f; increase $f by $k
$f += $k

# $f
# append $k to the list $f; add the number $k to the list $f
$f.append($k)

# $f
# loop over the list $f; print every item of $f; go through the list $f
for item in $f:
    print(item)

# $f
# sort the list $f; put the list $f in order
$f.sort()

# $f
# print the length of $f; show how many items $f has
print(len($f))

# $f
# check whether $k is in the list $f; test if the list $f contains $k
if $k in $f:
    print("found")

# $f
# check whether $f is greater than $k; test if $f is above $k with an if
if $f > $k:
    print("greater")

# $f
# ask the user for a number called $f; read a number into $f
$f = int(input("Number? "))

# $f
# import the module $f; load the module $f
import $f

# $f
# write an empty class called $f; define a class named $f without content
class $f:
    pass

# $f
# write a class called $f with a name; define a class named $f that stores a name
class $f:
    def __init__(self, name):
        self.name = name

# Point
# write a class for a point; define a point with x and y; make a Point class
class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

# Point
# write a dataclass for a point; define a point as a dataclass; show me a dataclass
from dataclasses import dataclass

@dataclass
class Point:
    x: int
    y: int

# Dog
# write a class for a dog; define a class with a method; make a Dog class
class Dog:
    def __init__(self, name):
        self.name = name

    def bark(self):
        return f"{self.name} says woof!"

# Dog
# write a subclass; use inheritance; make a class that inherits from another
class Animal:
    def speak(self):
        return "..."

class Dog(Animal):
    def speak(self):
        return "Woof!"

# Counter
# write a counter class; define a class that counts
class Counter:
    def __init__(self):
        self.value = 0

    def increase(self):
        self.value += 1

# Stack
# write a stack class; implement a stack
class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

    def pop(self):
        return self.items.pop()

# BankAccount
# write a class for a bank account; define a bank account with deposit
class BankAccount:
    def __init__(self):
        self.balance = 0

    def deposit(self, amount):
        self.balance += amount

# Color
# write an enum of colors; define an enum
from enum import Enum

class Color(Enum):
    RED = 1
    GREEN = 2
    BLUE = 3

# open
# read a file line by line; loop over the lines of a file; print every line of a file
with open("notes.txt") as file:
    for line in file:
        print(line.rstrip())

# open
# write a line to a file; save text to a file; write a text file
with open("notes.txt", "w") as file:
    file.write("Hello\\n")

# open
# append a line to a file; add text to the end of a file
with open("notes.txt", "a") as file:
    file.write("one more line\\n")

# json.load
# open a JSON file; load data from a JSON file
import json

with open("data.json") as file:
    data = json.load(file)

# json.dump
# save a dict to a JSON file; write data to a JSON file
import json

with open("data.json", "w") as file:
    json.dump({"name": "Tom"}, file)

# csv.reader
# print the rows of a CSV file; loop over a CSV file
import csv

with open("data.csv", newline="") as file:
    for row in csv.reader(file):
        print(row)

# ValueError
# handle an exception; catch an error; use try and except
try:
    number = int("abc")
except ValueError:
    print("That is not a number.")

# print
# use try, except and finally; run code after an exception in any case
try:
    print(1 / 0)
except ZeroDivisionError:
    print("division by zero")
finally:
    print("done")

# ValueError
# raise an exception; raise an error on purpose; throw a ValueError
raise ValueError("the value is not allowed")

# MyError
# define an own exception; write a custom exception class
class MyError(Exception):
    pass

# enumerate
# loop with an index; print the items of a list with their index
for index, item in enumerate(["a", "b"]):
    print(index, item)

# zip
# go through two lists together; print the items of two lists side by side
for name, age in zip(["Tom", "Eva"], [30, 25]):
    print(name, age)

# person
# create a dictionary; write a dict with a name and an age
person = {"name": "Tom", "age": 30}

# items
# print the keys and values of a dict; go through a dictionary
ages = {"Tom": 30, "Eva": 25}
for name, age in ages.items():
    print(name, age)

# print
# use a while loop; write a while loop
n = 3
while n > 0:
    print(n)
    n -= 1

# grade
# use if, elif and else; write an if statement
grade = 2
if grade == 1:
    print("very good")
elif grade == 2:
    print("good")
else:
    print("try again")

# double
# write a lambda; define a lambda function
double = lambda x: x * 2

# sorted
# sort words by length; order a list of words by their length
words = ["banana", "fig", "apple"]
print(sorted(words, key=len))

# sorted
# sort a list in descending order; sort numbers from high to low
numbers = [3, 1, 2]
print(sorted(numbers, reverse=True))

# a
# swap two variables; exchange the values of a and b
a, b = 1, 2
a, b = b, a

# name
# use an f-string; put a variable into a string
name = "Tom"
print(f"Hello, {name}!")

# random.randint
# roll a die in code; print a random number from 1 to 6
import random

print(random.randint(1, 6))

# random.randint
# write a guessing game; make a number guessing game
import random

secret = random.randint(1, 10)
while int(input("Guess: ")) != secret:
    print("Wrong, try again.")
print("Right!")

# time.perf_counter
# time a loop; measure the run time of code
import time

start = time.perf_counter()
print(sum(range(1000)))
print(time.perf_counter() - start)

# threading.Thread
# start a thread; run work in a thread
import threading

thread = threading.Thread(target=print, args=("hello",))
thread.start()
thread.join()

# asyncio.run
# write an async program; use async and await in code
import asyncio

async def main():
    await asyncio.sleep(1)
    print("done")

asyncio.run(main())

# subprocess.run
# run a shell command; call another program
import subprocess

result = subprocess.run(["echo", "hello"], capture_output=True, text=True)
print(result.stdout)

# argparse.ArgumentParser
# read command line arguments with argparse; make a script with options
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("name")
args = parser.parse_args()
print("Hello,", args.name)

# main
# write a main function; use __name__ == "__main__"
def main():
    print("Hello")

if __name__ == "__main__":
    main()

# timed
# write a decorator; define a decorator that prints a message
def timed(function):
    def wrapper(*args):
        print("calling", function.__name__)
        return function(*args)
    return wrapper

# Path
# list the text files of a folder; print all text files in a folder
from pathlib import Path

for path in Path(".").glob("*.txt"):
    print(path)

# datetime.now
# print the current time; show the date and time
from datetime import datetime

print(datetime.now())

# re.findall
# find all numbers in a string; get the numbers out of a text
import re

print(re.findall(r"[0-9]+", "3 cats and 12 dogs"))

# matrix
# make a matrix; create a list of lists
matrix = [[1, 2], [3, 4]]
for row in matrix:
    print(row)

# evens
# make a list of even numbers; filter even numbers with a comprehension
evens = [n for n in range(10) if n % 2 == 0]

# squares
# write a dict comprehension; make a dict of squares
squares = {n: n * n for n in range(5)}

# test_add
# write a test; write a unit test for add
def test_add():
    assert add(2, 3) == 5

# HTTPServer
# start a web server; write a small HTTP server
from http.server import HTTPServer, SimpleHTTPRequestHandler

HTTPServer(("", 8000), SimpleHTTPRequestHandler).serve_forever()

# urlopen
# download a page; fetch a URL
from urllib.request import urlopen

text = urlopen("http://localhost:8000").read().decode()
print(text)

# sqlite3.connect
# make a database table; create an SQLite table
import sqlite3

db = sqlite3.connect("data.db")
db.execute("CREATE TABLE people (name TEXT, age INTEGER)")
db.commit()
"""
