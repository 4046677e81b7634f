#!/bin/sh
# Records every call that the kernel makes to the RMM, with two kprobe events.
#
#   ftrace.sh           define rmi:in and rmi:out, start recording
#   cat /sys/kernel/tracing/instances/rmi/trace_pipe > rmi.ftrace
#   ftrace.sh --stop    stop, say what was missed, remove all of it
#
# Needs root, CONFIG_KPROBE_EVENTS, and Linux 6.9 or later (a return probe that
# reads where an argument points).  Other tracing on the machine is not touched:
# the buffer is an instance of its own.  README.md says what this cannot see.
set -eu

tracefs=${TRACEFS:-/sys/kernel/tracing}
instance=$tracefs/instances/rmi
buffer_kb=8192 # a CPU; some 45,000 calls

die() {
	echo "ftrace.sh: $1" >&2
	exit 1
}

remove() {
	# An event in use cannot be removed, nor an instance with a reader.
	if [ -e "$instance/events/rmi/enable" ]; then
		echo 0 > "$instance/events/rmi/enable"
	fi
	if [ -d "$instance" ]; then
		rmdir "$instance" || die "is trace_pipe still being read?"
	fi
	for event in in out; do
		if [ -d "$tracefs/events/rmi/$event" ]; then
			echo "-:rmi/$event" >> "$tracefs/kprobe_events"
		fi
	done
}

start() {
	[ ! -d "$tracefs/events/rmi" ] || die "is recording already, or rmi: is in use; --stop removes it"
	# X0 to X7: no call of the RMI uses more.
	entry="fid=+0(%x0):x64"
	back="r0=+0(\$arg2):x64"
	for n in 1 2 3 4 5 6 7; do
		entry="$entry a$n=+$((8 * n))(%x0):x64"
		back="$back r$n=+$((8 * n))(\$arg2):x64"
	done
	# No filter by function: a return could not be told to be one of another call.
	echo "p:rmi/in arm_smccc_1_2_smc $entry" >> "$tracefs/kprobe_events" ||
		die "no probe on arm_smccc_1_2_smc; $tracefs/error_log may say why"
	echo "r:rmi/out arm_smccc_1_2_smc $back" >> "$tracefs/kprobe_events" || {
		remove
		die "no return probe that reads an argument: Linux 6.9 or later? Else use rmi.bt"
	}
	[ -d "$instance" ] || mkdir "$instance"
	echo mono > "$instance/trace_clock"
	echo "$buffer_kb" > "$instance/buffer_size_kb"
	echo 1 > "$instance/events/rmi/enable"
	echo "recording; read $instance/trace_pipe"
}

stop() {
	if [ -r "$tracefs/kprobe_profile" ]; then
		echo "probe, hits, missed hits:"
		grep -E '^[[:space:]]*(in|out)[[:space:]]' "$tracefs/kprobe_profile" || true
	fi
	remove
}

[ -w "$tracefs/kprobe_events" ] || die "cannot write $tracefs/kprobe_events: root? tracefs mounted?"
case ${1-} in
"") start ;;
--stop) stop ;;
*) die "expected no argument, or --stop" ;;
esac
