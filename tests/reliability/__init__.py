"""What survives what: `make reliability`. A new proof is one module and one row in `__main__.py`."""
