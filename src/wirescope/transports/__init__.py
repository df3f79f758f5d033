"""Live connections; a peer is reached through this room."""
