"""How the model that ships with llmserve is made: README.md beside this file."""
