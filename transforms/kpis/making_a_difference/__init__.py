"""Making a difference: anybody can choose to do an ordinary job in an extraordinary way.

An employer can hinder, ignore, train or reward that choice, but not make it; what it can do is notice. So these KPIs
ask whom recognition reaches, how evenly, across which walls, and whether exceptional moments are noticed at all.
Source: "For IT professionals, customer service excellence means taking it personally" (the copy we read names no
author), which retells the Fred principles of the book "The Fred Factor".
"""
