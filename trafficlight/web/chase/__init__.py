"""Rings at a county's own group, by its robot's webhook, for those who have not reported.

`calling.py` when and what, `robots.py` in which words for whose robot, `sending.py` over the network,
`ringing.py` the loop that does it, once for each reporting time.
"""
