"""The service of an agent. Why each line is there: docs/adr/0017-enrolment.md. The standard library alone."""

from hostward.agent.setup.release import Paths

UNIT = """[Unit]
Description=Hostward agent
Documentation=https://github.com/hostward/hostward
After=network-online.target
Wants=network-online.target

[Service]
Type=exec
ExecStart=@COMMAND@ agent run --config @ETC@
User=hostward-agent
Group=hostward-agent
StateDirectory=hostward-agent
StateDirectoryMode=0700
UMask=0077
Restart=always
RestartSec=5
KillMode=mixed
TimeoutStopSec=30

AmbientCapabilities=CAP_DAC_READ_SEARCH CAP_SYS_PTRACE
CapabilityBoundingSet=CAP_DAC_READ_SEARCH CAP_SYS_PTRACE
NoNewPrivileges=yes
SystemCallFilter=@system-service
SystemCallFilter=~@debug process_vm_readv process_vm_writev @mount @swap @reboot @module @raw-io
SystemCallErrorNumber=EPERM
SystemCallArchitectures=native
ProtectSystem=strict
ProtectHome=read-only
ProtectKernelModules=yes
ProtectKernelTunables=yes
Delegate=cpu memory io
ProtectControlGroups=no
ProtectClock=yes
ProtectHostname=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
DevicePolicy=closed

Nice=10
CPUWeight=20
IOSchedulingClass=idle
OOMScoreAdjust=500
TasksMax=256

[Install]
WantedBy=multi-user.target
"""


def unit(paths: Paths) -> str:
    """The service's file."""
    return UNIT.replace("@COMMAND@", str(paths.program)).replace("@ETC@", str(paths.etc))
