"""The parts of `paths_2_server` and `paths_3_refusals`, each a table of rows."""
