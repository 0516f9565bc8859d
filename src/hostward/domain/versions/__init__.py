"""Version order: one comparer a file, each turning a version into bytes that sort as the versions do."""
