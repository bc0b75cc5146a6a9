"""The topics that python_help.py draws from: a module for each, its tables in the modules _data."""
