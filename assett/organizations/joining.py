"""Coming into a space with one's structure: joining, asking, being answered, being invited."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from assett.accounts.sessions import current_person
from assett.accounts.views import may_try
from assett.core.db import db
from assett.core.i18n import current_language, show_day
from assett.core.permissions import PUBLIC, SIGNED_IN, proved
from assett.core.throttle import allowed
from assett.core.web import CSRF, actor
from assett.kernel.clock import utc_now
from assett.kernel.errors import Rejected
from assett.organizations import departures, mails, policy, proposing, queries, service, siret
from assett.organizations.forms import (
    AnswerRequestForm,
    JoinForm,
    OrganizationForm,
    RequestForm,
)
from assett.organizations.models import MemberRole, Membership, Organization
from assett.organizations.naming import called, called_here
from assett.organizations.orphans import answering, answers_here
from assett.organizations.pages import DAY, blueprint, load_participation, next_step_url, overview_url
from assett.organizations.tabs import drawn_panels
from assett.spaces.domains import leading_to
from assett.spaces.models import Space
from assett.spaces.routing import opens


@blueprint.route("/rejoindre", methods=["GET", "POST"], access=SIGNED_IN)
def join() -> ResponseReturnValue:
    form = JoinForm()
    if not form.validate_on_submit():
        return render_template("organizations/join.html", form=form, panels=drawn_panels()), form.status
    known = queries.by_siret(db.session(), form.siret.data or "")
    if known is None:
        return redirect(url_for("organizations.create", siret=form.siret.data), 303)
    here = queries.participations_of(db.session(), [known.id])
    if here and policy.is_member(actor(), known):
        return redirect(next_step_url(here[0], owner=policy.owns(actor(), known)), 303)
    return redirect(url_for("organizations.ask", siret=form.siret.data), 303)


@blueprint.route("/rejoindre/structure", methods=["GET", "POST"], access=SIGNED_IN)
def create() -> ResponseReturnValue:
    number = _siret_of_address()
    form = OrganizationForm(data=service.told_of(db.session(), actor()))
    distinct = "distincte" in request.args
    participation = form.carry_out(
        lambda: service.create(db.session(), form.command(number), actor(), utc_now(), distinct=distinct)
    )
    if isinstance(form.rejected, service.AlreadyKnown):
        return _known(form.rejected, number)
    if participation is None:
        communes = queries.roster(db.session()).communes
        return render_template("organizations/create.html", form=form, number=number, communes=communes), form.status
    flash(_("Votre structure est inscrite. Bienvenue !"), "success")
    return redirect(next_step_url(participation, owner=True), 303)


def _siret_of_address() -> str | None:
    """The SIRET typed at the first step; none for an organization without, and back there if it is not one."""
    if "siret" not in request.args:
        return None
    try:
        return siret.read(request.args["siret"])
    except Rejected:
        abort(redirect(url_for("organizations.join")))


def _known(known: service.AlreadyKnown, number: str | None) -> ResponseReturnValue:
    """Where one asks to join it; a namesake may be another structure, and what was typed of that one stays."""
    if not known.by_name:
        return redirect(url_for("organizations.ask", siret=known.organization.siret), 303)
    name, commune = known.organization.name, known.organization.commune
    found = service.namesakes(db.session(), name, commune, actor(), siret=number)
    again = url_for("organizations.create", distincte=1, siret=number)
    typed = [(name, value) for name, value in request.form.items() if name != CSRF]
    return _ask_page(found, RequestForm(formdata=None), again=again, typed=typed), 409


def _ask_page(found: list[service.Namesake], form: RequestForm, **context: Any) -> str:
    """The structures that one may have meant, with what tells them apart, and who answers for each."""
    teams = answering(db.session(), [each.organization.id for each in found])
    return render_template(
        "organizations/ask.html",
        form=form,
        found=found,
        teams=teams,
        is_member=lambda organization: policy.is_member(actor(), organization),
        owns=lambda organization: policy.owns(actor(), organization),
        owners=_owners,
        refused={each.organization_id: each for each in queries.refused_of(db.session(), current_person().id)},
        proposed=queries.proposed_here(db.session(), current_person().id),
        now=utc_now(),
        ask_url=_ask_url,
        overview_url=overview_url,
        **context,
    )


def _ask_url(organization: Organization) -> str:
    if "siret" in request.args and organization.siret is not None:
        return url_for("organizations.ask", siret=organization.siret)
    return url_for("organizations.ask", nom=organization.name, commune=organization.commune, structure=organization.id)


@blueprint.route("/rejoindre/demande", methods=["GET", "POST"], access=SIGNED_IN)
def ask() -> ResponseReturnValue:
    """Ask to join a structure that exists already; its owner brings one from elsewhere along, its members ask them."""
    found = _organizations_of_address()
    form = RequestForm()
    if len(found) > 1:
        return _ask_page(found, form), form.status
    organization = found[0].organization
    if policy.is_member(actor(), organization):
        return _come_along(organization, form)
    asked = queries.membership(db.session(), organization.id, current_person().id)
    if request.method == "GET" and asked is not None and asked.pending:
        flash(_("Votre demande du %(day)s attend une réponse.", day=show_day(asked.requested_at)), "info")
        return redirect(url_for("organizations.mine"), 303)
    if form.is_submitted() and not may_try("ask", current_person().email, by_email=10, by_address=40, per=DAY):
        abort(429)
    if form.carry_out(lambda: service.ask_to_join(db.session(), organization, actor(), utc_now())) is None:
        return _ask_page(found, form), form.status
    flash(_("Votre demande est partie. Un courriel vous dira la réponse."), "success")
    return redirect(url_for("organizations.mine"), 303)


def _come_along(organization: Organization, form: RequestForm) -> ResponseReturnValue:
    """A member has nobody to ask to be let in. An owner makes it take part here, if it does not yet; a colleague asks
    the owners to."""
    if queries.participations_of(db.session(), [organization.id]):
        return redirect(url_for("organizations.mine"), 303)
    if not policy.owns(actor(), organization):
        return _propose(organization, form)
    participation = form.carry_out(lambda: service.join(db.session(), organization, actor(), utc_now()))
    if participation is None:
        page = render_template(
            "organizations/take_part.html",
            form=form,
            organization=organization,
            members=len(queries.members(db.session(), organization.id)),
            charter=queries.current_charter(db.session()),
            language=current_language(),
        )
        return page, form.status
    flash(_("%(name)s participe à cet espace.", name=called(organization)), "success")
    return redirect(next_step_url(participation, owner=True), 303)


def _propose(organization: Organization, form: RequestForm) -> ResponseReturnValue:
    """Those who own the structure get one mail a day from each of its other members."""
    owners = _owners(organization)
    page = _ask_page([service.Namesake(organization, None)], form)
    if not owners or not form.validate_on_submit():
        return page, form.status
    if allowed("propose", f"{g.space.id} {organization.id} {current_person().id}", limit=1, per=DAY):
        proposing.propose(db.session(), organization, actor(), utc_now())
        flash(_("Votre demande est partie à %(names)s.", names=owners), "success")
    elif organization.id in queries.proposed_here(db.session(), current_person().id):
        flash(_("Votre demande d’aujourd’hui est déjà partie à %(names)s.", names=owners), "info")
    else:
        flash(_("Une demande par jour suffit : réessayez demain."), "info")
    return redirect(url_for("spaces.home"), 303)


def _owners(organization: Organization) -> str:
    """Who owns the structure, by name, as its members know them."""
    return ", ".join(each.name for each in queries.owners(db.session(), organization.id))


def _organizations_of_address() -> list[service.Namesake]:
    """Found by its SIRET, or by its name and commune: an address never walks through all of them. Of several
    namesakes, the address may say which."""
    session, number = db.session(), _siret_of_address()
    if number is not None:
        organization = queries.by_siret(session, number)
        found = [] if organization is None else [service.Namesake(organization, None)]
    else:
        name, commune = request.args.get("nom", ""), request.args.get("commune", "")
        found = service.namesakes(session, name, commune, actor())
        if "structure" in request.args:
            found = [each for each in found if str(each.organization.id) == request.args["structure"]]
    if not found:
        abort(404)
    return found


@blueprint.post("/structures/<int:participation>/propositions/<int:proposal>/decliner", access=SIGNED_IN)
def decline(participation: int, proposal: int) -> ResponseReturnValue:
    """Say no to a member who would like the structure to take part in another space."""
    row = load_participation(participation, policy.owns)
    found = next((each for each in queries.proposals(db.session(), row.organization_id) if each.id == proposal), None)
    told = proposing.decline(db.session(), row.organization, found, actor()) if found is not None else None
    if told is None:
        flash(_("Cette demande a déjà sa réponse."), "info")
    else:
        names = ", ".join(told)
        flash(_("C’est noté. Un courriel en informe %(name)s.", name=names) if told else _("C’est noté."), "success")
    return redirect(url_for("organizations.members", participation=row.id), 303)


@blueprint.get("/structures", access=SIGNED_IN)
def mine() -> ResponseReturnValue:
    session = db.session()
    own = session, current_person().id
    requests, refused = queries.asked_by(*own)
    return render_template(
        "organizations/mine.html",
        participations=queries.participations_of(session, actor().ids("organization")),
        absent=departures.absent(*own),
        requests=requests,
        proposed=queries.own_proposals(*own),
        refused=refused,
        teams=answering(session, [each.organization_id for each in requests]),
        refused_teams=answering(session, [each.organization_id for each in refused]),
        ask_url=lambda organization: url_for("organizations.ask", **mails.address_of(organization)),
        now=utc_now(),
        panels=drawn_panels(),
        overview_url=overview_url,
        role_of=policy.role_of,
        owns=lambda organization: policy.owns(actor(), organization),
        roles=MemberRole,
    )


# Requests and invitations


@blueprint.route("/demandes/<int:membership>", methods=["GET", "POST"], access=SIGNED_IN)
def answer_request(membership: int) -> ResponseReturnValue:
    asked, orphan = _load_request(membership)
    known = asked.organization
    name = called_here(db.session(), [known])[known.id] if orphan else called(known)
    if not asked.pending:
        return render_template("organizations/answered.html", asked=asked, name=name, back_url=_after_answer(asked))
    form = AnswerRequestForm()
    # A team lets in whoever becomes the owner, who alone takes the structure to another space, if that one is open.
    place = None if orphan else queries.awaited_in(db.session(), asked)
    if orphan:
        del form.role
    if place is None or not opens(place):
        del form.along
    if not form.validate_on_submit():
        here = queries.participations_of(db.session(), [asked.organization_id])
        context = {"asked": asked, "name": name, "orphan": orphan, "here": here, "place": place}
        return render_template("organizations/answer_request.html", form=form, **context), form.status
    try:
        _answer(asked, form, MemberRole.OWNER if orphan else form.chosen_role)
    except service.AlreadyAnswered:
        return redirect(url_for("organizations.answer_request", membership=asked.id), 303)
    return redirect(_after_answer(asked), 303)


def _answer(asked: Membership, form: AnswerRequestForm, role: MemberRole) -> None:
    if form.decision.data == "accept":
        along = bool(form.along and form.along.data)
        service.accept_request(db.session(), asked, role, actor(), utc_now(), along=along)
        flash(_("%(name)s rejoint la structure. Un courriel l’en informe.", name=asked.person.name), "success")
        if along and asked.asked_space is not None:
            _tell_taken_along(asked.asked_space)
    else:
        service.refuse_request(db.session(), asked, actor(), utc_now())
        flash(_("La demande est refusée. Un courriel en informe %(name)s.", name=asked.person.name), "info")


def _tell_taken_along(space: Space) -> None:
    """Say that the structure takes part in that other space too, with the way there."""
    said = _("Votre structure participe maintenant à « %(programme)s ».", programme=space.programme)
    there = leading_to(space, url_for("organizations.mine", space=space.slug))
    flash(
        Markup('{} <a href="{}">{}</a>').format(said, there, _("La retrouver dans l’espace %(name)s", name=space.name)),
        "success",
    )


def _load_request(id: int) -> tuple[Membership, bool]:
    """A request, answered or not, and whether the team of the space answers it for want of an owner."""
    asked = queries.membership_by_id(db.session(), id)
    if asked is None or not (asked.pending or asked.refused_at or asked.answered_by):
        abort(404)
    if not policy.manages_membership(actor(), asked) and _falls_to_the_team(asked):
        return proved(actor(), asked, policy.answers_for_nobody), True
    return proved(actor(), asked, policy.manages_membership), False


def _falls_to_the_team(asked: Membership) -> bool:
    """Whether nobody owns the organization, or did when it was answered, and the team here is the one that got the
    mail, all of it."""
    if asked.pending:
        return answers_here(db.session(), asked.organization_id)
    if not queries.participations_of(db.session(), [asked.organization_id]):
        return False
    return asked.answered_by in {host.id for host in queries.hosts(db.session())}


@blueprint.post("/demandes/<int:membership>/relancer", access=SIGNED_IN)
def remind(membership: int) -> ResponseReturnValue:
    """Ask once more to be let in."""
    asked = proved(actor(), queries.membership_by_id(db.session(), membership), policy.own_request)
    form = RequestForm()
    if form.carry_out(lambda: service.remind(db.session(), asked, utc_now())) is None:
        flash(form.rejected.message if form.rejected else _("Réessayez dans un instant."), "error")
    else:
        flash(_("Votre demande est repartie."), "success")
    return redirect(url_for("organizations.mine"), 303)


def _after_answer(asked: Membership) -> str:
    here = queries.participations_of(db.session(), [asked.organization_id])
    if here and policy.owns(actor(), here[0]):
        return url_for("organizations.members", participation=here[0].id)
    return url_for("spaces.home")


@blueprint.route("/invitation/<token>", methods=["GET", "POST"], access=PUBLIC)
def invitation(token: str) -> ResponseReturnValue:
    form = RequestForm()
    try:
        invited, participation = service.invitation_of(db.session(), token, utc_now())
        if request.method == "GET" or not actor().signed_in:
            beside = queries.organizations_of(db.session(), invited.invited_by or 0)
            return render_template("organizations/invitation.html", form=form, invitation=invited, beside=beside)
        service.accept_invitation(db.session(), token, actor(), utc_now())
    except service.DeadInvitation:
        joined = service.already_joined(db.session(), token, actor())
        if joined is None:
            return render_template("organizations/dead_invitation.html"), 410
        return redirect(overview_url(joined), 303)
    flash(
        _("Bienvenue ! Vous êtes maintenant membre de la structure %(name)s.", name=called(participation.organization)),
        "success",
    )
    return redirect(next_step_url(participation, owner=invited.role == MemberRole.OWNER), 303)
