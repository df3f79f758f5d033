"""The workbench page: its server, and nothing that another face would need."""
