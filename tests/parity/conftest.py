"""The same server as the tests of `web/` have."""

from tests.web.conftest import clock, logged, nothing_blocks_the_loop, start

__all__ = ["clock", "logged", "nothing_blocks_the_loop", "start"]
