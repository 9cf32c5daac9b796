"""`make bench`: one table of figures, every time as a ratio measured in this run. `python -m bench NAME…` runs some."""

import importlib
import pkgutil
import sys

import bench


def main(names: list[str]) -> None:
    found = [module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_")]
    unknown = set(names) - set(found)
    if unknown:
        sys.exit(f"no such benchmark: {sorted(unknown)[0]}; there are {', '.join(found)}")
    for name in names or found:
        importlib.import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
