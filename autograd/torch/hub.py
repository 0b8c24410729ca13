"""``torch.hub``: files of weights by their address. Programs from there are not run."""

from __future__ import annotations

import os
import re
import urllib.request
from typing import Any
from urllib.parse import urlparse

from ..serialization import load as read
from ..utils.files import replacing

# The hash in the name of a file, as in resnet18-bfd8deac.pth.
HASH_REGEX = re.compile(r"-([a-f0-9]*)\.")
_directory: str | None = None


def _get_torch_home() -> str:
    cache = os.environ.get("XDG_CACHE_HOME", os.path.join(os.path.expanduser("~"), ".cache"))
    return os.environ.get("TORCH_HOME", os.path.join(cache, "torch"))


def get_dir() -> str:
    """Where downloaded files are kept: ``$TORCH_HOME/hub``, or in the user's cache."""
    return _directory or os.path.join(_get_torch_home(), "hub")


def set_dir(d: str | os.PathLike[str]) -> None:
    """Keep downloaded files in ``d``."""
    global _directory
    _directory = os.path.expanduser(d)


def download_url_to_file(url: str, dst: str, hash_prefix: str | None = None, progress: bool = True) -> None:
    """Write what is at ``url`` to the path ``dst``; RuntimeError unless its SHA-256 begins with ``hash_prefix``."""
    import hashlib

    digest = hashlib.sha256()
    with urllib.request.urlopen(url) as answer, replacing(dst) as file:
        while block := answer.read(1 << 20):
            digest.update(block)
            file.write(block)
        if hash_prefix and not digest.hexdigest().startswith(hash_prefix):
            raise RuntimeError(f'invalid hash value (expected "{hash_prefix}", got "{digest.hexdigest()}")')


def load_state_dict_from_url(
    url: str,
    model_dir: str | None = None,
    map_location: Any = None,
    progress: bool = True,
    check_hash: bool = False,
    file_name: str | None = None,
    weights_only: bool = True,
) -> Any:
    """What is in the file of weights at ``url``, which is downloaded once."""
    folder = model_dir or os.path.join(get_dir(), "checkpoints")
    os.makedirs(folder, exist_ok=True)
    name = file_name or os.path.basename(urlparse(url).path)
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        found = HASH_REGEX.search(name) if check_hash else None
        download_url_to_file(url, path, found and found[1], progress)
    return read(path)


load_url = load_state_dict_from_url


def load(repo_or_dir: str, model: str, *args: Any, **options: Any) -> Any:
    """RuntimeError: programs from the network are not run here."""
    raise RuntimeError(f"torch.hub.load: {repo_or_dir} would be downloaded and run; install the package and import it")


def __getattr__(name: str) -> Any:
    # The bar that some take from here to show how far a download is.
    if name == "tqdm":
        from tqdm import tqdm

        return tqdm
    raise AttributeError(name)
