"""The structure MachineExtraInfo, which is part of several answers."""

import msgspec


class MachineExtraInfo(msgspec.Struct, gc=False):
    """More of a machine; NetworkType and NetworkName are of clouds, 0 and "" here. InstanceID: its Quuid."""

    wan_ip: str = msgspec.field(name="WanIP")
    private_ip: str = msgspec.field(name="PrivateIP")
    network_type: int = msgspec.field(name="NetworkType")
    network_name: str = msgspec.field(name="NetworkName")
    instance_id: str = msgspec.field(name="InstanceID")
    host_name: str = msgspec.field(name="HostName")
