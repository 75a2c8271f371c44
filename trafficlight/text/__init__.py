"""What is said: the languages, and one catalogue of sentences. A leaf: it knows nothing of the rest."""
