"""The second final project: a web server whose workers take up a new configuration while they serve.

Importing this fetches the configuration only; the server is imported when it is started.
"""

from .config import CONFIG, Config

__all__ = ["CONFIG", "Config"]
