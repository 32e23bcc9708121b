"""Sectors as people say them, made of divisions of the French nomenclature of activities (NAF).

The divisions (first two digits of a code) mean the same in NAF rév. 2 (INSEE, 2008) and, for these groups, in NAF
2025, where 45 is gone: its trade went to 46 and 47, its repairs to 95.
"""

from __future__ import annotations

import re

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


# The first and the last division of each; those between two sectors do not exist.
_DIVISIONS = {
    Sector.AGRICULTURE: ("01", "03"),
    Sector.INDUSTRY: ("05", "33"),
    Sector.UTILITIES: ("35", "39"),
    Sector.CONSTRUCTION: ("41", "43"),
    Sector.TRADE: ("45", "47"),
    Sector.TRANSPORT: ("49", "53"),
    Sector.HOSPITALITY: ("55", "56"),
    Sector.DIGITAL: ("58", "63"),
    Sector.FINANCE: ("64", "68"),
    Sector.CONSULTING: ("69", "75"),
    Sector.SUPPORT: ("77", "82"),
    Sector.ADMINISTRATION: ("84", "84"),
    Sector.EDUCATION: ("85", "85"),
    Sector.HEALTH: ("86", "88"),
    Sector.LEISURE: ("90", "93"),
    Sector.SERVICES: ("94", "99"),
}
_CODE = re.compile(r"([0-9]{2})([0-9]{2}[A-Z])")
_BETWEEN = re.compile(r"[\s.,·_/–-]")


def naf_code(typed: str) -> str | None:
    """`10.71C` of a code as people type it (« 1071c », « 10-71 C »); None for what is no code."""
    code = _CODE.fullmatch(_BETWEEN.sub("", typed).upper())
    return f"{code[1]}.{code[2]}" if code and sector_of(code[1]) else None


def sector_of(naf_code: str) -> Sector | None:
    """The sector of a code of the nomenclature, or of its division."""
    division = naf_code[:2]
    return next((sector for sector, (first, last) in _DIVISIONS.items() if first <= division <= last), None)
