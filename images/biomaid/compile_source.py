"""Compile every module of a tree, taking from a cache what an earlier build compiled.

A build after a one-line change compiles one file. compileall cannot do it: the tree is copied anew each time, so that
no date tells what has changed. The key is the source's content and its path, which is inside the bytecode (tracebacks
show it).
"""

import hashlib
import importlib.util
import os
import py_compile
import shutil
import sys
from pathlib import Path


def compile_tree(tree: Path, cache: Path) -> tuple[int, int]:
    compiled = reused = 0
    for source in tree.rglob("*.py"):
        if source.is_symlink() or not source.is_file():
            continue
        # fsencode: a name may hold bytes that are not UTF-8.
        identity = b"\0".join([sys.implementation.cache_tag.encode(), os.fsencode(source), source.read_bytes()])
        key = hashlib.sha256(identity).hexdigest()
        kept = cache / key[:2] / key
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            try:
                # Unchecked: a layer does not keep the dates by which Python would otherwise tell that the bytecode is
                # stale.
                py_compile.compile(
                    str(source),
                    cfile=f"{kept}.{os.getpid()}",
                    doraise=True,
                    invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
                )
            except py_compile.PyCompileError:
                continue  # a template or a leftover: it is reported when, and if, something imports it
            os.replace(f"{kept}.{os.getpid()}", kept)
            compiled += 1
        else:
            reused += 1
        target = Path(importlib.util.cache_from_source(str(source)))
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(kept, target)
    return compiled, reused


if __name__ == "__main__":
    compiled_count, reused_count = compile_tree(Path(sys.argv[1]), Path(sys.argv[2]))
    print(f"bytecode: {compiled_count} compiled, {reused_count} reused")
