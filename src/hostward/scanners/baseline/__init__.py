"""The baseline module: is this machine set up safely, item by item, with the evidence for each verdict."""
