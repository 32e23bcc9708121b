"""Sectors as people say them, made of divisions of the French nomenclature of activities.

The divisions (first two digits of a NAF code) mean the same in NAF rév. 2 (INSEE, 2008) and, for these groups,
in NAF 2025, where 45 is gone: its trade went to 46 and 47, its repairs to 95.
"""

from __future__ import annotations

from assett.kernel.text import N_
from assett.kernel.vocabulary import Word


class Sector(Word):
    AGRICULTURE = "agriculture", N_("Agriculture, forêt, pêche")
    INDUSTRY = "industrie", N_("Industrie, artisanat de production")
    UTILITIES = "energie-eau-dechets", N_("Énergie, eau, déchets")
    CONSTRUCTION = "construction", N_("Bâtiment et travaux publics")
    TRADE = "commerce", N_("Commerce et réparation automobile")
    TRANSPORT = "transport", N_("Transport et logistique")
    HOSPITALITY = "hebergement-restauration", N_("Hébergement et restauration")
    DIGITAL = "numerique-information", N_("Numérique, édition, information")
    FINANCE = "finance-immobilier", N_("Banque, assurance, immobilier")
    CONSULTING = "conseil", N_("Conseil, études, recherche")
    SUPPORT = "services-aux-entreprises", N_("Services aux entreprises")
    ADMINISTRATION = "administration", N_("Administration publique")
    EDUCATION = "enseignement", N_("Enseignement et formation")
    HEALTH = "sante-social", N_("Santé et action sociale")
    LEISURE = "culture-sport", N_("Culture, sport, loisirs")
    SERVICES = "associations-services", N_("Vie associative, services aux personnes")


_LAST_DIVISION = (
    (3, Sector.AGRICULTURE),
    (34, Sector.INDUSTRY),
    (40, Sector.UTILITIES),
    (44, Sector.CONSTRUCTION),
    (48, Sector.TRADE),
    (54, Sector.TRANSPORT),
    (57, Sector.HOSPITALITY),
    (63, Sector.DIGITAL),
    (68, Sector.FINANCE),
    (76, Sector.CONSULTING),
    (83, Sector.SUPPORT),
    (84, Sector.ADMINISTRATION),
    (85, Sector.EDUCATION),
    (89, Sector.HEALTH),
    (93, Sector.LEISURE),
    (99, Sector.SERVICES),
)


def sector_of(division: str) -> Sector | None:
    """The sector of a division (`"10"`), or of a whole code (`"10.71C"`); None for what is no code."""
    digits = division[:2]
    if not (len(digits) == 2 and digits.isascii() and digits.isdecimal()):
        return None
    return next(sector for last, sector in _LAST_DIVISION if int(digits) <= last)
