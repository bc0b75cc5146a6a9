"""The kinds of dialogue that the default model learns, one module each.

A module has `exchanges(rng)`: one to four exchanges about one topic, as one conversation would have
them; later ones may refer to earlier ones. All chance comes from rng.
"""
