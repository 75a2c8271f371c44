"""A board as an article of a WeChat official account. `articles.py` is the way in."""
