"""Hospitality: the guest is welcomed soon and by a person, the newcomer and the late arrival no less than the regular.

Peter Psichogios names hospitality as Personalization Principle 2, after authenticity, in "Personalization Principle #4:
Commitment". Read as a measure: how long a person waits for the first human word, and whether those who come for the
first time or outside opening hours are received as well as the others.
"""
