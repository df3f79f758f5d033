"""What shows that other programs read what Wirescope writes: a capture, and a check a program."""
