"""Everything that changes what the fund knows of places: facts, imports, boundaries."""
