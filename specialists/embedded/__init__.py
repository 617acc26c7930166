"""The small base that comes with the package, and the recipe that trains it from scratch."""
