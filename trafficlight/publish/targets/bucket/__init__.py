"""Buckets of S3-compatible stores. `target.py` is the way in."""

from trafficlight.publish.targets.bucket.address import read_address
from trafficlight.publish.targets.bucket.target import BucketTarget

__all__ = ["BucketTarget", "read_address"]
