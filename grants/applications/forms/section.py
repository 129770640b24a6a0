"""One section of a bid as a page: built from the round's questions, kept as it was typed, judged by the same rules."""

from typing import Any

from communities.core.forms import Form, speak_plainly
from communities.core.questions import DateTyped
from grants.applications.forms.kinds import piece_for
from grants.applications.forms.pieces import Piece
from grants.applications.forms.tables import RowsPiece
from grants.applications.models import Application
from grants.applications.queries import Part, frame, part_problems


class SectionForm(Form):
    """The questions of one section. `judged` says whether missing answers are pointed out or left for later."""

    def __init__(
        self,
        part: Part,
        bid: Application,
        *,
        data: Any = None,
        rows: Any = None,
        content: dict[str, Any] | None = None,
        judged: bool = True,
    ) -> None:
        self.part, self.bid, self.judged = part, bid, judged
        stored = content or {}
        typed = stored.get("typed") or {}
        self.pieces: list[Piece] = [piece_for(question, bid) for question in part.questions]
        initial: dict[str, Any] = {}
        for piece in self.pieces:
            initial |= piece.initial(stored.get(piece.key)) | _shown_raw(typed.get(piece.key, {}))
        super().__init__(data, initial=initial)
        for piece in self.pieces:
            piece.form = self
            self.fields.update(piece.fields())
            piece.take_rows(data if rows is None else rows, stored.get(piece.key), typed.get(piece.key, {}))
        speak_plainly(self, {})

    @property
    def pressed(self) -> bool:
        """Whether a row is to be added or removed."""
        return any(piece.lines.pressed for piece in self._with_rows())

    def is_valid(self) -> bool:
        """Whether every field could be read and, where it is judged, nothing is missing."""
        rows_right = [piece.lines.is_valid() for piece in self._with_rows()]
        right = super().is_valid() and all(rows_right)
        if right and self.judged:
            self._judge()
        return right and not self.errors and not any(piece.errors for piece in self.pieces)

    def _judge(self) -> None:
        for problem in part_problems(self.part, self.content, frame(self.bid)):
            piece = next(piece for piece in self.pieces if piece.key == problem.key)
            if name := "" if piece.has_rows and problem.field != "minimum" else piece.name_of(problem.field):
                self.add_error(name, problem.sentence)
            else:
                piece.errors.append(problem.sentence)

    @property
    def content(self) -> dict[str, Any]:
        """What to keep: the answers that could be read, and as typed those that could not."""
        self.errors  # noqa: B018 (reads the fields)
        kept: dict[str, Any] = {}
        typed: dict[str, Any] = {}
        for piece in self.pieces:
            raw = {name: _raw(self[name].data) for name in piece.fields() if name in self.errors}
            if isinstance(piece, RowsPiece) and not piece.lines.is_valid():
                raw["rows"] = piece.raw()
                kept[piece.key] = None
            else:
                kept[piece.key] = piece.read(self.cleaned_data)
            if raw and not (list(raw) == ["rows"] and not raw["rows"]):
                typed[piece.key] = raw
        return kept | ({"typed": typed} if typed else {})

    def problems(self) -> list[dict[str, Any]]:
        """Everything that is wrong, in the order of the page."""
        whole = [{"text": str(error)} for error in self.non_field_errors()]
        return whole + [line for piece in self.pieces for line in piece.problems()]

    def _with_rows(self) -> list[RowsPiece]:
        return [piece for piece in self.pieces if isinstance(piece, RowsPiece)]


def _raw(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _shown_raw(typed: dict[str, Any]) -> dict[str, Any]:
    """What could not be read, shown again as it was typed; a date keeps its three parts."""
    raw = {name: value for name, value in typed.items() if name != "rows"}
    return {
        name: DateTyped(*value) if isinstance(value, list) and len(value) == 3 else value for name, value in raw.items()
    }
