

def test_teams_find_a_newer_national_version_and_a_draft_with_its_history(client: Any, owner: Session) -> None:
    fill(owner, utc_now())
    for email, slug, brought in (
        ("gestion.poitiers@example.org", "grand-poitiers", "5 nouveautés, 1 conflit"),
        ("gestion.mel@example.org", "mel", "4 nouveautés, 2 conflits"),
    ):
        client.sign_in(owner.scalars(select(Person).where(Person.email == email)).one())
        page = client.get(f"/{slug}/atelier/").text.replace("\u00a0", " ").replace("\u202f", " ")
        assert f"Le socle national a une version 2 : {brought}." in page
    draft = owner.scalars(select(Draft)).one()
    assert draft.revision == 3
    assert len(owner.scalars(select(DraftComment)).all()) == 3
