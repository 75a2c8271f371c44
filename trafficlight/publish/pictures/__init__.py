"""Posters and covers: what is on them (`poster`, `cover`: pure), and how it is drawn (`ink`, `studio`)."""
