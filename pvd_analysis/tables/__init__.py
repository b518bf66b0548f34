"""What a report shows besides figures: tables, key figures, sentences; each is one call on a dataset."""

import types

from pvd_analysis.tables.cards import *
from pvd_analysis.tables.changes import *
from pvd_analysis.tables.committee import *
from pvd_analysis.tables.engineering import *
from pvd_analysis.tables.financial import *
from pvd_analysis.tables.key_figures import *
from pvd_analysis.tables.laureate import *
from pvd_analysis.tables.national_aids import *
from pvd_analysis.tables.quality import *
from pvd_analysis.tables.report_table import *
from pvd_analysis.tables.shown import *
from pvd_analysis.tables.summary import *

# What each module shows stands in its own `__all__`.
__all__ = [name for name, it in globals().items() if name[0] != "_" and not isinstance(it, types.ModuleType)]
