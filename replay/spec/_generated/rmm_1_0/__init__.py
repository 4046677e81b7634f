"""Generated from rmm-1.0/ by generate.py; do not edit."""

from replay.spec._generated.rmm_1_0 import data, enter, granule, psci, realm, rec, ripas, rtt, version

COMMANDS = [*data.COMMANDS, *enter.COMMANDS, *granule.COMMANDS, *psci.COMMANDS, *realm.COMMANDS, *rec.COMMANDS, *ripas.COMMANDS, *rtt.COMMANDS, *version.COMMANDS]
