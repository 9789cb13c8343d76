"""Empathy: seeing the service with the eyes of the person who needs it, and sparing them the detours.

Peter Psichogios names empathy as Personalization Principle 3, between hospitality and commitment, in "Personalization
Principle #4: Commitment". Read as a measure: the customer feels heard, does not have to tell the story again to the
next desk, is not sent through hoops, and those who serve know how it feels on the other side.
"""
