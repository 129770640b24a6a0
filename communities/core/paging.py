"""Pages of long lists: rows are counted up to a point, so that a list of a million opens like one of a thousand."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Page, PageNotAnInteger, Paginator
from django.utils.functional import cached_property


class CountedSoFar(Paginator):  # type: ignore[type-arg]
    """Counts no further than MOST rows. Pages behind can still be opened; nobody knows how many there are."""

    MOST = 1000

    @cached_property
    def count(self) -> int:
        """How many rows there are; of more than MOST it only says that there are more."""
        rows: Any = self.object_list
        return int(rows.order_by()[: self.MOST + 1].count())

    @property
    def is_more(self) -> bool:
        """Whether rows are left uncounted."""
        return self.count > self.MOST

    @property
    def in_words(self) -> str:
        """The number of rows, as people read it."""
        return f"more than {self.MOST:,}" if self.is_more else f"{self.count:,}"

    def validate_number(self, number: Any) -> int:
        """As stock, but the last page is not known where there are more rows than were counted."""
        if not self.is_more:
            return super().validate_number(number)
        try:
            return max(1, int(number))
        except (TypeError, ValueError):
            raise PageNotAnInteger("A page has a number.") from None

    def page(self, number: Any) -> Page[Any]:
        """The rows of a page, whether or not they were counted."""
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        return Page(self.object_list[first : first + self.per_page], number, self)

    def get_elided_page_range(self, number: Any = 1, **around: Any) -> Iterator[Any]:
        """As stock, and from the last page that was counted one further."""
        number = self.validate_number(number)
        yield from super().get_elided_page_range(number, **around)
        if self.is_more and number >= self.num_pages:
            yield number + 1
