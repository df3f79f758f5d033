"""Programs of this package in processes of their own: started, or forked from one that has loaded.

A program is a module of the package that has a `__main__` with a function `main`. It takes its
orders from its standard input and ends with it. Not here: what any of them does.
"""

from wirescope.processes.forking import FORKS, ForkServer
from wirescope.processes.starting import Process, Start, spawn

__all__ = ["FORKS", "ForkServer", "Process", "Start", "spawn"]
