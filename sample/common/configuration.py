"""The TOML configuration: the local folder's, then config.d, then this instance's."""

from functools import cache
from glob import glob
from pathlib import Path

import tomlkit

# Relative on purpose: the working directory must be the source's root.
CONFIG = Path("local/config.toml")
INSTANCE_CONFIG = Path("instance_config.toml")


def merge(base, other):
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            merge(base[key], value)
        else:
            base[key] = value
    return base


def read(path):
    return tomlkit.parse(Path(path).read_text(encoding="utf-8")).unwrap()


@cache
def configuration():
    """Read once per process: a change made on the configuration page waits for a restart."""
    merged = read(CONFIG)
    for path in sorted(glob("local/config.d/*.toml")):
        merge(merged, read(path))
    if INSTANCE_CONFIG.exists():
        merge(merged, read(INSTANCE_CONFIG))
    return merged


@cache
def pyproject():
    return read("pyproject.toml")
