"""How long answers took, and whether messages flowed (WS6xx)."""
