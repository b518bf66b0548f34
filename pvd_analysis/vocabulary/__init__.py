"""The controlled lists and rules of the domain, kept as data files beside this module.

One loader per shape of file (a CSV table, a TOML document); nothing here lists cases in code.
"""

import types

from pvd_analysis.vocabulary.descriptions import *
from pvd_analysis.vocabulary.lists import *
from pvd_analysis.vocabulary.words import *

# What each module shows stands in its own `__all__`.
__all__ = [name for name, it in globals().items() if name[0] != "_" and not isinstance(it, types.ModuleType)]
