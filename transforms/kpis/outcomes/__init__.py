"""Outcomes: the numbers every user expects to find beside the principles.

Satisfaction, recommendation, response rates, times and counts as they are commonly known, each with its scale and
definition said. They come from no article; they are here so that a principle can be compared with what customers and
employees say and do in the end.
"""
