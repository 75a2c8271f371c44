"""The county's own pages: who signs in, what they may do, and the rooms in which they do it."""
