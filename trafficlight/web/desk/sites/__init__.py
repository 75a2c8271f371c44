"""The board's lists: sites in and out, hours, phones; family-doctor teams; the guide."""
