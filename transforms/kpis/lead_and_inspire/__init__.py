"""Lead and inspire: an initiative lives as long as somebody stands for its reason.

Many service initiatives begin with a burst of energy and peter out; each that does costs credibility for the next.
People follow those who share a belief with them, so the reason has to reach everybody, not only what is to be done
and how. Source: Monica Postell, "Ensuring Your Customer Service Initiative Will Be Successful: The First Key", who
builds on Simon Sinek's Golden Circle (why, how, what).
"""
