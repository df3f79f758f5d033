"""What keeps the house in order: checks, pins, generated pages."""
