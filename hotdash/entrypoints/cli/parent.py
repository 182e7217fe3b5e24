"""A parent that was killed cannot stop its children; they notice that somebody adopted them."""

import os
import signal
import threading
import time

_LOOKED_AFTER_SECONDS = 0.5
_PATIENCE_SECONDS = 5.0


def end_with(parent: int) -> None:
    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOKED_AFTER_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_PATIENCE_SECONDS)
        # Whatever did not let go: every step survives a kill, and nobody is left to see an end.
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
