"""What the shop sells, and the report about it."""

from __future__ import annotations

from typing import NamedTuple

_KINDS = ("lamp", "chair", "table", "shelf", "mirror", "carpet", "clock", "vase")
_COLOURS = ("red", "green", "blue", "white", "black")


class Product(NamedTuple):
    """One product; the price is in cents."""

    id: int
    name: str
    price: int


def _stock() -> dict[int, Product]:
    names = [f"{colour} {kind}" for kind in _KINDS for colour in _COLOURS]
    return {
        number: Product(number, name, 900 + 137 * number)
        for number, name in enumerate(names, start=1)
    }


PRODUCTS = _stock()


def sales_report() -> dict[str, int]:
    """The value of the stock by kind of product, in cents."""
    totals = dict.fromkeys(_KINDS, 0)
    for product in PRODUCTS.values():
        totals[product.name.split()[-1]] += product.price
    return totals
