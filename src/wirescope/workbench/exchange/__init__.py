"""Other tools' files to endpoints, saved messages and environments, and back."""
