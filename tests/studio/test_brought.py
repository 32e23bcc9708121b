"""The resources of a questionnaire's own file, once it is published: listed, archived and changed like the others."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.core.audit import AuditEntry
from assett.core.tenancy import entered
from assett.engine.compiled import compile_document
from assett.engine.reading import read_document
from assett.questionnaires.models import QuestionnaireVersion
from assett.resources import queries
from assett.resources.models import Resource, ResourceAdoption
from tests import factories
from tests.linting import LintingClient
from tests.resources.arranging import entry, national, own
from tests.studio.arranging import draft_of, hidden, sign_in
from tests.studio.browsing import plain

LIST = "/poitiers/ressources-du-territoire"


def publish(client: LintingClient, owner: Session, space: Any, *resources: dict[str, Any]) -> QuestionnaireVersion:
    """The next version of the space's questionnaire, whose file has these resources."""
    newest = select(QuestionnaireVersion).order_by(QuestionnaireVersion.id.desc()).limit(1)
    last = owner.scalars(newest).one_or_none()
    tree = {**factories.small_document(), "resources": list(resources)}
    draft = draft_of(owner, space, tree, base_id=last.id if last is not None else None)
    address = f"/poitiers/atelier/{draft.id}/publier"
    page = client.get(address).text
    assert "son fichier" in plain(page)
    assert client.post(address, data=hidden(page)).status_code == 303
    owner.expire_all()
    return owner.scalars(newest).one()


def shown(owner: Session, space: Any, version: QuestionnaireVersion) -> dict[str, str]:
    """The resources that respondents of that version are shown: their titles, by id."""
    with entered(owner, space.id):
        found = queries.available(owner, compile_document(read_document(version.document)))
    return {each.id: each.title.in_("fr") for each in found.entries}


def test_they_are_listed_and_the_team_archives_or_changes_them(
    client: LintingClient, owner: Session, space: Any
) -> None:
    sign_in(client, space)
    version = publish(client, owner, space, entry("aide"), entry("pret"))
    listed = plain(client.get(LIST).text)
    assert "Ressource aide" in listed and "Ressource pret" in listed and "Du questionnaire" in listed
    assert shown(owner, space, version) == {"aide": "Ressource aide", "pret": "Ressource pret"}
    rows = {row.slug: row.id for row in owner.scalars(select(Resource))}
    page = plain(client.get(f"{LIST}/{rows['aide']}").text)
    assert "Elle vient du fichier de votre questionnaire" in page

    client.post(f"{LIST}/{rows['aide']}/archiver")
    edit = f"{LIST}/{rows['pret']}/modifier"
    client.get(edit)
    given = {"title_fr": "Le prêt d’ici", "url": "https://pret.example.org/page", "type": "guide", "priority": "50"}
    answer = client.post(edit, data=given)
    assert answer.status_code == 303
    owner.expire_all()
    assert shown(owner, space, version) == {"pret": "Le prêt d’ici"}
    # The file says what it said.
    assert [each["title"] for each in version.document["resources"]] == ["Ressource aide", "Ressource pret"]

    # What the team decided holds in the next version too.
    again = publish(client, owner, space, entry("aide"), entry("pret", title="Le prêt du fichier"), entry("visite"))
    assert shown(owner, space, again) == {"pret": "Le prêt d’ici", "visite": "Ressource visite"}
    said = owner.scalars(select(AuditEntry.details).where(AuditEntry.action == "resources.brought")).all()
    assert [each["titles"] for each in said] == [["Ressource aide", "Ressource pret"], ["Ressource visite"]]


def test_untouched_they_follow_the_file_of_each_version(client: LintingClient, owner: Session, space: Any) -> None:
    sign_in(client, space)
    first = publish(client, owner, space, entry("aide"), entry("finie"))
    second = publish(client, owner, space, entry("aide", title="L’aide nouvelle"))
    assert shown(owner, space, second) == {"aide": "L’aide nouvelle"}
    assert shown(owner, space, first) == {"aide": "Ressource aide", "finie": "Ressource finie"}
    assert "L’aide nouvelle" in plain(client.get(LIST).text)
    client.post(f"/poitiers/atelier/versions/{second.id}/retirer")
    listed = plain(client.get(LIST).text)
    assert "Ressource aide" in listed and "L’aide nouvelle" not in listed


def test_one_of_the_nation_stays_the_nation_s_and_one_of_the_space_its_own(
    client: LintingClient, owner: Session, space: Any
) -> None:
    sign_in(client, space)
    nation = national("commune")
    own(space, "mienne", title="La mienne")
    owner.add(ResourceAdoption(space_id=space.id, resource_id=nation.id, hidden=True, contact="", tags=[]))
    owner.commit()
    version = publish(client, owner, space, dict(nation.entry), entry("mienne"))
    assert shown(owner, space, version) == {"mienne": "La mienne"}
    assert owner.scalars(select(Resource.of_document)).all() == [False, False]
    # Said otherwise under the same id, it is the space's.
    version = publish(client, owner, space, entry("commune", title="Chez nous"))
    assert shown(owner, space, version) == {"commune": "Chez nous", "mienne": "La mienne"}
