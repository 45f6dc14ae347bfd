"""Load Oracle's client as cx_Oracle will: by its name, with all that it needs itself."""

import ctypes
import sys

try:
    ctypes.CDLL("libclntsh.so")
except OSError as reason:
    sys.exit(f"biomaid-compose: oracle client: it does not load: {reason}")
