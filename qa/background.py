"""What goes on beside the questions: the model loads, and work that can wait waits until nobody asks."""

from __future__ import annotations

import threading

from qa.config import Settings
from qa.errors import DatelineError
from qa.llm import open_model
from qa.llm.client import LanguageModel
from qa.pipeline import Wording
from qa.telling import instructions_for


class Loading:
    """A model that loads in the background while everything else does; given one, it is there at once."""

    def __init__(self, settings: Settings, model: LanguageModel | None) -> None:
        self._settings = settings
        self._wording = Wording(model, "")
        self._done = threading.Event()
        if model is not None:
            self._done.set()
        else:
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
        try:
            opened = open_model(self._settings)
            if opened.model is not None:
                for instructions in instructions_for(opened.model):
                    opened.model.prepare(instructions)
            self._wording = Wording(opened.model, opened.notice)
        except DatelineError as error:
            self._wording = Wording(None, f"{error} Answers quote the evidence.")
        finally:
            self._done.set()


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
