"""Empower and enable: those who meet the customer may and can put things right.

The second key to a service initiative that lasts. Here it is read as authority in use: cases solved without asking
upwards, set beside whether people feel they have that authority. Source: announced as the second of five keys by
Monica Postell in "Ensuring Your Customer Service Initiative Will Be Successful: The First Key"; the reading is ours.
"""
