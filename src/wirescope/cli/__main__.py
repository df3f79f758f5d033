"""`python -m wirescope.cli` is the command `wirescope`."""

from wirescope.cli import main

if __name__ == "__main__":
    main()
