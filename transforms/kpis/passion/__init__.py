"""Passion: enthusiasm and commitment that do not depend on whether the goal was reached.

It shows after a setback: people keep improving, look for a way round instead of somebody to blame, ask for feedback
although it may hurt, follow it up, and work on the many tiny improvements that add up. Source: "Defining passion in
customer experience management" (28 February 2017; the copy we read names no author).
"""
