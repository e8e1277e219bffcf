"""The benchmark's operations in other stacks. PEERS: name to class; see launcher.py."""

from .launcher import PEERS

__all__ = ["PEERS"]
