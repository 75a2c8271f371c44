"""The pages in the engines of old phones: `make engines`."""
