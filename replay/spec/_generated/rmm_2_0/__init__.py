"""Generated from rmm-2.0/ by generate.py; do not edit."""

from replay.spec._generated.rmm_2_0 import aux, boot, device, enter, granule, map, operation, psci, realm, rec, ripas, rtt, unmap

COMMANDS = [*aux.COMMANDS, *boot.COMMANDS, *device.COMMANDS, *enter.COMMANDS, *granule.COMMANDS, *map.COMMANDS, *operation.COMMANDS, *psci.COMMANDS, *realm.COMMANDS, *rec.COMMANDS, *ripas.COMMANDS, *rtt.COMMANDS, *unmap.COMMANDS]
