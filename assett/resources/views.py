"""The resource base of a space: the team's list, its own resources and partners, and what members make of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from flask import Flask, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from assett.core.db import db, dump_json, load_json
from assett.core.i18n import current_language, semicolon, show_day
from assett.core.markdown import render
from assett.core.paging import Page, asked_page, page_within
from assett.core.permissions import proved
from assett.core.web import actor
from assett.engine.compiled import Compiled
from assett.kernel.clock import today_in_paris, utc_now
from assett.kernel.errors import Rejected
from assett.questionnaires.words import RESOURCE_TYPE_NAMES
from assett.resources import aiming, aims, audience, catalogue, checking, merging, policy, queries, service, twins
from assett.resources import importing as _importing  # noqa: F401  (registers its routes)
from assett.resources import jobs as _jobs  # noqa: F401  (registers its handlers)
from assett.resources import visiting as _visiting  # noqa: F401  (registers its routes)
from assett.resources.aiming import Aimable
from assett.resources.catalogue import Shelf
from assett.resources.checking import Clash
from assett.resources.duplicates import By, Likenesses
from assett.resources.filling import fill
from assett.resources.forms import (
    ActionForm,
    AdaptForm,
    PartnerForm,
    ResourceForm,
    aims_of,
    criteria_of,
)
from assett.resources.models import Partner, Resource, ResourceAdoption
from assett.resources.pages import BASE, blueprint, line_of, page, shelf_of
from assett.resources.queries import Line
from assett.resources.words import WORDS, card_of, facts_of, title_of
from assett.spaces.policy import EDIT, TEAM

_Form = TypeVar("_Form", ResourceForm, AdaptForm)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


# The list


@blueprint.get(BASE, access=TEAM)
def listing() -> ResponseReturnValue:
    """Own and national resources together."""
    criteria = criteria_of(request.args)
    shelf = shelf_of(queries.asked(db.session()))
    found = catalogue.search(shelf, criteria)
    number = page_within(asked_page(), len(found), catalogue.PAGE_SIZE)
    start = (number - 1) * catalogue.PAGE_SIZE
    items = [shelf.item(line) for line in found[start : start + catalogue.PAGE_SIZE]]
    return page(
        "list",
        "listing",
        criteria=criteria,
        page=Page(items, number, catalogue.PAGE_SIZE, len(found)),
        filtered=bool(criteria.words or criteria.filters),
        export_arguments=criteria.arguments,
        **_facets(shelf),
    )


def _facets(shelf: Shelf) -> dict[str, Any]:
    """What the list may be narrowed to."""
    kept = [line for line in shelf.lines if line.resource.archived_at is None]
    categories = shelf.document.categories if shelf.document is not None else ()
    return {
        "categories": [(each.id, each.title.in_(shelf.language)) for each in categories],
        "types": RESOURCE_TYPE_NAMES,
        "providers": sorted({name for line in kept if (name := shelf.provider(line))}, key=str.casefold),
        "tags": sorted({tag for line in kept for tag in line.tags}, key=str.casefold),
        "origins": catalogue.Origin,
        "states": catalogue.State,
        "own_count": sum(not line.resource.national for line in kept),
        "check_count": sum(shelf.to_check(line) for line in kept if not line.hidden),
    }


@blueprint.get(f"{BASE}/<int:resource>", access=TEAM)
def show(resource: int) -> ResponseReturnValue:
    """A resource as actors see it, with all that the team knows of it."""
    line = line_of(resource, policy.reads)
    aimable = aiming.aimable(db.session())
    shelf = shelf_of(None if aimable.coming else aimable.compiled, [line])
    for_, who = aims.picked_for(line.entry.get("for")), aims.picked_who(line.entry.get("who"))
    if line.resource.national:
        for_, who = aims.held_here(for_, aimable.groups), aims.held_here(who, aimable.entries)
    former = aimable.former(db.session(), for_, who)
    return page(
        "resource",
        "",
        line=line,
        item=shelf.item(line),
        card=_card(shelf, line),
        link=shelf.link(line),
        lost=shelf.lost(line),
        unseen=shelf.unseen(line),
        coming=aimable.coming,
        aims_for=aims.said(for_, aimable.groups, former),
        aims_who=aims.said(who, aimable.entries, former),
        dates=catalogue.dates(line.entry),
        remarks=queries.remarks(db.session(), line.resource.slug),
        national=_text_of(line.resource.entry),
        before=_text_of(line.adoption.seen) if line.adoption is not None and line.adoption.seen else None,
    )


def _card(shelf: Shelf, line: Line) -> dict[str, Any]:
    """What `ui/resource.html` draws, for the team: its link is the address itself, and counts nothing."""
    provider, contact = catalogue.words_in(line.entry.get("provider"), shelf.language), line.contact(shelf.partners)
    return {
        "title": shelf.title(line),
        "url": line.entry.get("url"),
        "go": line.entry.get("url"),
        "summary_html": render(catalogue.words_in(line.entry.get("summary"), shelf.language)),
        "provider": provider if contact is None or contact.partner != provider else "",
        "type": line.entry.get("type"),
        "type_label": _(RESOURCE_TYPE_NAMES.get(str(line.entry.get("type")), "")),
        "territory": None if line.resource.national else g.space.name,
        "contact": contact,
    }


def _text_of(entry: Mapping[str, Any] | None) -> dict[str, str]:
    """Title, summary and dates of an entry, in words."""
    entry = entry or {}
    language = current_language()
    return {
        "title": catalogue.words_in(entry.get("title"), language),
        "summary": catalogue.words_in(entry.get("summary"), language),
        "dates": catalogue.dates(entry),
    }


# Own resources


@blueprint.route(f"{BASE}/nouvelle", methods=["GET", "POST"], access=EDIT)
def create() -> ResponseReturnValue:
    form = ResourceForm.of(None, g.space.languages, queries.partners(db.session()), aims_of(request.args))
    return _written(form, None)


@blueprint.route(f"{BASE}/<int:resource>/modifier", methods=["GET", "POST"], access=EDIT)
def edit(resource: int) -> ResponseReturnValue:
    line = line_of(resource, policy.writes)
    form = ResourceForm.of(line, g.space.languages, queries.partners(db.session()))
    return _written(form, line)


def _written(form: ResourceForm, line: Line | None) -> ResponseReturnValue:
    """The form of an own resource: a button of the builder draws it anew, its last one writes."""
    aimable = aiming.aimable(db.session())
    building = "do" in request.form
    if request.method == "POST":
        form.read(request.form)
    if line is None and request.form.get("do") == "fill":
        fill(form)
    if not building:
        row = form.carry_out(lambda: _write(form, line, aimable))
        if row is not None:
            flash(_saved(row, aimable), "success")
            return redirect(url_for("resources.show", resource=row.id), 303)
    if building and "wrong" in request.form:
        # What was wrong is told until it is put right.
        form.validate()
        _look_over(form, line, aimable, building)
    elif form.errors and form.rejected is None:
        _look_over(form, line, aimable, building)
    if line is not None and isinstance(form.rejected, Clash):
        form = _with_both(form, line, form.rejected)
    return _form_page(form, line, aimable, 200 if building else form.status)


def _look_over(form: ResourceForm, line: Line | None, aimable: Aimable, building: bool) -> None:
    """Say too what makes no sense in a form of which a field is wrong; lines that are being picked are not judged."""
    command = form.command(line.entry if line is not None else {}, aimable.types)
    found = checking.wrong({"id": "x", **command.entry}, queries.document_of(aimable.compiled))
    form.look_over([each for each in found if not building or not each.path.startswith(("for", "who"))])


# Two colleagues at once


def _seen() -> dict[str, Any] | None:
    """What the form that is sent was opened with; None where it does not say."""
    try:
        facts = load_json(request.form.get("seen", ""))
    except ValueError:
        return None
    return facts if isinstance(facts, dict) else None


def _opened_with(form: ResourceForm | AdaptForm | PartnerForm, facts: Mapping[str, Any]) -> str:
    """What a form carries to tell what was changed meanwhile: what one has read of it."""
    if isinstance(form.rejected, Clash):
        return dump_json(form.rejected.theirs)
    return request.form.get("seen") or dump_json(facts)


_BESIDE = ("partner", "contact", "tags")


def _as_said(line: Line, facts: Mapping[str, Any]) -> Line:
    """A resource, or what the space makes of a national one, as these facts would have it; nothing is written."""
    words = {key: value for key, value in facts.items() if key not in _BESIDE}
    beside = {"partner_id": facts.get("partner"), "contact": facts.get("contact", ""), "tags": facts.get("tags", [])}
    if line.resource.national:
        return Line(line.resource, ResourceAdoption(changes=words, hidden=line.hidden, **beside))
    return Line(Resource(slug=line.resource.slug, entry={"id": line.resource.slug, **words}, **beside))


def _with_both(form: _Form, line: Line, clash: Clash) -> _Form:
    """The form anew, with the changes of both people; a partner that one has just named is not written, and so is
    named again."""
    offered = {id: each for id, each in queries.partners(db.session()).items() if id in form.offered}
    again = type(form).of(_as_said(line, clash.facts), g.space.languages, offered, sent=False)
    if form.new_partner.data:
        again.partner.data, again.new_partner.data = form.partner.data, form.new_partner.data
    again.refuse(clash)
    return again


def _clash_rows(clash: Any, asked: Compiled | None = None) -> list[tuple[str, str, str]]:
    """What two people changed differently, side by side: what of, what stands now, one's own."""
    if not isinstance(clash, Clash):
        return []
    names = {id: partner.name for id, partner in queries.partners(db.session()).items()}

    def words(facts: Mapping[str, Any], key: str) -> str:
        if key == "partner":
            return names.get(facts.get(key) or 0, "")
        if key in ("for", "who") and asked is not None:
            picked, subjects = (
                (aims.picked_for, aims.for_subjects) if key == "for" else (aims.picked_who, aims.who_subjects)
            )
            return semicolon().join(aims.said(picked(facts.get(key)), subjects(asked.document, current_language())))
        value = facts.get(key)
        if key == "type":
            return _(RESOURCE_TYPE_NAMES.get(str(value), ""))
        several = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else [value]
        return semicolon().join(str(each) for each in several if each not in (None, ""))

    return [
        (_(WORDS.get(key, key)), words(clash.theirs, key) or "–", words(clash.facts, key) or "–") for key in clash.keys
    ]


def _form_page(form: ResourceForm, line: Line | None, aimable: Aimable, status: int) -> ResponseReturnValue:
    twin = _twin(form, line) if request.method == "POST" else None
    return page(
        "edit",
        "",
        status,
        form=form,
        line=line,
        for_groups=aimable.groups,
        who_groups=aimable.entries,
        former=aimable.former(db.session(), form.for_aims, form.who_aims),
        subject_called=aims.subject_called,
        answer_called=aims.answer_called,
        reach=aimable.reach(db.session(), _aimed(form, line, aimable)),
        coming=aimable.coming,
        twin=twins.card(*twin) if twin is not None else None,
        apart=sorted(_told_apart()),
        building="do" in request.form,
        seen=_opened_with(form, facts_of(line.resource)) if line is not None else None,
        clash=_clash_rows(form.rejected, aimable.compiled),
    )


def _aimed(form: ResourceForm, line: Line | None, aimable: Aimable) -> dict[str, Any]:
    """What of a resource decides who is shown it, as far as it can be read."""
    priority = form.priority.data if form.priority.data in range(101) else None
    return {
        "id": line.resource.slug if line is not None else None,
        "priority": priority,
        **form.aimed(aimable.types),
    }


def _saved(row: Resource, aimable: Aimable) -> str:
    """What is true of a resource from now on."""
    today, (begins, ends) = today_in_paris(), (row.entry.get(key) for key in ("valid_from", "valid_until"))
    if row.archived_at is not None:
        return str(_("C’est enregistré. La ressource reste archivée : personne ne la voit."))
    if ends and date.fromisoformat(ends) < today:
        return str(_("C’est enregistré. Ses dates sont passées : la ressource n’est plus proposée."))
    if begins and date.fromisoformat(begins) > today:
        day = show_day(date.fromisoformat(begins))
        return str(_("C’est enregistré : la ressource sera proposée à partir du %(day)s.", day=day))
    if aimable.coming:
        return str(
            _(
                "C’est enregistré : la ressource sera proposée dès que le brouillon « %(title)s » sera publié.",
                title=aimable.coming,
            )
        )
    if aimable.compiled is None:
        return str(_("C’est enregistré : la ressource sera proposée dès qu’un questionnaire sera publié."))
    return str(_("C’est enregistré : la ressource est proposée dès maintenant."))


def _write(form: ResourceForm, line: Line | None, aimable: Aimable) -> Resource:
    """Write what the form says; the resource."""
    session, now = db.session(), utc_now()
    document = queries.document_of(aimable.compiled)
    command = replace(form.command(line.entry if line is not None else {}, aimable.types), partner_id=_partner_of(form))
    if line is None and (twice := service.sent_twice(session, command, now)) is not None:
        return twice
    if (twin := _twin(form, line)) is not None:
        if twin[1] == "address":
            raise Rejected(_("Une ressource de la base mène déjà à cette adresse."), "url")
        raise Rejected(_("Une ressource de la base porte déjà ce titre, ou presque."), "title_fr")
    if line is None:
        return service.create(session, g.space, command, document, now)
    service.change(session, line.resource, command, document, now, _seen())
    return line.resource


def _told_apart() -> set[int]:
    """The resources that whoever writes has said not to be the same."""
    return set(request.form.getlist("apart", type=int))


def _twin(form: ResourceForm, line: Line | None) -> tuple[Line, By] | None:
    return twins.found(db.session(), line, form.url.data or "", form.title_fr.data or "", _told_apart())


def _partner_of(form: ResourceForm | AdaptForm) -> int | None:
    """The partner that was chosen, or the new one that was named, added with what names it."""
    if not form.new_partner.data:
        return form.partner_id
    return service.partner_named(db.session(), g.space, form.new_partner.data, utc_now()).id


@blueprint.post(f"{BASE}/<int:resource>/dupliquer", access=EDIT)
def duplicate(resource: int) -> ResponseReturnValue:
    """A copy to change; a national one becomes the space's own."""
    line = line_of(resource, policy.copies)
    copy = service.duplicate(db.session(), g.space, line, utc_now())
    flash(
        _("Voici une copie, propre à votre territoire. Elle sera proposée quand vous l’aurez enregistrée."), "success"
    )
    return redirect(url_for("resources.edit", resource=copy.id), 303)


@blueprint.post(f"{BASE}/<int:resource>/archiver", access=EDIT)
def archive(resource: int) -> ResponseReturnValue:
    line = line_of(resource, policy.writes)
    service.archive(db.session(), line.resource, utc_now())
    flash(_("La ressource est archivée : plus personne ne la voit. Vous pouvez la remettre en service."), "success")
    return redirect(url_for("resources.show", resource=resource), 303)


@blueprint.post(f"{BASE}/<int:resource>/retablir", access=EDIT)
def restore(resource: int) -> ResponseReturnValue:
    line = line_of(resource, policy.writes)
    service.restore(db.session(), line.resource, utc_now())
    flash(_("La ressource est de nouveau en service."), "success")
    return redirect(url_for("resources.show", resource=resource), 303)


# National resources


@blueprint.post(f"{BASE}/<int:resource>/<any(masquer, montrer):verb>", access=EDIT)
def hide(resource: int, verb: str) -> ResponseReturnValue:
    line = line_of(resource, policy.adopts)
    service.hide(db.session(), g.space, line, verb == "masquer", utc_now())
    flash(
        _("Cette ressource n’est plus proposée ici.")
        if verb == "masquer"
        else _("Cette ressource est de nouveau proposée."),
        "success",
    )
    return redirect(url_for("resources.show", resource=resource), 303)


@blueprint.route(f"{BASE}/<int:resource>/adapter", methods=["GET", "POST"], access=EDIT)
def adapt(resource: int) -> ResponseReturnValue:
    """A national resource in the space's own words, the national ones beside."""
    line = line_of(resource, policy.adopts)
    form = AdaptForm.of(line, g.space.languages, queries.partners(db.session()))
    adapted = form.carry_out(lambda: (_adapt(form, line),))
    if adapted is None:
        if form.errors and form.rejected is None:
            form.look_over(service.wrong_if_adapted(line, form.command(line.resource.entry).changes))
        return _adapt_page(form, line)
    flash(_("C’est enregistré : vos mots remplacent ceux de la base nationale."), "success")
    return redirect(url_for("resources.show", resource=resource), 303)


def _adapt(form: AdaptForm, line: Line) -> bool:
    command = replace(form.command(line.resource.entry), partner_id=_partner_of(form))
    return service.adapt(db.session(), g.space, line, command, utc_now(), _seen())


def _adapt_page(form: AdaptForm, line: Line) -> ResponseReturnValue:
    if isinstance(form.rejected, Clash):
        form = _with_both(form, line, form.rejected)
    seen = _opened_with(form, service.adapted_facts(line))
    context: dict[str, Any] = {"national": _text_of(line.resource.entry), "before": None}
    if line.outdated and line.adoption is not None:
        context["before"] = _text_of(line.adoption.seen)
    return page("adapt", "", form.status, form=form, line=line, seen=seen, clash=_clash_rows(form.rejected), **context)


@blueprint.post(f"{BASE}/<int:resource>/<any(national, garder):verb>", access=EDIT)
def settle(resource: int, verb: str) -> ResponseReturnValue:
    """Back to the national text; or keep one's own, knowing what it says today."""
    line = line_of(resource, policy.adopts)
    if verb == "national":
        service.follow_nation(db.session(), line, utc_now())
        flash(_("Le texte national est de nouveau montré."), "success")
    else:
        service.acknowledge(db.session(), line, utc_now())
        flash(_("Vous gardez vos mots. Nous vous préviendrons au prochain changement."), "success")
    return redirect(url_for("resources.show", resource=resource), 303)


# Duplicates


@blueprint.get(f"{BASE}/doublons", access=TEAM)
def duplicates() -> ResponseReturnValue:
    asked = queries.asked(db.session())
    shelf = shelf_of(asked)
    lines = {line.resource.id: line for line in shelf.lines if not line.resource.away and not line.hidden}
    known = {id: (str(line.entry.get("url", "")), title_of(line.entry)) for id, line in lines.items()}
    pairs = [
        (
            _side(shelf, asked, lines[each.one], lines[each.other]),
            _side(shelf, asked, lines[each.other], lines[each.one]),
            each.by,
        )
        for each in Likenesses(known).pairs()
        # The nation answers for its own.
        if not (lines[each.one].resource.national and lines[each.other].resource.national)
    ]
    return page("duplicates", "duplicates", pairs=pairs)


def _side(shelf: Shelf, asked: Compiled | None, kept: Line, gone: Line) -> dict[str, Any]:
    """One of two that look alike, with what it would take of the other, in words."""
    taken = merging.taken_over(kept, gone)
    told = []
    if taken.aims is not None:
        told += _aimed_in_words(taken.aims, asked)
    partner = shelf.partners.get(taken.partner_id or 0)
    if partner is not None:
        told.append(_("le partenaire « %(name)s »", name=partner.name))
    if taken.contact:
        told.append(_("le contact « %(contact)s »", contact=taken.contact))
    if taken.tags:
        told.append(
            ngettext("l’étiquette %(tags)s", "les étiquettes %(tags)s", len(taken.tags), tags=", ".join(taken.tags))
        )
    return {"item": shelf.item(kept), "other": gone.resource.id, "taken": told}


def _aimed_in_words(aimed: Mapping[str, Any], asked: Compiled | None) -> list[str]:
    """Whom a resource would be for after a merger."""
    language = current_language()
    for_ = aims.said(aims.picked_for(aimed.get("for")), aims.for_subjects(asked.document, language) if asked else [])
    who = aims.said(aims.picked_who(aimed.get("who")), aims.who_subjects(asked.document, language) if asked else [])
    answers, profile = semicolon().join(for_), semicolon().join(who)
    return [
        _("proposée pour : %(aims)s", aims=answers) if for_ else _("proposée quelles que soient les réponses"),
        _("seulement si : %(aims)s", aims=profile) if who else _("proposée à toutes les structures"),
    ]


@blueprint.post(f"{BASE}/<int:resource>/reunir/<int:other>", access=EDIT)
def merge(resource: int, other: int) -> ResponseReturnValue:
    """Keep `resource`, and let `other` go."""
    kept, gone = line_of(resource, policy.copies), line_of(other, policy.copies)
    try:
        merging.merge(db.session(), g.space, kept, gone, utc_now())
    except Rejected as rejected:
        flash(rejected.message, "warning")
        return redirect(url_for("resources.duplicates"), 303)
    flash(_("Il n’en reste qu’une. L’autre se retrouve parmi les archivées ou les masquées."), "success")
    return redirect(url_for("resources.duplicates"), 303)


# What is missing


@blueprint.get(f"{BASE}/manques", access=TEAM)
def missing() -> ResponseReturnValue:
    """Frequent weaknesses of the territory to which no resource answers."""
    asked = queries.asked(db.session())
    found: list[dict[str, Any]] = []
    size = 0
    if asked is not None:
        known = queries.audience(db.session(), asked)
        size = known.all_of_them or known.size
        shown = queries.available(db.session(), asked)
        holes = audience.holes(asked, known, shown.entries, shown.own, today_in_paris())
        found = [_hole(asked, each) for each in holes]
    return page("missing", "missing", holes=found, size=catalogue.structures(size), enough=size > 0)


def _hole(asked: Compiled, hole: audience.Hole) -> dict[str, Any]:
    """A hole in words, with the address of a new resource that would fill it."""
    language = current_language()
    lines = [aiming.in_address(aim) for aim in hole.aims]
    names = ("pour", "valeurs", "de", "a")
    columns = ((name, [line[place] for line in lines]) for place, name in enumerate(names))
    values: dict[str, Any] = {name: said for name, said in columns if any(said)}
    grid = {level.id: level.label.in_(language) for level in asked.document.grid(hole.category)}
    return {
        "hole": hole,
        "category": hole.category.title.in_(language),
        "question": asked.question(hole.id).title.in_(language) if hole.kind == "question" else None,
        "levels": [grid[level] for level in audience.low_levels(asked, hole.category)],
        "weak": catalogue.structures(hole.weak),
        "helpless": catalogue.structures(hole.helpless),
        "aimed": catalogue.structures(hole.aimed),
        "url": url_for("resources.create", **values),
    }


# Partners


@blueprint.get(f"{BASE}/partenaires", access=TEAM)
def partners() -> ResponseReturnValue:
    known = queries.partners(db.session())
    lines = [line for line in queries.lines(db.session()) if line.resource.archived_at is None]
    counts = {id: sum(line.partner_id == id for line in lines) for id in known}
    return page("partners", "partners", partners=list(known.values()), counts=counts)


@blueprint.route(f"{BASE}/partenaires/nouveau", methods=["GET", "POST"], access=EDIT)
def create_partner() -> ResponseReturnValue:
    return _partner_form(PartnerForm(), None)


@blueprint.route(f"{BASE}/partenaires/<int:partner>", methods=["GET", "POST"], access=EDIT)
def edit_partner(partner: int) -> ResponseReturnValue:
    row = _partner(partner)
    return _partner_form(PartnerForm(obj=row, logo=None), row)


def _partner(id: int) -> Partner:
    if request.method == "POST":
        queries.one_at_a_time(db.session())
    return proved(actor(), queries.partner(db.session(), id), policy.writes)


def _partner_form(form: PartnerForm, row: Partner | None) -> ResponseReturnValue:
    written = form.carry_out(
        lambda: service.write_partner(db.session(), g.space, row, form.command(), utc_now(), _seen())
    )
    if written is None:
        if isinstance(form.rejected, Clash):
            clash, form = form.rejected, PartnerForm(None, data=form.rejected.facts)
            form.refuse(clash)
        seen = _opened_with(form, card_of(row)) if row is not None else None
        clashing = _clash_rows(form.rejected)
        return page("partner", "partners", form.status, form=form, partner=row, seen=seen, clash=clashing)
    flash(_("C’est enregistré. Les fiches de ce partenaire sont à jour."), "success")
    return redirect(url_for("resources.partners"), 303)


@blueprint.route(f"{BASE}/partenaires/<int:partner>/retirer", methods=["GET", "POST"], access=EDIT)
def remove_partner(partner: int) -> ResponseReturnValue:
    row = _partner(partner)
    form = ActionForm()
    if not form.validate_on_submit():
        count = queries.count_of_partner(db.session(), row)
        return page("remove_partner", "partners", form.status, partner=row, count=count)
    service.remove_partner(db.session(), row)
    flash(_("Ce partenaire est retiré."), "success")
    return redirect(url_for("resources.partners"), 303)
