"""Fuzzers of the server: its decoders in this process, and its routes over HTTP. See run.py."""
