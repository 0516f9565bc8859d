"""What the loop decided since it was last asked."""

from hostward.agent.effects import Effect, Notice


class Outbox:
    """Effects in the order in which they must be carried out."""

    def __init__(self) -> None:
        self._effects: list[Effect] = []
        self._last_notice = ""

    def add(self, effect: Effect) -> None:
        """One more thing to be done."""
        self._effects.append(effect)

    def notice(self, text: str) -> None:
        """Tell the operator, once while nothing else is told."""
        if text and text != self._last_notice:
            self._last_notice = text
            self._effects.append(Notice(text=text))

    def empty(self) -> list[Effect]:
        """Everything there is; it is gone from here then."""
        taken, self._effects = self._effects, []
        return taken
