"""Pounds and pence: exact, read as people type them, split without losing a penny."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models

PENNY = Decimal("0.01")
LARGEST = Decimal("9999999999.99")
# ASCII digits on purpose: \d would let other scripts' digits in
AMOUNT = re.compile(r"[0-9]+(?:\.[0-9]{1,2})?")


def parse_money(text: str) -> Decimal:
    """An amount as people type it: "£1,000.50", "1 000", "75". Anything else is a ValueError with the reason."""
    plain = re.sub(r"[£,\s]", "", text)
    if re.fullmatch(r"[0-9]+\.[0-9]{3,}", plain):
        raise ValueError("The amount must have no more than 2 digits after the point, like 75 or 1,250.50")
    if not AMOUNT.fullmatch(plain):
        raise ValueError("The amount must be a number in pounds, like 75 or 1,250.50")
    amount = Decimal(plain).quantize(PENNY) if len(plain) < 20 else LARGEST + 1
    if amount > LARGEST:
        raise ValueError("The amount is too large")
    return amount


def pounds(amount: Decimal | None) -> str:
    """An amount as people read it: £75, £1,250.50."""
    if amount is None:
        return ""
    sign, size = ("\N{MINUS SIGN}" if amount < 0 else ""), abs(amount).quantize(PENNY)
    return f"{sign}£{size:,.0f}" if size == size.to_integral() else f"{sign}£{size:,.2f}"


def split(total: Decimal, weights: Sequence[Decimal | int]) -> list[Decimal]:
    """Share an amount by weights so that the parts add up to it to the penny (largest remainder first)."""
    whole = sum((Decimal(weight) for weight in weights), Decimal(0))
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("The weights must not be negative, and not all zero.")
    if total < 0 or total != total.quantize(PENNY):
        raise ValueError("Only whole pence can be split, and nothing below zero.")
    pence = int(total * 100)
    exact = [Decimal(weight) * pence / whole for weight in weights]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in by_remainder[: pence - sum(parts)]:
        parts[place] += 1
    return [(Decimal(part) / 100).quantize(PENNY) for part in parts]


Given_contra = TypeVar("Given_contra", contravariant=True)
Kept_co = TypeVar("Kept_co", covariant=True)


class MoneyFormField(forms.CharField):
    """A text field for pounds: forgives £, commas and spaces, refuses all that is no amount."""

    def __init__(
        self, *, min_value: Decimal | int | None = None, max_value: Decimal | int | None = None, **kwargs: Any
    ) -> None:
        # what a model's DecimalField would pass on
        for unused in ("max_digits", "decimal_places"):
            kwargs.pop(unused, None)
        self.min_value, self.max_value = min_value, max_value
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        kwargs["empty_value"] = None
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """The typed text as an amount."""
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        try:
            amount = parse_money(str(value))
        except ValueError as wrong:
            raise ValidationError(str(wrong), code="invalid") from wrong
        if self.min_value is not None and amount < self.min_value:
            raise ValidationError(f"The amount must be {pounds(Decimal(self.min_value))} or more", code="min_value")
        if self.max_value is not None and amount > self.max_value:
            raise ValidationError(f"The amount must be {pounds(Decimal(self.max_value))} or less", code="max_value")
        return amount

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Is another amount meant, however it is spelt."""
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True


if TYPE_CHECKING:

    class Exact(models.DecimalField[Given_contra, Kept_co]):
        """The stock column, typed."""

else:

    class Exact(models.DecimalField):
        """The stock column; it takes no types at run time."""

        __class_getitem__ = classmethod(lambda cls, _: cls)


class MoneyField(Exact[Given_contra, Kept_co]):
    """A column of pounds and pence, never a float."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_digits"], kwargs["decimal_places"] = 12, 2
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """How migrations write it down."""
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs

    def to_python(self, value: Any) -> Decimal | None:
        """Refuse floats: they have lost pennies already."""
        if isinstance(value, float):
            raise ValidationError("Money is never a float.", code="float")
        amount: Decimal | None = super().to_python(value)
        return amount

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Refuse floats on the way to the database as well."""
        if isinstance(value, float):
            raise TypeError(f"{self.name} is money and got a float.")
        return super().get_db_prep_save(value, connection)

    def formfield(self, **kwargs: Any) -> Any:
        """The form field of a money column, from zero upwards unless said otherwise."""
        lowest = [each.limit_value for each in self.validators if isinstance(each, MinValueValidator)]
        defaults: dict[str, Any] = {"form_class": MoneyFormField}
        if lowest:
            defaults["min_value"] = max(lowest)
        kwargs.pop("widget", None) if "Number" in str(kwargs.get("widget")) else None
        return models.Field.formfield(self, **{**defaults, **kwargs})
