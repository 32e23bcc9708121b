"""The settings of a space, a page for each part: what its managers change alone, and can put back as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from flask import Flask, Response, abort, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from assett.core import audit
from assett.core.db import db
from assett.core.i18n import LANGUAGES, colon, current_language, in_paris, show_day
from assett.core.ui import MenuEntry, menus
from assett.kernel.clock import utc_now
from assett.kernel.errors import Rejected
from assett.kernel.text import N_
from assett.spaces import domains, pictures, service, themes
from assett.spaces import jobs as _jobs  # noqa: F401  (registers its handlers)
from assett.spaces.forms import (
    RADII,
    ActionForm,
    AddressForm,
    AppearanceForm,
    BaseThemeForm,
    DirectoryForm,
    HomeForm,
    LanguagesForm,
    LegalForm,
    NamesForm,
    PhotoForm,
    PublisherForm,
    StatementForm,
    UndoForm,
    moved,
)
from assett.spaces.models import Compliance, Space
from assett.spaces.opening import asks_first, confirm_undo
from assett.spaces.pages import blueprint, carried_out, done, held_space, part_page
from assett.spaces.policy import MANAGE
from assett.spaces.registries import settings_pages
from assett.spaces.views import LEGAL
from assett.spaces.words import HomeWords, default_action, default_lead, own_words, written

menus.team.append(MenuEntry(N_("Réglages"), "settings.names", MANAGE.allows, 50))
settings_pages += [
    MenuEntry(N_("Nom et mots"), "settings.names", order=10),
    MenuEntry(N_("Accueil"), "settings.home", order=20),
    MenuEntry(N_("Apparence"), "settings.appearance", order=30),
    MenuEntry(N_("Langues"), "settings.languages", order=40),
    MenuEntry(N_("Textes légaux"), "settings.legal", order=50),
    MenuEntry(N_("Annuaire"), "settings.directory", order=60),
    MenuEntry(N_("Adresse"), "settings.address", order=70),
    MenuEntry(N_("Ouverture"), "settings.opening", order=80),
]

audit.kinds["settings"] = N_("Réglages de l’espace")
audit.wordings |= {
    "settings.names": N_("Nom et mots de l’espace changés"),
    "settings.home": N_("Textes de l’accueil changés"),
    "settings.photo": N_("Photo de l’accueil changée"),
    "settings.appearance": N_("Apparence publiée"),
    "settings.languages": N_("Langues de l’espace changées"),
    "settings.legal": N_("Textes légaux changés"),
    "settings.publisher": N_("Mentions de l’éditeur changées"),
    "settings.directory": N_("Réglages de l’annuaire changés"),
    "settings.address": N_("Nom de domaine de l’espace changé"),
    "settings.opening": N_("Dates d’ouverture changées"),
    "settings.pilots": N_("Lien des pilotes changé"),
    "settings.pilots-invited": N_("Lien des pilotes créé"),
    "settings.pilots-left": N_("Lien des pilotes supprimé"),
}
audit.details |= {
    name: audit.Detail(label)
    for name, label in {
        "name": N_("Nom"),
        "programme": N_("Démarche"),
        "actors": N_("Ceux qui participent"),
        "contact_email": N_("Adresse de l’équipe"),
        "words": N_("Textes"),
        "appearance": N_("Apparence"),
        "languages": N_("Langues"),
        "legal": N_("Textes légaux"),
        "publisher_address": N_("Adresse postale"),
        "publisher_phone": N_("Téléphone"),
        "publication_director": N_("Directrice ou directeur de la publication"),
        "directory_open": N_("Annuaire public"),
        "directory_levels": N_("Niveaux dans l’annuaire"),
        "directory_on_home": N_("Annuaire sur l’accueil"),
        "directory_export": N_("Annuaire à emporter"),
        "hostname": N_("Nom de domaine"),
        "host_checked_at": N_("Nom vérifié le"),
        "opened_at": N_("Ouverture"),
        "lead": N_("Phrase d’ouverture"),
        "intro": N_("Introduction"),
        "action": N_("Le bouton qui invite à commencer"),
        "sections": N_("Parties"),
        "light": N_("Le jour"),
        "dark": N_("La nuit"),
        "accent": N_("Couleur"),
        "paper": N_("Fond"),
        "ink": N_("Texte"),
        "fr": "Français",
        "en": "English",
        **LEGAL,
    }.items()
}


def _picture_said(picture: Any) -> str:
    if not isinstance(picture, dict):
        return str(picture or "")
    size = _("image de %(width)s × %(height)s points", width=picture.get("width"), height=picture.get("height"))
    return f"{size}{colon()}{picture['alt']}" if picture.get("alt") else size


def _theme_said(slug: Any) -> str:
    known = themes.themes().get(str(slug))
    return known.name if known is not None else str(slug)


def _last_day_said(moment: Any) -> str:
    """The last day on which one may begin: what is kept is the midnight that ends it."""
    try:
        return _("à la fin du %(day)s", day=show_day(in_paris(datetime.fromisoformat(moment) - timedelta(seconds=1))))
    except (TypeError, ValueError, OverflowError):
        return str(moment)


audit.details |= {
    "closed_at": audit.Detail(N_("Fermeture"), say=_last_day_said),
    "compliance": audit.Detail(N_("État de conformité"), {each.value: each.label for each in Compliance}),
    "headings": audit.Detail(
        N_("Titres"),
        {"serif": N_("À empattements, comme un livre"), "sans": N_("Sans empattement, comme une affiche")},
    ),
    "radius": audit.Detail(N_("Coins des boutons et des champs"), RADII),
    "theme": audit.Detail(N_("Thème de départ"), say=_theme_said),
    "photo": audit.Detail(N_("Photo"), say=_picture_said),
    # A partner's logo is only said to be there or not.
    "logo": audit.Detail(N_("Logo"), {}, say=lambda logo: _("oui") if logo is True else _picture_said(logo)),
}

# Which of two appearances were none: what takes a change back reads it.
audit.unsaid.add("bare")


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.post("/retablir/<any({}):part>".format(", ".join(service.PARTS)), access=MANAGE)
def undo(part: str) -> ResponseReturnValue:
    """Back to what was before the last change of a part, the one that the page showed."""
    if part == "pilots":
        abort(404)
    form = UndoForm()

    def put_back() -> service.WayBack:
        return service.undo(db.session(), held_space(), part, form.entry.data or 0, form.agreed(), utc_now())

    if form.carry_out(put_back) is None:
        if form.rejected is None:
            abort(422)
        if part == "opening" and asks_first(form.rejected):
            return confirm_undo(form, form.rejected)
        flash(form.rejected.message, "error")
    else:
        flash(_("C’est remis comme avant."), "success")
    return redirect(url_for(f"settings.{part}"), 303)


@blueprint.route("", methods=["GET", "POST"], access=MANAGE)
def names() -> ResponseReturnValue:
    form = NamesForm.of(held_space())
    accepted, changed = carried_out(form, lambda: service.rename(db.session(), held_space(), form.command()))
    return done(changed, "settings.names") if accepted else part_page("names", form.status, form=form)


# Home


def _language() -> str:
    """The language of the address (`?langue=en`), else the space's own."""
    asked = request.args.get("langue")
    return asked if asked in held_space().languages and asked is not None else held_space().languages[0]


@blueprint.route("/accueil", methods=["GET", "POST"], access=MANAGE)
def home() -> ResponseReturnValue:
    """The words of the home page in one language; parts are moved without anything being saved."""
    language = _language()
    form = HomeForm.of(_written(language))
    move = request.form.get("move")
    if move is not None and form.is_submitted():
        return _home_page(form.redrawn(moved(form.words(empty=True), move)), language, 200, moving=True)
    if request.args.get("depart") and not form.is_submitted():
        form = form.redrawn(own_words(held_space(), language))
    accepted, changed = carried_out(
        form, lambda: service.write_home(db.session(), held_space(), language, form.words())
    )
    return done(changed, "settings.home", langue=language) if accepted else _home_page(form, language, form.status)


def _written(language: str) -> HomeWords:
    """What the collectivité wrote in that very language."""
    return written(held_space().words.get(language) or {})


def _home_page(form: HomeForm, language: str, status: int, **context: Any) -> ResponseReturnValue:
    first = held_space().languages[0]
    return part_page(
        "home",
        status,
        touching=("words", language),
        form=form,
        language=language,
        language_links=_language_links("settings.home", language),
        default_lead=default_lead(),
        default_action=default_action(),
        stands_in=LANGUAGES[first] if not held_space().words.get(language) and held_space().words.get(first) else None,
        photo=held_space().photo,
        **context,
    )


def _language_links(endpoint: str, current: str, **values: Any) -> list[dict[str, Any]]:
    return [
        {"label": LANGUAGES[code], "url": url_for(endpoint, langue=code, **values), "current": code == current}
        for code in held_space().languages
    ]


@blueprint.route("/accueil/photo", methods=["GET", "POST"], access=MANAGE)
def photo() -> ResponseReturnValue:
    """The photo of the home page, on a page of its own: sending a file loses no words."""
    form = PhotoForm.of(held_space())
    accepted, changed = carried_out(form, lambda: service.show_photo(db.session(), held_space(), form.command()))
    if accepted:
        return done(changed or form.kept_words, "settings.photo", form.kept_words)
    if form.rejected is not None:
        form.instead_of.data = (held_space().photo or {}).get("digest", "")
    return part_page("photo", form.status, form=form, photo=held_space().photo)


@blueprint.post("/accueil/photo/retirer", access=MANAGE)
def remove_photo() -> ResponseReturnValue:
    changed = service.take_photo_away(db.session(), held_space())
    return done(changed, "settings.photo", _("La photo est retirée : elle n’est plus visible."))


# Appearance


class Trial:
    """The appearance that the editor shows: the draft, else what is public."""

    def __init__(self, space: Space) -> None:
        self.published = themes.settings_of(
            themes.made_of(themes.base_of(space), space.appearance or {}), (space.appearance or {}).get("logo")
        )
        self.drafted = space.appearance_draft is not None
        self.settings: dict[str, Any] = space.appearance_draft or self.published

    @cached_property
    def theme(self) -> themes.Theme:
        base = themes.themes().get(self.settings["theme"]) or themes.themes()[themes.DEFAULT]
        return themes.made_of(base, self.settings)

    @property
    def digest(self) -> str:
        return themes.digest_of(self.theme.specimen())


@blueprint.route("/apparence", methods=["GET", "POST"], access=MANAGE)
def appearance() -> ResponseReturnValue:
    """The theme editor: what is tried is kept as a draft; nothing is public before it is published."""
    trial = Trial(held_space())
    form = AppearanceForm.of(trial.settings)
    accepted, settings = carried_out(form, lambda: _tried(form, trial))
    if not accepted or not isinstance(settings, dict):
        return _appearance_page(form, trial, form.status)
    if request.form.get("intent") != "publish":
        return redirect(url_for("settings.appearance", _anchor="apercu"), 303)
    changed = service.publish_appearance(db.session(), held_space(), settings)
    return done(changed, "settings.appearance", _("L’apparence est publiée : tout l’espace la porte."))


def _tried(form: AppearanceForm, trial: Trial) -> dict[str, Any]:
    settings = form.settings(trial.settings)
    if request.form.get("intent") == "night":
        settings["dark"] = asdict(themes.night_of(themes.Palette(**settings["light"])))
    if form.picture.data:
        file, seen, logo = form.picture.data.stream, form.instead_of.data or "", trial.settings.get("logo")
        settings["logo"] = service.replace_logo(db.session(), held_space(), logo, file, seen)
    service.try_appearance(db.session(), held_space(), settings)
    return settings


def _appearance_page(form: AppearanceForm, trial: Trial, status: int) -> ResponseReturnValue:
    if form.rejected is not None:
        form.instead_of.data = (trial.settings.get("logo") or {}).get("digest", "")
    return part_page(
        "appearance",
        status,
        form=form,
        trial=trial,
        base_form=BaseThemeForm(formdata=None, theme=trial.settings["theme"]),
        corrections=trial.theme.corrections(),
        instead=trial.theme.shown_instead(),
        same_as_public=trial.settings == trial.published,
        shape=_shape_said(trial.settings.get("logo")),
    )


@blueprint.post("/apparence/essai", access=MANAGE)
def try_colours() -> ResponseReturnValue:
    """For the preview that follows each choice: the colours as they would be, and why, and what a logo of the size that
    was chosen lacks; nothing is kept."""
    trial = Trial(g.space)
    form = AppearanceForm()
    if not form.validate():
        return {"error": "invalid"}, 422
    trial.settings = form.settings(trial.settings)
    logo = {name: request.form.get(f"logo_{name}", 0, type=int) for name in ("width", "height")}
    said = _shape_said(logo if any(logo.values()) else trial.settings.get("logo"))
    return {
        mode: dict(
            declaration.split(":", 1)
            for declaration in themes.properties(getattr(trial.theme, mode), mode).rstrip(";").split(";")
        )
        | {"--radius": trial.theme.radius, "--heading-font": f"var(--{trial.theme.headings})"}
        for mode in themes.MODES
    } | {"corrections": trial.theme.corrections(), "instead": trial.theme.shown_instead(), "shape": said}


def _shape_said(logo: Mapping[str, Any] | None) -> str:
    return pictures.unreadable(logo["width"], logo["height"]) if logo else ""


@blueprint.get("/apparence/<digest>.css", access=MANAGE)
def specimen(digest: str) -> ResponseReturnValue:
    """The colours of the draft, for the two halves of the preview."""
    trial = Trial(held_space())
    if trial.digest != digest:
        abort(404)
    return Response(trial.theme.specimen(), mimetype="text/css")


def _trial_overtaken() -> bool:
    """Whether a colleague tried something else since the page was drawn; then that is said, and nothing is lost."""
    overtaken = AppearanceForm.of(Trial(held_space()).settings).overtaken
    if overtaken:
        flash(_("Quelqu’un de l’équipe vient de changer cet essai : le voici. Rien n’a été abandonné."), "info")
    return overtaken


@blueprint.post("/apparence/depart", access=MANAGE)
def start_from() -> ResponseReturnValue:
    """Take up another theme's colours, in the draft."""
    form = BaseThemeForm()
    if not form.validate_on_submit():
        abort(422)
    if _trial_overtaken():
        return redirect(url_for("settings.appearance"), 303)
    theme = themes.themes()[form.theme.data]
    logo = Trial(held_space()).settings.get("logo")
    service.try_appearance(db.session(), held_space(), themes.settings_of(theme, logo))
    flash(_("Voici le thème « %(name)s ». Rien n’est encore publié.", name=theme.name), "info")
    return redirect(url_for("settings.appearance"), 303)


@blueprint.post("/apparence/abandonner", access=MANAGE)
def drop_appearance() -> ResponseReturnValue:
    if _trial_overtaken():
        return redirect(url_for("settings.appearance"), 303)
    service.try_appearance(db.session(), held_space(), None)
    flash(_("L’essai est abandonné. Voici l’apparence publiée."), "info")
    return redirect(url_for("settings.appearance"), 303)


@blueprint.post("/apparence/theme-de-base", access=MANAGE)
def base_theme() -> ResponseReturnValue:
    if _trial_overtaken():
        return redirect(url_for("settings.appearance"), 303)
    changed = service.back_to_base(db.session(), held_space())
    return done(changed, "settings.appearance", _("L’espace porte de nouveau son thème de départ."))


# Languages, legal texts, directory


@blueprint.route("/langues", methods=["GET", "POST"], access=MANAGE)
def languages() -> ResponseReturnValue:
    form = LanguagesForm.of(held_space())
    accepted, changed = carried_out(form, lambda: service.offer_languages(db.session(), held_space(), form.chosen()))
    if not accepted:
        return part_page("languages", form.status, form=form)
    # The next page may be in another language than this one.
    with force_locale(current_language()):
        return done(changed, "settings.languages")


@blueprint.get("/textes", access=MANAGE)
def legal() -> ResponseReturnValue:
    space = held_space()
    return part_page(
        "legal",
        pages=LEGAL,
        own=space.legal,
        written_in=space.languages,
        names=LANGUAGES,
        missing=_missing(space),
        host_missing=not current_app.extensions["settings"].host.told,
    )


def _missing(space: Space) -> list[str]:
    """What the law wants the notice to say of the publisher, and nobody has said yet."""
    wanted = {
        _("l’adresse postale"): space.publisher_address,
        _("le téléphone"): space.publisher_phone,
        _("le nom de la directrice ou du directeur de la publication"): space.publication_director,
        _("l’adresse électronique de l’équipe"): space.contact_email,
    }
    return [what for what, said in wanted.items() if not said]


@blueprint.route("/textes/editeur", methods=["GET", "POST"], access=MANAGE)
def publisher() -> ResponseReturnValue:
    """What the legal notice says of who publishes the space."""
    form = PublisherForm(obj=held_space())
    accepted, changed = carried_out(form, lambda: service.name_publisher(db.session(), held_space(), form.command()))
    return done(changed, "settings.legal") if accepted else part_page("publisher", form.status, form=form)


@blueprint.route("/textes/<any({}):page>".format(", ".join(LEGAL)), methods=["GET", "POST"], access=MANAGE)
def legal_text(page: str) -> ResponseReturnValue:
    """One page in one language: ours, or the space's own."""
    language = _language()
    form = _legal_form(page, language)
    intent = request.form.get("intent")
    if intent == "preview" and form.validate_on_submit():
        return _legal_page(form, page, language, 200, preview=form.text.data)
    accepted, changed = carried_out(form, lambda: _publish(form, page, language, ours=intent == "reset"))
    if accepted:
        return done(changed, "settings.legal_text", page=page, langue=language)
    return _legal_page(form, page, language, form.status)


def _legal_form(page: str, language: str) -> LegalForm:
    text = held_space().legal.get(page, {}).get(language, "")
    return (
        StatementForm(text=text, compliance=held_space().compliance)
        if page == "accessibility"
        else LegalForm(text=text)
    )


def _publish(form: LegalForm, page: str, language: str, *, ours: bool) -> bool:
    text = "" if ours else form.text.data or ""
    compliance = Compliance(form.compliance.data) if isinstance(form, StatementForm) else None
    return service.write_legal(db.session(), held_space(), page, language, text, compliance)


def _legal_page(form: LegalForm, page: str, language: str, status: int, **context: Any) -> ResponseReturnValue:
    return part_page(
        "legal_text",
        status,
        touching=("legal", page, language),
        form=form,
        page=page,
        title=LEGAL[page],
        language=language,
        own=bool(held_space().legal.get(page, {}).get(language)),
        default=f"spaces/legal/{page}.{language}.html",
        below=f"spaces/legal/who.{language}.html" if page == "notice" else None,
        language_links=_language_links("settings.legal_text", language, page=page),
        **context,
    )


@blueprint.route("/annuaire", methods=["GET", "POST"], access=MANAGE)
def directory() -> ResponseReturnValue:
    form = DirectoryForm.of(held_space())
    accepted, changed = carried_out(form, lambda: service.choose_directory(db.session(), held_space(), form.command()))
    return done(changed, "settings.directory") if accepted else part_page("directory", form.status, form=form)


# Address


@blueprint.route("/adresse", methods=["GET", "POST"], access=MANAGE)
def address() -> ResponseReturnValue:
    form = AddressForm(obj=held_space())
    accepted, changed = carried_out(
        form, lambda: service.ask_for_host(db.session(), held_space(), form.hostname.data or None)
    )
    if accepted:
        asked = _("C’est noté : %(name)s. Suivez les étapes ci-dessous.", name=form.hostname.data)
        return done(changed, "settings.address", asked if form.hostname.data else _("L’espace n’a plus de nom à lui."))
    return _address_page(form, form.status)


def _address_page(form: AddressForm, status: int) -> ResponseReturnValue:
    bare = g.space.hostname is not None and domains.is_bare(g.space.hostname)
    platform = domains.platform_host()
    return part_page("address", status, form=form, record=domains.RECORD, platform_host=platform, bare=bare)


@blueprint.post("/adresse/verifier", access=MANAGE)
def check_address() -> ResponseReturnValue:
    """Look for the proof; where it is there, the name serves at once."""
    form = ActionForm()
    if form.carry_out(lambda: service.check_host(db.session(), g.space, utc_now())) is None:
        if form.rejected is None:
            abort(422)
        shown = AddressForm(formdata=None, obj=g.space)
        shown.refuse(Rejected(form.rejected.message, "hostname"))
        return _address_page(shown, 422)
    domains.forget_hosts()
    return done(True, "settings.address", _("Ce nom est bien le vôtre : l’espace y répond."))
