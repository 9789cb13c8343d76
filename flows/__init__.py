"""Everything that touches the world: command line, settings, Prefect flows, connectors, lake and demo."""
