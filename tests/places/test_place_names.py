"""Names of places, as others use them."""

from bot.places.cities import place_names


def test_countries_and_large_cities_are_named() -> None:
    names = place_names()
    assert {"Argentina", "Málaga", "Kuala Lumpur", "Burundi"} <= set(names)
    assert len(names) > 4_000
