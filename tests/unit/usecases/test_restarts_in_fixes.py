"""What a machine says is to be started again is part of what is to be done about its vulnerabilities."""

from hostward.domain.module import Module
from hostward.domain.package import Package, Restart
from hostward.domain.remedy import remedy
from small_fleet import Fleet
from store_samples import advisory, affects


def package(name: str, path: bytes = b"") -> Package:
    """An installed package."""
    return Package(
        ecosystem="Debian:12", name=name, version="1.0-1", source=name, source_version="1.0-1", path=path
    )  # fmt: skip


def test_a_service_with_old_files_is_named_in_the_fix(fleet: Fleet) -> None:
    """Of the package that the machine told it of; a container's package of that name is another."""
    known = [advisory(f"CVE-2026-{n}", affects(name, fixed="2.0-1")) for n, name in enumerate(("curl", "libssl3"))]
    fleet.store.write_now(
        lambda uow: uow.advisories.replace("debian", known, ecosystems=["Debian:12"], digest="d", now=fleet.now)
    )
    fleet.add("a")
    task = fleet.start(Module.VUL)
    nginx = Restart(unit="nginx.service", package="libssl3", path=b"/usr/lib/x", processes=2, reason="old files")
    items = (package("libssl3"), package("curl"), package("libssl3", b"docker://web"), nginx)
    fleet.finish(fleet.machines[0], fleet.lease(fleet.machines[0]), *items)
    vuls = fleet.store.read_now(lambda uow: uow.tasks.vuls(task, limit=10))
    fixes = {vul.component: remedy(vul.component, vul.fixed, vul.ecosystem, vul.place, vul.restart) for vul in vuls}
    assert fixes["libssl3"].endswith("; then restart nginx.service")
    assert fixes["curl"].endswith("--only-upgrade curl")
