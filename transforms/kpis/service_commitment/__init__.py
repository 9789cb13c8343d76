"""Service commitment: the heart behind commitment, attitude and action.

People are committed to service when they know why their job matters and to whom, in every role: the clerk in the
mailroom as much as the person who meets the customer. They then deliver a service and not a list of tasks, the
customer feels no seams between departments, the team moves in one direction, and the customer comes back. Price and
product can be copied; this cannot. Source: the article "Service Commitment" (24 July 2013; it names no author).
"""
