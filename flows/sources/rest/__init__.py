"""Live systems: what a connector declares, and the one client that pulls every one of them."""
