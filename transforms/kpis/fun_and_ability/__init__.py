"""Fun and ability: people enjoy the work and are good at it.

Two things without which authenticity, hospitality and empathy do not help a customer: friendliness that is not a
pose, and the competence to solve the case. Source: Peter Psichogios, "Personalization Principle #4: Commitment",
which names ability, competence, fun and friendliness beside the other principles.
"""
