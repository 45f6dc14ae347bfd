from pathlib import Path
from runpy import run_path

# By path: importing the package `settings` would ask for an instance's own settings.
release = run_path(str(Path(__file__).resolve().parent.parent / "settings" / "version.py"))["DEM_VERSION"]
project = "biomaid-compose : application d'exemple"
language = "fr"
exclude_patterns = ["_build"]
html_title = f"Application d'exemple (sample application) {release}"
