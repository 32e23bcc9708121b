"""The theme editor: tried alone, published at once, cached for ever, put back."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from assett.core.changes import changes as changes_of
from assett.spaces import themes
from assett.spaces.models import Space
from tests.factories import SpaceFactory
from tests.linting import LintingClient
from tests.spaces.conftest import picture, undo

PAGE = "/ici/reglages/apparence"
Read = Callable[[Space], Space]


def chosen(**changes: str) -> dict[str, Any]:
    return {
        "light_accent": "#17595e",
        "light_paper": "#fdfbf6",
        "light_ink": "#24221d",
        "dark_accent": "#83c9c6",
        "dark_paper": "#181917",
        "dark_ink": "#ebe7dc",
        "headings": "sans",
        "radius": "0rem",
        **changes,
    }


def stylesheet(client: LintingClient) -> str:
    """The address of the home page's theme."""
    found = re.search(r'href="([^"]*(?:theme|/apparence/[0-9a-f]+)\.css)"', client.get("/ici/").text)
    assert found
    return found.group(1)


def test_what_is_tried_is_seen_by_its_author_alone(at_work: LintingClient, space: Space, now_is: Read) -> None:
    before = stylesheet(at_work)
    at_work.get(PAGE)
    assert at_work.post(PAGE, data={**chosen(light_accent="#aa0000"), "intent": "try"}).status_code == 303
    shown = at_work.get(PAGE).text
    specimen = re.search(r'href="(/ici/reglages/apparence/[0-9a-f]+\.css)"', shown)
    assert specimen and 'value="#aa0000"' in shown
    assert ".specimen-light{--accent:#aa0000" in at_work.get(specimen.group(1)).text
    assert stylesheet(at_work) == before and now_is(space).appearance is None


def test_what_was_before_one_s_own_colours_is_the_base_theme(at_work: LintingClient, space: Space) -> None:
    at_work.get(PAGE)
    at_work.post(PAGE, data={**chosen(light_accent="#aa0000"), "intent": "publish"})
    told = at_work.get(PAGE).text.replace("\xa0", " ").partition("Ce qui était avant :")[2].partition("</form>")[0]
    assert "Apparence : « celle du thème de départ »" in told and "rien" not in told and told.count("<li>") == 1


def test_the_log_says_which_colours_gave_way(at_work: LintingClient, space: Space, now_is: Read) -> None:
    base = themes.themes()["assett"]
    at_work.get(PAGE)
    at_work.post(PAGE, data={**chosen(light_accent="#aa0000"), "intent": "publish"})
    told = at_work.get("/ici/journal").text.replace("\xa0", " ")
    assert base.light.accent in told and "#aa0000" in told and "rien auparavant" not in told
    at_work.get(PAGE)
    at_work.post(f"{PAGE}/theme-de-base")
    undo(at_work, "appearance", "apparence")
    assert (now_is(space).appearance or {})["light"]["accent"] == "#aa0000"
    undo(at_work, "appearance", "apparence")
    assert now_is(space).appearance is None


def test_the_log_of_the_appearance_says_words_and_no_key(
    at_work: LintingClient, space: Space, now_is: Read, log: Callable[[str], list[dict[str, Any]]]
) -> None:
    """Every setting of an appearance is changed once, from what the base theme shows and back to it."""
    at_work.get(PAGE)
    at_work.post(f"{PAGE}/depart", data={"theme": "mel"})
    everything = {f"{mode}_{name}": "#123456" for mode in themes.MODES for name in themes.COLOURS}
    for changes, logo in (({"headings": "serif"}, picture((90, 30))), ({"radius": "0.7rem", **everything}, None)):
        at_work.get(PAGE)
        data = {**chosen(**changes), "intent": "publish", **({"picture": (logo, "logo.png")} if logo else {})}
        assert at_work.post(PAGE, data=data, content_type="multipart/form-data").status_code == 303
    at_work.get(PAGE)
    at_work.post(f"{PAGE}/theme-de-base")
    changed = {each.path for details in log("settings.appearance") for each in changes_of(details)}
    assert changed == {
        ("theme",),
        *(("appearance", name) for name in ("headings", "radius", "logo")),
        *(("appearance", mode, name) for mode in themes.MODES for name in themes.COLOURS),
    }
    journal = at_work.get("/ici/journal").text.replace("\xa0", " ")
    lines = re.findall(r"<li>(.*?)</li>", "".join(re.findall(r'(?s)class="log-details">.*?</ul>', journal)), re.DOTALL)
    told = {line.partition(" : ")[0] for line in lines}
    shapes = ("Titres", "Coins des boutons et des champs", "Logo")
    colours = {f"{mode} › {name}" for mode in ("Le jour", "La nuit") for name in ("Couleur", "Fond", "Texte")}
    assert told == {"Thème de départ", *(f"Apparence › {name}" for name in (*shapes, *colours))}
    said = html.unescape(" ".join(lines))
    assert "Brique et canal" in said and not re.search(r"bare|\bmel\b|assett|rem\b|serif|sans »", said)


def test_published_it_is_the_space_s_face(at_work: LintingClient, space: Space, now_is: Read) -> None:
    at_work.get(PAGE)
    at_work.post(PAGE, data={**chosen(light_accent="#aa0000"), "intent": "publish"})
    address = stylesheet(at_work)
    sheet = at_work.get(address)
    assert "--accent:#aa0000" in sheet.text and "--heading-font:var(--sans)" in sheet.text
    assert sheet.mimetype == "text/css" and "immutable" in sheet.headers["Cache-Control"]
    assert now_is(space).appearance_draft is None
    # A new face has a new address; the one before is gone.
    at_work.get(PAGE)
    at_work.post(PAGE, data={**chosen(light_accent="#0000aa"), "intent": "publish"})
    assert stylesheet(at_work) != address and at_work.get(address).status_code == 404
    undo(at_work, "appearance", "apparence")
    assert stylesheet(at_work) == address
    at_work.get(PAGE)
    at_work.post(f"{PAGE}/theme-de-base")
    assert stylesheet(at_work).endswith("themes/assett/theme.css")


def test_another_theme_can_be_the_start(at_work: LintingClient, space: Space, now_is: Read) -> None:
    at_work.get(PAGE)
    at_work.post(f"{PAGE}/depart", data={"theme": "mel"})
    assert f'value="{themes.themes()["mel"].light.accent}"' in at_work.get(PAGE).text
    assert now_is(space).theme == "assett"
    at_work.post(f"{PAGE}/abandonner")
    assert f'value="{themes.themes()["assett"].light.accent}"' in at_work.get(PAGE).text
    at_work.get(PAGE)
    at_work.post(f"{PAGE}/depart", data={"theme": "mel"})
    at_work.get(PAGE)
    mel = themes.settings_of(themes.themes()["mel"])
    fields = {f"{mode}_{name}": mel[mode][name] for mode in themes.MODES for name in themes.COLOURS}
    at_work.post(PAGE, data={**fields, "headings": "sans", "radius": "0rem", "intent": "publish"})
    assert now_is(space).theme == "mel"
    assert "themes/mel/hero.svg" in at_work.get("/ici/").text


def test_what_cannot_be_read_is_corrected_with_a_word_of_why(at_work: LintingClient, space: Space) -> None:
    at_work.get(PAGE)
    at_work.post(PAGE, data={**chosen(light_accent="#ffee00", dark_paper="#ffffff"), "intent": "try"})
    shown = at_work.get(PAGE).text.replace("\xa0", " ")
    assert "Couleur du jour : #ffee00 se lit mal sur ce fond (contraste de 1,1 pour 1, il en faut 5)" in shown
    assert "Fond de la nuit : #ffffff est trop clair" in shown


def test_beside_a_refused_colour_stands_the_one_that_is_worn(at_work: LintingClient, space: Space) -> None:
    at_work.get(PAGE)
    white = chosen(light_ink="#ffffff", light_paper="#ffffff")
    at_work.post(PAGE, data={**white, "intent": "publish"})
    shown = at_work.get(PAGE).text
    worn = re.search(r"--ink:(#[0-9a-f]{6})", at_work.get(stylesheet(at_work)).text)
    assert worn and worn[1] != "#ffffff"
    beside = dict(re.findall(r'data-instead="(\w+)">(.*?)</p>', shown))
    assert list(beside) == ["light_ink"] and worn[1] in beside["light_ink"]
    assert at_work.post(f"{PAGE}/essai", data=white).json["instead"] == {
        "light_ink": html.unescape(beside["light_ink"])
    }


@pytest.mark.parametrize("accent", ["#17595e", "#ffff00", "#000000", "#aa0000", "#ffffff"])
def test_a_night_made_from_the_day_needs_no_correction(accent: str) -> None:
    night = themes.night_of(themes.Palette(accent, "#fdfbf6", "#24221d"))
    assert night.corrected("dark") == night
    assert themes.contrast(night.ink, night.paper) >= themes.INK and themes.luminance(night.paper) < 0.02


def test_the_night_follows_the_day_when_asked(at_work: LintingClient, space: Space, now_is: Read) -> None:
    at_work.get(PAGE)
    day = chosen(light_accent="#aa0000")
    assert at_work.post(PAGE, data={**day, "intent": "try"}).status_code == 303
    assert (now_is(space).appearance_draft or {})["dark"]["accent"] == day["dark_accent"]
    at_work.get(PAGE)
    assert at_work.post(PAGE, data={**day, "intent": "night"}).status_code == 303
    tried = now_is(space).appearance_draft or {}
    made = themes.night_of(themes.Palette(day["light_accent"], day["light_paper"], day["light_ink"]))
    assert tried["dark"] == {"accent": made.accent, "paper": made.paper, "ink": made.ink}
    assert tried["light"]["accent"] == "#aa0000" and now_is(space).appearance is None


def test_the_preview_follows_without_keeping_anything(at_work: LintingClient, space: Space, now_is: Read) -> None:
    at_work.get(PAGE)
    answer = at_work.post(f"{PAGE}/essai", data=chosen(light_accent="#ffee00")).json
    assert answer["light"]["--paper"] == "#fdfbf6" and answer["dark"]["--accent"] == "#83c9c6"
    assert themes.contrast(answer["light"]["--accent"], "#fdfbf6") >= themes.READABLE
    assert len(answer["corrections"]) == 1
    assert now_is(space).appearance_draft is None


@pytest.mark.parametrize("wrong", ["red", "#12345", "#1234567", "#17595e;}body{display:none", ""])
def test_only_colours_are_colours(at_work: LintingClient, space: Space, now_is: Read, wrong: str) -> None:
    at_work.get(PAGE)
    assert at_work.post(PAGE, data={**chosen(light_accent=wrong), "intent": "publish"}).status_code == 422
    assert at_work.post(f"{PAGE}/essai", data=chosen(light_accent=wrong)).status_code == 422
    assert now_is(space).appearance is None


@pytest.mark.parametrize("typed", ["#1D6B4F", "1d6b4f", " #1d6b4f "])
def test_the_code_of_a_colour_is_read_as_people_write_it(
    at_work: LintingClient, space: Space, now_is: Read, typed: str
) -> None:
    at_work.get(PAGE)
    assert at_work.post(PAGE, data={**chosen(light_accent=typed, light_ink="#222"), "intent": "try"}).status_code == 303
    kept = (now_is(space).appearance_draft or {})["light"]
    assert (kept["accent"], kept["ink"]) == ("#1d6b4f", "#222222")


def test_what_is_no_colour_is_said_beside_its_field_and_stays(at_work: LintingClient, space: Space) -> None:
    at_work.get(PAGE)
    refused = at_work.post(PAGE, data={**chosen(light_accent="vert sapin"), "intent": "try"}).text
    field = refused.partition('<label for="light_accent">')[2].partition("<label")[0]
    assert "Ce n’est pas une couleur" in field.partition('<div class="colour">')[0]
    assert 'value="vert sapin"' in field and 'aria-invalid="true"' in field and "#light_accent" in refused


@pytest.mark.parametrize("wrong", [{"radius": "9rem"}, {"headings": "url(x)"}])
def test_only_offered_shapes_are_taken(at_work: LintingClient, space: Space, wrong: dict[str, str]) -> None:
    at_work.get(PAGE)
    assert at_work.post(PAGE, data={**chosen(), **wrong, "intent": "publish"}).status_code == 422


def test_a_logo_takes_the_emblem_s_place_once_published(at_work: LintingClient, space: Space, now_is: Read) -> None:
    at_work.get(PAGE)
    logo = picture((900, 300), "PNG")
    data = {**chosen(), "intent": "try", "picture": (logo, "logo.png")}
    assert at_work.post(PAGE, data=data, content_type="multipart/form-data").status_code == 303
    assert "brand-logo" in at_work.get(PAGE).text and "brand-logo" not in at_work.get("/ici/").text
    at_work.get(PAGE)
    at_work.post(PAGE, data={**chosen(), "intent": "publish"})
    home = at_work.get("/ici/").text
    kept = now_is(space).appearance["logo"]
    assert (kept["width"], kept["height"]) == (480, 160) and kept["digest"] in home
    at_work.get(PAGE)
    at_work.post(PAGE, data={**chosen(), "without_logo": "y", "intent": "publish"})
    assert "brand-logo" not in at_work.get("/ici/").text


def drawn(colour: str, ground: str = "#0000") -> io.BytesIO:
    """A disc without a ground, or on one."""
    image, file = Image.new("RGBA", (300, 120), ground), io.BytesIO()
    ImageDraw.Draw(image).ellipse((20, 20, 280, 100), fill=colour)
    image.save(file, "PNG")
    file.seek(0)
    return file


@pytest.mark.parametrize(
    ("logo", "pale"),
    [
        (drawn("#ffffff"), True),
        (drawn("#e8f4d0"), True),
        (drawn("#17595e"), False),
        (drawn("#83a9c6"), False),
        (drawn("#ffffff", "#17595e"), False),
        (drawn("#17595e", "#ffffff"), False),
    ],
)
def test_a_pale_logo_without_a_ground_gets_one(at_work: LintingClient, space: Space, logo: Any, pale: bool) -> None:
    at_work.get(PAGE)
    data = {**chosen(), "intent": "publish", "picture": (logo, "logo.png")}
    assert at_work.post(PAGE, data=data, content_type="multipart/form-data").status_code == 303
    shown = at_work.get(PAGE).text
    assert ("Votre logo est clair, sans fond" in shown) is pale
    assert shown.count("brand-logo-pale") == (3 if pale else 0) and shown.count("brand-logo") >= 3


@pytest.mark.parametrize("logo", [drawn("#0000"), drawn("#fff", "#fff")])
def test_a_logo_that_shows_nothing_is_refused(at_work: LintingClient, space: Space, logo: Any) -> None:
    at_work.get(PAGE)
    data = {**chosen(), "intent": "try", "picture": (logo, "logo.png")}
    refused = at_work.post(PAGE, data=data, content_type="multipart/form-data")
    assert refused.status_code == 422 and "on n’y verrait rien" in refused.text


def test_two_spaces_wear_two_faces(at_work: LintingClient, space: Space, owner: Session) -> None:
    at_work.get(PAGE)
    at_work.post(PAGE, data={**chosen(light_accent="#aa0000"), "intent": "publish"})
    SpaceFactory(slug="ailleurs", theme="mel")
    address = stylesheet(at_work)
    assert "themes/mel/theme.css" in at_work.get("/ailleurs/").text
    assert at_work.get(address.replace("/ici/", "/ailleurs/")).status_code == 404


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ((2400, 160), "15 fois plus large que haut : sur un téléphone, il ne tiendrait qu’en 65 × 4 points"),
        ((160, 960), "6 fois plus haut que large : en tête de page, il ne tiendrait qu’en 7 × 44 points"),
        ((900, 225), ""),
    ],
)
def test_beside_a_logo_that_would_not_be_read_stands_what_would_be(
    at_work: LintingClient, space: Space, size: tuple[int, int], said: str
) -> None:
    """As soon as its size is known, and once it is kept."""
    at_work.get(PAGE)
    width, height = size
    tried = at_work.post(f"{PAGE}/essai", data={**chosen(), "logo_width": width, "logo_height": height})
    at_work.get(PAGE)
    data = {**chosen(), "intent": "try", "picture": (picture(size, "PNG"), "logo.png")}
    at_work.post(PAGE, data=data, content_type="multipart/form-data")
    shown = html.unescape(at_work.get(PAGE).text)
    assert said in tried.json["shape"].replace("\xa0", " ") and said in shown.replace("\xa0", " ")
    assert bool(tried.json["shape"]) is bool(said)
    assert ('data-logo-shape aria-live="polite" hidden' in shown) is (not said)
