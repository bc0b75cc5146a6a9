"""The OpenAI-compatible server. Handlers know no framework; app.py is the glue to Sanic."""
