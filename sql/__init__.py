"""The warehouse: tables and views derived from the contracts, loaded, published, and described."""
