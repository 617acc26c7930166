"""The running system: HTTP, Ray, command line."""
