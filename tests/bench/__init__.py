"""The budgets: `make bench`. A new one is one module and one row in `__main__.py`."""
