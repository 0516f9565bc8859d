"""The verbs of vulnerability data: import a feed, judge an inventory."""
