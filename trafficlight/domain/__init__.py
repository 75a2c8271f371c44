"""What is true: sites, reports, days, rules and lights. Pure: no I/O, no clock; instants are arguments."""
