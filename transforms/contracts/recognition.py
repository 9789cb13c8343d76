"""Contract of peer recognition: who thanked whom, when, and for what."""

from __future__ import annotations

import dataframely as dy

from transforms.contracts.columns import count, day, flag, identifier, number, person, timestamp
from transforms.contracts.lineage import Staged


class Recognition(Staged):
    """One recognition to one receiver. Grain: recognition x receiver; a message to five people is five rows."""

    recognition_id = identifier("Message in its source.", primary_key=True)
    receiver_key = person("Who was recognised.", primary_key=True)
    giver_key = person("Who recognised; null where the source has none.", nullable=True)
    at = timestamp("When it was given.")
    giver_org_unit_id = identifier(
        "Giver's team as the source says; membership wins where there is one.", nullable=True
    )
    receiver_org_unit_id = identifier("Receiver's team as the source says; membership wins.", nullable=True)
    tags = dy.List(
        dy.String(),
        nullable=True,
        description="Values or categories the giver tagged, lower case, without `#`.",
        metadata={"severity": "row", "pii": False, "unit": None},
    )
    points = number("Points per receiver.", unit="point", min=0.0)
    message_length = count("Characters of the message, without its tags.", nullable=True, unit="character")
    message_fingerprint = count("64-bit SimHash of the message, as its lower 63 bits.", nullable=True)
    group_size = count("Receivers of the same message.", unit="person")
    allowance_expires_on = day(
        "Last day on which the giver could still spend the allowance it came from; null where nothing expires.",
        nullable=True,
    )
    is_private = flag("Visible to giver and receiver only.")
