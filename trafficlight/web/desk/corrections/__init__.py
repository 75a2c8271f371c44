"""What was wrong and is put right: reports, overrides, notices, a site's timeline."""
