"""What is told: views of a board, the formats made of them, and the places they are written to."""
