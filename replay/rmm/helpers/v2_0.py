"""What the tables of RMM 2.0 may call."""

from replay.rmm.helpers.common import *  # noqa: F403
from replay.rmm.helpers.device import *  # noqa: F403
from replay.rmm.helpers.enter import *  # noqa: F403
from replay.rmm.helpers.mapping import *  # noqa: F403
from replay.rmm.helpers.operation import *  # noqa: F403
from replay.rmm.helpers.realm_2_0 import *  # noqa: F403
