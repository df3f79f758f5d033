"""`python -m wirescope` is the command `wirescope`."""

from wirescope.cli import main

if __name__ == "__main__":
    main()
