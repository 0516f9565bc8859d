"""What both bills of materials need to know about a package."""

from hostward.domain.matching import category_of
from hostward.domain.options import Category
from hostward.domain.package import Package
from hostward.scanners.vul.os_release import OsRelease


def named_ecosystem(package: Package) -> str:
    """The ecosystem where the purl can't say it: of web CMSs, and of containers' own distributions; else ""."""
    is_cms = category_of(package.ecosystem) is Category.WEB_CMS
    return package.ecosystem if is_cms or _is_elsewhere(package) else ""


def purl_release(package: Package, release: OsRelease) -> OsRelease:
    """The distribution that the purl names: the machine's, which is not that of what lies in a container."""
    return OsRelease() if _is_elsewhere(package) else release


def _is_elsewhere(package: Package) -> bool:
    return bool(package.path) and category_of(package.ecosystem) is Category.LINUX
