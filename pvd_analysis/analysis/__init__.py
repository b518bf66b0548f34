"""Pure functions over a dataset: tables in, tables out; amounts in whole cents, before tax."""

import types

from pvd_analysis.analysis.agenda import *
from pvd_analysis.analysis.changes import *
from pvd_analysis.analysis.committee import *
from pvd_analysis.analysis.compliance import *
from pvd_analysis.analysis.conventions import *
from pvd_analysis.analysis.engineering import *
from pvd_analysis.analysis.funding import *
from pvd_analysis.analysis.indicators import *
from pvd_analysis.analysis.laureates import *
from pvd_analysis.analysis.national_aids import *
from pvd_analysis.analysis.plans import *
from pvd_analysis.analysis.rules import *
from pvd_analysis.analysis.sources import *

# What each module shows stands in its own `__all__`.
__all__ = [name for name, it in globals().items() if name[0] != "_" and not isinstance(it, types.ModuleType)]
