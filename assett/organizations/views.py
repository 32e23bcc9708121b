"""Joining a space with one's structure; its members, identity, charter and sharing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from assett.accounts import registries
from assett.accounts.sessions import current_person
from assett.accounts.views import may_try
from assett.core.db import db
from assett.core.i18n import current_language, show_day
from assett.core.permissions import PUBLIC, SIGNED_IN, Actor, Policy, proved
from assett.core.throttle import allowed
from assett.core.ui import MenuEntry, menus
from assett.core.web import CSRF, Blueprint, actor
from assett.kernel.clock import utc_now
from assett.kernel.errors import Rejected
from assett.kernel.text import N_
from assett.organizations import grants as _grants  # noqa: F401  (registers what membership grants)
from assett.organizations import jobs as _jobs  # noqa: F401  (registers its handlers)
from assett.organizations import mails, policy, proposing, queries, service, siret
from assett.organizations.forms import (
    AnswerRequestForm,
    CharterForm,
    IdentityForm,
    InvitationForm,
    JoinForm,
    OrganizationForm,
    RequestForm,
    RoleForm,
    SharingForm,
)
from assett.organizations.models import Charter, MemberRole, Membership, Organization, Participation, Proposal
from assett.organizations.naming import called, called_here, own_names
from assett.organizations.orphans import answering, answers_here
from assett.organizations.tabs import Tab, drawn_panels, structure_tabs, tabs
from assett.spaces.domains import leading_to
from assett.spaces.models import Space
from assett.spaces.registries import HomePanel, admissions, early_endpoints
from assett.spaces.routing import opens

DAY = timedelta(days=1)

blueprint = Blueprint("organizations", __name__, url_prefix="/<space>", template_folder="templates")


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(structure_tabs=structure_tabs, called=called, taking_url=taking_url)
    app.jinja_env.filters["siret"] = siret.shown


menus.account.append(MenuEntry(N_("Mes structures"), "organizations.mine", order=20))
tabs += [
    Tab(N_("Membres"), "organizations.members", policy.is_member, order=60),
    Tab(N_("Identité"), "organizations.identity", policy.owns, order=70),
    Tab(
        N_("Charte"),
        "organizations.charter",
        lambda actor, _row: queries.current_charter(actor.session) is not None,
        75,
    ),
    Tab(N_("Partage"), "organizations.sharing", policy.owns, order=80),
]


def landing(actor: Actor) -> str | None:
    """A member arrives at their structure, at the list where there are several; a newcomer at the way in."""
    if actor.role("space", actor.space_id):
        return None
    participations = queries.participations_of(actor.session, actor.ids("organization"))
    if len(participations) == 1:
        return overview_url(participations[0])
    own = actor.session, actor.person_id or 0
    asked = not participations and (queries.requests_of(*own) or queries.refused_of(*own))
    return url_for("organizations.mine" if participations or asked else "organizations.join")


def alone() -> dict[str, Any] | None:
    """The structures that the actor's account would leave without a member, and where they share, in this space."""
    organizations = queries.alone_in(db.session(), actor().person_id or 0)
    if not organizations:
        return None
    here = queries.participations_of(db.session(), [each.id for each in organizations])
    sharing = {each.organization_id: each.id for each in here if policy.owns(actor(), each)}
    return {"organizations": organizations, "sharing": sharing}


registries.structure_names.append(own_names)
registries.landing_pages.append(landing)
registries.personal_data["structures"] = queries.personal_memberships
registries.personal_data["propositions"] = queries.personal_proposals
registries.personal_data_of_space["engagements"] = queries.personal_pledges
registries.deletion_obstacles.append(service.sole_owner)
registries.before_deletion.append(service.leave_all)
registries.deletion_panels.append(HomePanel("organizations/alone.html", alone))
# Before a space opens: its pilots who have joined, and whoever is invited to join one of them.
admissions.append(lambda actor: bool(queries.participations_of(actor.session, actor.ids("organization"))))
early_endpoints.add("organizations.invitation")


def overview_url(participation: Participation) -> str:
    # By name: the page belongs to a feature above, like every page that a journey goes on to.
    return url_for("assessments.overview", participation=participation.id)


def next_step_url(participation: Participation, *, owner: bool) -> str:
    """What comes after joining: the charter where there is one for the actor to sign, else the overview."""
    if owner and queries.awaits_pledge(db.session(), participation.id):
        return url_for("organizations.charter", participation=participation.id)
    return overview_url(participation)


def taking_url(proposal: Proposal) -> str | None:
    """Where an owner makes the structure take part in the space that a member proposes; None while it is not open."""
    place = proposal.asked_space
    if not opens(place):
        return None
    address: dict[str, Any] = {**mails.address_of(proposal.membership.organization)}
    return leading_to(place, url_for("organizations.ask", space=place.slug, **address))


def load_participation(id: int, allowed: Policy) -> Participation:
    return proved(actor(), queries.participation(db.session(), id), allowed)


# Coming into a space


@blueprint.route("/rejoindre", methods=["GET", "POST"], access=SIGNED_IN)
def join() -> ResponseReturnValue:
    form = JoinForm()
    if not form.validate_on_submit():
        return render_template("organizations/join.html", form=form, panels=drawn_panels()), form.status
    known = queries.by_siret(db.session(), form.siret.data or "")
    if known is None:
        return redirect(url_for("organizations.create", siret=form.siret.data), 303)
    try:
        participation = service.join(db.session(), known, actor(), utc_now())
    except service.AlreadyKnown:
        return redirect(url_for("organizations.ask", siret=form.siret.data), 303)
    flash(_("%(name)s participe à cet espace.", name=called(known)), "success")
    return redirect(next_step_url(participation, owner=policy.owns(actor(), known)), 303)


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
        return _ask_page([service.Namesake(organization, None)], form), form.status
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
    requests, refused = queries.requests_of(*own), queries.refused_of(*own)
    return render_template(
        "organizations/mine.html",
        participations=queries.participations_of(session, actor().ids("organization")),
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


# Members


@blueprint.route("/structures/<int:participation>/membres", methods=["GET", "POST"], access=SIGNED_IN)
def members(participation: int) -> ResponseReturnValue:
    """The members; an owner also invites from here."""
    row = load_participation(participation, policy.owns if request.method == "POST" else policy.is_member)
    form = InvitationForm()
    if form.is_submitted() and not may_try("invite", str(row.organization_id), by_email=40, by_address=80, per=DAY):
        abort(429)
    invited = form.carry_out(lambda: service.invite(db.session(), row.organization, form.command(), actor(), utc_now()))
    if invited is None:
        return _members_page(row, form)
    flash(_("Une invitation est partie à %(email)s.", email=invited.email), "success")
    return redirect(url_for("organizations.members", participation=row.id), 303)


def _members_page(participation: Participation, form: InvitationForm) -> ResponseReturnValue:
    owner = policy.owns(actor(), participation)
    everyone = queries.memberships(db.session(), participation.organization_id)
    invitations = queries.invitations(db.session(), participation.organization_id) if owner else []
    page = render_template(
        "organizations/members.html",
        participation=participation,
        form=form,
        owner=owner,
        members=[member for member in everyone if member.accepted_at],
        requests=[member for member in everyone if not member.accepted_at] if owner else [],
        proposals=queries.proposals(db.session(), participation.organization_id) if owner else [],
        invitations=invitations,
        role_form=lambda member: RoleForm(formdata=None, prefix=f"m{member.id}-", role=member.role.value),
        now=utc_now(),
    )
    return page, form.status


@blueprint.post("/structures/<int:participation>/invitations/<int:invitation>/relancer", access=SIGNED_IN)
def resend_invitation(participation: int, invitation: int) -> ResponseReturnValue:
    row = load_participation(participation, policy.owns)
    invited = queries.invitation(db.session(), invitation)
    if invited is None or invited.organization_id != row.organization_id:
        abort(404)
    if not may_try("invite", str(row.organization_id), by_email=40, by_address=80, per=DAY):
        abort(429)
    service.resend_invitation(db.session(), invited, actor(), utc_now())
    flash(_("L’invitation est repartie à %(email)s.", email=invited.email), "success")
    return redirect(url_for("organizations.members", participation=row.id), 303)


@blueprint.post("/structures/<int:participation>/invitations/<int:invitation>/retirer", access=SIGNED_IN)
def withdraw_invitation(participation: int, invitation: int) -> ResponseReturnValue:
    row = load_participation(participation, policy.owns)
    invited = queries.invitation(db.session(), invitation)
    if invited is None or invited.organization_id != row.organization_id:
        abort(404)
    service.withdraw_invitation(db.session(), invited)
    flash(_("L’invitation envoyée à %(email)s est retirée : son lien ne sert plus.", email=invited.email), "success")
    return redirect(url_for("organizations.members", participation=row.id), 303)


@blueprint.post("/structures/<int:participation>/membres/<int:membership>/role", access=SIGNED_IN)
def change_role(participation: int, membership: int) -> ResponseReturnValue:
    row = load_participation(participation, policy.owns)
    member = _member(row, membership)
    form = RoleForm(prefix=f"m{member.id}-")
    if form.carry_out(lambda: service.change_role(db.session(), member, form.chosen_role)) is None:
        flash(form.rejected.message if form.rejected else _("Ce rôle n’existe pas."), "error")
    else:
        flash(_("Rôle changé : %(name)s.", name=member.person.name), "success")
    return redirect(url_for("organizations.members", participation=row.id), 303)


@blueprint.route(
    "/structures/<int:participation>/membres/<int:membership>/retirer", methods=["GET", "POST"], access=SIGNED_IN
)
def end_membership(participation: int, membership: int) -> ResponseReturnValue:
    """Take a member out, or leave."""
    row = load_participation(participation, policy.is_member)
    member = proved(actor(), _member(row, membership), policy.ends_membership)
    leaving = member.person_id == actor().person_id
    form = RequestForm()
    if form.carry_out(lambda: service.end_membership(db.session(), member, actor())) is None:
        page = render_template(
            "organizations/end_membership.html", form=form, participation=row, member=member, leaving=leaving
        )
        return page, form.status
    if leaving:
        flash(_("Vous avez quitté %(name)s.", name=called(row.organization)), "success")
        return redirect(url_for("organizations.mine"), 303)
    flash(_("%(name)s ne fait plus partie de la structure.", name=member.person.name), "success")
    return redirect(url_for("organizations.members", participation=row.id), 303)


def _member(participation: Participation, id: int) -> Membership:
    member = queries.membership_by_id(db.session(), id)
    if member is None or member.organization_id != participation.organization_id or member.accepted_at is None:
        abort(404)
    return member


# Identity, charter, sharing


@blueprint.route("/structures/<int:participation>/identite", methods=["GET", "POST"], access=SIGNED_IN)
def identity(participation: int) -> ResponseReturnValue:
    row = load_participation(participation, policy.owns)
    organization = row.organization
    form = IdentityForm(obj=organization)
    if organization.siret is not None:
        del form.siret
    edited = form.carry_out(
        lambda: service.edit_identity(
            db.session(), organization, form.command(organization.siret or form.siret.data or None)
        )
    )
    if edited is None:
        communes = queries.roster(db.session()).communes
        return render_template(
            "organizations/identity.html", form=form, participation=row, communes=communes
        ), form.status
    flash(_("C’est enregistré."), "success")
    return redirect(url_for("organizations.identity", participation=row.id), 303)


@blueprint.route("/structures/<int:participation>/charte", methods=["GET", "POST"], access=SIGNED_IN)
def charter(participation: int) -> ResponseReturnValue:
    """The charter, who signed which version, and the place to sign for an owner."""
    row = load_participation(participation, policy.owns if request.method == "POST" else policy.is_member)
    text = queries.current_charter(db.session())
    if text is None:
        return redirect(overview_url(row), 303)
    form = CharterForm(charter=text.id, signatory=actor().name)
    if form.carry_out(lambda: service.sign_charter(db.session(), row, form.command(), actor(), utc_now())) is None:
        return _charter_page(row, text, form)
    flash(_("La charte est signée. Merci de votre engagement !"), "success")
    return redirect(overview_url(row), 303)


def _charter_page(participation: Participation, text: Charter, form: CharterForm) -> ResponseReturnValue:
    pledges = queries.pledges(db.session(), participation.id)
    signed = next((pledge for pledge in pledges if pledge.charter_id == text.id), None)
    last = max((pledge.charter.version for pledge in pledges), default=None)
    page = render_template(
        "organizations/charter.html",
        participation=participation,
        charter=text,
        form=form,
        language=current_language(),
        pledges=pledges,
        signed=signed,
        since=queries.charters_since(db.session(), last) if last is not None and signed is None else [],
        owner=policy.owns(actor(), participation),
        overview_url=overview_url(participation),
    )
    return page, form.status


@blueprint.route("/structures/<int:participation>/partage", methods=["GET", "POST"], access=SIGNED_IN)
def sharing(participation: int) -> ResponseReturnValue:
    row = load_participation(participation, policy.owns)
    form = SharingForm(scores=row.share_scores.value, answers=row.share_answers.value)
    if form.carry_out(lambda: service.share(db.session(), row, form.command())) is None:
        return render_template("organizations/sharing.html", form=form, participation=row), form.status
    flash(_("C’est enregistré, et cela vaut dès maintenant."), "success")
    return redirect(url_for("organizations.sharing", participation=row.id), 303)
