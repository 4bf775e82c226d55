"""What customers and agents write: sentences with names, numbers and places, of any length."""

from __future__ import annotations

from random import Random
from types import ModuleType
from typing import Any

from ventanilla.demo.load import english, spanish

SPEAKS: dict[str, ModuleType] = {"es": spanish, "en": english}
LONG = 0.04  # of the messages tell a whole story
LONGEST = 60  # sentences
# 40 x 24 models: a word that few tickets share
WOODS = (
    "Abedul", "Acebo", "Álamo", "Alerce", "Arce", "Avellano", "Boj", "Brezo", "Caoba", "Castaño",
    "Cedro", "Cerezo", "Ciprés", "Ciruelo", "Ébano", "Encina", "Enebro", "Espino", "Eucalipto",
    "Fresno", "Haya", "Higuera", "Jara", "Laurel", "Limonero", "Madroño", "Magnolio", "Manzano",
    "Moral", "Nogal", "Olivo", "Olmo", "Palmera", "Peral", "Pino", "Quejigo", "Roble", "Sauce",
    "Tejo", "Tilo",
)  # fmt: skip
SERIES = (
    "Ártico", "Boreal", "Cierzo", "Duna", "Estrella", "Faro", "Galerna", "Horizonte", "Isla",
    "Jaspe", "Kiruna", "Levante", "Marea", "Norte", "Ola", "Poniente", "Quilla", "Rompeolas",
    "Siroco", "Trópico", "Umbral", "Vega", "Xanadú", "Zafiro",
)  # fmt: skip
CITIES = (
    "Madrid", "Barcelona", "Valencia", "Sevilla", "Zaragoza", "Málaga", "Murcia", "Palma",
    "Bilbao", "Alicante", "Córdoba", "Valladolid", "Vigo", "Gijón", "Granada", "Vitoria",
    "Elche", "Oviedo", "Pamplona", "Almería", "Burgos", "Santander", "Albacete", "Logroño",
    "Badajoz", "Salamanca", "Huelva", "Lleida", "Tarragona", "León", "Cádiz", "Jaén", "Ourense",
    "Girona", "Lugo", "Cáceres", "Toledo", "Segovia", "Teruel", "Soria", "Lisboa", "Oporto",
)  # fmt: skip
STREETS = (
    "Mayor", "Real", "Nueva", "del Carmen", "San Juan", "Santa Ana", "del Sol", "Colón",
    "Cervantes", "Goya", "Velázquez", "la Paz", "Libertad", "Jardines", "Molino", "Fuente",
    "Estación", "Iglesia", "Olivar", "Ronda", "Ancha", "Larga", "del Río", "Huertas",
)  # fmt: skip
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class Writer:
    """Writes the messages of one ticket after the other, from one source of chance."""

    def __init__(self, random: Random):
        self.random, self.chance = random, random.random

    def one(self, of: Any) -> Any:
        return of[int(self.chance() * len(of))]

    def matter(self, language: str, name: str) -> dict[str, Any]:
        """What a ticket is about: the names that its sentences fill in."""
        chance, one, said = self.chance, self.one, SPEAKS[language]
        # most products are sold seldom, a few again and again
        wood = WOODS[int(len(WOODS) * chance() ** 2)]
        return {
            "order": str(int(1_000_000 + 8_999_999 * chance())),
            "product": f"{one(said.THINGS)} {wood} {one(SERIES)}",
            "amount": f"{int(9 + 900 * chance() ** 2)},{int(chance() * 10)}0 €",
            "city": CITIES[int(len(CITIES) * chance() ** 2)],
            "day": one(said.DAYS),
            "ref": f"{one(LETTERS)}{one(LETTERS)}{int(chance() * 10_000_000):07}",
            "street": f"calle {one(STREETS)} {int(1 + chance() * 90)}",
            "name": name,
            "first": name.partition(" ")[0],
        }

    def subject(self, language: str, about: dict[str, Any]) -> str:
        text: str = self.one(SPEAKS[language].SUBJECTS) % about
        return text[0].upper() + text[1:]

    def inquiry(self, language: str, about: dict[str, Any]) -> str:
        said = SPEAKS[language]
        body = [self.one(said.OPENINGS), *self._details(said.DETAILS), self.one(said.ASKS)]
        return self._letter(self.one(said.HELLOS), " ".join(body), self.one(said.GOODBYES), about)

    def answer(self, language: str, about: dict[str, Any]) -> str:
        said = SPEAKS[language]
        body = [self.one(said.ANSWERS)]
        for _more in range(int(3.2 * self.chance() ** 2)):
            body.append(self.one(said.MORE_ANSWERS))
        return self._letter(said.ANSWER_HELLO, " ".join(body), said.ANSWER_GOODBYE, about)

    def follow_up(self, language: str, about: dict[str, Any]) -> str:
        said = SPEAKS[language]
        text = self.one(said.FOLLOW_UPS)
        if self.chance() < 0.4:
            text = " ".join([text, *self._details(said.DETAILS)])
        return text % about

    def thanks(self, language: str) -> str:
        return self.one(SPEAKS[language].THANKS)

    def note(self, about: dict[str, Any]) -> str:
        return self.one(spanish.NOTES) % about

    def _details(self, pool: tuple[str, ...]) -> list[str]:
        """Few sentences as a rule, now and then many."""
        chance = self.chance()
        many = int(LONGEST * self.chance() ** 3) if chance < LONG else int(5 * chance**2)
        return self.random.choices(pool, k=many) if many else []

    def _letter(self, hello: str, body: str, goodbye: str, about: dict[str, Any]) -> str:
        text: str = "\n\n".join(filter(None, (hello, body, goodbye))) % about
        return text
