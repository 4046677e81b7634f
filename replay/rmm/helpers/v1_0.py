"""What the tables of RMM 1.0 may call."""

from replay.rmm.helpers.common import *  # noqa: F403
from replay.rmm.helpers.enter import *  # noqa: F403
