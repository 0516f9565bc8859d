"""Bills of materials: CycloneDX and SPDX of any producer, as the packages of the machine they describe."""
