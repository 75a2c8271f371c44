"""The posting links of a board's sites and towns: seen, issued, printed, bound to a PIN, revoked."""
