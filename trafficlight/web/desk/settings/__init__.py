"""How lights come about and what they say: the board's settings, its rule, its words."""
