"""Buckets of S3-compatible stores: where one is, who we are there, what it is asked."""
