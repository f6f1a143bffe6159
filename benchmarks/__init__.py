"""How fast, how light, how right: `python -m benchmarks`."""
