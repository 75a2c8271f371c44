"""What holds for every test."""

from hypothesis import settings

# Tests do not time: not even the first of many examples, which loads what the others find loaded.
settings.register_profile("untimed", settings.get_profile(settings.get_current_profile_name()), deadline=None)
settings.load_profile("untimed")
