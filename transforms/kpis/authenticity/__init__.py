"""Authenticity: what is said and what is done are the same.

The first of the seven Personalization Principles. Here it is read as the distance between the values an organisation
claims and what its customers meet, and as praise that was meant rather than produced. Source: named as Principle 1
in Peter Psichogios, "Personalization Principle #4: Commitment"; the reading is ours.
"""
