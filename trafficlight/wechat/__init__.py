"""The official account: a small client of its API, and how the day's draft gets there."""
