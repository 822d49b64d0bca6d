"""What goes on beside the questions: the model loads, a reader follows the index, and work that can wait waits
until nobody asks.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from qa.config import Settings
from qa.errors import DatelineError, SettingsError
from qa.llm import open_model, wants_model
from qa.llm.client import LanguageModel
from qa.logs import happened
from qa.pipeline import Wording
from qa.telling import instructions_for

_log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5  # between a reader's looks at the index
LOOK_SHARE = 4  # a look waits so many times as long as the last reading took


class Loading:
    """A model that loads in the background while everything else does; given one, it is there at once."""

    def __init__(self, settings: Settings, model: LanguageModel | None) -> None:
        self._settings = settings
        self._wording = Wording(model, "")
        self._done = threading.Event()
        if model is not None:
            self._done.set()
        else:
            with suppress(SettingsError):  # which loading tells of
                if wants_model(settings):
                    # LlamaIndex imports itself in circles: two threads that import it at once see half of it.
                    import llama_index.llms.openai_like  # noqa: F401
            threading.Thread(target=self._load, name="load-model", daemon=True).start()

    @property
    def done(self) -> bool:
        """Whether questions need not wait for it."""
        return self._done.is_set()

    def wait(self) -> Wording:
        """The model, once it is loaded; none, with the reason, when it cannot be."""
        self._done.wait()
        return self._wording

    def close(self) -> None:
        """Free the model."""
        model = self.wait().model
        if model is not None:
            model.close()

    def _load(self) -> None:
        began = time.monotonic()
        try:
            opened = open_model(self._settings)
            if opened.model is not None:
                for instructions in instructions_for(opened.model):
                    opened.model.prepare(instructions)
            self._wording = Wording(opened.model, opened.notice)
            name = opened.model.name if opened.model else "none"
            happened(
                _log,
                "model_loaded",
                model=name,
                notice=opened.notice,
                seconds=round(time.monotonic() - began, 2),
            )
        except DatelineError as error:
            self._wording = Wording(None, f"{error} Answers quote the evidence.")
            happened(_log, "model_failed", level=logging.ERROR, code=error.code, message=str(error))
        finally:
            self._done.set()


class Following:
    """Looks at an index that another process changes, again and again in a thread; `look` says whether anything
    was another. `trouble` is what keeps it from being read, "" for nothing; what was read last is kept then.
    """

    def __init__(self, look: Callable[[], bool]) -> None:
        self.trouble = ""
        self._look = look
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="follow-index", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._over.set()
        self._thread.join()

    def _follow(self) -> None:
        took = 0.0
        while not self._over.wait(max(LOOK_SECONDS, LOOK_SHARE * took)):
            began, trouble = time.monotonic(), ""
            try:
                if self._look():
                    took = time.monotonic() - began
                    happened(_log, "index_followed", seconds=round(took, 2))
            except DatelineError as error:
                trouble = str(error)
                if trouble != self.trouble:
                    happened(_log, "index_lost", level=logging.ERROR, code=error.code, message=trouble)
            self.trouble = trouble


class Asking:
    """Counts the questions that are being answered, each a `with` block; `closed` lets go of who waits."""

    def __init__(self) -> None:
        self._number = 0
        self.closed = False
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        with self._changed:
            self._number += 1

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._number -= 1
            self._changed.notify_all()

    def close(self) -> None:
        """Let go of whoever waits."""
        with self._changed:
            self.closed = True
            self._changed.notify_all()

    def idle(self) -> bool:
        """Wait until no question is being answered: True then, False once this is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self.closed or not self._number)
            return not self.closed
