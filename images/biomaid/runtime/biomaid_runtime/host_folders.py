"""The host's folders of application.paths and application.attachment_roots."""

import os
import shlex

from biomaid_runtime import paths
from biomaid_runtime.config import Config
from biomaid_runtime.faults import Fault


def require_readable(config: Config) -> None:
    """Raise a Fault for a folder that this user cannot read: only here is it known, access lists and all.

    Only the folder itself: there may be hundreds of thousands of files in it.
    """
    groups = [
        ("application.paths", paths.IMPORTS, config.import_paths),
        ("application.attachment_roots", paths.ATTACHMENTS, config.attachment_roots),
    ]
    for setting, mounts, folders in groups:
        for name, folder in folders.items():
            if not os.access(mounts / name, os.R_OK | os.X_OK):
                repair = f"chmod -R a+rX {shlex.quote(folder)}"
                raise Fault(
                    f"{setting}.{name}: {folder} cannot be read by the containers' user (uid {os.getuid()}); "
                    f"open it on the host: `{repair}`",
                    f"{setting}.{name} : {folder} est illisible pour l'utilisateur des conteneurs "
                    f"(uid {os.getuid()}) ; l'ouvrir sur la machine hôte : `{repair}`",
                )
