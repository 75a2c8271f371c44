"""The pictures of the documentation, taken of the running program: `make pictures`."""
